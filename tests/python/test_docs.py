"""The figures that the README shows are those of the sample company under the rules of tests/rules, not of today's seeds/rules."""

import re
import shutil

import pytest

from customer_segmentation import metrics
from customer_segmentation.contract import PROJECT
from tests.builds import dbt, pytest_of, succeeded

README = (PROJECT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def documented(changed_project, build_in):
    """The sample company under the rules of the docs, and every analysis by its name as SQL for it."""
    build = succeeded(build_in(changed_project()))
    project = build.out.parent
    run = dbt("compile", "--select", "path:analyses", project=project)
    assert run.returncode == 0, run.stdout
    return build, {
        path.stem: path.read_text("utf-8") for path in (project / "target/compiled/customer_segmentation/analyses").glob("*.sql")
    }


@pytest.mark.rules
def test_who_moved_is_answered_as_the_readme_shows(documented):
    build, queries = documented
    shown = README.split("who_moved.sql")[-1].split("```")[1].splitlines()[2:]
    moved = build.work(queries["who_moved"])
    assert [line.split() for line in shown] == [[str(value or "") for value in row if value is not None] for row in moved]


@pytest.mark.rules
def test_the_five_questions_of_the_readme_have_the_answers_that_it_shows(documented):
    build, queries = documented
    asked = re.findall(r"\]\(analyses/(\w+)\.sql\)[^\n]*\n\n```\n(.*?)```", README.split("Five questions")[1].split("\n## ")[0], re.DOTALL)
    assert len(asked) == 5
    for name, shown in asked:
        rows = [[column for column, *_ in build.work(f"describe {queries[name]}")], *build.work(queries[name])]
        words = [" ".join(str(value) for value in row if value is not None).split() for row in rows]
        assert [line.split() for line in shown.splitlines()] == words, name


@pytest.mark.rules
def test_the_readme_shows_which_metrics_there_are_and_what_is_answered(documented):
    build, asked = documented[0], metrics.Metrics(documented[0].out)
    readme = README.split("## Ask for a number")[1].split("\n## ")[0]
    header, *lines = readme.split("```")[3].strip().splitlines()
    by, *names = header.split()
    answer = build.work(asked.sql(names, [by]))
    rounded = [[round(value, 4) if isinstance(value, float) else value for value in row if value is not None] for row in answer]
    assert [line.split() for line in lines] == [[str(value) for value in row] for row in rounded]
    assert f"lists {len(asked.manifest.metrics)} metrics" in readme
    there = {metric.name for metric in asked.manifest.metrics}
    defined = [cell for line in readme.splitlines() if line.startswith("| `") for cell in re.findall(r"`(\w+)`", line.split("|")[1])]
    assert defined and set(defined) <= there


EDITS = {  # as marketing makes them: edges of one dimension, the name of a class, what a strategy says
    "criteria.csv": [
        ("lifecycle,2,churned,recency_days,180,", "lifecycle,2,churned,recency_days,150,"),
        ("lifecycle,3,at_risk,recency_days,90,180,", "lifecycle,3,at_risk,recency_days,90,150,"),
        ("ecommerce,lifecycle,6,reactivated,last_gap_days,180,", "ecommerce,lifecycle,6,reactivated,last_gap_days,150,"),
    ],
    "classes.csv": [("lifecycle,churned,2,Churned,", "lifecycle,churned,2,Gone for now,")],
    "strategies.csv": [("lifecycle,churned,Win-back,流失挽回,learn why", "lifecycle,churned,Win-back,流失挽回,ask why")],
}


@pytest.mark.long
def test_marketing_may_change_an_edge_a_name_and_a_strategy(tmp_path):
    """Every test about rules is run in a copy of the whole project that they have changed so."""
    kept_out = shutil.ignore_patterns(".git", ".venv*", "out", "target", "logs", "__pycache__", ".pytest_cache")
    project = shutil.copytree(PROJECT, tmp_path / "project", ignore=kept_out)
    for name, edits in EDITS.items():
        text = (project / "seeds/rules" / name).read_text("utf-8")
        for before, after in edits:
            assert text.count(before) == 1, before
            text = text.replace(before, after)
        (project / "seeds/rules" / name).write_text(text, "utf-8")
    run = pytest_of(
        project,
        "-m",
        "rules and not data",
        "--deselect",
        "tests/python/test_docs.py::test_marketing_may_change_an_edge_a_name_and_a_strategy",
    )
    assert run.returncode == 0, run.stdout[-3000:]
    assert " passed" in run.stdout
