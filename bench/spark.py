"""The same build on DuckDB and on Spark clusters of one-core workers, one after the other, each in fresh processes.

python -m bench.spark --raw folder [--workers 1 2] [--memory-mb 4096] [--out out/bench/spark] [--vars '{...}'], with the environment
for Spark. Prints and writes OUT/report.md: CPU seconds (of every process), wall seconds and the largest process (MB), beside DuckDB's.
The wall time is the build's alone; the CPU includes what the cluster took to start.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

from bench.__main__ import measure
from customer_segmentation.contract import own_folder
from tests.spark.cluster import Cluster


def main(argv: list[str] | None = None) -> int:
    """Build on each in turn, print and write the report; SystemExit if a build fails."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.spark", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--raw", required=True)
    parser.add_argument("--workers", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--memory-mb", type=int, default=4096, help="of each worker; an executor takes three quarters")
    parser.add_argument("--out", default="out/bench/spark")
    parser.add_argument("--vars", default="{}")
    arguments = parser.parse_args(argv)
    out = Path(arguments.out).resolve()
    command = [sys.executable, "-m", "customer_segmentation", "build", "--raw", arguments.raw, "--vars", arguments.vars, "--out"]
    lines = [f"# {arguments.raw}, {arguments.vars}", "", "| engine | CPU s | wall s | largest process MB |", "|---|---:|---:|---:|"]
    for name, cost in costs(command, out, arguments.workers, arguments.memory_mb):
        cpu, wall, memory = cost
        lines.append(f"| {name} | {cpu:,.0f} | {wall:,.0f} | {memory:,.0f} |")
        print(f"{name}: {cpu:,.1f} s of CPU, {wall:,.1f} s, {memory:,.0f} MB", flush=True)
        (out / "report.md").write_text("\n".join(lines) + "\n", "utf-8")
    return 0


def costs(command: list[str], out: Path, counts: list[int], memory_mb: int):
    """Name and cost of the build on each engine."""
    own_folder(out)
    yield "DuckDB", measure([*command, str(out / "duckdb")])
    for count in counts:
        folder = out / f"workers_{count}"
        with Cluster(folder / "processes", count, memory_mb) as cluster:
            os.environ.update(cluster.environment)
            cpu, wall, memory = measure([*command, str(folder), "--target", "spark_server"])
            of_cluster, largest = cluster.spent()
        yield f"Spark, workers: {count}", (cpu + of_cluster, wall, max(memory, largest))
        shutil.rmtree(folder / "processes")


if __name__ == "__main__":
    sys.exit(main())
