"""The contract with the raw data, read from models/staging/_sources.yml (declared there, nowhere else)."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parent.parent


class Refused(Exception):
    """Something the user can mend; the message says what."""


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
