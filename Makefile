# One command each: make setup | run | test | check | openapi | bench | docs

BIN := .venv/bin
PYTHON ?= python3
STAMP := .venv/.installed
PEERS := .venv/.peers
PYTEST := $(BIN)/pytest -n 2 --dist worksteal
# What holds branch coverage to its gate; measuring it makes a test take three times as long.
GATED := $(addprefix tests/,facts language rulebook engine)

# A machine may say that nothing compiled is kept; then every command would compile all of it again.
export PYTHONDONTWRITEBYTECODE :=

.DELETE_ON_ERROR:
.PHONY: help setup run test check openapi bench docs lock

help:
	@echo 'make setup    make .venv with everything pinned in requirements/'
	@echo 'make run      serve on http://127.0.0.1:8321'
	@echo 'make test     run every test; those of the core hold branch coverage to its gate'
	@echo 'make check    lint, format, types, import contracts, OpenAPI drift, documents, rulebooks and their suites'
	@echo 'make openapi  write openapi/openapi.yaml from the code'
	@echo 'make bench    measure against the budgets and against peers; ARGS='\''engine peers'\'' for some of it'
	@echo 'make docs     write the generated parts of docs/'
	@echo 'make lock     pin the newest versions that pyproject.toml allows'

setup: $(STAMP)

$(STAMP): pyproject.toml requirements/dev.txt requirements/uv.txt tools/setup.sh
	PYTHON='$(PYTHON)' tools/setup.sh
	@touch $@

run: setup
	$(BIN)/pegmark serve

test: setup
	tools/browser.sh
	tools/node.sh
	tools/shells.sh
ifdef ARGS
	$(PYTEST) $(ARGS)
else
	$(PYTEST) --cov --cov-report= $(GATED)
	@$(BIN)/coverage json --quiet
	@$(BIN)/python -m tools.coverage_gate .coverage.json
	$(PYTEST) $(addprefix --ignore=,$(GATED))
endif

check: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pegmark openapi --check
	$(BIN)/python -m tools.docs --check
	$(BIN)/pegmark fmt --check rules
	$(BIN)/pegmark check rules/house rules/example_exchange
	$(BIN)/pegmark lint rules/house
	$(BIN)/pegmark test rules/house
	$(BIN)/pegmark test rules/example_exchange
	$(BIN)/pegmark coverage rules/house --fail-under 100

openapi: setup
	$(BIN)/pegmark openapi

bench: setup $(PEERS)
	tools/node.sh bench/node
	$(BIN)/python -m bench $(ARGS)

# Beside what is there already: a bench measures with the versions that are tested.
$(PEERS): $(STAMP) requirements/bench.txt
	VIRTUAL_ENV=.venv $(BIN)/uv --quiet --no-progress pip install --require-hashes -r requirements/bench.txt
	@touch $@

docs: setup
	$(BIN)/python -m tools.docs

# A checkout has every optional part; what serves needs none.
EXTRAS := --extra dev --extra proof --extra lsp --extra history
LOCK := UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/uv pip compile --quiet --upgrade --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url

lock: setup
	$(LOCK) --output-file requirements/runtime.txt pyproject.toml
	$(LOCK) --output-file requirements/dev.txt $(EXTRAS) --constraint requirements/runtime.txt pyproject.toml
	$(LOCK) --output-file requirements/bench.txt --extra bench --constraint requirements/dev.txt pyproject.toml
	echo uv | $(LOCK) --no-annotate --output-file requirements/uv.txt -
