"""One message of a file in full: its text, and what was found of it for every task."""

import numpy as np
import streamlit as st

from demos.core.batch import Fate
from demos.core.language.batch_results import Rows, kept_names, shown
from demos.core.language.languages import NAMES
from demos.core.language.marks import safe, visible
from demos.core.language.rows import Cell, Column, Table
from demos.core.language.terms import titled
from demos.core.language.words import shortened
from demos.core.wording import model_score
from pages.components.batch_table import FATES
from pages.components.language.marked import show_rows
from pages.components.language.verdict import written

MOST_TEXT = 4_000
"""Characters that are shown."""
CELL_LENGTH = 200


def show_message(rows: Rows, place: int) -> None:
    """The message at a place, from 0; no model runs."""
    (found,) = shown(rows, np.array([place])).to_dicts()
    text: str = found["text"]
    with st.container(border=True, key="many_row"):
        # Said to be of no direction, so that each line has that of its own first letter.
        st.html(
            f'<p dir="auto" style="white-space: pre-wrap; overflow-wrap: anywhere; margin: 0">'
            f"{safe(text[:MOST_TEXT]) or '(empty)'}</p>"
        )
        if len(text) > MOST_TEXT:
            st.caption(f"The first {MOST_TEXT:,} of {len(text):,} characters.")
        lines: list[tuple[Cell, ...]] = [
            (
                task.value.capitalize(),
                titled(found[task.value], task) if found[task.value] else "–",
                said(found[f"{task.value}_score"]),
                FATES[Fate(found[f"{task.value}_outcome"])][1].replace(" ", "\u00a0"),
                found[f"{task.value}_reason"] or "–",
            )
            for task in rows.batch.tasks
        ]
        titles = ("Task", "Label", "Score", "Outcome")
        columns = (*(Column(each) for each in titles), Column("Why", wide=True))
        show_rows(Table("What was found of this message", columns, lines))
        language = found["language"]
        about = [f"Row {found['row']:,}"]
        about += [f"language: {NAMES.get(language, visible(language))}"] if language else []
        about += [
            f"{shortened(name, CELL_LENGTH)}: {shortened(found[name], CELL_LENGTH)}"
            for name in kept_names(rows.batch)
        ]
        st.caption(" · ".join(map(written, about)))


def said(score: float | None) -> str:
    return "–" if score is None else model_score(score)
