"""A part of a finished build again, in a process of its own: python -m bench.part publish|dbt|bare folder [variables]

publish: copy the marts for BI. dbt: the SQL models, by dbt. bare: the same SQL, compiled, without dbt.
"""

import json
import sys
from pathlib import Path

import duckdb

from customer_segmentation.__main__ import run_dbt, set_places
from customer_segmentation.publish import publish

PYTHON_MODELS = ["raw_files", "gate_run", "fitted_models", "expected_orders"]


def main(part: str, folder: str, variables: str = "{}") -> int:
    out = Path(folder).resolve()
    set_places(out)
    if part == "publish":
        publish(out / "warehouse.duckdb", out / "again.duckdb", out / "target/manifest.json")
        (out / "again.duckdb").unlink()
    elif part == "dbt":
        kept = json.loads((out / "target/variables.json").read_text("utf-8"))
        problems = run_dbt(["run", "--full-refresh", "--exclude", *PYTHON_MODELS], kept | json.loads(variables), out / "target/again")
        return 1 if problems else 0
    else:
        bare(out)
    return 0


def bare(out: Path) -> None:
    """Every table of the build made again from its compiled SQL, in the order in which dbt made them."""
    nodes = json.loads((out / "target/again/manifest.json").read_text("utf-8"))["nodes"]
    with duckdb.connect(str(out / "warehouse.duckdb")) as connection:
        connection.execute("create or replace schema bare")
        for result in json.loads((out / "target/again/run_results.json").read_text("utf-8"))["results"]:
            node = nodes.get(result["unique_id"])
            if node and node["resource_type"] == "model" and node["config"]["materialized"] != "view":
                connection.execute(f"create table bare.{node['name']} as {result['compiled_code']}")
        connection.execute("drop schema bare cascade")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
