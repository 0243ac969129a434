"""The table of customers by class in examples/README.md is whole; `make examples` compares its figures with the data."""

import re

import pytest

from customer_segmentation.contract import PROJECT
from examples.__main__ import CATALOGUE, as_documented, documented_sizes, run
from tests.builds import rules_are_those_of_the_docs


def test_every_dimension_counts_all_customers_of_the_example_in_the_classes_of_the_rules(sample):
    classes = dict(sample.marts("select dimension, list(class order by class_order, class) from segment_classes group by all"))
    customers = re.search(r"^\| customers \|(.*)\|$", (PROJECT / "examples/README.md").read_text("utf-8"), re.MULTILINE)
    documented = documented_sizes()
    assert list(documented) == list(CATALOGUE)
    for counts, total in zip(documented.values(), customers[1].split("|"), strict=True):
        assert {dimension: list(held) for dimension, held in counts.items()} == {dimension: classes[dimension] for dimension in counts}
        assert {sum(held.values()) for held in counts.values()} == {int(total.replace(",", ""))}


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_figure_that_differs_from_the_table_is_shown(sample, name, capsys):
    """The sample company stands in for an example that came out otherwise."""
    assert not as_documented(name, sample.out)
    assert "  climate: README " in capsys.readouterr().out


@pytest.mark.data
@pytest.mark.parametrize("name", CATALOGUE)
def test_an_example_is_built_and_reconciles_with_its_data_and_the_table(name, real_data, tmp_path, monkeypatch):
    """As `make examples` does; of the table only where the rules are those of the docs."""
    if not (real_data / CATALOGUE[name].file).is_file():
        pytest.skip(f"needs {CATALOGUE[name].file}")
    if not rules_are_those_of_the_docs():
        monkeypatch.setattr("examples.__main__.as_documented", lambda *_: True)
    assert run(name, real_data, tmp_path)
