"""The results of a file of messages, to take away."""

from collections.abc import Callable
from functools import partial
from pathlib import PurePath

import streamlit as st

from demos.core.language.batch import Batch
from demos.core.language.batch_exports import to_csv, to_json, to_parquet
from demos.core.language.batch_results import Rows, rows_of
from pages.components.cases.export import PARQUET, Download, downloads


def export(here: str, batch: Batch) -> None:
    """All messages, whatever the filters show; each file is made when it is asked for."""
    st.header("Keep or share it", anchor=False)

    def made(make: Callable[[Rows], str | bytes]) -> str | bytes:
        return make(rows_of(batch))

    files: tuple[Download, ...] = (
        ("Results (CSV)", "csv", "text/csv", "table", partial(made, to_csv)),
        ("Results (Parquet)", "parquet", PARQUET, "dataset", partial(made, to_parquet)),
        ("Counts (JSON)", "json", "application/json", "data_object", partial(made, to_json)),
    )
    downloads(here, f"{PurePath(batch.file.name).stem}-{batch.spec.name}", files, main="csv")
    st.caption(
        "A row for each message, whatever the filters show: its text and language and, for each "
        "task, label, score, outcome and the reason where it is no answer. In the CSV no cell is a "
        "formula; the Parquet file has every text as it was."
    )
