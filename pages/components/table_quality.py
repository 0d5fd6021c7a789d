"""What was read of a table and what was not: said, explained, and given back."""

from pathlib import PurePath

import streamlit as st

from demos.core.tables import Table
from demos.core.wording import counted
from pages.components.tables import show_table
from pages.components.text import plain

REASONS = 12


def show_quality(table: Table, title: str, rows: int) -> None:
    """One line on the file and its `rows`."""
    aside = len(table.quarantine)
    st.markdown(
        f":material/table: **{plain(title)}** · {counted(rows, 'row')} · {table.described}"
        + (f" · :material/report: **{counted(aside, 'row')} set aside**" if aside else "")
    )


def show_reading(table: Table) -> None:
    """Which column was which, and what was done to the file; behind a button."""
    with st.popover("How the file was read", icon=":material/fact_check:"):
        matched = [
            (each.title, plain(table.mapping[each.name]))
            for each in table.columns
            if each.name in table.mapping
        ]
        show_table("matched", ("Column", "In the file"), "ll", matched)
        for note in table.notes:
            small(plain(note))


def show_quarantine(table: Table) -> None:
    """Why rows could not be used, how many, and the rows themselves to take away."""
    aside = len(table.quarantine)
    if not aside:
        return
    with st.popover(f"Why {counted(aside, 'row')} could not be used", icon=":material/report:"):
        reasons = table.quarantine.reasons()
        lines = [(plain(reason), f"{count:,}") for reason, count in reasons[:REASONS]]
        show_table("set_aside", ("Reason", "Rows"), "lr", lines)
        if len(reasons) > REASONS:
            small(f"And {len(reasons) - REASONS} more reasons, in the file.")
        st.download_button(
            "Rows set aside (CSV)",
            table.quarantine.to_csv,
            f"{PurePath(table.name).stem}-set-aside.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"set_aside_{table.sha256[:12]}",
        )
        small("Each with its line in the file and the reason. Mend them and upload them again.")


def small(text: str) -> None:
    """Like a caption, in the color of text: that of our captions is lost on a popover's ground."""
    st.markdown(f":small[{text}]")
