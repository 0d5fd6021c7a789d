"""A bar for what takes a moment."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

SHOWN = 0.5
"""Seconds after which it shows."""


@contextmanager
def progress(text: str) -> Iterator[Callable[[float], None]]:
    """Gives a function that takes the share done; the bar goes at the end, also after an error."""
    place, began = st.empty(), time.monotonic()

    def tell(share: float) -> None:
        if time.monotonic() - began > SHOWN:
            place.progress(min(max(share, 0.0), 1.0), text)

    try:
        yield tell
    finally:
        place.empty()
