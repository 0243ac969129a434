"""Does the past stay what it was? A chain of daily runs against one full build, and past months rebuilt from what was known then.

python -m bench.history --raw folder [--days 30] [--months 12] [--out out/history] [--vars '{...}']
The raw folder holds one file per table. Prints CPU and wall seconds of the runs, and every mart that differs; 1 if one does.
"""

import argparse
import shutil
import statistics
import sys
from datetime import timedelta
from pathlib import Path

import duckdb

from bench.__main__ import build
from bench.deliveries import Deliveries
from customer_segmentation.compare import digests
from customer_segmentation.contract import own_folder
from customer_segmentation.load import literal
from customer_segmentation.publish import open_published

OF_DATES = ("customer_rfm", "customer_segments", "customer_segments_long", "segment_sizes")


def main(argv: list[str] | None = None) -> int:
    """Run the chain and the months; 1 if anything differs."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.history", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--raw", required=True)
    parser.add_argument("--days", type=int, default=30, help="daily runs before the last day of the data")
    parser.add_argument("--months", type=int, default=12, help="past month ends to rebuild")
    parser.add_argument("--out", default="out/history")
    parser.add_argument("--vars", default="{}")
    arguments = parser.parse_args(argv)
    out = Path(arguments.out).resolve()
    own_folder(out)
    raw = Deliveries(Path(arguments.raw).resolve())
    faults = chain(raw, out, arguments.days, arguments.vars) if arguments.days else 0
    return 1 if faults + months(raw, out, arguments.months, arguments.vars) else 0


def chain(raw: Deliveries, out: Path, days: int, variables: str) -> int:
    """So many daily runs, then one full build of the same folder: the marts that differ."""
    folder, day = out / "raw", raw.last - timedelta(days)
    raw.write(folder, None, day, "until_" + day.isoformat())
    first = build(folder, out / "chain", variables)
    costs = []
    while day < raw.last:
        day += timedelta(1)
        raw.write(folder, day - timedelta(1), day, day.isoformat())
        costs.append(build(folder, out / "chain", variables))
        print(f"{day}: {costs[-1][0]:.1f} s of CPU, {costs[-1][1]:.1f} s", flush=True)
    full = build(folder, out / "full", variables)
    with duckdb.connect(str(out / "chain/warehouse.duckdb"), read_only=True) as connection:
        daily = connection.execute("select max(run) from raw_files").fetchone()[0]
    before, after = digests(out / "chain/segments.duckdb"), digests(out / "full/segments.duckdb")
    different = [mart for mart in after if before[mart] != after[mart]]
    cpu = statistics.median(cost for cost, *_ in costs)
    print(f"{len(costs)} runs, {daily} of them daily without a break at the end; CPU: first build {first[0]:.1f} s, a day {cpu:.1f} s "
          f"(median), a full build {full[0]:.1f} s: {cpu / full[0]:.0%}")  # fmt: skip
    print(f"{len(after)} marts, different: {', '.join(different) or 'none'}", flush=True)
    return len(different)


def months(raw: Deliveries, out: Path, count: int, variables: str) -> int:
    """Each past month end built anew from the rows that had come by then: rows that differ from the history."""
    folder, differing = out / "raw", 0
    if not (out / "full").exists():
        raw.write(folder, None, raw.last, "all")
        build(folder, out / "full", variables)
    with open_published(out / "full/segments.duckdb") as connection:
        dates = [day for (day,) in connection.execute("select distinct as_of_date from customer_rfm order by 1 desc").fetchall()][1:]
    for day in dates[:count]:
        shutil.rmtree(out / "then", ignore_errors=True)
        raw.write(out / "then/raw", None, day, "all")
        build(out / "then/raw", out / "then", variables, "--as-of", day.isoformat())
        rows = 0
        with duckdb.connect() as connection:
            for name in ("full", "then"):
                connection.execute(f"attach {literal(out / name / 'segments.duckdb')} as published_{name} (read_only)")
            for mart in OF_DATES:
                then, now = (f"select * from published_{name}.marts.{mart} where as_of_date = date '{day}'" for name in ("then", "full"))
                rows += connection.execute(f"select count(*) from ({then})").fetchone()[0]
                for one, other in ((then, now), (now, then)):
                    differing += connection.execute(f"select count(*) from ({one} except all {other})").fetchone()[0]
        print(f"{day}: {rows:,} rows built from what was known then, {differing} differ so far", flush=True)
    return differing


if __name__ == "__main__":
    sys.exit(main())
