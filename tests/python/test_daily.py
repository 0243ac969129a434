"""Daily runs: whatever comes in whatever order, the marts are those of one full build, and what is past stays."""

import json
import random
import shutil

import duckdb
import pandas as pd
import pytest

import customer_segmentation.load
from bench.deliveries import DAYS as DAYS_OF_EVENTS
from customer_segmentation.contract import PROJECT, read_contract
from customer_segmentation.daily import begin_run, plan_run
from customer_segmentation.engine import engine_of
from customer_segmentation.load import load
from tests.builds import built_tables, succeeded

SAMPLE = PROJECT / "seeds/sample"
DAYS = DAYS_OF_EVENTS | {"customers": "created_at"}
OF_THE_PAST = "is new, and what it says holds for the past as well"


@pytest.fixture(scope="module")
def chain(build, tmp_path_factory):
    """The sample company delivered day by day into folders, and the marts after each delivery in a list."""
    return Chain(build, tmp_path_factory.mktemp("chain"))


class Chain:
    # two dimensions whose classes must last; the history has a fixed beginning then
    held_back = "C05"  # orders come, and the customer only later
    variables = {"history_from": "2024-12-31", "dwell_dates": {"value_tier": 2, "purchase_amount": 3}}

    def __init__(self, build, folder):
        self.build, self.raw, self.out = build, folder / "raw", folder / "out"
        self.tables = {table.name: pd.read_csv(SAMPLE / f"{table.name}.csv", dtype=str) for table in read_contract()}
        self.raw.mkdir()
        for name in ("products", "customer_merges"):
            shutil.copy(SAMPLE / f"{name}.csv", self.raw)
        # to one of the ids that a customer has given up; the answer comes later
        contacts, merged = self.tables["campaign_contacts"], self.tables["customer_merges"]["customer_id"].iloc[0]
        self.contact = contacts.sort_values("contacted_at").head(1).assign(customer_id=merged, response_at=None)
        self.tables["campaign_contacts"] = pd.concat([contacts, self.contact], ignore_index=True)

    def deliver(self, name: str, after: str, until: str) -> None:
        """What happened after one day and until another, as a file in the folder of each table."""
        for table, day in DAYS.items():
            days = self.tables[table][day].fillna("").str[:10]
            rows = self.tables[table][(days > after) & (days <= until) if after else days <= until]
            if table == "customers":
                rows = rows[rows["customer_id"] != self.held_back]
            self.put(table, name, rows)
            if table == "orders":
                lines = self.tables["order_lines"]
                self.put("order_lines", name, lines[lines["order_id"].isin(rows["order_id"])])

    def put(self, table: str, name: str, rows: pd.DataFrame) -> None:
        if len(rows):
            (self.raw / table).mkdir(exist_ok=True)
            rows.to_csv(self.raw / table / f"{name}.csv", index=False)

    def run(self):
        self.last = succeeded(self.build(self.raw, self.out, variables=self.variables))
        return self.last

    def full(self):
        return succeeded(self.build(self.raw, variables=self.variables))

    def write(self, sql: str) -> None:
        with duckdb.connect(str(self.out / "warehouse.duckdb")) as connection:
            connection.execute(sql)


def test_any_chain_of_daily_runs_gives_the_marts_of_one_full_build(chain):
    """Days of random length, a day that comes late, a corrected order, a day delivered twice, everything again at the end."""
    lengths = random.Random(11)
    days = pd.date_range("2025-09-01", "2025-12-31", freq="D").strftime("%Y-%m-%d")
    ends = sorted(lengths.sample(range(5, len(days) - 1), 4)) + [len(days) - 1]
    chain.deliver("until_" + days[0], "", days[0])
    first = chain.run()
    assert first.work("select distinct run from raw_files") == [(0,)]
    begins = [0, *ends[:-1]]
    late = 1  # the second part comes after the third
    for number in [0, 2, late, 3, 4]:
        after, until = days[begins[number]], days[ends[number]]
        chain.deliver(f"until_{until}", after, until)
        if number == 3:
            orders = chain.tables["orders"]
            corrected = orders[orders["ordered_at"].str[:7] == "2025-07"].head(2).assign(amount="99.99")
            chain.put("orders", "z_corrected", corrected)
            contacts = chain.tables["campaign_contacts"]
            answered = contacts[contacts["contacted_at"].str[:10] <= days[0]].tail(3).assign(response_at=days[0] + " 12:00:00")
            chain.put("campaign_contacts", "z_answered", pd.concat([answered, chain.contact.assign(response_at=days[0] + " 12:00:00")]))
            customers = chain.tables["customers"]
            chain.put("customers", "z_held_back", customers[customers["customer_id"] == chain.held_back])
        if number == 4:
            shutil.copy(chain.raw / f"orders/until_{days[0]}.csv", chain.raw / "orders/zz_again.csv")
            unreadable = chain.tables["orders"][chain.tables["orders"]["ordered_at"].str[:10] <= days[0]].tail(2).assign(amount="12,50")
            chain.put("orders", "zzz_unreadable", unreadable)  # a row that cannot be read replaces nothing
        done = chain.run()
    assert done.work("select distinct run from raw_files") == [(5,)]
    assert done.digests() == chain.full().digests()
    restated = done.marts("select run, cast(changed_from as string) from history_restated where source = 'orders' order by run")
    orders = chain.tables["orders"]
    first = orders.loc[orders["customer_id"] == chain.held_back, "ordered_at"].min()[:10]
    # the late part; the orders of the late customer, older than the corrected ones; and those as they were once more
    assert restated == [(3, "2025-11-03"), (4, first), (5, "2025-07-01")]


def test_a_daily_run_leaves_the_past_alone_until_a_row_of_the_past_comes(chain):
    """After the test above: a mark on a frozen row survives a daily run without news, and goes when the month is judged again."""
    mark = "update customer_classes set average_day_value = 1234 where as_of_date < '2025-10-01'"
    marked = "select min(as_of_date), max(as_of_date) from customer_classes where average_day_value = 1234"
    chain.write(mark)
    before = chain.run().work(marked)
    assert str(before[0][1]) == "2025-09-30"
    orders = chain.tables["orders"]
    late = orders[orders["ordered_at"].str[:10].between("2025-08-01", "2025-12-31")].head(1)
    chain.put("orders", "zzz_late", late.assign(order_id="LATE", ordered_at="2025-08-15 12:00:00"))
    done = chain.run()
    assert [str(day) for day in done.work(marked)[0]] == [str(before[0][0]), "2025-07-31"]
    told = "select max(changed_from), min(restated_from) from history_restated where changed_from = '2025-08-15'"
    assert [str(value) for value in done.marts(told)[0]] == ["2025-08-15", "2025-08-31"]


def test_only_what_a_daily_run_has_judged_is_published_onto_the_file_of_the_run_before(chain):
    """After the test above: marks in the published file stay where nothing was judged, and no other file is gone on from."""
    mark = """update base.segment_scores set frequency_number = 1234 where as_of_date < '2025-10-01';
        update base.segment_scores set frequency_number = 1234 where as_of_date > '2025-12-01';
        update marts.fct_orders set amount = 1234 where order_id <> 'LATE_TOO'"""
    marked = """select (select max(as_of_date) from base.segment_scores where frequency_number = 1234),
        (select count(*) from fct_orders where amount <> 1234)"""
    before, saved = chain.last, chain.out / "saved.duckdb"
    shutil.copy(before.published, saved)
    unmarked, run = before.digests(), before.marts("select run from base.published_from")[0][0]
    with duckdb.connect(str(before.published)) as connection:
        connection.execute(mark)
    late = chain.tables["orders"].tail(1)
    chain.put("orders", "zzzz_late", late.assign(order_id="LATE_TOO"))
    done = chain.run()
    assert str(done.marts(marked)) == "[(datetime.date(2025, 9, 30), 1)]"
    assert done.marts("select run from base.published_from") == [(run + 1,)]

    shutil.copy(saved, done.published)  # it lacks the late order and is of the run before the last
    again = chain.run()
    changed = {mart for mart, digest in again.digests().items() if digest != unmarked[mart]}
    assert again.marts(marked)[0][0] is None and "fct_orders" in changed and "segment_strategies" not in changed
    assert again.marts("select count(*) from fct_orders where order_id = 'LATE_TOO'") == [(1,)]


def test_a_run_that_did_not_finish_is_followed_by_a_full_one(chain):
    chain.write("update raw.run set is_complete = false")
    done = chain.run()
    assert done.work("select distinct run, full_because from raw_files") == [(0, "the last run did not finish")]
    assert done.work("select count(*) from customer_classes where average_day_value = 1234") == [(0,)]
    assert done.marts("select reason from history_restated where source = 'everything'") == [("the last run did not finish",)]


@pytest.mark.long
def test_the_day_of_looking_may_go_back_to_a_month_end_that_was_judged_as_a_past_one(build, tmp_path):
    """Nothing says as of which day, and the last order is of the last day of a month."""
    chain = Chain(build, tmp_path)
    chain.deliver("1", "", "2026-01-01")
    chain.put("orders", "2", chain.tables["orders"].tail(1).assign(order_id="LATEST", ordered_at="2025-12-31 12:00:00"))
    succeeded(build(chain.raw, chain.out, as_of="2026-01-10", variables=chain.variables))
    back = chain.run()
    assert "Daily run 1: 0 new files" in back.said
    assert back.digests() == chain.full().digests()


@pytest.fixture
def planned(raw):
    """planned(): the number and the reason of the next run over a small folder; what it takes in is then taken in."""
    folder = raw({"orders.csv": "order_id,customer_id,ordered_at,amount\nO1,C1,2025-01-05,1\n"})
    (folder / "customers").mkdir()
    (folder / "customers/a.csv").write_text("customer_id\nC1\n")
    connection = duckdb.connect()
    connection.execute("create table as_of_dates as select date '2025-01-05' as as_of_date")
    connection.execute("create table checked_customer_merges (rejected_because varchar)")

    def plan(settings="", as_of_date=None, finish=True):
        run = plan_run(connection, "main", str(folder), read_contract(), settings, as_of_date)
        begin_run(connection, run, str(folder), load(connection, str(folder), read_contract(), run.known))
        if finish:
            connection.execute("update raw.run set is_complete = true")
        return run.number, run.because

    plan.folder, plan.connection = folder, connection
    assert plan() == (0, "it is the first one, or a full one was asked for")
    assert plan() == (1, None)
    return plan


def test_new_files_of_events_make_a_daily_run_which_reads_nothing_else(planned):
    (planned.folder / "interactions").mkdir()
    (planned.folder / "interactions/a.csv").write_text("interaction_id,customer_id,occurred_at\nI1,C1,2025-01-05\n")
    assert planned() == (2, None)
    counts = [planned.connection.execute(f"select count(*) from raw.{table}").fetchone()[0] for table in ("interactions", "orders")]
    assert counts == [1, 0]


@pytest.mark.parametrize("change, because", {
    "a file grew": (lambda p: (p.folder / "orders.csv").open("a").write("O2,C1,2025-01-06,1\n"), "orders.csv has changed"),
    "a file is gone": (lambda p: (p.folder / "customers/a.csv").rename(p.folder / "customers/b.csv"), "customers/a.csv is gone"),
    "new products": (lambda p: (p.folder / "products.csv").write_text("product_id\n"), f"products.csv {OF_THE_PAST}"),
    "new merges": (lambda p: (p.folder / "customer_merges.csv").write_text("customer_id\n"), f"customer_merges.csv {OF_THE_PAST}"),
    "killed": (lambda p: p(finish=False), "the last run did not finish"),
}.values())  # fmt: skip
def test_a_change_of_what_was_there_makes_a_full_run_that_says_why(planned, change, because):
    change(planned)
    number, reason = plan_only(planned)
    assert (number, reason) == (0, because)


def test_other_settings_and_an_earlier_day_make_a_full_run(planned):
    assert plan_only(planned, settings="timezone") == (0, "rules, settings or code have changed")
    assert plan_only(planned, as_of_date="2025-01-04") == (0, "it looks from an earlier day")
    assert plan_only(planned, as_of_date="2025-01-05") == (2, None)


def test_a_customer_who_may_be_meant_by_a_merge_makes_a_full_run(planned):
    planned.connection.execute("insert into checked_customer_merges values ('merged_into: not in customers')")
    assert plan_only(planned) == (2, None)
    (planned.folder / "customers/b.csv").write_text("customer_id\nC2\n")
    assert plan_only(planned) == (0, "customer_merges has rows that lead to nobody, who may have come since")


def test_what_is_read_is_written_down_or_neither(planned, monkeypatch):
    """A stop at a file that cannot be read, and a kill, leave the state of the run before; a file still being copied stops."""
    folder, connection = planned.folder, planned.connection
    broken = "order_id,customer_id,ordered_at,amount\nO2,C1,2025-01-06,1\nO3,C1\n"
    state = "select (select count(*) from raw.malformed_lines), (select count(*) from raw.deliveries), (select count(*) from raw.taken_in)"

    def run():
        asked = {"settings": "", "as_of_date": None}
        number, because, files = engine_of(connection).load(str(folder), read_contract(), **asked)
        return number, because, [file.problem for file in files if file.problem]

    (folder / "orders").mkdir()
    (folder / "orders.csv").rename(folder / "orders/1.csv")
    assert run()[0] == 0
    connection.execute("update raw.run set is_complete = true")
    before = connection.execute(state).fetchall()
    (folder / "orders/2.csv").write_text(broken)
    (folder / "feedback.csv").write_bytes(b"feedback_id,customer_id,given_at\nF1,C1,\xff\n")
    assert "feedback.csv is not UTF-8" in run()[2][0]
    assert connection.execute(state).fetchall() == before

    (folder / "feedback.csv").unlink()
    folder.rename(folder.with_name("away"))
    assert "does not exist" in run()[2][0]
    folder.with_name("away").rename(folder)
    assert connection.execute(state).fetchall() == before

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr("customer_segmentation.engine.begin_run", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        run()
    assert connection.execute(state).fetchall() == before

    def read_while_it_grows(*given, read=customer_segmentation.load.read_files):
        read(*given)
        with (folder / "orders/2.csv").open("a") as file:
            file.write("O4,C1,2025-01-07,1\n")

    with monkeypatch.context() as copying:
        copying.setattr("customer_segmentation.load.read_files", read_while_it_grows)
        assert "orders/2.csv changed while it was read" in " ".join(run()[2])
    (folder / "orders/2.csv").write_text(broken)
    assert run() == (1, None, [])
    assert connection.execute("select delivery, line from raw.malformed_lines").fetchall() == [("orders/2.csv", 3)]


def plan_only(planned, settings="", as_of_date=None):
    run = plan_run(planned.connection, "main", str(planned.folder), read_contract(), settings, as_of_date)
    return run.number, run.because


def test_what_looks_at_the_frozen_date_is_built_after_it(sample):
    """A model that asks for the last frozen date before as_of_dates is built would get that of the last run."""
    manifest = json.loads((sample.out / "target/manifest.json").read_text("utf-8"))
    asks = ("is_judged_now", "last_frozen_date", "may_count_now", "sums_as_of")
    again = ("customers_again", "changed_rows")
    for words, needed in ((asks, "as_of_dates"), (again, "changed_rows")):
        for name, node in manifest["nodes"].items():
            if node["resource_type"] == "model" and any(word in node["raw_code"] for word in words) and node["name"] != needed:
                assert f"model.customer_segmentation.{needed}" in ancestors(manifest, name), node["name"]


def ancestors(manifest: dict, name: str) -> set[str]:
    found, waiting = set(), [name]
    while waiting:
        for parent in manifest["parent_map"].get(waiting.pop(), []):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


@pytest.mark.long
def test_a_chain_gives_the_forecasts_of_one_full_build(build, hidden_tables, tmp_path):
    """400 customers, enough for a forecast and its trial; the second delivery has an order of months before, so past fits are made anew.

    The chain judges them in three parts, the full build all at once.
    """
    orders = hidden_tables["orders"].assign(amount=hidden_tables["orders"]["cents"] / 100).drop(columns="cents")
    days = orders["ordered_at"].astype(str).str[:10]
    (tmp_path / "raw/orders").mkdir(parents=True)
    hidden_tables["customers"].to_csv(tmp_path / "raw/customers.csv", index=False)
    last = pd.Timestamp(days.max())
    first_until, then_until = ((last - pd.Timedelta(days=back)).date().isoformat() for back in (45, 20))
    late = orders.index[days < first_until][-150:-149]
    parts = {
        "1": orders[(days <= first_until) & ~orders.index.isin(late)],
        "2": pd.concat([orders.loc[late], orders[(days > first_until) & (days <= then_until)]]),
        "3": orders[days > then_until],
    }
    for name, rows in parts.items():
        rows.to_csv(tmp_path / f"raw/orders/{name}.csv", index=False)
        done = build(tmp_path / "raw", tmp_path / "out", variables={"horizon_days": 60, "history_months": 6, "customers_at_once": 150})
        assert done.code == 0, done.complaints
    full = build(tmp_path / "raw", tmp_path / "full", variables={"horizon_days": 60, "history_months": 6})
    assert "Daily run 2" in done.said
    assert done.digests() == full.digests()
    assert full.marts("select count(*) > 0 from forecast_parameters where is_converged") == [(True,)]
    assert full.marts("select count(*) > 0 from customer_forecast where churn_warning <> 'unknown'") == [(True,)]


@pytest.mark.long
def test_a_month_leaves_the_published_file_with_the_history(build, tmp_path):
    """13 months are shown, and older ones measured for the trials of forecasts; nothing says from when on."""
    chain = Chain(build, tmp_path)
    chain.variables = None
    chain.deliver("1", "", "2025-11-20")
    chain.run()
    chain.deliver("2", "2025-11-20", "2025-12-02")
    done = chain.run()
    assert "Daily run 1" in done.said
    oldest = "select min(as_of_date)::varchar, (select min(as_of_date)::varchar from customer_rfm) from segment_sizes"
    assert done.marts(oldest) == [("2024-12-31", "2024-12-31")]
    assert done.digests() == chain.full().digests()


def test_rows_in_another_currency_than_all_before_stop_a_day_and_make_the_next_run_full(raw, tmp_path):
    header = "order_id,customer_id,ordered_at,amount"
    days = [f"O{day},C1,2025-01-{day:02},10" for day in range(1, 20)]
    folder = raw({"customers.csv": "customer_id\nC1\n", "orders/1.csv": "\n".join([header, *days, ""])})

    def run():
        done = built_tables("fct_orders", raw=folder, out=tmp_path)
        if not done.complaints:  # as finish_run says when all models are built
            with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
                connection.execute("update raw.run set is_complete = true")
        return done

    assert run().work("select distinct currency from fct_orders") == [("XXX",)]
    (folder / "orders/2.csv").write_text(f"{header},currency\nO20,C1,2025-01-20,10,EUR\n")
    told = "orders, column currency: amounts were reported in XXX so far, and with the new files it is EUR: build once more"
    assert told in run().complaints[0]
    assert run().work("select distinct currency, count(*) from fct_orders group by 1") == [("EUR", 20)]
