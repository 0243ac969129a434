# Two commands: `make build` and `make test`. RAW=folder AS_OF=date OUT=folder PRESET=name are optional.
PYTHON ?= python3
OUT ?= out
VENV = .venv/bin
BUILD = $(VENV)/python -m customer_segmentation build $(if $(RAW),--raw "$(RAW)") $(if $(AS_OF),--as-of "$(AS_OF)") \
        --out "$(OUT)" $(if $(PRESET),--preset "$(PRESET)") $(if $(VARS),--vars '$(VARS)')
export DBT_PROFILES_DIR = .
export DO_NOT_TRACK = 1

.PHONY: help build test lint explain docs examples bench generate lock clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18
	@echo "  options of build: RAW=folder AS_OF=2025-12-31 OUT=folder PRESET=ecommerce VARS='{\"timezone\": \"Europe/Berlin\"}'"

build: .venv/installed  ## gates, dbt build, publish OUT/segments.duckdb (RAW=folder for your own data)
	@$(BUILD)

test: .venv/installed  ## every test: unit tests, data tests, programs, end to end
	@$(VENV)/python -m pytest -q

lint: .venv-lint/installed  ## ruff and sqlfluff
	@.venv-lint/bin/ruff check . && .venv-lint/bin/ruff format --check .
	@! grep -nE '^.{141,}' -r models macros tests analyses examples --include='*.sql' || { echo 'Lines over 140 characters.'; exit 1; }
	@mkdir -p target && SEGMENTATION_WAREHOUSE=target/lint.duckdb .venv-lint/bin/dbt -q seed --target-path target/lint
	@SEGMENTATION_WAREHOUSE=target/lint.duckdb .venv-lint/bin/sqlfluff lint --disable-progress-bar models analyses tests

explain: .venv/installed  ## why a customer holds his classes: CUSTOMER=C07
	@$(VENV)/python -m customer_segmentation explain --customer "$(or $(CUSTOMER),C07)" --out "$(OUT)"

docs: .venv/installed  ## dbt's documentation of the last build as one file
	@test -f "$(OUT)/warehouse.duckdb" || { echo "There is no build in $(OUT): say make build first."; exit 1; }
	@SEGMENTATION_WAREHOUSE="$(OUT)/warehouse.duckdb" $(VENV)/dbt -q docs generate --static --target-path "$(OUT)/target" && echo "$(OUT)/target/static_index.html"

examples: .venv/installed  ## map the real data sets of DATA=folder and build them into out/<example>
	@$(VENV)/python -m examples $(if $(DATA),--data "$(DATA)") --out "$(OUT)"

bench: .venv/installed  ## cost beside one bare query: CUSTOMERS=100000
	@$(VENV)/python -m bench --customers $(or $(CUSTOMERS),100000)

generate: .venv/installed  ## raw tables of any size: CUSTOMERS=100000 RAW=folder
	@$(VENV)/python -m customer_segmentation.generate --customers $(or $(CUSTOMERS),10000) --out "$(or $(RAW),out/generated)"

lock:  ## write the locks anew from requirements/*.in (needs uv)
	@for name in core lint; do uv pip compile requirements/$$name.in --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --no-strip-extras --quiet -o requirements/$$name.txt; done

clean:  ## environments, caches and the working files; published files stay
	@rm -rf .venv .venv-lint target logs .pytest_cache .ruff_cache out/warehouse.duckdb*

.venv/installed: requirements/core.txt
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { echo "Python 3.11 or later is needed; say make PYTHON=python3.12 build"; exit 1; }
	@echo "Installing the environment (once, about half a minute) ..."
	@$(PYTHON) -m venv .venv && $(VENV)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/core.txt
	@touch $@

.venv-lint/installed: requirements/lint.txt
	@echo "Installing the linters (once) ..."
	@$(PYTHON) -m venv .venv-lint && .venv-lint/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lint.txt
	@touch $@
