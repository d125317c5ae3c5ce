# Everything sets itself up: a virtual environment of its own, from the lock file. Only Python >= 3.11 is assumed.
.DEFAULT_GOAL := help
.PHONY: help demo test check docs format bench clean

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/$(VENV)
export PYTHONDONTWRITEBYTECODE :=

help:  ## what can be asked for
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(BIN)/uv:
	@test -n "$(PYTHON)" || { echo "suyuan needs Python 3.11 or later; none was found. Install one, or name it: make PYTHON=/path/to/python3 demo"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv==0.13.9'

$(VENV)/.run: $(BIN)/uv pyproject.toml uv.lock
	$(BIN)/uv sync --quiet --frozen --no-dev --inexact
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/uv sync --quiet --frozen --all-groups --inexact
	@touch $@

demo: $(VENV)/.run  ## the main job on real input: capture, trace, judge, verify (in demo/)
	$(BIN)/python -m suyuan demo demo

test: $(VENV)/.dev  ## all tests
	$(BIN)/pytest -n auto

check: $(VENV)/.dev  ## format, lint, strict types, import contracts, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.reference --check

docs: $(VENV)/.dev  ## write the reference pages anew from code and tables
	$(BIN)/python -m tools.reference
	$(BIN)/python -m suyuan.events.vocabulary docs/reference

format: $(VENV)/.dev  ## put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev  ## figures as ratios to their floor or peer in the same run (benchmarks/out/*.json)
	$(BIN)/python -m benchmarks

clean:  ## forget the environment and the demo
	rm -rf $(VENV) demo
