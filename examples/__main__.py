"""Map real data sets to the raw contract, build them, and reconcile what came out with what went in and with README.md."""

import argparse
import hashlib
import itertools
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from customer_segmentation.__main__ import Refused, build
from customer_segmentation.compare import digests
from customer_segmentation.load import literal
from customer_segmentation.publish import open_published

EXAMPLES = Path(__file__).resolve().parent


BACKTEST = """
    select
        name_en, max(count(distinct as_of_date)) over (), sum(customers),
        sum(repurchase_rate * customers) / sum(customers),
        sum(repurchase_rate * customers) / sum(population_repurchase_rate * customers),
        sum(orders_per_customer * customers) / sum(customers),
        sum(net_spend_per_customer * customers) / sum(customers)
    from segment_backtest inner join segment_classes using (dimension, class)
    where dimension = 'rfm_segment'
    group by name_en, class_order
    order by class_order desc
"""


@dataclass(frozen=True)
class Example:
    """A data set: its file (of several the largest) in the data folder, the date to look from, variables of dbt_project.yml."""

    file: str
    as_of: str
    variables: dict = field(default_factory=dict)
    shuffle: bool = False  # build it again from shuffled rows, which must change nothing


CATALOGUE = {
    "online_retail": Example("online_retail/online_retail.parquet", as_of="2011-12-10"),
    "cdnow": Example("cdnow/cdnow_master.parquet", as_of="1998-06-30", shuffle=True),
    "complete_journey": Example("complete_journey/transactions.parquet", as_of="2017-12-31", variables={"timezone": "America/New_York"}),
    "olist": Example("olist/orders.parquet", as_of="2018-08-31"),  # the latest whole month: see reconcile.sql
    "marketing_campaign": Example(
        "marketing_campaign/marketing_campaign.parquet",
        as_of="2014-10-04",
        variables={"recent_days": 730, "history_months": 0, "calibrate_customers": 1_000_000},  # why: see map.sql
    ),
}


def main(argv: list[str] | None = None) -> int:
    """Run the examples; 0 if all that ran were built and reconcile, 1 if not (the reason is printed)."""
    parser = argparse.ArgumentParser(prog="python -m examples", description=__doc__)
    parser.add_argument("--data", default=os.environ.get("DATA"), help="folder of the data sets (default: environment variable DATA)")
    parser.add_argument("--only", choices=CATALOGUE, help="run this one (default: all)")
    parser.add_argument("--out", default="out", help="folder of the results, one in it per example (default: out)")
    arguments = parser.parse_args(argv)
    if not arguments.data:
        files = ", ".join(example.file for example in CATALOGUE.values())
        print(f"STOPPED: say where the data are, as DATA=folder; it should hold one or more of {files}.", file=sys.stderr)
        return 1
    data, out = Path(arguments.data).resolve(), Path(arguments.out).resolve()  # build changes the working folder
    outcomes = []
    for name in [arguments.only] if arguments.only else CATALOGUE:
        if (data / CATALOGUE[name].file).is_file():
            outcomes.append(run(name, data, out / name))
        else:
            print(f"{name}: skipped, because there is no {CATALOGUE[name].file} in {data}.", file=sys.stderr)
    return 0 if outcomes and all(outcomes) else 1


def run(name: str, data: Path, out: Path) -> bool:
    """Map, build and reconcile one example in the folder `out`; whether all went well."""
    print(f"\n{name}, as of {CATALOGUE[name].as_of}", flush=True)
    try:
        map_to_raw(name, data, out / "raw")
        built = build_example(name, out)
    except (Refused, duckdb.Error) as error:
        print(f"STOPPED: {error}", file=sys.stderr)
        return False
    if built:
        tell_backtest(out)
    checked = built and all([reconcile(name, data, out), as_documented(name, out)])
    return checked and (not CATALOGUE[name].shuffle or same_when_shuffled(name, out))


def build_example(name: str, out: Path) -> bool:
    """Build the folder `<out>/raw` as the catalogue says; whether that was green."""
    example = CATALOGUE[name]
    return build(str(out / "raw"), example.as_of, str(out), preset=None, more_vars=json.dumps(example.variables)) == 0


def tell_backtest(out: Path) -> None:
    """Print what the holders of each RFM segment bought in the period after, over all past dates whose period is known."""
    with open_published(out / "segments.duckdb") as connection:
        rows = connection.execute(BACKTEST).fetchall()
    print(f"What came after ({rows[0][1]} past dates):" if rows else "What came after: no past date has a whole period after it.")
    for segment, _, customers, rate, lift, orders, spend in rows:
        bought = f"{rate:>6.1%} bought again, lift {lift:.2f}, {orders:>6.2f} orders, {spend:>9,.2f} net spend each"
        print(f"  {segment:<20} {customers:>9,} customer-dates {bought}")


def same_when_shuffled(name: str, out: Path) -> bool:
    """Build the same rows in another order into `<out>_shuffled`; whether every mart is the same."""
    other = out.with_name(f"{name}_shuffled")
    (other / "raw").mkdir(parents=True, exist_ok=True)
    for file in sorted((out / "raw").glob("*.parquet")):
        rows = f"select * from read_parquet({literal(file)}) as raw order by md5(cast(raw as varchar))"
        duckdb.execute(f"copy ({rows}) to {literal(other / 'raw' / file.name)}")
    print(f"\n{name} again, from shuffled rows", flush=True)
    if not build_example(name, other):
        return False
    prints = {folder.name: hashlib.md5(repr(digests(folder / "segments.duckdb")).encode()).hexdigest() for folder in (out, other)}
    print("\n".join(f"  all marts of {folder:<20} {value}" for folder, value in prints.items()))
    return len(set(prints.values())) == 1


def map_to_raw(name: str, data: Path, raw: Path) -> None:
    """Run the example's map.sql, which writes the tables of the contract into the folder `raw`."""
    raw.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("set variable data = ?", [str(data)])
        connection.execute("set variable raw = ?", [str(raw)])
        connection.execute((EXAMPLES / name / "map.sql").read_text("utf-8"))


def reconcile(name: str, data: Path, out: Path) -> bool:
    """Print each figure of the example's reconcile.sql, from the source and from the result; whether all are equal."""
    print("Reconciled with the source:")
    equal = True
    with duckdb.connect() as connection:
        connection.execute("set variable data = ?", [str(data)])
        for database in ("warehouse", "segments"):
            connection.execute(f"attach {literal(out / f'{database}.duckdb')} as {database} (read_only)")
        for statement in connection.extract_statements((EXAMPLES / name / "reconcile.sql").read_text("utf-8")):
            for figure, source, result in connection.execute(statement).fetchall():
                verdict = "equal" if source == result else "DIFFERENT"
                print(f"  {figure:<60} {source:>14,} {result:>14,}  {verdict}")
                equal &= source == result
    return equal


def as_documented(name: str, out: Path) -> bool:
    """Print where the customers by class differ from the table of README.md; whether they are equal."""
    built, documented = sizes(out / "segments.duckdb"), documented_sizes()[name]
    differing = [dimension for dimension in built | documented if built.get(dimension) != documented.get(dimension)]
    print(f"Customers by class of {len(built)} dimensions, as examples/README.md has them: {'DIFFERENT' if differing else 'equal'}")
    for dimension in differing:
        print(f"  {dimension}: README {cell(documented.get(dimension, {}))}, result {cell(built.get(dimension, {}))}")
    return not differing


def sizes(published: Path) -> dict[str, dict[str, int]]:
    """Customers by dimension and class on the latest date, of the dimensions in which anybody is known."""
    with open_published(published) as connection:
        rows = connection.execute("""
            select dimension, class, customers
            from segment_sizes inner join segment_classes using (dimension, class)
            where as_of_date = (select max(as_of_date) from segment_sizes)
            order by dimension, class_order, class""").fetchall()
    counts = {}
    for dimension, held, customers in rows:
        counts.setdefault(dimension, {})[held] = customers
    nothing = {"unknown", "not_applicable"}
    return {dimension: held for dimension, held in counts.items() if any(held[name] for name in held if name not in nothing)}


def documented_sizes() -> dict[str, dict[str, dict[str, int]]]:
    """The same by example, from the table of README.md: a column per example, lines of a cell parted by <br>."""
    text = (EXAMPLES / "README.md").read_text("utf-8")
    lines = itertools.takewhile(lambda line: line.startswith("|"), text[text.index("| dimension |") :].splitlines())
    header, _, *rows = [[word.strip(" `") for word in line.split("|")[1:-1]] for line in lines]
    documented = {name: {} for name in header[2:]}
    for dimension, classes, *cells in rows:
        for name, counts in zip(documented, cells, strict=True):
            if counts:
                numbers = [int(number.replace(",", "")) for number in counts.split("<br>")]
                documented[name][dimension] = dict(zip(classes.split("<br>"), numbers, strict=True))
    return documented


def cell(counts: dict[str, int]) -> str:
    """The counts of one dimension as a cell of that table."""
    return "<br>".join(f"{customers:,}" for customers in counts.values()) or "nothing"


if __name__ == "__main__":
    sys.exit(main())
