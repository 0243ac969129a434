"""Apache Superset as it is installed: it lists, describes and draws the marts of the published file while that is replaced."""

import json
import os
import socket
import subprocess
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from customer_segmentation.__main__ import main
from customer_segmentation.contract import PROJECT
from customer_segmentation.publish import open_published, public_marts, publish

pytestmark = pytest.mark.bi

SUPERSET = PROJECT / ".venv-superset/bin/superset"
MART = "customer_segments_current"
CUSTOMERS = {"expressionType": "SQL", "sqlExpression": "count(*)", "label": "customers"}


class Superset:
    """A server that listens on a port of 127.0.0.1, and its administrator."""

    def __init__(self, port: int):
        self.address, self.headers = f"http://127.0.0.1:{port}", {"Content-Type": "application/json"}

    def log_in(self) -> None:
        login = {"username": "admin", "password": "admin", "provider": "db"}
        self.headers["Authorization"] = f"Bearer {self.ask('security/login', login)['access_token']}"

    def ask(self, path: str, body: dict | None = None):
        """The answer of the REST API: to a POST if there is a body, else to a GET."""
        data = json.dumps(body).encode() if body else None
        with urllib.request.urlopen(urllib.request.Request(f"{self.address}/api/v1/{path}", data, self.headers), timeout=60) as answer:
            return json.load(answer)

    def is_up(self) -> bool:
        try:
            return urllib.request.urlopen(f"{self.address}/health", timeout=5).status == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def builds(tmp_path_factory) -> list[Path]:
    """The sample company, today and seen from an earlier day."""
    folders = [tmp_path_factory.mktemp("today"), tmp_path_factory.mktemp("earlier")]
    assert [main(["build", "--out", str(out), *day]) for out, day in zip(folders, ([], ["--as-of", "2025-06-30"]), strict=True)] == [0, 0]
    return folders


@pytest.fixture(scope="module")
def superset(tmp_path_factory):
    """A new Superset, which ends with the tests."""
    home = tmp_path_factory.mktemp("superset")
    settings = {"SUPERSET_HOME": str(home), "SUPERSET_CONFIG_PATH": str(Path(__file__).with_name("superset_config.py"))}
    environment = os.environ | settings | {"FLASK_APP": "superset.app:create_app()"}
    admin = "fab create-admin --username admin --password admin --firstname Test --lastname Test --email admin@example.com"
    with open(home / "log", "w") as log, socket.socket() as probe:
        said = {"env": environment, "stdout": log, "stderr": log}
        for words in ("db upgrade", admin, "init"):
            done = subprocess.run([SUPERSET, *words.split()], **said)
            assert done.returncode == 0, (home / "log").read_text()[-2000:]
        probe.bind(("127.0.0.1", 0))
        server = Superset(probe.getsockname()[1])
        probe.close()
        process = subprocess.Popen([SUPERSET, "run", "--port", server.address.split(":")[-1], "--with-threads"], **said)
        try:
            deadline = time.monotonic() + 120
            while not server.is_up():
                assert process.poll() is None and time.monotonic() < deadline, (home / "log").read_text()[-2000:]
                time.sleep(0.5)
            server.log_in()
            yield server
        finally:
            process.terminate()
            process.wait()


def put(built: Path, published: Path) -> None:
    publish(built / "warehouse.duckdb", published, built / "target/manifest.json")


def customers_by_segment(published: Path) -> dict[str, int]:
    with open_published(published) as connection:
        return dict(connection.execute(f"select rfm_segment, count(*) from {MART} group by all").fetchall())


def test_superset_lists_describes_and_draws_the_marts_while_they_are_published(superset, builds, tmp_path):
    published = tmp_path / "segments.duckdb"
    put(builds[0], published)
    declared = {node["name"]: node for node in public_marts(builds[0] / "target/manifest.json")}

    address = f"duckdb:///{published}?access_mode=read_only"
    database = superset.ask("database/", {"database_name": "segments", "sqlalchemy_uri": address})["id"]
    assert "segments.marts" in superset.ask(f"database/{database}/schemas/")["result"]
    tables = superset.ask(f"database/{database}/tables/?q=(schema_name:marts)")["result"]
    assert {table["value"] for table in tables} == set(declared)
    assert {table["value"] for table in tables if table["type"] == "view"} == {"customer_segments", "customer_segments_long"}

    dataset = superset.ask("dataset/", {"database": database, "schema": "marts", "table_name": MART})["id"]
    columns = superset.ask(f"dataset/{dataset}")["result"]["columns"]
    meanings = {name: column["description"] for name, column in declared[MART]["columns"].items()}
    assert {column["column_name"]: column["description"] for column in columns} == meanings

    query = {"columns": ["rfm_segment"], "metrics": [CUSTOMERS], "row_limit": 100}
    chart = {"datasource": {"id": dataset, "type": "table"}, "force": True, "queries": [query]}

    def drawn() -> dict[str, int]:
        (result,) = superset.ask("chart/data", chart)["result"]
        return {row["rfm_segment"]: row["customers"] for row in result["data"]}

    versions = [customers_by_segment(built / "segments.duckdb") for built in builds]
    assert versions[0] != versions[1]
    assert drawn() == versions[0]
    answers = []
    with ThreadPoolExecutor() as pool:
        publishing = pool.submit(lambda: [put(built, published) for built in [*builds] * 5])
        while not publishing.done():
            answers.append(drawn())
        publishing.result()
    print(f"{len(answers)} charts drawn during 10 publishes")
    assert all(answer in versions for answer in answers) and all(version in answers for version in versions)
    assert drawn() == versions[1], "the last one that was published"
