# Works with GNU make and a POSIX shell; everything else is set up in .venv and node_modules.
#   PYTHON=python3.13        the Python to make .venv from (the first of 3.11 or newer otherwise)
#   PYTEST_WORKERS=0         how many tests run at once, 3 by default; 0 runs them one after the other in one process
#   PYTEST_DIST=worksteal    how they are shared out; a file's tests otherwise run in one process, one after the other
#   PLUGIN=jwt               for `make test`: only the tests of that plugin, its scenarios among them
#   PYTEST_ARGS="-k cookies" more arguments for pytest
#   SERVE_ARGS="--port 4000" more arguments for betterauth serve
#   DEMO_ARGS="--help"       more arguments for the demo
#   FUZZ_EFFORT=10           how many times the usual number of random requests
#   RECORD_ARGS="sign-in"    scenarios to record; empty for all
#   VERSION=1.7.26           the version of better-auth for `make reference` and `make drift`

PYTEST_WORKERS ?= 3
PYTEST_DIST ?= loadfile
PYTEST_ARGS ?=
LEFT_OUT ?= -m "not combination"
SERVE_ARGS ?=
DEMO_ARGS ?=
RECORD_ARGS ?= --missing
export PYTHON

BIN := .venv/bin
NODE_PROJECTS := contracts/oracle examples/better-auth-ui examples/react tests/clients
SOURCES := $(wildcard betterauth_py migrations tests benchmarks contracts examples scripts/*.py)
TYPED := $(wildcard betterauth_py tests migrations benchmarks)

# A plugin's tests, its scenarios and client among them, and what else holds for every plugin: page, names, contract.
PLUGIN_TESTS := $(if $(PLUGIN),tests/plugins/$(subst -,_,$(PLUGIN)) tests/documents/test_documents.py tests/contracts tests/conformance/test_named_functions.py)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help serve demo demo-oauth test test-all lint typecheck pytest format contracts record reference drift docs bench lock wheel clean setup-server setup setup-node

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

serve: setup-server ## run the auth server for development on http://localhost:3001
	@exec $(BIN)/betterauth serve --config betterauth.toml $(SERVE_ARGS)

demo: setup ## run a page on :3000, the auth server on :3001 and a FastAPI service on :8000 that know one another
	@scripts/node-modules examples/react
	@exec $(BIN)/python examples/demo/demo.py $(DEMO_ARGS)

demo-oauth: setup ## run the React example with an identity provider of its own: sign in with "GitHub" without an account
	@scripts/node-modules examples/react tests/clients
	@exec $(BIN)/python examples/demo/demo_oauth.py $(DEMO_ARGS)

test: lint typecheck pytest ## check style and types, then run every test (PLUGIN=jwt for those of a plugin)

test-all: ## make test with the combinations, better-auth live and more fuzzing: before an issue is called resolved
	@FUZZ_EFFORT=$${FUZZ_EFFORT:-4} $(MAKE) --no-print-directory test LEFT_OUT=

lint: setup ## check style and formatting
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

typecheck: setup ## check types
	$(BIN)/mypy $(TYPED)

pytest: setup setup-node ## run every test
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist $(PYTEST_DIST) $(LEFT_OUT) $(PLUGIN_TESTS) $(PYTEST_ARGS)

format: setup ## rewrite the code in the project's format
	$(BIN)/ruff check --fix-only $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

contracts: setup ## write what is generated of contracts/ and of docs/ about endpoints and errors
	$(BIN)/python scripts/write_contracts.py

record: setup setup-node ## record better-auth's answers to scenarios that are new or changed (RECORD_ARGS= for all)
	$(BIN)/python -m betterauth_py.conformance record $(RECORD_ARGS)

reference: setup setup-node ## move to another version of better-auth (VERSION=1.7.26): installs, records anew, says what differs
	@[ -n "$(VERSION)" ] || { echo "Which version? make reference VERSION=1.7.26" >&2; exit 1; }
	$(BIN)/python scripts/reference.py move $(VERSION)

drift: setup setup-node ## say what the newest version of better-auth (or VERSION=) does otherwise; changes nothing
	$(BIN)/python scripts/reference.py drift $(VERSION)

docs: setup ## build the documents as a site into build/site
	$(BIN)/python scripts/build_docs.py

bench: setup setup-node ## measure this server beside better-auth on Node
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

lock: ## resolve the dependencies again and write the lock files (LOCK_ARGS=--upgrade takes newer versions)
	scripts/lock $(LOCK_ARGS)

wheel: setup ## build the source archive and the wheel into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation

clean: ## remove everything that is not under version control, except .env and .betterauth
	rm -rf .venv .cache .hypothesis .schemathesis build dist $(addsuffix /node_modules,$(NODE_PROJECTS))
	find betterauth_py tests migrations benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

setup-server:
	@scripts/venv server

# The rest does not need argon2 to be fast.
setup:
	@scripts/venv dev
	@scripts/argon2 || true

setup-node:
	@scripts/node-modules $(NODE_PROJECTS)
