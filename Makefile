# make run     installs everything and opens the app on the demo case
# make test    everything that continuous integration runs
# make gallery draws the window in every state into out/gallery (CASE=FOLDER: of that patient)
# make check   the quick half: format, lint, types, import contracts
# make coverage  the tests once more, measured line by line and branch by branch: out/coverage
# make docs    the user guide and the API reference as a site in out/site; broken links fail
# make dist    builds sdist and wheel into dist/ and tests the wheel
# make fuzz    reads INPUTS=100000 made-up and damaged files; findings lie in out/fuzz
# make torture a random user, cases, toggles, damaged files, faults; a table (TORTURE="--actions 500" for less)
# make sbom    licences of what is installed, checked, and a list of parts (CycloneDX) in dist/sbom.json
# make format  writes the format instead of checking it
# make clean   removes what was made, not what was installed;  make distclean removes .venv too
#
# PYTHON=python3.12 make run chooses another Python (3.11 or newer).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CONSTRAINTS := packaging/constraints.txt
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -c $(CONSTRAINTS)
# Stamps lie in .venv, so that they go with it.
APP := $(VENV)/.installed-app
DEV := $(VENV)/.installed-dev
DOCS := $(VENV)/.installed-docs
DEMO_OUT := out/demo

# A screen: macOS always has one; elsewhere X or Wayland says so.
ifneq ($(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin,$(shell uname -s)),)
SCREEN := yes
XVFB :=
else
SCREEN :=
XVFB := $(shell command -v xvfb-run >/dev/null && echo 'xvfb-run -a -s "-screen 0 1600x1200x24"')
XVFB_LARGE = $(subst 1600x1200,2720x1600,$(XVFB))
endif

.PHONY: run test gallery check format pytest coverage fuzz torture sbom docs dist clean distclean system-packages test-packages

run: system-packages $(APP)
ifdef SCREEN
	$(BIN)/ccsd-app
else
	@echo "No display: drawing the window, the curve and the table into $(DEMO_OUT)"
	$(BIN)/ccsd-app demo -o $(DEMO_OUT)
endif

gallery: test-packages $(APP)
	$(XVFB_LARGE) $(BIN)/python packaging/gallery.py out/gallery $(CASE)

test: test-packages $(DEV)
	$(MAKE) --no-print-directory check
	$(MAKE) --no-print-directory pytest

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright

# One thread for each worker's torch, so that workers do not fight for the cores.
pytest: $(DEV)
	OMP_NUM_THREADS=1 $(XVFB) $(BIN)/pytest $(SHARED_OUT) $(PYTEST_ARGS)
WORKERS ?= auto
# Neighbours stay on one worker and share their fixtures; who is done takes over the rest.
SHARED_OUT = -n $(WORKERS) --dist worksteal

coverage: test-packages $(DEV)
	OMP_NUM_THREADS=1 $(XVFB) $(BIN)/pytest $(SHARED_OUT) --cov --cov-report=term --cov-report=html $(PYTEST_ARGS)

fuzz: $(DEV)
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.fuzz --inputs $(INPUTS) 2>/dev/null
INPUTS ?= 100000

torture: test-packages $(DEV)
	OMP_NUM_THREADS=1 $(XVFB) $(BIN)/python -m tests.torture $(TORTURE)

sbom: $(DEV)
	$(BIN)/python packaging/supply_chain.py dist/sbom.json

# MkDocs needs none of the program's own packages: it reads the sources.
docs: $(DOCS)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

dist: $(DEV)
	rm -rf dist
	$(BIN)/hatchling build
	$(BIN)/pytest tests/packaging/test_wheel.py

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf out build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	find ccsd_core ccsd_app tests -name __pycache__ -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV)

system-packages:
	@PYTHON=$(PYTHON) packaging/system-packages.sh

test-packages:
	@PYTHON=$(PYTHON) packaging/system-packages.sh --test

$(BIN)/python: | system-packages
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "$(PYTHON) is too old: Python 3.11 or newer is needed (PYTHON=python3.12 make ...)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(APP): pyproject.toml $(CONSTRAINTS) | $(BIN)/python
	@echo "Installing into $(VENV): the first time this takes some minutes; pip says what it fetches"
	$(PIP_INSTALL) -e '.[app]'
	@touch $@

$(DOCS): pyproject.toml $(CONSTRAINTS) | $(BIN)/python
	$(PIP_INSTALL) mkdocs-material 'mkdocstrings[python]' ruff
	@touch $@

$(DEV): pyproject.toml $(CONSTRAINTS) | $(BIN)/python
	@echo "Installing into $(VENV): the first time this takes some minutes; pip says what it fetches"
	$(PIP_INSTALL) -e '.[app,dev]'
	@touch $@ $(APP)
