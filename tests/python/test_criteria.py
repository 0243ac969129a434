"""Criteria that change: a proposal judges nobody, an adopted one judges from its day on, and what a change would do is known before."""

import csv
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.builds import dbt, rules_are_those_of_the_docs, succeeded

CRITERIA = "seeds/rules/criteria.csv"
ADOPTED_ON = "2024-10-31"


def add(*rows: str):
    """A change of a project: more rows of criteria."""

    def edit(project: Path) -> None:
        with open(project / CRITERIA, "a", encoding="utf-8") as file:
            file.write("".join(f"{row}\n" for row in rows))

    return edit


def adopt(project: Path) -> None:
    """The proposal of the example as marketing would adopt it: the old rows end on the day on which the new ones begin."""
    with open(project / CRITERIA, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if (row["preset"], row["dimension"]) == ("ecommerce", "lifecycle"):
            row |= {"status": "", "valid_from": ADOPTED_ON} if row["status"] == "proposed" else {"valid_to": ADOPTED_ON}
    with open(project / CRITERIA, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def hidden(request, changed_project, build_in, hidden_raw, hidden_variables):
    """The hidden company by the rules of the docs, as the two below; that of all tests where nobody has changed the rules since."""
    if rules_are_those_of_the_docs():
        return request.getfixturevalue("hidden")
    return succeeded(build_in(changed_project(), hidden_raw, variables=hidden_variables))


@pytest.fixture(scope="module")
def proposed(changed_project, build_in, hidden_raw, hidden_variables):
    """The hidden company with two proposals: the lifecycle of the example, and an edge that criteria_sensitivity tries as well."""
    keys = ["1,vip,spend_score,20,", "2,key,spend_score,19,20", "3,regular,spend_score,,19"]
    project = changed_project(
        "examples/change_a_criterion.diff",
        edit=add(*(f"ecommerce,contribution_tier,{key},,,,finance,proposed" for key in keys)),
    )
    return succeeded(build_in(project, hidden_raw, variables=hidden_variables))


@pytest.fixture(scope="module")
def adopted(changed_project, build_in, hidden_raw, hidden_variables):
    project = changed_project("examples/change_a_criterion.diff", edit=adopt)
    return succeeded(build_in(project, hidden_raw, variables=hidden_variables))


def test_a_proposal_judges_nobody(hidden, proposed):
    before, after = hidden.digests(), proposed.digests()
    assert {mart for mart in before if before[mart] != after[mart]} == {"criteria_impact"}
    assert hidden.marts("from criteria_impact") == []
    assert {dimension for (dimension,) in proposed.marts("select dimension from criteria_impact")} == {"lifecycle", "contribution_tier"}


def test_the_impact_of_a_proposal_is_what_its_adoption_does(hidden, proposed, adopted):
    """Two roads: judged beside the criteria in force, and put in force."""
    moves = """
        select old.lifecycle, new.lifecycle, count(*), sum(recent_spend), sum(rfm.monetary)
        from before.marts.customer_segments_current as old inner join after.marts.customer_segments_current as new using (customer_id)
        inner join work.customer_classes as rfm on rfm.customer_id = old.customer_id and rfm.is_latest group by all order by all"""
    with duckdb.connect() as connection:
        for name, path in (("before", hidden.published), ("after", adopted.published), ("work", hidden.out / "warehouse.duckdb")):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        moved = connection.execute(moves).fetchall()
    assert moved == proposed.marts("""
        select from_class, to_class, customers, recent_net_revenue, net_revenue
        from criteria_impact where dimension = 'lifecycle' order by all""")
    assert len([row for row in moved if row[0] != row[1]]) > 2
    directions = "select from_class, direction from criteria_impact where dimension = 'lifecycle' and to_class = 'at_risk'"
    assert {("churned", "up"), ("at_risk", "stays")} <= set(proposed.marts(directions))


def test_the_proposed_criteria_stand_in_words_beside_the_impact_and_those_in_force_in_the_dictionary(proposed):
    words = "select criteria from segment_classes where dimension = 'lifecycle' and class = 'churned'"
    assert proposed.marts(words) == [("rule 2: recency_days at least 180",)]
    words = "select distinct proposed_criteria from criteria_impact where dimension = 'lifecycle' and to_class = 'churned'"
    assert proposed.marts(words) == [("rule 2: recency_days at least 270",)]


@pytest.mark.parametrize("mart", ["customer_segments", "customer_segments_long", "customer_rfm", "customer_lifecycle", "segment_sizes"])
def test_criteria_that_change_on_a_day_leave_every_earlier_day_as_it_was(hidden, adopted, mart):
    rows = f"select mart::varchar from {mart} as mart where as_of_date {{}} date '{ADOPTED_ON}' order by all"
    before = hidden.marts(rows.format("<"))
    assert len(before) > 1000 and adopted.marts(rows.format("<")) == before
    if mart != "customer_rfm":
        assert adopted.marts(rows.format(">=")) != hidden.marts(rows.format(">=")), "from that day on the new criteria judge"


def test_from_that_day_on_only_the_changed_dimension_differs(hidden, adopted):
    rows = "select * exclude (lifecycle) from customer_segments order by customer_id, as_of_date"
    assert adopted.marts(rows) == hidden.marts(rows)


def test_an_edge_that_is_proposed_where_the_sensitivity_tries_it_moves_as_many(hidden, proposed):
    tried = """
        select customers, recent_net_revenue from criteria_sensitivity
        where dimension = 'contribution_tier' and edge = 17 and change > 0 and moved_to = 19"""
    moved = """
        select sum(customers), sum(recent_net_revenue) from criteria_impact
        where dimension = 'contribution_tier' and direction <> 'stays'"""
    assert hidden.marts(tried) == proposed.marts(moved)
    assert hidden.marts(tried)[0][0] > 0


def test_who_inherits_a_dimension_inherits_the_proposal_and_who_judges_it_himself_does_not(proposed):
    project = proposed.out.parent
    run = dbt("compile", "--select", "proposed_classes", "--vars", "preset: bank", project=project)
    assert run.returncode == 0, run.stdout
    compiled = (project / "target/compiled/customer_segmentation/models/monitoring/proposed_classes.sql").read_text("utf-8")
    assert "'contribution_tier' as dimension" in compiled and "'lifecycle' as dimension" not in compiled


def test_the_query_of_the_readme_lists_who_would_move(proposed):
    project = proposed.out.parent
    run = dbt("compile", "--select", "who_would_move", project=project)
    assert run.returncode == 0, run.stdout
    query = (project / "target/compiled/customer_segmentation/analyses/who_would_move.sql").read_text("utf-8")
    listed = proposed.work(query)
    moved = proposed.marts("select sum(customers), sum(net_revenue) from criteria_impact where direction <> 'stays'")
    assert [(sum(row[4] for row in listed), sum(row[7] for row in listed))] == moved


NO_GAP = "criteria_leave_no_gap_and_reach_every_class"
ABOUT_CRITERIA = [
    NO_GAP,
    "bands_do_not_overlap",
    "criteria_name_known_words",
    "criteria_versions_follow_each_other",
    "proposals_can_be_tried",
]
A_GAP = ("proposed", "a gap", "a gap: no criterion holds")
# of one dimension each: the rows proposed, and the words in which each test finds the fault
PROPOSALS = {
    "a gap between bands": (
        ["value_tier,1,high,fm_score,4,,,,", "value_tier,2,mid,fm_score,2.5,4,,,", "value_tier,3,low,fm_score,,2,,,"],
        {"bands_do_not_overlap": ("low", "does not end where the next begins"), NO_GAP: A_GAP},
    ),
    "bands that overlap": (
        ["purchase_amount,1,high,amount_score,3,,,,", "purchase_amount,2,mid,amount_score,2,3.5,,,",
         "purchase_amount,3,low,amount_score,,2,,,"],
        {"bands_do_not_overlap": ("mid", "does not end where the next begins")},
    ),
    "a class left out": (
        ["channel,1,online,online_share,0.5,,,,", "channel,2,offline,online_share,,0.5,,,"],
        {NO_GAP: ("proposed", "hybrid", "no criteria")},
    ),
    "a class that no customer can reach": (
        ["loyalty,1,low,frequency,,9,,,", "loyalty,2,mid,frequency,,5,,,", "loyalty,3,high,frequency,9,,,,"],
        {NO_GAP: ("proposed", "mid", "never reached")},
    ),
    "a class that the dictionary does not have": (
        ["abc_class,1,d,revenue_above_share,,0.5,,,", "abc_class,2,a,revenue_above_share,0.5,0.8,,,",
         "abc_class,3,b,revenue_above_share,0.8,0.9,,,", "abc_class,4,c,revenue_above_share,0.9,,,,"],
        {"bands_do_not_overlap": ("d", "names no class of classes.csv, or its edges do not rise")},
    ),
    "a word that nobody can say": (
        ["gender,1,not_applicable,customer_kind,,,organisation,,", "gender,2,female,declared_gender,,,lady,,",
         "gender,3,male,declared_gender,,,male,,", "gender,4,diverse,declared_gender,,,diverse,,"],
        {"criteria_name_known_words": ("declared_gender", "lady")},
    ),
    "a version with nothing before it": (
        ["interaction,1,high,recent_interactions,9,,,2025-01-01,", "interaction,2,mid,recent_interactions,3,9,,2025-01-01,",
         "interaction,3,low,recent_interactions,,3,,2025-01-01,"],
        {"criteria_versions_follow_each_other": ("proposed", date(2025, 1, 1), None, None, 1), NO_GAP: A_GAP},
    ),
    "what no criteria judge": (
        ["rfm_segment,1,champions,fm_score,5,,,,"],
        {"proposals_can_be_tried": (1, "proposed"), NO_GAP: A_GAP},
    ),
    "no fault: a class of the dictionary that is only proposed so far": (
        ["purchase_category,1,single_category,categories,,2,,,", "purchase_category,2,multi_category,categories,2,5,,,",
         "purchase_category,3,many_categories,categories,5,,,,"],
        {},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def tried(changed_project):
    """The project with all PROPOSALS and a status that nobody knows, and the rows that each test about criteria finds."""

    def edit(project: Path) -> None:
        add(*(f"ecommerce,{row},tests,proposed" for rows, _ in PROPOSALS.values() for row in rows))(project)
        add("ecommerce,satisfaction,9,low,csat_score,,0.1,,,,tests,propsed")(project)
        with open(project / "seeds/rules/classes.csv", "a", encoding="utf-8") as file:
            file.write("purchase_category,many_categories,3,Many,很多品类,Many categories.,很多品类。,\n")
        (project / "out").mkdir()

    project = changed_project(edit=edit)
    assert dbt("seed", project=project).returncode == 0
    run = dbt("test", "--store-failures", "--select", *ABOUT_CRITERIA, project=project)
    assert f"ERROR={len(ABOUT_CRITERIA)} " in run.stdout, run.stdout
    with duckdb.connect(str(project / "out/warehouse.duckdb"), read_only=True) as connection:
        return project, {name: connection.execute(f"from main_dbt_test__audit.{name}").fetchall() for name in ABOUT_CRITERIA}


@pytest.mark.parametrize("fault", PROPOSALS)
def test_a_proposal_is_tested_as_if_it_were_in_force(tried, fault):
    rows, wanted = PROPOSALS[fault]
    dimension = rows[0].partition(",")[0]
    found = {name: [row[2:] for row in rows if row[1] == dimension] for name, rows in tried[1].items()}
    assert {name: rows for name, rows in found.items() if rows} == {name: [words] for name, words in wanted.items()}


def test_a_status_that_nobody_knows_is_found_and_judges_nobody(tried):
    project, found = tried
    assert ("ecommerce", "satisfaction", 9, "propsed") in found["proposals_can_be_tried"]
    assert dbt("compile", "--select", "customer_classes", project=project).returncode == 0
    compiled = (project / "target/compiled/customer_segmentation/models/segments/customer_classes.sql").read_text("utf-8")
    assert "csat_score < 0.6" in compiled and "csat_score < 0.1" not in compiled
