"""Publish: copy the public marts into one file and move it into place, so that readers see all of it or none."""

import contextlib
import json
import os
import shutil
from pathlib import Path

import duckdb

from customer_segmentation.contract import Refused, read_contract
from customer_segmentation.load import literal


def public_marts(manifest: Path) -> list[dict]:
    """The models with public access: name, description and columns, as dbt's manifest has them."""
    nodes = json.loads(manifest.read_text("utf-8"))["nodes"].values()
    return sorted((n for n in nodes if n["resource_type"] == "model" and n["access"] == "public"), key=lambda n: n["name"])


def open_published(published: Path) -> duckdb.DuckDBPyConnection:
    """A reader's connection to a published file, with `marts` as default schema: a mart needs nothing before its name."""
    connection = duckdb.connect(str(published), read_only=True)
    bound_memory(connection)
    bound_access(connection)
    with contextlib.suppress(duckdb.CatalogException):  # a file published before there was that schema has its marts in main
        connection.execute("set schema = 'marts'")
    return connection


def bound_access(connection: duckdb.DuckDBPyConnection) -> None:
    """A query that somebody else has written reads this file, and no other file, folder, address or extension."""
    connection.execute("set autoinstall_known_extensions = false; set autoload_known_extensions = false")
    connection.execute("set enable_external_access = false")


def bound_memory(connection: duckdb.DuckDBPyConnection) -> None:
    """MEMORY=4GB holds for whatever a build opens, as in macros/bound_memory.sql."""
    if memory := os.environ.get("SEGMENTATION_MEMORY"):
        connection.execute(f"set memory_limit = {literal(memory)}")


def publish(built: Path, published: Path, manifest: Path) -> None:
    """Copy every public mart into schema `marts` of `published`, with its comments and in the contract's types.

    built: the DuckDB file of a build, or a folder with `<mart>/*.parquet`. The copy is written beside `published` as
    `<name>.new` and replaces it in one step. Readers that have the old file open keep it; a failure leaves it as it was.
    Of a DuckDB file, a mart that is a view onto bases (meta: is_published_base) stays one, and they go to schema `base`.
    After a daily run the copy begins as one of `published`, if that is of the run before: of what says so (meta: changes_by)
    only the rows that the run has judged are written.
    """
    refuse_what_is_not_ours(published)
    new = published.with_name(published.name + ".new")
    new.unlink(missing_ok=True)
    nodes = json.loads(manifest.read_text("utf-8"))["nodes"]
    bases = {key: node for key, node in nodes.items() if node["config"].get("meta", {}).get("is_published_base")} if built.is_file() else {}
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")  # Spark's points in time are UTC
        bound_memory(connection)
        connection.execute(f"set temp_directory = {literal(new.with_name(new.name + '.tmp'))}")
        if built.is_file():
            connection.execute(f"attach {literal(built)} as warehouse (read_only)")
        changed = changed_rows(connection, published) if built.is_file() else {}
        if changed:
            shutil.copyfile(published, new)
        connection.execute(f"attach {literal(new)} as segments")
        connection.execute("create schema if not exists segments.marts; create schema if not exists segments.base")
        connection.execute("use segments.marts")  # so that a view names no database, and can be read under any name of the file
        for node in bases.values():
            write(connection, f"base.{node['name']}", f"from warehouse.main.{node['name']}", node, changed)
        for mart in public_marts(manifest):
            name = mart["name"]
            columns = ", ".join(f"cast({c['name']} as {c['data_type']}) as {c['name']}" for c in mart["columns"].values())
            parents = {parent for parent in mart["depends_on"]["nodes"] if parent.startswith("model.")}
            if parents and parents <= set(bases):
                connection.execute(f"create or replace view {name} as select {columns} from ({over_bases(mart, bases, manifest)})")
                comment(connection, f"view {name}", mart)
            else:
                source = f"warehouse.main.{name}" if built.is_file() else f"read_parquet({literal(built / name / '*.parquet')})"
                write(connection, name, f"select {columns} from {source}", mart, changed)
            for column in mart["columns"].values():
                connection.execute(f"comment on column {name}.{column['name']} is {literal(column['description'])}")
        if built.is_file():
            source = {"description": "Of which build, and of which daily run after it, is this file?", "config": {"meta": {}}}
            write(connection, "base.published_from", "select build, run from warehouse.raw.run", source, {})
            source["description"] = (
                "How many rows of each raw table stand behind this file, and from which folder? Replaced ones do not count."
            )
            write(connection, "base.accepted_rows", " union all ".join(accepted_rows(table.name) for table in read_contract()), source, {})
        connection.execute("use memory; detach segments")
    os.replace(new, published)


def refuse_what_is_not_ours(published: Path) -> None:
    """Refused if a file of that name is there which no publish has made."""
    if not published.exists():
        return
    try:
        with duckdb.connect(str(published), read_only=True) as connection:
            is_ours = connection.execute("select count(*) from duckdb_columns() where table_name = 'gate_results'").fetchone()[0]
    except duckdb.IOException as error:
        is_ours = "Conflicting lock" in str(error)  # whose it is, is not known
    except duckdb.Error:
        is_ours = False
    if not is_ours:
        raise Refused(f"{published} was not made by this project, and is as it was: give another OUT=folder.")


def changed_rows(connection, published: Path) -> dict[str, str]:
    """For each way in which a table changes, the condition of its rows that the last run has judged; {} if all may have changed."""
    build, run = connection.execute("select build, run from warehouse.raw.run").fetchone()
    frozen = connection.execute("select max(as_of_date) from warehouse.as_of_dates where is_frozen").fetchone()[0]
    try:
        with duckdb.connect(str(published), read_only=True) as before:
            published_from = before.execute("from base.published_from").fetchall()
    except duckdb.Error:  # there is none, or one of an older kind
        published_from = []
    if frozen is None or published_from != [(build, run - 1)]:
        return {}
    judged = [f"select order_id from warehouse.{table} where judged_in = {run}" for table in ("checked_orders", "checked_order_lines")]
    return {
        "as_of_date": f"as_of_date > date '{frozen}'",
        "order_id": f"order_id in ({' union '.join(judged)})",
    }


def accepted_rows(table: str) -> str:
    """SQL for the rows of a raw table that the gates of a full build would see."""
    counted = f"""select count(*) from warehouse.checked_{table}
        where coalesce(rejected_because, '') not like '%: replaced by a later delivery'"""
    return f"select folder, '{table}' as source, ({counted}) as row_count from warehouse.raw.run"


def write(connection, name: str, query: str, node: dict, changed: dict[str, str]) -> None:
    """A table of the file: its changed rows where it says by what they are told, else all of it."""
    condition = changed.get(node["config"]["meta"].get("changes_by"))
    if condition:
        gone = f" or as_of_date not in (select distinct as_of_date from ({query}))" if "as_of_date" in condition else ""
        connection.execute(f"delete from {name} where {condition}{gone}")
        connection.execute(f"insert into {name} from ({query}) where {condition}")
    else:
        connection.execute(f"create or replace table {name} as {query}")
        comment(connection, f"table {name}", node)


def comment(connection, thing: str, node: dict) -> None:
    connection.execute(f"comment on {thing} is {literal(node['description'])}")


def over_bases(mart: dict, bases: dict[str, dict], manifest: Path) -> str:
    """The compiled SQL of a view, reading from the published bases."""
    sql = (manifest.parent / "compiled" / mart["package_name"] / mart["original_file_path"]).read_text("utf-8")
    for node in bases.values():
        sql = sql.replace(node["relation_name"], f"base.{node['name']}")
    return sql
