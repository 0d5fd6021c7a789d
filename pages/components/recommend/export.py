"""Taking the list away: a report, a table, data, its record. None of it reruns the page.

export_list(slug, catalog, list_report(SPEC, spec, catalog, ranking, items, ...))
"""

import streamlit as st

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.report import ListReport, to_csv, to_html, to_json
from pages.components.cases.export import Download, downloads
from pages.components.export import record
from pages.components.text import plain


def export_list(slug: str, catalog: Catalog, report: ListReport) -> None:
    """The downloads of the list shown, each written when it is asked for, and its record."""
    st.header("Keep or share it", anchor=False)
    files: tuple[Download, ...] = (
        ("Report (HTML)", "html", "text/html", "download", lambda: to_html(report)),
        ("List (CSV)", "csv", "text/csv", "table", lambda: to_csv(report)),
        ("All data (JSON)", "json", "application/json", "data_object", lambda: to_json(report)),
    )
    downloads(slug, f"recommendations-{catalog.name}", files)
    st.caption(
        f"Each holds the {plain(catalog.many)} as listed, with their reasons and what is steered; "
        "the report and the data also the history and the list's metrics."
    )
    record(report.facts, report.snippet)
