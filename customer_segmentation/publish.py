"""Publish: copy the public marts into one file and move it into place, so that readers see all of it or none."""

import contextlib
import json
import os
from pathlib import Path

import duckdb

from customer_segmentation.load import literal


def public_marts(manifest: Path) -> list[dict]:
    """The models with public access: name, description and columns, as dbt's manifest has them."""
    nodes = json.loads(manifest.read_text("utf-8"))["nodes"].values()
    return sorted((n for n in nodes if n["resource_type"] == "model" and n["access"] == "public"), key=lambda n: n["name"])


def open_published(published: Path) -> duckdb.DuckDBPyConnection:
    """A reader's connection to a published file, with `marts` as default schema: a mart needs nothing before its name."""
    connection = duckdb.connect(str(published), read_only=True)
    with contextlib.suppress(duckdb.CatalogException):  # a file published before there was that schema has its marts in main
        connection.execute("set schema = 'marts'")
    return connection


def publish(built: Path, published: Path, manifest: Path) -> dict[str, int]:
    """Copy every public mart into schema `marts` of `published`, with its comments and in the contract's types; return rows by mart.

    built: the DuckDB file of a build, or a folder with `<mart>/*.parquet`. The copy is written beside `published` as
    `<name>.new` and replaces it in one step. Readers that have the old file open keep it; a failure leaves it as it was.
    Of a DuckDB file, a mart that is a view onto a base (meta: is_published_base) stays one, and the base goes to schema `base`.
    """
    new = published.with_name(published.name + ".new")
    new.unlink(missing_ok=True)
    rows = {}
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")  # Spark's points in time are UTC
        connection.execute(f"attach {literal(new)} as segments")
        connection.execute("create schema segments.marts")
        connection.execute("use segments.marts")  # so that a view names no database, and can be read under any name of the file
        bases = {}
        if built.is_file():
            connection.execute(f"attach {literal(built)} as warehouse (read_only)")
            bases = copy_bases(connection, manifest)
        for mart in public_marts(manifest):
            name = mart["name"]
            parents = {parent for parent in mart["depends_on"]["nodes"] if parent.startswith("model.")}
            if parents and parents <= set(bases):
                kind, source = "view", f"({over_bases(mart, bases, manifest)})"
            else:
                kind = "table"
                source = f"warehouse.main.{name}" if built.is_file() else f"read_parquet({literal(built / name / '*.parquet')})"
            columns = ", ".join(f"cast({c['name']} as {c['data_type']}) as {c['name']}" for c in mart["columns"].values())
            connection.execute(f"create {kind} {name} as select {columns} from {source}")
            rows[name] = connection.execute(f"select count(*) from {name}").fetchone()[0]
            connection.execute(f"comment on {kind} {name} is {literal(mart['description'])}")
            for column in mart["columns"].values():
                connection.execute(f"comment on column {name}.{column['name']} is {literal(column['description'])}")
        connection.execute("use memory; detach segments")
    os.replace(new, published)
    return rows


def copy_bases(connection, manifest: Path) -> dict[str, dict]:
    """The tables behind published views, copied to schema `base`: nodes by id."""
    nodes = json.loads(manifest.read_text("utf-8"))["nodes"]
    bases = {key: node for key, node in nodes.items() if node["config"].get("meta", {}).get("is_published_base")}
    connection.execute("create schema base")
    for node in bases.values():
        connection.execute(f"create table base.{node['name']} as from warehouse.main.{node['name']}")
        connection.execute(f"comment on table base.{node['name']} is {literal(node['description'])}")
    return bases


def over_bases(mart: dict, bases: dict[str, dict], manifest: Path) -> str:
    """The compiled SQL of a view, reading from the published bases."""
    sql = (manifest.parent / "compiled" / mart["package_name"] / mart["original_file_path"]).read_text("utf-8")
    for node in bases.values():
        sql = sql.replace(node["relation_name"], f"base.{node['name']}")
    return sql
