# Two commands to know: `make demo` and `make test`. Each prepares .venv when there is none.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?= -n auto --dist worksteal

.PHONY: demo test bench check golden clean

demo: $(VENV)/.ready
	$(BIN)/python examples/digits.py

test: $(VENV)/.ready
	$(BIN)/python -m pytest $(PYTEST_ARGS)

bench: $(VENV)/.bench
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 $(BIN)/python -m benchmarks

check: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# After a change of the compiler: writes the derivatives and printed outputs anew that the tests compare with.
golden: $(VENV)/.ready
	$(BIN)/python -m tests.golden
	$(BIN)/python -m tests.test_documents

$(VENV)/.ready: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

$(VENV)/.bench: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
