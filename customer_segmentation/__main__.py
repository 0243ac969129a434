"""The commands behind the Makefile: build (and publish), explain, dashboard, publish to PostgreSQL, and compare. See `make help`."""

import argparse
import gc
import json
import os
import sys
import tempfile
import textwrap
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from customer_segmentation.contract import PROJECT, Refused
from customer_segmentation.daily import fingerprint_of
from customer_segmentation.engine import TABLES, check_java, serve_python_models
from customer_segmentation.publish import bound_access, open_published, publish
from customer_segmentation.variables import as_values, check, is_date

STOPPED = "STOPPED: "  # begins a sentence for the user, whatever stands before it in a message of dbt
TARGETS = ("duckdb", "spark", "spark_server")
PARSED = ("recent_days",)  # the variables that YAML names, which dbt reads when it parses; all others it needs when a model runs
MANIFESTS: dict = {}  # the project as dbt has parsed it in this process, by its code and those variables, with the files that say so
FILES = ("manifest.json", "semantic_manifest.json")  # what commands after a build read of it; writing them takes dbt a second


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 if all went well, 1 if not (the reason is on stderr)."""
    parser = argparse.ArgumentParser(prog="customer_segmentation", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    build_parser = commands.add_parser("build", help="gates, dbt build and publish")
    build_parser.add_argument("--raw", help="folder of CSV or Parquet files, or schema:name on Spark (default: the sample company)")
    build_parser.add_argument("--as-of", help="date to look from, as 2025-12-31 (default: the date of the latest order)")
    build_parser.add_argument("--out", default="out", help="folder of the results (default: out)")
    build_parser.add_argument("--preset", help="set of criteria (default: ecommerce)")
    build_parser.add_argument("--vars", default="{}", help="more variables of dbt_project.yml, as JSON")
    build_parser.add_argument("--target", default="duckdb", choices=TARGETS, help="engine: duckdb, spark (here) or spark_server")
    explain_parser = commands.add_parser("explain", help="why a customer holds his classes")
    explain_parser.add_argument("--customer", required=True, help="customer_id")
    explain_parser.add_argument("--out", default="out", help="folder of a finished build (default: out)")
    dbt_parser = commands.add_parser("dbt", help="dbt itself, with what it needs to run our Python models on Spark")
    dbt_parser.add_argument("--out", default="out", help="folder of the build (default: out)")
    dbt_parser.add_argument("words", nargs=argparse.REMAINDER, help="what follows dbt, as: build --target spark")
    dashboard_parser = commands.add_parser("dashboard", help="one HTML file to look at what a finished build has published")
    dashboard_parser.add_argument("--customer", help="customer_id to put among the customers shown")
    dashboard_parser.add_argument("--names", default="none", choices=("none", "masked", "full"), help="names of customers (default: none)")
    dashboard_parser.add_argument("--out", default="out", help="folder of a finished build (default: out)")
    publish_parser = commands.add_parser("publish", help="put the marts of a finished build into PostgreSQL")
    publish_parser.add_argument("--to", required=True, help="postgresql://user@host/database, or postgres: what PGHOST and the like say")
    publish_parser.add_argument("--out", default="out", help="folder of a finished build (default: out)")
    publish_parser.add_argument("--bi-role", default="segments_reader", help="role that may read them (default: segments_reader)")
    compare_parser = commands.add_parser("compare", help="do two places hold the same public marts?")
    compare_parser.add_argument("places", nargs=2, help="a DuckDB file, a folder of Parquet files, or postgresql://user@host/database")
    compare_parser.add_argument("--manifest", default="out/target/manifest.json", help="what is public (default: out/target/manifest.json)")
    arguments = parser.parse_args(argv)
    return guarded(run, arguments)


def guarded(command, arguments) -> int:
    """Run a command of the user's: whatever comes, they get a sentence, and the details are in a file that it names."""
    try:
        return command(arguments)
    except Refused as refused:
        print(STOPPED + str(refused).removeprefix(STOPPED), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{STOPPED}interrupted. What was published before stays as it is; the next build begins anew.", file=sys.stderr)
        return 130
    except Exception as error:  # of any kind: it is our mistake, but the sentence is for the user
        with tempfile.NamedTemporaryFile("w", prefix="customer_segmentation_", suffix=".log", delete=False, encoding="utf-8") as log:
            traceback.print_exc(file=log)
        told = (str(error).strip().splitlines() or [type(error).__name__])[0]
        print(f"{STOPPED}{told} (The details are in {log.name}.)", file=sys.stderr)
        return 1


def run(arguments) -> int:
    """One command of the parser above."""
    if arguments.command == "dbt":
        from dbt.cli.main import dbtRunner

        set_places(Path(arguments.out).resolve())
        serve_python_models()
        return 0 if dbtRunner().invoke(arguments.words).success else 1
    if arguments.command == "dashboard":
        from customer_segmentation.dashboard import write_dashboard

        print(f"Dashboard {write_dashboard(arguments.out, arguments.customer, arguments.names)}")
        return 0
    if arguments.command == "publish":
        return publish_to(arguments.to, arguments.out, arguments.bi_role)
    if arguments.command == "compare":
        from customer_segmentation.compare import compare

        return compare(*arguments.places, Path(arguments.manifest))
    if arguments.command == "explain":
        return explain(arguments.customer, arguments.out)
    return build(arguments.raw, arguments.as_of, arguments.out, arguments.preset, arguments.vars, arguments.target)


def build(raw: str | None, as_of: str | None, out: str, preset: str | None, more_vars: str, target: str = "duckdb") -> int:
    """Run dbt build on the raw folder and, if all is green, publish OUT/segments.duckdb.

    target: the engine, an output of profiles.yml. The working tables are in OUT/warehouse.duckdb, in OUT/spark or on the server.
    """
    started = time.monotonic()
    variables = dbt_variables(raw, as_of, preset, more_vars)
    if target == "duckdb" and variables.get("raw_path", "").startswith(TABLES):
        raise Refused(f"RAW={raw} names a schema of a server: say TARGET=spark or spark_server, or give a folder.")
    if target == "spark":
        check_java()
    folder = Path(out).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    published = folder / "segments.duckdb"
    set_places(folder)
    os.chdir(PROJECT)  # the project's paths are relative to it

    print(f"Building from {variables.get('raw_path', 'the sample company (seeds/sample)')} ...", flush=True)
    results = folder / "target"  # of its own, so that builds into different folders do not meet
    others = os.umask(0o077)  # the working file holds names and addresses: it is its owner's alone
    if target != "duckdb":
        os.umask(others)
    try:
        problems = run_dbt(["build", "--exclude-resource-type", "unit_test"], variables, results, target)
    finally:
        os.umask(others)
    if (folder / "warehouse.duckdb").exists():
        (folder / "warehouse.duckdb").chmod(0o600)
    if not problems:
        problems = publish_from(target, folder, variables)
    if problems:
        print("\n".join(problems), file=sys.stderr)
        kept = f"{published} is unchanged" if published.exists() else "nothing was published"
        print(f"The build did not finish; {kept}.", file=sys.stderr)
        return 1
    if target == "duckdb":
        tell("What kind of run it was", lambda: print(kind_of_run(folder / "warehouse.duckdb")))
    (results / "variables.json").write_text(json.dumps(variables), "utf-8")  # explain reads them again
    tell("The report", lambda: report(published))
    print(f"Published {published} in {time.monotonic() - started:.0f} s.")
    if target == "duckdb":
        look_at(folder)
    return 0


def tell(what: str, step) -> None:
    """A step after publishing; if it fails, say so: whatever it is, the build itself went well."""
    try:
        step()
    except Exception as error:
        print(f"{what} could not be written, the published file is not touched by that: {error}", file=sys.stderr)


def look_at(folder: Path) -> None:
    """Write the dashboard of what has just been published."""

    def write():
        from customer_segmentation.dashboard import write_dashboard

        print(f"Dashboard {write_dashboard(folder)}")

    tell("The dashboard", write)


def set_places(folder: Path) -> None:
    """Tell profiles.yml and the models where this build's files are."""
    os.environ |= {
        "SEGMENTATION_WAREHOUSE": str(folder / "warehouse.duckdb"),
        "SEGMENTATION_SPARK": str(folder / "spark"),
        "SEGMENTATION_PUBLISHED": str(folder / "segments.duckdb"),
        "SEGMENTATION_DATA_DOCS": str(folder / "data_docs"),
        "DO_NOT_TRACK": "1",
    }


def publish_from(target: str, folder: Path, variables: dict) -> list[str]:
    """Publish what dbt has built; the sentences of what failed, [] if all went well."""
    published, manifest = folder / "segments.duckdb", folder / "target/manifest.json"
    if target == "duckdb":
        publish(folder / "warehouse.duckdb", published, manifest)
        return []
    version = f"v{datetime.now(UTC):%Y%m%d%H%M%S}"
    marts = Path(os.environ["SEGMENTATION_SPARK"]) / "published" / version
    arguments = json.dumps({"version": version, "folder": marts.as_uri()})
    problems = run_dbt(["run-operation", "publish_marts", "--args", arguments], variables, folder / "target", target)
    if not problems:
        publish(marts, published, manifest)
    return problems


def dbt_variables(raw: str | None, as_of: str | None, preset: str | None, more_vars: str) -> dict:
    """The variables for dbt; Refused if one of them makes no sense."""
    try:
        variables = json.loads(more_vars)
    except ValueError as error:
        raise Refused(f"VARS={more_vars} is not JSON: {error}.") from error
    if not isinstance(variables, dict):
        raise Refused(f'VARS={more_vars} is not a JSON object: write it as {{"timezone": "Europe/Berlin"}}.')
    if raw:
        variables["raw_path"] = raw if raw.startswith(TABLES) else str(Path(raw).resolve())
    if preset:
        variables["preset"] = preset
    if as_of:
        if not is_date(as_of):
            raise Refused(f"AS_OF={as_of} is not a date: write it as 2025-12-31.")
        variables["as_of_date"] = as_of
    check(variables)
    return variables


def run_dbt(command: list[str], variables: dict, results: Path, target: str = "duckdb") -> list[str]:
    """Run dbt in this process with one line of progress per slow node; the sentences of what failed, [] if all went well."""

    def show(event):
        if event.info.name == "NodeFinished" and event.data.run_result.execution_time >= 1:
            print(f"  {event.data.node_info.node_name}: {event.data.run_result.execution_time:.1f} s", flush=True)

    result = invoke(command, variables, results, target, show)
    if isinstance(result.exception, KeyboardInterrupt):
        raise result.exception
    if hasattr(result.result, "write"):
        result.result.write(str(results / "run_results.json"))
    for r in getattr(result.result, "results", []):
        if r.status == "warn":  # a data test of severity warn
            print(f"  Worth a look: it does not hold that {r.node.name.replace('_', ' ')} (tests/{r.node.name}.sql).", flush=True)
    if result.success:
        return []
    failed = [] if result.exception else [r for r in result.result.results if r.status in ("error", "fail")]
    said = [str(result.exception)] if result.exception else [f"{r.node.name}: {r.message}" for r in failed]
    sentences = [line[line.index(STOPPED) :] for words in said for line in words.splitlines() if STOPPED in line]
    if sentences:
        return list(dict.fromkeys(sentences))
    if overflow := [words.split(":")[0] for words in said if "Overflow" in words or "Out of Range" in words]:
        return [f"STOPPED: some numbers are too large to be counted with in {overflow[0]}: look for amounts or rates out of proportion."]
    if any("Conflicting lock" in words or "another instance of Derby" in words for words in said):
        return ["STOPPED: another process has the warehouse open; wait for it or give another OUT=folder."]
    return said


def invoke(command: list[str], variables: dict, results: Path, target: str = "duckdb", *callbacks):
    """The dbtRunnerResult of a command, run in this process; the project is parsed once for all that parse the same of it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    serve_python_models()
    options = ["--target", target, "--vars", json.dumps(as_values(variables)), "--log-level", "none"]
    options += ["--profiles-dir", ".", "--target-path", str(results), "--log-path", str(results)]
    key = (fingerprint_of(target), *(variables.get(name) for name in PARSED))
    try:
        if key not in MANIFESTS:
            parsed = dbtRunner().invoke(["parse", *options])
            if not parsed.success:
                return parsed
            MANIFESTS[key] = parsed.result, [(results / name).read_bytes() for name in FILES]
        manifest, contents = MANIFESTS[key]
        results.mkdir(parents=True, exist_ok=True)
        for name, content in zip(FILES, contents, strict=True):
            (results / name).write_bytes(content)
        return dbtRunner(manifest, callbacks=list(callbacks)).invoke([*command, "--no-write-json", *options])
    finally:
        DuckDBConnectionManager.close_all_connections()  # let go of the file, for publish: also where a cursor waits to be collected
        gc.collect()


def explain(customer: str, out: str) -> int:
    """Print the answer of analyses/why_this_class.sql for one customer of a finished build."""
    folder = Path(out).resolve()
    warehouse, target = folder / "warehouse.duckdb", folder / "target"
    if not warehouse.exists():
        on_spark = " (one made on Spark has no such file: docs/engines.md says how to ask there)" if (folder / "spark").exists() else ""
        raise Refused(f"There is no {warehouse.name} in {folder}{on_spark}: say make build first, or OUT=folder of another one.")
    kept = target / "variables.json"
    variables = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    os.environ["SEGMENTATION_WAREHOUSE"] = str(warehouse)
    os.chdir(PROJECT)
    problems = run_dbt(["compile", "--select", "why_this_class"], variables | {"customer": customer}, target)
    if problems:
        raise Refused("; ".join(problems))
    query = (target / "compiled/customer_segmentation/analyses/why_this_class.sql").read_text("utf-8")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        bound_access(connection)
        answer = connection.sql(query)
        if not len(answer):
            raise Refused(f"No customer {customer} is known at the latest as-of date.")
        answer.show(max_width=200, max_rows=99)
    return 0


def publish_to(address: str, out: str, bi_role: str) -> int:
    """Put the marts of a finished build into PostgreSQL."""
    from customer_segmentation.postgres import SCHEMA, publish_to_postgres

    started = time.monotonic()
    rows = publish_to_postgres(address, out, bi_role)
    print(f"Published {len(rows)} marts with {sum(rows.values()):,} rows to schema {SCHEMA} in {time.monotonic() - started:.0f} s.")
    return 0


def kind_of_run(warehouse: Path) -> str:
    """Whether everything was judged or only what is new, and what that did to the past."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        run, because = connection.execute("select run, because from raw.run").fetchone()
        if run == 0:
            return f"A full build: {because}."
        (files,) = connection.execute("select count(*) from raw.deliveries where run = ?", [run]).fetchone()
        (rows,) = connection.execute("select sum(row_count) from raw_files").fetchone()
        frozen, restated = connection.execute(
            "select max(as_of_date) filter (where is_frozen), bool_or(is_restated) from as_of_dates"
        ).fetchone()
        late = connection.execute(
            """
            select source, rows_changed, customers_changed, changed_from, dates_restated from history_restated
            where run = ? and run_on = (select max(as_of_date) from as_of_dates) order by source
            """,
            [run],
        ).fetchall()
    lines = [
        f"Daily run {run}: {files} new files with {rows:,} rows; "
        + (f"dates up to {frozen} stay as they were." if frozen else "no date stays.")
    ]
    for source, changed, customers, day, dates in late if restated else []:
        came = f"  {source}: {changed:,} rows of {customers:,} customers came late or corrected and count from {day}"
        lines.append(f"{came}: {dates} past dates judged again")
    return "\n".join(lines)


def report(published: Path) -> None:
    """What the user wants to know first: what was wrong with the data, and how the customers divide."""
    with open_published(published) as connection:
        warnings = connection.execute("""
            select sentence from gate_results where status = 'warn'
            order by source <> 'orders', check_name = 'rejected rows', source, check_name
        """).fetchall()
        rejected = connection.execute("select source, count(*) from rejected_rows group by source order by source").fetchall()
        sizes = connection.execute("""
            select name_en, customers, sizes.net_revenue
            from segment_sizes as sizes inner join segment_classes as classes using (dimension, class)
            where dimension = 'rfm_segment' and as_of_date = (select max(as_of_date) from segment_sizes) and customers > 0
            order by class_order desc
        """).fetchall()
        drifts = connection.execute("""
            select distinct dimension, psi, compared_date from segment_drift
            where status = 'stop' and compared_with = 'previous' and as_of_date = (select max(as_of_date) from segment_sizes)
            order by psi desc
        """).fetchall()
        forecast = connection.execute("""
            select expected_orders, orders_low, orders_high, expected_value, tested_from, tested_ratio
            from forecast_totals order by as_of_date desc limit 1
        """).fetchone()
        told = connection.execute("select note from forecast_parameters order by as_of_date desc, model").fetchone()
        best = connection.execute("select predictor, auc from forecast_backtest where is_preferred order by as_of_date desc").fetchone()
    print(
        f"{len(warnings)} gate warnings (see gate_results)"
        + "".join(f"\n  {textwrap.shorten(sentence, 160, placeholder=' ...')}" for (sentence,) in warnings[:5])
    )
    print("Rejected rows (see rejected_rows): " + (", ".join(f"{source} {count:,}" for source, count in rejected) or "none"))
    print(f"{sum(customers for _, customers, _ in sizes):,} customers by RFM segment:")
    for name, customers, revenue in sizes:
        print(f"  {name:<20} {customers:>9,} customers {revenue:>18,.2f} net revenue")
    print(in_words(forecast, told, best))
    if drifts:
        shifted = ", ".join(f"{dimension} ({psi:.2f})" for dimension, psi, _ in drifts)
        print(f"Shifted far since {drifts[0][2]}, explain before acting (see segment_drift): {shifted}")


def in_words(forecast: tuple | None, told: tuple | None, best: tuple | None) -> str:
    """The forecast of the latest date in a line, or why there is none."""
    if forecast is None or forecast[0] is None:
        because = told[0] if told and told[0] else "the last holdout refused the model (see forecast_backtest)"
        return f"No forecast: {because}."
    orders, low, high, value, tested_from, ratio = forecast
    test = f"; the same from {tested_from} came to {ratio:.2f} of what came" if ratio else ""
    ranked = f"; who buys again was best told by {best[0]} (AUC {best[1]:.2f})" if best and best[1] is not None else ""
    bounds = f" ({low:,.0f} to {high:,.0f})" if low is not None and high is not None else ""
    money = f" of {value:,.2f}" if value is not None else ", of unknown value (the model of values did not fit: see forecast_parameters)"
    return f"Forecast: {orders:,.0f} purchase days{bounds}{money}{test}{ranked}."


if __name__ == "__main__":
    sys.exit(main())
