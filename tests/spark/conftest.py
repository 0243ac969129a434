"""One company, built on DuckDB and on Spark: the sample with rows added that the two engines might read differently."""

import csv
import itertools
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from customer_segmentation.contract import PROJECT
from tests.builds import Build, options, run

NUMBERS = [
    "1.005", "-1.005", "2.675", "1e3", "1E-3", "12,3", "nan", "NaN", "1_000", "+5", "-0", "0x1", ".5", "5.", "1d", "5f",
    "-", "1e", "１２", "1e400", "99999999999999999.99", "0b1", "1 000", "inf", "Infinity", "12.0", "12.5", "13.5",
    "-12.5", "9223372036854775808",
]  # fmt: skip
TIMES = [
    "2025-03-01", "2025-3-1", "2025/03/01", "2025-03-01 10:00", "2025-03-01 1:00", "2025-03-01T10:00:00",
    "2025-03-01T10:00:00.1234567", "2025-03-01  10:00", "2025-02-30", "2025-13-01", "2025-03-01 24:00:00",
    "2025-03-01 10:00:60", "2025-03-30 02:30:00", "0000-03-01", "0001-03-01", "20250301", "01/03/2025", "epoch",
    "infinity", "now", "2025-03-01T10:00:00Z", "2025-03-01T10:00:00z", "2025-03-01 10:00Z", "2025-03-01 10:00:00 UTC",
    "2025-03-01 10:00:00 -0500", "2025-03-01 10:00:00+02", "2025-03-01 10:00:00.5 +05:30", "2025-03-01 10:00:00 +19:00",
    "2025-03-30T00:59:59Z", "2025-03-30T01:00:00Z", "2025-10-26T00:59:59Z", "2025-10-26T01:00:00Z",
    "2025-03-01 23:30:00 -0500",
]  # fmt: skip
FLAGS = ["true", "T", "yes", "Y", "1", "on", "0", "no", "f", "off", "False", "2", "vrai"]
TEXTS = ["O'Brien", 'the "best"', "客户", "back\\slash", "a;b|c", "é", "NULL", "\\N", "100%", "{json: 1}"]


def build(target: str, raw: Path, out: Path) -> Build:
    return run("build", *options(target=target, raw=raw, out=out, vars={"timezone": "Europe/Berlin"}), out=out)


@pytest.fixture(scope="session", autouse=True)
def light_spark():
    """Settings for a few rows: less compiling, one partition."""
    os.environ |= {
        "SPARK_CONF_DIR": str(PROJECT / "tests/spark/conf"),
        "JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC",
        "SEGMENTATION_SPARK_PARTITIONS": "1",
    }


@pytest.fixture(scope="session")
def raw(tmp_path_factory) -> Path:
    """The sample company and some odd rows, each value of the lists above in every column of its kind."""
    folder = shutil.copytree(PROJECT / "seeds/sample", tmp_path_factory.mktemp("raw") / "sample")
    words = list(itertools.zip_longest(NUMBERS, TIMES, FLAGS, TEXTS))
    add(folder, "customers", ({
        "customer_id": f"odd{n}", "created_at": time, "birth_date": time, "employees": number, "assets": number, "marketing_consent": flag,
        "name": text, "region": text,
    } for n, (number, time, flag, text) in enumerate(words)))  # fmt: skip
    add(folder, "orders", ({
        "order_id": f"odd{n}", "customer_id": "C01", "ordered_at": time or "2025-03-01", "amount": number or 1, "channel": text,
    } for n, (number, time, _, text) in enumerate(words)))  # fmt: skip
    add(folder, "orders", ({
        "order_id": f"odd amount {n}", "customer_id": "C02", "ordered_at": "2025-03-01", "amount": number, "discount": number,
    } for n, number in enumerate(NUMBERS)))  # fmt: skip
    add(folder, "feedback", ({
        "feedback_id": f"odd{n}", "customer_id": "C03", "given_at": "2025-03-01", "score": number, "scale_max": 10, "answer": text,
    } for n, (number, _, _, text) in enumerate(words)))  # fmt: skip
    as_parquet(folder, "interactions", "* replace (cast(occurred_at || 'Z' as timestamptz) as occurred_at)", "file_size_bytes 1")
    as_parquet(folder, "campaign_contacts", "* replace (cast(contacted_at as timestamp) as contacted_at, cast(cost as double) as cost)")
    return folder


def as_parquet(folder: Path, table: str, columns: str, option: str = "compression zstd") -> None:
    """A table as Parquet in types of its own instead of text: in one file or, cut by size, in a folder of files."""
    source = folder / f"{table}.csv"
    duckdb.execute(f"copy (select {columns} from '{source}') to '{folder / table}.parquet' (format parquet, {option})")
    source.unlink()


def add(folder: Path, table: str, rows) -> None:
    with open(folder / f"{table}.csv", encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    with open(folder / f"{table}.csv", "a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, columns).writerows(rows)


@pytest.fixture(scope="session")
def on_duckdb(raw, tmp_path_factory) -> Build:
    return build("duckdb", raw, tmp_path_factory.mktemp("duckdb"))


@pytest.fixture(scope="session")
def on_spark(raw, tmp_path_factory) -> Build:
    return build("spark", raw, tmp_path_factory.mktemp("spark"))
