# make lab     learn: installs what the notebooks need and opens your own copies of them in work/
# make test    teach or develop: installs everything and runs all tests
PYTHON ?= python3
BIN := .venv/bin
LEARNER := .venv/ready-learner
READY := .venv/ready
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt --editable
PYTEST := $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations 25
LAB_FLAGS ?= $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: setup work lab test quick build grade lint format fuzz pictures site clean

setup: $(READY)

.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv

$(LEARNER): pyproject.toml constraints.txt | .venv
	@echo "Installing what the notebooks need into .venv (a minute or two, once)"
	@$(INSTALL) ".[play,lab]"
	@touch $@

$(READY): pyproject.toml constraints.txt | .venv
	@echo "Installing the notebooks, the grader and the tests into .venv (two or three minutes, once)"
	@$(INSTALL) ".[all]" --quiet
	@touch $@ $(LEARNER)

work: $(wildcard notebooks/*.ipynb)
	@mkdir -p work
	@for notebook in $^; do [ -e work/$${notebook##*/} ] || cp $$notebook work/; done

lab: $(LEARNER) work
	JUPYTER_CONFIG_PATH="$(CURDIR)/.jupyter:$$JUPYTER_CONFIG_PATH" PATH="$(CURDIR)/$(BIN):$$PATH" \
		$(BIN)/jupyter lab $(LAB_FLAGS) --ServerApp.root_dir="$(CURDIR)/work" --LabApp.default_url=/lab/tree/00_play.ipynb

test: $(READY) lint
	$(BIN)/autograder build --check
	$(PYTEST)

quick: $(READY)
	$(PYTEST) -m "not slow"

build: $(READY)
	$(BIN)/autograder build
	$(BIN)/python tests/sample_class.py

grade: $(READY)
	$(BIN)/autograder grade tests/data/sample_class --out grades

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m mypy
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

fuzz: $(READY)
	$(BIN)/python tests/damage.py 1000 --seed 1

pictures: $(READY)
	$(BIN)/python docs/make_pictures.py

site: $(READY)
	$(BIN)/python docs/site/make.py

clean:
	rm -rf .venv build grades dist *.egg-info
