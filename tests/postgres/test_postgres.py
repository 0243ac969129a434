"""The copy in PostgreSQL: the same rows, all or none of a publish for every reader, who may read it and do nothing else."""

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import psycopg
import pytest

from customer_segmentation.contract import PROJECT
from customer_segmentation.publish import open_published

pytestmark = pytest.mark.postgres

SIZES = """
    select
        (select max(as_of_date) from segments.segment_sizes) as as_of_date,
        (
            select sum(customers) from segments.segment_sizes
            where dimension = 'rfm_segment' and as_of_date = (select max(as_of_date) from segments.segment_sizes)
        ) as customers"""
CUSTOMERS = "select max(as_of_date) as as_of_date, count(*) as customers from segments.customer_segments_current"
HISTORY = "select max(as_of_date) as as_of_date, count(distinct customer_id) as customers from segments.customer_segments_long"
ANNA = {"user": "anna", "password": "reads"}
EQUAL = "0 differences in 27 marts."


@pytest.fixture
def publish(command, database):
    """publish(out, ...): publish a build to the database of the test; the exit code and what was said."""

    def run(out: Path, *options: str) -> tuple[int, str]:
        return command("publish", "--to", database.address(), "--out", out, *options)

    return run


@pytest.fixture
def differences(command, database):
    """differences(out): the last line of compare between a published file and the database."""

    def run(out: Path) -> str:
        words = ("compare", out / "segments.duckdb", database.address(), "--manifest", out / "target/manifest.json")
        return command(*words)[1].splitlines()[-1]

    return run


@pytest.fixture
def changed(tmp_path):
    """changed(out, sql, edit): a copy of a build, its published file changed by SQL and its manifest by a function of the public marts."""

    def copy(out: Path, sql: str, edit=lambda nodes: None) -> Path:
        new = tmp_path / "changed"
        (new / "target").mkdir(parents=True)
        shutil.copy(out / "segments.duckdb", new)
        manifest = json.loads((out / "target/manifest.json").read_text("utf-8"))
        edit({node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"})
        (new / "target/manifest.json").write_text(json.dumps(manifest), "utf-8")
        with duckdb.connect(str(new / "segments.duckdb")) as connection:
            connection.execute(f"use marts; {sql}")
        return new

    return copy


@pytest.fixture
def served(publish, database, sample):
    """The database with the sample company in it, which anna may read by her role alone: her session may write, if she can."""
    code, said = publish(sample)
    assert code == 0, said
    database.run("grant segments_reader to anna")
    return database


def tables(database) -> dict[str, int]:
    """The object identifier of each table of the schema: another one is another table."""
    return dict(database.ask("select relname::text, oid from pg_class where relnamespace = 'segments'::regnamespace and relkind = 'r'"))


def test_the_copy_equals_the_published_file(publish, differences, database, sample):
    code, said = publish(sample)
    assert code == 0 and said.startswith(f"Published {len(tables(database))} marts with ")
    assert differences(sample) == EQUAL


def test_a_second_publish_of_the_same_build_changes_nothing(publish, differences, served, sample):
    before = tables(served)
    assert publish(sample)[0] == 0
    assert differences(sample) == EQUAL and tables(served) == before


def test_compare_finds_what_was_changed_in_the_copy(differences, served, sample):
    one = "(select min(order_id) from segments.fct_orders)"
    served.run(f"update segments.fct_orders set net_amount = net_amount + 0.01 where order_id = {one}")
    assert differences(sample) == EQUAL.replace("0 differences", "1 difference")


def test_a_reader_may_select_from_every_mart(served):
    for mart in tables(served):
        assert served.ask(f"select count(*) >= 0 from segments.{mart}", **ANNA) == [(True,)]


@pytest.fixture
def granted_too_much(served, publish, sample):
    """A database with another table, after rights were given by hand and the marts were published anew."""
    served.run("create schema raw; create table raw.orders (order_id text)")
    served.run("grant all on all tables in schema segments to segments_reader; grant create on schema segments to segments_reader")
    assert publish(sample)[0] == 0
    return served


def test_a_reader_may_do_nothing_else(granted_too_much):
    mart = "segments.segment_classes"
    statements = [
        f"insert into {mart} (dimension, class) values ('x', 'y')",
        f"update {mart} set class = 'y'",
        f"delete from {mart}",
        f"truncate {mart}",
        f"drop table {mart}",
        f"create index on {mart} (class)",
        "create table segments.mine (x int)",
        "create schema mine",
        "select * from raw.orders",
    ]
    with granted_too_much.connect(**ANNA) as connection:
        for sql in statements:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql)


def test_a_reader_has_no_right_to_any_other_table(granted_too_much):
    """The catalogue is open to everybody."""
    writing = "insert, update, delete, truncate, references, trigger"
    rights = granted_too_much.ask(f"""
        select
            relnamespace::regnamespace::text,
            bool_or(has_table_privilege('anna', oid, 'select')),
            bool_or(has_table_privilege('anna', oid, '{writing}'))
        from pg_class
        where relkind in ('r', 'v', 'm', 'p', 'f') and relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema')
        group by 1 order by 1
    """)
    assert rights == [("raw", False, False), ("segments", True, False)]


def test_every_table_and_column_says_what_it_means(served, sample):
    copied = served.ask("""
        select relname, attname, col_description(pg_class.oid, attnum) from pg_class inner join pg_attribute on attrelid = pg_class.oid
        where relnamespace = 'segments'::regnamespace and relkind = 'r' and attnum > 0
        union all
        select relname, '', obj_description(oid, 'pg_class') from pg_class where relnamespace = 'segments'::regnamespace and relkind = 'r'
    """)
    with open_published(sample / "segments.duckdb") as connection:
        published = connection.execute("""
            select table_name, column_name, comment from duckdb_columns() where not internal and schema_name = 'marts'
            union all select table_name, '', comment from duckdb_tables() where schema_name = 'marts'
            union all select view_name, '', comment from duckdb_views() where not internal
        """).fetchall()
    assert all(comment for *_, comment in copied) and sorted(copied) == sorted(published)


def test_keys_and_what_bi_looks_up_are_indexed(served, sample):
    indexes = served.ask("select tablename, indexdef from pg_indexes where schemaname = 'segments'")
    columns = {sql: sql.partition("(")[2].rstrip(")") for _, sql in indexes}
    nodes = json.loads((sample / "target/manifest.json").read_text("utf-8"))["nodes"].values()
    keys = {(node["name"], ", ".join(node["config"]["meta"].get("key", []))) for node in nodes if node.get("access") == "public"}
    # a check of a whole table names no column, and who comes or leaves has no class on one of the dates
    moves = ("segment_migrations", "as_of_date, dimension, from_class, to_class, kind")
    without = {("rejected_rows", ""), ("gate_results", "source, column_name, check_name"), moves}
    assert {(table, columns[sql]) for table, sql in indexes if "UNIQUE" in sql} == keys - without
    assert {(table, columns[sql]) for table, sql in indexes if "UNIQUE" not in sql} == {
        ("criteria_impact", "as_of_date, dimension"),
        ("criteria_sensitivity", "as_of_date, dimension"),
        ("customer_forecast", "as_of_date"),
        ("customer_lifecycle", "as_of_date"),
        ("customer_priority", "as_of_date"),
        ("customer_rfm", "as_of_date"),
        ("customer_segments", "as_of_date"),
        ("customer_segments_current", "as_of_date"),
        ("customer_segments_long", "as_of_date, dimension, class"),
        ("fct_orders", "customer_id"),
        ("rfm_crosswalk", "as_of_date"),
        ("segment_events", "as_of_date, dimension"),
        ("segment_migrations", "as_of_date, dimension"),
    }


class Reader(threading.Thread):
    """Asks again and again what the marts say, and keeps each different answer, the errors and the longest wait."""

    def __init__(self, address: str, stopped: threading.Event):
        super().__init__()
        self.address, self.stopped = address, stopped
        self.answers, self.errors, self.waits = set(), [], []

    def run(self):
        try:
            with psycopg.connect(self.address, autocommit=True) as connection:
                connection.execute("set lock_timeout = '1ms'")  # whoever locks a reader out is found, on a machine of any speed
                while not self.stopped.is_set():
                    self.read(connection)
        except psycopg.Error as error:
            self.errors.append(error)

    def read(self, connection):
        sizes, customers, history = (f"({sql})" for sql in (SIZES, CUSTOMERS, HISTORY))
        at_once = self.ask(connection, f"select * from {sizes} as sizes, {customers} as customers, {history} as history")
        with connection.transaction():
            connection.execute("set transaction isolation level repeatable read")
            one = self.ask(connection, SIZES)
            self.stopped.wait(0.02)
            other = self.ask(connection, CUSTOMERS)
            self.stopped.wait(0.02)
            in_turn = one + other + self.ask(connection, HISTORY)
        self.answers |= {at_once, in_turn}

    def ask(self, connection, sql: str) -> tuple:
        started = time.monotonic()
        (answer,) = connection.execute(sql).fetchall()
        self.waits.append(time.monotonic() - started)
        return answer


def test_readers_see_all_of_the_old_or_all_of_the_new_and_never_wait(publish, served, sample, earlier):
    stopped = threading.Event()
    readers = [Reader(served.address(**ANNA), stopped) for _ in range(8)]
    for reader in readers:
        reader.start()
    try:
        codes = [publish(out)[0] for out in [earlier, sample] * 3]
    finally:
        stopped.set()
        for reader in readers:
            reader.join()
    assert codes == [0] * 6
    assert [error for reader in readers for error in reader.errors] == []
    assert set.union(*(reader.answers for reader in readers)) == {whole_answer(sample), whole_answer(earlier)}
    waits = [wait for reader in readers for wait in reader.waits]
    print(f"{len(waits):,} answers during 6 publishes, the slowest after {max(waits):.3f} s")


def whole_answer(out: Path) -> tuple:
    """What a reader is told by a published file: three times its date and its number of customers."""
    with open_published(out / "segments.duckdb") as connection:
        answer = sum((connection.execute(sql.replace("segments.", "marts.")).fetchone() for sql in (SIZES, CUSTOMERS, HISTORY)), ())
    assert len(set(answer)) == 2
    return answer


def test_a_publish_that_fails_at_the_last_mart_leaves_the_old_rows(publish, differences, database, sample, earlier, changed):
    twice = changed(earlier, "insert into segment_strategies from segment_strategies limit 1")
    said = 'STOPPED: PostgreSQL is unchanged: duplicate key value violates unique constraint "segment_strategies_pkey".\n'
    assert publish(twice) == (1, said)
    assert database.ask("select from pg_namespace where nspname = 'segments'") == []
    publish(sample)
    before = tables(database)
    assert publish(twice) == (1, said)
    assert differences(sample) == EQUAL and tables(database) == before


def test_a_publish_killed_at_the_last_mart_leaves_the_old_rows(publish, differences, served, sample, earlier):
    with stopped_at_the_last_mart(served, earlier) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    until(lambda: waiting(served) == [])
    assert differences(sample) == EQUAL
    assert publish(earlier)[0] == 0 and differences(earlier) == EQUAL


def test_a_second_publish_waits_for_the_first(differences, served, sample, earlier):
    with stopped_at_the_last_mart(served, earlier) as first:
        second = publisher(served, sample)
        until(lambda: "advisory" in waiting(served))
    assert (first.wait(), second.wait()) == (0, 0)
    assert differences(sample) == EQUAL


def test_two_first_publishes_at_once_both_succeed(differences, database, sample):
    both = [publisher(database, sample) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert differences(sample) == EQUAL


class stopped_at_the_last_mart:
    """A publish in another process that has replaced all marts but the last, which is locked until the end of the block."""

    def __init__(self, database, out: Path):
        self.database, self.out = database, out

    def __enter__(self):
        self.lock = psycopg.connect(self.database.address())
        self.lock.execute("lock table segments.segment_strategies in share mode")
        self.process = publisher(self.database, self.out)
        until(lambda: waiting(self.database) == ["relation"])
        return self.process

    def __exit__(self, *_):
        self.lock.close()


def publisher(database, out: Path):
    words = [sys.executable, "-m", "customer_segmentation", "publish", "--to", database.address(), "--out", out]
    return subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.DEVNULL)


def waiting(database) -> list[str]:
    """The kinds of lock that somebody waits for in this database."""
    return [
        kind
        for (kind,) in database.ask("""
            select locktype from pg_locks inner join pg_stat_activity using (pid)
            where not granted and datname = current_database() order by locktype
        """)
    ]


def until(happened, seconds=60):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_a_mart_with_other_columns_is_made_anew_and_one_no_longer_public_is_dropped(publish, differences, served, sample, changed):
    served.run("create table public.customer_rfm (x int)")
    before = tables(served)

    def edit(nodes):
        nodes["fct_orders"]["columns"]["shipped_on"] = {"name": "shipped_on", "data_type": "date", "description": "The day of shipping."}
        nodes["segment_sizes"]["columns"]["net_revenue"]["data_type"] = "decimal(20,4)"
        nodes["customer_rfm"]["access"] = "protected"

    new = changed(
        sample,
        """
        alter table fct_orders add column shipped_on date;
        alter table segment_sizes alter net_revenue type decimal(20, 4);
        update segment_sizes set net_revenue = net_revenue + 0.0001;
        drop table customer_rfm
        """,
        edit,
    )
    assert publish(new)[1].startswith("Published 26 marts ")
    assert differences(new) == EQUAL.replace("27", "26")
    after = tables(served)
    assert {mart for mart in before if after.get(mart) != before[mart]} == {"fct_orders", "segment_sizes", "customer_rfm"}
    assert "customer_rfm" not in after and served.ask("select count(*) from public.customer_rfm") == [(0,)]
    assert served.ask("select count(*) > 0, count(shipped_on) from segments.fct_orders", **ANNA) == [(True, 0)]
    assert publish(sample)[0] == 0 and differences(sample) == EQUAL


def test_in_a_schema_that_was_there_before_no_other_table_is_touched(publish, differences, database, sample):
    database.run("create schema segments")
    database.run("create table segments.theirs as select 1 as x")
    assert publish(sample)[0] == 0 and publish(sample)[0] == 0
    assert differences(sample) == EQUAL
    assert database.ask("select x from segments.theirs") == [(1,)]


@pytest.fixture
def missing(changed, sample):
    """A build in which the key of segment_classes is missing in a row."""
    return changed(sample, "update segment_classes set class = null where class = 'champions'")


def test_a_key_with_a_missing_value_is_no_primary_key(publish, differences, served, missing):
    primary = "select count(*) from pg_constraint where conrelid = 'segments.segment_classes'::regclass and contype = 'p'"
    assert served.ask(primary) == [(1,)]
    assert publish(missing)[0] == 0 and differences(missing) == EQUAL
    assert served.ask(primary) == [(0,)]


def test_a_publish_gives_up_where_a_reader_holds_a_mart_that_must_be_dropped(publish, differences, served, sample, missing, monkeypatch):
    monkeypatch.setattr("customer_segmentation.postgres.PATIENCE", "100ms")
    with psycopg.connect(served.address()) as reader:
        reader.execute("select count(*) from segments.segment_classes")
        assert publish(missing) == (1, "STOPPED: PostgreSQL is unchanged: canceling statement due to lock timeout.\n")
        assert differences(sample) == EQUAL


def test_libpq_s_own_variables_say_where_the_server_is(command, database, differences, sample, monkeypatch):
    for name, value in psycopg.conninfo.conninfo_to_dict(database.address()).items():
        monkeypatch.setenv({"dbname": "PGDATABASE"}.get(name, f"PG{name.upper()}"), str(value))
    assert command("publish", "--to", "postgres", "--out", sample)[0] == 0
    assert differences(sample) == EQUAL


def test_each_way_to_fail_is_one_sentence(command, database, sample, tmp_path, monkeypatch):
    def said(*words) -> str:
        code, text = command("publish", *words)
        assert code == 1 and text.startswith("STOPPED: ") and text.count("\n") == 1 and "secret" not in text
        return text

    to, out = ("--to", database.address()), ("--out", sample)
    assert said(*to, "--out", tmp_path).startswith(f"STOPPED: There is no finished build in {tmp_path}: say make build first")
    assert "Connection refused" in said("--to", "postgresql://anna:secret@127.0.0.1:1/postgres", *out)
    assert "password authentication failed" in said("--to", database.address(password="secret"), *out)
    assert "no PostgreSQL address" in said("--to", "mysql://anna:secret@127.0.0.1/x", *out)

    as_publisher = ("--to", database.address("publisher", "secret"))
    assert "There is no role nobody and this user may not create it" in said(*as_publisher, *out, "--bi-role", "nobody")
    database.run("create role somebody")
    assert f"permission denied for database {database.name}" in said(*as_publisher, *out, "--bi-role", "somebody")

    (tmp_path / "target").mkdir()
    shutil.copy(sample / "target/manifest.json", tmp_path / "target")
    (tmp_path / "segments.duckdb").write_bytes((sample / "segments.duckdb").read_bytes()[:8192])
    assert "say make build again" in said(*to, "--out", tmp_path)

    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert f"needs the package duckdb-extension-postgres=={duckdb.__version__}" in said(*to, *out)
    assert database.ask("select count(*) from pg_namespace where nspname = 'segments'") == [(0,)]
