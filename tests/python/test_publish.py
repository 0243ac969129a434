"""The published file: all of a build or none of it, with its comments, only what is public, and nobody's name."""

import csv
import dataclasses
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
import yaml

from customer_segmentation.compare import compare
from customer_segmentation.contract import PROJECT, Refused, read_contract
from customer_segmentation.data_docs import write_docs
from customer_segmentation.gate import last_accepted_load
from customer_segmentation.generate import generate
from customer_segmentation.load import literal
from customer_segmentation.publish import open_published, publish

READER = """
import sys
from customer_segmentation.publish import open_published
with open_published(sys.argv[1]) as connection:
    for question in sys.stdin:
        print(*connection.execute(question).fetchone(), flush=True)
"""


@pytest.fixture
def folder_of_an_earlier_build(pymc_example, tmp_path):
    """The results of the example of 14 orders, to build something else over."""
    return shutil.copytree(pymc_example.out, tmp_path / "out")


@pytest.fixture
def few_orders(raw):
    orders = "order_id,customer_id,ordered_at,amount\n" + "".join(f"O{day},C1,2025-01-0{day},10\n" for day in range(1, 10))
    return raw({"customers.csv": "customer_id\nC1\n", "orders.csv": orders})


def answer(reader, question: str) -> str:
    reader.stdin.write(question + "\n")
    reader.stdin.flush()
    return reader.stdout.readline().strip()


def test_a_reader_keeps_the_file_it_opened_and_the_next_one_gets_the_new(sample, folder_of_an_earlier_build):
    published = folder_of_an_earlier_build / "segments.duckdb"
    reader = subprocess.Popen([sys.executable, "-c", READER, published], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with reader:
        assert answer(reader, "select count(*) from fct_orders") == "14"
        publish(sample.out / "warehouse.duckdb", published, sample.out / "target/manifest.json")
        assert (
            answer(reader, "select sum(monetary), max(as_of_date) from customer_rfm where as_of_date > '2015-02-01'") == "49.00 2015-02-07"
        )
    now = dataclasses.replace(sample, out=folder_of_an_earlier_build)
    assert now.marts("select count(*) from fct_orders") == sample.marts("select count(*) from fct_orders") != [(14,)]
    assert not published.with_name("segments.duckdb.new").exists()


def test_publishing_keeps_within_the_memory_that_it_is_given(sample, tmp_path, monkeypatch):
    monkeypatch.setenv("SEGMENTATION_MEMORY", "1MB")  # not even a block or two
    with pytest.raises(duckdb.OutOfMemoryException):
        publish(sample.out / "warehouse.duckdb", tmp_path / "segments.duckdb", sample.out / "target/manifest.json")
    assert not (tmp_path / "segments.duckdb").exists()


def test_a_second_build_is_told_to_wait_and_a_killed_one_leaves_no_trace(build, folder_of_an_earlier_build, few_orders, hidden_raw):
    out = folder_of_an_earlier_build
    before = (out / "segments.duckdb").read_bytes()
    first = subprocess.Popen(
        [sys.executable, "-m", "customer_segmentation", "build", "--raw", hidden_raw, "--out", out],
        cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(lambda: (out / "warehouse.duckdb.wal").exists() or first.poll() is not None)
        first.send_signal(signal.SIGSTOP)  # in the middle, for as long as it takes
        assert first.poll() is None, "the first build is still at work"
        second = build(few_orders, out)
    finally:
        first.kill()
        first.wait()
    assert second.code == 1
    assert second.complaints[:-1] == second.stopped and len(second.stopped) == 1
    assert "another process" in second.stopped[0] and "OUT=" in second.stopped[0]
    assert (out / "segments.duckdb").read_bytes() == before

    (out / "segments.duckdb.new").write_bytes(b"half a copy")  # as if killed while publishing
    third = build(few_orders, out)
    assert third.complaints == []
    assert third.marts("select count(*) from fct_orders") == [(9,)]


def test_an_interrupted_build_says_so_in_a_sentence(few_orders, tmp_path):
    command = [sys.executable, "-m", "customer_segmentation", "build", "--raw", few_orders, "--out", tmp_path]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as building:
        until(lambda: (tmp_path / "warehouse.duckdb").exists() or building.poll() is not None)
        building.send_signal(signal.SIGINT)
        said = building.stderr.read()
    assert building.returncode == 130 and not (tmp_path / "segments.duckdb").exists()
    assert said.splitlines() == ["STOPPED: interrupted. What was published before stays as it is; the next build begins anew."]


def until(happened, seconds=60):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def test_the_file_holds_the_public_marts_and_nothing_else(sample):
    files = [yaml.safe_load(file.read_text("utf-8")) for file in (PROJECT / "models").glob("*/_*.yml")]
    models = [model for file in files for model in file.get("models", [])]
    public = {model["name"] for model in models if model.get("access") == "public"}
    assert {"fct_orders", "customer_segments", "rejected_rows"} < public
    held = "select table_schema, list(table_name order by table_name) from information_schema.tables group by 1 order by 1"
    bases = ["accepted_rows", "as_of_dates", "forecast_scores", "lifecycle_stages", "published_from", "segment_scores"]
    assert sample.marts(held) == [("base", bases), ("marts", sorted(public))]
    assert {name for (name,) in sample.marts("show tables")} == public


@pytest.mark.parametrize("file, name", [("segments", "segments"), ("segments", "bi"), ("a copy of it", "a copy of it")])
def test_the_views_can_be_read_under_any_name_of_the_file(sample, tmp_path, file, name):
    copy = shutil.copy(sample.published, tmp_path / f"{file}.duckdb")
    rows = sample.marts("select count(*) from customer_segments_long")
    assert rows > [(0,)]
    with open_published(copy) as connection:
        assert connection.execute("select count(*) from customer_segments_long").fetchall() == rows
    with duckdb.connect() as connection:
        connection.execute(f'attach {literal(copy)} as "{name}" (read_only)')
        for mart in ("segment_sizes", "customer_segments", "customer_segments_long"):
            assert connection.execute(f'select count(*) > 0 from "{name}".marts.{mart}').fetchall() == [(True,)]


@pytest.fixture
def published_before(sample, tmp_path) -> Path:
    """The sample company in a file as they were before there was the schema `marts`: everything in main."""
    path = tmp_path / "before.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"attach {literal(sample.published)} as segments (read_only)")
        for (mart,) in sample.marts("show tables"):
            connection.execute(f"create table {mart} as from segments.marts.{mart}")
    return path


def test_a_file_with_its_marts_in_main_is_the_last_load_and_compares(sample, published_before, capsys):
    (folder,) = sample.marts("select distinct folder from gate_results where folder is not null")[0]
    last = last_accepted_load(str(published_before), folder)
    assert last and last == last_accepted_load(str(sample.published), folder)
    assert compare(str(published_before), str(sample.published), sample.out / "target/manifest.json") == 0, capsys.readouterr().out


def test_every_table_and_column_says_what_it_means(sample):
    silent = """
        select table_name, column_name from duckdb_columns() where not internal and schema_name = 'marts' and coalesce(comment, '') = ''
        union all select table_name, null from duckdb_tables() where coalesce(comment, '') = ''
        union all select view_name, null from duckdb_views() where not internal and coalesce(comment, '') = ''"""
    assert sample.marts(silent) == []


def identifying_values() -> set[str]:
    """Each value of the sample that names or describes one person; the other personal columns hold words that many share."""
    found = set()
    for table in read_contract():
        columns = [c.name for c in table.columns if c.meta.get("personal") and c.name in ("name", "email", "phone", "birth_date", "text")]
        if columns:
            with open(PROJECT / f"seeds/sample/{table.name}.csv", encoding="utf-8", newline="") as file:
                found |= {row[column] for row in csv.DictReader(file) for column in columns if row[column]}
    return found


def test_a_declared_value_is_published_as_a_class_only(sample):
    """Ages, assets and the like are judged, not shown: neither in a column of the file nor as the score of a dimension."""
    columns = {name for (name,) in sample.marts("select distinct column_name from duckdb_columns() where not internal")}
    assert not {name for name in columns if "age_years" in name or "assets" in name or "birth" in name}
    scored = "select distinct dimension from customer_segments_long where score is not null and evidence_kind = 'declared'"
    answers = {"feedback", "satisfaction", "recommendation", "need_type", "product_need"}
    assert {name for (name,) in sample.marts(scored)} == answers | {"company_size"}


def test_nobodys_name_address_birthday_or_words_are_published(sample):
    personal = identifying_values()
    assert {"Anna Lindqvist", "wang.fang@example.com", "+00-555-0103", "1986-04-12", "It is all right. Nothing special."} <= personal
    for (mart,) in sample.marts("show tables"):
        text = "\n".join(row for (row,) in sample.marts(f"select mart::varchar from {mart} as mart"))
        assert [value for value in personal if value in text] == [], mart
    pages = [page.read_text("utf-8") for page in (sample.out / "data_docs").rglob("*.html")]
    assert pages, "Data Docs are written"
    assert [value for value in personal if any(re.search(rf">\s*{re.escape(value)}\s*<", page) for page in pages)] == []


RAW_TABLES = "create schema raw; create table raw.customers as select 'x' as id; create table raw.orders as from range(5000)"
THEIRS = [(RAW_TABLES, "raw", "customers, orders"), ("create table fct_orders as select 1 as x", "main", "fct_orders")]


@pytest.mark.parametrize("sql, schema, names", THEIRS)
def test_a_table_that_the_project_did_not_make_stops_the_build_and_stays(build, tmp_path, few_orders, sql, schema, names):
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(sql)
        before = connection.execute("select table_schema, table_name from information_schema.tables order by all").fetchall()
    stopped = build(few_orders, tmp_path)
    assert len(stopped.stopped) == 1 and len(stopped.complaints) == 2, stopped.complaints
    sentence = stopped.stopped[0]
    assert f"the schema {schema} of warehouse holds tables that this project did not make, and would replace: {names}." in sentence
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        after = connection.execute("select table_schema, table_name from information_schema.tables order by all").fetchall()
        assert [row for row in after if row[1] != "made_by_customer_segmentation"] == before
        assert connection.execute(f"select count(*) from {schema}.{names.split()[-1]}").fetchall() == [(5000 if schema == "raw" else 1,)]


def test_files_that_the_project_did_not_make_stay(few_orders, tmp_path):
    """Where it would write its published file, its Data Docs or generated tables."""
    (tmp_path / "segments.duckdb").write_text("mine")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/thesis.txt").write_text("mine")
    with pytest.raises(Refused, match="was not made by this project"):
        publish(tmp_path / "warehouse.duckdb", tmp_path / "segments.duckdb", tmp_path / "manifest.json")
    with pytest.raises(Refused, match="holds files that this project did not make"):
        write_docs(None, str(tmp_path / "docs"))
    with pytest.raises(Refused, match="holds files that this project did not make"):
        generate(out=few_orders, customers=1)
    assert (tmp_path / "segments.duckdb").read_text() == (tmp_path / "docs/thesis.txt").read_text() == "mine"
    assert sorted(path.name for path in few_orders.iterdir()) == ["customers.csv", "orders.csv"]
