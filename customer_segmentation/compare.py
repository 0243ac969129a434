"""Compare: do two places hold the same public marts, row for row?"""

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from customer_segmentation.contract import Refused
from customer_segmentation.load import literal
from customer_segmentation.postgres import attach_postgres, is_postgres, listed, reason
from customer_segmentation.publish import open_published, public_marts

TOLERANCE = 1e-9  # relative, of doubles; everything else is equal or not
OF_RUNS = ("gate_results", "history_restated")  # they tell of the runs, not of the customers
MATCHED, DIFFERING, ONLY_IN_A, ONLY_IN_B = "matched", "differing", "only in A", "only in B"


@dataclass(frozen=True)
class Mart:
    """What the manifest says of a public mart: DuckDB's name of the type of each column, and the key, [] if none is declared."""

    name: str
    types: dict[str, str]
    key: list[str]


def compare(a: str, b: str, manifest: Path) -> int:
    """Print one line per public mart and the number of differences; 0 if there are none, 1 otherwise.

    a, b: a DuckDB file, a folder with `<mart>/*.parquet` or `<mart>.parquet`, or a PostgreSQL address (schema segments).
    Raises Refused if a place or the manifest cannot be read.
    """
    marts = declared_marts(manifest)
    total = 0
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        open_place(connection, "a", a, marts)
        open_place(connection, "b", b, marts)
        connection.execute("begin transaction")  # one snapshot of all marts, also of a place that is being published
        for mart in marts:
            differences, sentence = compare_mart(connection, mart)
            total += differences
            print(f"{mart.name}: {sentence}", flush=True)
    print(f"{total:,} {'difference' if total == 1 else 'differences'} in {len(marts)} marts.")
    return 1 if total else 0


def digests(published: Path) -> dict[str, tuple[int, int]]:
    """Rows and a hash of each mart of a published file, whatever the order of its rows; without the marts that tell of the runs."""
    with open_published(published) as connection:
        marts = [name for (name,) in connection.execute("show tables").fetchall() if name not in OF_RUNS]
        digest = "select count(*), sum(hash(mart)) from {} as mart"
        return {mart: connection.execute(digest.format(mart)).fetchone() for mart in marts}


def declared_marts(manifest: Path) -> list[Mart]:
    """The public marts of dbt's manifest; Refused if there is none to compare."""
    try:
        nodes = public_marts(manifest)
    except (OSError, json.JSONDecodeError) as error:
        raise Refused(f"There is no manifest of a build in {manifest}: say make build first, or --manifest path of another one.") from error
    if not nodes:
        raise Refused(f"{manifest} declares no public mart, so there is nothing to compare.")
    return [
        Mart(
            node["name"],
            {column["name"]: str(duckdb.sqltype(column["data_type"])) for column in node["columns"].values()},
            node["config"]["meta"].get("key", []),
        )
        for node in nodes
    ]


def open_place(connection, side: str, place: str, marts: list[Mart]) -> None:
    """Make a view `<side>.<mart>` of every mart that the place holds; Refused if it cannot be read."""
    database = f"place_{side}"
    connection.execute(f"create schema {side}")
    try:
        if is_postgres(place):
            attach_postgres(connection, database, place)
            found = tables(connection, database, "segments")
        elif Path(place).is_dir():
            found = parquet_files(Path(place))
        elif Path(place).is_file():
            connection.execute(f"attach {literal(place)} as {database} (read_only)")
            found = tables(connection, database, "marts") or tables(connection, database, "main")  # where they were before
        else:
            raise Refused(f"There is no file or folder {place}.")
        for mart in marts:
            if mart.name in found:
                connection.execute(f"create view {side}.{mart.name} as from {found[mart.name]}")
    except duckdb.Error as error:
        raise Refused(f"{side.upper()} cannot be read: {reason(error)}.") from error


def tables(connection, database: str, schema: str) -> dict[str, str]:
    """The tables and views of an attached database: SQL of each by name."""
    query = "select table_name from information_schema.tables where table_catalog = ? and table_schema = ?"
    return {name: f"{database}.{schema}.{name}" for (name,) in connection.execute(query, [database, schema]).fetchall()}


def parquet_files(folder: Path) -> dict[str, str]:
    """The marts of a folder of Parquet files: SQL of each by name."""
    files = {file.stem: file for file in folder.glob("*.parquet") if file.is_file()}
    folders = {file.parent.name: file.parent / "*.parquet" for file in folder.glob("*/*.parquet")}
    return {name: f"read_parquet({literal(path)})" for name, path in (files | folders).items()}


def compare_mart(connection, mart: Mart) -> tuple[int, str]:
    """How many differences there are, and a sentence about the first of them.

    Rows are paired by the key. Where there is none, or it is not unique, whole rows are counted on both sides.
    """
    if shape := shape_differences(connection, mart):
        return len(shape), "; ".join(shape) + "."
    repeated = [side for side in "ab" if mart.key and not is_unique(connection, side, mart)]
    key = [column for column, kind in mart.types.items() if kind != "DOUBLE"] if repeated or not mart.key else mart.key
    counts = {MATCHED: 0, DIFFERING: 0, ONLY_IN_A: 0, ONLY_IN_B: 0}
    first = None
    for kind, rows, said in connection.execute(row_differences(mart, key, numbered=key != mart.key)).fetchall():
        counts[kind] = rows
        first = first or said  # in the order of kinds: differing rows say more than missing ones
    matched = counts.pop(MATCHED)
    if not sum(counts.values()) and not repeated:
        return 0, f"{matched:,} rows equal"
    sentence = ", ".join(f"{rows:,} {kind}" for kind, rows in counts.items())
    sentence += "".join(f"; key not unique in {side.upper()}" for side in repeated)
    return sum(counts.values()) + len(repeated), sentence + (f"; {first}" if first else "") + "."


def shape_differences(connection, mart: Mart) -> list[str]:
    """What is missing, unknown or of another type on either side, against the contract. A time with zone is one in UTC."""
    said = []
    for side in "ab":
        query = "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ?"
        types = dict(connection.execute(query, [side, mart.name]).fetchall())
        if not types:
            said.append(f"not in {side.upper()}")
            continue
        said += [f"column {name} is not in {side.upper()}" for name in mart.types if name not in types]
        said += [f"column {name} of {side.upper()} is not in the contract" for name in types if name not in mart.types]
        for name, expected in mart.types.items():
            kind = types.get(name, expected).replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMP")
            said += [f"column {name} is {kind.lower()} in {side.upper()}, not {expected.lower()}"] if kind != expected else []
    return said


def is_unique(connection, side: str, mart: Mart) -> bool:
    query = f"select coalesce(max(rows), 1) from (select count(*) as rows from {side}.{mart.name} group by {listed(mart.key)})"
    return connection.execute(query).fetchone()[0] == 1


def row_differences(mart: Mart, key: list[str], numbered: bool) -> str:
    """SQL: rows and first difference by kind, where the first is that of the least key; equal keys are numbered to be paired."""
    others = [column for column in mart.types if column not in key]
    columns = ", ".join(f'cast("{column}" as {kind}) as "{column}"' for column, kind in mart.types.items())
    order = f" order by {listed(others)}" if others else ""
    number = f"row_number() over (partition by {listed(key)}{order})" if numbered else "1"
    joined = " and ".join(f'a."{column}" is not distinct from b."{column}"' for column in [*key, "row_number"])
    named = " || ', ' || ".join(f"""'{column} ' || coalesce({shown("a", column)}, {shown("b", column)}, 'null')""" for column in key)
    changed = "".join(f" when {differs(column, mart.types[column])} then {values(column)}" for column in others)
    return f"""
        with a as (select {columns}, {number} as row_number, true as is_here from a.{mart.name}),
        b as (select {columns}, {number} as row_number, true as is_here from b.{mart.name}),
        paired as (
            select
                {named} as key,
                case when b.is_here is null then 'only in A' when a.is_here is null then 'only in B'{changed} end as difference
            from a full join b on {joined}
        )
        select
            case when difference is null then '{MATCHED}' when difference like 'only in _' then difference else '{DIFFERING}' end as kind,
            count(*) as rows,
            min(key || ': ' || difference) as first_difference
        from paired
        group by kind
        order by kind
    """


def differs(column: str, kind: str) -> str:
    a, b = f'a."{column}"', f'b."{column}"'
    if kind != "DOUBLE":
        return f"{a} is distinct from {b}"
    near = f"isfinite({a}) and isfinite({b}) and abs({a} - {b}) <= {TOLERANCE} * greatest(abs({a}), abs({b}))"
    return f"{a} is distinct from {b} and not coalesce({near}, false)"


def values(column: str) -> str:
    a, b = (f"coalesce({shown(side, column)}, 'null')" for side in "ab")
    return f"'{column} is ' || {a} || ' in A and ' || {b} || ' in B'"


def shown(side: str, column: str) -> str:
    return f'cast({side}."{column}" as varchar)'
