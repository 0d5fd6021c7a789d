"""What a file of histories should look like, by example."""

import streamlit as st

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.histories import MAX_ITEMS, MAX_USERS
from demos.core.recommend.history_columns import columns_for
from pages.components.tables import show_table
from pages.components.text import plain

ROWS_SHOWN = 3


def show_format(catalog: Catalog) -> None:
    """What to upload, by example."""
    columns = [each for each in columns_for(catalog) if each.example]
    st.markdown(
        f"One row for each {catalog.one} that a customer took: who, what and, if it is known, "
        "when. Other columns are left out, and names of columns need not be these."
    )
    rows = [[plain(each.example[row]) for each in columns] for row in range(ROWS_SHOWN)]
    show_table("histories", [each.name for each in columns], "l" * len(columns), rows)
    codes = " or code" if any(catalog.codes) else ""
    st.markdown(
        f"An item is named by its title{codes} or its number in this catalog. Titles are matched "
        "without regard to case, accents, articles and small slips; a year in parentheses tells "
        f"apart what has the same title. Up to {MAX_USERS:,} customers, the latest {MAX_ITEMS} "
        "items of each. Codes in place of names of customers are enough, and better."
    )
