"""`dbt build` by itself does the whole work, with unit tests; the queries of analyses/ compile and run."""

import json
import re

import duckdb
import pytest
import yaml

from customer_segmentation.__main__ import PARSED, invoke, set_places
from customer_segmentation.contract import PROJECT
from customer_segmentation.lineage import draw
from customer_segmentation.metrics import Metrics
from tests.builds import dbt


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    out = tmp_path_factory.mktemp("dbt")
    return out, dbt("build", out=out)


@pytest.fixture(scope="module")
def compiled(built) -> dict[str, str]:
    """Every analysis by its name, as SQL for the built warehouse; why_this_class about C07."""
    run = dbt("compile", "--select", "path:analyses", "--vars", "customer: C07", out=built[0])
    assert run.returncode == 0, run.stdout
    return {path.stem: path.read_text("utf-8") for path in (built[0] / "target/compiled/customer_segmentation/analyses").glob("*.sql")}


def test_dbt_build_alone_builds_and_tests_everything(built):
    out, run = built
    assert run.returncode == 0, run.stdout
    assert "ERROR=0 SKIP=0" in run.stdout
    assert "PASS=" in run.stdout and "68 unit tests" in run.stdout
    assert not (out / "segments.duckdb").exists(), "publishing is make build's part"


CORES = duckdb.execute("select current_setting('threads')").fetchone()[0]


@pytest.mark.parametrize("memory, told", [("1GB", "953.6 MiB, threads: 1"), ("1TB", f"931.3 GiB, threads: {CORES}")])
def test_memory_is_bounded_by_a_setting_and_so_are_the_threads_that_share_it(tmp_path, monkeypatch, memory, told):
    monkeypatch.setenv("SEGMENTATION_MEMORY", memory)
    set_places(tmp_path)
    said = []
    assert invoke(
        ["seed", "--select", "drift_limits"], {}, tmp_path / "target", "duckdb", lambda event: said.append(event.info.msg)
    ).success
    assert f"Memory: {told}" in said


@pytest.mark.parametrize(
    "memory, variables, at_once",
    [
        ("1GB", {}, 1e9 / 800 / 13),
        ("2GB", {"history_months": 24}, 2e9 / 800 / 25),
        ("1GB", {"history_from": "2020-01-31", "as_of_date": "2021-01-15"}, 1e9 / 800 / 13),
        ("1GB", {"customers_at_once": 70}, 70),
    ],
)
def test_as_many_customers_at_once_as_fit_into_memory_at_all_dates(tmp_path, monkeypatch, memory, variables, at_once):
    monkeypatch.setenv("SEGMENTATION_MEMORY", memory)
    set_places(tmp_path)
    asked = "{{ bound_memory() }} select {% if execute %}{{ customers_at_once() }}{% endif %} as at_once"
    shown = invoke(["show", "--inline", asked], variables, tmp_path / "target")
    assert shown.success and float(shown.result.results[0].agate_table.rows[0][0]) == pytest.approx(at_once, rel=0.05)


def test_only_what_yaml_names_is_parsed_anew_with_other_variables():
    """`invoke` parses once for all other variables: a YAML file that named one would keep the value of another run."""
    yaml_files = [PROJECT / "dbt_project.yml", *PROJECT.glob("models/**/*.yml")]
    named = {name for file in yaml_files for name in re.findall(r"(?<!env_)var\(['\"](\w+)", file.read_text("utf-8"))}
    assert named == set(PARSED)


def test_dbt_build_alone_is_stopped_by_a_gate_before_any_mart(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id\na\n", "utf-8")
    (tmp_path / "orders.csv").write_text("order_id,customer_id,ordered_at,amount\n1,b,2025-01-01,1\n", "utf-8")
    set_places(tmp_path)
    run = invoke(["build", "--exclude-resource-type", "unit_test"], {"raw_path": str(tmp_path)}, tmp_path / "target")
    assert not run.success
    (said,) = [result.message for result in run.result.results if result.status == "error"]
    assert "STOPPED: orders.csv, column customer_id, rule 'known in customers': 1 of 1 rows (100.0%)" in said
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
        tables = {name for (name,) in connection.execute("select table_name from information_schema.tables").fetchall()}
    assert "gate_results" in tables
    assert not tables & {"fct_orders", "customer_classes", "customer_segments"}


def test_the_dimension_that_the_readme_adds_is_judged_everywhere(changed_project, build_in):
    run = build_in(changed_project("examples/add_a_dimension.diff"))
    assert run.code == 0, run.complaints
    held = run.marts("select tenure, count(*) from customer_segments_current group by 1")
    latest = "as_of_date = (select max(as_of_date) from segment_sizes)"
    sizes = f"select class, customers from segment_sizes where dimension = 'tenure' and {latest}"
    assert set(run.marts(sizes)) == set(held)
    assert {name for name, _ in held} == {"old", "young", "unknown"}
    assert run.work(Metrics(run.out).sql(["customers"], ["customer__tenure"])) == sorted(held)


def test_why_this_class_explains_every_dimension_with_its_distance_to_the_next_band(built, compiled):
    with duckdb.connect(str(built[0] / "warehouse.duckdb"), read_only=True) as connection:
        explained = connection.execute(compiled["why_this_class"]).fetchall()
        latest = "as_of_date = (select max(as_of_date) from customer_segments_long)"
        held = connection.execute(f"select dimension, class from customer_segments_long where customer_id = 'C07' and {latest}").fetchall()
    assert set(held) <= {(dimension, name) for dimension, name, *_ in explained}
    for _, _, _, value, lower, upper, down, up in explained:
        assert down is None or down == pytest.approx(value - lower, abs=0.011)
        assert up is None or up == pytest.approx(upper - value, abs=0.011)
        assert (down or 0) >= 0 and (up or 0) >= 0


def test_who_moved_is_answered_by_every_dimension(built, compiled):
    with duckdb.connect(str(built[0] / "warehouse.duckdb"), read_only=True) as connection:
        for (dimension,) in connection.execute("select distinct dimension from segment_classes").fetchall():
            connection.execute(compiled["who_moved"].replace("'lifecycle'", f"'{dimension}'"))


def test_every_model_says_who_may_read_it_and_who_answers_for_it(built):
    declared = {}
    for path in PROJECT.glob("models/*/_*.yml"):
        for model in yaml.safe_load(path.read_text("utf-8")).get("models", []):
            declared[model["name"]] = model.get("access")
    nodes = json.loads((built[0] / "target/manifest.json").read_text("utf-8"))["nodes"].values()
    models = {node["name"]: node for node in nodes if node["resource_type"] == "model"}
    assert declared == {name: node["access"] for name, node in models.items()}
    assert {node["config"]["group"] for node in models.values()} == {"segmentation"}
    assert {node["config"]["group"] for node in nodes if node["resource_type"] == "seed"} == {"marketing"}


def test_every_public_mart_has_a_reader_who_would_be_hurt(built):
    manifest = json.loads((built[0] / "target/manifest.json").read_text("utf-8"))
    read = {parent for exposure in manifest["exposures"].values() for parent in exposure["depends_on"]["nodes"]}
    public = {key for key, node in manifest["nodes"].items() if node.get("access") == "public"}
    assert read == public


def test_the_documentation_needs_no_network_and_follows_columns_to_the_raw_rows(built):
    out, _ = built
    run = dbt("docs", "generate", "--static", out=out)
    assert run.returncode == 0, run.stdout
    page, lineage = draw(out / "target")
    for file in (out / "target/static_index.html", page):
        loaded = re.findall(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']?(https?:[^"'> ]+)""", file.read_text("utf-8"))
        assert loaded == [], f"{file.name} loads from elsewhere"
    parents = {}
    for edge in json.loads(lineage.read_text("utf-8"))["lineage"]["edges"]:
        source, target = edge["source"].split(".")[-1], edge["target"].split(".")[-1]
        parents.setdefault((target, edge["targetColumn"]), set()).add((source, edge["sourceColumn"]))
    seen, behind = set(), {("segment_sizes", "net_revenue")}  # through several unions
    while behind - seen:
        seen |= behind
        behind = {parent for column in behind for parent in parents.get(column, ())}
    assert ("orders", "amount") in seen and ("exchange_rates", "rate") in seen
