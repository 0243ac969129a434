"""Every metric of the semantic layer equals SQL written by hand over the marts: in all, by month, by every dimension."""

import csv
from decimal import Decimal

import duckdb
import pytest
from metricflow.validation.data_warehouse_model_validator import DataWarehouseModelValidator
from metricflow_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator

from customer_segmentation import metrics
from customer_segmentation.contract import PROJECT, Refused

# Where the rows of a metric stand, with their time, and each metric as an aggregate of them. A comparison by the classes of
# today needs customer_id, one by the classes held needs held_on; a state counts at the last date of each time.
BY_HAND = {
    "orders": (
        "select customer_id, order_date as time, * from fct_orders",
        {
            "gross_revenue": "sum(case when order_kind in ('cancelled', 'unpaid', 'test', 'credit_note') then 0 else gross_amount end)",
            "net_revenue": "sum(net_amount)",
            "order_value": "sum(case when order_kind = 'sale' then net_amount else 0 end)",
            "orders": "count(*) filter (where order_kind = 'sale')",
            "buyers": "count(distinct customer_id) filter (where is_valid)",
            "average_order_value": "sum(net_amount) filter (where is_valid)::double / nullif(count(*) filter (where is_valid), 0)",
            "purchase_frequency": "count(*) filter (where is_valid) / nullif(count(distinct case when is_valid then customer_id end), 0)",
        },
    ),
    "profits": (
        "select customer_id, order_date as time, * from order_facts",
        {
            "costed_orders": "sum(costed_orders)",
            "costed_cents": "sum(costed_cents)",
            "profit_cents": "sum(profit_cents)",
            "profit": "case when sum(costed_orders) > 0 then (sum(profit_cents) / 100.0)::decimal(18, 2) end",
            "margin": "case when sum(costed_orders) > 0 then sum(profit_cents) / nullif(sum(costed_cents), 0)::double end",
        },
    ),
    "complaints": (
        """
        select customer_id, order_date as time, 0 as complaint, case when is_valid then 1 else 0 end as ordered from fct_orders
        union all
        select customer_id, given_at::date, 1, 0 from stg_feedback where lower(trim(kind)) = 'complaint'
        """,
        {"complaints": "sum(complaint)", "complaint_rate": "sum(complaint) / nullif(sum(ordered), 0)"},
    ),
    "states": (
        """
        select as_of_date as time, as_of_date as held_on, states.*, (customer_id, as_of_date) in (
            select customer_id, dates.as_of_date from fct_orders, reported_dates as dates
            where is_valid and order_date between dates.as_of_date - 364 and dates.as_of_date
        ) as is_active
        from customer_rfm as states
        """,
        {
            "customers": "count(*)",
            "customers_with_orders": "count(recency_days)",
            "repeat_customers": "count(*) filter (where frequency >= 2)",
            "repeat_rate": "count(*) filter (where frequency >= 2) / nullif(count(recency_days), 0)",
            "active_customers": "count(*) filter (where is_active)",
            "orders_so_far": "sum(frequency)",
            "orders_per_customer": "sum(frequency) / nullif(count(recency_days), 0)",
        },
    ),
    "forecasts": (
        "select as_of_date as time, as_of_date as held_on, * from customer_forecast",
        {
            "expected_value": "sum(expected_value)",
            "customers_with_forecast": "count(expected_value)",
            "clv": "sum(expected_value)::double / nullif(count(expected_value), 0)",
        },
    ),
    "answers": (
        "select as_of_date as time, dimension as answer__dimension, class as answer__class from customer_segments_long",
        {
            "answers": "count(*)",
            "unknown_answers": "count(*) filter (where answer__class = 'unknown')",
            "unknown_share": "count(*) filter (where answer__class = 'unknown') / count(*)",
            "data_completeness": "count(*) filter (where answer__class <> 'unknown') / count(*)",
        },
    ),
    # a row here is a class, not a customer, so these are compared by the classes held, of one dimension at a time
    "periods": (
        "select as_of_date as time, * from segment_kpis where dimension = '{dimension}' and customers > 0",
        {
            "prospects_at_start": "sum(prospects)",
            "converted_prospects": "sum(converted_prospects)",
            "conversion_rate": "sum(converted_prospects) / nullif(sum(prospects), 0)",
            "active_at_start": "sum(active_customers)",
            "retained_customers": "sum(retained_customers)",
            "retention_rate": "sum(retained_customers) / nullif(sum(active_customers), 0)",
            "current_at_start": "sum(current_customers)",
            "churned_customers": "sum(churned_customers)",
            "churn_rate": "sum(churned_customers) / nullif(sum(current_customers), 0)",
            "recommendation_answers": "sum(recommendation_answers)",
            "promoters": "sum(promoters)",
            "detractors": "sum(detractors)",
            "nps": "100 * (sum(promoters) - sum(detractors)) / nullif(sum(recommendation_answers), 0)",
            "csat_answers": "sum(csat_answers)",
            "csat_reached": "sum(coalesce(round(1000 * satisfaction * csat_answers), 0))",
            "csat": "sum(satisfaction * csat_answers) / nullif(sum(csat_answers), 0)",
        },
    ),
    "churned": (
        "select as_of_date as time, class = 'churned' as was_churned, * from segment_kpis where dimension = 'lifecycle'",
        {
            "churned_at_start": "sum(case when was_churned then customers else 0 end)",
            "won_back_customers": "sum(case when was_churned then buyers else 0 end)",
            "win_back_rate": "sum(buyers) filter (where was_churned) / nullif(sum(customers) filter (where was_churned), 0)",
        },
    ),
}
STATES = ("states", "forecasts", "answers")
MONTH = "metric_time__month"
with open(PROJECT / "seeds/rules/dimensions.csv", encoding="utf-8", newline="") as file:
    DIMENSIONS = [row["dimension"] for row in csv.DictReader(file)]


class Company:
    """A build, with its metrics asked from the semantic layer and by hand."""

    def __init__(self, build):
        self.metrics = metrics.Metrics(build.out)
        self.connection = duckdb.connect(str(build.out / "warehouse.duckdb"), read_only=True)

    def rows(self, sql: str, keys: int) -> dict[tuple, tuple]:
        rows = self.connection.execute(sql).fetchall()
        found = {row[:keys]: row[keys:] for row in rows}
        assert len(found) == len(rows), "a group stands twice"
        return found

    def asked(self, names: list[str], *by: str) -> dict[tuple, tuple]:
        return self.rows(self.metrics.sql(names, by), len(by))

    def by_hand(self, source: str, *by: str, dimension: str = "rfm_segment") -> dict[tuple, tuple]:
        """The same from the table above: `by` are SQL expressions over its rows, joined with the classes that they name."""
        rows, aggregates = BY_HAND[source]
        sql = f"from ({rows.format(dimension=dimension)}) as counted"
        if any("current_classes" in key for key in by):
            sql += " left join customer_segments_current as current_classes using (customer_id)"
        if any("held_classes" in key for key in by):
            sql += " left join customer_segments as held_classes on held_classes.customer_id = counted.customer_id"
            sql += " and held_classes.as_of_date = held_on"
        if source in STATES:
            month = "date_trunc('month', time)" if any("month" in key for key in by) else "1"
            sql = sql.replace("from (", f"from (from (select *, max(time) over (partition by {month}) as last_time from (", 1)
            sql = sql.replace(") as counted", ")) where time = last_time) as counted", 1)
        keys = "".join(f"{key}, " for key in by)
        return self.rows(f"select {keys}{', '.join(aggregates.values())} {sql} group by all", len(by))

    def compare(self, source: str, by: dict[str, str], dimension: str = "rfm_segment") -> int:
        """Compare all metrics of a source by these group-bys (name in the semantic layer -> SQL); how many numbers agree."""
        names = list(BY_HAND[source][1])
        asked, by_hand = self.asked(names, *by), self.by_hand(source, *by.values(), dimension=dimension)
        assert set(asked) == set(by_hand), (source, by)
        for key, numbers in by_hand.items():
            for name, number, expected in zip(names, asked[key], numbers, strict=True):
                assert equal(number, expected), f"{name} by {key}: the semantic layer says {number}, SQL over the marts {expected}"
        return len(asked) * len(names)


def equal(number, expected) -> bool:
    """To the cent, and for whole numbers, exactly; ratios to twelve places of themselves."""
    if number is None or expected is None:
        return number is expected
    if isinstance(number, float):
        return float(expected) == pytest.approx(number, rel=1e-12, abs=1e-12)
    return Decimal(expected) == number


@pytest.fixture(scope="module")
def companies(sample, hidden):
    """The sample company, of which everything is known but the forecast, and one with a forecast and little else."""
    return {"sample": Company(sample), "hidden": Company(hidden)}


@pytest.fixture(params=["sample", "hidden"])
def company(companies, request):
    return companies[request.param]


def test_every_metric_is_compared(companies):
    there = sorted(metric.name for metric in companies["sample"].metrics.manifest.metrics)
    assert there == sorted(name for _, aggregates in BY_HAND.values() for name in aggregates)


@pytest.mark.parametrize("source", BY_HAND)
def test_metrics_equal_sql_over_the_marts_in_all_and_by_month(company, source):
    assert company.compare(source, {})
    assert company.compare(source, {MONTH: "date_trunc('month', time)"})


OF_TODAY = [("customer", "current_classes", source) for source in ("orders", "profits", "complaints", "states", "forecasts")]
HELD = [("held", "held_classes", source) for source in ("states", "forecasts")]


@pytest.mark.parametrize("entity, classes, source", [*OF_TODAY, *HELD])
def test_metrics_equal_sql_over_the_marts_by_every_class_of_today_or_held_on_the_date(companies, entity, classes, source):
    for dimension in DIMENSIONS:
        company = companies["hidden" if source == "forecasts" else "sample"]
        assert company.compare(source, {f"{entity}__{dimension}": f"{classes}.{dimension}"})
    both = {MONTH: "date_trunc('month', time)", f"{entity}__lifecycle": f"{classes}.lifecycle"}
    assert companies["hidden"].compare(source, both)


def test_periods_equal_segment_kpis_by_every_class_held_when_they_began(companies):
    for dimension in DIMENSIONS:
        assert companies["sample"].compare("periods", {f"held__{dimension}": "class"}, dimension=dimension)
    both = {MONTH: "date_trunc('month', time)", "held__lifecycle": "class"}
    assert companies["hidden"].compare("periods", both, dimension="lifecycle")


def test_answers_equal_the_long_mart_by_dimension_and_class(company):
    held = company.by_hand("answers", "answer__dimension", "answer__class")
    asked = company.asked(list(BY_HAND["answers"][1]), "answer__dimension", "answer__class")
    assert {key: numbers for key, numbers in asked.items() if numbers[0]} == held  # a class that nobody holds stands there with zero
    assert company.compare("answers", {"answer__dimension": "answer__dimension"}) == len(DIMENSIONS) * 4


def test_profit_is_also_that_of_the_cohorts(companies):
    asked = companies["sample"].asked(["costed_orders", "profit"])
    assert asked == companies["sample"].rows("select sum(costed_orders), sum(profit) from cohort_retention", 0)


def test_saved_queries_run(company):
    for query in company.metrics.manifest.saved_queries:
        assert company.connection.execute(company.metrics.sql(saved=query.name)).fetchall(), query.name


def test_the_definitions_are_valid_in_themselves_and_in_the_database(companies):
    company = companies["sample"]

    class Client(metrics.DuckDb):
        def dry_run(self, stmt, sql_bind_parameter_set=None):
            asked.append(company.connection.execute(f"explain {stmt}"))

    database, asked = DataWarehouseModelValidator(Client()), []  # as `mf validate-configs` does
    of_database = [database.validate_semantic_models, database.validate_dimensions, database.validate_entities]
    of_database += [database.validate_simple_metrics, database.validate_metrics]
    for validate in [SemanticManifestValidator().validate_semantic_manifest, *of_database]:
        assert [issue.message for issue in validate(company.metrics.manifest).all_issues] == []
    assert len(asked) > len(company.metrics.manifest.metrics)


def test_every_metric_says_what_it_is_in_both_languages(companies):
    for metric in companies["sample"].metrics.manifest.metrics:
        english, chinese = metric.label.split(" · ")
        assert english.isascii() and not chinese.isascii() and metric.description.endswith("."), metric.name


@pytest.mark.rules
def test_the_kpis_of_the_strategies_are_metrics_but_for_six_that_are_not_yet(companies):
    with open(PROJECT / "seeds/rules/strategies.csv", encoding="utf-8", newline="") as file:
        kpis = {row["kpi"] for row in csv.DictReader(file)}
    there = {metric.name for metric in companies["sample"].metrics.manifest.metrics}
    assert kpis - there == {
        "complaint_resolution_rate",
        "cross_sell_rate",
        "engagement_rate",
        "referral_rate",
        "resource_use",
        "upgrade_rate",
    }


def test_make_metrics_answers_lists_and_refuses(sample, capsys, tmp_path):
    out = ["--out", str(sample.out)]
    assert metrics.main([*out, "--metrics", "customers", "--where", "{{ Dimension('customer__lifecycle') }} = 'churned'"]) == 0
    ((churned,),) = sample.marts("select count(*) from customer_segments_current where lifecycle = 'churned'")
    assert f" {churned} " in capsys.readouterr().out
    assert metrics.main(out) == 0
    said = capsys.readouterr().out
    assert "Net revenue · 净收入" in said and "revenue_by_month" in said
    assert metrics.main([*out, "--metrics", "revenue"]) == 1
    assert "STOPPED: " in (complaint := capsys.readouterr().err) and "net_revenue" in complaint
    asked, condition = metrics.Metrics(sample.out), ["{{ Dimension('held__lifecycle') }} = 'first_time'"]
    with pytest.raises(Refused, match="asks for a date"):
        asked.sql(["repeat_rate"], where=condition)
    assert asked.sql(["repeat_rate"], ["metric_time__day"], condition) and asked.sql(["nps"], where=condition)
    with pytest.raises(Refused, match="say make build first"):
        metrics.Metrics(tmp_path)
