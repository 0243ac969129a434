"""What holds for every build: nothing is lost, every road leads to the same number, and nobody looks ahead."""

import csv
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from customer_segmentation.contract import PROJECT, read_contract

SAMPLE = PROJECT / "seeds/sample"
TABLES = [table.name for table in read_contract()]


@pytest.fixture(params=["sample", "hidden"])
def built(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def raw_folder(built, request) -> Path:
    return SAMPLE if built is request.getfixturevalue("sample") else request.getfixturevalue("hidden_raw")


@pytest.fixture(scope="module")
def shuffled(build, raw, hidden_tables, hidden_variables):
    """The hidden company with its rows in another order, and twenty columns that nobody asked for."""
    tables = {name: table.sample(frac=1, random_state=7) for name, table in hidden_tables.items()}
    junk = {f"Junk {number}": [f"{number}, {row}" for row in range(len(tables["orders"]))] for number in range(20)}
    return build(raw({"customers.csv": tables["customers"], "orders.csv": tables["orders"].assign(**junk)}), variables=hidden_variables)


@pytest.fixture(scope="module")
def seen_in_june(build, raw, hidden_tables, hidden_variables):
    """What was known of the hidden company on 2024-06-30, built on that day."""
    orders = hidden_tables["orders"]
    orders = orders[orders["ordered_at"] < "2024-07-01"]
    files = {"customers.csv": orders[["customer_id"]].drop_duplicates(), "orders.csv": orders}
    return build(raw(files), as_of="2024-06-30", variables=hidden_variables)


def read_csv(path: Path) -> list[dict]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def money(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)


@pytest.mark.parametrize("table", TABLES)
def test_every_raw_row_is_accepted_or_rejected(built, raw_folder, table):
    delivered = len(read_csv(raw_folder / f"{table}.csv")) if (raw_folder / f"{table}.csv").exists() else 0
    ((loaded, broken, accepted, rejected),) = built.work(f"""
        select (select count(*) from raw.{table}), (select count(*) from raw.malformed_lines where source = '{table}'),
            (select count(*) from checked_{table} where rejected_because is null),
            (select count(*) from rejected_rows where source = '{table}')""")
    assert delivered == loaded + broken == accepted + rejected


def test_orders_add_up_to_the_raw_ledger_to_the_cent(built, raw_folder):
    ledger = sum(money(order["amount"]) for order in read_csv(raw_folder / "orders.csv"))
    ((kept,),) = built.marts("select sum(amount) from fct_orders")
    turned_away = built.marts("select raw_row ->> '$.amount' from rejected_rows where source = 'orders' and raw_row like '{%'")
    assert ledger == kept + sum(money(amount) for (amount,) in turned_away)


def test_the_money_of_customers_is_the_money_of_their_orders_on_every_date(built):
    rows = built.marts("""
        select as_of_date, sum(monetary), (select sum(net_amount) from fct_orders where order_date <= as_of_date)
        from customer_rfm group by as_of_date""")
    assert rows and all(monetary == net_amount for _, monetary, net_amount in rows)


def test_the_sizes_of_every_dimension_sum_to_the_customers_and_their_money_on_every_date(built):
    rows = built.marts("""
        select sizes.*, spine.* exclude as_of_date from (
            select as_of_date, dimension, sum(customers), sum(net_revenue), sum(orders), round(sum(share), 9)
            from segment_sizes group by all
        ) as sizes full join (
            select as_of_date, count(*), sum(monetary), sum(frequency), 1.0 from customer_rfm group by all
        ) as spine using (as_of_date)""")
    assert rows and all(sizes == spine for _, _, *numbers in rows for sizes, spine in zip(numbers[:4], numbers[4:], strict=True))


def test_every_customer_holds_exactly_one_known_class_in_every_dimension_on_every_date(built):
    ((dimensions,),) = built.marts("select count(distinct dimension) from segment_classes")
    ((spine, held, distinct_held, known),) = built.marts("""
        select (select count(*) from customer_rfm), count(*), count(distinct (customer_id, as_of_date, dimension)), count(classes.class)
        from customer_segments_long left join segment_classes as classes using (dimension, class)""")
    assert spine * dimensions == held == distinct_held == known


def test_the_wide_and_the_long_table_agree(built):
    wide = [name for name, kind, *_ in built.marts("describe customer_segments") if kind == "VARCHAR" and name != "customer_id"]
    differing = f"""
        unpivot (select customer_id, as_of_date, {", ".join(wide)} from customer_segments)
        on {", ".join(wide)} into name dimension value class
        except select customer_id, as_of_date, dimension, class from customer_segments_long"""
    assert built.marts(differing) == []
    current = "from customer_segments_current except from customer_segments where as_of_date = (select max(as_of_date) from customer_rfm)"
    assert built.marts(current) == []


def test_the_flags_of_preferences_are_null_just_where_no_sign_is_known(built):
    flags = ["prefers_product", "prefers_service", "prefers_marketing"]
    wrong = " or ".join(f"({flag} is null) <> (preference_signals = 0)" for flag in flags)
    held = f"select customer_id, as_of_date, {', '.join(flags)} from customer_segments"
    signs = "select customer_id, as_of_date, preference_signals from customer_classes"
    assert built.work(f"from ({held}) join ({signs}) using (customer_id, as_of_date) where {wrong}") == []


@pytest.mark.rules
def test_the_sample_reaches_every_class(sample):
    """Apart from a few that its 32 stories have no place for; unknown is the lack of an answer, and none need lack it.

    32 customers are too few for a forecast, so what is drawn from one is unknown: the classes are reached in docs/forecast.md.
    """
    unreached = "select dimension, class from segment_sizes where class <> 'unknown' group by all having sum(customers) = 0 order by all"
    assert sample.marts(unreached) == [
        *(("churn_warning", level) for level in ("high", "low", "mid")), *(("clv_band", level) for level in ("high", "low", "mid")),
        ("country_group", "africa"), ("country_group", "oceania"), ("gender", "diverse"), ("industry", "other"),
        ("profit_contribution", "break_even"), ("profit_contribution", "loss"), ("region_group", "central"),
    ]  # fmt: skip
    assert len(sample.marts("select distinct dimension from segment_sizes where class = 'unknown' and customers > 0")) > 25


@pytest.mark.rules
def test_every_action_of_the_articles_is_carried_out_by_the_class_it_was_written_for(sample):
    """actions_of_the_articles.csv holds the class-actions of the five articles, in their words, and where each belongs here."""
    kept = sample.marts("select dimension, class, action_zh, kind, source from segment_strategies")
    kept = {(*row, source.split(" (")[0]) for *row, source in kept}
    with open(Path(__file__).parent / "actions_of_the_articles.csv", encoding="utf-8", newline="") as file:
        asked = list(csv.DictReader(file))
    assert len({(row["article_dimension"], row["article_class"], row["action_zh"], row["kind"]) for row in asked}) == 232
    assert [row for row in asked if tuple(row[name] for name in ("dimension", "class", "action_zh", "kind", "source")) not in kept] == []


@pytest.mark.rules
def test_no_class_does_what_no_article_says_without_saying_so(sample):
    said = "^(S[0-4](,S[0-4])*( [(]as .*[)])?|added|inherited from .*)$"
    unsaid = f"select distinct source from segment_strategies where not regexp_matches(source, '{said}')"
    assert sample.marts(unsaid) == []


@pytest.mark.rules
def test_every_class_has_something_to_do(sample):
    idle = "select dimension, class from segment_classes anti join segment_strategies using (dimension, class)"
    assert sample.marts(idle) == []


def test_equal_customers_get_equal_scores(built):
    unequal = """
        select as_of_date, recency_days, frequency, monetary from customer_rfm
        group by all having count(distinct (r_score, f_score, m_score, rfm_segment)) > 1"""
    assert built.marts(unequal) == []
    ((ties,),) = built.marts("select count(*) - count(distinct (as_of_date, recency_days, frequency, monetary)) from customer_rfm")
    assert ties > 0, "the data have equal customers to compare"


def test_the_same_average_order_is_the_same_number_however_many_orders_made_it(hidden, hidden_tables):
    """19.90 once and three times: a hair between them would part equals at a cut-point."""
    totals = hidden_tables["orders"].groupby("customer_id")["cents"].agg(["sum", "size"])
    numbers = {}
    measured = "select customer_id, average_order_value from customer_measures where is_latest and frequency > 0"
    for customer, average in hidden.work(measured):
        cents, orders = totals.loc[customer]
        numbers.setdefault(Fraction(int(cents), int(orders)), set()).add(average)
    assert {average: held for average, held in numbers.items() if len(held) > 1} == {}


def test_neither_the_order_of_rows_nor_columns_nobody_asked_for_change_anything(hidden, shuffled):
    assert shuffled.complaints == []
    assert shuffled.digests() == hidden.digests()


def test_customers_made_part_by_part_come_to_the_same(hidden, build, raw, hidden_tables, hidden_variables):
    renamed = {name: table.assign(customer_id="O'Neil \\2 " + table["customer_id"]) for name, table in hidden_tables.items()}
    files = {f"{name}.csv": table for name, table in renamed.items()}
    parts = build(raw(files), variables=hidden_variables | {"customers_at_once": 70})
    assert parts.complaints == []
    (statements,) = (parts.out / "target/run").rglob("customer_classes.sql")
    assert statements.read_text("utf-8").count("insert into") == 5, "400 customers are six parts"
    assert {mart: rows for mart, (rows, _) in parts.digests().items()} == {mart: rows for mart, (rows, _) in hidden.digests().items()}
    for mart in ("customer_segments", "customer_rfm", "segment_events", "fct_orders"):
        same = f"from {mart} select * replace (right(customer_id, 4) as customer_id) order by all"
        assert parts.marts(same) == hidden.marts(same), mart


@pytest.mark.parametrize("model", ["purchase_measures", "customer_measures", "customer_classes", "lifecycle_stages", "segment_events"])
def test_the_rows_that_a_daily_run_replaces_lie_together(hidden, model):
    back = f"select as_of_date < lag(as_of_date) over (order by rowid) as is_back from {model}"
    assert hidden.work(f"select count(*) > 1000, count_if(is_back) from ({back})") == [(True, 0)]


@pytest.mark.parametrize("mart", ["customer_segments", "customer_rfm"])
def test_a_past_month_looks_as_it_did_then(hidden, seen_in_june, mart):
    then = f"from {mart} where as_of_date = '2024-06-30' order by customer_id"
    assert len(hidden.marts(then)) > 200
    assert seen_in_june.marts(then) == hidden.marts(then)


@pytest.mark.parametrize("mart", ["segment_migrations", "segment_events", "segment_drift", "segment_kpis", "cohort_retention"])
def test_what_happened_in_a_past_month_is_what_was_seen_then(hidden, seen_in_june, mart):
    then = f"from {mart} where as_of_date = '2024-06-30' order by all"
    assert len(hidden.marts(then)) > 10
    assert seen_in_june.marts(then) == hidden.marts(then)


def test_a_past_month_of_the_sample_looks_as_it_did_then_in_every_dimension(sample, build, raw):
    """Orders, contacts, answers and referrals of later days change no class and no number behind it."""
    days = {"orders": "ordered_at", "interactions": "occurred_at", "feedback": "given_at", "campaign_contacts": "contacted_at"}
    days |= {"customers": "created_at", "exchange_rates": "rate_date"}
    tables = {table: pd.read_csv(SAMPLE / f"{table}.csv", dtype=str) for table in TABLES}
    for table, day in days.items():
        known = ~(tables[table][day] > "2025-06-30T23")  # an order of that evening in New York is of July in UTC
        tables[table] = tables[table][known]
    contacts = tables["campaign_contacts"]
    contacts.loc[contacts["response_at"] > "2025-07", "response_at"] = None
    then = build(raw({f"{name}.csv": table for name, table in tables.items()}), as_of="2025-06-30")
    classes = (
        "select customer_id, dimension, class, score, confidence from customer_segments_long where as_of_date = '2025-06-30' order by all"
    )
    assert len(sample.marts(classes)) > 1000
    assert then.marts(classes) == sample.marts(classes)


def test_only_the_latest_date_is_in_the_crosswalk_unless_its_history_is_asked_for(sample, hidden):
    dates = "select count(distinct as_of_date) from rfm_crosswalk"
    assert (sample.marts(dates), hidden.marts(dates)) == ([(1,)], [(24,)])


@pytest.mark.rules
def test_the_table_of_dimensions_in_the_docs_is_that_of_the_rules(sample):
    lines = [line.split("|") for line in (PROJECT / "docs/dimensions.md").read_text("utf-8").splitlines() if "| `" in line]
    documented = {row[2].strip(" `"): row[5].replace("`", "").replace(" ", "").split(",") for row in lines if len(row) == 9}
    classes = "select dimension, list(class order by class_order, class) from segment_classes group by all"
    assert documented == dict(sample.marts(classes))
