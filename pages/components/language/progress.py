"""A bar for what takes a moment, with a way to stop it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

SHOWN = 0.5
"""Seconds after which it shows."""


@contextmanager
def progress(text: str, wish: str) -> Iterator[Callable[[float], None]]:
    """Gives a function that takes the share done; the bar goes at the end, also after an error.

    `wish` is where the session keeps what was asked for. A click on the button makes it None and
    runs the script anew, which ends what is at work.
    """
    place, began = st.empty(), time.monotonic()
    bar: DeltaGenerator | None = None

    def tell(share: float) -> None:
        nonlocal bar
        if time.monotonic() - began < SHOWN:
            return
        if bar is None:
            with place.container():
                bar = st.empty()
                st.button(
                    "Stop",
                    icon=":material/cancel:",
                    on_click=st.session_state.__setitem__,
                    args=(wish, None),
                    key=f"{wish}.stop",
                )
        bar.progress(min(max(share, 0.0), 1.0), text)

    try:
        yield tell
    finally:
        place.empty()
