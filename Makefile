# GovGraph: two commands. Needs make, python3 (3.11 or newer, with its venv module) and a package registry.
#
#   make demo   the demo city, its question and its answer      PORT= GOVGRAPH_HOME= SCALE=S|M ARGS=--once
#   make test   everything that can be checked, one summary     REQUIRE_ALL=1 fails where anything was skipped

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: demo test check prove bench docs clean help

GOVGRAPH_HOME ?= .govgraph
SCALE ?= S
PORT ?= 8000
ARGS ?=
export GOVGRAPH_HOME

VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check --no-input install --quiet --quiet
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

# The first interpreter that is new enough; `make demo PYTHON=…` names another.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c '$(NEW_ENOUGH)' 2>/dev/null && echo "$$name" && break; done)

demo: $(VENV)/.runtime
	@exec $(VENV)/bin/govgraph demo --port "$(PORT)" --scale "$(SCALE)" $(ARGS)

test: $(VENV)/.development
	@$(RUN) tests/run.py test $(ARGS)

check: $(VENV)/.development
	@$(RUN) tests/run.py check

prove: $(VENV)/.development
	@GOVGRAPH_PROVE=1 $(RUN) tests/run.py prove $(ARGS)

bench: $(VENV)/.development
	@$(RUN) -m benchmarks.run $(ARGS)
	@if [ -z "$(ARGS)" ]; then $(RUN) -m benchmarks.catalogue; $(RUN) -m benchmarks.classifier; $(RUN) -m benchmarks.audit_search --records 1000000; $(RUN) -m benchmarks.hanging_department; fi

docs: $(VENV)/.development
	@$(RUN) docs/reference/generate.py

clean:
	rm -rf $(VENV) build dist .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "State is kept in $(GOVGRAPH_HOME); delete that folder yourself to start from nothing."

help:
	@echo "make demo    ask the headline question of the demo city, print the answer, serve on 127.0.0.1:$(PORT)"
	@echo "             PORT=9000  GOVGRAPH_HOME=folder  SCALE=S|M  ARGS=--once (stop after the printed run)"
	@echo "make test    all checks and tests, one summary; REQUIRE_ALL=1 fails where anything was skipped"
	@echo "make check   style, types, walls between the packages, the wheel"
	@echo "make prove   the tests again, properties with full counts; ARGS=\"expressions audit\" runs these folders alone"
	@echo "make bench   the benchmarks beside other servers, written to benchmarks/results/; ARGS=\"--only W1\""
	@echo "make docs    write the reference pages anew from the code"
	@echo "make clean   remove the environment and all caches; state under GOVGRAPH_HOME stays"

$(VENV)/.python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer was not found. Install it (Debian, Ubuntu: apt-get install python3 python3-venv)," >&2; \
		echo "or name the interpreter: make demo PYTHON=/path/to/python3.12" >&2; exit 1; fi
	@if ! $(PYTHON) -c '$(NEW_ENOUGH)'; then \
		echo "$(PYTHON) is older than Python 3.11. Name a newer one: make demo PYTHON=/path/to/python3.12" >&2; exit 1; fi
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$(PYTHON) lacks the module venv (or ensurepip), which makes the environment of this project." >&2; \
		echo "Debian, Ubuntu: apt-get install python3-venv    Others: install the full Python package." >&2; exit 1; fi
	@echo "Making the environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: pyproject.toml $(VENV)/.python
	@echo "Installing what GovGraph runs on …"
	@$(PIP) --editable . || { \
		echo "The packages could not be installed. pip needs a package registry: see pip config list, PIP_INDEX_URL." >&2; exit 1; }
	@touch $@

$(VENV)/.development: $(VENV)/.runtime
	@echo "Installing what the tests need …"
	@$(RUN) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"], sep="\n")' > $(VENV)/development.txt
	@$(PIP) --requirement $(VENV)/development.txt
	@touch $@
