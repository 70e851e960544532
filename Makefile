# `make` lists the targets. All generated files are in .venv, .web and .cme of this folder.

PYTHON ?= python3
PORT ?= 3000
MEETING ?=
RESET ?=
PYTEST ?=
PROGRAMME ?= ../shared/data/programmes/fosdem2025.xml

BIN := .venv/bin
CANARY := .cme/canary
# One worker per core, and two for the slow tests, which wait for most of their time. The tests of a
# file share expensive fixtures, so they run on one worker; slow tests are distributed one by one.
CORES := $(shell getconf _NPROCESSORS_ONLN)
IN_PARALLEL := --numprocesses=$(CORES) --dist=loadfile --no-loadscope-reorder
SLOW_IN_PARALLEL := --numprocesses=$(shell expr 2 \* $(CORES)) --dist=loadgroup --no-loadscope-reorder
UV_COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-header --quiet
PIP := $(BIN)/pip --disable-pip-version-check --quiet
# The lock file lists every dependency, so pip need not resolve any. Some versions of pip, when they
# resolve an extra, consider releases newer than the locked one.
INSTALL_LOCK := $(PIP) install --no-deps --require-hashes --requirement
# With build isolation, pip would download build tools that are not in the lock file.
INSTALL_SELF := $(PIP) install --no-deps --no-build-isolation --editable .

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow coverage screens mutants bench check audit canary format lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/run.stamp ## build and serve the demo meetings [MEETING=spine30 to open it at /] [PORT=3100] [RESET=1 to delete its data first]
	@$(BIN)/cme demo $(if $(MEETING),--meeting $(MEETING)) --port $(PORT) $(if $(RESET),--reset)

test: .venv/dev.stamp ## run the test suite, browser tests included [PYTEST="-k words"]
	$(BIN)/pytest $(IN_PARALLEL) -m "not slow" $(PYTEST)

test-slow: .venv/dev.stamp ## run the slow tests
	$(BIN)/pytest $(SLOW_IN_PARALLEL) --hypothesis-profile=search -m slow $(PYTEST)

coverage: .venv/dev.stamp ## report lines and branches that `make test` does not cover
	mkdir -p .cme
	$(BIN)/pytest $(IN_PARALLEL) -m "not slow" --cov $(PYTEST)

screens: .venv/dev.stamp ## take a screenshot of every screen and case, into docs/screens
	$(BIN)/python -m tests.support.e2e.screens.contact_sheet docs/screens

mutants: .venv/dev.stamp ## mutation testing of the domain
	rm -rf mutants
	$(BIN)/mutmut run --max-children 1
	@! $(BIN)/mutmut results | grep -v ': timeout$$'

bench: .venv/dev.stamp ## run the benchmarks; takes about 20 minutes [PROGRAMME=file]
	$(BIN)/python -m benchmarks $(PROGRAMME)

check: .venv/dev.stamp ## run ruff, mypy and import-linter
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Exits with 1 for a known vulnerability, and with 2 if something could not be looked up.
audit: .venv/dev.stamp ## look up known vulnerabilities of the pinned versions, Python and JavaScript
	$(BIN)/python -m tests.support.audit

# Uses a separate virtual environment and leaves .venv unchanged.
canary: ## test the bridge against the newest pre-release of Reflex
	$(PYTHON) -m venv --clear $(CANARY)
	$(CANARY)/bin/pip --disable-pip-version-check --quiet install --no-deps --require-hashes \
		--requirement requirements-dev.txt
	$(CANARY)/bin/pip --disable-pip-version-check --quiet install --pre --upgrade reflex
	@$(CANARY)/bin/pip list --format=freeze | grep -E '^(reflex|reflex-base)=='
	$(CANARY)/bin/python -m pytest tests/reflex_bridge -p no:cacheprovider \
		--continue-on-collection-errors

format: .venv/dev.stamp ## format the source
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

lock: .venv/dev.stamp ## update and pin every dependency, with hashes
	$(UV_COMPILE) --upgrade --group build --output-file requirements.txt
	$(UV_COMPILE) --upgrade --group dev --constraint requirements.txt \
		--output-file requirements-dev.txt

clean: ## delete build output and virtual environment; keeps the demo's database
	rm -rf .venv .web .cme/build .cme/fonts mutants

# The virtual environment and the fonts: run.stamp has the runtime dependencies, dev.stamp the
# development tools.

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; set PYTHON=…" \
		if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt pyproject.toml $(wildcard fonts.lock/*) | .venv/bin/pip
	$(INSTALL_LOCK) requirements.txt
	$(INSTALL_SELF)
	$(BIN)/cme fonts
	@touch $@

.venv/dev.stamp: requirements-dev.txt pyproject.toml $(wildcard fonts.lock/*) | .venv/bin/pip
	$(INSTALL_LOCK) requirements-dev.txt
	$(INSTALL_SELF)
	$(BIN)/cme fonts
	@touch $@ .venv/run.stamp
