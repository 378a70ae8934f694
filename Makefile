# Everything from an empty clone with nothing but make and a Python (3.11 to 3.13; name another with PYTHON=...).
# Each target builds .venv first, once, and again only when pyproject.toml or constraints.txt changed.

PYTHON ?= python3
# Many short processes run here: each would translate the library anew.
unexport PYTHONDONTWRITEBYTECODE
# Modules are translated when they are first imported: most of what the packages bring never is.
INSTALL := .venv/bin/python -m pip install --quiet --no-compile --constraint constraints.txt --editable
INSTALLED := .venv/.installed
# To reproduce takes fewer packages than to test.
READY := $(or $(wildcard $(INSTALLED)),.venv/.ready)

.DEFAULT_GOAL := help
.PHONY: help venv reproduce test test-thorough lint bench criteria mutants interop clean
.DELETE_ON_ERROR:

help:
	@echo "make reproduce | test | test-thorough | lint | bench | mutants | interop | venv | clean"

venv: $(INSTALLED)

reproduce: $(READY)  ## every figure and paper_repro.md; finished work is not done again
	.venv/bin/lionlab reproduce

test: $(INSTALLED)
	.venv/bin/python -m pytest -n auto --dist loadfile --kernels=quick
	.venv/bin/python -m pytest -n auto --dist worksteal --kernels=users

test-thorough: $(INSTALLED)  ## every law on every example, some of which `test` lets wait (see tests/tiers.py)
	.venv/bin/python -m pytest -n auto --dist loadfile --thorough

lint: $(INSTALLED)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

bench: $(INSTALLED)
	.venv/bin/python benchmarks/run.py
	.venv/bin/python benchmarks/flows.py
	.venv/bin/python benchmarks/conjugates.py
	.venv/bin/python benchmarks/update.py

criteria: $(INSTALLED)  ## registers the claims as they are now, under the next version number
	@.venv/bin/python -c 'from lionlab.theorems._criteria import register; print(register())'

mutants: $(INSTALLED)  ## formulas made wrong one at a time: do the tests notice? (see mutants/README.md)
	.venv/bin/python mutants/run.py --write

define in-venv
@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || \
  { echo "lionlab needs Python 3.11, 3.12 or 3.13, but $(PYTHON) is '$$($(PYTHON) --version 2>&1 | head -n 1)'; try: make PYTHON=python3.11" >&2; exit 1; }
@.venv/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
$(INSTALL) '.[$(EXTRAS)]'
@touch $@
endef

.venv/.ready: EXTRAS := experiments,rigor
$(INSTALLED): EXTRAS := dev
.venv/.interop: EXTRAS := dev,interop

.venv/.ready $(INSTALLED): pyproject.toml constraints.txt
	$(in-venv)

interop: .venv/.interop  ## PyTorch, Keras and other people's optimizers, so that `make test` tests against them too

.venv/.interop: $(INSTALLED)
	$(in-venv)

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
