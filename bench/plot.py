"""The report of a benchmark as a picture, by matplotlib: python -m bench.plot report.json report.svg"""

import json
import statistics
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402


def main(report: str, picture: str) -> None:
    """CPU seconds of each piece of work on a logarithmic scale, medians, with every run as a dot."""
    told = json.loads(Path(report).read_text("utf-8"))
    works = list(told["measured"])[::-1]
    figure, axes = plt.subplots(figsize=(9, 0.8 + 0.42 * len(works)), layout="constrained")
    for place, work in enumerate(works):
        seconds = [cpu for cpu, *_ in told["measured"][work]]
        median = statistics.median(seconds)
        axes.barh(place, median, color="#8a94a6" if "(peer)" in work else "#0b4a8f", height=0.6)
        axes.plot(seconds, [place] * len(seconds), "o", color="black", markersize=3)
        axes.annotate(f" {median:,.1f}", (max(seconds), place), va="center", fontsize=9)
    axes.set(xscale="log", yticks=range(len(works)), yticklabels=works, xlabel="CPU seconds, logarithmic; dots are single runs")
    axes.set_title(told["title"], fontsize=10, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.15)
    figure.savefig(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
