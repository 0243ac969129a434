"""A PostgreSQL server of our own for the session, two builds of the sample company to publish to it, and a database per test."""

import contextlib
import glob
import io
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from customer_segmentation.__main__ import main

PASSWORD = "only for this test"
NUMBERS = itertools.count()


@dataclass(frozen=True)
class Database:
    """A database of the server that listens on a port of 127.0.0.1."""

    port: int
    name: str = "postgres"

    def address(self, user="postgres", password=PASSWORD) -> str:
        return f"postgresql://{user}:{password.replace(' ', '%20')}@127.0.0.1:{self.port}/{self.name}"

    def connect(self, **login):
        return psycopg.connect(self.address(**login), autocommit=True)

    def ask(self, sql: str, **login) -> list[tuple]:
        with self.connect(**login) as connection:
            return connection.execute(sql).fetchall()

    def run(self, sql: str, **login) -> None:
        with self.connect(**login) as connection:
            connection.execute(sql)


def binaries() -> Path:
    """The folder of initdb and pg_ctl; the newest where there are several."""
    folders = [Path(found).parent for found in glob.glob("/usr/lib/postgresql/*/bin/initdb")]
    if folders:
        return max(folders, key=lambda folder: int(folder.parent.name))
    if found := shutil.which("initdb"):
        return Path(found).parent
    pytest.fail("These tests start a PostgreSQL server: install it, on Debian with apt-get install postgresql.")


@pytest.fixture(scope="session")
def server():
    """Port of 127.0.0.1 on which a new server listens; it stops with the session."""
    owner = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}  # the server refuses root
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        (Path(folder) / "password").write_text(PASSWORD)
        for path in (folder, f"{folder}/password"):
            shutil.chown(path, owner.get("user", os.geteuid()))

        def program(name: str, *arguments: str) -> None:
            command = [binaries() / name, "-D", f"{folder}/data", *arguments]
            done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **owner)
            assert done.returncode == 0, done.stdout

        program("initdb", "-A", "scram-sha-256", "-U", "postgres", f"--pwfile={folder}/password", "--encoding=UTF8", "--locale=C.UTF-8")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        program("pg_ctl", "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            Database(port).run("create user anna password 'reads'; create user publisher password 'secret'")
            yield port
        finally:
            program("pg_ctl", "-w", "-m", "fast", "stop")


@pytest.fixture
def database(server):
    """A new database for the test. Users are the server's: anna, who reads, and publisher, who has no right to create anything."""
    name = f"test_{next(NUMBERS)}"
    Database(server).run(f"create database {name}")
    return Database(server, name)


@pytest.fixture(scope="session")
def command():
    """command("publish", "--to", ...): the exit code and what the command said, on either channel."""

    def run(*words) -> tuple[int, str]:
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = main([str(word) for word in words])
        return code, said.getvalue()

    return run


@pytest.fixture(scope="session")
def sample(command, tmp_path_factory) -> Path:
    """The folder of a build of the sample company."""
    return built(command, tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def earlier(command, tmp_path_factory) -> Path:
    """The same, seen from an earlier day."""
    return built(command, tmp_path_factory.mktemp("earlier"), "--as-of", "2025-09-30")


def built(command, out: Path, *options: str) -> Path:
    code, said = command("build", "--out", out, *options)
    assert code == 0, said
    return out
