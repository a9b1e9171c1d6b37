# Two commands do everything: `make demo` and `make test`. Both make .venv first if it is not there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lint types imports tests sample fast compiled clean

demo: $(STAMP)
	$(BIN)/scenario validate scenarios
	@echo
	$(BIN)/scenario test scenarios --coverage
	@echo
	$(BIN)/scenario dry-run --project scenarios
	@echo
	$(BIN)/scenario plan --project scenarios --as-of 2025-02-20 --horizon 2d

test: lint types imports tests

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports

tests: $(STAMP)
	$(BIN)/pytest -n auto --dist worksteal

# Writes the shipped sample log anew; the same bytes come out every time.
sample: $(STAMP)
	$(BIN)/python -m tests.sample.generate

# A wheel in dist/ whose executor is compiled: see "Compiled" in docs/speed.md. Needs a C compiler.
fast: $(STAMP)
	SCENARIO_COMPILE=1 $(BIN)/python -m build --wheel --no-isolation --outdir dist

# The engine's part of the suite against a compiled wheel, as the release workflow runs it for each of its wheels.
compiled: $(STAMP)
	rm -rf build/compiled
	SCENARIO_COMPILE=1 $(BIN)/python -m build --wheel --no-isolation --outdir build/compiled
	$(PYTHON) -m venv build/compiled/venv
	build/compiled/venv/bin/pip install --quiet "$$(ls build/compiled/*.whl)[test]"
	build/compiled/venv/bin/python .ci/engine_tests.py

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $(STAMP)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
