"""The gates compare a load with the last accepted one, and a stop leaves what was published alone."""

import csv
from datetime import date, timedelta

import duckdb
import pytest

from customer_segmentation.__main__ import build
from customer_segmentation.contract import read_contract
from customer_segmentation.engine import engine_of
from customer_segmentation.gate import date_rules
from customer_segmentation.publish import open_published


def write_orders(folder, orders: int, amount: int):
    with open(folder / "orders.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["order_id", "customer_id", "ordered_at", "amount"])
        for number in range(orders):
            writer.writerow([number, number % 20, date(2025, 1, 1) + timedelta(number % 90), amount + number % 7])


@pytest.fixture
def accepted(tmp_path):
    """A folder with 400 orders that was built and published once, and its published file."""
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    (raw / "customers.csv").write_text("customer_id\n" + "\n".join(str(number) for number in range(20)), "utf-8")
    write_orders(raw, orders=400, amount=50)
    assert build(str(raw), None, str(out), None, "{}") == 0
    return raw, out


def warnings_of(out):
    with open_published(out / "segments.duckdb") as connection:
        return dict(connection.execute("select check_name, sentence from gate_results where status <> 'passed'").fetchall())


def test_a_load_that_lost_most_rows_stops_and_one_that_changed_its_mean_warns(accepted, capsys):
    raw, out = accepted
    assert warnings_of(out) == {}
    before = (out / "segments.duckdb").read_bytes()

    write_orders(raw, orders=39, amount=50)
    assert build(str(raw), None, str(out), None, "{}") == 1
    assert "STOPPED: orders.csv, rule 'rows, stop': 39 rows are too few" in capsys.readouterr().err
    assert (out / "segments.duckdb").read_bytes() == before

    write_orders(raw, orders=300, amount=100)
    assert build(str(raw), None, str(out), None, "{}") == 0
    assert set(warnings_of(out)) == {"rows, warn", "mean like last time"}
    assert "where it was 52.99" in warnings_of(out)["mean like last time"]


def test_a_day_is_not_the_load_that_a_full_one_is_held_against(accepted, capsys):
    raw, out = accepted
    (raw / "orders").mkdir()
    (raw / "orders.csv").rename(raw / "orders/1.csv")
    assert build(str(raw), None, str(out), None, "{}") == 0
    (raw / "orders/2.csv").write_text("order_id,customer_id,ordered_at,amount\n1,1,2025-01-02,51\n900,1,2025-02-10,50\n")
    assert build(str(raw), None, str(out), None, "{}") == 0
    assert "Daily run 1" in capsys.readouterr().out

    (raw / "orders/1.csv").write_text("\n".join((raw / "orders/1.csv").read_text().splitlines()[:37]) + "\n")
    assert build(str(raw), None, str(out), None, "{}") == 1
    told = "STOPPED: orders (2 files), rule 'rows, stop': 37 rows are too few: the last accepted load calls for 40 or more"
    assert told in capsys.readouterr().err, "401 rows, of which one is replaced, and not the two of the day"


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
