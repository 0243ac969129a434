"""The generator: same bytes each time, the contract's columns, and buyers that look like buyers."""

import datetime
import hashlib

import duckdb
import pytest

from customer_segmentation.generate import SELECTS, generate, main

COLUMNS = {
    "customers": "customer_id created_at name email phone birth_date gender income_band education occupation household interests "
    "country region city customer_type industry business_model employees assets risk_appetite referred_by "
    "membership_level marketing_consent language owner",
    "orders": "order_id customer_id ordered_at amount currency status channel discount tax shipping cost refunded_amount "
    "coupon_code campaign_id",
    "order_lines": "order_id line_no product_id quantity unit_price discount cost returned_quantity",
    "products": "product_id name category brand list_price",
    "interactions": "interaction_id customer_id occurred_at channel type topic order_id",
    "feedback": "feedback_id customer_id given_at kind score scale_max topic answer text",
    "campaign_contacts": "campaign_id customer_id contacted_at strategy arm channel cost response_at",
    "exchange_rates": "currency rate_date rate",
    "customer_merges": "customer_id merged_into",
}


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """2,000 customers without dirt, as tables of an in-memory database; 300 would leave the averages to chance."""
    folder = tmp_path_factory.mktemp("company")
    rows = generate(folder, 2000, dirt=0)
    connection = duckdb.connect()
    for table in SELECTS:
        connection.execute(f"create table {table} as from '{folder / table}.parquet'")
        assert connection.execute(f"select count(*) from {table}").fetchone()[0] == rows[table]
    return connection


def one(connection, sql):
    return connection.execute(sql).fetchone()[0]


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_same_bytes_each_time_at_one_thread_and_at_two(tmp_path, format):
    for name, threads in {"once": 1, "again": 1, "two_threads": 2}.items():
        generate(tmp_path / name, 300, format=format, dirt=0.05, threads=threads)
    assert digests(tmp_path / "once") == digests(tmp_path / "again") == digests(tmp_path / "two_threads")
    assert len(digests(tmp_path / "once")) == len(COLUMNS) + 1, "nothing but the tables and our mark is left in the folder"


def test_same_bytes_when_many_row_groups_are_written_by_two_threads(tmp_path):
    for threads in (1, 2):
        generate(tmp_path / str(threads), 20_000, only=["customers", "orders"], threads=threads)
    assert digests(tmp_path / "1") == digests(tmp_path / "2")


def test_another_seed_is_another_company(tmp_path):
    for seed in (1, 2):
        generate(tmp_path / str(seed), 300, seed=seed, only=["orders"])
    assert digests(tmp_path / "1") != digests(tmp_path / "2")


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_all_tables_have_the_columns_of_the_contract(tmp_path, format):
    main(["--customers", "50", "--out", str(tmp_path), "--format", format])
    columns = {}
    for table in COLUMNS:
        described = duckdb.sql(f"describe from '{tmp_path / table}.{format}'").fetchall()
        columns[table] = " ".join(name for name, *_ in described)
    assert columns == COLUMNS


def test_parquet_is_typed(company):
    types = dict(row[:2] for row in company.execute("describe orders").fetchall())
    assert (types["amount"], types["ordered_at"]) == ("DECIMAL(18,2)", "TIMESTAMP")


def test_orders_per_customer(company, tmp_path):
    assert one(company, "select count(*) / 2000 from orders") == pytest.approx(10, rel=0.1)
    assert generate(tmp_path, 2000, orders_per_customer=3, only=["orders"])["orders"] / 2000 == pytest.approx(3, rel=0.1)


def test_some_never_buy_and_some_buy_much_more_than_others(company):
    counts = company.execute(
        "select count(*) filter (where orders is null) / 2000, quantile_cont(orders, [0.5, 0.99])"
        " from customers left join (select customer_id, count(*) as orders from orders group by all) using (customer_id)"
    ).fetchone()
    assert 0.05 < counts[0] < 0.15
    assert counts[1][1] > 5 * counts[1][0]


def test_amount_is_lines_less_discount_plus_shipping_to_the_cent(company):
    wrong = """
        select count(*) from orders full join (
            select order_id, sum(quantity * unit_price - discount) as goods, sum(cost) as line_costs
            from order_lines group by all
        ) using (order_id)
        where amount is distinct from goods - discount + shipping or cost is distinct from line_costs"""
    assert one(company, wrong) == 0


def test_nothing_refers_to_what_is_not_there(company):
    for table, column, other in [
        ("orders", "customer_id", "customers.customer_id"),
        ("order_lines", "product_id", "products.product_id"),
        ("interactions", "customer_id", "customers.customer_id"),
        ("feedback", "customer_id", "customers.customer_id"),
        ("campaign_contacts", "customer_id", "customers.customer_id"),
        ("customers", "referred_by", "customers.customer_id"),
        ("customer_merges", "merged_into", "customers.customer_id"),
    ]:
        source, key = other.split(".")
        orphans = f"select count(*) from {table} where {column} not in (select {key} from {source})"
        assert one(company, orphans) == 0, f"{table}.{column}"


def test_times_stay_in_the_history(company):
    assert one(company, "select min(ordered_at)::date from orders") >= datetime.date(2024, 1, 2)
    assert one(company, "select max(ordered_at)::date from orders") <= datetime.date(2025, 12, 31)
    early = "select count(*) from orders join customers using (customer_id) where ordered_at < created_at"
    assert one(company, early) == 0


def test_dirt_breaks_the_share_asked_for(tmp_path):
    rows = generate(tmp_path, 2000, dirt=0.1, format="csv", only=["orders"])["orders"]
    broken = f"""
        select count(*) filter (where customer_id is null), count(*) filter (where customer_id like 'X%'),
            count(*) filter (where amount = 'twelve'), count(*) - count(distinct order_id)
        from read_csv('{tmp_path}/orders.csv', all_varchar = true)"""
    for count in duckdb.sql(broken).fetchone():
        assert count / rows == pytest.approx(0.025, abs=0.005)


def test_an_unknown_table_is_named(tmp_path):
    with pytest.raises(ValueError, match="no such table: ordrs"):
        generate(tmp_path, 10, only=["ordrs"])
