# make lab     set everything up and open JupyterLab on the notebooks
# make test    set everything up and run all tests
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
LAB_FLAGS ?= $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: setup lab test quick build grade lint format fuzz pictures clean

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with make PYTHON=python3.12")'
	@echo "Setting up .venv (a minute or two, once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[all]"
	@touch $@

lab: $(READY)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/jupyter lab $(LAB_FLAGS) --LabApp.default_url=/lab/tree/notebooks

test: $(READY) lint
	$(BIN)/autograder build --check
	$(BIN)/python -m pytest

quick: $(READY)
	$(BIN)/python -m pytest -m "not slow"

build: $(READY)
	$(BIN)/autograder build
	$(BIN)/python tests/sample_class.py

grade: $(READY)
	$(BIN)/autograder grade tests/data/sample_class --out grades

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

fuzz: $(READY)
	$(BIN)/python tests/damage.py 1000 --seed 1

pictures: $(READY)
	$(BIN)/python docs/make_pictures.py

clean:
	rm -rf .venv build grades dist *.egg-info
