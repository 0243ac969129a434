"""The published taxonomies, reproduced from their authors' definitions: written down here a second time, independently."""

import itertools

import numpy as np
import pandas as pd
import pytest

from tests.builds import built_tables

# R rfm 0.3.0: ranges of R, F and M; the first that fits wins
R_RFM = """
    Champions 55 55 55; Potential Loyalist 35 35 25; Loyal Customers 24 24 24; Promising 34 13 35; New Customers 45 13 15;
    Can't Lose Them 12 34 45; At Risk 12 25 45; Need Attention 13 35 35; About To Sleep 23 13 14; Lost 11 15 15"""
PYMC = """
    Premium Customer 334 443 444 344 434 433 343 333; Repeat Customer 244 234 232 332 143 233 243;
    Top Spender 424 414 144 314 324 124 224 423 413 133 323 313 134;
    At Risk Customer 422 223 212 122 222 132 322 312 412 123 214; Inactive Customer 411 111 113 114 112 211 311"""
KLAVIYO = """
    Champions 333 332 323; Loyal 321 322 331 232 233; Recent 312 313 311 222 223; Needs Attention 213 221 123 132 133;
    At Risk 231 212 122 131 211; Inactive 111 112 113 121"""
STANDARD_11 = """
    Champions 555 554 544 545 454 455 445; Loyal 543 444 435 355 354 345 344 335;
    Potential Loyalist 553 551 552 541 542 533 532 531 452 451 442 441 431 453 433 432 423 353 352 351 342 341 333 323;
    New 512 511 422 421 412 411 311; Promising 525 524 523 522 521 515 514 513 425 424 413 414 415 315 314 313;
    Need Attention 535 534 443 434 343 334 325 324; About To Sleep 331 321 312 221 213 231 241 251;
    At Risk 255 254 245 244 253 252 243 242 235 234 225 224 153 152 145 143 142 135 134 133 125 124;
    Cannot Lose 155 154 144 214 215 115 114 113; Hibernating 332 322 233 232 223 222 132 123 122 212 211;
    Lost 111 112 121 131 141 151"""
BINS = {"standard_11": 5, "shopify": 5, "r_rfm": 5, "pymc": 4, "klaviyo": 3}


def rules_of(text: str) -> list[tuple[str, list[str]]]:
    """[(segment, its numbers)] of the lists above; a segment's name has no digits."""
    lines = [line.split() for line in text.split(";")]
    return [(" ".join(w for w in words if not w.isdigit()), [w for w in words if w.isdigit()]) for words in lines]


def listed(text: str, code: str, otherwise=None) -> str | None:
    segments = [segment for segment, codes in rules_of(text) if code in codes]
    assert len(segments) < 2, f"{code} is listed twice"
    return segments[0] if segments else otherwise


def r_rfm_segment(code: str) -> str:
    fits = (name for name, ranges in rules_of(R_RFM) if all(low <= digit <= high for digit, (low, high) in zip(code, ranges, strict=True)))
    return next(fits, "Others")


def shopify_segment(code: str) -> str:
    r, fm = int(code[0]), (int(code[1]) + int(code[2])) / 2
    if fm <= 1 and r >= 4:
        return "NEW" if r == 5 else "PROMISING"
    if fm > 3 and r >= 3:
        return "CHAMPIONS" if r == 5 else "LOYAL"
    if r >= 3:
        return "ACTIVE" if r >= 4 else "NEEDS_ATTENTION" if fm > 2 else "ALMOST_LOST"
    return "PREVIOUSLY_LOYAL" if fm > 4 else "AT_RISK" if fm > 2 else "DORMANT"


SEGMENT = {
    "standard_11": lambda code: listed(STANDARD_11, code),
    "klaviyo": lambda code: listed(KLAVIYO, code),
    "pymc": lambda code: listed(PYMC, code, otherwise="Other"),
    "r_rfm": r_rfm_segment,
    "shopify": shopify_segment,
}


def cuts(values: pd.Series, bins: int) -> np.ndarray:
    """Type-7 quantiles, numpy's default."""
    return np.quantile(values, np.arange(1, bins) / bins)


def beyond(values: pd.Series, edges: np.ndarray) -> np.ndarray:
    """A score from one up: how many edges a value exceeds."""
    return 1 + (values.to_numpy()[:, None] > edges).sum(axis=1)


def pandas_bins(values: pd.Series, best_is_low: bool) -> np.ndarray:
    """pandas.qcut; where repeated edges leave three or two bins, as many labels."""
    bins = pd.qcut(values, 4, labels=False, duplicates="drop").to_numpy()
    return bins.max() + 1 - bins if best_is_low else bins + 1


def seen_from(orders: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """One row per customer with an order by then: what every taxonomy starts from."""
    dated = orders.assign(day=orders["ordered_at"].dt.normalize())
    known = dated[dated["day"] <= day].groupby("customer_id")
    seen = pd.DataFrame({"recency": (day - known["day"].max()).dt.days, "orders": known.size(), "days": known["day"].nunique()})
    return seen.assign(money=known["cents"].sum() / 100, day_value=(known["cents"].sum() / 100 / seen["days"]).round(6))


def scores(taxonomy: str, orders: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The columns r, f, m of each customer by the authors' rule."""
    seen = seen_from(orders, day)
    recency, frequency, money = seen["recency"], seen["orders"], seen["money"]
    if taxonomy == "pymc":
        columns = [pandas_bins(recency, True), pandas_bins(seen["days"], False), pandas_bins(seen["day_value"], False)]
    elif taxonomy == "klaviyo":
        columns = [1 + (recency <= 365) + (recency <= 180), beyond(frequency, cuts(frequency, 3)), beyond(money, cuts(money, 3))]
    elif taxonomy == "shopify":
        columns = [6 - beyond(recency, cuts(recency, 5)), beyond(frequency, cuts(frequency, 5)), beyond(money, cuts(money, 5))]
    else:  # R rfm: a bin begins one unit above the quantile, and holds its lower edge
        r, f, m = (1 + (values.to_numpy()[:, None] >= cuts(values, 5) + 1).sum(axis=1) for values in (recency, frequency, money))
        columns = [6 - r, f, m]
    return pd.DataFrame(dict(zip("rfm", columns, strict=True)), index=seen.index)


def expected(taxonomy: str, orders: pd.DataFrame, day: pd.Timestamp) -> dict:
    """{(customer, day): (r, f, m, segment)}."""
    rows = scores(taxonomy, orders, day).itertuples()
    return {(customer, day.date()): (r, f, m, SEGMENT[taxonomy](f"{r}{f}{m}")) for customer, r, f, m in rows}


def published(build, taxonomy: str) -> dict:
    return scored(build.marts, taxonomy)


def scored(ask, taxonomy: str) -> dict:
    sql = "select customer_id, as_of_date, r_score, f_score, m_score, segment from rfm_crosswalk where taxonomy = '{}'"
    return {(customer, day): tuple(scores) for customer, day, *scores in ask(sql.format(taxonomy))}


@pytest.mark.parametrize("taxonomy", BINS)
def test_the_grid_gives_every_code_the_segment_of_the_published_list(sample, taxonomy):
    codes = {"".join(code) for code in itertools.product(map(str, range(1, BINS[taxonomy] + 1)), repeat=3)}
    grid = sample.work(f"select rfm_score, segment from rfm_grid where taxonomy = '{taxonomy}'")
    assert len(grid) == len(codes), "a code twice, or not at all"
    assert dict(grid) == {code: SEGMENT[taxonomy](code) for code in codes}


@pytest.mark.parametrize("taxonomy", ["pymc", "r_rfm", "klaviyo", "shopify"])
def test_every_customer_gets_the_authors_scores_and_segment_on_every_date(hidden, hidden_tables, taxonomy):
    orders = hidden_tables["orders"]
    days = [pd.Timestamp(day) for (day,) in hidden.marts("select distinct as_of_date from customer_segments order by all")]
    assert len(days) == 24
    wanted = {key: row for day in days for key, row in expected(taxonomy, orders, day).items()}
    if taxonomy == "shopify":  # it alone has a group for those who have not ordered
        silent = set(hidden_tables["customers"]["customer_id"]) - set(orders["customer_id"])
        wanted |= {(customer, days[-1].date()): (None, None, None, "PROSPECTS") for customer in silent}
    assert published(hidden, taxonomy) == wanted


def test_standard_scores_take_recency_from_the_day_and_the_rest_from_the_latest_calibration(hidden, hidden_tables, hidden_variables):
    orders = hidden_tables["orders"]
    begin = orders["ordered_at"].min().normalize()
    calibrations = [begin + pd.offsets.MonthEnd(age) for age in hidden_variables["calibrate_after_months"]]
    assert all(len(seen_from(orders, day)) >= hidden_variables["calibrate_customers"] for day in calibrations)
    wanted = {}
    for (day,) in hidden.marts("select distinct as_of_date from customer_rfm order by all"):
        day = pd.Timestamp(day)
        calibrated_on = max((calibration for calibration in calibrations if calibration <= day), default=day)
        seen, then = seen_from(orders, day), seen_from(orders, calibrated_on)
        r = 6 - beyond(seen["recency"], cuts(seen["recency"], 5))
        f, m = (beyond(seen[measure], cuts(then[measure], 5)) for measure in ("orders", "money"))
        rows = zip(seen.index, r, f, m, strict=True)
        wanted |= {(customer, day.date()): (r, f, m, listed(STANDARD_11, f"{r}{f}{m}"), calibrated_on.date()) for customer, r, f, m in rows}
    rows = hidden.marts("""
        select customer_id, as_of_date, rfm.r_score, rfm.f_score, rfm.m_score, segment, calibrated_on
        from customer_rfm as rfm inner join rfm_crosswalk using (customer_id, as_of_date) where taxonomy = 'standard_11'""")
    assert {(customer, day): tuple(scored) for customer, day, *scored in rows} == wanted
    assert len({row[-1] for row in wanted.values()}) > 1, "the history spans more than one calibration"


def test_pymcs_own_example_gets_pymcs_own_segments(pymc_example):
    summary = pymc_example.work("select customer_id, purchase_days, recency_days, average_day_value from customer_measures where is_latest")
    assert sorted(summary) == [("1", 2, 1, 1.5), ("2", 1, 37, 2), ("3", 3, 33, 3), ("4", 3, 2, 6), ("5", 3, 20, 4), ("6", 1, 5, 5)]
    segments = [row[-1] for _, row in sorted(published(pymc_example, "pymc").items())]
    assert segments == ["Other", "Inactive Customer", "At Risk Customer", "Premium Customer", "Repeat Customer", "Top Spender"]


def test_where_ties_leave_pymc_three_or_two_bins_the_scores_shrink_with_them(raw, tmp_path):
    """Half of the customers share the earliest value of each measure, or a quarter the latest: qcut drops an edge or two."""
    rows = []
    for number in range(40):
        days = [0] if number < 30 else [0, 1 + number % 3]  # 30 of 40 bought on one day: two bins of frequency
        cents = 1000 if number < 12 else 1000 + 100 * number  # 12 of 40 paid the least: three bins of money
        late = 0 if number % 10 < 6 else 40 + number  # 24 of 40 are as recent as can be: two bins of recency
        rows += [(f"C{number:02}", pd.Timestamp("2024-06-01") - pd.Timedelta(days=late + day), cents) for day in days]
    orders = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "cents"]).rename_axis("order_id").reset_index()
    folder = raw({"customers.csv": orders[["customer_id"]].drop_duplicates(), "orders.csv": orders})
    tied = built_tables("rfm_crosswalk", raw=folder, out=tmp_path)
    wanted = expected("pymc", orders, pd.Timestamp("2024-06-01"))
    assert [len({row[place] for row in wanted.values()}) for place in range(3)] == [2, 2, 3], "bins of R, F and M"
    assert scored(tied.work, "pymc") == wanted
