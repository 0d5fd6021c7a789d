"""What of a file the catalog has: how each title was matched, what to check, what was not."""

from collections.abc import Callable
from functools import partial
from pathlib import PurePath

import numpy as np
import polars as pl
import streamlit as st
from numpy.typing import NDArray

from demos.core.recommend.matching import How
from demos.core.spreadsheet import BYTE_ORDER_MARK, neutral
from demos.core.wording import counted, percent, significant
from pages.components.recommend.batch_jobs import Matched
from pages.components.table_quality import show_quality, show_quarantine, show_reading
from pages.components.tables import show_table
from pages.components.text import plain

LISTED = 200
MANY = 0.5
"""Of the rows: more that are not known are a reason to say so first."""
Places = NDArray[np.intp]
"""Of names of a `Matching`."""

TOLD = {
    How.CODE: "By the catalog's own code",
    How.NUMBER: "By item number",
    How.TITLE: "By title",
    How.SIMILAR: "By a similar title: check these",
    How.SEVERAL: "Not matched: fits several items",
    How.UNKNOWN: "Not matched: not in the catalog",
}


def show_matching(here: str, matched: Matched) -> None:
    """The file in one line, the customers in another, then every way of matching with its count."""
    histories, matching = matched.histories, matched.histories.matching
    show_quality(matched.table, matched.table.name, matched.rows)
    with st.container(horizontal=True, gap="small"):
        show_reading(matched.table)
        show_quarantine(matched.table)
    known, total = int(histories.rows[matching.items > 0].sum()), int(histories.rows.sum())
    if known < MANY * total:
        st.warning(
            f"Only {percent(known / total)} of the rows name an item of this catalog. The others "
            "say nothing to the model: check the list of what was not matched.",
            icon=":material/warning:",
        )
    st.markdown(customers(matched))
    show_table("matching", ("How", "Different names", "Rows"), "lrr", ways(matched))
    for note in histories.notes:
        st.caption(plain(note))
    show_similar(here, matched)
    show_unmatched(here, matched)


def customers(matched: Matched) -> str:
    """How many there are, and what is known of them."""
    lengths = matched.histories.lengths
    some = lengths[lengths > 0]
    said = f":material/group: **{counted(len(lengths), 'customer')}**"
    if len(some):
        said += f", a median of {significant(float(np.median(some)))} known {matched.catalog.many}"
    empty = len(lengths) - len(some)
    if empty:
        who = "1 customer gets" if empty == 1 else f"{empty:,} customers get"
        said += f". {who} what is most popular, for nothing of theirs is known"
    return f"{said}."


def ways(matched: Matched) -> list[tuple[str, str, str]]:
    """Each way of matching that occurs, with its names and rows."""
    how, rows = matched.histories.matching.how, matched.histories.rows
    return [
        (told, f"{int((how == way).sum()):,}", f"{int(rows[how == way].sum()):,}")
        for way, told in TOLD.items()
        if (how == way).any()
    ]


def show_similar(here: str, matched: Matched) -> None:
    """Titles that were taken for others, the least alike first."""
    matching = matched.histories.matching
    places = np.flatnonzero(matching.how == How.SIMILAR)
    if not len(places):
        return
    places = places[np.argsort(matching.scores[places], kind="stable")]
    title = f"Check {counted(len(places), 'misspelt title')}"
    with st.expander(title, icon=":material/spellcheck:"):
        alt = "Titles in the file and what they were taken for."
        listed(here, "similar", partial(similar, matched), places, matched, alt)
        st.caption("Where one is wrong, mend it in the file and upload that again.")


def similar(matched: Matched, places: Places) -> pl.DataFrame:
    matching, titles = matched.histories.matching, matched.catalog.titles
    return pl.DataFrame(
        {
            "In the file": [matching.names[each] for each in places],
            "Taken for": [titles[matching.items[each]] for each in places],
            "Letters that agree": [percent(float(matching.scores[each])) for each in places],
            "Rows": matched.histories.rows[places],
        }
    )


def show_unmatched(here: str, matched: Matched) -> None:
    """Names that no item was found for, the most frequent first, and their rows to take away."""
    histories, matching = matched.histories, matched.histories.matching
    places = np.flatnonzero(matching.items == 0)
    if not len(places):
        return
    places = places[np.argsort(-histories.rows[places], kind="stable")]
    title = f"See {counted(len(places), 'name')} not matched"
    with st.expander(title, icon=":material/search_off:"):
        alt = "Names not matched, and why."
        listed(here, "unmatched", partial(unmatched, matched), places, matched, alt)
        st.download_button(
            "Rows not matched (CSV)",
            histories.unknown.to_csv,
            f"{PurePath(matched.table.name).stem}-not-matched.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"{here}.unknown",
        )
        st.caption(
            "Each with its line in the file and the reason. Their customers stay, with what else "
            "is known of them."
        )


def unmatched(matched: Matched, places: Places) -> pl.DataFrame:
    matching, titles = matched.histories.matching, matched.catalog.titles
    return pl.DataFrame(
        {
            "In the file": [matching.names[each] for each in places],
            "Why": [How(int(matching.how[each])).told for each in places],
            "Nearest": [titles[matching.nearest[each]] for each in places],
            "Rows": matched.histories.rows[places],
        }
    )


def listed(
    here: str,
    name: str,
    table: Callable[[Places], pl.DataFrame],
    places: Places,
    matched: Matched,
    alt: str,
) -> None:
    """The first rows on the page; all of them in a file where there are more."""
    st.dataframe(table(places[:LISTED]), hide_index=True, width="stretch", alt=alt)
    if len(places) > LISTED:
        st.caption(f"The first {LISTED} of {len(places):,}.")
        st.download_button(
            "All of them (CSV)",
            lambda: to_csv(table(places)),
            f"{PurePath(matched.table.name).stem}-{name}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"{here}.{name}",
        )


def to_csv(frame: pl.DataFrame) -> bytes:
    """A list for spreadsheets; no text cell is a formula."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    plain_cells = frame.with_columns(
        pl.Series(name, [neutral(cell) for cell in frame[name]], dtype=pl.String) for name in texts
    )
    return (BYTE_ORDER_MARK + plain_cells.write_csv(line_terminator="\r\n")).encode()
