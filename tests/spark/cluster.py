"""A Spark cluster of real processes on loopback: a master, two workers and a Thrift server before them.

`make spark-cluster` builds the project through it, kills a worker on the way, compares
the marts with DuckDB's, and ends every process it began.
"""

import argparse
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"


class Cluster:
    """Master, workers of one core each and Thrift server as process groups; `ports` are free ones of this machine."""

    def __init__(self, folder: Path, workers: int = 2, memory_mb: int = 1024):
        import pyspark

        self.names = [f"worker_{number + 1}" for number in range(workers)]
        self.memory_mb = memory_mb

        self.home = Path(pyspark.__file__).parent
        self.folder = folder
        self.ports = dict(zip(("master", "web", "thrift", "ui"), free_ports(4), strict=True))
        self.processes: dict[str, subprocess.Popen] = {}

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self.start("master", "deploy.master.Master", "--host", HOST, "--port", self.ports["master"], "--webui-port", self.ports["web"])
            until(lambda: answers(self.ports["master"]), "the master")
            for name in self.names:
                work = self.folder / name
                options = ["--cores", 1, "--memory", f"{self.memory_mb}m", "--host", HOST, "--work-dir", work, "--webui-port", 0]
                self.start(name, "deploy.worker.Worker", *options, self.master)
            until(lambda: len(self.workers()) == len(self.names), "the workers")
            self.start("thrift", "deploy.SparkSubmit", *self.thrift_options(), "spark-internal")
            until(lambda: answers(self.ports["thrift"]), "the Thrift server")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def master(self) -> str:
        return f"spark://{HOST}:{self.ports['master']}"

    @property
    def environment(self) -> dict[str, str]:
        """Where a build with --target spark_server finds the Thrift server."""
        return os.environ | {"SEGMENTATION_SPARK_HOST": HOST, "SEGMENTATION_SPARK_PORT": str(self.ports["thrift"])}

    def thrift_options(self) -> list[str]:
        settings = {
            "spark.master": self.master,
            "spark.driver.host": HOST,
            "spark.executor.memory": f"{self.memory_mb * 3 // 4}m",
            "spark.sql.warehouse.dir": self.folder / "warehouse",
            "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={self.folder}/metastore;create=true",
            "spark.hadoop.hive.server2.thrift.port": self.ports["thrift"],
            "spark.hadoop.hive.server2.thrift.bind.host": HOST,
            "spark.ui.port": self.ports["ui"],
            "spark.sql.shuffle.partitions": 2,
        }
        options = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
        return ["--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2", "--driver-memory", "2g", *options]

    def start(self, name: str, main_class: str, *arguments) -> None:
        command = [self.home / "bin/spark-class", f"org.apache.spark.{main_class}", *arguments]
        environment = os.environ | {"SPARK_HOME": str(self.home), "SPARK_LOCAL_IP": HOST}
        with open(self.folder / f"{name}.log", "wb") as log:
            self.processes[name] = subprocess.Popen(
                [str(word) for word in command], cwd=self.folder, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, name: str) -> None:
        """End a process and what it has started (a worker's executors) at once, as a power cut does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes.pop(name).wait()

    def stop(self) -> None:
        for name in ["thrift", *self.names, "master"]:
            if name in self.processes:
                self.kill(name)

    def workers(self) -> list[str]:
        """The workers that the master counts as alive."""
        found = json.loads(fetch(f"http://{HOST}:{self.ports['web']}/json/"))["workers"]
        return [worker["id"] for worker in found if worker["state"] == "ALIVE"]

    def tasks(self) -> dict[str, int]:
        """Finished tasks by executor, those of lost executors too."""
        api = f"http://{HOST}:{self.ports['ui']}/api/v1/applications"
        application = json.loads(fetch(api))[0]["id"]
        executors = json.loads(fetch(f"{api}/{application}/allexecutors"))
        return {e["id"]: e["completedTasks"] for e in executors if e["id"] != "driver"}

    def spent(self) -> tuple[float, float]:
        """CPU seconds so far of the cluster's processes that live, executors among them, and the largest memory that one took (MB)."""
        groups, seconds, peak = {process.pid for process in self.processes.values()}, 0.0, 0.0
        for place in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                numbers = (place / "stat").read_text().rpartition(")")[2].split()
                if int(numbers[2]) in groups:
                    seconds += (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")
                    for kilobytes in re.findall(r"VmHWM:\s+(\d+)", (place / "status").read_text()):  # a process that has ended has none
                        peak = max(peak, int(kilobytes) / 1024)
        return seconds, peak


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as open_sockets:
        sockets = [open_sockets.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((HOST, 0))
        return [each.getsockname()[1] for each in sockets]


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.read().decode()


def until(happened, what: str, seconds: int = 120) -> None:
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError, ValueError, LookupError):
            if happened():
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come up within {seconds} s")
        time.sleep(0.3)


def build_and_kill(cluster: Cluster, out: Path, arguments: list[str], kill_after: str) -> dict[str, int]:
    """Build through the Thrift server, kill worker_2 when `kill_after` is built; finished tasks by executor."""
    environment = cluster.environment | {"PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "customer_segmentation", "build", "--target", "spark_server", "--out", str(out), *arguments]
    build = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True)
    for line in build.stdout:
        print(line, end="", flush=True)
        if re.match(rf"\s*{kill_after}: ", line):
            both = cluster.tasks()
            cluster.kill("worker_2")
            print(f"  worker_2 is killed; finished tasks by executor so far: {both}", flush=True)
    if build.wait():
        raise SystemExit(1)
    return cluster.tasks()


def main() -> int:
    parser = argparse.ArgumentParser(prog="make spark-cluster", description=__doc__)
    parser.add_argument("--out", default="out/cluster", help="folder of logs, tables and results (default: out/cluster)")
    parser.add_argument("--against", default="out/segments.duckdb", help="DuckDB's build of the same data (default: out/segments.duckdb)")
    parser.add_argument("--kill-after", default="checked_orders", help="model after which a worker is killed (default: checked_orders)")
    arguments, build_arguments = parser.parse_known_args()
    out = Path(arguments.out).resolve()
    with Cluster(out / "processes") as cluster:
        tasks = build_and_kill(cluster, out, build_arguments, arguments.kill_after)
        print(f"Workers alive at the end: {len(cluster.workers())} of 2; finished tasks by executor: {tasks}")
        if len(cluster.workers()) != 1 or sum(count > 0 for count in tasks.values()) < 2:
            print("STOPPED: both executors should have worked, and one worker should be gone.", file=sys.stderr)
            return 1
    places = [Path(arguments.against).resolve(), out / "segments.duckdb"]
    command = [sys.executable, "-m", "customer_segmentation", "compare", *places, "--manifest", out / "target/manifest.json"]
    return subprocess.run([str(word) for word in command], cwd=PROJECT).returncode


if __name__ == "__main__":
    sys.exit(main())
