# Two commands first: `make app` opens the app on the bundled films, `make test` proves the suite.
# Both set up everything themselves, in .venv beside this file.
VENV   := .venv
BIN    := $(VENV)/bin
# The first Python on the path that is new enough.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
            $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help app test test-all notebooks readme docs bench clean

help:            ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found on the path."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: settings.ini setup.py pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: settings.ini setup.py pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@ $(VENV)/.app

app: $(VENV)/.app    ## Open the app on the bundled films
	$(BIN)/movie-recsys app

test: $(VENV)/.dev   ## Every check but the slow ones; ends with "N passed, N failed"
	$(PYTEST) -n 2 -m "not slow"

test-all: $(VENV)/.dev  ## The slow ones too
	$(PYTEST) -n 2

notebooks: $(VENV)/.dev  ## Run every notebook in place, then export and clean
	$(BIN)/python tools/run_notebooks.py
	$(BIN)/nbdev_export
	$(BIN)/python tools/readme.py

readme: $(VENV)/.dev  ## Make README.md from nbs/index.ipynb
	$(BIN)/python tools/readme.py

clean:           ## Remove what the other targets made
	rm -rf $(VENV) build dist _docs _proc *.egg-info
