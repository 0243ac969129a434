"""What the project costs beside one bare RFM query over the same generated orders, each in a fresh process.

python -m bench [--customers 100000] [--runs 3] [--out out/bench]
Prints CPU seconds (user and system), wall seconds and peak memory (MB), medians of the runs taken in turn, and the
ratio of CPU to the bare query. The times depend on the machine, the ratios hardly.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

FLOOR = """
import duckdb
duckdb.execute('''
    copy (
        select customer_id, max(ordered_at) as last_order, count(*) as frequency, sum(amount) as monetary
        from read_parquet('{raw}/orders.parquet') group by customer_id
    ) to '{out}/floor.parquet'
''')
"""


def main(argv: list[str] | None = None) -> int:
    """Generate, measure in turn, print the table; 1 if a run failed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", default="out/bench")
    arguments = parser.parse_args(argv)
    out = Path(arguments.out).resolve()
    raw = out / f"raw_{arguments.customers}"
    python = sys.executable
    if not raw.exists():
        subprocess.run(
            [python, "-m", "customer_segmentation.generate", "--customers", str(arguments.customers), "--out", str(raw)], check=True
        )
    commands = {
        "bare RFM query (the floor)": [python, "-c", FLOOR.format(raw=raw, out=out)],
        "build and publish": [python, "-m", "customer_segmentation", "build", "--raw", str(raw), "--out", str(out)],
    }
    measured = {name: [] for name in commands}
    for run in range(arguments.runs):
        for name, command in commands.items():
            print(f"run {run + 1} of {arguments.runs}: {name} ...", flush=True)
            measured[name].append(measure(command))
    floor = statistics.median(cpu for cpu, _, _ in measured["bare RFM query (the floor)"])
    print(f"\n{arguments.customers:,} customers{'':<16} {'CPU s':>8} {'wall s':>8} {'peak MB':>8} {'x floor':>8}")
    for name, results in measured.items():
        cpu, wall, memory = (statistics.median(column) for column in zip(*results, strict=True))
        print(f"{name:<30} {cpu:>8.2f} {wall:>8.2f} {memory:>8.0f} {cpu / floor:>8.1f}")
    return 0


def measure(command: list[str]) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak resident memory in MB of one process and its children."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[:4]} ended with {process.returncode}.")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - started, usage.ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
