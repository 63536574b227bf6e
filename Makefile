# Two commands on a fresh machine: `make demo` and `make test`. Needs Python 3.11 to 3.13, and nothing else installed.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)

# Compiled modules are kept, whatever the environment says: the tests start hundreds of processes that import them.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-fast test-rest test-backends test-cluster test-slow check format bench clean

help: ## List the targets.
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/installed ## Run the quickstart experiment on bundled digits and print its report.
	$(BIN)/cnnlab train --config configs/quickstart.yaml

test: $(VENV)/installed-dev ## Run the test suite, but for the slow tests.
	$(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder -m "not slow"

test-fast: $(VENV)/installed-dev ## Run the tests that need neither Keras nor much time: a minute.
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not keras and not slow and not heavy"

test-rest: $(VENV)/installed-dev ## Run what `make test` runs beyond `make test-fast`.
	$(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder -m "(keras or heavy) and not slow"

test-backends: $(VENV)/installed-backends ## Install PyTorch and JAX too, and test that they agree with TensorFlow.
	$(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder -m "not slow" tests/backends

test-cluster: $(VENV)/installed-cluster ## Install Ray and submitit too, and test runs on two nodes, and as array jobs.
	$(BIN)/python -m pytest tests/cluster

test-slow: $(VENV)/installed-dev ## Run the tests of minutes.
	$(BIN)/python -m pytest -m slow

check: $(VENV)/installed-dev ## Lint, check the format, check the types.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/installed-dev ## Format the code.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/installed-dev ## Measure the claims of speed, short forms, and say which ratio moved: a quarter of an hour.
	$(BIN)/python benchmarks/guard.py

clean: ## Remove the environment and caches; runs are kept.
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache

$(VENV)/python:
	@test -n "$(PYTHON)" || { echo "cnnlab needs Python 3.11, 3.12 or 3.13 on the PATH (or: make PYTHON=/path/to/python3.12)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/installed

$(VENV)/installed-cluster: $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,ray,slurm]'
	@touch $@

$(VENV)/installed-backends: $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch jax jaxlib
	@touch $@
