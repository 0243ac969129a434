"""The dashboard: its figures are those of the marts, in both languages, with nobody's name and without a network."""

import json
import re
import shutil
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
import yaml

from customer_segmentation.__main__ import look_at, main
from customer_segmentation.contract import PROJECT, Refused
from customer_segmentation.dashboard import write_dashboard

DECLARED = yaml.safe_load((PROJECT / "charts/dashboard.yml").read_text("utf-8"))
CHARTS = {chart["name"]: chart for section in DECLARED["sections"] for chart in section["charts"]}
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOSTILE = "</script><img src=x onerror=\"document.title='owned'\"><!--&'{{ 7 * 7 }}%{label}<a href='https://example.com'>"


def embedded(page: Path) -> dict:
    """What the page has of the data, with the rows of each chart as dictionaries."""
    (text,) = re.findall(r'<script type="application/json" id="embedded">(.*?)</script>', page.read_text("utf-8"))
    data = json.loads(text)
    for chart in [*data["charts"].values(), data["dimensions"], data["classes"]]:
        chart["rows"] = [dict(zip(chart["fields"], row, strict=True)) for row in chart["rows"]]
    return data


@pytest.fixture(scope="module")
def shown(sample) -> dict:
    """The charts of the sample company's dashboard, as its build wrote them: name to rows."""
    return {name: chart["rows"] for name, chart in embedded(sample.out / "dashboard.html")["charts"].items()}


@pytest.fixture
def changed(sample, tmp_path):
    """changed("delete from {mart}", where="..."): the published file as plain tables in a schema, each changed so; its folder."""

    def change(sql: str = "", where: str = "true", schema: str = "main") -> Path:
        with duckdb.connect(str(tmp_path / "segments.duckdb")) as connection:
            connection.execute(f"attach '{sample.published}' as sample (read_only); create schema if not exists {schema}")
            columns = f"from duckdb_columns() where database_name = 'sample' and schema_name <> 'base' and {where}"
            for place, mart in connection.execute(f"select distinct schema_name, table_name {columns}").fetchall():
                connection.execute(f"create or replace table {schema}.{mart} as from sample.{place}.{mart}")
                connection.execute(sql.format(mart=f"{schema}.{mart}") or "select 1")
        return tmp_path

    return change


class References(HTMLParser):
    """All that a browser would fetch or go to by itself: the attributes that name an address, and the tags that need one."""

    def __init__(self, html: str):
        super().__init__()
        self.found, self.styles, self.policy, self.inside = [], "", None, None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.inside = tag
        named = {"src", "href", "srcset", "action", "formaction", "data", "poster", "background", "xlink:href", "ping"}
        self.found += [(tag, value) for name, value in attributes if name in named]
        self.found += [(tag, "")] if tag in ("img", "iframe", "link", "object", "embed", "base", "video", "audio") else []
        self.styles += "".join(value for name, value in attributes if name == "style")
        if ("http-equiv", "Content-Security-Policy") in attributes:
            self.policy = " ".join(dict(attributes)["content"].split())

    def handle_data(self, data):
        self.styles += data if self.inside == "style" else ""


def test_a_build_ends_with_its_dashboard(sample):
    assert sample.said.splitlines()[-1] == f"Dashboard {sample.out / 'dashboard.html'}"


def test_every_text_is_there_in_both_languages(sample):
    def texts(node):
        if isinstance(node, dict) and {"en", "zh"} & set(node):
            yield node
        elif isinstance(node, dict | list):
            for child in node.values() if isinstance(node, dict) else node:
                yield from texts(child)

    said = list(texts({key: part for key, part in DECLARED.items() if key != "words"}))
    assert len(said) > 100
    assert [text for text in said if not (text.get("en") and re.search("[\u4e00-\u9fff]", text.get("zh", "")))] == []
    page = (sample.out / "dashboard.html").read_text("utf-8")
    for section in DECLARED["sections"]:
        for text in (section["title"], section["note"]):
            assert f'<span class="say" lang="en">{text["en"]}</span>' in page.replace("&#39;", "'")
            assert f'<span class="say" lang="zh-Hans">{text["zh"]}</span>' in page
    charts = embedded(sample.out / "dashboard.html")["charts"]
    assert {name: chart | charts[name] for name, chart in CHARTS.items()} == charts, "charts are embedded as declared"
    assert all({"title", "empty", "columns"} <= set(chart) for chart in CHARTS.values())


def test_every_query_says_its_question_and_gives_its_columns(shown):
    queries = {path.stem: path.read_text("utf-8") for path in (PROJECT / "charts").glob("*.sql")}
    assert set(queries) == {*CHARTS, "dimensions", "classes"}
    assert [name for name, sql in queries.items() if not re.match(r"-- [A-Z][^\n]+\?", sql)] == []
    for name, chart in CHARTS.items():
        fields = {re.sub("_(en|zh)$", "", field) for field in next(iter(shown[name]), {})}
        of_the_class = {key for key, column in chart["columns"].items() if column.get("kind") in ("meaning", "criteria")}
        assert not shown[name] or set(chart["columns"]) - of_the_class <= fields, name


def test_the_exposure_names_the_marts_that_the_queries_read(sample):
    manifest = json.loads((sample.out / "target/manifest.json").read_text("utf-8"))
    public = {node["name"]: key for key, node in manifest["nodes"].items() if node.get("access") == "public"}
    queries = " ".join(path.read_text("utf-8") for path in (PROJECT / "charts").glob("*.sql"))
    read = {public[name] for name in re.findall(r"(?:from|join) (\w+)", queries) if name in public}
    assert set(manifest["exposures"]["exposure.customer_segmentation.dashboard"]["depends_on"]["nodes"]) == read


def test_no_word_is_left_without_chinese(sample, shown):
    for name, chart in CHARTS.items():
        for key, column in chart["columns"].items():
            if column.get("kind") in ("word", "words"):
                values = [row[key] for row in shown[name] if row[key] is not None]
                words = {word for value in values for word in (value if column["kind"] == "words" else [value])}
                assert words <= set(DECLARED["words"]), (name, key)
    named = "select count(*) from segment_classes where name_zh is null or dimension_zh is null"
    assert sample.marts(named) == [(0,)]


def test_the_figures_are_those_of_the_marts(sample, shown):
    ((day, customers, orders, revenue),) = sample.marts("""
        select as_of_date, count(*), sum(frequency), sum(monetary)::double from customer_rfm
        where as_of_date = (select max(as_of_date) from customer_rfm) group by 1""")
    ((buyers, currency),) = sample.marts("select count(distinct customer_id) filter (is_valid), max(currency) from fct_orders")
    (overview,) = shown["overview"]
    found = [overview[name] for name in ("as_of_date", "customers", "buyers", "orders", "net_revenue", "currency")]
    assert found == [day.isoformat(), customers, buyers, orders, pytest.approx(revenue), currency]

    dimensions = {dimension for (dimension,) in sample.marts("select distinct dimension from segment_classes")}
    everybody = dict.fromkeys(dimensions, customers)
    money = Counter()
    for chart in ("segments", "sizes", "moves"):
        sums = Counter()
        for row in shown[chart]:
            sums[row["dimension"]] += row["customers"] * (row.get("as_of_date", day.isoformat()) == day.isoformat())
            money[row["dimension"]] += row["net_revenue"] if chart == "segments" else 0
        assert sums == everybody, chart
    assert money == {dimension: pytest.approx(revenue) for dimension in dimensions}

    assert len(shown["rfm"]) == 25 and sum(row["customers"] for row in shown["rfm"]) == buyers
    squares = {(row["r_score"], row["f_score"]): row["net_revenue"] for row in shown["rfm"] if row["customers"]}
    asked = "select r_score, f_score, sum(monetary)::double from customer_rfm where r_score > 0 and as_of_date = ? group by all"
    assert squares == {(r, f): pytest.approx(total) for r, f, total in sample.marts(asked.replace("?", f"date '{day}'"))}

    months = "select strftime(cohort_month, '%Y-%m'), months_since, active_customers, retention_rate from cohort_retention"
    cohorts = {
        tuple(row[key] for key in ("cohort_month", "months_since", "active_customers", "retention_rate")) for row in shown["cohorts"]
    }
    assert cohorts and cohorts <= set(sample.marts(f"{months} where is_whole_month"))

    turned_away = sum(row["turned_away"] for row in shown["rejected"])
    assert [(turned_away,)] == sample.marts("select count(*) from rejected_rows")
    assert not [row for row in shown["gates"] if "For example" in row["sentence"]], "rows are not shown"
    assert [(len(shown["gates"]),)] == sample.marts("select count(*) from gate_results where status <> 'passed'")
    actions = sum(len(row["actions_en"]) for row in shown["strategies"])
    assert [(actions,)] == sample.marts("select count(*) from segment_strategies")


def test_warnings_are_those_with_most_at_stake(hidden):
    charts = embedded(hidden.out / "dashboard.html")["charts"]
    warnings = charts["warnings"]["rows"]
    latest = "customer_forecast where churn_warning in ('mid', 'high') and as_of_date = (select max(as_of_date) from customer_forecast)"
    ((total,),) = hidden.marts(f"select count(*) from {latest}")
    most = hidden.marts(f"select value_at_stake::double from {latest} order by 1 desc nulls last limit 50")
    assert warnings and {row["total"] for row in warnings} == {total} and total > len(warnings)
    assert [row["value_at_stake"] for row in warnings] == [value for (value,) in most]
    customers = [row["customer_id"] for row in charts["customers"]["rows"]]
    assert len(set(customers)) == 200 and {row["total"] for row in charts["customers"]["rows"]} == {400}
    assert {row["customer_id"] for row in warnings} <= set(customers), "who is warned of can be looked at"


def test_a_customer_has_his_classes_without_what_he_declared(sample, shown):
    james = [row for row in shown["customer_classes"] if row["customer_id"] == "C07"]
    held = "customer_segments_long where customer_id = 'C07' and as_of_date = (select max(as_of_date) from customer_rfm)"
    known = f"select dimension, class from {held} and class not in ('unknown', 'not_applicable')"
    assert {(row["dimension"], row["class"]) for row in james} < set(sample.marts(known))
    assert not {"gender", "age_group", "income_group", "household", "education"} & {row["dimension"] for row in james}
    moves = [(row["dimension"], row["left_class"], row["entered_class"]) for row in shown["customer_moves"] if row["customer_id"] == "C07"]
    asked = "select dimension, left_class, entered_class from segment_events where customer_id = 'C07' order by as_of_date desc, dimension"
    assert moves == sample.marts(f"{asked} limit 24")
    assert {row["customer_id"] for row in shown["customer_actions"]} >= {"C07"}


def test_nothing_is_loaded_from_anywhere(sample):
    references = References((sample.out / "dashboard.html").read_text("utf-8"))
    assert [(tag, address) for tag, address in references.found if not re.fullmatch("#[a-z]+", address)] == []
    assert not re.search(r"url\(|@import", references.styles)
    rules = dict(rule.split(" ", 1) for rule in references.policy.split("; "))
    assert (rules["default-src"], rules["connect-src"], rules["img-src"]) == ("'none'", "'none'", "data: blob:")


def test_nobody_is_named_unless_asked_for(sample, tmp_path):
    people = sample.work("select customer_id, name, email, phone from stg_customers where name is not null and customer_id = living_id")
    personal = {word for _, *words in people for word in words if word}
    assert len(personal) > 60
    for name in ("segments.duckdb", "warehouse.duckdb"):
        (tmp_path / name).symlink_to(sample.out / name)

    def known(page: Path) -> set[str]:
        text = page.read_text("utf-8")
        return {word for word in personal if word in text}

    assert known(sample.out / "dashboard.html") == known(write_dashboard(tmp_path, names="masked")) == set()
    assert embedded(tmp_path / "dashboard.html")["names"]["C01"] == "A*** L***"
    named = write_dashboard(tmp_path, names="full")
    assert known(named) == {name for _, name, *_ in people}, "names, and nothing else that is personal"


def test_what_is_missing_is_told(changed, shown):
    assert [name for name, rows in shown.items() if not rows] == ["forecast", "warnings"], "the sample company is too small"
    charts = embedded(write_dashboard(changed("delete from {mart}")))["charts"]
    assert {name: chart["rows"] for name, chart in charts.items()} == dict.fromkeys(CHARTS, [])


@pytest.mark.parametrize("schema", ["main", "marts"])
def test_the_marts_are_found_in_their_schema(changed, shown, schema):
    charts = embedded(write_dashboard(changed(schema=schema)))["charts"]
    assert {name: chart["rows"] for name, chart in charts.items()} == shown


def test_the_customer_asked_for_is_there(hidden, tmp_path):
    (tmp_path / "segments.duckdb").symlink_to(hidden.published)
    usual = [row["customer_id"] for row in embedded(hidden.out / "dashboard.html")["charts"]["customers"]["rows"]]
    ((other,),) = hidden.marts(f"select min(customer_id) from customer_priority where customer_id not in {tuple(usual)}")
    data = embedded(write_dashboard(tmp_path, customer=other))
    assert data["customer"] == data["charts"]["customers"]["rows"][0]["customer_id"] == other
    assert {row["customer_id"] for row in data["charts"]["customer_history"]["rows"]} > {other}


def test_what_cannot_be_shown_is_said_in_a_sentence(sample, changed, tmp_path, capsys):
    def said(*words) -> str:
        assert main(["dashboard", *map(str, words)]) == 1
        return capsys.readouterr().err

    assert said("--out", tmp_path) == (
        f"STOPPED: There is no segments.duckdb in {tmp_path}: say make build first, or OUT=folder of another one.\n"
    )
    assert said("--out", sample.out, "--customer", "C99") == "STOPPED: No customer C99 is known at the latest as-of date.\n"
    few = changed(where="table_name <> 'cohort_retention'")
    assert "cohort_retention does not exist" in said("--out", few) and not (few / "dashboard.html").exists()
    whole = changed()
    assert "there is no warehouse.duckdb" in said("--out", whole, "--names", "full")


@pytest.mark.parametrize("problem", [Refused("no such thing"), RuntimeError("no such thing"), OSError("no such thing")])
def test_a_build_goes_well_without_its_dashboard(problem, sample, monkeypatch, capsys):
    def fail(*_):
        raise problem

    monkeypatch.setattr("customer_segmentation.dashboard.write_dashboard", fail)
    look_at(sample.out)
    told = "The dashboard could not be written, the published file is not touched by that: no such thing\n"
    assert capsys.readouterr() == ("", told)


@pytest.fixture
def hostile(changed) -> Path:
    """The sample company in which the first customer and a class have names that attack the page."""
    folder = changed()
    named = "select table_name, column_name from duckdb_columns() where column_name in ('customer_id', 'name_en')"
    with duckdb.connect(str(folder / "segments.duckdb")) as connection:
        for mart, column in connection.execute(named).fetchall():
            chosen = "customer_id = 'C05'" if column == "customer_id" else "class = 'champions'"
            connection.execute(f"update {mart} set {column} = ? where {chosen}", [HOSTILE])
    return folder


def test_hostile_words_stay_words(hostile):
    page = write_dashboard(hostile)
    data = embedded(page)
    assert HOSTILE in {row["customer_id"] for row in data["charts"]["customers"]["rows"]}
    assert HOSTILE in {row["name_en"] for row in data["classes"]["rows"]}
    assert "<img" not in page.read_text("utf-8")


def rendered(page: Path, tmp_path: Path, address: str = "", language: str = "en-US") -> tuple[str, list[str]]:
    """The page as a browser without a network makes it: its elements as HTML, and the errors that it told."""
    if CHROMIUM is None:
        pytest.skip("needs chromium")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND"]
    options = ["--headless", "--no-sandbox", "--disable-gpu", *quiet, f"--user-data-dir={tmp_path / 'browser'}", f"--lang={language}"]
    show = ["--enable-logging=stderr", "--virtual-time-budget=20000", "--dump-dom", page.as_uri() + address]
    done = subprocess.run([CHROMIUM, *options, *show], capture_output=True, text=True, timeout=120, env={"LANGUAGE": language[:2]})
    return done.stdout, [line for line in done.stderr.splitlines() if ":CONSOLE" in line]


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_browser_draws_it_all(sample, shown, tmp_path, language):
    page, errors = rendered(sample.out / "dashboard.html", tmp_path, f"#language={language}&customer=C07&dimension=lifecycle")
    assert errors == []
    assert page.count('class="plot-container') == 3 and page.count('class="slice') > 3, "tree-map, areas and bands"
    assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}"' in page
    for name, chart in CHARTS.items():
        assert chart["title" if shown[name] else "empty"][language].replace("&", "&amp;") in page, name
    body = page[: page.index('id="embedded"')]
    assert "C07" in body[body.index('data-chart="customers"') :][:1000]
    assert not re.search("undefined|NaN|Invalid|object ", body)


@pytest.mark.browser
def test_a_browser_reads_hostile_words_as_words(hostile, tmp_path):
    page, errors = rendered(write_dashboard(hostile), tmp_path)
    assert errors == [] and "<title>Customer segments</title>" in page
    body = page[: page.index('id="embedded"')]
    assert "<img" not in body and "&lt;img src=x" in body
    assert 'href="https:' not in body, "Plotly makes links of what looks like one"


@pytest.mark.browser
def test_a_browser_shows_what_is_missing(changed, tmp_path):
    page, errors = rendered(write_dashboard(changed("delete from {mart}")), tmp_path)
    assert errors == []
    assert [name for name, chart in CHARTS.items() if f'<p class="empty">{chart["empty"]["en"]}</p>' not in page] == []
