"""The contract with the raw data, read from models/staging/_sources.yml (declared there, nowhere else)."""

import shutil
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parent.parent
OURS = ".made_by_customer_segmentation"  # a file that marks a folder of which we may throw away what is in it


class Refused(Exception):
    """Something the user can mend; the message says what."""


def own_folder(folder: Path, empty: bool = True) -> Path:
    """The folder, made if need be and empty again if asked for; Refused if it holds what this project did not make."""
    mark = folder / OURS
    if folder.exists() and not mark.exists() and any(folder.iterdir()):
        raise Refused(f"STOPPED: {folder} holds files that this project did not make; nothing was touched: give another one.")
    if empty and mark.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    mark.touch()
    return folder


@dataclass(frozen=True)
class Column:
    """One column of a raw table: its type in SQL and the rules of its `meta`."""

    name: str
    data_type: str
    meta: dict = field(default_factory=dict)

    @property
    def is_required(self) -> bool:
        return bool(self.meta.get("required"))


@dataclass(frozen=True)
class Table:
    """One raw table: its columns in the contract's order and the rules of its `meta`."""

    name: str
    columns: list[Column]
    meta: dict

    @property
    def is_required(self) -> bool:
        return bool(self.meta.get("required"))

    @property
    def required_columns(self) -> list[str]:
        return [column.name for column in self.columns if column.is_required]


@cache
def read_contract(project: Path = PROJECT) -> list[Table]:
    """The raw tables in the order of the file."""
    sources = yaml.safe_load((project / "models/staging/_sources.yml").read_text("utf-8"))["sources"]
    return [
        Table(
            table["name"],
            [Column(c["name"], c["data_type"], c.get("config", {}).get("meta", {})) for c in table["columns"]],
            table.get("config", {}).get("meta", {}),
        )
        for table in sources[0]["tables"]
        if "key" in table.get("config", {}).get("meta", {})
    ]
