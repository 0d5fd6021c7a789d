"""Figures in Markdown: small tables, and signs that stay beside their figures."""

from collections.abc import Iterable, Sequence

import streamlit as st

RULES = {"l": ":--", "r": "--:"}


def show_table(key: str, header: Sequence[str], align: str, rows: Iterable[Sequence[str]]) -> None:
    """A table with an `l` or `r` in `align` per column; on a phone it is set closer and scrolls."""
    lines = [header, [RULES[each] for each in align], *rows]
    with st.container(key=f"figures_{key}"):
        st.markdown(unbroken("\n".join(f"| {' | '.join(line)} |" for line in lines)))


def unbroken(text: str) -> str:
    """Text that never ends a line between a figure and its per cent sign."""
    return text.replace(" %", "\u00a0%")
