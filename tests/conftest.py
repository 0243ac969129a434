"""What holds for every test: which need more than the environment, and that CI leaves none of them out."""

import os
from collections import Counter

import pytest

MAY_BE_SKIPPED = "bi"  # the BI server is optional in CI too


FIRST = (
    "test_daily",
    "test_dbt",
    "test_docs",
    "test_criteria",
    "test_laws",
)  # the files with most builds, so that two workers end together


def pytest_collection_modifyitems(items):
    places = {name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(FIRST)))


def pytest_terminal_summary(terminalreporter):
    """Say at the end what was skipped and why; in CI nothing may be."""
    skipped = terminalreporter.stats.get("skipped", [])
    for reason, count in Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped).items():
        terminalreporter.write_line(f"not run: {count} {'tests' if count > 1 else 'test'}, {reason}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not os.environ.get("CI") or reporter is None or exitstatus != pytest.ExitCode.OK:
        return
    if missed := [report.nodeid for report in reporter.stats.get("skipped", []) if MAY_BE_SKIPPED not in report.keywords]:
        print(f"\nCI runs every test, but {len(missed)} were skipped: {', '.join(missed[:5])}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
