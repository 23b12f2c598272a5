# Two commands are enough: `make run` serves, `make test` tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# Tests start hundreds of processes. Where bytecode is not kept, each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test mutants proofs lint bench bench-peers bench-page soak compile docs zipapp clean

run: $(VENV)/installed-run
	$(BIN)/otp-sandbox serve

# In CI, which branches ran is counted as well: that takes a sixth more.
test: $(VENV)/installed
	$(BIN)/python -m pytest -n auto --dist worksteal $(if $(CI),--cov --cov-report=term)

# Does the suite find every mistake? Minutes; who finds which is in build/mutants.json.
mutants: $(VENV)/installed
	mkdir -p build
	PYTHONPATH=tests $(BIN)/python -m mutants.prove --json build/mutants.json

# Servers that are killed again and again, over every store: minutes. make proofs ARGS="kills --over sqlite --seed 1".
proofs: $(VENV)/installed
	PYTHONPATH=tests $(BIN)/python -m proofs $(ARGS)

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Flags go in ARGS: make bench ARGS="--quick --only cpu,start", make soak ARGS="--minutes 2".
bench: $(VENV)/installed
	$(BIN)/python benchmarks/run.py $(ARGS)

bench-peers: $(VENV)/installed
	$(BIN)/python benchmarks/peers.py $(ARGS)

bench-page: $(VENV)/installed-bench
	$(BIN)/python benchmarks/page.py

soak: $(VENV)/installed
	$(BIN)/python benchmarks/soak.py $(ARGS)

# After an edit of specs/: lints and compiles them, and makes the tables of the pages anew.
compile: $(VENV)/installed
	$(BIN)/python -m otp_specs
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/generate_clients.py
	$(BIN)/python docs/generate_man.py

# Pages that are not in git, in build/docs/.
docs: $(VENV)/installed
	$(BIN)/python docs/generate_cases.py

# One file with everything in it, for this system and this version of Python.
zipapp: $(VENV)/installed-zipapp
	mkdir -p build
	$(BIN)/shiv --compressed --console-script otp-sandbox --python '/usr/bin/env python3' \
	  --output-file build/otp-sandbox.pyz --constraint constraints.txt .

clean:
	rm -rf $(VENV) build *.egg-info

$(VENV)/made:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	touch $@

# What serving needs, and nothing else.
$(VENV)/installed-run: $(VENV)/made pyproject.toml setup.py constraints.txt
	$(PIP) --editable .
	touch $@

# What developing needs; that is enough to serve, too.
$(VENV)/installed: $(VENV)/made pyproject.toml setup.py constraints.txt
	$(PIP) --editable '.[dev]'
	touch $(VENV)/installed-run $@

# What draws the plots of the page; the tests do without it.
$(VENV)/installed-bench: $(VENV)/installed
	$(PIP) --editable '.[bench]'
	touch $@

# What packs everything into one file.
$(VENV)/installed-zipapp: $(VENV)/installed-run
	$(PIP) --editable '.[zipapp]'
	touch $@
