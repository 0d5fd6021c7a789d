"""The results of a file of messages, to take away."""

from collections.abc import Callable
from functools import partial
from pathlib import PurePath

import streamlit as st

from demos.core.jobs import State
from demos.core.language.batch import Batch
from demos.core.language.batch_exports import to_csv, to_json, to_parquet
from demos.core.language.batch_report import to_html
from demos.core.language.batch_results import Rows, rows_of
from pages.components.cases.export import PARQUET, Download, downloads
from pages.components.job_board import job_board


def reported(rows: Rows) -> str:
    """With the topics, if the map of them was drawn."""
    drawing = job_board().find(rows.batch.map_job)
    if drawing is None or drawing.state is not State.DONE:
        return to_html(rows)
    return to_html(rows, drawing.result)


def export(here: str, batch: Batch) -> None:
    """All messages, whatever the filters show; each file is made when it is asked for."""
    st.header("Keep or share it", anchor=False)

    def made(make: Callable[[Rows], str | bytes]) -> str | bytes:
        return make(rows_of(batch))

    files: tuple[Download, ...] = (
        ("Results (CSV)", "csv", "text/csv", "table", partial(made, to_csv)),
        ("Report (HTML)", "html", "text/html", "description", partial(made, reported)),
        ("Results (Parquet)", "parquet", PARQUET, "dataset", partial(made, to_parquet)),
        ("Counts (JSON)", "json", "application/json", "data_object", partial(made, to_json)),
    )
    downloads(here, f"{PurePath(batch.file.name).stem}-{batch.spec.name}", files, main="csv")
    st.caption(
        "A row for each message, whatever the filters show: its text and language and, for each "
        "task, label, score, outcome and the reason where it is no answer. In the CSV no cell is a "
        "formula; the Parquet file has every text as it was. The report has the counts, the topics "
        "once they are drawn, and the first messages."
    )
