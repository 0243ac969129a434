"""Publish to PostgreSQL: the marts of a published file in the schema `segments`, for many readers at once.

All marts change in one transaction. Their rows are deleted and inserted, so that every statement and every
repeatable-read transaction of a reader sees one publish, and no reader waits: truncate, drop and rename lock readers
out or show them an empty table. Only a mart whose columns, types or key changed is dropped and made anew; its readers
wait for the rest of that transaction.

Readers belong to a group role, which may read these tables and nothing else. For a person, say once as administrator:

    create user anna password '...' in role segments_reader;
    alter user anna set default_transaction_read_only = on;
    alter user anna set statement_timeout = '60s';
"""

import importlib.util
import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from customer_segmentation.contract import Refused
from customer_segmentation.load import first_line, literal
from customer_segmentation.publish import public_marts

SCHEMA = "segments"
MADE_BY_US = "The public marts of customer_segmentation, replaced by each publish"
TYPES = {"string": "text", "double": "double precision", "timestamp": "timestamp without time zone"}  # the others bear the same name
LOOKUPS = [["customer_id"], ["as_of_date", "dimension", "class"]]
PATIENCE = "30s"  # with readers of a table that must be dropped: others wait behind us


@dataclass(frozen=True)
class Mart:
    """A public mart as PostgreSQL is to have it: type by column, primary key ([] for none), and what it means."""

    name: str
    types: dict[str, str]
    key: list[str]
    description: str
    meanings: dict[str, str]

    @property
    def table(self) -> str:
        return f'{SCHEMA}."{self.name}"'

    @property
    def definition(self) -> tuple[str, str]:
        """Columns and key, as existing_tables has them."""
        return ", ".join(f"{column} {kind}" for column, kind in self.types.items()), ", ".join(self.key)

    @property
    def indexes(self) -> list[list[str]]:
        """What BI looks up, of the columns that the mart has, where the primary key does not begin with it."""
        wanted = [[column for column in columns if column in self.types] for columns in LOOKUPS]
        return [columns for columns in wanted if columns and self.key[: len(columns)] != columns]


def publish_to_postgres(address: str, out: str, bi_role: str) -> dict[str, int]:
    """Replace the marts in PostgreSQL by those of OUT/segments.duckdb; return rows by mart.

    address: `postgresql://user@host/database`, or `postgres` for what PGHOST, PGUSER, PGPASSWORD, ~/.pgpass and the like say.
    bi_role: the role that may read them; it is created if there is none. Marts that are no longer public are dropped, if a
    publish made the schema; in a schema that was there before, no other table is touched. A second publish waits for the first.
    Raises Refused if there is no finished build, no server, or a right is missing; then PostgreSQL is as it was.
    """
    if not is_postgres(address):
        raise Refused("TO is no PostgreSQL address: write postgresql://user@host/database, or postgres for what PGHOST and the like say.")
    with duckdb.connect() as connection:
        marts = marts_to_publish(connection, Path(out).resolve())
        # read committed: who waited for another publish must see what it did
        attach_postgres(connection, "postgres", address, "isolation_level 'read committed'")
        try:
            connection.execute("begin transaction")
            rows = replace_all(connection, marts, bi_role)
            connection.execute("commit")
        except duckdb.Error as error:
            raise Refused(f"PostgreSQL is unchanged: {reason(error)}.") from error
        tables = ", ".join(mart.table for mart in marts)
        connection.execute("call postgres_execute('postgres', ?, use_transaction = false)", [f"vacuum (analyze) {tables}"])
    return rows


def marts_to_publish(connection, out: Path) -> list[Mart]:
    """Attach OUT/segments.duckdb as `published`; its marts, with the types, keys and descriptions of the manifest."""
    published, manifest = out / "segments.duckdb", out / "target/manifest.json"
    if not published.exists() or not manifest.exists():
        raise Refused(f"There is no finished build in {out}: say make build first, or OUT=folder of another one.")
    try:
        connection.execute(f"attach {literal(published)} as published (read_only)")
        return [mart_to_publish(connection, node) for node in public_marts(manifest)]
    except (duckdb.Error, json.JSONDecodeError) as error:
        raise Refused(f"{published} does not hold what {manifest} declares ({first_line(error)}): say make build again.") from error


def mart_to_publish(connection, node: dict) -> Mart:
    """The mart of a node of the manifest. A key with a missing value in some row can be no primary key."""
    columns = node["columns"].values()
    types = {c["name"]: TYPES.get(c["data_type"], c["data_type"].replace("decimal", "numeric")) for c in columns}
    key = node["config"]["meta"].get("key", [])
    nulls = " or ".join(f'"{column}" is null' for column in key) or "true"
    query = f"select {listed(types)} from published.marts.{node['name']} where {nulls} limit 1"
    has_nulls = connection.execute(query).fetchone() is not None
    return Mart(node["name"], types, [] if has_nulls else key, node["description"], {c["name"]: c["description"] for c in columns})


def is_postgres(place: str) -> bool:
    return place == "postgres" or place.startswith(("postgresql://", "postgres://"))


def attach_postgres(connection, name: str, address: str, option: str = "read_only") -> None:
    """Attach a PostgreSQL database; Refused if DuckDB's extension is not installed or the server turns us away.

    The extension comes in a Python package and is loaded from there: DuckDB would fetch it from the network. DuckDB takes an
    extension's name from its file, which the package names otherwise.
    """
    package = importlib.util.find_spec("duckdb_extension_postgres")
    file = Path(package.origin).parent / f"extensions/v{duckdb.__version__}/postgres.duckdb_extension" if package else None
    if not file or not file.exists():
        raise Refused(f"PostgreSQL needs the package duckdb-extension-postgres=={duckdb.__version__}: install it with pip.")
    try:
        with tempfile.TemporaryDirectory() as folder:
            link = Path(folder) / "postgres_scanner.duckdb_extension"
            link.symlink_to(file)
            connection.execute(f"load {literal(link)}")
        connection.execute(f"attach {literal('' if address == 'postgres' else address)} as {name} (type postgres, {option})")
    except duckdb.Error as error:
        raise Refused(f"PostgreSQL cannot be reached: {reason(error)}.") from error


def reason(error: Exception) -> str:
    """PostgreSQL's own words in an error of DuckDB, which also quotes the statement, or the address and its password."""
    return re.sub(r'^.*(ERROR:  |Unable to connect to Postgres at ".*": )', "", first_line(error)).replace("FATAL:  ", "")


def replace_all(connection, marts: list[Mart], bi_role: str) -> dict[str, int]:
    """Everything that one transaction does; rows by mart."""
    run(connection, "select pg_advisory_xact_lock(hashtext('customer_segmentation'))")
    run(connection, f"set local lock_timeout = '{PATIENCE}'")
    ((schema_exists, is_ours, role_exists, may_create_role),) = ask(
        connection,
        f"""
        select
            exists (select from pg_namespace where nspname = '{SCHEMA}') as schema_exists,
            obj_description(to_regnamespace('{SCHEMA}'), 'pg_namespace') is not distinct from {literal(MADE_BY_US)} as is_ours,
            exists (select from pg_roles where rolname = {literal(bi_role)}) as role_exists,
            (select rolsuper or rolcreaterole from pg_roles where rolname = current_user) as may_create_role
        """,
    )
    if not role_exists and not may_create_role:
        raise Refused(f"There is no role {bi_role} and this user may not create it: let an administrator say create role {bi_role}.")
    if not role_exists:
        run(connection, f"create role {quoted(bi_role)} nologin")
    if not schema_exists:
        run(connection, f"create schema {SCHEMA}; comment on schema {SCHEMA} is {literal(MADE_BY_US)}")
    existing = existing_tables(connection)
    for name in existing.keys() - {mart.name for mart in marts} if is_ours else ():
        run(connection, f'drop table {SCHEMA}."{name}"')
    rows = {mart.name: replace_rows(connection, mart, existing.get(mart.name)) for mart in marts}
    run(connection, grants(marts, quoted(bi_role)))
    return rows


def existing_tables(connection) -> dict[str, tuple[str, str]]:
    """Columns and primary key of our tables in the schema, by name."""
    tables = ask(
        connection,
        f"""
        select
            relname::text as name,
            (
                select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum)
                from pg_attribute where attrelid = pg_class.oid and attnum > 0 and not attisdropped
            ) as columns,
            (
                select coalesce(string_agg(attname, ', ' order by array_position(conkey, attnum)), '')
                from pg_constraint inner join pg_attribute on attrelid = conrelid and attnum = any(conkey)
                where conrelid = pg_class.oid and contype = 'p'
            ) as key
        from pg_class
        where relnamespace = '{SCHEMA}'::regnamespace and relkind = 'r' and pg_get_userbyid(relowner) = current_user
        """,
    )
    return {name: (columns, key) for name, columns, key in tables}


def replace_rows(connection, mart: Mart, existing: tuple[str, str] | None) -> int:
    """Put the published rows in the place of those that are there; how many."""
    if existing == mart.definition:
        run(connection, f"delete from {mart.table}")
    else:
        run(connection, f"drop table if exists {mart.table}; {creation(mart)}")
        connection.execute("call pg_clear_cache()")  # DuckDB would remember the old columns
    order = f"order by {listed(mart.key)}" if mart.key else ""  # rows in the order of the index enter it faster
    columns = listed(mart.types)
    inserted = f"insert into postgres.{mart.table} ({columns}) select {columns} from published.marts.{mart.name} {order}"
    (rows,) = connection.execute(inserted).fetchone()
    run(connection, "; ".join([*comments(mart), *(index(mart, columns) for columns in mart.indexes)]))
    return rows


def creation(mart: Mart) -> str:
    lines = [f'"{column}" {kind}' for column, kind in mart.types.items()]
    if mart.key:
        lines.append(f"primary key ({listed(mart.key)})")
    # to give the free end of a table back, vacuum would lock readers out; the next publish needs the room anyway
    return f"create table {mart.table} ({', '.join(lines)}) with (vacuum_truncate = false)"


def comments(mart: Mart) -> list[str]:
    columns = [f'comment on column {mart.table}."{column}" is {literal(meaning)}' for column, meaning in mart.meanings.items()]
    return [f"comment on table {mart.table} is {literal(mart.description)}", *columns]


def index(mart: Mart, columns: list[str]) -> str:
    return f'create index if not exists "{mart.name}_{"_".join(columns)}" on {mart.table} ({listed(columns)})'


def grants(marts: list[Mart], role: str) -> str:
    """SQL: the role may read the marts and do nothing else in the schema, whatever was granted before."""
    tables = ", ".join(mart.table for mart in marts)
    return (
        f"revoke all on schema {SCHEMA} from {role}; revoke all on {tables} from {role}; "
        f"grant usage on schema {SCHEMA} to {role}; grant select on {tables} to {role}"
    )


def run(connection, sql: str) -> None:
    connection.execute("call postgres_execute('postgres', ?)", [sql])


def ask(connection, sql: str) -> list[tuple]:
    return connection.execute("from postgres_query('postgres', ?)", [sql]).fetchall()


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def listed(columns) -> str:
    return ", ".join(f'"{column}"' for column in columns)
