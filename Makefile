# Two commands matter: `make app` and `make test`. Both set themselves up, and both are quick the second time.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# On Linux the default build of torch brings CUDA, several gigabytes. For the small one:
#   make setup TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=

# What an extra of pyproject.toml names.
extra = $$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["$(1)"])')

.PHONY: app test setup lint pretrained results bench load picture clean

app: setup
	$(BIN)/streamlit run app.py

test: $(VENV)/ready-dev lint
	$(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal

lint: $(VENV)/ready-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

pretrained: setup
	$(BIN)/python -m sandbox.methods

# Measures what the shipped tables lack, for hours if they lack everything, and writes docs/results.md.
results: $(VENV)/ready-dev
	$(BIN)/python -m sandbox.results

bench: $(VENV)/ready-dev
	$(BIN)/python -m tests.bench

# A class on one server: LOAD="--sessions 200 --seconds 60" for more.
load: $(VENV)/ready-dev
	$(BIN)/python -m tests.load $(LOAD)

picture: $(VENV)/ready-dev
	$(BIN)/python -m tests.picture

setup: $(VENV)/ready

$(VENV)/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(if $(TORCH_INDEX),$(BIN)/pip install --disable-pip-version-check -q "$$(grep '^torch==' requirements.txt)" --index-url $(TORCH_INDEX))
	$(BIN)/pip install --disable-pip-version-check -q -r requirements.txt
	touch $@

$(VENV)/ready-dev: $(VENV)/ready pyproject.toml
	$(BIN)/pip install --disable-pip-version-check -q -r requirements.txt $(call extra,test)
	$(BIN)/pip install --disable-pip-version-check -q --no-deps $(call extra,reference)
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info screenshots
