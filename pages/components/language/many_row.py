"""One message of a file in full: its text, and what was found of it for every task."""

import numpy as np
import streamlit as st

from demos.core.batch import Fate
from demos.core.language.batch_results import Rows, kept_names, shown
from demos.core.language.languages import NAMES
from demos.core.language.marks import safe, visible
from demos.core.language.words import shortened, titled
from demos.core.wording import model_score
from pages.components.batch_table import FATES, word
from pages.components.language.verdict import written
from pages.components.tables import show_table

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
        lines = [
            (
                task.value.capitalize(),
                written(titled(found[task.value], task) if found[task.value] else "–"),
                said(found[f"{task.value}_score"]),
                f"{FATES[Fate(found[f'{task.value}_outcome'])][0]} "
                f"{word(Fate(found[f'{task.value}_outcome']))}",
                written(found[f"{task.value}_reason"]),
            )
            for task in rows.batch.tasks
        ]
        show_table("many_row", ("Task", "Label", "Score", "Outcome", "Why"), "llrll", lines)
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
