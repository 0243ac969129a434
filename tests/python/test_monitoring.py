"""Moves, cohorts and KPIs, counted a second time with pandas from the classes and the orders of the same build."""

import datetime

import pandas as pd
import pytest

DIMENSIONS = ["lifecycle", "rfm_segment", "value_tier", "channel"]


@pytest.fixture(params=["sample", "hidden"])
def built(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def tables(built):
    """The published classes of each customer on each date, and the orders."""
    names = ", ".join(DIMENSIONS)
    classes = frame(built, f"select customer_id, as_of_date, {names}, loyalty, recommendation from customer_segments")
    orders = frame(built, "select customer_id, order_date, is_valid, net_amount from fct_orders")
    return classes, orders


def frame(built, sql: str) -> pd.DataFrame:
    rows = built.marts(sql)
    described = built.marts(f"describe {sql}")
    return pd.DataFrame(rows, columns=[name for name, *_ in described])


def periods(classes: pd.DataFrame) -> list[tuple]:
    dates = sorted(classes["as_of_date"].unique())
    return list(zip(dates, dates[1:], strict=False))


def test_each_period_begins_where_the_one_before_ended_and_the_first_date_has_no_moves(built, tables):
    moved = built.marts("select distinct from_date, as_of_date from segment_migrations order by all")
    assert moved == periods(tables[0])


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_moves_are_the_classes_of_two_dates_side_by_side(built, tables, dimension):
    classes, orders = tables
    expected = {}
    for from_date, as_of_date in periods(classes):
        before, now = (classes[classes["as_of_date"] == date].set_index("customer_id")[dimension] for date in (from_date, as_of_date))
        spent_before, spent = (recent_spend(orders, date) for date in (from_date, as_of_date))
        for customer in set(before.index) | set(now.index):
            key = (as_of_date, before.get(customer), now.get(customer))
            customers, money_before, money = expected.get(key, (0, 0, 0))
            expected[key] = (customers + 1, money_before + spent_before.get(customer, 0), money + spent.get(customer, 0))
    rows = built.marts(f"""
        select kind, as_of_date, from_class, to_class, customers, coalesce(recent_net_revenue_before, 0), coalesce(recent_net_revenue, 0)
        from segment_migrations where dimension = '{dimension}'""")
    assert {row[1:4]: row[4:] for row in rows} == expected
    assert {kind for kind, _, left, *_ in rows if left is None} <= {"new"}
    assert {kind for kind, *_ in rows} <= {"new", "stayed", "moved", "moved_up", "moved_down", "reactivated"}, "nobody can be gone yet"


def recent_spend(orders: pd.DataFrame, date) -> dict:
    recent = orders[(orders["order_date"] <= date) & (orders["order_date"] > date - datetime.timedelta(days=365))]
    return recent.groupby("customer_id")["net_amount"].sum().to_dict()


def test_a_customer_s_events_are_the_classes_that_changed(built, tables):
    classes, _ = tables
    expected = set()
    for from_date, as_of_date in periods(classes):
        before, now = (classes[classes["as_of_date"] == date].set_index("customer_id")["lifecycle"] for date in (from_date, as_of_date))
        expected |= {(c, as_of_date, before.get(c), now[c]) for c in now.index if before.get(c) != now[c]}
    events = built.marts("select customer_id, as_of_date, left_class, entered_class from segment_events where dimension = 'lifecycle'")
    assert set(events) == expected and len(events) == len(expected)


def test_cohorts_are_the_customers_and_orders_of_each_month(built, tables):
    _, orders = tables
    ((latest,),) = built.marts("select max(as_of_date) from customer_segments")
    orders = orders[orders["order_date"] <= latest]
    orders = orders.assign(month=[date.replace(day=1) for date in orders["order_date"]])
    valid = orders[orders["is_valid"]]
    born = valid.groupby("customer_id")["month"].min()
    valid, orders = (table.assign(cohort=table["customer_id"].map(born)) for table in (valid, orders))
    months = pd.date_range(born.min(), latest, freq="MS").date
    numbers = "customers, active_customers, orders, net_revenue, retention_rate"
    rows = built.marts(f"select cohort_month, as_of_date, {numbers} from cohort_retention")
    seen = {(cohort, date.replace(day=1)): numbers for cohort, date, *numbers in rows}
    assert len(seen) == len(rows)
    assert set(seen) == {(cohort, month) for cohort in set(born) for month in months if month >= cohort}
    for (cohort, month), (customers, active, times, money, rate) in seen.items():
        own = valid[(valid["cohort"] == cohort) & (valid["month"] == month)]
        kept = orders[(orders["cohort"] == cohort) & (orders["month"] == month)]
        assert (customers, active, times) == ((born == cohort).sum(), own["customer_id"].nunique(), len(own))
        assert money == sum(kept["net_amount"])
        is_over = (pd.Timestamp(month) + pd.offsets.MonthEnd(0)).date() <= latest
        assert rate == (active / customers if is_over else None)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_kpis_are_of_the_class_held_before_the_period(built, tables, dimension):
    classes, orders = tables
    rows = built.marts(f"""
        select as_of_date, class, customers, prospects, converted_prospects, active_customers, retained_customers, current_customers,
            churned_customers, buyers, orders, net_revenue, judged_loyalty, loyal_customers
        from segment_kpis where dimension = '{dimension}'""")
    seen = {(date, name): numbers for date, name, *numbers in rows}
    for from_date, as_of_date in periods(classes):
        before, now = (classes[classes["as_of_date"] == date].set_index("customer_id") for date in (from_date, as_of_date))
        earlier = orders[orders["order_date"] <= from_date]
        ordered = set(earlier[earlier["is_valid"]]["customer_id"])
        recent = set(earlier[earlier["is_valid"] & (earlier["order_date"] > from_date - datetime.timedelta(days=365))]["customer_id"])
        done = orders[(orders["order_date"] > from_date) & (orders["order_date"] <= as_of_date)]
        bought = done[done["is_valid"]]["customer_id"]
        for name in sorted(set(before[dimension])):
            held = set(before.index[before[dimension] == name])
            buyers = held & set(bought)
            current = {c for c in held if before["lifecycle"][c] not in ("prospect", "churned")}
            judged = {c for c in held if now["loyalty"][c] != "unknown"}
            assert seen[as_of_date, name] == [
                len(held), len(held - ordered), len(buyers - ordered), len(held & recent), len(buyers & recent), len(current),
                sum(now["lifecycle"][c] == "churned" for c in current), len(buyers), bought.isin(held).sum(),
                sum(done[done["customer_id"].isin(held)]["net_amount"]), len(judged), sum(now["loyalty"][c] == "high" for c in judged),
            ]  # fmt: skip


def test_answers_count_in_the_period_in_which_they_were_given(sample):
    """F-rows of the sample, as its file has them: by whom, when, and out of how much."""
    answers = """
        with answers as (
            select customer_id, cast(given_at as date) as day, kind, cast(score as double) / cast(scale_max as double) as reached
            from raw.feedback where kind in ('csat', 'nps') and score is not null
        ),
        held as (
            select periods.as_of_date, classes.lifecycle as class, answers.*
            from answers join periods on day > from_date and day <= periods.as_of_date
            join customer_classes as classes on classes.customer_id = answers.customer_id and classes.as_of_date = periods.from_date
        )
        select as_of_date, class, count(*) filter (where kind = 'csat') as csat, avg(reached) filter (where kind = 'csat') as satisfaction,
            count(distinct customer_id) filter (where kind = 'nps') as nps
        from held group by all"""
    expected = {(date, name): numbers for date, name, *numbers in sample.work(answers)}
    rows = sample.marts("""
        select as_of_date, class, csat_answers, satisfaction, recommendation_answers from segment_kpis
        where dimension = 'lifecycle' and csat_answers + recommendation_answers > 0""")
    assert len(expected) > 10
    assert {(date, name): [csat, pytest.approx(mean), nps] for date, name, csat, mean, nps in rows} == expected
