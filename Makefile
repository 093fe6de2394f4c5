# make run   sets everything up and serves the web app on http://127.0.0.1:$(PORT)
# make test  the same environment plus the test tools; every check and test
SHELL := /bin/sh
PORT ?= 7860
VENV := .venv
LLM := .venv-llm
ifeq ($(OS),Windows_NT)
  BIN := $(VENV)/Scripts
  LLM_BIN := $(LLM)/Scripts
else
  BIN := $(VENV)/bin
  LLM_BIN := $(LLM)/bin
endif
PY := $(BIN)/python
# Without an index of its own a project must not write down where its packages come from.
PIP := $(PY) -m pip --disable-pip-version-check --no-input
export PYTHONUTF8 := 1

.PHONY: run test lint types unit test-local-llm demo bench eval evidence lock clean browser

run: $(VENV)/.run
	@PORT=$(PORT) $(PY) app.py

test: $(VENV)/.test browser lint types unit

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	$(BIN)/mypy

unit: $(VENV)/.test
	$(PY) -m pytest -q --durations=10

# Fifty questions to a very weak model on this machine; the first time builds its server, which takes a compiler and some minutes.
test-local-llm: $(VENV)/.test $(LLM)/.made
	LOCAL_LLM_PYTHON="$(CURDIR)/$(LLM_BIN)/python" $(PY) -m pytest -q tests/local_llm

demo: $(VENV)/.run
	$(BIN)/fenqun demo

bench: $(VENV)/.bench
	$(PY) -m benchmarks

eval: $(VENV)/.test
	$(PY) -m tests.evaluate_questions

evidence: $(VENV)/.bench
	$(PY) -m benchmarks.evidence

browser:
	@sh tests/install_browser.sh

# The newest suitable interpreter is not looked for: the first that works and is new enough is taken.
$(VENV)/.created:
	@for candidate in $(PYTHON) python3 python python3.14 python3.13 python3.12 python3.11 "py -3"; do \
	  if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    echo "Creating $(VENV) with $$($$candidate --version)"; \
	    $$candidate -m venv $(VENV) && touch $@ && exit 0; \
	    echo "The venv module is missing; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	  fi; \
	done; \
	echo "Fenqun needs Python 3.11 or newer; none was found on the PATH." >&2; exit 1

$(VENV)/.run: requirements.lock pyproject.toml $(VENV)/.created
	@echo "Installing what Fenqun needs (about a minute, once)"
	@$(PIP) install -q --require-hashes -r requirements.lock
	@$(PIP) install -q --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements-test.lock $(VENV)/.run
	@echo "Installing the test tools"
	@$(PIP) install -q --require-hashes -r requirements-test.lock
	@touch $@

$(VENV)/.bench: requirements-bench.lock $(VENV)/.run
	@echo "Installing the benchmark's peers"
	@$(PIP) install -q --require-hashes -r requirements-bench.lock
	@touch $@

# An environment of its own, with what the extra local-llm names and nothing of ours: only the server runs in it.
EXTRA := import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["local-llm"], sep="\n")
$(LLM)/.made: pyproject.toml $(VENV)/.created
	@echo "Building the server of the local language model (some minutes, once)"
	@$(PY) -m venv $(LLM)
	@$(PY) -c '$(EXTRA)' > $(LLM)/requirements.txt
	@$(LLM_BIN)/python -m pip --disable-pip-version-check --no-input install -q -r $(LLM)/requirements.txt
	@touch $@

LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q
lock: $(VENV)/.created
	@$(PIP) install -q uv
	$(LOCK) --extra demo --extra build -o requirements.lock
	$(LOCK) --extra demo --extra build --extra test -c requirements.lock -o requirements-test.lock
	$(LOCK) --extra demo --extra build --extra bench -c requirements.lock -o requirements-bench.lock

clean:
	rm -rf $(VENV) $(LLM) build dist .pytest_cache .mypy_cache .ruff_cache test-artifacts
