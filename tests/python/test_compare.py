"""Compare: every way in which two places may differ is found, counted once, and said; nothing else is."""

import json

import duckdb
import pytest

from customer_segmentation.__main__ import main
from customer_segmentation.load import literal

TYPES = {
    "order_id": "string",
    "ordered_at": "timestamp",
    "order_date": "date",
    "amount": "decimal(18,2)",
    "class": "string",
    "share": "double",
    "is_valid": "boolean",
}
MARTS = {"orders": (TYPES, ["order_id"]), "rejected": ({"source": "string", "observed": "double"}, None)}
ROWS = """
    create table orders (
        order_id varchar, ordered_at timestamp, order_date date, amount decimal(18, 2), class varchar, share double, is_valid boolean
    );
    insert into orders values
        ('O1', '2025-01-31 23:30:00', '2025-01-31', 10, 'loyal', 0.1, true),
        ('O2', '2025-02-01 00:00:00', '2025-02-01', 20, 'lost', 3000000, false),
        ('O3', null, null, null, null, null, null);
    create table rejected (source varchar, observed double);
    insert into rejected values ('orders', 1), ('orders', 1), (null, null);
"""


@pytest.fixture
def manifest(tmp_path):
    nodes = {
        name: {
            "resource_type": "model",
            "access": "public",
            "name": name,
            "config": {"meta": {"key": key} if key else {}},
            "columns": {column: {"name": column, "data_type": kind} for column, kind in types.items()},
        }
        for name, (types, key) in MARTS.items()
    }
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"nodes": nodes}), "utf-8")
    return path


@pytest.fixture
def place(tmp_path):
    """place("b", change): a DuckDB file of ROWS, changed by SQL."""

    def write(name: str, change: str = ""):
        path = tmp_path / f"{name}.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(ROWS + change)
        return path

    return write


@pytest.fixture
def compare(manifest, capsys):
    """compare(a, b): the exit code, the lines about orders and rejected, and the last line."""

    def run(a, b):
        code = main(["compare", str(a), str(b), "--manifest", str(manifest)])
        said = capsys.readouterr()
        return code, *(said.out or said.err).splitlines()

    return run


EQUAL = (0, "orders: 3 rows equal", "rejected: 3 rows equal", "0 differences in 2 marts.")


@pytest.mark.parametrize(
    "change",
    [
        "",
        "create table rows as from orders; delete from orders; insert into orders from rows order by order_id desc",
        "update orders set share = 3000000 * (1 + 9e-10) where order_id = 'O2'",
        "alter table orders alter ordered_at type timestamptz using ordered_at at time zone 'UTC'",
        "create table not_public (secret varchar)",
    ],
)
def test_equal_are_the_same_rows_in_any_order_doubles_nearly_and_times_in_utc(compare, place, change):
    assert compare(place("a"), place("b", change)) == EQUAL
    assert compare(place("c", change), place("d")) == EQUAL


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("set amount = 20.01 where order_id = 'O2'", "O2: amount is 20.00 in A and 20.01 in B."),
        ("set amount = null where order_id = 'O2'", "O2: amount is 20.00 in A and null in B."),
        ("set amount = 0 where order_id = 'O3'", "O3: amount is null in A and 0.00 in B."),
        ("set class = 'Lost' where order_id = 'O2'", "O2: class is lost in A and Lost in B."),
        ("set class = '' where order_id = 'O3'", "O3: class is null in A and  in B."),
        ("set is_valid = true where order_id = 'O2'", "O2: is_valid is false in A and true in B."),
        ("set order_date = '2025-02-02' where order_id = 'O2'", "O2: order_date is 2025-02-01 in A and 2025-02-02 in B."),
        ("set ordered_at = '2025-02-02' where order_id = 'O2'", "O2: ordered_at is 2025-02-01 00:00:00 in A and 2025-02-02 00:00:00 in B."),
        ("set share = 3000000 * (1 + 2e-9) where order_id = 'O2'", "O2: share is 3000000.0 in A and 3000000.006 in B."),
        ("set share = 'nan' where order_id = 'O2'", "O2: share is 3000000.0 in A and nan in B."),
        ("set share = 'inf' where order_id = 'O2'", "O2: share is 3000000.0 in A and inf in B."),
        ("set share = 0 where order_id = 'O3'", "O3: share is null in A and 0.0 in B."),
    ],
)  # fmt: skip
def test_one_changed_value_is_named_by_its_key(compare, place, change, said):
    code, orders, rejected, last = compare(place("a"), place("b", f"update orders {change}"))
    assert orders == f"orders: 1 differing, 0 only in A, 0 only in B; order_id {said}"
    assert (code, rejected, last) == (1, "rejected: 3 rows equal", "1 difference in 2 marts.")


def test_swapped_classes_are_two_differences_and_the_first_is_shown(compare, place):
    swapped = "update orders set class = case order_id when 'O1' then 'lost' else 'loyal' end where order_id <> 'O3'"
    code, orders, *_, last = compare(place("a"), place("b", swapped))
    assert orders == "orders: 2 differing, 0 only in A, 0 only in B; order_id O1: class is loyal in A and lost in B."
    assert (code, last) == (1, "2 differences in 2 marts.")


def test_a_row_of_one_side_only_is_counted_on_that_side(compare, place):
    whole, short = place("a"), place("b", "delete from orders where order_id = 'O2'; delete from rejected where source is null")
    assert compare(whole, short) == (
        1,
        "orders: 0 differing, 1 only in A, 0 only in B; order_id O2: only in A.",
        "rejected: 0 differing, 1 only in A, 0 only in B; source null: only in A.",
        "2 differences in 2 marts.",
    )
    assert compare(short, whole)[1] == "orders: 0 differing, 0 only in A, 1 only in B; order_id O2: only in B."


def test_a_row_too_many_is_one_difference_even_where_the_key_is_not_unique(compare, place):
    twice = "insert into orders from orders where order_id = 'O2'; insert into rejected values ('orders', 1)"
    assert compare(place("a"), place("b", twice)) == (
        1,
        "orders: 0 differing, 0 only in A, 1 only in B; key not unique in B; order_id O2, ordered_at 2025-02-01 00:00:00, "
        "order_date 2025-02-01, amount 20.00, class lost, is_valid false: only in B.",
        "rejected: 0 differing, 0 only in A, 1 only in B; source orders: only in B.",
        "3 differences in 2 marts.",
    )


def test_a_repeated_key_hides_no_other_difference(compare, place):
    both = "insert into orders from orders where order_id = 'O2';"
    code, orders, *_ = compare(place("a", both), place("b", both + "update orders set class = 'x' where order_id = 'O1'"))
    assert code == 1
    assert orders.startswith("orders: 0 differing, 1 only in A, 1 only in B; key not unique in A; key not unique in B; order_id O1")
    assert compare(place("c", both), place("d", both))[1] == (
        "orders: 0 differing, 0 only in A, 0 only in B; key not unique in A; key not unique in B."
    )


def test_rows_without_a_key_are_counted_and_their_doubles_compared(compare, place):
    code, _, rejected, _ = compare(
        place("a"), place("b", "update rejected set observed = 2 where rowid = 1; delete from rejected where source is null")
    )
    assert rejected == "rejected: 1 differing, 1 only in A, 0 only in B; source orders: observed is 1.0 in A and 2.0 in B."
    assert code == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("drop table orders", "not in B."),
        ("alter table orders add column email varchar", "column email of B is not in the contract."),
        ("alter table orders drop column class", "column class is not in B."),
        ("alter table orders alter amount type decimal(28, 2)", "column amount is decimal(28,2) in B, not decimal(18,2)."),
        ("alter table orders alter amount type double", "column amount is double in B, not decimal(18,2)."),
        ("alter table orders alter ordered_at type varchar", "column ordered_at is varchar in B, not timestamp."),
    ],
)
def test_another_shape_is_said_before_any_row_is_compared(compare, place, change, said):
    code, orders, _, last = compare(place("a"), place("b", change))
    assert (code, orders, last) == (1, f"orders: {said}", "1 difference in 2 marts.")


def test_a_column_that_both_sides_have_too_many_or_lack_is_a_difference(compare, place):
    change = "alter table orders add column email varchar; alter table orders drop column class"
    assert compare(place("a", change), place("b", change))[-1] == "4 differences in 2 marts."


def test_parquet_files_and_folders_of_them_are_places(compare, place, tmp_path):
    whole, folder = place("a"), tmp_path / "parquet"
    (folder / "orders").mkdir(parents=True)
    with duckdb.connect(str(whole), read_only=True) as connection:
        connection.execute("set timezone = 'Europe/Berlin'")  # what is written is an instant all the same
        for half in ("= 'O1'", "<> 'O1'"):
            rows = f"select * replace (ordered_at at time zone 'UTC' as ordered_at) from orders where order_id {half}"
            connection.execute(f"copy ({rows}) to {literal(folder / 'orders' / f'part-{len(half)}.parquet')}")
        connection.execute(f"copy rejected to {literal(folder / 'rejected.parquet')}")
    assert compare(whole, folder) == EQUAL
    (folder / "rejected.parquet").unlink()
    assert compare(folder, whole)[2] == "rejected: not in A."


def test_what_cannot_be_compared_is_said_in_a_sentence(compare, place, manifest, tmp_path):
    whole = place("a")
    assert compare(whole, tmp_path / "b.duckdb") == (1, f"STOPPED: There is no file or folder {tmp_path / 'b.duckdb'}.")
    broken = tmp_path / "broken.duckdb"
    broken.write_text("not a database " * 999)
    code, said = compare(whole, broken)
    assert code == 1 and said.startswith("STOPPED: B cannot be read: ") and str(broken) in said
    manifest.write_text(json.dumps({"nodes": {}}))
    assert compare(whole, whole) == (1, f"STOPPED: {manifest} declares no public mart, so there is nothing to compare.")
    manifest.unlink()
    code, said = compare(whole, whole)
    assert code == 1 and said.startswith(f"STOPPED: There is no manifest of a build in {manifest}: ")
