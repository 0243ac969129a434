"""Lineage: from which columns is each column made? dbt-colibri draws it from dbt's manifest and catalog, as a page and as JSON."""

import logging
import sys
from pathlib import Path

from dbt_colibri.lineage_extractor.extractor import DbtColumnLineageExtractor
from dbt_colibri.report.generator import DbtColibriReportGenerator
from sqlglot.optimizer.scope import Scope

# dbt-colibri 0.3.7 calls it by the name that it had in earlier versions of sqlglot; without it a union has no lineage
if not hasattr(Scope, "union_scopes"):
    Scope.union_scopes = property(lambda scope: scope.set_operation_scopes)


def draw(target: Path) -> list[Path]:
    """Write the page and the JSON file of the documented build in the folder `target` of dbt; their paths."""
    logging.getLogger("colibri").setLevel(logging.ERROR)
    extractor = DbtColumnLineageExtractor(str(target / "manifest.json"), str(target / "catalog.json"))
    DbtColibriReportGenerator(extractor, disable_telemetry=True).generate_report(str(target / "lineage"))
    return [target / "lineage/index.html", target / "lineage/colibri-manifest.json"]


if __name__ == "__main__":
    print(*draw(Path(sys.argv[1])), sep="\n")
