"""Taking cases away: the day's report, all scored transactions, and the decisions to load again.

Nothing is made before its button is clicked, and no download reruns the page.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import polars as pl
import streamlit as st

from demos.core.cases.decisions_file import MAX_BYTES, read_decisions, write_decisions
from demos.core.cases.report import CaseReport, to_csv, to_json
from demos.core.cases.report_html import to_html
from demos.core.cases.scored_export import to_csv as scored_csv
from demos.core.cases.scored_export import to_parquet as parquet
from demos.core.cases.workspace import Loaded, Workspace
from demos.core.errors import UserError
from demos.core.settings import MIB
from demos.core.triage.policy import Policy
from pages.components.cases.workspaces import PARAMETER, forget, workspaces
from pages.components.text import told

PARQUET = "application/vnd.apache.parquet"

Download = tuple[str, str, str, str, Callable[[], str | bytes]]


def export_cases(
    slug: str, make: Callable[[], CaseReport], scored: pl.DataFrame, policy: Policy, stem: str
) -> None:
    """The downloads. `make` and the files of `scored` run when asked for; `stem` names files.

    They run in threads of their own, where no Streamlit command works.
    """
    st.header("Keep or share it", anchor=False)
    queue: tuple[Download, ...] = (
        ("Report (HTML)", "html", "text/html", "download", lambda: to_html(make())),
        ("Queue and decisions (CSV)", "csv", "text/csv", "table", lambda: to_csv(make())),
        ("All data (JSON)", "json", "application/json", "data_object", lambda: to_json(make())),
    )
    downloads(slug, stem, queue)
    st.caption("Each holds the whole queue of the day and every decision on this table.")
    st.markdown(f"**All {scored.height:,} transactions, with their scores and bands**")
    rows_csv, rows_parquet = partial(scored_csv, scored, policy), partial(parquet, scored, policy)
    transactions: tuple[Download, ...] = (
        ("Transactions (CSV)", "csv", "text/csv", "table", rows_csv),
        ("Transactions (Parquet)", "parquet", PARQUET, "dataset", rows_parquet),
    )
    downloads(slug, f"{stem}-scored", transactions)


def downloads(slug: str, stem: str, files: tuple[Download, ...], main: str = "html") -> None:
    """A button for each file; that of the `main` suffix stands out."""
    with st.container(horizontal=True, gap="small"):
        for label, suffix, mime, icon, make in files:
            st.download_button(
                label,
                make,
                f"{stem}.{suffix}",
                mime,
                icon=f":material/{icon}:",
                type="primary" if suffix == main else "secondary",
                on_click="ignore",
                key=f"{slug}.export.{label}",
            )


def keep_decisions(slug: str, workspace: Workspace, table_sha256: str, stem: str) -> None:
    """Who can see the decisions and for how long; the file that outlives the server, both ways."""
    st.subheader("Your decisions", anchor=False)
    hours = round(workspaces().keep_seconds / 3600)
    st.caption(
        f":material/lock_clock: Decisions stay in the server's memory for {hours} hours after they "
        "were last opened, and no longer than it runs, for whoever has the address of this page "
        f"(`{PARAMETER}=` in it). Download them to keep them."
    )
    told_key, reset = f"{slug}.decisions.told", f"{slug}.decisions.number"
    upload = f"{slug}.decisions.file.{st.session_state.setdefault(reset, 0)}"
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Decisions (JSON)",
            lambda: write_decisions(
                workspace.snapshot().decisions.values(), table_sha256, datetime.now(UTC)
            ),
            f"{stem}-decisions.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
            disabled=not workspace.snapshot().decisions,
            key=f"{slug}.decisions.download",
        )
        st.button(
            "Delete my decisions here",
            icon=":material/delete:",
            on_click=forget,
            args=(slug,),
            disabled=workspace.untouched,
            help="For everybody who shares this address, and on every table. There is no undo.",
            key=f"{slug}.decisions.forget",
        )
    st.file_uploader(
        "Load decisions that were downloaded here",
        type=["json"],
        max_upload_size=MAX_BYTES // MIB,
        key=upload,
        on_change=take_file,
        args=(slug, upload, workspace, table_sha256),
    )
    if told_key in st.session_state:
        kind, message = st.session_state.pop(told_key)
        (st.success if kind == "done" else st.warning)(message)


def take_file(slug: str, upload: str, workspace: Workspace, table_sha256: str) -> None:
    """Load the file, keep for the next run what came of it, and empty the widget."""
    file = st.session_state[upload]
    if file is None:
        return
    try:
        # one byte more than allowed is enough to tell that it is too large
        loaded = workspace.load(read_decisions(file.read(MAX_BYTES + 1), table_sha256))
    except UserError as problem:
        said = ("problem", told(problem))
    else:
        said = ("done", loaded_words(loaded))
    st.session_state[f"{slug}.decisions.told"] = said
    st.session_state[f"{slug}.decisions.number"] += 1


def loaded_words(loaded: Loaded) -> str:
    """What came of a file, in a sentence or two."""
    if not (loaded.taken or loaded.older):
        return "All decisions of the file are here already."
    count = "1 decision was" if loaded.taken == 1 else f"{loaded.taken:,} decisions were"
    taken = f"{count} loaded" + ("; Undo takes it all back." if loaded.taken else ".")
    older = f" {loaded.older:,} in the file are older than those here, which stay."
    return taken + (older if loaded.older else "")
