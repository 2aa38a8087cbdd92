# Every target makes the virtual environment that it needs. Another interpreter: make PYTHON=python3.13 test
PYTHON ?= python3
JOBS ?= 2
KERAS ?= 3.5.0

BIN := .venv/bin
READY := .venv/.ready
export TF_CPP_MIN_LOG_LEVEL ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test test-all test-keras lint bench docs clean

help:
	@echo "make demo       run whynan on each example and compare the exit codes"
	@echo "make test       lint, then the tests that are not slow"
	@echo "make test-all   lint, every test, then the demo"
	@echo "make test-keras the quick tests that train, with an older Keras: make KERAS=3.8.0 test-keras"
	@echo "make lint       ruff, mypy and the import contracts"
	@echo "make bench      the benchmarks"
	@echo "make docs       the page of causes, into build/docs"
	@echo "make clean      remove what the other targets made"

# The stamp is written last: an install that was cut off is tried again.
$(READY): pyproject.toml requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "whynan needs Python 3.11 or later, and $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements/dev.txt -e '.[dev]'
	@touch $@

demo: $(READY)
	$(BIN)/python scripts/demo.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/python -m pytest -n $(JOBS) -m "not slow"

test-all: lint
	$(BIN)/python -m pytest -n $(JOBS)
	$(BIN)/python scripts/demo.py

# In a folder called site-packages, so that its code is not taken for the user's own. Scripts that use what this Keras
# lacks are skipped: those that fail without whynan too.
test-keras: OLD = build/keras-$(KERAS)/site-packages
test-keras: $(READY)
	@test -d $(OLD) || $(BIN)/python -m pip install --quiet --no-deps --target $(OLD) keras==$(KERAS)
	OLD_KERAS=$(KERAS) PYTHONPATH=$(CURDIR)/$(OLD) $(BIN)/python -m pytest -n $(JOBS) -m "not slow" tests/test_exact.py tests/test_corpus.py

bench: $(READY)
	@ls benchmarks/*.py >/dev/null 2>&1 || { echo "benchmarks/ holds no script yet"; exit 1; }
	@set -e; for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python "$$script"; done

docs: $(READY)
	@mkdir -p build/docs
	$(BIN)/whynan rule --all > build/docs/causes.md

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
