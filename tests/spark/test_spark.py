"""Spark builds the marts that DuckDB builds, from the same SQL, behind the same gates."""

import os
import subprocess
import sys

import duckdb
import pytest

from customer_segmentation.__main__ import publish_from, run_dbt, set_places
from customer_segmentation.compare import compare
from customer_segmentation.contract import PROJECT, read_contract
from tests.spark.conftest import build

pytestmark = pytest.mark.spark


def test_every_public_mart_is_equal_row_for_row(on_duckdb, on_spark, capsys):
    assert (on_duckdb.code, on_duckdb.complaints, on_spark.code, on_spark.complaints) == (0, [], 0, [])
    assert compare(str(on_duckdb.published), str(on_spark.published), on_duckdb.out / "target/manifest.json") == 0, capsys.readouterr().out
    assert "0 differences in 27 marts." in capsys.readouterr().out


def test_spark_s_own_files_are_in_the_types_of_the_contract(on_duckdb, on_spark, capsys):
    (version,) = (on_spark.out / "spark/published").iterdir()
    assert compare(str(on_duckdb.published), str(version), on_duckdb.out / "target/manifest.json") == 0, capsys.readouterr().out


@pytest.mark.parametrize("table", read_contract(), ids=lambda table: table.name)
def test_every_raw_value_is_read_alike(on_duckdb, on_spark, table):
    columns = ", ".join([*(column.name for column in table.columns), "blanked", "rejected_because"])
    files = on_spark.out / f"spark/warehouse/segmentation.db/checked_{table.name}/*.parquet"
    with duckdb.connect(str(on_duckdb.out / "warehouse.duckdb"), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        ours, theirs = f"select {columns} from checked_{table.name}", f"select {columns} from read_parquet('{files}')"
        assert connection.execute(f"({ours}) except all ({theirs})").fetchall() == []
        assert connection.execute(f"({theirs}) except all ({ours})").fetchall() == []


def test_the_odd_values_are_odd(on_duckdb):
    """Guard of the test above: some of what it feeds is read, some blanked, some turned away."""
    counts = "select count(*), count(rejected_because), count(blanked) from checked_{} where {} like 'odd%'"
    with duckdb.connect(str(on_duckdb.out / "warehouse.duckdb"), read_only=True) as connection:
        orders, rejected, _ = connection.execute(counts.format("orders", "order_id")).fetchone()
        customers, _, blanked = connection.execute(counts.format("customers", "customer_id")).fetchone()
    assert 20 < rejected < orders - 20 and 10 < blanked < customers - 10


def test_the_unit_tests_of_the_models_hold_on_spark(on_spark):
    set_places(on_spark.out)
    assert run_dbt(["test", "--select", "test_type:unit"], {}, on_spark.out / "target", "spark") == []


def test_a_reader_keeps_the_version_it_opened_and_the_next_one_gets_the_new(on_spark):
    from pyspark.sql import SparkSession

    session = SparkSession.builder.getOrCreate()
    opened = session.sql("select * from segmentation_published.fct_orders")
    before = opened.count()
    session.sql("drop table segmentation.fct_orders")
    session.sql("create table segmentation.fct_orders as select * from segmentation_published.fct_orders limit 7")
    set_places(on_spark.out)
    publish_again(on_spark)
    assert session.sql("select * from segmentation_published.fct_orders").count() == 7
    assert opened.count() == before != 7
    versions = {path.name for path in (on_spark.out / "spark/published").iterdir()}
    publish_again(on_spark)
    kept = {path.name for path in (on_spark.out / "spark/published").iterdir() if any(path.iterdir())}
    assert len(versions) == len(kept) == 2 and len(versions & kept) == 1, "the version before the last one is kept, no other"


def publish_again(on_spark):
    assert publish_from("spark", on_spark.out, {}) == []


def test_a_gate_stops_spark_with_the_sentence_of_duckdb(on_spark, tmp_path):
    """Here the raw rows are tables of a schema of Spark, there the same rows in files."""
    (tmp_path / "customers.csv").write_text("customer_id\na\n", "utf-8")
    (tmp_path / "orders.csv").write_text("order_id,customer_id,ordered_at,amount\n1,b,2025-01-01,1\n", "utf-8")
    from pyspark.sql import SparkSession

    session = SparkSession.builder.getOrCreate()
    session.sql("create database shop")
    session.sql("create table shop.customers as select 'a' as customer_id")
    session.sql("create table shop.orders as select 1 as order_id, 'b' as customer_id, date '2025-01-01' as ordered_at, 1.0 as amount")
    published = on_spark.published.read_bytes()
    stopped = build("spark", "schema:shop", on_spark.out)
    expected = build("duckdb", tmp_path, tmp_path / "out").complaints[:-1]
    assert [line.replace("shop.orders", "orders.csv").replace("1.0", "1") for line in stopped.complaints[:-1]] == expected
    assert expected[0].startswith("STOPPED: orders.csv, column customer_id, rule 'known in customers': 1 of 1 rows (100.0%)")
    assert stopped.code == 1 and on_spark.published.read_bytes() == published


def test_without_java_one_sentence_says_what_to_install(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"} | {"PATH": str(tmp_path)}
    command = [sys.executable, "-m", "customer_segmentation", "build", "--target", "spark", "--out", str(tmp_path / "out")]
    run = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr.startswith("STOPPED: Spark runs in Java, which is not on the PATH: install a Java runtime")
    assert len(run.stderr.splitlines()) == 1
