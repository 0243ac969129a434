"""What a BI tool finds in the published file, however it connects, while a new one is published."""

import shutil
import subprocess
import sys
from pathlib import Path

import adbc_driver_duckdb
import adbc_driver_manager.dbapi
import duckdb
import pytest
import sqlalchemy

from customer_segmentation.contract import PROJECT
from customer_segmentation.dashboard import FIRST
from customer_segmentation.publish import open_published, public_marts

SIZES = "select rfm_segment, count(*) from customer_segments_current group by all order by all"
# what the dashboard says, in its order: later queries read the tables of earlier ones
CHOSEN = "set variable customer = 'C07'", "set variable as_of_date = (select max(as_of_date) from segment_sizes)"
CHARTS = list(dict.fromkeys([*FIRST, *(path.stem for path in sorted((PROJECT / "charts").glob("*.sql")))]))
MADE = [f"create temp table {name} as {(PROJECT / f'charts/{name}.sql').read_text('utf-8')}" for name in CHARTS]


class Plain:
    """DuckDB's own connection."""

    def __init__(self, published):
        self.connection = open_published(published)

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()

    def comments(self) -> dict[str, dict[str, str]]:
        """What each column of each mart is said to mean."""
        listed = "select table_name, map(list(column_name), list(comment)) from duckdb_columns() where schema_name = 'marts' group by all"
        return dict(self.rows(listed))

    def close(self):
        self.connection.close()


def engine_of(published) -> sqlalchemy.Engine:
    """Without a pool: while any connection of a process is open, DuckDB opens the file that this one has, not the one that replaced it."""
    return sqlalchemy.create_engine(f"duckdb:///{published}", connect_args={"read_only": True}, poolclass=sqlalchemy.NullPool)


class SQLAlchemy(Plain):
    """duckdb-sqlalchemy."""

    def __init__(self, published):
        self.connection = engine_of(published).connect()
        self.rows("set schema = 'marts'")

    def rows(self, sql):
        answer = self.connection.exec_driver_sql(sql)
        return [tuple(row) for row in answer] if answer.returns_rows else []

    def comments(self):
        found = sqlalchemy.inspect(self.connection).get_multi_columns(schema="marts", kind=sqlalchemy.engine.ObjectKind.ANY)
        return {mart: {column["name"]: column["comment"] for column in columns} for (_, mart), columns in found.items()}


class Adbc(Plain):
    """The ADBC driver in DuckDB's package. What it gives is an Arrow stream, which DuckDB can read as well as pyarrow can."""

    def __init__(self, published):
        place = {"path": str(published), "access_mode": "READ_ONLY"}
        self.connection = adbc_driver_manager.dbapi.connect(
            driver=adbc_driver_duckdb.driver_path(), entrypoint="duckdb_adbc_init", db_kwargs=place, autocommit=True
        )
        self.connection.adbc_current_db_schema = "marts"

    def rows(self, sql):
        with self.connection.cursor() as cursor:
            if sql.startswith(("set ", "create ")):
                return cursor.execute(sql)
            return read(lambda: cursor.execute(sql).fetch_arrow(), "from stream")

    def comments(self):
        listed = """
            select mart.table_name, map_from_entries([(c.column_name, c.remarks) for c in mart.table_columns])
            from (select unnest(catalog_db_schemas) as folder from stream), unnest(folder.db_schema_tables) as tables(mart)"""
        return dict(read(lambda: self.connection.adbc_get_objects(depth="all", db_schema_filter="marts"), listed))


def read(answer, sql: str) -> list[tuple]:
    """The rows of a query on the Arrow stream that answer() gives; DuckDB takes one to see its columns and one to read it."""

    class Stream:
        def __arrow_c_stream__(self, requested_schema=None):
            return answer().__arrow_c_stream__(requested_schema)

    with duckdb.connect() as connection:
        return connection.register("stream", Stream()).execute(sql).fetchall()


@pytest.fixture(scope="module")
def declared(sample) -> dict[str, dict]:
    """The public marts of the manifest by name."""
    return {node["name"]: node for node in public_marts(sample.out / "target/manifest.json")}


PUBLISHES = """
import pathlib, sys
from customer_segmentation.publish import publish
for _ in range(3):
    publish(*map(pathlib.Path, sys.argv[1:]))
"""


def test_every_client_reads_all_marts_and_their_comments_while_they_are_published_anew(sample, declared, tmp_path):
    published = Path(shutil.copy(sample.published, tmp_path))
    meanings = {mart: {name: column["description"] for name, column in node["columns"].items()} for mart, node in declared.items()}
    queries = [*(f"from temp.{name}" for name in CHARTS), *(f"select * from {mart}" for mart in declared)]
    places = [sample.out / "warehouse.duckdb", published, sample.out / "target/manifest.json"]
    before, rounds, is_published = published.stat().st_mtime_ns, 0, False
    with subprocess.Popen([sys.executable, "-c", PUBLISHES, *places], cwd=PROJECT) as publishing:
        while not is_published:
            is_published = publishing.poll() is not None  # and once more after the last time
            sizes = []
            for client in (Plain, SQLAlchemy, Adbc):
                reader = client(published)
                assert reader.comments() == meanings, client
                for statement in (*CHOSEN, *MADE):
                    reader.rows(statement)
                for query in queries:
                    assert isinstance(reader.rows(query), list)
                sizes.append(reader.rows(SIZES))
                reader.close()
            assert sizes[0] == sizes[1] == sizes[2] == sample.marts(SIZES)
            rounds += 1
    assert publishing.returncode == 0 and published.stat().st_mtime_ns != before, "it was published meanwhile"
    print(f"{rounds} rounds of 3 clients with {len(queries)} queries each")
    assert rounds > 1


def test_sqlalchemy_reflects_schemas_tables_views_types_and_comments(sample, declared):
    customers = sample.marts("select sum(customers) from segment_sizes where dimension = 'rfm_segment'")
    engine = engine_of(sample.published)
    inspector = sqlalchemy.inspect(engine)
    schemas = {name for name in inspector.get_schema_names() if name.startswith("segments.")}
    assert schemas == {"segments.marts", "segments.base", "segments.main"}
    assert inspector.get_table_names(schema="main") == inspector.get_view_names(schema="main") == []
    views = inspector.get_view_names(schema="marts")
    assert set(views) == {"customer_forecast", "customer_lifecycle", "customer_segments", "customer_segments_long"}
    assert {*views, *inspector.get_table_names(schema="marts")} == set(declared)
    for mart, node in declared.items():
        assert inspector.get_table_comment(mart, schema="marts") == {"text": node["description"]}
        types = {column["name"]: str(column["type"]) for column in inspector.get_columns(mart, schema="marts")}
        assert {name: duckdb.sqltype(kind) for name, kind in types.items()} == {
            name: duckdb.sqltype(column["data_type"]) for name, column in node["columns"].items()
        }
    sizes = sqlalchemy.Table("segment_sizes", sqlalchemy.MetaData(), schema="marts", autoload_with=engine)
    with engine.connect() as connection:
        counted = connection.execute(sqlalchemy.select(sqlalchemy.func.sum(sizes.c.customers)).where(sizes.c.dimension == "rfm_segment"))
        assert counted.fetchall() == customers
