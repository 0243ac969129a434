"""Eight readers at once, each a process that reads as fast as it can, while the file they read is published again and again."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from customer_segmentation.contract import PROJECT
from customer_segmentation.publish import open_published, publish
from tests.python.reader import version

SECONDS = [0, 0, 0, 0, 0.5, 1, 2, 4]  # that a reader keeps a connection, while others publish


def test_eight_readers_see_whole_versions_and_no_error_while_versions_are_published(sample, pymc_example, tmp_path):
    out, end, started = shutil.copytree(sample.out, tmp_path / "out"), tmp_path / "end", time.monotonic()
    published, publishes = out / "segments.duckdb", [pymc_example, sample] * 5
    program = ["nice", sys.executable, Path(__file__).with_name("reader.py"), published]  # nice: the build gets its share of two cores
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    readers = [subprocess.Popen([*program, str(seconds), end], stdout=subprocess.PIPE, text=True, env=environment) for seconds in SECONDS]
    try:
        for built in publishes:
            publish(built.out / "warehouse.duckdb", published, built.out / "target/manifest.json")
    finally:
        end.touch()
        said = [reader.communicate()[0] for reader in readers]
    assert [reader.returncode for reader in readers] == [0] * 8, "a reader died"
    told = [json.loads(words) for words in said]
    connections, reads = (sum(reader[kind] for reader in told) for kind in ("connections", "reads"))
    print(f"{reads:,} reads in {connections:,} connections, {len(publishes)} publishes, {time.monotonic() - started:.0f} s; "
          f"the slowest opening took {max(reader['slowest'] for reader in told):.2f} s")  # fmt: skip
    assert [error for reader in told for error in reader["first_errors"]] == []
    with open_published(sample.published) as new, open_published(pymc_example.published) as old:
        versions = [list(version(old)), list(version(new))]
    assert [reader["versions"] for reader in told] == [versions] * len(readers)
