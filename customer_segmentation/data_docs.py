"""Great Expectations' Data Docs as static pages that need nothing from elsewhere."""

import re
from pathlib import Path

from customer_segmentation.contract import OURS, own_folder

TITLE = "<title>Gates</title>"
PLAIN_STYLE = """
    body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; }
    table { border-collapse: collapse; }
    td, th { padding: .3rem .6rem; border-bottom: 1px solid #ddd; text-align: left; vertical-align: top; }
    i.text-success::before { content: "✓"; color: #157f3b; }
    i.text-danger::before { content: "✗"; color: #b00020; }
    nav, footer, .navbar, .modal, .btn, .col-lg-2 { display: none; }
"""


def write_docs(context, folder: str) -> None:
    """Write the validations of a Great Expectations context into `folder`, one page per table and an index."""
    index = Path(folder, "index.html")
    if index.exists() and TITLE in index.read_text("utf-8"):  # written before there were marks
        Path(folder, OURS).touch()
    own_folder(Path(folder))
    site = {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(Path(folder).resolve())},
    }
    context.add_data_docs_site("local", site)
    context.build_data_docs(["local"])
    for page in Path(folder).rglob("*.html"):
        page.write_text(offline(page.read_text("utf-8")), "utf-8")
    # the index is filled in by a script from elsewhere: ours is a list
    pages = sorted(path.relative_to(folder) for path in Path(folder).glob("validations/*/*/*/*.html"))
    links = "".join(f'<li><a href="{page}">{page.parts[1]}</a></li>' for page in pages)
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8">{TITLE}<style>{PLAIN_STYLE}</style></head>'
    Path(folder, "index.html").write_text(f"{head}<body><h1>Gates, table by table</h1><ul>{links}</ul></body></html>", "utf-8")
    for path in (Path(folder), *Path(folder).rglob("*")):  # no row of theirs is personal: who may see the folder may read them
        path.chmod(0o755 if path.is_dir() else 0o644)


def offline(page: str) -> str:
    """The page without what it would fetch from elsewhere (styles, scripts, logos), with a plain style in their place."""
    page = re.sub(r"<script[^>]*src=\"https?://[^>]*>\s*</script>|<(link|img)[^>]*(src|href)=\"https?://[^>]*>", "", page)
    page = re.sub(r"<iframe.*?</iframe>|<a [^>]*newsletter.*?</a>", "", page, flags=re.DOTALL)
    return page.replace("</head>", f"<style>{PLAIN_STYLE}</style></head>", 1)
