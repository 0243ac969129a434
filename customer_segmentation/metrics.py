"""Metrics: ask the semantic layer of a finished build for numbers, in one process and reading only. See `make metrics`."""

import argparse
import sys
from pathlib import Path

import duckdb
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest, OutputColumnOrderMode
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.errors.error_classes import MetricFlowException
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from customer_segmentation.contract import Refused
from customer_segmentation.load import first_line
from customer_segmentation.publish import bound_access

DATES = {"metric_time__day", "metric_time__month"}
SHOWN = {"TIMESTAMP": "cast({0} as date) as {0}", "DOUBLE": "round({0}, 4) as {0}"}  # what people read; the answer has it all


class DuckDb:
    """What MetricFlow must know of the database to write SQL; nothing is run through it."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


class Metrics:
    """The metrics of the build in the folder `out`."""

    def __init__(self, out: Path):
        manifest, self.warehouse = out / "target/semantic_manifest.json", out / "warehouse.duckdb"
        if not manifest.exists() or not self.warehouse.exists():
            raise Refused(f"There is no build with metrics in {out}: say make build first, or OUT=folder of another one.")
        self.manifest = parse_manifest_from_dbt_generated_manifest(manifest.read_text("utf-8"))
        measures = [measure for model in self.manifest.semantic_models for measure in model.measures]
        on_a_date = {measure.name for measure in measures if measure.non_additive_dimension}
        self.states = {m.name for m in self.manifest.metrics if on_a_date & {used.name for used in m.type_params.input_measures}}
        self.engine = MetricFlowEngine(SemanticManifestLookup(self.manifest), DuckDb())

    def sql(self, metrics=(), by=(), where=(), saved=None) -> str:
        """The SQL that answers, in the order of `by`; names and conditions as `mf query` takes them. Refused if there is no such answer."""
        if self.states & set(metrics) and any("held__" in words for words in where) and not DATES & set(by):
            # MetricFlow looks for the last date after the condition: of a class that nobody holds today it would be one of the past
            raise Refused("A condition on held__ asks for a date: add metric_time__day to BY, or say customer__ for the class of today.")
        asked = {"metric_names": metrics, "group_by_names": by, "where_constraints": where, "order_by_names": by}
        request = MetricFlowQueryRequest.create(
            saved_query_name=saved,
            output_column_order_mode=OutputColumnOrderMode.INPUT_ORDER,
            **{name: list(words) or None for name, words in asked.items()},
        )
        try:
            return self.engine.explain(request).sql_statement.without_descriptions.sql
        except MetricFlowException as error:
            raise Refused(" ".join(str(error).split())) from error

    def list(self) -> str:
        """Every metric with its name in both languages and its definition, and the saved queries."""
        lines = [f"{metric.name:<24} {metric.label}. {metric.description}" for metric in self.manifest.metrics]
        return "\n".join([*lines, "", *(f"{query.name:<24} {query.description}" for query in self.manifest.saved_queries)])


def main(argv: list[str] | None = None) -> int:
    """Print the answer, or without a question what may be asked; 0 if all went well, 1 if not (the reason is on stderr)."""
    parser = argparse.ArgumentParser(prog="customer_segmentation.metrics", description=__doc__)
    parser.add_argument("--metrics", default="", help="names, joined by commas")
    parser.add_argument("--by", default="", help="what to divide them by, joined by commas: metric_time__month,customer__lifecycle")
    parser.add_argument("--where", action="append", default=[], help="a condition, as \"{{ Dimension('customer__channel') }} = 'online'\"")
    parser.add_argument("--saved", help="a saved query, in place of all these")
    parser.add_argument("--out", default="out", help="folder of a finished build (default: out)")
    arguments = parser.parse_args(argv)
    metrics, by = ([name.strip() for name in words.split(",") if name.strip()] for words in (arguments.metrics, arguments.by))
    try:
        asked = Metrics(Path(arguments.out))
        if not metrics and not arguments.saved:
            print(asked.list())
            return 0
        with duckdb.connect(str(asked.warehouse), read_only=True) as connection:
            bound_access(connection)
            answer = connection.sql(asked.sql(metrics, by, arguments.where, arguments.saved))
            columns = [SHOWN.get(str(kind), "{0}").format(name) for name, kind in zip(answer.columns, answer.types, strict=True)]
            answer.project(", ".join(columns)).show(max_width=200, max_rows=999)
    except (Refused, duckdb.Error) as refused:
        busy = "Conflicting lock" in str(refused)
        print(f"STOPPED: {'a build has the warehouse open; wait for it.' if busy else first_line(refused)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
