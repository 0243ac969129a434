"""Builds that tests share, each made once by the command that users run, and the raw tables they are made from."""

import datetime
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import filelock
import numpy as np
import pandas as pd
import pytest

from customer_segmentation.contract import PROJECT
from tests.builds import Build, options, run, succeeded


@pytest.fixture(scope="session")
def build(tmp_path_factory):
    """build(raw, out, as_of=..., preset=..., variables={...}): run `build` in this process; all arguments are optional."""

    def make(raw=None, out=None, as_of=None, preset=None, variables=None) -> Build:
        out = out or tmp_path_factory.mktemp("out")
        return run("build", *options(raw=raw, out=out, as_of=as_of, preset=preset, vars=variables), out=out)

    return make


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """shared("name", make): what make(folder) gives, made by one of the workers of this session and read by all."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def once(name: str, make):
        kept = base / f"{name}.pickle"
        with filelock.FileLock(base / f"{name}.lock"):
            if not kept.exists():
                kept.write_bytes(pickle.dumps(make(base / name)))
        return pickle.loads(kept.read_bytes())

    return once


@pytest.fixture(scope="session")
def changed_project(tmp_path_factory):
    """changed_project("examples/a.diff", edit=function of its folder): a copy of the project with the rules of the docs, changed."""

    def change(*diffs: str, edit=lambda project: None) -> Path:
        project = tmp_path_factory.mktemp("project")
        for name in ("models", "macros", "seeds", "tests", "analyses", "charts", "customer_segmentation"):
            shutil.copytree(PROJECT / name, project / name, ignore=shutil.ignore_patterns("__pycache__", "python", "spark", "postgres"))
        for name in ("dbt_project.yml", "profiles.yml"):
            shutil.copy(PROJECT / name, project)
        for rules in (PROJECT / "tests/rules").glob("*.csv"):  # which stay as they are when marketing changes seeds/rules
            shutil.copy(rules, project / "seeds/rules")
        for diff in diffs:
            subprocess.run(["git", "apply", "--unidiff-zero", PROJECT / diff], cwd=project, check=True)
        edit(project)
        return project

    return change


@pytest.fixture(scope="session")
def build_in():
    """build_in(project, raw, as_of=..., variables={...}): run `build` of a changed project, in a process of its own."""

    def run(project: Path, raw=None, as_of=None, variables=None) -> Build:
        command = [sys.executable, "-m", "customer_segmentation", "build", *options(raw=raw, as_of=as_of, vars=variables)]
        built = subprocess.run(command, cwd=project, capture_output=True, text=True)
        return Build(built.returncode, built.stdout, built.stderr.splitlines(), project / "out")

    return run


@pytest.fixture(scope="session")
def raw(tmp_path_factory):
    """raw({"orders.csv": content}): a new folder of raw files; content is text, bytes or a frame (`cents` become `amount`)."""

    def write(files: dict) -> Path:
        folder = tmp_path_factory.mktemp("raw")
        for name, content in files.items():
            if isinstance(content, pd.DataFrame):
                if "cents" in content:
                    amounts = [f"{cents / 100:.2f}" for cents in content["cents"]]
                    content = content.drop(columns="cents").assign(amount=amounts)
                content = content.to_csv(index=False)
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return write


@pytest.fixture(scope="session")
def sample(build, shared) -> Build:
    """The sample company."""
    return shared("sample", lambda out: succeeded(build(out=out)))


@pytest.fixture(scope="session")
def hidden_tables() -> dict[str, pd.DataFrame]:
    """400 customers and 2,500 orders of two years with only the required columns: ties, same-day orders, zero amounts."""
    random = np.random.default_rng(20)
    customers = np.array([f"C{number:03}" for number in range(400)])
    loyalty = random.gamma(0.6, size=390)  # the last ten never order
    buyers = random.choice(customers[:390], 2400, p=loyalty / loyalty.sum())
    days = np.datetime64("2023-01-05") + random.integers(0, 718, 2400)
    again = random.choice(2400, 100)  # a second order on the same day
    buyers, days = np.append(buyers, buyers[again]), np.append(days, days[again])
    cents = random.choice([0, 990, 1990, 1995, 4995, 12000, 33333], 2500, p=[0.03, 0.2, 0.37, 0.1, 0.15, 0.1, 0.05])
    orders = pd.DataFrame({"customer_id": buyers, "ordered_at": days + random.integers(0, 86400, 2500).astype("m8[s]"), "cents": cents})
    orders.insert(0, "order_id", [f"O{number}" for number in range(2500)])
    return {"customers": pd.DataFrame({"customer_id": customers}), "orders": orders}


@pytest.fixture(scope="session")
def hidden_variables() -> dict:
    """The whole history, and calibrations that stay as they are here when a rule changes."""
    calibration = {"calibrate_after_months": [1, 3, 6, 12, 20], "recalibrate_months": 12, "calibrate_customers": 20}
    return {"history_months": 23, "crosswalk_history": True} | calibration


@pytest.fixture(scope="session")
def hidden_raw(raw, hidden_tables, shared) -> Path:
    return shared("hidden_raw", lambda _: raw({f"{name}.csv": table for name, table in hidden_tables.items()}))


@pytest.fixture(scope="session")
def hidden(build, hidden_raw, hidden_variables, shared) -> Build:
    """The company of hidden_tables, with the crosswalk at every date of its whole history."""
    return shared("hidden", lambda out: succeeded(build(hidden_raw, out, variables=hidden_variables)))


@pytest.fixture(scope="session")
def pymc_example(build, raw, shared) -> Build:
    """Six customers and 14 transactions that give the summary which PyMC-Marketing tests its segments with."""
    orders = """
        1 01-01 1, 1 02-06 2, 2 01-01 2, 3 01-01 3, 3 01-02 1, 3 01-05 5, 4 01-16 6, 4 02-02 3, 4 02-02 3, 4 02-05 6,
        5 01-16 3, 5 01-17 4, 5 01-18 5, 6 02-02 5"""
    rows = [f"O{number},{row.split()[0]},2015-{row.split()[1]},{row.split()[2]}" for number, row in enumerate(orders.split(","))]
    files = {"customers.csv": "customer_id\n1\n2\n3\n4\n5\n6\n", "orders.csv": "\n".join(["order_id,customer_id,ordered_at,amount", *rows])}
    return shared("pymc_example", lambda out: succeeded(build(raw(files), out, as_of=datetime.date(2015, 2, 7))))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder DATA of the examples; whatever needs it is skipped where there is none."""
    folder = Path(os.environ.get("DATA", "")).resolve()
    if not (folder / "cdnow").is_dir():
        pytest.skip("needs the real data sets of the examples: DATA=folder")
    return folder
