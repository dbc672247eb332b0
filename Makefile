# Laurel's commands. Each makes what it needs in a fresh clone: `.venv`, and node modules where
# Node is installed. Variables: PYTHON (3.11 or newer), PORT, ARGS (handed to the program), WORKERS
# (of the whole test run; what ARGS picks runs in one process, where --pdb works), and
# LAUREL_REQUIRE_ALL=1, which makes a missing tool a failure instead of a skip.

PYTHON ?= python3
ARGS ?=
WORKERS ?= 2
SHARED = $(if $(ARGS),$(ARGS),-n $(WORKERS))
BIN := .venv/bin
NODE := $(shell command -v npm 2>/dev/null)

VENV_STAMP := .venv/.installed
BENCH_STAMP := .venv/.installed-bench
NODE_STAMP := $(if $(NODE),widget/node_modules/.installed)
JAVA := $(and $(shell command -v java 2>/dev/null),$(shell command -v mvn 2>/dev/null))
ENGINE_STAMP := $(if $(JAVA),build/engines/.fetched)

# pytest rewrites the asserts of 460 files: 7 s for each worker, unless it may keep what it made.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo serve test check soak bench package widget lint format coverage clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(VENV_STAMP) $(NODE_STAMP) ## a seeded demo shop with the widget (PORT=8000)
	@$(BIN)/python -m dev.demo $(ARGS)

serve: $(VENV_STAMP) ## the API on this machine, empty (PORT=8000)
	@$(BIN)/python -m dev.serve $(ARGS)

test: $(VENV_STAMP) $(NODE_STAMP) $(ENGINE_STAMP) ## every test but the long ones; ARGS="-k word" picks
	@$(BIN)/python -m pytest $(SHARED)

# Cheap judges first; pytest last, so that its summary is the end of the output.
check: lint ## the gate: lint, then the tests
	$(BIN)/python -m pytest $(SHARED)

lint: $(VENV_STAMP) $(NODE_STAMP) $(ENGINE_STAMP) ## format, ruff, types, imports, the widget's bytes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
ifneq ($(NODE),)
	npm run --silent check --prefix widget
else
	@echo "widget: not checked, Node is missing"
	@test -z "$(LAUREL_REQUIRE_ALL)"
endif

soak: $(VENV_STAMP) $(NODE_STAMP) $(ENGINE_STAMP) ## the long tests, and every property with fresh examples
	@$(BIN)/python -m pytest -m "soak or hypothesis" --hypothesis-profile=soak $(SHARED)

bench: $(VENV_STAMP) $(if $(findstring side-by-side,$(ARGS)),$(BENCH_STAMP)) ## ratios to bare libraries; ARGS=replay: a million orders; ARGS=side-by-side: others' ways
	@$(BIN)/python -m bench $(ARGS)

package: $(VENV_STAMP) $(NODE_STAMP) ## what is deployed: the zip and its template
	@$(BIN)/python -m dev.package $(ARGS)

widget: $(NODE_STAMP) ## builds widget/dist
	@$(if $(NODE),true,echo "make widget needs Node and npm" >&2; exit 1)
	@npm run --silent build --prefix widget

format: $(VENV_STAMP) ## writes the format that the gate checks
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

coverage: $(VENV_STAMP) $(NODE_STAMP) $(ENGINE_STAMP) ## all branches of the domain, 95 % of the rest
	@mkdir -p build
	@$(BIN)/python -m pytest --cov --cov-report= $(SHARED)
	@$(BIN)/coverage report --include='chalicelib/domain/*' --fail-under=100
	@$(BIN)/coverage report --fail-under=95

clean: ## forgets everything that was made here
	rm -rf .venv build widget/dist widget/node_modules .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache .hypothesis .coverage

# ---------------------------------------------------------------- what the commands stand on

# The stamp is written last: an install that was interrupted is made again.
$(VENV_STAMP): requirements.txt requirements-dev.txt requirements-engines.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Laurel needs Python 3.11 or newer; set PYTHON=python3.11" >&2; exit 1; }
	@echo "Installing Python packages into .venv (once) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		-r requirements-engines.txt
	@touch $@

$(BENCH_STAMP): $(VENV_STAMP) requirements-bench.txt
	@echo "Installing what the comparison needs into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

widget/node_modules/.installed: widget/package.json widget/package-lock.json
	@echo "Installing node modules into widget/node_modules (once) ..."
	@npm ci --silent --no-audit --no-fund --prefix widget
	@touch $@

# Amazon's own emulator, the third engine of the storage contract; without Java it is skipped.
build/engines/.fetched: dev/dynamodb_local.py dev/dynamodb_local_server/pom.xml | $(VENV_STAMP)
	@echo "Fetching DynamoDB Local into build/engines (once) ..."
	@$(BIN)/python -m dev.dynamodb_local
	@touch $@
