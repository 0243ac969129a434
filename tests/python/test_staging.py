"""A row that cannot be trusted is turned away with its reason; everything else is typed and kept."""

import duckdb
import pytest

from tests.builds import built_tables

ORDERS = """\
order_id,customer_id,ordered_at,amount,currency,status,refunded_amount
good,ann,2025-03-01,10.00,,,
nobody,,2025-03-01,10.00,,,
stranger,zoe,2025-03-01,10.00,,,
words,ann,2025-03-01,twelve,,,
no_such_day,ann,2025-02-30,10.00,,,
twice,ann,2025-03-01,10.00,,,
twice,ann,2025-03-01,10.00,,,
two_amounts,ann,2025-03-01,10.00,,,
two_amounts,ann,2025-03-01,20.00,,,
odd_status,ann,2025-03-01,10.00,,teleported,
bad_refund,ann,2025-03-01,10.00,,,-1
unreadable_refund,ann,2025-03-01,10.00,,,some
rate_of_the_day,ann,2025-03-01,10.00,usd,,
before_any_rate,ann,2025-02-28,10.00,usd,,
no_such_currency,ann,2025-03-01,10.00,XYZ,,
married,ann_smith,2025-03-01,10.00,,,
merged_into_nobody,ann_jones,2025-03-01,10.00,,,
late_in_new_york,ben,2025-03-30T23:30:00-05:00,1,,,
without_offset,ben,2025-03-30 23:30:00,1,,,
in_utc,ben,2025-03-30T22:30:00Z,1,,,
spelt_with_spaces,ben,2025-03-30, 1.00 ,,On Hold,
more_than_two_places,ben,2025-03-30,1.005,,,
too_much,ann,2025-03-01,9999999999999999.99,,,
filler_1,ann,2025-03-01,1,,,
filler_2,ann,2025-03-01,1,,,
filler_3,ann,2025-03-01,1,,,
"""

RATES = """\
currency,rate_date,rate
EUR,2020-01-01,1
USD,2025-03-01,0.9
usd,2025-03-01,0.5
GBP,2020-01-01,1.2
CHF,2020-01-01,1.1
"""

MERGES = """\
customer_id,merged_into
ann_smith,ann_miller
ann_miller,ann
benny,ben
big_ben,ben
ann_jones,gone
round,and_round
and_round,round
"""

REJECTED = {
    "nobody": "customer_id: missing",
    "stranger": "customer_id: not in customers",
    "words": "amount: not a decimal",
    "no_such_day": "ordered_at: not a timestamp",
    "twice": "order_id: duplicate",
    "two_amounts": "order_id: duplicate",
    "odd_status": "status: not in order_statuses.csv",
    "bad_refund": "refunded_amount: below 0",
    "unreadable_refund": "refunded_amount: not a decimal",
    "before_any_rate": "currency: no exchange rate on or before the day",
    "no_such_currency": "currency: no exchange rate on or before the day",
    "merged_into_nobody": "customer_id: not in customers",
    "too_much": "amount: above 1000000000000",
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    raw, out = tmp_path_factory.mktemp("raw"), tmp_path_factory.mktemp("out")
    (raw / "orders.csv").write_text(ORDERS, "utf-8")
    (raw / "customers.csv").write_text(
        "customer_id,birth_date,employees,assets\nann,31/02/1980,many,1e13\nben,1980-02-28,12,1e12\n", "utf-8"
    )
    (raw / "exchange_rates.csv").write_text(RATES, "utf-8")
    (raw / "customer_merges.csv").write_text(MERGES, "utf-8")
    tables = ("fct_orders", "rejected_rows", "gate_results", "stg_customers")
    assert built_tables(*tables, raw=raw, out=out, timezone="Europe/Berlin").complaints == []
    with duckdb.connect(str(out / "warehouse.duckdb"), read_only=True) as connection:
        yield connection


def test_a_bad_row_is_turned_away_with_its_first_reason(warehouse):
    rows = warehouse.execute("select row_key, column_name || ': ' || reason from rejected_rows where source = 'orders'").fetchall()
    assert dict(rows) == REJECTED
    assert len(rows) == len(REJECTED)


def test_of_two_amounts_for_one_order_the_greater_is_kept(warehouse):
    assert warehouse.execute("select amount from fct_orders where order_id = 'two_amounts'").fetchall() == [(20,)]


def test_a_currency_is_the_same_in_small_letters(warehouse):
    rows = "select row_key, column_name, reason from rejected_rows where source = 'exchange_rates'"
    assert warehouse.execute(rows).fetchall() == [("USD/2025-03-01", "currency, rate_date", "duplicate")]
    assert warehouse.execute("select net_amount from fct_orders where order_id = 'rate_of_the_day'").fetchall() == [(9,)]


def test_a_merged_id_orders_for_its_survivor_along_a_chain(warehouse):
    assert warehouse.execute("select customer_id from fct_orders where order_id = 'married'").fetchall() == [("ann",)]


def test_a_merge_that_leads_nowhere_or_in_a_circle_is_refused(warehouse):
    rows = warehouse.execute("select row_key, reason from rejected_rows where source = 'customer_merges' order by 1").fetchall()
    circle = "the chain of merges is a circle"
    assert rows == [("and_round", circle), ("ann_jones", "not in customers"), ("round", circle)]


def test_a_time_with_an_offset_moves_to_the_clock_of_the_shop(warehouse):
    rows = warehouse.execute("select order_id, cast(ordered_at as varchar) from fct_orders where customer_id = 'ben'").fetchall()
    assert dict(rows) == {
        "late_in_new_york": "2025-03-31 06:30:00",
        "without_offset": "2025-03-30 23:30:00",
        "in_utc": "2025-03-31 00:30:00",
        "spelt_with_spaces": "2025-03-30 00:00:00",
        "more_than_two_places": "2025-03-30 00:00:00",
    }


def test_a_bad_optional_value_is_blanked_and_the_customer_stays(warehouse):
    rows = warehouse.execute("select customer_id, birth_date is null, employees, blanked from stg_customers order by 1").fetchall()
    assert rows == [("ann", True, None, "birth_date, employees, assets"), ("ben", False, 12, None)]
    sentence = "select sentence from gate_results where source = 'customers' and check_name = 'readable optional values'"
    assert "1 of 2 rows (50.0%) have an optional value that cannot be read" in warehouse.execute(sentence).fetchone()[0]


def test_every_raw_row_is_staged_or_rejected(warehouse):
    raw, staged, rejected = warehouse.execute("""
        select (select count(*) from raw.orders), (select count(*) from stg_orders),
               (select count(*) from rejected_rows where source = 'orders')
    """).fetchone()
    assert (raw, staged + rejected) == (26, 26)


def test_of_two_deliveries_the_later_is_that_with_the_greater_number(raw, tmp_path):
    header, days = "order_id,customer_id,ordered_at,amount\n", "".join(f"O{day},ann,2025-03-{day:02},1\n" for day in range(1, 20))
    deliveries = {f"orders/export_{number}.csv": f"{header}twice,ann,2025-03-01,{number}\n" for number in (9, 10)}
    deliveries["orders/export_9.csv"] += days
    done = built_tables("fct_orders", raw=raw({"customers.csv": "customer_id\nann\n"} | deliveries), out=tmp_path)
    assert done.work("select amount from fct_orders where order_id = 'twice'") == [(10,)]


def test_a_chain_of_merged_ids_may_be_as_long_as_it_likes(raw, tmp_path):
    merges = "customer_id,merged_into\n" + "".join(f"C{number},C{number + 1}\n" for number in range(5000))
    orders = "order_id,customer_id,ordered_at,amount\nO1,C0,2025-03-01,1\n"
    files = {"customers.csv": "customer_id\nC5000\n", "customer_merges.csv": merges, "orders.csv": orders}
    done = built_tables("fct_orders", raw=raw(files), out=tmp_path)
    assert done.work("select customer_id from fct_orders") == [("C5000",)]


STATUSES = {
    "sale": "交易成功;买家已付款，等待卖家发货;买家已付款,等待卖家发货;TRADE_FINISHED;完成;等待出库;wc-completed;Unshipped;succeeded",
    "unpaid": "pending_payment;Pending;待付款;等待付款;等待买家付款;WAIT_BUYER_PAY;(删除)等待付款;未付款;wc-pending;requires_action",
    "cancelled": "交易关闭;TRADE_CLOSED;TRADE_CLOSED_BY_TAOBAO;已关闭;wc-failed",
    "returned": "TRADE_CLOSED_ALL_REFUND;退款成功;退款完成;wc-refunded",
}


def test_the_words_of_the_platforms_are_understood_and_who_has_not_paid_has_not_bought(raw, tmp_path):
    words = {word: kind for kind, listed in STATUSES.items() for word in listed.split(";")}
    rows = [f'{number},ann,2025-03-01,10,"{word}"\n' for number, word in enumerate(words)]
    orders = "order_id,customer_id,ordered_at,amount,status\n" + "".join(rows)
    done = built_tables("fct_orders", "rejected_rows", raw=raw({"customers.csv": "customer_id\nann\n", "orders.csv": orders}), out=tmp_path)
    kinds = dict(done.work("select order_id, order_kind from fct_orders"))
    assert {word: kinds.get(str(number)) for number, word in enumerate(words)} == words
    money = "select order_kind, is_valid, sum(net_amount) from fct_orders group by all order by all"
    assert done.work(money) == [("cancelled", False, 0), ("returned", False, 0), ("sale", True, 90), ("unpaid", False, 0)]


def test_ids_that_a_spreadsheet_has_rounded_stop_and_dates_after_today_are_told(raw, tmp_path):
    header, customers = "order_id,customer_id,ordered_at,amount\n", "customer_id\nann\nE+17\n"
    rounded = "".join(f"1.2345{day % 3}E+17,ann,2025-03-{day + 1:02},1\n" for day in range(20))
    stopped = built_tables("gate_results", raw=raw({"customers.csv": customers, "orders.csv": header + rounded}), out=tmp_path / "a")
    assert any("rule 'whole ids': 20 of 20 rows" in sentence and "as text" in sentence for sentence in stopped.complaints)
    coming = "".join(f"O{year},ann,{year}-03-01,1\n" for year in range(2020, 2102))
    warned = built_tables("gate_results", raw=raw({"customers.csv": customers, "orders.csv": header + coming}), out=tmp_path / "b")
    said = [sentence for (sentence,) in warned.work("select sentence from gate_results where check_name = 'not after today'")]
    assert warned.complaints == [] and "lie after today" in said[0] and '"O2027"' in said[0]
