PYTHON ?= python3

.PHONY: test
test: .venv/stamp
	.venv/bin/python -m pytest

.venv/stamp: pyproject.toml
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --editable ".[test]"
	touch $@
