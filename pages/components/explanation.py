"""What the model saw, and which regions influenced the score of a class."""

from collections.abc import Callable

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demos.core.explain import heat_colors, overlay, png
from demos.core.report import Figure
from demos.core.spec import ModelSpec
from pages.components.input import Chosen
from pages.components.prediction import Finding

DEFAULT_OPACITY = 60
"""Per cent."""


def show_seen(seen: NDArray[np.uint8]) -> Figure:
    """The pixels (H, W, 3) the model was given, shown and returned for the report."""
    height, width = seen.shape[:2]
    alt = "The part of the image the model was given"
    return shown(Figure(png(seen), alt, f"What the model saw: {width} × {height} pixels"))


def shown(figure: Figure) -> Figure:
    st.image(figure.png, width="stretch", output_format="PNG", alt=figure.alt)
    st.caption(figure.caption)
    return figure


def show_withheld(seen: NDArray[np.uint8], show_scores: Callable[[], None]) -> list[Figure]:
    """Folded away: what a refused image looked like to the model, and scores without meaning."""
    with st.expander("What it saw, and the scores withheld", icon=":material/visibility_off:"):
        st.markdown("For an image out of scope these figures mean nothing.")
        left, right = st.columns([1, 2], gap="large")
        with right:
            show_scores()
        with left:
            return [show_seen(seen)]


def show_explanation(
    spec: ModelSpec,
    chosen: Chosen,
    finding: Finding,
    title_of: Callable[[str], str],
    method: str,
) -> list[Figure]:
    """Input and overlay side by side, with class and opacity to choose; runs no model.

    Returns both pictures as shown, for the report.
    """
    st.header("What it looked at", anchor=False)
    seen, explanations = finding.result.seen, finding.explanations
    pictures, controls = st.columns([2, 1], gap="medium")
    left, right = pictures.columns(2, gap="medium", wrap=False)
    with controls:
        label = st.selectbox(
            "Class to explain",
            list(explanations),
            format_func=title_of,
            key=f"{spec.name}.{chosen.sha256}.label",
            persist_state="session",
        )
        opacity = st.slider(
            "Opacity of the overlay",
            0,
            100,
            DEFAULT_OPACITY,
            5,
            format="%d %%",
            key=f"{spec.name}.opacity",
            persist_state="session",
        )
        show_legend()
        with st.popover("How this is computed", icon=":material/menu_book:", type="tertiary"):
            st.markdown(method)
    heatmap = explanations[label].heatmap
    with left:
        given = show_seen(seen)
    with right:
        image = png(overlay(seen, heatmap, opacity / 100))
        caption = f"Regions that influenced the score of {title_of(label)}"
        heat = shown(Figure(image, described(heatmap, title_of(label)), caption))
        if not heatmap.any():
            st.info("No region raised the score of this class.", icon=":material/info:")
    return [given, heat]


def show_legend() -> None:
    scale = np.repeat(heat_colors()[None], 10, axis=0)
    alt = "Color scale, from dark blue to light yellow"
    with st.container(key="legend"):
        st.image(png(scale), width="stretch", output_format="PNG", alt=alt)
    st.caption("Influence: little (blue) to most (yellow). Bare image: none, or against the class.")


def described(heatmap: NDArray[np.float32], title: str) -> str:
    """The overlay in words: where the weight of the heat lies."""
    total = float(heatmap.sum())
    if total == 0:
        return f"Overlay for {title}: no region raised the score"
    height, width = heatmap.shape
    y = float(heatmap.sum(axis=1) @ np.arange(height)) / total / height
    x = float(heatmap.sum(axis=0) @ np.arange(width)) / total / width
    rows = ("upper", "middle", "lower")[min(int(3 * y), 2)]
    columns = ("left", "center", "right")[min(int(3 * x), 2)]
    share = float((heatmap > 0.5).mean())
    return (
        f"Overlay for {title}: the strongest regions cover {100 * share:.0f} % of the image, "
        f"centered on the {rows} {columns}"
    )
