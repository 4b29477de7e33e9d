PYTHON ?= python3
BIN := .venv/bin
PARALLEL := --numprocesses=auto --dist=worksteal
# What runs in a browser or trains for long depends on no version of Python.
CORE := $(PARALLEL) --ignore-glob="tests/test_digits*" --ignore-glob="tests/test_page*" --ignore=tests/test_article.py
OLDEST := numpy==2.0.0 graphviz==0.20 pygraphviz==2.0 hypothesis==6.100.0 matplotlib==3.9.0 mpmath==1.3.0 pytest==8.0.0 tqdm==4.66.0 websockets==13.0

# Tests start many programs, and each would compile the packages anew.
export PYTHONDONTWRITEBYTECODE :=

SECONDS ?= 600
SEED ?= 0

.PHONY: torture backends digits gpt repl learn article test coverage lint format bench docs oldest wheel browser clean help

help:
	@echo "make digits   train a network on handwritten digits and tell the story"
	@echo "make gpt      train a small GPT, written with scalars, and look inside it"
	@echo "make repl     a prompt for stepping through graphs, with IPython"
	@echo "make learn    repair forty-two small files with one bug each"
	@echo "make article  build the article, a page in which a network trains itself"
	@echo "make test     run all tests"
	@echo "make coverage run them and list untested lines"
	@echo "make torture  odd arguments, damaged files, kills, hostile labels: ten minutes"
	@echo "make lint     check format, style and types"
	@echo "make format   format the code"
	@echo "make bench    measure speed and memory, compared with the peers"
	@echo "make docs     build pictures, the notebook, and a site of all pages"
	@echo "make oldest   run the tests with the oldest dependencies that are supported"
	@echo "make backends run the tests of programs in JAX and ONNX"
	@echo "make with-python3.13  run the tests with another Python"
	@echo "make wheel    build the wheel and try it in an empty environment"
	@echo "make browser  install Chromium for the tests that drive one (Debian, as root)"

digits: .venv/demos
	@$(BIN)/python -m demos.digits

gpt: .venv/demos
	@$(BIN)/python -m demos.gpt

repl: .venv/repl
	@$(BIN)/python -m autograd

learn: .venv/repl
	@$(BIN)/python -m autograd.learn

article: .venv/docs
	@$(BIN)/python -m docs.article

test: .venv/dev
	@$(BIN)/python -m pytest -q $(PARALLEL)

coverage: .venv/dev
	@$(BIN)/python -m pytest -q --cov --cov-report=term-missing:skip-covered

torture: .venv/dev
	@$(BIN)/python -m tests.torture --seconds $(SECONDS) --seed $(SEED)

lint: .venv/dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory node_modules/.package-lock.json && npm run --silent lint; \
	else echo "no npm here: the page's JavaScript is not checked"; fi

format: .venv/dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@test ! -d node_modules || npm run --silent format

bench: .venv/bench
	@$(BIN)/python -m benchmarks

docs: .venv/dev
	@$(BIN)/python -m docs.build
	@$(BIN)/python -m docs.pictures
	@$(BIN)/python -m docs.layout
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet

# An environment of their own, so that they do not disturb the one in use.
oldest:
	@test -x build/oldest/bin/python || $(PYTHON) -m venv build/oldest
	@build/oldest/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[demos,live,test]" $(OLDEST)
	@build/oldest/bin/python -m pytest -q $(CORE) -W ignore::DeprecationWarning --ignore=tests/test_docs.py tests autograd nn viz

# With JAX and onnxruntime, which are heavy.
backends:
	@test -x build/backends/bin/python || $(PYTHON) -m venv build/backends
	@build/backends/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[jax,onnx,test]"
	@build/backends/bin/python -m pytest -q $(PARALLEL) tests/test_compiler_jax.py tests/test_compiler_onnx.py

# With another Python, such as `make with-python3.13`, in an environment of its own.
with-%:
	@test -x build/$*/bin/python || $* -m venv build/$*
	@build/$*/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[demos,docs,live,test]"
	@build/$*/bin/python -m pytest -q $(CORE)

wheel: .venv/dev
	@rm -rf build/wheel && mkdir -p build/wheel/empty
	@$(BIN)/python -m build --outdir build/wheel . >build/wheel/log || { cat build/wheel/log; exit 1; }
	@$(BIN)/twine check --strict build/wheel/*.whl build/wheel/*.tar.gz
	@$(PYTHON) -m venv build/wheel/venv
	@build/wheel/venv/bin/python -m pip install --quiet --disable-pip-version-check build/wheel/*.whl
	@cp tests/wheel.py build/wheel/empty && cd build/wheel/empty && env -u PYTHONPATH ../venv/bin/python wheel.py

browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || apt-get install --yes --quiet chromium chromium-driver

clean:
	rm -rf .venv node_modules build dist *.egg-info

node_modules/.package-lock.json: package-lock.json
	@npm ci --silent --no-audit --no-fund
	@touch $@

# The stamp of an extra is newer than pyproject.toml once what the extra needs is installed.
.venv/%: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing glassgrad[$*] into .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[$*]"
	@touch $@
