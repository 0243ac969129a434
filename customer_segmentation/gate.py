"""The gates: Great Expectations over the typed raw rows, graded into `passed`, `warn` and `stop`.

The rules stand in models/staging/_sources.yml beside the columns. Row-level faults stop nothing by themselves
(staging turns the row away); the gates ask how many there are, and whether the load as a whole can be trusted.
"""

import contextlib
import json
import logging
import os
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from customer_segmentation.contract import Column, Table, read_contract
from customer_segmentation.data_docs import write_docs
from customer_segmentation.load import not_read
from customer_segmentation.publish import open_published

SAMPLES = 3
WHOLE_DELIVERY = 20  # rows, of which not one is good, that are no bad luck any more
TEXTS = ("source", "folder", "file", "column_name", "check_name", "status", "severity")
COUNTS = ("rows_checked", "rows_failing")
NUMBERS = ("warn_above", "stop_above", "observed")
WORDS = ("sentence", "sample_rows", "expectation")
RESULT_COLUMNS = (
    dict.fromkeys(TEXTS, "string") | dict.fromkeys(COUNTS, "bigint") | dict.fromkeys(NUMBERS, "double") | dict.fromkeys(WORDS, "string")
)


@dataclass
class Rule:
    """One check of one column or table.

    expectation: the Great Expectations object; what: words for what fails it; fails: the failing rows in SQL, to show
    some; warn, stop: the share of rows (0 to 1) above which the check warns or stops the build, None for never.
    """

    column: str | None
    check: str
    expectation: object
    what: str
    fails: str | None = None
    warn: float | None = 0.0
    stop: float | None = None


def run_gates(engine, raw_path: str, as_of_date: str | None, published: str, docs: str) -> list[list]:
    """Run every rule on `checked_<table>`, in a daily run on what it has taken in, and return rows of RESULT_COLUMNS, one per rule.

    engine: sees raw_files and the checked tables; as_of_date: ISO date, None for the latest order; published: the
    last published file, which is the last accepted load; docs: the folder that Data Docs are written to.
    """
    [(run,)] = engine.rows(f"select max(run) from {engine.schema}.raw_files")
    last = {} if run else last_accepted_load(published, raw_path)  # a delivery is not like all there is
    results = []
    with quiet_context() as context, gated_rows(engine, run):
        batches = Batches(context, engine)
        for table in read_contract():
            [(file, malformed)] = engine.rows(f"select file, malformed from {engine.schema}.raw_files where source = '{table.name}'")
            if file is not None:
                rules = [
                    *table_rules(table, last),
                    *(r for c in table.columns for r in column_rules(engine, table, c, as_of_date, last, run > 0)),
                ]
                outcomes = batches.validate(table.name, [rule.expectation for rule in rules])
                [(rows,)] = engine.rows(f"select count(*) from {engine.schema}.gated_{table.name}")
                results += [
                    [table.name, raw_path, file, *graded(engine, table, file, rows, rule, outcome, run > 0)]
                    for rule, outcome in zip(rules, outcomes, strict=True)
                ]
                results.append([table.name, raw_path, file, *broken_lines(engine, table, file, rows + malformed, malformed, run > 0)])
        results += unread_files(raw_path)
        write_docs(context, docs)
        batches.close()
    return results


@contextmanager
def gated_rows(engine, run: int):
    """Views `gated_<table>`: what this run has taken in (all of it in a full one), but rows that a later delivery replaces."""
    execute = getattr(engine, "execute", engine.rows)
    taken_in = f"delivery in (select delivery from {engine.raw_schema}.deliveries where run = {run})" if run else "true"
    for table in read_contract():
        execute(f"""
            create or replace view {engine.schema}.gated_{table.name} as
            select * from {engine.schema}.checked_{table.name}
            where {taken_in} and coalesce(rejected_because, '') not like '%: replaced by a later delivery'
        """)
    yield
    for table in read_contract():
        execute(f"drop view {engine.schema}.gated_{table.name}")


def table_rules(table: Table, last: dict) -> list[Rule]:
    from great_expectations import expectations as expect

    limits, key = table.meta["limits"], table.meta["key"]
    is_null = expect.ExpectColumnValuesToBeNull
    if len(key) == 1:
        is_unique = expect.ExpectColumnValuesToBeUnique(column=key[0])
    else:
        is_unique = expect.ExpectCompoundColumnsToBeUnique(column_list=key, ignore_row_if="any_value_is_missing")
    blanked = "have an optional value that cannot be read and counts as missing"
    twice = "rejected_because like '%: duplicate'"
    rules = [
        Rule(
            None,
            "rejected rows",
            is_null(column="rejected_because"),
            "are turned away",
            "rejected_because is not null",
            **limits["rejected"],
        ),
        Rule(None, "readable optional values", is_null(column="blanked"), blanked, "blanked is not null"),
        Rule(", ".join(key), "unique key", is_unique, "share their key with another row", twice, **limits["rejected"]),
    ]
    for level in ("warn", "stop"):
        least = round(last.get((table.name, None, "rows, warn"), 0) * (1 - limits["shrink"][level]))
        what = f"are too few: the last accepted load calls for {least:,} or more"
        rules.append(Rule(None, f"rows, {level}", expect.ExpectTableRowCountToBeBetween(min_value=least), what, **only(level)))
    return rules


def column_rules(engine, table: Table, column: Column, as_of_date: str | None, last: dict, is_daily: bool) -> list[Rule]:
    from great_expectations import expectations as expect

    name, meta, limits = column.name, column.meta, table.meta["limits"]["rejected"]
    rules = []
    if column.is_required:
        what = f"have no {name} that can be read"
        rules.append(
            Rule(name, "present and readable", expect.ExpectColumnValuesToNotBeNull(column=name), what, f"{name} is null", **limits)
        )
    if column.data_type == "string" and (name in table.meta["key"] or "refers_to" in meta):
        rounded = f"substr({name}, length({name}) - 3, 2) = 'E+' and substr({name}, 1, 1) between '0' and '9'"
        what = "hold an id that a spreadsheet has rounded (1.23457E+17), so that different ones look alike: export the column as text"
        rules.append(Rule(name, "whole ids", rows_where(rounded), what, rounded, stop=0.01))
    if "at_least" in meta:
        low, least = f"{name} < {meta['at_least']}", meta["at_least"]
        in_range = expect.ExpectColumnValuesToBeBetween(column=name, min_value=least)
        rules.append(Rule(name, "not too low", in_range, f"are below {least}", low, **limits))
    if "values" in meta:
        words = tuple(meta["values"])
        in_set = expect.ExpectColumnValuesToBeInSet(column=name, value_set=words)
        rules.append(Rule(name, "known words", in_set, f"hold a word other than {', '.join(words)}", f"{name} not in {words}"))
    if "refers_to" in meta:
        stranger, what = f"{name}: not in {meta['refers_to']}", f"name a value of {name} that is not in {meta['refers_to']}"
        fails = f"rejected_because = '{stranger}'"
        rules.append(Rule(name, f"known in {meta['refers_to']}", rows_where(fails), what, fails, **limits))
    if "distribution" in meta:
        mean = last.get((table.name, name, "mean like last time"))
        margin = abs(mean or 0) * meta["distribution"]["warn"]
        allowed = {"min_value": mean - margin, "max_value": mean + margin} if mean is not None else {"min_value": -1e18}
        what = f"have another mean than in the last accepted load, where it was {mean or 0:,.2f}"
        rules.append(Rule(name, "mean like last time", expect.ExpectColumnMeanToBeBetween(column=name, **allowed), what))
    if "freshness_days" in table.meta and column.is_required and column.data_type == "timestamp":
        rules += date_rules(engine, table, name, as_of_date, is_daily)
    return rules


def date_rules(engine, table: Table, name: str, as_of_date: str | None, is_daily: bool) -> list[Rule]:
    """Nothing may stand apart and move the as-of date; with a given one, the data must begin before and reach near it."""
    rows = f"{engine.schema}.checked_{table.name}"
    day = f"select cast({name} as date) as day from {{}} where rejected_because is null"
    # a day stands apart from all others, or it does not: those of earlier runs count as well
    good = f"({day.format('{batch}')}{f' union {day.format(rows)}' if is_daily else ''})"
    # a wide gap with next to nothing behind it; the gap after the very first day tells nothing, that day may be a lone one too
    lone = f"""
        select day from (
            select day, gap, count(*) over (order by day desc) as days_after, count(*) over () as days,
                coalesce(max(case when place > 2 then gap end) over earlier, max(gap) over earlier) as widest_before
            from (
                select day, {engine.days("lag(day) over (order by day)", "day")} as gap, row_number() over (order by day) as place
                from (select distinct day from {good})
            )
            window earlier as (order by day rows between unbounded preceding and 1 preceding)
        )
        where gap > {table.meta["lone_date"]["days"]} and gap > {table.meta["lone_date"]["times"]} * widest_before
          and days_after <= greatest(1, {table.meta["lone_date"]["share"]} * days)
    """
    latest = f"cast({name} as date) = (select max(cast({name} as date)) from {rows} where rejected_because is null)"
    what = "lie far after all others and would move the as-of date: correct it, or say AS_OF=date"
    stop = None if as_of_date else 0.0
    rules = [Rule(name, "no date apart from all others", rows_where(query=lone), what, latest, stop=stop)]
    coming = f"cast({name} as date) > date '{date.today()}'"  # the clock serves a warning, and no number
    what = "lie after today: business that is planned, or a wrong year? AS_OF=date looks from an earlier day"
    rules.append(Rule(name, "not after today", rows_where(coming), what, coming))
    if as_of_date:
        begins = f"select 1 from (select min(day) as first from {good}) where first > date '{as_of_date}'"
        what = f"begin after AS_OF={as_of_date}: there is nothing to look at"
        rules.append(Rule(name, "begins before AS_OF", rows_where(query=begins), what, stop=0.0))
        for level, days in table.meta["freshness_days"].items():
            oldest = date.fromisoformat(as_of_date) - timedelta(days)
            ends = f"select 1 from (select max(day) as last from {good}) where last < date '{oldest}'"
            what = f"end the data, more than {days} days before AS_OF={as_of_date}"
            rules.append(Rule(name, f"fresh, {level}", rows_where(query=ends), what, latest, **only(level)))
    return rules


def only(level: str) -> dict:
    """The limits of a rule that does nothing but warn, or nothing but stop, as soon as it fails."""
    return {"warn": None, level: 0.0}


def rows_where(condition: str = "", query: str = ""):
    """The expectation that no row meets the condition (or comes out of the query, in which {batch} is the table)."""
    from great_expectations import expectations as expect

    return expect.UnexpectedRowsExpectation(unexpected_rows_query=query or f"select * from {{batch}} where {condition}")


def graded(engine, table: Table, file: str, rows: int, rule: Rule, outcome, is_daily: bool) -> list:
    """One result row: how many fail, whether that is too many, and a sentence that says so."""
    kind, found = outcome.expectation_config.type, outcome.result
    observed = found.get("observed_value")
    if kind == "unexpected_rows_expectation":
        failing = observed
    else:  # a check of the whole table counts no rows: it fails with all of them
        failing = found.get("unexpected_count", 0 if outcome.success else rows)
    status = status_of(failing, rows, rule.warn, rule.stop, is_daily)
    samples = sample(engine, table, rule.fails) if status != "passed" and rule.fails else None
    sentence = sentence_of(file, rule.column, rule.check, rule.what, failing if rule.fails else None, rows, status, samples)
    observed = round(float(observed), 6) if observed is not None else None
    return [rule.column, rule.check, status, severity_of(rule.stop), rows, failing, rule.warn, rule.stop, observed, sentence, samples, kind]


def broken_lines(engine, table: Table, file: str, rows: int, malformed: int, is_daily: bool) -> list:
    """Lines that are not rows: counted while reading, graded like rejected rows."""
    limits = table.meta["limits"]["rejected"]
    status = status_of(malformed, rows, **limits, is_daily=is_daily)
    lines = f"""
        select line, reason from {engine.raw_schema}.malformed_lines where source = '{table.name}' order by line limit {SAMPLES}
    """
    samples = "; ".join(f"line {line}: {reason}" for line, reason in engine.rows(lines))
    what = "are not rows (a quote left open, or another number of fields than the header)"
    sentence = sentence_of(file, None, "whole rows", what, malformed, rows, status, samples)
    return [
        None,
        "whole rows",
        status,
        severity_of(limits["stop"]),
        rows,
        malformed,
        *limits.values(),
        float(malformed),
        sentence,
        samples or None,
        "read_csv",
    ]


def unread_files(raw_path: str) -> list[list]:
    """One warning about all that lies in the folder and is read by nobody."""
    told = not_read(Path(raw_path), read_contract())
    status = "warn" if told else "passed"
    sentence = f"Not read in {raw_path}: {', '.join(told)}." if told else None
    return [
        [
            "folder",
            raw_path,
            None,
            None,
            "every file is read",
            status,
            "warn",
            None,
            len(told),
            0.0,
            None,
            float(len(told)),
            sentence,
            None,
            "files",
        ]
    ]


def severity_of(stop: float | None) -> str:
    """The worst that a failure of the check can do."""
    return "warn" if stop is None else "stop"


def status_of(failing: int, rows: int, warn: float | None, stop: float | None, is_daily: bool = False) -> str:
    """A share of rows that may fail holds for the data as a whole; of one day's only a delivery that is wholly wrong stops the build."""
    share = failing / max(rows, 1)
    if is_daily and stop and not (share == 1 and rows >= WHOLE_DELIVERY):
        stop = None
    if stop is not None and share > stop:
        return "stop"
    return "warn" if warn is not None and share > warn else "passed"


def sentence_of(file, column, check, what, failing, rows, status, samples) -> str | None:
    """What is wrong, in words: file, column, rule, count (None: all rows together), and rows to look at; None if nothing is."""
    if status == "passed":
        return None
    place = f"{file}, column {column}" if column else file
    verdict = "more than may be, the build stops" if status == "stop" else "worth a look"
    tail = f" For example: {samples}" if samples else ""
    count = f"{rows:,} rows" if failing is None else f"{failing:,} of {rows:,} rows ({failing / max(rows, 1):.1%})"
    return f"{place}, rule '{check}': {count} {what}; {verdict}.{tail}"


def sample(engine, table: Table, fails: str) -> str:
    """A few failing rows, by key; their raw text where they are rejected (personal columns are hidden there)."""
    key = table.meta["key"]
    names = ", ".join(f"cast({name} as string)" for name in key)
    order = ", ".join(f"checked.{name} nulls last" for name in [*key, "raw_row"])  # the column, not its text
    rows = engine.rows(
        f"select raw_row, {names} from {engine.schema}.gated_{table.name} as checked where {fails} order by {order} limit {SAMPLES}"
    )
    shown = [json.loads(raw_row) if raw_row else dict(zip(key, values, strict=True)) for raw_row, *values in rows]
    return "; ".join(json.dumps({n: v for n, v in row.items() if v is not None}, ensure_ascii=False) for row in shown)


def last_accepted_load(published: str, raw_path: str) -> dict:
    """(source, column, check) -> observed number of the last published build from the same folder; {} if there is none."""
    if not Path(published).exists():
        return {}
    with open_published(published) as connection:
        rows = connection.execute(
            "select source, column_name, check_name, observed from gate_results where folder = ? and observed is not null", [raw_path]
        ).fetchall()
        with contextlib.suppress(duckdb.CatalogException):  # of Spark, or published before there was that table
            if connection.execute("select run from base.published_from").fetchone()[0]:
                rows = []  # a delivery's: all there is, is not like it
            so_far = "select source, null, 'rows, warn', row_count from base.accepted_rows where folder = ?"
            rows += connection.execute(so_far, [raw_path]).fetchall()
    return {(source, column, check): observed for source, column, check, observed in rows}


class Batches:
    """Great Expectations on dbt's own connection, through SQLAlchemy (it has no source for DuckDB, and one way serves both engines)."""

    def __init__(self, context, engine):
        self.context = context
        self.schema = engine.schema
        self.source = context.data_sources.add_sql("raw", **engine.sqlalchemy)

    def validate(self, source: str, expectations: list):
        """The outcomes in the order of the expectations."""
        import great_expectations as gx

        asset = self.source.add_table_asset(source, table_name=f"gated_{source}", schema_name=self.schema)
        for number, expectation in enumerate(expectations):
            expectation.meta = {"number": number}
        suite = self.context.suites.add(gx.ExpectationSuite(name=source, expectations=expectations))
        definition = gx.ValidationDefinition(name=source, data=asset.add_batch_definition_whole_table("all"), suite=suite)
        results = self.context.validation_definitions.add(definition).run(result_format="SUMMARY").results
        for outcome in results:
            if outcome.exception_info.get("raised_exception"):
                raise RuntimeError(f"{source}: {outcome.expectation_config.type} failed: {outcome.exception_info['exception_message']}")
        return sorted(results, key=lambda outcome: outcome.expectation_config.meta["number"])

    def close(self) -> None:
        self.source.get_engine().dispose()


class quiet_context:
    """An ephemeral Great Expectations context without progress bars, log lines and telemetry."""

    def __enter__(self):
        os.environ["GX_ANALYTICS_ENABLED"] = "false"
        self.warnings = warnings.catch_warnings()
        self.warnings.__enter__()
        warnings.simplefilter("ignore")
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        logging.disable(logging.INFO)
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        return context

    def __exit__(self, *_):
        self.warnings.__exit__(None, None, None)
        logging.disable(logging.NOTSET)
