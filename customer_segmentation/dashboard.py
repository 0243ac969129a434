"""The dashboard: OUT/dashboard.html, one file that needs no network, from the published marts and what charts/ declares."""

import math
import os
import re
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import duckdb
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from customer_segmentation.contract import PROJECT, Refused
from customer_segmentation.publish import open_published

CHARTS = PROJECT / "charts"
FIRST = ["customers", "customer_classes", "dimensions", "classes"]  # others read them, or the page itself does
NAMES = {"none": None, "masked": lambda name: re.sub(r"(\S)\S*", r"\1***", name), "full": str}
ANOTHER = "say make build first, or OUT=folder of another one."


def write_dashboard(out: str | Path, customer: str | None = None, names: str = "none") -> Path:
    """Write OUT/dashboard.html and return its path; Refused if there is no finished build in OUT or the customer is not in it.

    customer: an id to put among the customers shown. names: a key of NAMES; those of people come from OUT/warehouse.duckdb.
    """
    folder = Path(out).resolve()
    declared = yaml.load((CHARTS / "dashboard.yml").read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    charts = [chart for section in declared["sections"] for chart in section["charts"]]
    answers = ask(folder / "segments.duckdb", [chart["name"] for chart in charts], customer)
    shown = answers["customers"]["rows"]
    embedded = {
        "labels": declared["labels"],
        "words": {
            code: word if isinstance(word, dict) else {"en": code.replace("_", " "), "zh": word} for code, word in declared["words"].items()
        },
        "dimensions": answers["dimensions"],
        "classes": answers["classes"],
        "charts": {chart["name"]: chart | answers[chart["name"]] for chart in charts},
        "names": names_of([row[0] for row in shown], folder / "warehouse.duckdb", NAMES[names]) if NAMES[names] else {},
        "customer": customer or (shown[0][0] if shown else None),
    }
    environment = Environment(
        loader=FileSystemLoader(CHARTS), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "allow_nan": False, "separators": (",", ":")}
    page = environment.get_template("dashboard.html.j2").render(declared, embedded=embedded, plotly=plotly())
    written = folder / "dashboard.html"
    new = written.with_name(written.name + ".new")
    new.write_text(page, "utf-8")
    os.replace(new, written)
    return written


def ask(published: Path, charts: list[str], customer: str | None) -> dict[str, dict]:
    """The fields and rows of charts/<name>.sql by name, those of FIRST too; the queries know `as_of_date` and `customer` as variables."""
    if not published.exists():
        raise Refused(f"There is no {published.name} in {published.parent}: {ANOTHER}")
    answers = {}
    try:
        with open_published(published) as connection:
            connection.execute("set variable customer = ?", [customer])
            connection.execute("set variable as_of_date = (select max(as_of_date) from segment_sizes)")
            for name in dict.fromkeys([*FIRST, *charts]):
                query = (CHARTS / f"{name}.sql").read_text("utf-8")
                connection.execute(f"create temp table {name} as {query}")  # which the queries after it may read
                answer = connection.execute(f"from temp.{name}")
                fields = [column[0] for column in answer.description]
                answers[name] = {"fields": fields, "rows": [[plain(value) for value in row] for row in answer.fetchall()]}
    except duckdb.Error as error:
        raise Refused(
            f"{published} cannot be shown: {str(error).splitlines()[0]} If it is of an older version, say make build again."
        ) from error
    if customer and customer not in {row[0] for row in answers["customers"]["rows"]}:
        raise Refused(f"No customer {customer} is known at the latest as-of date.")
    return answers


def names_of(customers: list[str], warehouse: Path, written) -> dict[str, str]:
    """The names of these customers by id, as `written` writes them; who has none is not among them."""
    if not warehouse.exists():
        raise Refused(
            f"Names are not published, and there is no {warehouse.name} in {warehouse.parent} to take them from: leave NAMES out."
        )
    known = "select customer_id, name from stg_customers where name is not null and customer_id in (select unnest(?))"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {customer: written(name) for customer, name in connection.execute(known, [customers]).fetchall()}


def plain(value):
    """A value of DuckDB as JSON knows it; what is no number is null."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def plotly() -> Markup:
    """Plotly's JavaScript as its Python package brings it, which need not be imported for that."""
    package = find_spec("plotly")
    if package is None:
        raise Refused("The dashboard needs the package plotly: say make build, which installs it.")
    script = Path(package.submodule_search_locations[0], "package_data/plotly.min.js").read_text("utf-8")
    return Markup(script.replace("</script", "<\\/script"))
