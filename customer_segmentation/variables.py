"""What a variable of dbt_project.yml may be: checked before dbt starts, so that a value is a value and a mistake is a sentence."""

import csv
import os
import re
from datetime import date

import duckdb

from customer_segmentation.contract import PROJECT, Refused

DAYS = ("a whole number from 1 up", lambda value: type(value) is int and value >= 1)
YES_OR_NO = ("true or false", lambda value: type(value) is bool)
SHARE = ("a number from 0 to 1", lambda value: is_number(value) and 0 <= value <= 1)
DATE = ("a date as 2025-12-31", lambda value: is_date(value))
WORD = ("a word", lambda value: isinstance(value, str) and value != "")
KINDS = {
    "raw_path": WORD,
    "as_of_date": DATE,
    "history_months": ("a whole number from 0 up", lambda value: type(value) is int and value >= 0),
    "history_from": DATE,
    "timezone": ("a timezone as Europe/Berlin", lambda value: is_timezone(value)),
    "reporting_currency": ("three letters as EUR", lambda value: isinstance(value, str) and re.fullmatch("[A-Za-z]{3}", value)),
    "net_of_tax_and_shipping": YES_OR_NO,
    "show_personal_data": YES_OR_NO,
    "customers_at_once": DAYS,
    "recent_days": DAYS,
    "trend_days": DAYS,
    "preset": WORD,
    "dwell_dates": ("dimensions with a number of dates each, as {value_tier: 2}", lambda value: is_dwell(value)),
    "crosswalk_history": YES_OR_NO,
    "calibrate_after_months": ("a list of whole numbers from 1 up", lambda value: type(value) is list and all(map(DAYS[1], value))),
    "recalibrate_months": DAYS,
    "calibrate_customers": DAYS,
    "sensitivity_share": SHARE,
    "forecast": YES_OR_NO,
    "horizon_days": DAYS,
    "forecast_model": ("bg_nbd or mbg_nbd", lambda value: value in ("bg_nbd", "mbg_nbd")),
    "compare_pareto_nbd": YES_OR_NO,
    "yearly_discount": ("a number from 0 up", lambda value: is_number(value) and value >= 0),
    "margin_share": SHARE,
}
OPTIONAL = ("as_of_date", "history_from", "reporting_currency", "customers_at_once")  # null says: find out


def check(variables: dict) -> None:
    """Refused, with the name, what is wanted and what was given, if one of them makes no sense."""
    if unknown := sorted(set(variables) - set(KINDS)):
        raise Refused(f"VARS: {', '.join(unknown)} is no variable of dbt_project.yml, which has {', '.join(KINDS)}.")
    for name, value in variables.items():
        wanted, fits = KINDS[name]
        if not (value is None and name in OPTIONAL) and not fits(value):
            raise Refused(f"VARS: {name} is {wanted}, not {value!r}.")
    with open(PROJECT / "seeds/rules/presets.csv", encoding="utf-8", newline="") as file:
        presets = {row["preset"] for row in csv.DictReader(file)} - {"fixture"}  # that one is of the unit tests
    if variables.get("preset") not in {None, *presets}:
        raise Refused(f"PRESET={variables['preset']} is not in seeds/rules/presets.csv, which has {', '.join(sorted(presets))}.")
    memory = os.environ.get("SEGMENTATION_MEMORY")
    if memory and not re.fullmatch(r"[0-9]+(\.[0-9]+)? ?[KMGT]i?B", memory):
        raise Refused(f"MEMORY is a number with its unit, as 4GB, not {memory!r}.")


def as_values(variables: dict) -> dict:
    """The variables as dbt must get them to take them as they are: `var()` renders text as a template."""
    return {name: value.replace("{", "{{ '{' }}") if isinstance(value, str) else value for name, value in variables.items()}


def is_number(value) -> bool:
    return type(value) in (int, float)


def is_date(value) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def is_timezone(value) -> bool:
    known = "select count(*) from pg_timezone_names() where name = ?"
    return isinstance(value, str) and duckdb.execute(known, [value]).fetchone()[0] > 0


def is_dwell(value) -> bool:
    with open(PROJECT / "seeds/rules/dimensions.csv", encoding="utf-8", newline="") as file:
        dimensions = {row["dimension"] for row in csv.DictReader(file)}
    return type(value) is dict and set(value) <= dimensions and all(map(DAYS[1], value.values()))
