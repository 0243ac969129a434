"""A build and what came of it, for every suite."""

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from customer_segmentation.__main__ import dbt_variables, main, run_dbt, set_places
from customer_segmentation.compare import digests
from customer_segmentation.contract import PROJECT
from customer_segmentation.publish import open_published


@dataclass(frozen=True)
class Build:
    """What came of one build: its exit code, what it said on either channel, and the folder of its results."""

    code: int
    said: str
    complaints: list[str]
    out: Path

    @property
    def published(self) -> Path:
        return self.out / "segments.duckdb"

    @property
    def stopped(self) -> list[str]:
        return [line for line in self.complaints if line.startswith("STOPPED: ")]

    def marts(self, sql: str) -> list[tuple]:
        """The rows of a query on the published file."""
        with open_published(self.published) as connection:
            return connection.execute(sql).fetchall()

    def work(self, sql: str) -> list[tuple]:
        """The rows of a query on the working file, which also holds what is not public."""
        with duckdb.connect(str(self.out / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def digests(self) -> dict[str, tuple]:
        """A hash of each published mart that does not depend on the order of its rows."""
        return digests(self.published)


def run(*words, out: Path | None = None) -> Build:
    """The console command in this process; out: the folder of its results."""
    said, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        code = main([str(word) for word in words])
    return Build(code, said.getvalue(), complained.getvalue().splitlines(), out)


def built_tables(*tables: str, raw: Path, out: Path, as_of=None, **variables) -> Build:
    """These tables and all that they need, by dbt in this process; nothing is published, no data test runs."""
    told = dbt_variables(str(raw), as_of, None, json.dumps(variables))
    out.mkdir(parents=True, exist_ok=True)
    set_places(out)
    words = ["build", "--select", *(f"+{table}" for table in tables), "--exclude-resource-type", "unit_test", "test"]
    problems = run_dbt(words, told, out / "target")
    return Build(1 if problems else 0, "", problems, out)


def options(**given) -> list[str]:
    """{"as_of": ...} as the words of the command line; None is left out, variables are JSON."""
    if given.get("vars") is not None:
        given["vars"] = json.dumps(given["vars"])
    return [str(word) for name, value in given.items() if value is not None for word in (f"--{name.replace('_', '-')}", value)]


def dbt(*words, project: Path = PROJECT, out: Path | None = None) -> subprocess.CompletedProcess:
    """dbt as the analytics engineer calls it in a folder of the project; out: the folder of the build (default: out in the project)."""
    folder = out or project / "out"
    places = {
        "SEGMENTATION_WAREHOUSE": "warehouse.duckdb",
        "SEGMENTATION_PUBLISHED": "segments.duckdb",
        "SEGMENTATION_DATA_DOCS": "data_docs",
    }
    environment = os.environ | {name: str(folder / file) for name, file in places.items()} | {"DBT_PROFILES_DIR": str(project)}
    command = [sys.executable, "-m", "dbt.cli.main", *words]
    if out:
        command += ["--target-path", str(out / "target"), "--log-path", str(out)]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)


def pytest_of(project: Path, *words) -> subprocess.CompletedProcess:
    """The tests of a copy of the project, in a process of their own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)


def rules_are_those_of_the_docs() -> bool:
    """Whether nobody has changed seeds/rules since the figures in the docs were made."""
    return all(file.read_bytes() == (PROJECT / "seeds/rules" / file.name).read_bytes() for file in (PROJECT / "tests/rules").glob("*.csv"))


def succeeded(build: Build) -> Build:
    assert (build.code, build.complaints) == (0, []), build.complaints
    return build
