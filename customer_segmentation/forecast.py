"""How often and for how much will customers buy? Probability models by maximum likelihood, on purchase days.

Notation of the field: of each customer x, the repeat purchase days (purchase days less the first one); t_x, the time from the first
purchase to the last; T, the time from the first purchase to the as-of date. Times are in weeks here, whatever they were before.

BG/NBD (Fader, Hardie and Lee 2005, "Counting your customers the easy way"): purchases come at a rate of the customer's own,
gamma distributed (r, alpha); after each repeat purchase he leaves with a probability of his own, beta distributed (a, b).
MBG/NBD (Batislam, Denizel and Filiztekin 2007): he may leave after the first purchase as well.
Pareto/NBD (Schmittlein, Morrison and Colombo 1987): he may leave at any time; for comparison only.
Gamma-Gamma (Fader and Hardie 2013): the value of a purchase day varies about a mean of the customer's own (p, q, v).

The first two differ in one number: how many purchases gave an occasion to leave, x or x + 1. Where nobody is seen to leave both are
the NBD (Ehrenberg 1959), with a = 0. All arrays have one dimension and one element per distinct history, `n` saying how many
customers have it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaincinv, betaln, digamma, gammaln, hyp2f1

WEEK = 7
OCCASIONS = {"bg_nbd": 0, "mbg_nbd": 1}  # to leave, beyond the repeat purchases
NAMES = {"bg_nbd": ("r", "alpha", "a", "b"), "pareto_nbd": ("r", "alpha", "s", "beta"), "gamma_gamma": ("p", "q", "v")}
NAMES["mbg_nbd"] = NAMES["bg_nbd"]
FAR = 1e5  # a parameter near it, or near its inverse, is not in the data
MONTH = 30 / WEEK  # discounted in steps of a month
WORTH = 2  # units of log likelihood that the two parameters of leaving must bring (Akaike 1974)
IDLE = 2.0  # b where a is 0: any number does
LARGE, EVERY = 50_000, 16  # of more histories every sixteenth is fitted first, and then all from there


@dataclass(frozen=True)
class Fit:
    """Maximum likelihood of a model: parameters and their standard errors, in the order of NAMES, and how the search ended."""

    model: str
    values: np.ndarray
    errors: np.ndarray
    covariance: np.ndarray  # of the logarithms of the parameters
    log_likelihood: float
    is_converged: bool

    def __getitem__(self, name: str) -> float:
        return float(self.values[NAMES[self.model].index(name)])


def fit_orders(model: str, x, t_x, T, n) -> Fit:
    """BG/NBD or MBG/NBD (`model`) of repeat purchase days x and times t_x, T in weeks, of n customers each; the NBD if it fits as well."""
    found, nobody_leaves = fit_leaving(model, x, t_x, T, n), fit_nbd(model, x, T, n)
    return nobody_leaves if nobody_leaves.is_converged and found.log_likelihood < nobody_leaves.log_likelihood + WORTH else found


def fit_nbd(model: str, x, T, n) -> Fit:
    """The model if nobody leaves: purchases at a rate of the customer's own, for ever."""
    fit = fit_rates(model, *(np.asarray(values, dtype=float) for values in (x, T, n)))
    unknown = np.full((4, 4), np.nan)
    unknown[:2, :2] = fit.covariance
    return Fit(model, np.append(fit.values, [0, IDLE]), np.append(fit.errors, [np.nan] * 2), unknown, fit.log_likelihood, fit.is_converged)


def fit_rates(model: str, x, T, n) -> Fit:
    """Its r and alpha."""

    def slope(logs):
        r, alpha = np.exp(logs)
        since_first = np.log(alpha + T)
        value = n @ (gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * since_first)
        by_r = n @ (digamma(r + x) - digamma(r) + np.log(alpha) - since_first)
        by_alpha = n @ (r / alpha - (r + x) / (alpha + T))
        return -value, -np.array([by_r, by_alpha]) * np.exp(logs)

    near = fit_rates(model, *every_few(x, T, n)) if len(n) > LARGE else None
    return maximum(model, slope, [1.0, max(float(np.average(T, weights=n)) / 4, 1e-3)], near)


def fit_leaving(model: str, x, t_x, T, n) -> Fit:
    """The model with all its four parameters."""
    x, t_x, T, n = (np.asarray(values, dtype=float) for values in (x, t_x, T, n))
    k = x + OCCASIONS[model]
    counts, at = np.unique(x, return_inverse=True)
    customers = np.bincount(at, weights=n)  # the gamma functions see x only

    def slope(logs):
        r, alpha, a, b = np.exp(logs)
        rests, occasions = counts, counts + OCCASIONS[model]
        since_last, since_first = np.log(alpha + t_x), np.log(alpha + T)
        with np.errstate(divide="ignore"):
            odds = np.where(k > 0, np.log(a) - np.log(np.maximum(b + k - 1, 1e-300)) + (r + x) * (since_first - since_last), -np.inf)
        left = 1 / (1 + np.exp(-odds))
        stays = 1 - left
        value = customers @ (gammaln(r + rests) - gammaln(r) + r * np.log(alpha) + betaln(a, b + occasions) - betaln(a, b)) + n @ (
            np.logaddexp(0, odds) - (r + x) * since_first
        )
        by_r = customers @ (digamma(r + rests) - digamma(r) + np.log(alpha)) - n @ (stays * since_first + left * since_last)
        by_alpha = n.sum() * r / alpha - n @ ((r + x) * (stays / (alpha + T) + left / (alpha + t_x)))
        by_a = customers @ (digamma(a + b) - digamma(a + b + occasions)) + n @ left / a
        by_b = customers @ (digamma(b + occasions) - digamma(a + b + occasions) - digamma(b) + digamma(a + b))
        by_b -= n @ np.where(k > 0, left / np.maximum(b + k - 1, 1e-300), 0)
        return -value, -np.array([by_r, by_alpha, by_a, by_b]) * np.exp(logs)

    near = fit_leaving(model, *every_few(x, t_x, T, n)) if len(n) > LARGE else None
    return maximum(model, slope, [1.0, max(float(np.average(T, weights=n)) / 4, 1e-3), 1.0, 2.0], near)


def fit_value(x, z, n) -> Fit:
    """Gamma-Gamma of the mean value z > 0 of x > 0 repeat purchase days of n customers each; v is in the money of z."""
    x, z, n = (np.asarray(values, dtype=float) for values in (x, z, n))
    counts, at = np.unique(x, return_inverse=True)
    customers = np.bincount(at, weights=n)  # the gamma functions see x only
    logs_of_z, logs_of_values = n @ np.log(z), (n * x) @ np.log(z)

    def slope(logs):
        p, q, v = np.exp(logs)
        spent = v + x * z
        total = np.log(spent)
        likelihoods = gammaln(p * counts + q) - gammaln(p * counts) - gammaln(q) + q * np.log(v) + p * counts * np.log(counts)
        value = customers @ likelihoods + p * logs_of_values - logs_of_z - n @ ((p * x + q) * total)
        by_p = customers @ (counts * (digamma(p * counts + q) - digamma(p * counts) + np.log(counts))) + logs_of_values
        by_p -= (n * x) @ total
        by_q = customers @ (digamma(p * counts + q) - digamma(q) + np.log(v)) - n @ total
        by_v = n.sum() * q / v - n @ ((p * x + q) / spent)
        return -value, -np.array([by_p, by_q, by_v]) * np.exp(logs)

    near = fit_value(*every_few(x, z, n)) if len(n) > LARGE else None
    return maximum("gamma_gamma", slope, [1.0, 2.0, max(float(np.average(z, weights=n)), 1e-6)], near)


def fit_pareto_nbd(x, t_x, T, n) -> Fit:
    """Pareto/NBD; its likelihood takes two hypergeometric functions per history, some hundred times what the others cost."""
    x, t_x, T, n = (np.asarray(values, dtype=float) for values in (x, t_x, T, n))

    def likelihood(logs):
        r, alpha, s, beta = np.exp(logs)
        power = r + s + x
        larger, second = max(alpha, beta), s + 1 if alpha >= beta else r + x
        times = larger + t_x, larger + T
        parts = [np.log(hyp2f1(power, second, power + 1, abs(alpha - beta) / time)) - power * np.log(time) for time in times]
        with np.errstate(invalid="ignore"):  # far off, where a search may look, the function leaves the range of numbers
            left = np.log(s / power) + parts[0] + np.log1p(-np.minimum(np.exp(parts[1] - parts[0]), 1 - 1e-15))
            stays = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
            value = -n @ (gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.logaddexp(stays, left))
        return value if np.isfinite(value) else 1e12

    def slope(logs):
        steps = 1e-5 * np.eye(4)
        return likelihood(logs), np.array([likelihood(logs + step) - likelihood(logs - step) for step in steps]) / 2e-5

    return maximum("pareto_nbd", slope, [1.0, max(float(np.average(T, weights=n)) / 4, 1e-3), 1.0, float(np.average(T, weights=n))])


def every_few(*columns) -> list[np.ndarray]:
    """Every sixteenth history, of histories in order."""
    return [column[::EVERY] for column in columns]


def maximum(model: str, slope: Callable, start: list[float], near: Fit | None = None) -> Fit:
    """The minimum of minus the log likelihood over the logarithms of the parameters: by L-BFGS, and Newton's steps to end with.

    near: the fit of a part of the histories; from it the steps alone arrive, with its curvature for that of all.
    """
    edge = np.log(FAR)
    logs, covariance = None, None
    if near is not None and near.is_converged:
        logs, is_there = stepped(np.log(near.values), near.covariance / EVERY, slope)
        covariance = inverse(curvature(logs, slope)) if is_there else None
    if covariance is None:
        limits = {"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7}
        logs = minimize(slope, np.log(start), jac=True, method="L-BFGS-B", bounds=[(-edge, edge)] * len(start), options=limits).x
        covariance = inverse(curvature(logs, slope))
        if covariance is not None:
            logs, _ = stepped(logs, covariance, slope)
    values = np.exp(logs)
    is_known = covariance is not None and bool(np.abs(logs).max() < edge - 1)
    covariance = covariance if is_known else np.full((len(values),) * 2, np.nan)
    return Fit(model, values, values * np.sqrt(np.diag(covariance)), covariance, -float(slope(logs)[0]), is_known)


def stepped(logs: np.ndarray, covariance: np.ndarray, slope: Callable) -> tuple[np.ndarray, bool]:
    """Newton's steps by one curvature, and whether they arrived."""
    for _ in range(10):
        step = covariance @ slope(logs)[1]
        if np.abs(step).max() > 0.5:  # this far from the maximum the curvature says nothing
            break
        logs = logs - step
        if np.abs(step).max() < 1e-9:
            return logs, True
    return logs, False


def curvature(logs, slope) -> np.ndarray:
    width = 1e-4
    rows = [(slope(logs + step)[1] - slope(logs - step)[1]) / (2 * width) for step in width * np.eye(len(logs))]
    return (np.array(rows) + np.array(rows).T) / 2


def inverse(matrix) -> np.ndarray | None:
    """The inverse of a positive definite matrix, None of any other."""
    if not np.all(np.isfinite(matrix)) or np.linalg.eigvalsh(matrix).min() <= 0:
        return None
    return np.linalg.inv(matrix)


def p_alive(model: str, values, x, t_x, T) -> np.ndarray:
    """The probability that a customer has not left by T."""
    r, alpha, a, b = values
    k = np.asarray(x, dtype=float) + OCCASIONS[model]
    odds = a / np.where(k > 0, b + k - 1, 1) * ((alpha + T) / (alpha + np.asarray(t_x))) ** (r + x)
    return 1 / (1 + np.where(k > 0, odds, 0))


def orders_if_kept(model: str, values, x, T, horizon: float) -> np.ndarray:
    """Expected purchase days within so many weeks of a customer who has not left by T.

    Times p_alive it is equation 10 of Fader, Hardie and Lee (2005), which divides by a - 1; at a = 1 the limit is taken from both sides.
    """
    r, alpha, a, b = values
    if abs(a - 1) < 1e-4:
        return sum(orders_if_kept(model, (r, alpha, near, b), x, T, horizon) for near in (1 - 2e-4, 1 + 2e-4)) / 2
    k = np.asarray(x, dtype=float) + OCCASIONS[model]
    none = ((alpha + T) / (alpha + T + horizon)) ** (r + x)
    return (a + b + k - 1) / (a - 1) * (1 - none * hyp2f1(r + x, b + k, a + b + k - 1, horizon / (alpha + T + horizon)))


def discounted_orders_if_kept(model: str, values, x, T, horizon: float, yearly_discount: float) -> np.ndarray:
    """The same, each month's purchase days discounted from the middle of the month."""
    ends = np.append(np.arange(MONTH, horizon, MONTH), horizon)
    total, before, begin = 0.0, 0.0, 0.0
    for end in ends:
        so_far = orders_if_kept(model, values, x, T, end)
        total = total + (so_far - before) / (1 + yearly_discount) ** ((begin + end) / 2 * WEEK / 365)
        before, begin = so_far, end
    return total


def squared_orders_if_kept(model: str, values, x, T, horizon: float) -> np.ndarray:
    """Expected square of the purchase days within the horizon, of a customer who has not left by T: for the spread of a total.

    The purchases are the smaller of a Poisson count and a geometric one; their square has a closed form given the customer's own
    probability of leaving, and is averaged over the beta distribution at a hundred quantiles of it.
    """
    r, alpha, a, b = values
    x, T = np.asarray(x, dtype=float), np.asarray(T, dtype=float)
    total = np.zeros(len(x))
    counts, at = np.unique(x, return_inverse=True)
    for middle in (np.arange(100) + 0.5) / 100:
        leaves = (betaincinv(a, b + counts + OCCASIONS[model], middle) if a else np.zeros(len(counts)))[at]
        leaves = np.maximum(leaves, 1e-5)  # below it differences of numbers near one would be noise
        share = alpha + T + leaves * horizon
        none = ((alpha + T) / share) ** (r + x)
        one = none * (r + x) * leaves * horizon / share
        total += (1 - none) / leaves + 2 * (1 - leaves) / leaves**2 * np.maximum(1 - none - one, 0)
    return total / 100


def error_of_total(fit: Fit, x, t_x, T, n, horizon: float) -> float:
    """Standard error of the expected orders of all customers, as a part of them, from what the data leave open about the parameters."""
    x, t_x, T, n = every_few(x, t_x, T, n) if len(n) > LARGE else (x, t_x, T, n)  # it is needed to a few digits
    pairs, at = np.unique(np.stack([x, T]), axis=1, return_inverse=True)  # the hypergeometric function sees x and T only

    def expected(moved_logs):
        values = fit.values * np.exp(moved_logs)
        kept = orders_if_kept(fit.model, values, *pairs, horizon)[at.ravel()]
        return n @ (p_alive(fit.model, values, x, t_x, T) * kept)

    known = np.flatnonzero(np.isfinite(np.diag(fit.covariance)))
    slopes = np.array([(expected(+one) - expected(-one)) / 2e-3 for one in 1e-3 * np.eye(4)[known]])
    return float(np.sqrt(slopes @ fit.covariance[np.ix_(known, known)] @ slopes) / expected(0))
