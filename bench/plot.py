"""The report of a benchmark as a picture, by matplotlib: python -m bench.plot report.json report.svg"""

import json
import statistics
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402


def main(report: str, picture: str) -> None:
    """CPU of each piece of work as a multiple of the bare query, from one on: the median as a bar, every run as a dot."""
    told = json.loads(Path(report).read_text("utf-8"))
    seconds = {work: [cpu for cpu, *_ in runs] for work, runs in told["measured"].items()}
    floor = statistics.median(next(iter(seconds.values())))
    works = list(seconds)[::-1]
    figure, axes = plt.subplots(figsize=(9, 0.8 + 0.42 * len(works)), layout="constrained")
    for place, work in enumerate(works):
        median = statistics.median(seconds[work])
        axes.barh(place, median / floor - 1, left=1, color="#8a94a6" if "(peer)" in work else "#0b4a8f", height=0.6)
        axes.plot([cpu / floor for cpu in seconds[work]], [place] * len(seconds[work]), "o", color="black", markersize=3)
        axes.annotate(f"  {median / floor:,.1f} x, {median:,.1f} s", (max(floor, *seconds[work]) / floor, place), va="center", fontsize=9)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set(xscale="log", yticks=range(len(works)), yticklabels=works, xlabel="CPU as a multiple of the bare query; dots are single runs")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_title(told["title"], fontsize=10, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.2)
    figure.savefig(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
