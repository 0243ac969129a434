"""The same tables in another form give the same marts. (Times with an offset: see test_staging.)"""

import duckdb
import pytest

from customer_segmentation.contract import PROJECT, read_contract


@pytest.fixture(scope="module")
def typed(build, tmp_path_factory):
    """The sample as Parquet with the types of the contract, in another order; times with an offset are points in time."""
    folder = tmp_path_factory.mktemp("parquet")
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for table in read_contract():
            types = {column.name: column.data_type for column in table.columns} | {"ordered_at": "timestamptz"}
            columns = ", ".join(f"try_cast({name} as {types[name]}) as {name}" for name in header(table.name))
            rows = f"select {columns} from read_csv('{csv_of(table.name)}', all_varchar = true) as raw order by md5(raw::varchar)"
            connection.execute(f"copy ({rows}) to '{folder}/{table.name}.parquet'")
    return build(folder)


def csv_of(table: str) -> str:
    return f"{PROJECT}/seeds/sample/{table}.csv"


def header(table: str) -> list[str]:
    with open(csv_of(table), encoding="utf-8") as file:
        return file.readline().strip().split(",")


def test_typed_parquet_gives_the_same_marts_as_text(sample, typed):
    assert typed.complaints == []
    as_text, as_types = sample.digests(), typed.digests()
    assert {mart for mart in as_text if as_text[mart] != as_types[mart]} == {"rejected_rows"}, "which has the text of the file"


def test_typed_parquet_turns_the_same_rows_away(sample, typed):
    rows = "select source, row_key, column_name from rejected_rows order by all"
    assert typed.marts(rows) == sample.marts(rows)
