"""The same tables in another form give the same marts. (Times with an offset: see test_staging.)"""

import json
from decimal import Decimal

import duckdb
import pytest

from customer_segmentation.contract import PROJECT, read_contract
from tests.builds import built_tables


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


def test_typed_values_beyond_the_contract_are_turned_away(tmp_path):
    duckdb.sql("select 'ann' as customer_id").write_parquet(str(tmp_path / "customers.parquet"))
    duckdb.sql("""
        select order_id, 'ann' as customer_id, ordered_at::timestamp as ordered_at, amount::decimal(38, 2) as amount
        from values
            ('good', '2025-03-01 10:00:00.5', 1.25), ('next', '2025-03-02', -1), ('never', 'infinity', 1),
            ('too_late', '20000-01-01', 1), ('too_early', '0999-12-31', 1), ('too_much', '2025-03-02', 12345678901234567890),
            ('no_day', null, 1), ('more', '2025-03-02', 1), ('most', '2025-03-02', 1), ('last', '9999-12-31 23:59:59.999999', 1)
        as orders (order_id, ordered_at, amount)
    """).write_parquet(str(tmp_path / "orders.parquet"))
    duckdb.sql("select 'P1' as product_id, true as list_price").write_parquet(str(tmp_path / "products.parquet"))
    built = built_tables("fct_orders", "rejected_rows", "stg_products", raw=tmp_path, out=tmp_path / "out", as_of="2025-03-02")
    assert built.complaints == []
    assert dict(built.work("select row_key, column_name || ': ' || reason from rejected_rows")) == {
        "never": "ordered_at: not a timestamp",
        "too_late": "ordered_at: not a timestamp",
        "too_early": "ordered_at: not a timestamp",
        "too_much": "amount: not a decimal",
        "no_day": "ordered_at: missing",
    }
    (shown,) = built.work("select raw_row from rejected_rows where row_key = 'too_late'")[0]
    assert json.loads(shown) == {"order_id": "too_late", "customer_id": "ann", "ordered_at": "20000-01-01 00:00:00", "amount": "1.00"} | {
        name: None for name in ["currency", "status", "channel", "discount", "tax", "shipping", "cost"]
    } | {name: None for name in ["refunded_amount", "coupon_code", "campaign_id"]}
    assert built.work("select list_price, blanked from checked_products") == [(None, "list_price")], "true is no number"
    kept = "select order_id, cast(ordered_at as varchar), amount from fct_orders where order_id in ('good', 'last') order by 1"
    assert built.work(kept) == [("good", "2025-03-01 10:00:00.5", Decimal("1.25")), ("last", "9999-12-31 23:59:59.999999", 1)]
