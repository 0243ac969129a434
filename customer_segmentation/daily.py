"""What a run must do: everything, or only what was delivered since the last one.

A run is daily if the last one went through to its end, nothing has changed but what data can change, and every file
it had taken in lies there as it was; then only new files are read. Everything else is a full build, and says why.
The state is kept beside the tables it is about, in `raw.deliveries` and `raw.run`; `finish_run` closes a run.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

import duckdb

from customer_segmentation.contract import PROJECT, Table
from customer_segmentation.load import RawFile, Unreadable, delivery_of, find_files, stamp_of

STATE = """
    create schema if not exists raw;
    create table if not exists raw.deliveries (delivery varchar, size bigint, changed_at bigint, run bigint);
    create table if not exists raw.taken_in (source varchar, run bigint, row_count bigint);
    create table if not exists raw.run (run bigint, because varchar, is_complete boolean, folder varchar, fingerprint varchar);
    alter table raw.run add column if not exists build varchar; -- the full build that daily runs go on from
"""
CODE = ("dbt_project.yml", "models/**/*", "macros/**/*", "seeds/rules/**/*", "customer_segmentation/*.py")
UNDATED = ("customer_merges", "products")  # what they say holds for all time: a new row may change any past number


@dataclass(frozen=True)
class Run:
    """number: 0 for a full build, else how many daily runs there have been since; because: why it is full; known: deliveries left out."""

    number: int
    because: str | None
    fingerprint: str
    known: frozenset[str] = frozenset()


def plan_run(connection, schema: str, raw_path: str, contract: list[Table], settings: str, as_of_date: str | None) -> Run:
    """Whether this run is daily; settings: the variables that change what a number or a class means."""
    connection.execute(STATE)
    fingerprint = fingerprint_of(settings)
    rows = connection.execute("select run, is_complete, folder, fingerprint from raw.run").fetchall()
    last, is_complete, folder, last_fingerprint = rows[0] if rows else (None, None, None, None)
    known = {
        delivery: tuple(stamp)
        for delivery, *stamp in connection.execute("select delivery, size, changed_at from raw.deliveries").fetchall()
    }
    present = stamps_of(Path(raw_path), contract)
    new = sorted(set(present) - set(known))
    changed = sorted(delivery for delivery, stamp in known.items() if present.get(delivery) != stamp)
    undated = [delivery for delivery in new if table_of(delivery) in UNDATED]
    if last is None:
        because = "it is the first one, or a full one was asked for"
    elif not is_complete:
        because = "the last run did not finish"
    elif folder != raw_path:
        because = f"the last one read {folder}"
    elif last_fingerprint != fingerprint:
        because = "rules, settings or code have changed"
    elif changed:
        because = f"{changed[0]} {'has changed' if changed[0] in present else 'is gone'}"
    elif undated:
        because = f"{undated[0]} is new, and what it says holds for the past as well"
    elif as_of_date and date.fromisoformat(as_of_date) < latest_date(connection, schema):
        because = "it looks from an earlier day"
    elif "customers" in map(table_of, new) and has_loose_merges(connection, schema):
        because = "customer_merges has rows that lead to nobody, who may have come since"
    else:
        return Run(last + 1, None, fingerprint, frozenset(known))
    return Run(0, because, fingerprint)


def begin_run(connection, run: Run, raw_path: str, files: list[RawFile]) -> None:
    """Write down what this run takes in. Until finish_run it counts as not finished, and the next one is full."""
    if not run.known:
        connection.execute("delete from raw.deliveries; delete from raw.taken_in")
    for file in files:
        for path, stamp in file.stamps.items():
            connection.execute("insert into raw.deliveries values (?, ?, ?, ?)", [delivery_of(Path(raw_path), path), *stamp, run.number])
        connection.execute("insert into raw.taken_in values (?, ?, ?)", [file.source, run.number, file.rows])
        so_far = connection.execute("select sum(row_count) from raw.taken_in where source = ?", [file.source])
        file.rows_so_far = int(so_far.fetchone()[0])
    (build,) = connection.execute("select any_value(build) from raw.run").fetchone()
    connection.execute("delete from raw.run")
    values = [run.number, run.because, raw_path, run.fingerprint, build if run.number else str(uuid4())]
    connection.execute("insert into raw.run values (?, ?, false, ?, ?, ?)", values)


def fingerprint_of(settings: str) -> str:
    """A digest of the rules, the code, the settings and the engine: the same, and equal data give equal marts."""
    digest = hashlib.sha256(f"{settings} {duckdb.__version__}".encode())
    for path in sorted(path for pattern in CODE for path in PROJECT.glob(pattern) if path.is_file()):
        digest.update(path.relative_to(PROJECT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def stamps_of(folder: Path, contract: list[Table]) -> dict[str, tuple[int, int]]:
    """Size and time of the last change of each delivery; a folder that cannot be read is reported when it is loaded."""
    stamps = {}
    for table in contract:
        try:
            stamps |= {delivery_of(folder, path): stamp_of(path) for path in find_files(folder, table)}
        except Unreadable:
            pass
    return stamps


def table_of(delivery: str) -> str:
    return delivery.split("/")[0].split(".")[0].lower()


def latest_date(connection, schema: str) -> date:
    return connection.execute(f"select max(as_of_date) from {schema}.as_of_dates").fetchone()[0]


def has_loose_merges(connection, schema: str) -> bool:
    loose = f"select count(*) > 0 from {schema}.checked_customer_merges where rejected_because = 'merged_into: not in customers'"
    return connection.execute(loose).fetchone()[0]
