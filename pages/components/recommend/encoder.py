"""Texts as vectors: the encoder of the shared store, as the parts of the page ask for it."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.taste import nearest_titles
from demos.core.sentence_encoder import ENCODER
from pages.components.model_store import model_store


def encode(text: str) -> NDArray[np.float32]:
    """The vector (E,) of a text. Raises `ModelError` where the encoder is not installed."""
    found: NDArray[np.float32] = model_store().run(ENCODER, lambda each: each.encode([text])[0])
    return found


def near(catalog: Catalog, name: str) -> list[int]:
    """Items whose titles mean most nearly what `name` does; a session asks once for each."""
    found: dict[tuple[str, str], list[int]] = st.session_state.setdefault("nearest_titles", {})
    key = (catalog.name, name)
    if key not in found:
        found[key] = [each.item for each in nearest_titles(catalog, encode(name))]
    return found[key]
