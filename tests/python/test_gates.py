"""The gates compare a load with the last accepted one, and a stop leaves what was published alone."""

import csv
import shutil
from datetime import date, timedelta

import duckdb
import pytest

from customer_segmentation.contract import read_contract
from customer_segmentation.engine import engine_of
from customer_segmentation.gate import date_rules
from customer_segmentation.publish import open_published
from tests.builds import built_tables, succeeded


def write_orders(path, orders: int, amount: int):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["order_id", "customer_id", "ordered_at", "amount"])
        for number in range(orders):
            writer.writerow([number, number % 20, date(2025, 1, 1) + timedelta(number % 90), amount + number % 7])


@pytest.fixture(scope="module")
def accepted_once(build, tmp_path_factory):
    """A folder with 400 orders in one delivery that was built and published once, and its build."""
    raw = tmp_path_factory.mktemp("raw")
    (raw / "orders").mkdir()
    (raw / "customers.csv").write_text("customer_id\n" + "\n".join(str(number) for number in range(20)), "utf-8")
    write_orders(raw / "orders/1.csv", orders=400, amount=50)
    return raw, succeeded(build(raw))


@pytest.fixture
def accepted(accepted_once, tmp_path):
    """The same, as it was: the times of change too, by which a daily run knows its files."""
    raw, built = accepted_once
    for folder in (raw, built.out):
        shutil.copytree(folder, tmp_path / folder.name)
    yield raw, built.out
    for folder in (raw, built.out):
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / folder.name, folder)


WARNINGS = "select check_name, sentence from gate_results where status <> 'passed'"


def test_a_load_that_lost_most_rows_stops_and_one_that_changed_its_mean_warns(accepted, build):
    raw, out = accepted
    with open_published(out / "segments.duckdb") as connection:
        assert connection.execute(WARNINGS).fetchall() == []
    before = (out / "segments.duckdb").read_bytes()

    write_orders(raw / "orders/1.csv", orders=39, amount=50)
    stopped = build(raw, out)
    assert stopped.code == 1
    assert stopped.complaints[0].startswith("STOPPED: orders/1.csv, rule 'rows, stop': 39 rows are too few")
    assert (out / "segments.duckdb").read_bytes() == before

    write_orders(raw / "orders/1.csv", orders=300, amount=100)
    warned = dict(succeeded(built_tables("gate_results", raw=raw, out=out)).work(WARNINGS))
    assert set(warned) == {"rows, warn", "mean like last time"}
    assert "where it was 52.99" in warned["mean like last time"]


def test_a_day_is_not_the_load_that_a_full_one_is_held_against(accepted, build):
    raw, out = accepted
    (raw / "orders/2.csv").write_text("order_id,customer_id,ordered_at,amount\n1,1,2025-01-02,51\n900,1,2025-02-10,50\n")
    assert "Daily run 1" in succeeded(build(raw, out)).said

    first = raw / "orders/1.csv"
    first.write_text("\n".join(first.read_text().splitlines()[:37]) + "\n")
    told = "STOPPED: orders (2 files), rule 'rows, stop': 37 rows are too few: the last accepted load calls for 40 or more"
    (sentence,) = built_tables("gate_results", raw=raw, out=out).complaints
    assert sentence.startswith(told), "401 rows, of which one is replaced, and not the two of the day"


DAILY = [date(2025, 1, 1) + timedelta(day) for day in range(300)]


@pytest.mark.parametrize(
    "days, stands_apart",
    [
        (DAILY, False),
        ([*DAILY, date(2099, 1, 1)], True),
        ([*DAILY, date(2099, 1, 1), date(2099, 2, 1)], True),
        ([date(1970, 1, 1), *DAILY, date(2099, 1, 1)], True),
        # a shop that closes for a season, and one with few orders
        ([day for day in DAILY if day.month not in (4, 5, 6)], False),
        ([date(2023, 1, 1), date(2024, 1, 1), date(2025, 6, 1)], False),
        ([date(2025, 1, 1)], False),
    ],
)
def test_a_date_that_stands_apart_from_all_others_is_found(days, stands_apart):
    orders = next(table for table in read_contract() if table.name == "orders")
    connection = duckdb.connect()
    query = date_rules(engine_of(connection), orders, "ordered_at", as_of_date=None, is_daily=False)[0].expectation.unexpected_rows_query
    connection.execute("create table orders as select unnest(?) as ordered_at, null as rejected_because", [days])
    assert bool(connection.execute(query.replace("{batch}", "orders")).fetchall()) == stands_apart
