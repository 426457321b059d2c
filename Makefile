# Two commands first: `make app` opens the app on the bundled films, `make test` proves the suite.
# Both set up everything themselves, in .venv beside this file.
VENV   := .venv
BIN    := $(VENV)/bin
# The first Python on the path that is new enough.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
            $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PYTEST := $(BIN)/python -m pytest
# Containers like to forbid Python to keep what it has compiled: then each of the tests' programs compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help app test test-all test-browser test-install test-lowest types notebooks readme docs dist space push-space films bench clean

help:            ## This list
	@sed -n 's/^\([a-z0-9.%-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found on the path."; exit 1; }
	$(PYTHON) -m venv $(VENV)

# uv installs in a tenth of the time that pip takes. It does not read pip's settings, and some need them to get anything at all.
PIP     = $(BIN)/python -m pip install --quiet --disable-pip-version-check
install = $(PIP) uv && $(BIN)/uv pip install --quiet --python $(VENV) --editable "$(1)" || $(PIP) --editable "$(1)"

$(VENV)/.app: settings.ini setup.py pyproject.toml | $(BIN)/python
	@echo "Setting up in $(VENV) ..."
	@$(call install,.)
	@touch $@

$(VENV)/.dev: settings.ini setup.py pyproject.toml | $(BIN)/python
	@echo "Setting up in $(VENV) ..."
	@$(call install,.[dev])
	@touch $@ $(VENV)/.app

app: $(VENV)/.app    ## Open the app on the bundled films
	$(BIN)/movie-recsys app

# One more worker than two cores: those that wait for a browser or a server leave a core free.
test: $(VENV)/.dev   ## Every check but the slow ones; ends with "N passed, N failed"
	$(PYTEST) -n 3 --dist loadgroup -m "not slow"

test-all: $(VENV)/.dev  ## The slow ones too, then the lowest versions, Python 3.12 and 3.13
	MOVIE_RECSYS_EXAMPLES=1000 $(PYTEST) -n 3 --dist loadgroup
	$(MAKE) test-lowest test-3.12 test-3.13

test-browser: $(VENV)/.dev  ## What needs Chromium, alone
	$(PYTEST) -m browser

test-install: $(VENV)/.dev  ## Build the wheel and the source archive, look into them, install the wheel alone and use it
	$(PYTEST) tests/test_packaging.py

types: $(VENV)/.dev  ## Check the type hints
	$(BIN)/mypy
	$(BIN)/mypy --strict --follow-imports=silent --enable-error-code=arg-type --enable-error-code=assignment --enable-error-code=attr-defined tests/typed_use.py

# A Python 3.x by its number: on the path, or among pyenv's.
python3 = $(shell for p in python3.$(1) $$(pyenv root 2>/dev/null)/versions/3.$(1).*/bin/python; do \
            $$p -c '' 2>/dev/null && { command -v $$p; break; }; done)

# The lowest versions are those that a user's resolver would pick. bokeh_sampledata, which only makes the bundled
# table, asks for a newer pandas than the library does: hence overrides.
test-lowest: $(VENV)/.dev  ## The notebooks with the lowest versions of everything that settings.ini allows
	@test -n "$(call python3,11)" || { echo "Python 3.11 is needed; none was found."; exit 1; }
	@touch setup.py  # uv keeps what it read of it, and settings.ini may be newer
	$(BIN)/uv venv --quiet --clear --python $(call python3,11) .venv-lowest
	$(BIN)/uv pip compile --quiet --no-header --extra hub --extra mcp --no-strip-extras --resolution lowest-direct --python-version 3.11 setup.py -o .venv-lowest/lowest.txt
	$(BIN)/uv pip install --quiet --python .venv-lowest --overrides .venv-lowest/lowest.txt --editable ".[dev]"
	.venv-lowest/bin/python -m pytest -n 2 tests/test_notebooks.py

test-3.%: $(VENV)/.dev  ## The suite on another Python, where the machine has it: make test-3.13
	@if [ -n "$(call python3,$*)" ]; then \
	    $(BIN)/uv venv --quiet --clear --python $(call python3,$*) .venv-3.$* && \
	    $(BIN)/uv pip install --quiet --python .venv-3.$* --editable ".[dev]" && \
	    .venv-3.$*/bin/python -m pytest -n 3 --dist loadgroup -m "not slow"; \
	else echo "skipped: there is no Python 3.$* on this machine"; fi

notebooks: $(VENV)/.dev  ## Run every notebook in place, then export, clean, and bring README and space/ along
	$(BIN)/python tools/run_notebooks.py
	$(BIN)/nbdev_export
	$(BIN)/python tools/readme.py
	$(BIN)/movie-recsys publish space --directory space

readme: $(VENV)/.dev  ## Make README.md from nbs/index.ipynb
	$(BIN)/python tools/readme.py

docs: $(VENV)/.dev  ## The documentation site, in _docs (needs Quarto)
	@command -v quarto >/dev/null || { echo "Quarto is needed: https://quarto.org/docs/get-started/"; exit 1; }
	$(BIN)/python tools/check_docs.py
	$(BIN)/python tools/docs.py

dist: $(VENV)/.dev  ## The wheel and the source archive, in dist
	rm -rf dist build
	$(BIN)/python -m build --quiet
	$(BIN)/twine check --strict dist/*

space: $(VENV)/.dev  ## Write space/, the folder that is uploaded to Hugging Face Spaces
	$(BIN)/movie-recsys publish space --directory space

push-space: $(VENV)/.dev  ## Upload it: make push-space SPACE=user/name (needs HF_TOKEN)
	$(BIN)/movie-recsys publish space $(SPACE)

films: $(VENV)/.app  ## Today's films from Wikidata, in wikidata-films.parquet (asks for hours)
	$(BIN)/python tools/todays_films.py wikidata-films.parquet

bench: $(VENV)/.dev  ## Measure speed and memory: benchmarks/results.json and results.md
	$(BIN)/uv pip install --quiet --python $(BIN)/python implicit scikit-learn-intelex
	$(BIN)/python benchmarks/bench.py

clean:           ## Remove what the other targets made
	rm -rf .venv* build dist _docs _proc *.egg-info
