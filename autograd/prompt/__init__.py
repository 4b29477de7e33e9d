"""The prompt of `python -m autograd`: Python's or IPython's own, with labels, commands and words for mistakes."""
