"""What the project costs beside one bare RFM query over the same generated orders, each in a fresh process, in turn.

python -m bench [--size S|M|L] [--runs 3] [--out out/bench] [--vars '{...}'] [--orders-only] [--parts ...] [--peers python]
S, M, L: 0.1, 1 and 10 million customers with ten orders each on average; S and M with lines, interactions and feedback as well,
unless --orders-only. Prints and writes OUT/<size>/report.md and .json: CPU seconds (user and system), wall seconds and peak memory
(MB), medians of the runs, the ratio of CPU to the bare query; wall time by layer and the slowest nodes of the full build. Times
depend on the machine, ratios hardly. The report is written anew after each piece, so what was measured is not lost.
--parts: of full (build and publish), again (publish, SQL models by dbt and bare) and daily (a full build
and after it one more day and one more month); all.
--peers: a Python in which requirements/peers.txt is installed; the same RFM work done by pandas, polars and PyMC-Marketing,
and a plot of it all, OUT/<size>/report.svg.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

from customer_segmentation.contract import own_folder

SIZES = {"S": 100_000, "M": 1_000_000, "L": 10_000_000}
PARTS = ["full", "again", "daily"]
FLOOR_NAME = "bare RFM query (the floor)"
ORDERS_ONLY = "customers,orders,exchange_rates"
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
    """Generate, measure in turn, print and write the report; SystemExit if a run fails."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SIZES, default="S")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", default="out/bench")
    parser.add_argument("--vars", default="{}")
    parser.add_argument("--orders-only", action="store_true", help="without lines, interactions and feedback")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--peers", help="python with requirements/peers.txt")
    arguments = parser.parse_args(argv)
    only_orders = arguments.orders_only or arguments.size == "L"
    out = Path(arguments.out).resolve() / (arguments.size + "_orders" * arguments.orders_only)
    if "again" in arguments.parts and "full" not in arguments.parts and not (out / "full/warehouse.duckdb").exists():
        raise SystemExit(f"PARTS=again does a part of a build again, and {out}/full holds none: say PARTS='full again'.")
    raw = generated(arguments.size, out, only_orders)
    measured = defaultdict(list)
    for number in range(arguments.runs):
        for name, result in one_round(raw, out, arguments):
            measured[name].append(result)
            cpu, wall, memory, *growth = result
            grown = "".join(f", the working file grew by {part:.1%}" for part in growth)
            print(f"run {number + 1} of {arguments.runs}, {name}: {cpu:,.1f} s of CPU, {wall:,.1f} s, {memory:,.0f} MB{grown}", flush=True)
            limits = f", MEMORY={memory}" if (memory := os.environ.get("SEGMENTATION_MEMORY")) else ""
            title = f"{SIZES[arguments.size]:,} customers{', orders only' if only_orders else ''}, {arguments.vars}{limits}"
            report = written(title, measured, slowest(out / "full/target/run_results.json"))
            (out / "report.md").write_text(report, "utf-8")
            (out / "report.json").write_text(json.dumps({"title": title, "measured": measured}), "utf-8")
    if arguments.peers:
        subprocess.run([arguments.peers, "-m", "bench.plot", str(out / "report.json"), str(out / "report.svg")], check=True)
    print(report)
    return 0


def generated(size: str, out: Path, only_orders: bool) -> Path:
    """The raw folder of the size, made if it is not there."""
    raw = out / "raw"
    if not raw.exists():
        made = out / "making"
        command = [sys.executable, "-m", "customer_segmentation.generate", "--customers", str(SIZES[size]), "--out", str(made)]
        subprocess.run([*command, *(["--only", ORDERS_ONLY] if only_orders else [])], check=True)
        made.rename(raw)
    return raw


def one_round(raw: Path, out: Path, arguments):
    """Name and cost of each piece of work, one after the other."""
    from bench.deliveries import Deliveries

    yield FLOOR_NAME, measure([sys.executable, "-c", FLOOR.format(raw=raw, out=out)])
    for peer in ("pandas", "polars", "rfm_summary", "rfm_segments") if arguments.peers else ():
        yield f"{peer} (peer)", measure([arguments.peers, "-m", "bench.peers", peer, str(raw / "orders.parquet")])
    if "full" in arguments.parts:
        own_folder(out / "full")
        yield "full build and publish", build(raw, out / "full", arguments.vars)
    if "again" in arguments.parts:
        yield "of it publish", measure([sys.executable, "-m", "bench.part", "publish", str(out / "full")])
        yield "of it dbt, SQL models only", measure([sys.executable, "-m", "bench.part", "dbt", str(out / "full"), arguments.vars])
        yield "the same SQL without dbt", measure([sys.executable, "-m", "bench.part", "bare", str(out / "full")])
    if "daily" not in arguments.parts:
        return
    deliveries = Deliveries(raw)
    # the day is not the first of a month, which judges the month end once more
    folder, day = out / "daily/raw", deliveries.last - timedelta(32)
    own_folder(out / "daily")
    deliveries.write(folder, None, day, "until_" + day.isoformat())
    yield "full build a month before", build(folder, out / "daily", arguments.vars)
    for name, days in {"one more day": 1, "one more month": 30}.items():
        before = (out / "daily/warehouse.duckdb").stat().st_size
        deliveries.write(folder, day, day + timedelta(days), (day + timedelta(days)).isoformat())
        day += timedelta(days)
        cost = build(folder, out / "daily", arguments.vars)
        yield name, (*cost, (out / "daily/warehouse.duckdb").stat().st_size / before - 1)


def build(raw: Path, out: Path, variables: str, *options: str) -> tuple[float, float, float]:
    """The cost of one build, with more options of the command if any."""
    command = [sys.executable, "-m", "customer_segmentation", "build", "--raw", str(raw), "--out", str(out), "--vars", variables]
    return measure([*command, *options])


def slowest(results: Path, count: int = 10) -> tuple[dict[str, float], list[tuple[str, float]]]:
    """Wall seconds by layer, and the slowest nodes, of a dbt run."""
    layers, nodes = defaultdict(float), []
    if not results.exists():
        return layers, nodes
    manifest = json.loads(results.with_name("manifest.json").read_text("utf-8"))["nodes"]
    for result in json.loads(results.read_text("utf-8"))["results"]:
        node = manifest.get(result["unique_id"], {"resource_type": "operation", "name": result["unique_id"], "fqn": ["", "hooks"]})
        layers[node["fqn"][1] if node["resource_type"] == "model" else node["resource_type"] + "s"] += result["execution_time"]
        nodes.append((node["name"], result["execution_time"]))
    return layers, sorted(nodes, key=lambda node: -node[1])[:count]


def written(title: str, measured: dict, last: tuple) -> str:
    """The report as a page of Markdown."""
    floor = statistics.median(cpu for cpu, *_ in measured[FLOOR_NAME])
    head = ["| work | runs | CPU s | wall s | peak MB | x floor | growth of the working file |", "|---|---:|---:|---:|---:|---:|---:|"]
    lines = [f"# {title}", "", *head]
    for name, results in measured.items():
        cpu, wall, memory, *growth = (statistics.median(column) for column in zip(*results, strict=True))
        grown = "".join(f"{part:.1%}" for part in growth)
        lines.append(f"| {name} | {len(results)} | {cpu:,.2f} | {wall:,.2f} | {memory:,.0f} | {cpu / floor:,.1f} | {grown} |")
    layers, nodes = last
    whole = sum(layers.values())
    lines += ["", "| layer | wall s | share |", "|---|---:|---:|"]
    lines += [f"| {name} | {seconds:,.1f} | {seconds / whole:.0%} |" for name, seconds in sorted(layers.items(), key=lambda item: -item[1])]
    lines += ["", "| slowest nodes | wall s | share |", "|---|---:|---:|"]
    lines += [f"| {name} | {seconds:,.1f} | {seconds / whole:.0%} |" for name, seconds in nodes]
    return "\n".join(lines) + "\n"


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
