"""The two steps of the forecast that SQL cannot do: fit the models, and say what to expect of each history.

Both read what SQL has gathered (distinct histories with counts) and give columns back, for the as-of dates judged in this run.
"""

from itertools import zip_longest

import numpy as np

from customer_segmentation.forecast import (
    IDLE,
    NAMES,
    OCCASIONS,
    WEEK,
    Fit,
    discounted_orders_if_kept,
    error_of_total,
    fit_orders,
    fit_pareto_nbd,
    fit_value,
    orders_if_kept,
    squared_orders_if_kept,
)

PARAMETERS = {
    "as_of_date": "date",
    "model": "string",
    "parameter": "string",
    "estimate": "double",
    "standard_error": "double",
    "log_likelihood": "double",
    "customers": "bigint",
    "data_from": "date",
    "is_converged": "boolean",
    "total_error": "double",
    "note": "string",
}


def fitted(engine, horizon_days: int, compare_pareto_nbd: bool = False, is_wanted: bool = True) -> list[list]:
    """The models as fitted to what was known on each date: rows of PARAMETERS, one per date, model and parameter.

    Where no forecast is wanted, the data do not suffice (seeds/rules/forecast_limits.csv) or no maximum is found, the
    estimates are null and `note` says why. total_error: the standard error of the expected orders of all customers, as a part of them.
    """
    limits = dict(engine.rows(f"select check_name, stop_below from {engine.schema}.forecast_limits"))
    rows = []
    for day, first in engine.rows(f"""
        select cast(dates.as_of_date as string), cast(min(measures.first_order_date) as string)
        from {engine.schema}.as_of_dates as dates
        inner join {engine.schema}.purchase_measures as measures on dates.as_of_date = measures.as_of_date
        where not dates.is_frozen and measures.purchase_days > 0
        group by dates.as_of_date
        order by dates.as_of_date
    """):
        if not is_wanted:
            for model in (*OCCASIONS, "gamma_gamma"):
                rows += told(day, first, None, model, 0, None, "switched off by the variable forecast")
            continue
        purchases = f"from {engine.schema}.purchase_measures where as_of_date = date '{day}'"
        x, span, age, n = engine.columns(f"""
            select purchase_days - 1, tenure_days - recency_days, tenure_days, count(*)
            {purchases} and purchase_days > 0 group by 1, 2, 3 order by 1, 2, 3
        """)
        repeats, value, customers = engine.columns(f"""
            select purchase_days - 1, cast(order_value - first_day_value as double) / (purchase_days - 1), count(*)
            {purchases} and purchase_days > 1 and order_value > first_day_value group by 1, 2 order by 1, 2
        """)
        note = too_few(limits, customers=int(n.sum()), repeat_customers=int(n[x > 0].sum()), paying_customers=int(customers.sum()))
        times = (x, span / WEEK, age / WEEK, n)
        for model in OCCASIONS:
            fit = None if note else fit_orders(model, *times)
            error = error_of_total(fit, *times, horizon_days / WEEK) if fit and fit.is_converged else None
            rows += told(day, first, fit, model, int(n.sum()), error, note)
        if compare_pareto_nbd:
            rows += told(day, first, None if note else fit_pareto_nbd(*times), "pareto_nbd", int(n.sum()), None, note)
        rows += told(day, first, None if note else fit_value(repeats, value, customers), "gamma_gamma", int(customers.sum()), None, note)
    return rows


def too_few(limits: dict[str, float], **found: int) -> str | None:
    """What there is too little of for a forecast, in words."""
    short = {name: count for name, count in found.items() if count < limits[name]}
    words = (f"{count:,} {name.replace('_', ' ')} of the {limits[name]:,.0f} that it takes" for name, count in short.items())
    return "; ".join(words) or None


def told(day: str, first: str, fit: Fit | None, model: str, customers: int, error: float | None, note: str | None) -> list[list]:
    """The rows of one model on one date."""
    known = fit is not None and fit.is_converged
    if fit and not known:
        note = "the likelihood has no maximum within reach"
    values, errors = (fit.values, fit.errors) if known else ([], [])
    if known and len(values) == 4 and values[2] == 0:
        note, values = "nobody is seen to leave: purchases alone (NBD)", [*values[:3], None]
    rows = []
    for name, value, error_of_value in zip_longest(NAMES[model], values, errors):
        is_sure = error_of_value is not None and np.isfinite(error_of_value)
        rows.append(
            [
                day,
                model,
                name,
                None if value is None else six_digits(value),
                six_digits(error_of_value) if is_sure else None,
                round(fit.log_likelihood, 3) if known else None,
                customers,
                first,
                known,
                None if error is None else six_digits(error),
                note,
            ]
        )
    return rows


def six_digits(number: float) -> float:
    """What is kept of a number: more would differ from one engine to another, and its standard error is far larger."""
    return float(f"{number:.6g}")


def numbers(values: np.ndarray) -> np.ndarray:
    """Without what the hypergeometric function cannot say (null), and without the noise about zero."""
    return np.where(np.isfinite(values), np.maximum(values, 0), np.nan)


def expected(engine, horizon_days: int, yearly_discount: float) -> dict[str, np.ndarray]:
    """What a customer who has not left will do within the horizon, by date, repeat days and tenure: all that p_alive does not need."""
    fits = {}
    for day, model, name, estimate in engine.rows(f"""
        select cast(parameters.as_of_date as string), parameters.model, parameters.parameter, parameters.estimate
        from {engine.schema}.forecast_parameters as parameters
        inner join {engine.schema}.as_of_dates as dates on parameters.as_of_date = dates.as_of_date
        where not dates.is_frozen and parameters.is_converged
    """):
        fits.setdefault(day, {}).setdefault(model, {})[name] = estimate
    names = [f"{model}_{what}" for model in OCCASIONS for what in ("orders", "discounted_orders", "squared_orders")]
    parts = []
    for day in sorted(fits):
        x, age = engine.columns(f"""
            select distinct purchase_days - 1, tenure_days from {engine.schema}.purchase_measures
            where as_of_date = date '{day}' and purchase_days > 0 order by 1, 2
        """)
        columns = {"as_of_date": np.full(len(x), np.datetime64(day)), "repeat_days": x.astype(int), "tenure_days": age.astype(int)}
        columns |= {name: np.full(len(x), np.nan) for name in names}
        for model in OCCASIONS.keys() & fits[day].keys():
            values = [IDLE if value is None else value for value in (fits[day][model][name] for name in NAMES[model])]
            history = (model, values, x, age / WEEK, horizon_days / WEEK)
            columns[f"{model}_orders"] = numbers(orders_if_kept(*history))
            columns[f"{model}_discounted_orders"] = numbers(discounted_orders_if_kept(*history, yearly_discount))
            columns[f"{model}_squared_orders"] = numbers(squared_orders_if_kept(*history))
        parts.append(columns)
    empty = {"as_of_date": np.array([], "datetime64[s]"), "repeat_days": np.array([], int), "tenure_days": np.array([], int)}
    empty |= {name: np.array([]) for name in names}
    return {name: np.concatenate([part[name] for part in parts]) if parts else values for name, values in empty.items()}
