# Two commands are enough: `make run` serves, `make test` tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test mutants lint bench compile docs clean

run: $(VENV)/installed
	$(BIN)/otp-sandbox serve

test: $(VENV)/installed
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term

# Does the suite find every mistake? Minutes; who finds which is in build/mutants.json.
mutants: $(VENV)/installed
	mkdir -p build
	PYTHONPATH=tests $(BIN)/python -m mutants.prove --json build/mutants.json

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/installed
	$(BIN)/python benchmarks/throughput.py
	$(BIN)/python benchmarks/recipients.py
	$(BIN)/python benchmarks/start_up.py

# After an edit of specs/: lints and compiles them, and makes the tables of the pages anew.
compile: $(VENV)/installed
	$(BIN)/python -m otp_specs
	$(BIN)/python docs/generate.py

# Pages that are not in git, in build/docs/.
docs: $(VENV)/installed
	$(BIN)/python docs/generate_cases.py

clean:
	rm -rf $(VENV) build *.egg-info

$(VENV)/installed: pyproject.toml setup.py constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@
