# Two commands: `make build` and `make test`. RAW=folder AS_OF=date OUT=folder PRESET=name TARGET=engine are optional.
PYTHON ?= python3
OUT ?= out
TARGET ?= duckdb
# What is said on the command line reaches a recipe as a value of its environment ("$$RAW"), and is never read as make's or the shell's code.
OPTIONS = RAW AS_OF OUT PRESET VARS MEMORY TARGET TO BI_ROLE A B CUSTOMER NAMES METRICS BY WHERE SAVED DATA SIZE RUNS PARTS WORKERS DAYS MONTHS CUSTOMERS
$(foreach name,$(OPTIONS),$(if $(filter undefined,$(origin $(name))),,$(eval override export $(name) := $$(value $(name)))))
ENV = $(if $(filter spark%,$(TARGET)),.venv-spark,.venv)
VENV = .venv/bin
TEST = $(VENV)/python -m pytest -q --dist loadfile
option = $(if $($(1)),--$(2) "$$$(1)")
BUILD = $(ENV)/bin/python -m customer_segmentation build --target "$$TARGET" --out "$$OUT" $(call option,RAW,raw) \
        $(call option,AS_OF,as-of) $(call option,PRESET,preset) $(call option,VARS,vars)
export DBT_PROFILES_DIR = .
ifdef MEMORY
export SEGMENTATION_MEMORY := $(MEMORY)
endif
export DO_NOT_TRACK = 1

.PHONY: help build test test-long test-data test-postgres test-spark test-bi test-all spark-cluster publish compare lint explain dashboard metrics docs examples bench bench-spark history generate lock clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22
	@echo "  options of build: RAW=folder AS_OF=2025-12-31 OUT=folder PRESET=ecommerce TARGET=spark MEMORY=4GB VARS='{\"timezone\": \"Europe/Berlin\"}'"

build: $(ENV)/installed  ## gates, dbt build, publish OUT/segments.duckdb (RAW=folder for your own data)
	@$(BUILD)

test: .venv/installed  ## every day: unit tests, data tests, programs, end to end, on DuckDB
	@$(TEST) -n 2 -m "not long and not data and not spark and not postgres and not bi and not rules"

test-long: .venv/installed  ## chains of daily runs, and every test about rules under rules that marketing has changed
	@$(TEST) -n 2 -m long

test-data: .venv/installed  ## the real data sets of the examples (DATA=folder)
	@$(TEST) -n 2 -m data

test-postgres: .venv/installed  ## publishing to a PostgreSQL server that the test starts (needs its binaries)
	@$(TEST) -m postgres

test-spark: .venv-spark/installed  ## the same marts from Apache Spark (needs Java 17 or 21)
	@.venv-spark/bin/python -m pytest -q -m spark tests/spark

test-bi: .venv/installed .venv-superset/installed  ## Apache Superset, started by the test, reads the marts while they are published
	@$(TEST) -m bi

test-all: test test-long test-data test-postgres test-spark  ## all of these but the BI server

spark-cluster: .venv-spark/installed  ## build through a cluster of this machine's, one worker killed, and compare with OUT (RAW= AS_OF=)
	@.venv-spark/bin/python tests/spark/cluster.py --out "$$OUT/cluster" --against "$$OUT/segments.duckdb" $(call option,RAW,raw) $(call option,AS_OF,as-of)

publish: .venv/installed  ## the marts of OUT into PostgreSQL: TO=postgres, or TO=postgresql://user@host/database
	@$(VENV)/python -m customer_segmentation publish --to "$${TO:-postgres}" --out "$$OUT" $(call option,BI_ROLE,bi-role)

compare: .venv/installed  ## do two places hold the same marts? A=out/segments.duckdb B=another, a folder or postgresql://...
	@test -n "$$A" && test -n "$$B" || { echo "Say which two places: make compare A=out/segments.duckdb B=another/segments.duckdb"; exit 1; }
	@$(VENV)/python -m customer_segmentation compare "$$A" "$$B" --manifest "$$OUT/target/manifest.json"

lint: .venv-lint/installed  ## ruff and sqlfluff
	@.venv-lint/bin/ruff check . && .venv-lint/bin/ruff format --check .
	@! grep -nE '^.{141,}' -r models macros tests analyses examples charts --include='*.sql' || { echo 'Lines over 140 characters.'; exit 1; }
	@mkdir -p target && SEGMENTATION_WAREHOUSE=target/lint.duckdb .venv-lint/bin/dbt -q seed --target-path target/lint
	@SEGMENTATION_WAREHOUSE=target/lint.duckdb .venv-lint/bin/sqlfluff lint --disable-progress-bar models analyses tests

explain: .venv/installed  ## why a customer holds his classes: CUSTOMER=C07
	@$(VENV)/python -m customer_segmentation explain --customer "$${CUSTOMER:-C07}" --out "$$OUT"

dashboard: .venv/installed  ## one HTML file to look at, offline: OUT=folder CUSTOMER=C07 NAMES=masked|full
	@$(VENV)/python -m customer_segmentation dashboard --out "$$OUT" $(call option,CUSTOMER,customer) $(call option,NAMES,names)

metrics: .venv/installed  ## a number of the last build: METRICS=net_revenue,orders BY=customer__lifecycle WHERE= or SAVED=query; alone, the list
	@$(VENV)/python -m customer_segmentation.metrics --out "$$OUT" --metrics "$$METRICS" --by "$$BY" $(call option,WHERE,where) $(call option,SAVED,saved)

docs: .venv/installed  ## dbt's documentation of the last build as one file, and the lineage of every column as a page and JSON
	@test -f "$$OUT/warehouse.duckdb" || { echo "There is no build in $$OUT: say make build first."; exit 1; }
	@SEGMENTATION_WAREHOUSE="$$OUT/warehouse.duckdb" $(VENV)/dbt -q docs generate --static --target-path "$$OUT/target" \
	    --vars "$$(cat "$$OUT/target/variables.json" 2>/dev/null || echo '{}')" && echo "$$OUT/target/static_index.html"
	@$(VENV)/python -m customer_segmentation.lineage "$$OUT/target"

examples: .venv/installed  ## map the real data sets of DATA=folder and build them into out/<example>
	@$(VENV)/python -m examples $(call option,DATA,data) --out "$$OUT"

bench: .venv/installed $(if $(PEERS),.venv-peers/installed)  ## cost beside one bare query: SIZE=S|M|L RUNS=3 ORDERS_ONLY=1 PEERS=1 (pandas, polars, PyMC-Marketing, a plot)
	@$(VENV)/python -m bench --size "$${SIZE:-S}" --runs "$${RUNS:-3}" $(if $(ORDERS_ONLY),--orders-only) $(if $(PARTS),--parts $$PARTS) \
	    $(if $(PEERS),--peers .venv-peers/bin/python) $(call option,VARS,vars)

bench-spark: .venv-spark/installed  ## the same build on DuckDB and on clusters of one and two workers: RAW=folder WORKERS='1 2'
	@.venv-spark/bin/python -m bench.spark --raw "$${RAW:-seeds/sample}" --workers $${WORKERS:-1 2} $(call option,VARS,vars)

history: .venv/installed  ## does the past stay? daily runs against a full build, months rebuilt: RAW=folder DAYS=30 MONTHS=12
	@test -d "$$RAW" || { echo "Say whose history: RAW=folder with one file per table."; exit 1; }
	@$(VENV)/python -m bench.history --raw "$$RAW" --days "$${DAYS:-30}" --months "$${MONTHS:-12}" --out "$$OUT/history"

generate: .venv/installed  ## raw tables of any size: CUSTOMERS=100000 RAW=folder
	@$(VENV)/python -m customer_segmentation.generate --customers "$${CUSTOMERS:-10000}" --out "$${RAW:-out/generated}"

lock:  ## write the locks anew from requirements/*.in (needs uv)
	@for name in core lint spark superset; do uv pip compile requirements/$$name.in --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --no-strip-extras --quiet -o requirements/$$name.txt; done

clean:  ## environments, caches and the working files; published files stay
	@rm -rf .venv .venv-lint .venv-spark .venv-superset .venv-peers target logs .pytest_cache .ruff_cache out/warehouse.duckdb*

.venv/installed: requirements/core.txt
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { echo "Python 3.11 or later is needed; say make PYTHON=python3.12 build"; exit 1; }
	@echo "Installing the environment (once, about half a minute) ..."
	@$(PYTHON) -m venv .venv && $(VENV)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/core.txt
	@touch $@

.venv-spark/installed: requirements/spark.txt
	@echo "Installing the environment for Spark (once, about a minute) ..."
	@$(PYTHON) -m venv .venv-spark && .venv-spark/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/spark.txt
	@touch $@

.venv-lint/installed: requirements/lint.txt
	@echo "Installing the linters (once) ..."
	@$(PYTHON) -m venv .venv-lint && .venv-lint/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lint.txt
	@touch $@

.venv-superset/installed: requirements/superset.txt
	@echo "Installing Apache Superset (once, some minutes) ..."
	@$(PYTHON) -m venv .venv-superset && .venv-superset/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/superset.txt
	@touch $@

.venv-peers/installed: requirements/peers.txt
	@echo "Installing the libraries to compare with (once, about a minute) ..."
	@$(PYTHON) -m venv .venv-peers && .venv-peers/bin/pip install --quiet --disable-pip-version-check -r requirements/peers.txt
	@touch $@
