"""Texts with marked places, and tables of text: HTML of ours, with every given character escaped.

show_marked(text, [Mark(0, 3, "person")], "Names in the text", [Entry(Tone.ACCENT, "2", "people")])
"""

from collections.abc import Iterable, Sequence

import streamlit as st

from demos.core.language.marks import STYLE_FILE, Entry, Mark, legend_html, marked_html
from demos.core.language.rows import Table, table_html


def apply_style() -> None:
    st.html(STYLE_FILE)


def show_marked(
    text: str,
    marks: Iterable[Mark],
    label: str,
    legend: Sequence[Entry] = (),
) -> None:
    """A text, what is marked in it said beside it, and a legend; a long text scrolls in itself.

    Of two marks that overlap, the one given first is shown. `label` names the text to who hears
    the page.
    """
    apply_style()
    st.html(marked_html(text, marks, label) + legend_html(legend))


def show_rows(table: Table) -> None:
    """A table of text; on a phone each row is a card."""
    apply_style()
    st.html(table_html(table))
