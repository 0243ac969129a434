"""Publish: copy the public marts into one file and move it into place, so that readers see all of it or none."""

import json
import os
from pathlib import Path

import duckdb

from customer_segmentation.load import literal


def public_marts(manifest: Path) -> list[dict]:
    """The models with public access: name, description and columns, as dbt's manifest has them."""
    nodes = json.loads(manifest.read_text("utf-8"))["nodes"].values()
    return sorted((n for n in nodes if n["resource_type"] == "model" and n["access"] == "public"), key=lambda n: n["name"])


def publish(warehouse: Path, published: Path, manifest: Path) -> dict[str, int]:
    """Copy every public mart from the warehouse into `published`, with its comments; return rows by mart.

    The copy is written beside it as `<name>.new` and replaces it in one step. Readers that have the old file open
    keep it; a failure leaves it as it was.
    """
    new = published.with_name(published.name + ".new")
    new.unlink(missing_ok=True)
    rows = {}
    # the database is named as the published file will be: views of readers name it
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(new)} as segments")
        connection.execute(f"attach {literal(warehouse)} as warehouse (read_only)")
        for mart in public_marts(manifest):
            name = mart["name"]
            connection.execute(f"create table segments.{name} as select * from warehouse.main.{name}")
            rows[name] = connection.execute(f"select count(*) from segments.{name}").fetchone()[0]
            connection.execute(f"comment on table segments.{name} is {literal(mart['description'])}")
            for column in mart["columns"].values():
                connection.execute(f"comment on column segments.{name}.{column['name']} is {literal(column['description'])}")
        connection.execute("detach segments")
    os.replace(new, published)
    return rows
