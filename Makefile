# Everything here needs Python 3.11 or later, make and a package index; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-from-lock
HOST ?= 127.0.0.1
PORT ?= 8000
UV_VERSION := 0.13.9

.DEFAULT_GOAL := help
.PHONY: help serve test build check bench lock lowest clean

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(STAMP)  ## build the graph if it has changed and serve it on http://127.0.0.1:8000
	$(BIN)/kg build
	$(BIN)/kg serve --host $(HOST) --port $(PORT)

test: $(STAMP)  ## run the whole test suite
	$(BIN)/python -m pytest $(ARGS)

build: $(STAMP)  ## build the graph
	$(BIN)/kg build

check: $(STAMP)  ## judge the whole repository against the shapes
	$(BIN)/kg check

bench: $(STAMP)  ## measure speed and memory, and write benchmarks/results.md
	$(BIN)/python benchmarks/run.py $(ARGS)
	@echo 'benchmarks/reasoning.py and benchmarks/gate.py measure these two on larger graphs, up to a million triples.'

# The environment: made once, and again only when the lock file or the packaging changes.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || { \
		echo "coalition-kg needs Python 3.11 to 3.14, but '$(PYTHON)' is another: say make PYTHON=/path/to/python3.11" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "Python cannot make a virtual environment here: install its venv module (on Debian: apt-get install python3-venv)" >&2; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# One lock file for Python 3.11 to 3.14 on every platform. UV_VERSION is the resolver that wrote it last.
lock:  ## resolve the dependencies anew and write requirements.lock
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	build/lock/bin/uv pip compile pyproject.toml --upgrade --universal --python-version 3.11 --extra test --group build \
		--generate-hashes --custom-compile-command "make lock" --no-annotate --quiet --output-file requirements.lock

lowest:  ## run the tests with the lowest version of each dependency that pyproject.toml allows
	$(PYTHON) -m venv build/lowest
	build/lowest/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	build/lowest/bin/uv pip install --quiet --python build/lowest/bin/python --resolution lowest-direct --editable '.[test]' --group build
	build/lowest/bin/python -m pytest $(ARGS)

clean:  ## remove everything that was made: environment, snapshots, caches
	rm -rf $(VENV) .kg .pytest_cache .hypothesis build dist
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
