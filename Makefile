# `make` alone lists what there is. Everything lives in .venv, .web and .cme of this folder.

PYTHON ?= python3
PORT ?= 3000
RESET ?=
PYTEST ?=
PROGRAMME ?= ../shared/data/programmes/fosdem2025.xml

BIN := .venv/bin
CANARY := .cme/canary
# On every core, a group of tests that share something dear on one of them.
IN_PARALLEL := --numprocesses=logical --dist=loadgroup --no-loadscope-reorder
UV_COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-header --quiet
PIP := $(BIN)/pip --disable-pip-version-check --quiet
# The lock is the whole closure, so there is nothing to resolve: some versions of pip, when they do,
# look past the lock at a newer release of what a dependency asks for with an extra.
INSTALL_LOCK := $(PIP) install --no-deps --require-hashes --requirement
# Without build isolation nothing is installed that the lock does not name.
INSTALL_SELF := $(PIP) install --no-deps --no-build-isolation --editable .

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow coverage screens mutants bench check canary format lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/run.stamp ## build and serve the demo meeting [PORT=3100] [RESET=1 to start afresh]
	@$(BIN)/cme demo --port $(PORT) $(if $(RESET),--reset)

test: .venv/dev.stamp ## the whole suite, browser included [PYTEST="-k words"]
	$(BIN)/pytest $(IN_PARALLEL) -m "not slow" $(PYTEST)

test-slow: .venv/dev.stamp ## what takes longer
	$(BIN)/pytest $(IN_PARALLEL) --hypothesis-profile=search -m slow $(PYTEST)

coverage: .venv/dev.stamp ## lines and branches that `make test` does not reach
	mkdir -p .cme
	$(BIN)/pytest $(IN_PARALLEL) -m "not slow" --cov $(PYTEST)

screens: .venv/dev.stamp ## a picture of every screen and case, into docs/screens
	$(BIN)/python -m tests.support.e2e.contact_sheet docs/screens

mutants: .venv/dev.stamp ## break each rule of the domain in turn; a test has to notice
	rm -rf mutants
	$(BIN)/mutmut run --max-children 1
	@! $(BIN)/mutmut results | grep -v ': timeout$$'

bench: .venv/dev.stamp ## how fast, how many, at what cost; takes about 20 minutes [PROGRAMME=file]
	$(BIN)/python -m benchmarks $(PROGRAMME)

check: .venv/dev.stamp ## ruff, mypy and the floors of the house
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# A virtual environment of its own: nothing of it comes into .venv.
canary: ## what the newest pre-release of Reflex would break, in sentences
	$(PYTHON) -m venv --clear $(CANARY)
	$(CANARY)/bin/pip --disable-pip-version-check --quiet install --no-deps --require-hashes \
		--requirement requirements-dev.txt
	$(CANARY)/bin/pip --disable-pip-version-check --quiet install --pre --upgrade reflex
	@$(CANARY)/bin/pip list --format=freeze | grep -E '^(reflex|reflex-base)=='
	$(CANARY)/bin/python -m pytest tests/reflex_bridge -p no:cacheprovider \
		--continue-on-collection-errors

format: .venv/dev.stamp ## put the source in order
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

lock: .venv/dev.stamp ## pin every dependency anew, with hashes
	$(UV_COMPILE) --upgrade --group build --output-file requirements.txt
	$(UV_COMPILE) --upgrade --group dev --constraint requirements.txt \
		--output-file requirements-dev.txt

clean: ## remove what was built and installed; keeps the demo's database
	rm -rf .venv .web .cme/build mutants

# The environment: what runs it, and beside that what checks it.

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; set PYTHON=…" \
		if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt pyproject.toml | .venv/bin/pip
	$(INSTALL_LOCK) requirements.txt
	$(INSTALL_SELF)
	@touch $@

.venv/dev.stamp: requirements-dev.txt pyproject.toml | .venv/bin/pip
	$(INSTALL_LOCK) requirements-dev.txt
	$(INSTALL_SELF)
	@touch $@ .venv/run.stamp
