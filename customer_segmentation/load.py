"""Bring the raw files into the database as they are, or say in one sentence why a file cannot be read.

A table is one file, or a folder of files (deliveries). CSV files become a table of text and Parquet files a view;
nothing is converted, so nothing can be lost here. Lines that are not rows (too few or too many fields, a quote left
open) go to `raw.malformed_lines`.
"""

import contextlib
import csv
import difflib
import gzip
import io
import os
import re
import tempfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from customer_segmentation.contract import OURS, Table

BLOCK = 1 << 24
CONFLICT_MARKER = re.compile(rb"^(<<<<<<<|>>>>>>>)(?=[ \r\n]|$)", re.MULTILINE)
MISSING_WORDS = ("", "NULL", "null", "\\N")
MALFORMED_LINES = "(source varchar, delivery varchar, line bigint, reason varchar, text varchar, shown varchar)"
HIDDEN = "(hidden: it may hold personal data)"
ENDINGS = (".csv.gz", ".csv", ".parquet")
NOBODYS = (OURS, ".DS_Store", "Thumbs.db", "desktop.ini", ".gitkeep", ".gitignore", "_SUCCESS")
CONVERSIONS = {
    ".zst": "decompress it, for instance with: zstd -d",
    ".zip": "unpack it",
    ".xlsx": "save it as CSV UTF-8",
    ".xls": "save it as CSV UTF-8",
    ".txt": "rename it to .csv if its first line names columns",
    ".tsv": "rename it to .csv",
}
SURPLUS, RETURN, RETURNED = "\x01", "\x02", "\x03"  # marks in a copy, of lines that are none: see mended


@dataclass
class RawFile:
    """What came of one table of the contract. `problem` is a sentence and stops the build; `file` names what was read."""

    source: str
    file: str | None = None
    rows: int = 0
    malformed: int = 0
    rows_so_far: int = 0  # with those of earlier runs
    problem: str | None = None
    stamps: dict[Path, tuple[int, int]] = field(default_factory=dict)  # of the files read, before they were

    @property
    def paths(self) -> list[Path]:
        return list(self.stamps)


class Unreadable(Exception):
    """A file that cannot be read as a table; the message is the sentence for the user."""


def load(connection, raw_path: str, contract: list[Table], known: frozenset[str] = frozenset()) -> list[RawFile]:
    """Create `raw.<table>` for every table of the contract, with every column of it (absent ones are null) and `delivery`.

    connection: an open DuckDB connection; raw_path: a folder with `<table>.csv`, `.csv.gz` or `.parquet`, or a folder
    `<table>` of such files; known: deliveries (paths below raw_path) that an earlier run has taken in and this one leaves out.
    Returns one RawFile per table; a problem is returned, not raised, so that all of them can be shown at once.
    """
    begin(connection, known)
    files = []
    for table in contract:
        files.append(load_table(connection, Path(raw_path), table, known))
        if files[-1].problem:
            with contextlib.suppress(duckdb.TransactionException):  # where there is none
                connection.rollback()  # the engine goes on with no transaction in which a statement failed; nothing of it is kept anyway
                connection.begin()
            begin(connection, known)
    return files


def begin(connection, known: frozenset[str]) -> None:
    connection.execute("create schema if not exists raw")
    if not known:
        connection.execute(f"create or replace table raw.malformed_lines {MALFORMED_LINES}")


def load_table(connection, folder: Path, table: Table, known: frozenset[str]) -> RawFile:
    raw_file = RawFile(table.name)
    try:
        found = find_files(folder, table)
        raw_file.stamps = {path: stamp_of(path) for path in found if delivery_of(folder, path) not in known}
        names = [delivery_of(folder, path) for path in raw_file.paths]
        if names:
            raw_file.file = names[0] if len(names) == 1 else f"{table.name} ({len(names)} files)"
        read_files(connection, folder, raw_file.paths, table)
        for path, stamp in raw_file.stamps.items():
            if stamp_of(path) != stamp:
                raise Unreadable(f"{delivery_of(folder, path)} changed while it was read: build again when it lies there whole.")
        count = f"select count(*) from raw.{table.name}"
        raw_file.rows = connection.execute(count).fetchone()[0]
        count = "select count(*) from raw.malformed_lines where source = ? and list_contains(?, delivery)"
        raw_file.malformed = connection.execute(count, [table.name, names]).fetchone()[0]
        if table.is_required and raw_file.rows == 0 and raw_file.paths and not known:
            broken = f" and {raw_file.malformed:,} broken line{'s' * (raw_file.malformed > 1)}" if raw_file.malformed else ""
            raise Unreadable(f"{raw_file.file} has no rows that can be read, only a header{broken}.")
    except Unreadable as unreadable:
        raw_file.problem = str(unreadable)
    return raw_file


def stamp_of(path: Path) -> tuple[int, int]:
    """Size and time of the last change."""
    return path.stat().st_size, path.stat().st_mtime_ns


def delivery_of(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def find_files(folder: Path, table: Table) -> list[Path]:
    """The file of this table, or the files of its folder in the order of their names; [] if an optional table has none."""
    if not folder.is_dir():
        raise Unreadable(f"The folder {folder} does not exist: give the folder of your CSV or Parquet files as RAW=folder.")
    names = {table.name, *(table.name + ending for ending in ENDINGS)}
    places = [path for path in entries(folder) if path.name.lower() in names and path.exists()]
    if len(places) > 1:
        raise Unreadable(f"{' and '.join(path.name for path in places)} are both in {folder}: keep one of them.")
    if not places and table.is_required:
        columns = ", ".join(table.required_columns)
        raise Unreadable(f"{table.name}.csv (or .parquet) is missing in {folder}: it needs the columns {columns}.")
    if not places or places[0].is_file():
        return places
    inside = [path for path in sorted(places[0].rglob("*"), key=natural) if path.is_file() and not is_set_aside(path, places[0])]
    files = [path for path in inside if path.name.lower().endswith(ENDINGS)]
    if strange := [path.name for path in inside if path not in files]:
        raise Unreadable(f"{places[0].name}/{strange[0]} is no CSV or Parquet file: a folder holds deliveries of its table, nothing else.")
    if len({path.suffix.lower() == ".parquet" for path in files}) > 1:
        raise Unreadable(f"{places[0].name} holds CSV and Parquet files: keep one kind.")
    if not files and table.is_required:
        raise Unreadable(f"The folder {places[0].name} has no CSV or Parquet file in it.")
    return files


def entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir(), key=natural)
    except OSError as error:
        raise Unreadable(f"The folder {folder} cannot be read: {error.strerror}.") from error


def natural(path: Path) -> list:
    """The order of names in which export_9 comes before export_10."""

    def key(part: str) -> tuple[int, str]:
        return (int(part), "") if part.isascii() and part.isdigit() else (-1, part)

    return [[key(part) for part in re.split("([0-9]+)", name)] for name in path.parts]


def is_set_aside(path: Path, folder: Path) -> bool:
    """Files and folders whose names begin with a dot or an underscore: those of tools, which Spark leaves out too."""
    return any(part[0] in "._" for part in path.relative_to(folder).parts)


def not_read(folder: Path, contract: list[Table]) -> list[str]:
    """What lies in the folder and is not read, each with what to do about it."""
    if not folder.is_dir():
        return []
    read = set()
    for table in contract:
        with contextlib.suppress(Unreadable):
            read |= set(find_files(folder, table))
    found = []
    for place, folders, files in os.walk(folder):  # which does not follow links
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        found += [Path(place) / name for name in (*files, *links) if name not in NOBODYS]
    spellings = {re.sub("[^a-z]", "", table.name): table.name for table in contract}
    told = []
    for path in sorted(set(found) - read - {table.parent for table in read}, key=natural):
        name, ending = next(((path.name[: -len(e)], e) for e in ENDINGS if path.name.lower().endswith(e)), (path.stem, path.suffix))
        table = spellings.get(re.sub("[^a-z]", "", name.lower()))
        if path.is_symlink() and not path.exists():
            advice = "a link to nothing"
        elif path.is_symlink() and path.is_dir():
            advice = "a link to a folder: give the folder itself"
        elif path.parent != folder and path.name[0] in "._":
            advice = "its name begins with a dot or an underscore, rename it"
        elif ending.lower() in ENDINGS:
            advice = f"rename it to {table}{ending.lower()}" if table else "no table of that name is known"
        else:
            advice = CONVERSIONS.get(ending.lower(), "neither CSV nor Parquet" if table else "no table of that name is known")
        told.append(f"{delivery_of(folder, path)} ({advice})")
    return told


def read_files(connection, folder: Path, paths: list[Path], table: Table) -> None:
    """Create raw.<table>: the contract's columns from the files, and which delivery a row came in."""
    relation = f"raw.{table.name}"
    kinds = "select table_type from information_schema.tables where table_schema = 'raw' and table_name = ?"
    for (kind,) in connection.execute(kinds, [table.name]).fetchall():
        connection.execute(f"drop {'view' if kind == 'VIEW' else 'table'} {relation}")
    if paths and paths[0].suffix.lower() == ".parquet":
        view_parquet(connection, folder, paths, table)
        return
    nothing = f"{contract_columns(table, {})}, cast(null as varchar) as delivery"
    connection.execute(f"create table {relation} as select {nothing} where false")
    for path in paths:
        with tempfile.TemporaryDirectory() as scratch:
            read_csv(connection, path, delivery_of(folder, path), table, Path(scratch))


def view_parquet(connection, folder: Path, paths: list[Path], table: Table) -> None:
    """raw.<table> as a view of Parquet files: several may differ in the columns they have, and in their types.

    Text, and times of which only some say their zone, are then read as text, each file by itself: 12 and 12.0 are two ids,
    and a row means the same in whatever run it comes.
    """
    kinds = {}
    for path in paths:  # each by itself, so that the sentence can name it
        try:
            described = connection.execute(f"describe select * from read_parquet({pattern(path)})").fetchall()
        except Exception as error:
            raise Unreadable(f"{delivery_of(folder, path)} is not a Parquet file that can be read: {first_line(error)}") from error
        kinds[path] = {name.lower(): kind for name, kind, *_ in described}
        check_columns(delivery_of(folder, path), [name for name, *_ in described], table)
    as_text = set()
    for column in table.columns:
        found = {kind[column.name] for kind in kinds.values() if column.name in kind}
        if len(found) > 1 and (column.data_type == "string" or "TIMESTAMP WITH TIME ZONE" in found):
            as_text.add(column.name)
    together = ", ".join(pattern(path) for path in paths)
    source = f"read_parquet([{together}], union_by_name = true, filename = '_delivery')"
    if as_text:
        texts = {path: ", ".join(f"cast({name} as varchar) as {name}" for name in sorted(as_text & set(kinds[path]))) for path in paths}
        alone = [
            f"select *{f' replace ({texts[path]})' * bool(texts[path])} from read_parquet({pattern(path)}, filename = '_delivery')"
            for path in paths
        ]
        source = f"({' union all by name '.join(alone)})"
    try:
        described = connection.execute(f"describe select * exclude (_delivery) from {source}").fetchall()
        columns = contract_columns(table, {name: kind == "VARCHAR" for name, kind, *_ in described})
        delivery = f"substr(_delivery, {len(str(folder)) + 2}) as delivery"
        connection.execute(f"create view raw.{table.name} as select {columns}, {delivery} from {source}")
    except Exception as error:
        raise Unreadable(f"The files of {table.name} do not fit together: {first_line(error)}") from error


def read_csv(connection, path: Path, delivery: str, table: Table, scratch: Path) -> None:
    """Read strictly, every column as text, into raw.<table>; what does not fit goes to raw.malformed_lines with its line number."""
    try:
        delimiter, names, readable, skip = inspect_csv(path, scratch)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Unreadable(f"{path.name} is not a gzip file that can be read: {first_line(error)}.") from error
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}.") from error
    check_columns(delivery, names, table)
    columns = ", ".join(f"{literal(name)}: 'varchar'" for name in names)
    try:
        connection.execute(f"""
            insert into raw.{table.name}
            select {contract_columns(table, dict.fromkeys(names, True))}, {literal(delivery)} as delivery
            from read_csv(
                {pattern(readable)}, auto_detect = false, header = true, skip = {skip}, columns = {{{columns}}},
                compression = {literal("gzip" if readable.suffix.lower() == ".gz" else "none")},
                delim = {literal(delimiter)}, quote = '"', escape = '"', max_line_size = 16777216,
                store_rejects = true, rejects_table = 'csv_rejects', rejects_scan = 'csv_scans', rejects_limit = 0
            )
        """)
    except Exception as error:
        raise Unreadable(f"{path.name} is not a CSV file that can be read: {first_line(error)}") from error
    connection.execute(f"""
        insert into raw.malformed_lines
        -- a quote that is never closed takes all lines after it along: each of them counts
        with broken as (
            select line,
                case when contains(any_value(csv_line), chr(3)) then 'a carriage return inside of a field'
                    else lower(replace(any_value(error_type)::varchar, '_', ' ')) end as reason,
                split_part(any_value(csv_line), chr(3), 1).replace(chr(2), chr(13)).rtrim(chr(10) || chr(1)).string_split(chr(10)) as texts
            from csv_rejects group by line
        )
        select {literal(table.name)}, {literal(delivery)}, line + place - 1, reason, texts[place] as text, {shown(table, names)}
        from (select *, unnest(range(1, len(texts) + 1)) as place from broken)
    """)
    connection.execute("drop table csv_rejects")
    connection.execute("drop table csv_scans")


def shown(table: Table, names: list[str]) -> str:
    """SQL for what may be published of a broken line: all of it or nothing.

    Its fields are not where they belong, so it may be shown only if no column of the file holds personal data.
    """
    harmless = {column.name for column in table.columns if not column.meta.get("personal")}
    return "text" if len(harmless) == len(table.columns) and {name.lower() for name in names} <= harmless else literal(HIDDEN)


def inspect_csv(path: Path, scratch: Path) -> tuple[str, list[str], Path, int]:
    """Delimiter, header, the file to read (the same one, or a copy that DuckDB takes as it is meant) and the lines before its header."""
    delimiter, names, skip = header_of(path)
    comma = re.escape(delimiter.encode())
    ends_empty = re.compile(rb"^(?:[^%s\r\n]*%s){%d,}\r*$" % (comma, comma, len(names)), re.MULTILINE)
    lines, returns, pairs, has_surplus = 0, 0, 0, False
    for block in blocks(path):
        refuse_what_is_not_text(path, block, lines)
        lines += block.count(b"\n")
        returns += block.count(b"\r")
        pairs += block.count(b"\r\n")
        has_surplus = has_surplus or bool(ends_empty.search(block))
    if not (has_surplus or returns > pairs or 0 < pairs < lines):
        return delimiter, names, path, skip
    readable = scratch / path.stem
    with open(readable, "wb") as copy:
        text = (block.replace(b"\r\n", b"\n") if pairs < lines else block for block in blocks(path))
        if returns and not lines:
            copy.writelines(block.replace(b"\r", b"\n") for block in text)
        elif has_surplus or returns > pairs:
            copy.writelines(mended((line for block in text for line in io.BytesIO(block)), delimiter.encode(), len(names)))
        else:
            copy.writelines(text)
    return delimiter, names, readable, skip


def header_of(path: Path) -> tuple[str, list[str], int]:
    """Delimiter, names of the columns, and how many lines stand before them: blank ones, and Excel's `sep=;`."""
    first = next(blocks(path), b"")
    refuse_what_is_not_text(path, first, 0)
    lines, skip, told = first.decode("utf-8-sig").splitlines(), 0, None
    while skip < len(lines) and (not lines[skip].strip() or lines[skip].strip().lower().startswith("sep=")):
        told = lines[skip].strip()[4:5] or told
        skip += 1
    header = lines[skip : skip + 1]
    delimiter = told or max(",;\t|", key="".join(header).count)
    names = [name.strip() for name in next(csv.reader(header, delimiter=delimiter), [])]
    if not any(names):
        raise Unreadable(f"{path.name} is empty: it needs a header line.")
    names = [name or f"column_{number}" for number, name in enumerate(names, 1)]  # a comma at the end of the line
    lowered = [name.lower() for name in names]
    for name in lowered:
        if lowered.count(name) > 1:
            raise Unreadable(f"{path.name} has the column {name} twice.")
    return delimiter, names, skip


def mended(lines, delimiter: bytes, fields: int):
    """The lines with marks that make DuckDB turn away what it would take or choke on, and no line more or less.

    It drops empty fields beyond the last column: `O2,C2,2025-01-02,1,234.50,` is a shifted row, and becomes one field longer.
    It gives up the whole file for a carriage return outside of quotes: the line gets more fields than it may have.
    """
    quote_opens = re.compile(rb'(^|%s)"' % re.escape(delimiter))
    row = b""
    for line in lines:
        is_inside = bool(row) or bool(quote_opens.search(line))
        row += line
        if is_inside and row.count(b'"') % 2 and len(row) < BLOCK:
            continue  # a field in quotes goes on
        body = row.rstrip(b"\r\n")
        end, parts = row[len(body) :], body.split(b'"')
        if any(b"\r" in outside for outside in parts[::2]):
            parts[::2] = [outside.replace(b"\r", RETURN.encode()) for outside in parts[::2]]
            body = b'"'.join(parts) + RETURNED.encode() + delimiter * fields + SURPLUS.encode()
        elif body.endswith(delimiter) and sum(part.count(delimiter) for part in parts[::2]) >= fields:
            body += SURPLUS.encode()
        yield body + end
        row = b""
    yield row


def blocks(path: Path):
    """The bytes of the file, plain or gzipped, in blocks of whole lines."""
    with (gzip.open if path.suffix.lower() == ".gz" else open)(path, "rb") as file:
        while block := file.read(BLOCK):
            yield block + file.readline()


def refuse_what_is_not_text(path: Path, block: bytes, lines_before: int) -> None:
    """Bytes that are not UTF-8, a NUL and an unresolved git conflict end the build, with the line they are on."""

    def line_of(position: int) -> int:
        return lines_before + block.count(b"\n", 0, position) + 1

    try:
        block.decode("utf-8")
    except UnicodeDecodeError as error:
        encoding = encoding_of(block)
        raise Unreadable(
            f"{path.name} is not UTF-8: line {line_of(error.start)} holds the byte 0x{block[error.start]:02X}. Save it "
            f"as UTF-8, for instance with: iconv -f {encoding} -t utf-8 {path.name}"
        ) from error
    if (nul := block.find(b"\0")) >= 0:
        raise Unreadable(f"{path.name} is not a text file: line {line_of(nul)} holds a NUL byte.")
    if marker := CONFLICT_MARKER.search(block):
        raise Unreadable(
            f"{path.name} holds an unresolved git conflict: line {line_of(marker.start())} is "
            f"{marker.group().decode()}. Resolve the merge first."
        )


def encoding_of(block: bytes) -> str:
    """What text that is not UTF-8 looks like, as iconv names it."""
    if block[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    with contextlib.suppress(UnicodeDecodeError):
        if re.search("[\u4e00-\u9fff]{2}", block.decode("gb18030")):
            return "gb18030"
    return "cp1252" if re.search(rb"[\x80-\x9f]", block) else "latin1"


def check_columns(file: str, names: list[str], table: Table) -> None:
    """Every required column must be there; a near miss is named."""
    present = {name.lower() for name in names}
    missing = [name for name in table.required_columns if name not in present]
    if not missing:
        return
    hints = []
    own = {column.name for column in table.columns}
    spare = {name.lower().replace("_", "").replace(" ", ""): name for name in names if name.lower() not in own}
    for name in missing:
        near = difflib.get_close_matches(name.replace("_", ""), spare, n=1, cutoff=0.7)
        hints += [f"rename {spare.pop(near[0])} to {name}"] if near else []
    hint = f" Perhaps {', '.join(hints)}." if hints else ""
    plural = "s" if len(missing) > 1 else ""
    raise Unreadable(f"{file} lacks the column{plural} {', '.join(missing)}; it has {', '.join(names)}.{hint}")


def contract_columns(table: Table, is_text: dict[str, bool], quote: str = '"') -> str:
    """SQL for the contract's columns in its order: words for 'nothing' become null, spaces around text go.

    is_text: the file's own columns, and which of them are text.
    """
    own = {name.lower(): name for name in is_text}
    words = ", ".join(literal(word) for word in MISSING_WORDS)

    def expression(column: str) -> str:
        if column not in own:
            return f"cast(null as string) as {column}"
        quoted = quote + own[column].replace(quote, quote * 2) + quote
        if not is_text[own[column]]:
            return f"{quoted} as {column}"
        return f"case when trim({quoted}) not in ({words}) then trim({quoted}) end as {column}"

    return ", ".join(expression(column.name) for column in table.columns)


def literal(value) -> str:
    """The value as an SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def pattern(path) -> str:
    """A path as an SQL string for what reads files by patterns: its brackets, stars and question marks mean themselves."""
    return literal(re.sub(r"[\[*?]", r"[\g<0>]", str(path)))


def first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
