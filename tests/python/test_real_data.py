"""What the segments promise, held against real customers. Skipped where the data sets of the examples are not there (DATA=folder)."""

import re

import duckdb
import pytest

from customer_segmentation.contract import PROJECT
from customer_segmentation.load import literal
from examples.__main__ import BACKTEST, CATALOGUE, map_to_raw
from tests.builds import succeeded

pytestmark = pytest.mark.data

# customers who buy nothing for a year: how many, and how many have another monetary score at any month end of it, and at its end
SILENT = """
    select count(*), count(*) filter (where scores > 1), count(*) filter (where first_score <> last_score) from (
        select customer_id, count(distinct scored.m_score) as scores, min_by(scored.m_score, as_of_date) as first_score,
            max_by(scored.m_score, as_of_date) as last_score
        from {} as scored inner join customer_rfm as rfm using (customer_id, as_of_date)
        where as_of_date >= '1997-06-30' group by customer_id having count(*) = 13 and min(rfm.frequency) = max(rfm.frequency))"""
QUINTILES_OF_EACH_DATE = "(from rfm_crosswalk where taxonomy = 'shopify')"  # fifths of the date's own customers: see test_crosswalk


@pytest.fixture(scope="module")
def mapped(real_data, tmp_path_factory):
    """mapped(example): the folder of its raw tables, made once."""
    made = {}

    def folder(name: str):
        if name not in made:
            if not (real_data / CATALOGUE[name].file).is_file():
                pytest.skip(f"needs {CATALOGUE[name].file}")
            made[name] = tmp_path_factory.mktemp(name)
            map_to_raw(name, real_data, made[name])
        return made[name]

    return folder


@pytest.fixture(scope="module")
def online_retail(mapped, changed_project, build_in):
    """Online Retail with the proposal of the README."""
    project = changed_project("examples/change_a_criterion.diff")
    built = build_in(project, mapped("online_retail"), as_of=CATALOGUE["online_retail"].as_of)
    assert built.code == 0, built.complaints
    return built


@pytest.fixture(scope="module")
def cdnow(mapped, build):
    """CDNOW as the example builds it."""
    return succeeded(build(mapped("cdnow"), as_of=CATALOGUE["cdnow"].as_of))


@pytest.fixture(scope="module")
def frozen(mapped, build):
    """CDNOW with cut-points made once, on 1997-06-30, and never again; the crosswalk at every date."""
    variables = {"calibrate_after_months": [6], "recalibrate_months": 600, "crosswalk_history": True}
    return succeeded(build(mapped("cdnow"), as_of=CATALOGUE["cdnow"].as_of, variables=variables))


@pytest.fixture(scope="module")
def complete_journey(mapped, build):
    example = CATALOGUE["complete_journey"]
    return succeeded(build(mapped("complete_journey"), as_of=example.as_of, variables=example.variables))


def test_with_frozen_cut_points_no_silent_customer_of_cdnow_changes_his_monetary_score(frozen):
    assert frozen.marts(SILENT.format("customer_rfm")) == [(15_238, 0, 0)]


def test_with_quintiles_of_each_date_more_than_a_third_of_them_do(frozen, capsys):
    """36.9% has been computed elsewhere, without its day and treatment of ties; pandas' average ranks give 36.8% here."""
    ((customers, at_all, in_the_end),) = frozen.marts(SILENT.format(QUINTILES_OF_EACH_DATE))
    with capsys.disabled():
        print(f"\n  {in_the_end / customers:.1%} of {customers:,} silent customers change M in a year by quintiles of each date")
    assert (customers, in_the_end) == (15_238, 5_509) and in_the_end <= at_all


def test_by_default_they_change_on_calibration_days_only(cdnow, capsys):
    """In the first two years calibrations come every six months, and here on both ends of the year: so as many change, but on two days."""
    ((customers, at_all, in_the_end),) = cdnow.marts(SILENT.format("customer_rfm"))
    with capsys.disabled():
        print(f"\n  {at_all / customers:.1%} of them by the calibrations of dbt_project.yml, on calibration days only")
    changes = cdnow.marts("""
        select distinct as_of_date::varchar, as_of_date = calibrated_on from (
            select *, lag(m_score) over next_date as before, lag(frequency) over next_date as orders_before
            from customer_rfm window next_date as (partition by customer_id order by as_of_date)
        ) where m_score <> before and frequency = orders_before order by all""")
    assert changes == [("1997-12-31", True), ("1998-06-30", True)]
    assert in_the_end == 5_509


@pytest.mark.parametrize("example", ["online_retail", "cdnow", "complete_journey"])
def test_rfm_segments_separate_the_future(request, example):
    """What is a warning of the user's data is an error here; prospects and unknown ones have not bought before."""
    build = request.getfixturevalue(example)
    assert "rfm_segments_separate_the_future" not in build.said
    rates = build.marts("""
        select dimension, list(rate order by class_order) from (
            select dimension, class_order, sum(repurchase_rate * customers) / sum(customers) as rate
            from segment_backtest inner join segment_classes using (dimension, class)
            where class not in ('prospect', 'unknown') group by all
        ) group by dimension""")
    rates = dict(rates)
    segments, tiers = rates["rfm_segment"], rates["value_tier"]
    assert len(segments) > 8 and min(segments[-2:]) > max(segments[:2]), "champions and loyal above lost and hibernating"
    assert tiers == sorted(tiers) and len(set(tiers)) == 3, "low, mid, high"


def test_the_backtest_looks_at_whole_periods_within_the_data_only(cdnow):
    rows = cdnow.marts("select distinct as_of_date::varchar, period_end::varchar from segment_backtest order by all")
    assert (rows[0], rows[-1], len(rows)) == (("1997-06-30", "1997-12-27"), ("1997-12-31", "1998-06-29"), 7)


def test_the_backtest_counts_what_was_ordered(cdnow):
    """Two roads: the population's spend of each period, from the orders themselves."""
    counted = cdnow.marts("""
        select as_of_date, sum(customers), round(sum(orders_per_customer * customers)), round(sum(net_spend_per_customer * customers), 2)
        from segment_backtest where dimension = 'rfm_segment' group by all order by all""")
    ordered = cdnow.marts("""
        select as_of_date, (select count(*) from customer_rfm as known where known.as_of_date = periods.as_of_date),
            count(*), round(sum(net_amount)::double, 2)
        from (select distinct as_of_date, period_end from segment_backtest) as periods
        inner join fct_orders on order_date > as_of_date and order_date <= period_end
        inner join (select customer_id, min(as_of_date) as known_on from customer_rfm group by all) as customers using (customer_id)
        where known_on <= as_of_date group by all order by all""")
    assert counted == ordered and len(counted) == 7


def table_of(text: str, begin: str) -> list[list[str]]:
    """The rows of the first table of the README after some words."""
    lines = text[text.index(begin) :].splitlines()
    lines = lines[next(number for number, line in enumerate(lines) if line.startswith("|")) + 2 :]
    end = next(number for number, line in enumerate(lines) if not line.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[:end]]


def test_the_impact_in_the_readme_is_that_of_its_proposal(online_retail):
    rows = online_retail.marts("""
        select from_class, to_class, direction, customers, share, recent_net_revenue, net_revenue
        from criteria_impact where direction <> 'stays' order by customers desc""")
    shown = [
        [f"`{old}`", f"`{new}`", direction, f"{customers:,}", f"{share:.1%}", f"{recent:,.2f}", f"{total:,.2f}"]
        for old, new, direction, customers, share, recent, total in rows
    ]
    print("\n".join(f"| {' | '.join(row)} |" for row in shown))
    assert table_of((PROJECT / "README.md").read_text("utf-8"), "## Change a criterion") == shown


def test_the_backtest_in_the_readme_is_that_of_online_retail(online_retail):
    shown = [
        [name, f"{customers:,}", f"{rate:.1%}", f"{lift:.2f}", f"{orders:.2f}", f"{spend:,.2f}"]
        for name, _, customers, rate, lift, orders, spend in online_retail.marts(BACKTEST)
    ]
    print("\n".join(f"| {' | '.join(row)} |" for row in shown))
    assert table_of((PROJECT / "README.md").read_text("utf-8"), "## Did the segments tell the future?") == shown


TRIED = {  # example: the first cell of its rows in docs/forecast.md
    "cdnow_sample": "CDNOW sample, 39 weeks from 1997-09-30",
    "online_retail": "Online Retail, 90 days from 2011-08-31",
    "complete_journey": "Complete Journey, 90 days from 2017-09-30",
}


@pytest.fixture(scope="module")
def forecasts(mapped, real_data, raw, build):
    """forecasts(example): its build with the horizon of docs/forecast.md."""

    def made(name: str):
        if name == "cdnow_sample":
            if not (real_data / "cdnow/cdnow_sample.parquet").is_file():
                pytest.skip("needs cdnow/cdnow_sample.parquet")
            orders = duckdb.sql(f"""
                select row_number() over () as order_id, sample_id as customer_id, order_date as ordered_at,
                    cast(round(amount * 100) as bigint) as cents
                from read_parquet({literal(real_data / "cdnow/cdnow_sample.parquet")})""").df()
            customers = orders[["customer_id"]].drop_duplicates()
            folder = raw({"orders.csv": orders, "customers.csv": customers})
            return succeeded(build(folder, as_of="1998-06-30", variables={"horizon_days": 273}))
        example = CATALOGUE[name]
        return succeeded(build(mapped(name), as_of=example.as_of, variables=example.variables | {"horizon_days": 90}))

    return made


@pytest.mark.parametrize("name", TRIED)
def test_a_holdout_came_out_as_documented(name, forecasts):
    built, documented = forecasts(name), squeezed((PROJECT / "docs/forecast.md").read_text("utf-8"))
    rows = built.marts("""
        select predictor, is_preferred, predicted_orders, actual_orders, mae, rmse, bias, correlation, auc, brier, top_decile_lift
        from forecast_backtest where as_of_date = (select max(as_of_date) from forecast_backtest) order by predictor""")
    for place, (predictor, best, predicted, actual, *errors, auc, brier, lift) in enumerate(rows):
        cells = ["" if place else TRIED[name], f"**{predictor}**" if best else predictor]
        cells += [f"{predicted:,.0f} / {actual:,}" if predicted else "", *(f"{error:.4f}" if predicted else "" for error in errors)]
        assert squeezed(line(*cells, f"{auc:.3f}", f"{brier:.3f}" if brier else "", f"{lift:.2f}")) in documented
    if name != "cdnow_sample":
        query = (PROJECT / "analyses/what_the_warning_caught.sql").read_text("utf-8")
        caught = built.marts(re.sub(r"{{ ref\('(\w+)'\) }}", r"\1", query))
        lost = sum(customers * precision for _, _, customers, precision, _ in caught) / sum(customers for _, _, customers, *_ in caught)
        for place, (level, _, customers, precision, recall) in enumerate(caught):
            first = "" if place else f"{TRIED[name].split(' from')[0]}, all: {lost:.1%}"
            assert squeezed(line(first, level, f"{customers:,}", f"{precision:.1%}", f"{recall:.1%}")) in documented


def line(*cells: str) -> str:
    return "|" + "|".join(cells) + "|"


def squeezed(text: str) -> str:
    """Without the spaces, which are a matter of taste in a table."""
    return text.replace(" ", "")
