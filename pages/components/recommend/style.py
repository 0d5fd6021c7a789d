"""The style sheet of the list, its controls and its figures; colors are those of theme.css."""

from pathlib import Path

import streamlit as st

STYLE = Path(__file__).parent / "listing.css"


def apply_style() -> None:
    st.html(STYLE)
