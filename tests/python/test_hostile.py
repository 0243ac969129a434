"""Files as they really come: what can be read is read, and what cannot is refused in one sentence that helps."""

import gzip
import shutil
import stat
import subprocess
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

from customer_segmentation.__main__ import in_words, main
from customer_segmentation.contract import PROJECT, read_contract
from customer_segmentation.load import load, not_read
from customer_segmentation.metrics import main as metrics_command
from customer_segmentation.variables import KINDS, check
from tests.builds import built_tables

HEADER = "order_id,customer_id,ordered_at,amount\n"
ORDERS = HEADER + "".join(f"O{n},C{n % 3},2025-{1 + n // 4:02}-{1 + n % 4:02},{10 + n}.50\n" for n in range(40))
CURRENCIES = ["currency", *["EUR", "USD"] * 20]
IN_TWO_CURRENCIES = "".join(f"{line},{currency}\n" for line, currency in zip(ORDERS.splitlines(), CURRENCIES, strict=True))
CUSTOMERS = "customer_id\nC0\nC1\nC2\n"


@pytest.fixture
def loaded(raw):
    """loaded({"orders.csv": ...}): those files and a good customers.csv, read into an empty database."""

    def read(files: dict, folder=None):
        connection = duckdb.connect()
        folder = folder or raw({"customers.csv": CUSTOMERS} | files)
        return connection, {file.source: file for file in load(connection, str(folder), read_contract())}

    return read


@pytest.fixture(scope="module")
def published(build, raw):
    """A build of lines of which two have a comma too many or too few, and of a file that nobody reads."""
    broken = "O90,C1,2025-01-01,1,234.50\nO91,C1\n"
    return build(raw({"customers.csv": CUSTOMERS, "orders.csv": ORDERS + broken, "order-lines.csv": "x"}))


def refused(build, folder, published, **options) -> list[str]:
    """The sentences of a build that must be refused and leave the published file as it is."""
    before = published.published.read_bytes()
    attempt = build(folder, published.out, **options)
    assert attempt.code == 1
    assert published.published.read_bytes() == before
    *sentences, last = attempt.complaints
    assert sentences == attempt.stopped, "nothing but the reasons is said"
    assert last == f"The build did not finish; {published.published} is unchanged."
    return sentences


REFUSED = {
    "no file": ({}, ["orders.csv", "is missing", "order_id, customer_id, ordered_at, amount"]),
    "an empty file": ({"orders.csv": ""}, ["orders.csv", "is empty"]),
    "blank lines": ({"orders.csv": "\n\n"}, ["orders.csv", "is empty"]),
    "only a byte order mark": ({"orders.csv": b"\xef\xbb\xbf"}, ["orders.csv", "is empty"]),
    "only a header": ({"orders.csv": HEADER}, ["orders.csv", "no rows", "only a header"]),
    "only broken lines": ({"orders.csv": HEADER + "O1,C1\n"}, ["orders.csv", "no rows", "1 broken line"]),
    "Windows": ({"orders.csv": ORDERS.encode() + b"O9,C1,2025-01-01,1 \x80\n"}, ["orders.csv", "not UTF-8", "iconv -f cp1252"]),
    "Chinese": ({"orders.csv": f"{ORDERS}O9,C1,2025-01-01,等待付款\n".encode("gb18030")}, ["orders.csv", "not UTF-8", "iconv -f gb18030"]),
    "latin-1": ({"orders.csv": f"{ORDERS}O9,Müller,2025-01-01,1\n".encode("latin-1")}, ["orders.csv", "not UTF-8", "line 42", "latin1"]),
    "UTF-16": ({"orders.csv": ORDERS.encode("utf-16")}, ["orders.csv", "not UTF-8", "iconv -f utf-16"]),
    "UTF-16 without a mark": ({"orders.csv": ORDERS.encode("utf-16-le")}, ["orders.csv", "NUL byte", "line 1"]),
    "a git conflict": (
        {"orders.csv": ORDERS + "<<<<<<< ours\nO90,C1,2025-01-01,1\n=======\nO90,C1,2025-01-01,2\n>>>>>>> theirs\n"},
        ["orders.csv", "git conflict", "line 42", "<<<<<<<"],
    ),
    "two files of one table": ({"orders.csv": ORDERS, "orders.parquet": b"PAR1"}, ["orders.csv and orders.parquet"]),
    "no Parquet file in spite of its name": ({"orders.parquet": ORDERS}, ["orders.parquet", "not a Parquet file"]),
    "no gzip file in spite of its name": ({"orders.csv.gz": ORDERS}, ["orders.csv.gz", "gzip"]),
    "half a gzip file": ({"orders.csv.gz": gzip.compress(ORDERS.encode())[:-20]}, ["orders.csv.gz", "gzip"]),
    "a file beside a folder of its table": ({"orders.csv": ORDERS, "orders/a.csv": ORDERS}, ["orders and orders.csv are both in"]),
    "a folder with something else in it": (
        {"orders/a.csv": ORDERS, "orders/notes.txt": "x"},
        ["orders/notes.txt", "no CSV or Parquet file"],
    ),
    "two kinds of files in a folder": ({"orders/a.csv": ORDERS, "orders/b.parquet": b"PAR1"}, ["orders holds CSV and Parquet files"]),
    "a folder with nothing in it": ({"orders/.hidden": ""}, ["folder orders has no CSV or Parquet file"]),
    "a column that one delivery lacks": (
        {"orders/a.csv": ORDERS, "orders/b.csv": ORDERS.replace("amount", "total", 1)},
        ["orders/b.csv lacks the column amount"],
    ),
    "a column twice": ({"orders.csv": ORDERS.replace("amount", "amount,Amount", 1)}, ["orders.csv", "column amount twice"]),
    "a column under another name": (
        {"orders.csv": ORDERS.replace("ordered_at", "order_date", 1)},
        ["orders.csv", "lacks the column ordered_at", "rename order_date to ordered_at"],
    ),
    "columns under other names": (
        {"orders.csv": ORDERS.replace("order_id,customer_id", "Order ID,CustomerID", 1)},
        ["orders.csv", "rename Order ID to order_id", "rename CustomerID to customer_id"],
    ),
}


@pytest.mark.parametrize("story", REFUSED)
def test_what_cannot_be_read_is_refused_by_name(build, raw, published, story):
    files, words = REFUSED[story]
    (sentence,) = refused(build, raw({"customers.csv": CUSTOMERS} | files), published)
    assert all(word in sentence for word in words), sentence


@pytest.mark.parametrize("name", ["date", "order_day", "placed"])
def test_a_column_that_is_needed_itself_is_never_offered_for_renaming(loaded, name):
    _, results = loaded({"orders.csv": ORDERS.replace("ordered_at", name, 1)})
    assert "lacks the column ordered_at" in results["orders"].problem
    assert not any(f"rename {column}" in results["orders"].problem for column in ("order_id", "customer_id", "amount"))


def test_a_folder_that_does_not_exist_is_said_once(loaded, tmp_path):
    _, results = loaded({}, folder=tmp_path / "nowhere")
    problems = {result.problem for result in results.values() if result.problem}
    assert len(problems) == 1 and "nowhere does not exist" in problems.pop()


READABLE = {
    "a byte order mark": b"\xef\xbb\xbf" + ORDERS.encode(),
    "semicolons": ORDERS.replace(",", ";"),
    "tabs": ORDERS.replace(",", "\t"),
    "Windows line ends": ORDERS.replace("\n", "\r\n"),
    "line ends of both kinds": ORDERS.replace(".50\n", ".50\r\n", 20),
    "quoted names with capitals": ORDERS.replace(HEADER, '"Order_ID","CUSTOMER_ID","Ordered_At","Amount"\n'),
    "a byte order mark before a quote": b'\xef\xbb\xbf"order_id"' + ORDERS.removeprefix("order_id").encode(),
    "spaces around names": ORDERS.replace(HEADER, " order_id , customer_id,ordered_at,amount \n"),
    "no line end at the end": ORDERS.removesuffix("\n"),
    "a comma at the end of each line": ORDERS.replace("\n", ",\n"),
    "two commas at the end of each line": ORDERS.replace("\n", ",,\n"),
    "blank lines before the header": "\n  \n" + ORDERS,
    "Excel's word for the delimiter": "sep=;\n" + ORDERS.replace(",", ";"),
    "line ends of old Macs": ORDERS.replace("\n", "\r"),
    "a field in quotes with a carriage return": ORDERS.replace("2025-01-02", '"2025-01-02\r"', 1),
}


@pytest.mark.parametrize("story", READABLE)
def test_what_spreadsheets_write_is_read_as_it_was_meant(loaded, story):
    plain, _ = loaded({"orders.csv": ORDERS})
    connection, results = loaded({"orders.csv": READABLE[story]})
    assert results["orders"].problem is None
    read, meant = (source.execute("from raw.orders").fetchall() for source in (connection, plain))
    assert [[value and value.strip("\r") for value in row] for row in read] == [list(row) for row in meant]


def test_a_folder_of_deliveries_is_one_table_whatever_the_columns_of_each(loaded):
    columns_in_another_order = "amount,ordered_at,customer_id,order_id,channel\n5.00,2025-12-01,C1,O90,web\n"
    deliveries = {"orders/2025-11.csv": ORDERS, "orders/2025-12.csv.gz": gzip.compress(columns_in_another_order.encode())}
    connection, results = loaded(deliveries)
    assert (results["orders"].problem, results["orders"].rows, results["orders"].file) == (None, 41, "orders (2 files)")
    new = connection.execute("select order_id, amount, channel, delivery from raw.orders where channel is not null").fetchall()
    assert new == [("O90", "5.00", "web", "orders/2025-12.csv.gz")]


def test_a_folder_of_parquet_files_that_differ_in_their_columns_is_one_table(loaded, tmp_path):
    folder = tmp_path / "raw"
    (folder / "orders").mkdir(parents=True)
    (folder / "customers.csv").write_text(CUSTOMERS)
    columns = "'O1' as order_id, 'C1' as customer_id, timestamp '2025-01-05' as ordered_at"
    duckdb.execute(f"copy (select {columns}, 1.5 as amount) to '{folder}/orders/a.parquet'")
    duckdb.execute(f"copy (select 2::double as amount, 'web' as channel, {columns}) to '{folder}/orders/b.parquet'")
    connection, results = loaded({}, folder=folder)
    assert results["orders"].problem is None
    rows = connection.execute("select order_id, amount, channel, delivery from raw.orders order by delivery").fetchall()
    assert rows == [("O1", 1.5, None, "orders/a.parquet"), ("O1", 2, "web", "orders/b.parquet")]


def test_a_row_of_a_parquet_file_is_read_alike_whatever_types_the_other_files_have(loaded, tmp_path):
    """12 and 12.0, a shop's clock and a point in time: in one query they would all become those of one kind."""
    rows = {
        "a": "'O1' as order_id, 9007199254740993 as customer_id, timestamp '2025-03-01 23:30:00' as ordered_at, 1.5 as amount",
        "b": "'O2' as order_id, 12::double as customer_id, timestamptz '2025-03-01 23:30:00+00' as \"Ordered_At\", 2::double as amount",
    }
    read = {}
    for names in ("a", "b", "ab"):
        folder = tmp_path / names
        (folder / "orders").mkdir(parents=True)
        (folder / "customers.csv").write_text(CUSTOMERS)
        for name in names:
            duckdb.execute(f"copy (select {rows[name]}) to '{folder}/orders/{name}.parquet'")
        connection, results = loaded({}, folder=folder)
        assert results["orders"].problem is None
        columns = "order_id, customer_id::varchar, ordered_at::varchar, amount::decimal(18, 2)"
        read[names] = connection.execute(f"select {columns} from raw.orders order by order_id").fetchall()
    assert read["ab"] == read["a"] + read["b"]


def test_a_gzip_file_is_read(loaded):
    _, results = loaded({"orders.csv.gz": gzip.compress(ORDERS.encode())})
    assert (results["orders"].problem, results["orders"].rows) == (None, 40)


@pytest.mark.parametrize("row_end", ["\n", "\r\n"])
def test_text_in_quotes_may_have_several_lines_whatever_ends_a_row(loaded, row_end):
    text = 'It leaked.\nThen it ""hissed"", and stopped.\n=======\nNo answer.'
    rows = ["feedback_id,customer_id,given_at,text", f'F1,C0,2025-01-01,"{text}"', "F2,C1,2025-01-02,Fine."]
    connection, results = loaded({"orders.csv": ORDERS, "feedback.csv": row_end.join([*rows, ""])})
    assert (results["feedback"].problem, results["feedback"].malformed) == (None, 0)
    texts = connection.execute("select text from raw.feedback order by feedback_id").fetchall()
    assert texts == [(text.replace('""', '"'),), ("Fine.",)]


def test_lines_with_more_or_fewer_fields_are_set_aside_with_their_text(loaded):
    connection, results = loaded({"orders.csv": ORDERS + "O90,C1,2025-01-01,1,234.50\nO91,C1\nO92,C1,2025-01-01,1\n"})
    assert (results["orders"].rows, results["orders"].malformed) == (41, 2)
    lines = connection.execute("select line, reason, text from raw.malformed_lines order by line").fetchall()
    assert lines == [(42, "too many columns", "O90,C1,2025-01-01,1,234.50"), (43, "missing columns", "O91,C1")]


SHIFTED = {
    "an empty field too many": "O90,C1,2025-01-01,1,234.50,",
    "several": "O90,C1,2025-01-01,1,,,",
    "quotes before it": '"O90","C,1",2025-01-01,1,,',
    "a carriage return": "O90,C1,2025-01-01\r,1,web",
    "a carriage return beside quotes": '"O,90",C1,2025\r-01-01,1,web',
}


@pytest.mark.parametrize("row_end", ["\n", "\r\n"])
@pytest.mark.parametrize("story", SHIFTED)
def test_a_line_that_the_engine_would_shift_or_choke_on_is_set_aside_with_its_text(loaded, story, row_end):
    """Between lines that are whole: two in quotes with a delimiter or a line end inside, one that ends with an empty field."""
    header, *orders = ORDERS.replace("amount", "amount,channel", 1).replace(".50\n", ".50,web\n").splitlines()
    whole = ['O80,"C,1",2025-01-01,1,', 'O81,C1,2025-01-01,2,"a\nb,"', "O82,C1,2025-01-01,3,"]
    connection, results = loaded({"orders.csv": row_end.join([header, *orders, whole[0], SHIFTED[story], *whole[1:], ""])})
    assert (results["orders"].problem, results["orders"].rows, results["orders"].malformed) == (None, 43, 1)
    reason = "a carriage return inside of a field" if "return" in story else "too many columns"
    told = connection.execute("select line, reason, text from raw.malformed_lines").fetchall()
    assert told == [(43, reason, SHIFTED[story])]
    kept = connection.execute("select order_id, channel from raw.orders where order_id in ('O80', 'O81', 'O82') order by 1").fetchall()
    assert kept == [("O80", None), ("O81", "a\nb,"), ("O82", None)]


def test_of_a_broken_line_nothing_is_shown_that_may_be_personal(loaded):
    header = HEADER.replace("\n", ",customer_email\n")
    files = {
        "orders.csv": header + "O1,C1,2025-01-01,1,a@example.com\nO2,C1,2025-01-01,1,234.50,b@example.com\n",
        "customers.csv": "customer_id,name\nC1,Ann\nC2,Smith, Ben\nC3;Ann Smith;ann@example.com\n",
        "feedback.csv": "feedback_id,customer_id,given_at\nF1,C1,2025-01-01,I am Ann\n",
    }
    connection, _ = loaded(files)
    lines = connection.execute("select text, shown from raw.malformed_lines order by source desc, line").fetchall()
    texts = ["O2,C1,2025-01-01,1,234.50,b@example.com", "F1,C1,2025-01-01,I am Ann", "C2,Smith, Ben", "C3;Ann Smith;ann@example.com"]
    assert lines == [(text, "(hidden: it may hold personal data)") for text in texts]


def test_the_lines_after_a_quote_that_is_never_closed_are_all_counted(loaded):
    rows = ORDERS.splitlines(keepends=True)
    rows[11] = rows[11].replace("C", '"C')
    _, results = loaded({"orders.csv": "".join(rows)})
    assert (results["orders"].rows, results["orders"].malformed) == (10, 30)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("name, sibling", [("o'neil [1] *", "o'neil 1 x"), ("ra[x]", "rax"), ("ra*", "rabbit"), ("ra?", "ray")])
def test_names_of_folders_are_no_patterns(loaded, tmp_path, name, sibling, kind):
    for folder, orders in ((tmp_path / sibling, ORDERS.replace("O", "X")), (tmp_path / name, ORDERS)):
        folder.mkdir()
        (folder / "customers.csv").write_text(CUSTOMERS)
        if kind == "parquet":
            (tmp_path / "orders.csv").write_text(orders)
            duckdb.read_csv(str(tmp_path / "orders.csv")).write_parquet(str(folder / "orders.parquet"))
        else:
            (folder / "orders.csv").write_text(orders)
    connection, results = loaded({}, folder=folder)
    rows = connection.execute("select order_id, delivery from raw.orders").fetchall()
    assert (len(rows), {delivery for _, delivery in rows}, results["customers"].rows) == (40, {f"orders.{kind}"}, 3)
    assert {order_id[0] for order_id, _ in rows} == {"O"}


def test_whatever_lies_in_the_folder_is_read_or_named(raw, tmp_path):
    folder = raw({"Customers.CSV": CUSTOMERS, "ORDERS/Part.CSV": ORDERS, "products.csv.GZ": gzip.compress(b"product_id\nP1\n")})
    for name in ("order-lines.csv", "feedback.csv.zst", "ORDERS/_d1.csv", "Interactions.xlsx", "notes.txt", ".DS_Store"):
        (folder / name).write_text("x")
    (folder / "exchange_rates.csv").symlink_to(tmp_path / "nowhere")
    (folder / "linked").symlink_to(tmp_path)
    files = {file.source: file for file in load(duckdb.connect(), str(folder), read_contract())}
    assert [file.problem for file in files.values() if file.problem] == []
    assert (files["customers"].rows, files["orders"].rows, files["products"].rows) == (3, 40, 1)
    assert sorted(not_read(folder, read_contract())) == [
        "Interactions.xlsx (save it as CSV UTF-8)",
        "ORDERS/_d1.csv (its name begins with a dot or an underscore, rename it)",
        "exchange_rates.csv (a link to nothing)",
        "feedback.csv.zst (decompress it, for instance with: zstd -d)",
        "linked (a link to a folder: give the folder itself)",
        "notes.txt (rename it to .csv if its first line names columns)",
        "order-lines.csv (rename it to order_lines.csv)",
    ]


def test_what_is_not_read_is_told_at_the_end_of_the_build(published):
    assert "order-lines.csv (rename it to order_lines.csv)." in published.said


def test_broken_lines_are_in_rejected_rows_with_their_text(published):
    rows = published.marts("select source, row_key, reason, raw_row from rejected_rows order by row_key")
    assert rows == [
        ("orders", "line 42", "broken line: too many columns", "O90,C1,2025-01-01,1,234.50"),
        ("orders", "line 43", "broken line: missing columns", "O91,C1"),
    ]


END_TO_END = {
    "a folder that does not exist": (None, {}, ["/nowhere does not exist", "RAW=folder"]),
    "a git conflict": (ORDERS + "<<<<<<< ours\n", {}, ["orders.csv", "git conflict", "line 42"]),
    "a lone date in the far future, and one long ago": (
        ORDERS + "O98,C1,1970-01-01,1\nO99,C1,2099-01-01,1\n",
        {},
        ["orders.csv", "ordered_at", "as-of date", "O99"],
    ),
    "an AS_OF before all orders": (ORDERS, {"as_of": "2020-01-01"}, ["orders.csv", "ordered_at", "begin after AS_OF=2020-01-01"]),
    "two currencies without rates": (IN_TWO_CURRENCIES, {}, ["orders.csv", "currency", "EUR", "USD", "exchange_rates"]),
}


@pytest.mark.parametrize("story", END_TO_END)
def test_a_refused_build_says_why_once_and_leaves_what_is_published(build, raw, published, tmp_path, story):
    orders, options, words = END_TO_END[story]
    folder = raw({"customers.csv": CUSTOMERS, "orders.csv": orders}) if orders else tmp_path / "nowhere"
    sentences = refused(build, folder, published, **options)
    assert len(sentences) == 1
    assert all(word in sentences[0] for word in words), sentences[0]


@pytest.mark.parametrize(
    "options, words",
    [
        ({"as_of": "next week"}, ["AS_OF=next week is not a date", "2025-12-31"]),
        ({"as_of": "2025-02-30"}, ["AS_OF=2025-02-30 is not a date"]),
        ({"variables": ["timezone"]}, ["VARS", "JSON"]),
        ({"variables": {"time_zone": "UTC"}}, ["VARS", "time_zone", "dbt_project.yml"]),
        ({"variables": {"timezone": "Mars/Base"}}, ["VARS", "Mars/Base", "Europe/Berlin"]),
        ({"variables": {"forecast_model": "oracle"}}, ["VARS", "forecast_model", "mbg_nbd", "oracle"]),
        ({"variables": {"horizon_days": 0}}, ["VARS", "horizon_days", "from 1 up"]),
        ({"variables": {"recent_days": "1) or (1=1"}}, ["VARS", "recent_days", "whole number", "1) or (1=1"]),
        ({"variables": {"as_of_date": "31.12.2025"}}, ["VARS", "as_of_date", "2025-12-31", "31.12.2025"]),
        ({"variables": {"history_from": "2025-12-31'"}}, ["VARS", "history_from", "date"]),
        ({"variables": {"reporting_currency": "EURO"}}, ["VARS", "reporting_currency", "three letters"]),
        ({"variables": {"crosswalk_history": "yes"}}, ["VARS", "crosswalk_history", "true or false"]),
        ({"variables": {"calibrate_after_months": [1, True]}}, ["VARS", "calibrate_after_months", "list"]),
        ({"variables": {"dwell_dates": {"valu_tier": 2}}}, ["VARS", "dwell_dates", "dimensions"]),
        ({"variables": {"margin_share": 1.5}}, ["VARS", "margin_share", "0 to 1"]),
        ({"variables": {"yearly_discount": None}}, ["VARS", "yearly_discount", "None"]),
        ({"preset": "no_such_preset"}, ["no_such_preset", "presets.csv"]),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_by_name(build, published, options, words):
    attempt = build(out=published.out, **options)
    assert (attempt.code, len(attempt.stopped)) == (1, 1)
    assert all(word in attempt.stopped[0] for word in words), attempt.stopped[0]


def test_every_variable_of_the_project_has_a_kind_and_its_default_is_of_it():
    declared = yaml.safe_load((PROJECT / "dbt_project.yml").read_text("utf-8"))["vars"]
    assert list(KINDS) == [name for name in declared if name in KINDS] and set(KINDS) == set(declared)
    check(declared)


# --- values from outside are values

ATTACK = "{{ run_query('create table main.owned as select 1') }}{% set x = 1 %}{# '"


def test_a_folder_and_a_customer_may_be_named_like_a_template(build, raw, tmp_path, capsys):
    folder = tmp_path / ATTACK
    shutil.copytree(raw({"customers.csv": f"customer_id\n{ATTACK}\nC1\nC2\n", "orders.csv": ORDERS.replace("C0", ATTACK)}), folder)
    done = built_tables("fct_orders", "latest_classes", raw=folder, out=tmp_path / "out")
    assert done.complaints == []
    assert done.work("select distinct raw_path from run_settings") == [(str(folder),)]
    assert main(["explain", "--customer", ATTACK, "--out", str(done.out)]) == 0
    assert "purchase_amount" in capsys.readouterr().out
    assert main(["explain", "--customer", ATTACK + "'", "--out", str(done.out)]) == 1
    assert f"No customer {ATTACK}' is known" in capsys.readouterr().err
    assert done.work("select count(*) from information_schema.tables where table_name = 'owned'") == [(0,)]


HOSTILE_WORDS = '$(shell touch owned)`touch owned`$(touch owned)\'; touch owned; "; touch owned; "'
COMMANDS = {
    "build": ["RAW", "AS_OF", "OUT", "PRESET", "VARS"],
    "explain": ["CUSTOMER", "OUT"],
    "metrics": ["METRICS", "BY", "WHERE", "OUT"],
    "compare": ["A", "B", "OUT"],
    "publish": ["TO", "BI_ROLE", "OUT"],
    "history": ["RAW"],
    "dashboard": ["CUSTOMER", "NAMES", "OUT"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_given_to_make_is_no_code(command, tmp_path):
    """With `echo` in place of Python, so that only make and the shell see it."""
    for name in ("bin/python", "installed"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    words = [f"{option}={HOSTILE_WORDS}" for option in COMMANDS[command]]
    fake = [f"VENV={tmp_path}/bin", f"ENV={tmp_path}", "-o", ".venv/installed", "-f", str(PROJECT / "Makefile")]
    subprocess.run(["make", *fake, command, *words], cwd=tmp_path, capture_output=True)
    assert [path.name for path in tmp_path.rglob("owned*")] == []


def test_a_condition_on_metrics_reads_no_file_and_is_refused_in_a_sentence(sample, tmp_path, capsys):
    (tmp_path / "secret.csv").write_text("a\nsecret\n")
    for where in (
        f"(select count(*) from read_csv('{tmp_path}/secret.csv')) = 1",
        f"'{tmp_path}' in (select file from glob('{tmp_path}/*'))",
    ):
        assert metrics_command(["--out", str(sample.out), "--metrics", "customers", "--where", where]) == 1
        said = capsys.readouterr()
        assert said.err.startswith("STOPPED: ") and len(said.err.splitlines()) == 1 and "disabled" in said.err, said.err


def test_the_working_file_is_its_owners_alone_and_the_published_one_is_for_all(sample):
    modes = {
        name: stat.S_IMODE((sample.out / name).stat().st_mode) for name in ("warehouse.duckdb", "segments.duckdb", "data_docs/index.html")
    }
    assert modes == {"warehouse.duckdb": 0o600, "segments.duckdb": 0o644, "data_docs/index.html": 0o644}


# --- whatever comes is a sentence


@pytest.mark.parametrize(
    "error, code, told", [(KeyboardInterrupt(), 130, "interrupted"), (RuntimeError("a\nb"), 1, "a (The details are in ")]
)
def test_whatever_happens_the_user_gets_one_sentence(monkeypatch, capsys, tmp_path, error, code, told):
    def fail(*_):
        raise error

    monkeypatch.setattr("customer_segmentation.__main__.run_dbt", fail)
    assert main(["build", "--out", str(tmp_path)]) == code
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.startswith(f"STOPPED: {told}")
    if code == 1:
        assert "RuntimeError: a" in Path(sentence.split("details are in ")[1].removesuffix(".)")).read_text()


def test_a_forecast_says_what_is_known_and_what_is_not():
    known = (100.0, 80.0, 120.0, 5000.0, date(2025, 6, 30), 1.02)
    assert in_words(known, None, ("bg_nbd", 0.7)).startswith(
        "Forecast: 100 purchase days (80 to 120) of 5,000.00; the same from 2025-06-30"
    )
    for place in range(1, 6):
        assert in_words((*known[:place], None, *known[place + 1 :]), None, ("bg_nbd", None)).startswith("Forecast: 100 purchase days")
    assert "of unknown value" in in_words((100.0, None, None, None, None, None), None, None)
    assert in_words(None, None, None).startswith("No forecast: ")


def test_a_report_that_fails_leaves_the_build_green(build, raw, monkeypatch):
    monkeypatch.setattr("customer_segmentation.__main__.in_words", lambda *_: 1 / 0)
    done = build(raw({"customers.csv": CUSTOMERS, "orders.csv": ORDERS}))
    assert done.code == 0 and "Published " in done.said
    assert done.complaints == ["The report could not be written, the published file is not touched by that: division by zero"]
