"""The forecast against what is published, against simulation, and against what came.

cdnow_1997_09_30.csv: the 2,357 customers of the CDNOW sample (1/10, as distributed with lifetimes under the MIT licence) by their
purchases from 1997-01-01 to 1997-09-30. Times are in weeks where nothing else is said.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from customer_segmentation import forecast
from customer_segmentation.forecast import (
    OCCASIONS,
    WEEK,
    discounted_orders_if_kept,
    error_of_total,
    fit_nbd,
    fit_orders,
    fit_pareto_nbd,
    fit_value,
    orders_if_kept,
    p_alive,
    squared_orders_if_kept,
)
from customer_segmentation.forecast_steps import fitted, too_few

# Fader, Hardie and Lee 2005 with the digits of the vignettes of BTYD and CLVTools; Platzer's BTYDplus for MBG/NBD
PUBLISHED = {
    "bg_nbd": (0.2425945, 4.4136019, 0.7929199, 2.4258881, -9582.429),
    "mbg_nbd": (0.525, 6.183, 0.891, 1.614, -9582.136),
}


@pytest.fixture(scope="module")
def cdnow():
    """x, t_x, T and number of customers, and the value of the repeat purchase days."""
    with open(Path(__file__).parent / "cdnow_1997_09_30.csv", encoding="utf-8") as file:
        rows = np.array([[float(value) for value in row.values()] for row in csv.DictReader(file)]).T
    x, span, age, value, n = rows
    return (x, span / WEEK, age / WEEK, n), value


@pytest.fixture(scope="module")
def bg_nbd(cdnow):
    return fit_orders("bg_nbd", *cdnow[0])


@pytest.mark.parametrize("model", OCCASIONS)
def test_cdnow_gives_the_published_parameters(cdnow, model):
    fit = fit_orders(model, *cdnow[0])
    assert fit.is_converged
    assert np.append(fit.values, fit.log_likelihood) == pytest.approx(PUBLISHED[model], abs=5e-4)


def test_cdnow_gives_the_published_standard_errors(bg_nbd):
    assert bg_nbd.errors == pytest.approx([0.012557, 0.378221, 0.185719, 0.705345], rel=1e-3)  # lifetimes, Quickstart


def test_a_fit_that_starts_from_a_part_arrives_at_the_same_place(cdnow, monkeypatch):
    """As with many histories; here every fourth of them first."""
    times, value = cdnow
    paying = (times[0] > 0) & (value > 0)
    repeats, n = times[0][paying], times[3][paying]
    wanted = [
        *(fit_orders(model, *times) for model in OCCASIONS),
        fit_nbd("bg_nbd", *times[::2], times[3]),
        fit_value(repeats, value[paying], n),
    ]
    monkeypatch.setattr(forecast, "EVERY", 4)
    monkeypatch.setattr(forecast, "LARGE", 400)
    steps = []
    monkeypatch.setattr(forecast, "stepped", lambda *known, step=forecast.stepped: steps.append(step(*known)) or steps[-1])
    found = [
        *(fit_orders(model, *times) for model in OCCASIONS),
        fit_nbd("bg_nbd", *times[::2], times[3]),
        fit_value(repeats, value[paying], n),
    ]
    assert len(steps) > 2 * len(found), "they did start from a part"
    for one, other in zip(found, wanted, strict=True):
        assert one.values == pytest.approx(other.values, rel=1e-6)
        assert one.errors == pytest.approx(other.errors, rel=1e-4, nan_ok=True)
        assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-6)


def test_cdnow_gives_the_published_pareto_nbd(cdnow):
    fit = fit_pareto_nbd(*cdnow[0])
    assert np.append(fit.values, fit.log_likelihood) == pytest.approx([0.553, 10.578, 0.606, 11.669, -9594.976], abs=1e-3)


def test_cdnow_is_no_nbd(cdnow):
    """Its customers do leave: without leaving the likelihood is 181 lower."""
    x, _, T, n = cdnow[0]
    fit = fit_nbd("bg_nbd", x, T, n)
    assert np.append(fit.values[:2], fit.log_likelihood) == pytest.approx([0.3848, 12.072, -9763.658], abs=1e-3)


def test_cdnow_gives_the_published_values_of_a_purchase(cdnow):
    (x, _, _, n), value = cdnow
    repeats = (x > 0) & (value > 0)
    fit = fit_value(x[repeats], value[repeats] / x[repeats], n[repeats])
    assert fit.values == pytest.approx([6.25, 3.74, 15.44], abs=5e-3)
    assert fit.log_likelihood == pytest.approx(-4055.9177, abs=5e-4)
    assert fit["p"] * fit["v"] / (fit["q"] - 1) == pytest.approx(35.17, abs=5e-3)


def test_the_customer_of_the_spreadsheet_and_a_new_one(bg_nbd):
    alive = p_alive("bg_nbd", bg_nbd.values, np.array([26.0]), 30.857, 31.0)
    kept = orders_if_kept("bg_nbd", bg_nbd.values, np.array([26.0]), 31.0, 52.0)
    assert alive == pytest.approx(0.96885, abs=5e-6)
    assert alive * kept == pytest.approx(25.757, abs=5e-4)
    assert orders_if_kept("bg_nbd", bg_nbd.values, np.array([0.0]), 0.0, 52.0) == pytest.approx(1.444, abs=5e-4)


def test_the_holdout_of_cdnow_has_the_published_total(cdnow, bg_nbd):
    x, t_x, T, n = cdnow[0]
    expected = p_alive("bg_nbd", bg_nbd.values, x, t_x, T) * orders_if_kept("bg_nbd", bg_nbd.values, x, T, 39.0)
    assert n @ expected == pytest.approx(1653, abs=0.5)


@pytest.mark.parametrize("model", OCCASIONS)
def test_days_give_the_same_forecast_as_weeks(cdnow, model):
    x, t_x, T, n = cdnow[0]
    weekly, daily = fit_orders(model, x, t_x, T, n), fit_orders(model, x, t_x * WEEK, T * WEEK, n)
    assert daily.values == pytest.approx(weekly.values * [1, WEEK, 1, 1], rel=1e-4)
    kept = orders_if_kept(model, weekly.values, x, T, 39.0)
    assert orders_if_kept(model, daily.values, x, T * WEEK, 39.0 * WEEK) == pytest.approx(kept, rel=1e-4)


@pytest.mark.parametrize("model", OCCASIONS)
def test_customers_made_by_the_model_give_their_parameters_back(model):
    """30,000 customers drawn as the model says; each estimate within four of its standard errors, and the forecast total as well."""
    values = np.array([0.6, 5.0, 0.9, 2.0])
    x, t_x, T, later = drawn(model, values, 30_000, 52.0, 26.0)
    fit = fit_orders(model, x, t_x, T, np.ones(len(x)))
    assert fit.is_converged
    assert np.all(np.abs(fit.values - values) < 4 * fit.errors)
    one = np.ones(len(x))
    alive, kept = p_alive(model, fit.values, x, t_x, T), orders_if_kept(model, fit.values, x, T, 26.0)
    variance = np.sum(alive * squared_orders_if_kept(model, fit.values, x, T, 26.0) - (alive * kept) ** 2)
    total = np.sum(alive * kept)
    margin = np.hypot(np.sqrt(variance), error_of_total(fit, x, t_x, T, one, 26.0) * total)
    assert abs(later.sum() - total) < 4 * margin
    assert margin < 0.05 * total  # the bounds say something


def drawn(model: str, values, customers: int, weeks: float, horizon: float):
    """Histories by simulation: x, t_x, T, and the purchases in the horizon after."""
    random = np.random.default_rng(1)
    r, alpha, a, b = values
    rate, leaves = random.gamma(r, 1 / alpha, customers), random.beta(a, b, customers)
    begin = random.uniform(0, weeks / 2, customers)
    x, last, later = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    at = np.zeros(customers)
    is_there = random.random(customers) >= leaves * OCCASIONS[model]
    while is_there.any():
        at = at + random.exponential(1 / np.maximum(rate, 1e-12))
        before, until = is_there & (at <= weeks - begin), is_there & (at <= weeks - begin + horizon)
        x += before
        last = np.where(before, at, last)
        later += until & ~before
        is_there = until & (random.random(customers) >= leaves)
    return x, last, weeks - begin, later


def test_the_square_of_the_orders_is_that_of_a_simulation(bg_nbd):
    random = np.random.default_rng(2)
    r, alpha, a, b = bg_nbd.values
    for x, T in ((0.0, 30.0), (3.0, 35.0), (10.0, 38.0)):
        rate, leaves = random.gamma(r + x, 1 / (alpha + T), 400_000), random.beta(a, b + x, 400_000)
        orders = np.minimum(random.poisson(rate * 39), random.geometric(np.maximum(leaves, 1e-12))).astype(float)
        history = (np.array([x]), np.array([T]), 39.0)
        assert orders_if_kept("bg_nbd", bg_nbd.values, *history)[0] == pytest.approx(orders.mean(), rel=0.02)
        assert squared_orders_if_kept("bg_nbd", bg_nbd.values, *history)[0] == pytest.approx((orders**2).mean(), rel=0.03)


def test_nothing_jumps_where_a_parameter_is_one_or_a_customer_buys_daily(bg_nbd):
    x, T = np.array([0.0, 5.0, 300.0, 3000.0]), np.array([30.0, 30.0, 300.0, 3000.0])
    near = [orders_if_kept("bg_nbd", (0.24, 4.4, a, 2.4), x, T, 26.0) for a in (0.999, 1.0, 1.001)]
    assert near[1] == pytest.approx((near[0] + near[2]) / 2, rel=1e-4)
    often = orders_if_kept("bg_nbd", bg_nbd.values, x[2:], T[2:], 26.0)
    assert np.all((often > 20) & (often < 26))  # one a week so far, and a little chance to leave


def test_a_discount_makes_less_and_none_makes_the_same(bg_nbd):
    x, T = np.array([0.0, 4.0]), np.array([10.0, 40.0])
    kept = orders_if_kept("bg_nbd", bg_nbd.values, x, T, 52.0)
    assert discounted_orders_if_kept("bg_nbd", bg_nbd.values, x, T, 52.0, 0.0) == pytest.approx(kept)
    share = discounted_orders_if_kept("bg_nbd", bg_nbd.values, x, T, 52.0, 0.1) / kept
    assert np.all((share > 1 / 1.1) & (share < 1))
    assert share == pytest.approx([1.1**-0.5] * 2, rel=0.02)  # on average in the middle of the year, or a little before


def test_where_nobody_leaves_the_model_is_that_of_purchases_alone():
    """Customers of an NBD with a gamma of 0.8 and 10 weeks; of Online Retail the models with leaving find no maximum on most dates."""
    random = np.random.default_rng(3)
    T = random.uniform(5, 50, 20_000)
    rate = random.gamma(0.8, 1 / 10, len(T))
    x = random.poisson(rate * T).astype(float)
    t_x = np.where(x > 0, T * random.beta(np.maximum(x, 1), 1), 0)  # the last of so many at any time
    fit = fit_orders("bg_nbd", x, t_x, T, np.ones(len(x)))
    assert fit.is_converged
    assert fit["a"] == 0
    assert np.all(np.abs(fit.values[:2] - [0.8, 10]) < 4 * fit.errors[:2])
    few = (np.array([0.0, 7.0]), np.array([30.0, 30.0]), 26.0)
    kept = (fit["r"] + few[0]) / (fit["alpha"] + few[1]) * 26  # the mean of the gamma given so many in T weeks
    assert p_alive("bg_nbd", fit.values, few[0], 10.0, few[1]) == pytest.approx([1, 1])
    assert orders_if_kept("bg_nbd", fit.values, *few) == pytest.approx(kept)
    squares = kept**2 * (1 + 1 / (fit["r"] + few[0])) + kept  # Poisson about a gamma
    assert squared_orders_if_kept("bg_nbd", fit.values, *few) == pytest.approx(squares, rel=1e-3)
    assert 0 < error_of_total(fit, x, t_x, T, np.ones(len(x)), 26.0) < 0.05


def test_customers_who_are_all_alike_are_no_forecast():
    """Everybody buys every ten weeks: the likelihood rises for ever towards a rate without any spread."""
    fit = fit_orders("bg_nbd", np.full(500, 5.0), np.full(500, 50.0), np.full(500, 50.0), np.ones(500))
    assert not fit.is_converged
    assert np.all(np.isnan(fit.errors[:2]))


def test_too_little_is_said_in_words():
    limits = {"customers": 200.0, "repeat_customers": 50.0}
    assert too_few(limits, customers=200, repeat_customers=50) is None
    assert too_few(limits, customers=199, repeat_customers=50) == "199 customers of the 200 that it takes"
    assert too_few(limits, customers=1, repeat_customers=49).endswith("; 49 repeat customers of the 50 that it takes")


def test_where_none_is_wanted_none_is_fitted():
    class Engine:
        schema = "main"

        def rows(self, sql):
            return [("2025-06-30", "2024-01-02")] if "as_of_dates" in sql else []

    rows = fitted(Engine(), 180, is_wanted=False)
    assert {row[1] for row in rows} == {*OCCASIONS, "gamma_gamma"} and {(row[0], *row[3:]) for row in rows} == {
        ("2025-06-30", None, None, None, 0, "2024-01-02", False, None, "switched off by the variable forecast")
    }
