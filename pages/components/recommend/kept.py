"""What was computed for a session, kept while it is asked for the same."""

from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st

T = TypeVar("T")


def kept(key: str, about: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives for `about`: made once, and again only when `about` is another.

    `key` is the place in the session, which holds one value.
    """
    found = st.session_state.get(key)
    if found is None or found[0] != about:
        found = (about, make())
        st.session_state[key] = found
    value: T = found[1]
    return value
