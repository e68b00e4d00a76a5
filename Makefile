# Needs Python 3.11 and make; everything else is installed into .venv. `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
# The locks name every package, so nothing is left to resolve; what is never imported need not be compiled.
INSTALL := $(PIP) install --require-hashes --no-deps --no-compile
RESET ?=
SEEDS ?= 1000
JOBS ?= 2
CODE := app.py functions infra tests

.PHONY: help run test check lint format types imports bench simulate lock deploy clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

run: $(VENV)/run.installed  ## the whole system on this machine; Ctrl-C keeps its data, RESET=1 clears it
	@$(BIN)/python -m infra.local $(if $(RESET),--reset) $(ARGS)

test: $(VENV)/dev.installed  ## every test
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

check: lint types imports test  ## what must be green before a change lands

lint: $(VENV)/dev.installed  ## style
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)

format: $(VENV)/dev.installed  ## put the code in order
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

types: $(VENV)/dev.installed  ## types
	$(BIN)/mypy

imports: $(VENV)/dev.installed  ## who may import whom
	$(BIN)/lint-imports

bench: $(VENV)/dev.installed  ## what a redemption, a lookup and a webhook cost
	$(BIN)/python -m tests.bench

simulate: $(VENV)/dev.installed  ## many histories under faults; SEEDS=10000 of them, JOBS=2 at a time
	$(BIN)/python -m tests.simulation --seeds $(SEEDS) --jobs $(JOBS) $(ARGS)

lock:  ## resolve the dependencies anew, with hashes (needs uv)
	uv pip compile -q --upgrade --universal --generate-hashes --python-version 3.11 --no-header \
	  pyproject.toml --group dev -o requirements/dev.txt
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header \
	  pyproject.toml --group run -c requirements/dev.txt -o requirements/run.txt
	uv pip compile -q --generate-hashes --python-version 3.11 --python-platform aarch64-manylinux_2_28 --no-header \
	  layers/requirements.in -c requirements/dev.txt -o layers/requirements.txt

deploy: $(VENV)/run.installed  ## to the AWS account of the environment; ARGS="--stage prod"
	$(BIN)/storebound deploy $(ARGS)

clean:  ## everything that can be made again
	rm -rf build $(VENV) .mypy_cache .ruff_cache .hypothesis

$(VENV)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "Python 3.11 is needed; say where it is: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/run.installed: requirements/run.txt pyproject.toml | $(VENV)/python
	$(INSTALL) -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.installed: requirements/dev.txt $(VENV)/run.installed
	$(INSTALL) -r requirements/dev.txt
	@touch $@
