PYTHON ?= python3
BIN := .venv/bin

.PHONY: digits test lint format bench browser clean help

help:
	@echo "make digits   train a network on handwritten digits and tell the story"
	@echo "make test     run all tests"
	@echo "make lint     check format, style and types"
	@echo "make format   format the code"
	@echo "make bench    measure speed and memory beside the peers"
	@echo "make browser  install Chromium for the tests that drive one (Debian, as root)"

digits: .venv/demos
	@$(BIN)/python -m demos.digits

test: .venv/dev
	@$(BIN)/python -m pytest -q

lint: .venv/dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: .venv/dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: .venv/bench
	@$(BIN)/python -m benchmarks

browser:
	@command -v chromium >/dev/null || apt-get install --yes --quiet chromium chromium-driver

clean:
	rm -rf .venv build dist *.egg-info

# The stamp of an extra is newer than pyproject.toml once what the extra needs is installed.
.venv/%: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing glassgrad[$*] into .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[$*]"
	@touch $@
