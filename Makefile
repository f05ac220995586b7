# Everything here needs Python 3.11 or later, make and a package index; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-from-lock
SCRIPTS := src/kg/web/dist/.stamp
SSSOM := build/sssom
HOST ?= 127.0.0.1
PORT ?= 8000
UV_VERSION := 0.13.9

.DEFAULT_GOAL := help
.PHONY: help serve test build check bench lock lowest wheel clean

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(STAMP) $(SCRIPTS)  ## build the graph if it has changed and serve it on http://127.0.0.1:8000
	$(BIN)/kg build
	$(BIN)/kg serve --host $(HOST) --port $(PORT)

test: $(STAMP) $(SCRIPTS)  ## run the whole test suite
	@$(MAKE) --no-print-directory $(SSSOM)/.installed-from-lock || \
		echo "The library sssom cannot be installed: the tests that need it cannot run." >&2
	KG_SSSOM=$${KG_SSSOM:-$(abspath $(SSSOM)/bin/python)} $(BIN)/python -m pytest $(ARGS)

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
	@echo "Installing what this needs into $(VENV), from the package index: a minute or two, this first time only."
	@$(PYTHON) -m venv $(VENV) || { \
		echo "Python cannot make a virtual environment here: install its venv module (on Debian: apt-get install python3-venv)" >&2; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	KG_FRONTEND=skip $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# What the pages run in a browser. Where it cannot be built, a notice says so and the pages do without.
$(SCRIPTS): $(STAMP) $(shell find frontend -type f -not -path '*/node_modules/*' -not -name '*.pyc')
	@echo "Building what the pages run in a browser: a few seconds; the first time it may be a minute."
	$(BIN)/python frontend/build.py --with-node
	@test ! -f $@ || touch $@

# The library that the tests read the ledger of links with, 240 MB in an environment of its own; without what it does not
# load (tests/sssom/unused.in), and from wheels alone.
$(SSSOM)/.installed-from-lock: tests/sssom/library.lock
	@$(PYTHON) -m venv --clear $(SSSOM)
	$(SSSOM)/bin/python -m pip install --quiet --disable-pip-version-check --retries 1 --no-compile --no-deps \
		--only-binary :all: --require-hashes --requirement $< || { rm -rf $(SSSOM); exit 1; }
	@touch $@

# One lock file for Python 3.11 to 3.14 on every platform. UV_VERSION is the resolver that wrote it last.
lock:  ## resolve the dependencies anew and write requirements.lock
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	build/lock/bin/uv pip compile pyproject.toml --upgrade --universal --python-version 3.11 --extra test --group build \
		--generate-hashes --custom-compile-command "make lock" --no-annotate --quiet --output-file requirements.lock
	build/lock/bin/uv pip compile frontend/node.in --upgrade --universal --python-version 3.11 \
		--generate-hashes --custom-compile-command "make lock" --no-annotate --quiet --output-file frontend/node.lock
	build/lock/bin/uv pip compile tests/sssom/library.in --excludes tests/sssom/unused.in --upgrade --universal --python-version 3.11 \
		--generate-hashes --custom-compile-command "make lock" --no-annotate --quiet --output-file tests/sssom/library.lock

lowest:  ## run the tests with the lowest version of each dependency that pyproject.toml allows
	$(PYTHON) -m venv build/lowest
	build/lowest/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	build/lowest/bin/uv pip install --quiet --python build/lowest/bin/python --resolution lowest-direct --editable '.[test]' --group build
	build/lowest/bin/python -m pytest $(ARGS)

wheel: $(STAMP)  ## build the wheel to publish; fails where the scripts of the pages cannot be built
	KG_FRONTEND=require $(BIN)/python frontend/build.py --with-node
	KG_FRONTEND=require $(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

clean:  ## remove everything that was made: environment, snapshots, caches
	rm -rf $(VENV) .kg .pytest_cache .hypothesis build dist src/kg/web/dist
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
