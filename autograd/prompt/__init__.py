"""The prompt of `python -m autograd`: Python's or IPython's, plus labels, commands and short error messages."""
