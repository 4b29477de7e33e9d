"""The digit demo: pixels in, ten confidences out. Run it with `python -m demos.digits`."""
