"""What moved a word's score, drawn over the spectrogram that the model hears."""

from html import escape
from itertools import pairwise
from typing import Any

import numpy as np
import streamlit as st

from demos.core.audio.attribution import Attribution, quiet_level
from demos.core.reasons import NO_EFFECT, times
from demos.core.speech.transcript import Word
from demos.core.wording import percent, significant
from pages.components.theme import theme_kind

HEIGHT = 360
"""Pixels."""
MARGIN = 0.15
"""Seconds drawn on either side of the region."""
TICKS = (100, 250, 500, 1000, 2000, 4000, 8000)
"""Hz."""
RANGES = (0, 500, 1000, 2000, 4000, 8000)
"""Hz, from one to the next a row of the table."""
OPACITIES = ((0.0, 0.0), (0.1, 0.35), (0.3, 0.7), (1.0, 1.0))
"""Shares of the strongest effect, and how far each covers the spectrogram: weak ones show too."""


def drawn(word: Word, found: Attribution) -> dict[str, Any]:
    """A Plotly figure: the spectrogram in gray, the drops in two colors, lines at half the most."""
    theme = f"theme.{theme_kind()}"
    ink, paper, gray = (
        st.get_option(f"{theme}.{name}Color") for name in ("text", "background", "gray")
    )
    font = {"size": 14, "color": ink}
    axes, margin = found.axes, round(MARGIN / found.axes.step)
    first = max(found.region[0] - margin, 0)
    last = min(found.region[1] + margin, len(found.features))
    seconds = (axes.start + axes.step * np.arange(first, last)).round(4).tolist()
    bands = list(range(len(axes.hertz)))
    values = found.values[first:last].T  # (bands, frames): rows are drawn from below
    most = float(max(np.abs(values).max(), NO_EFFECT))
    grid = {"x": seconds, "y": bands}
    quiet = {"showscale": False, "hoverinfo": "skip"}
    data: list[dict[str, Any]] = [
        {
            "type": "heatmap",
            "z": found.features[first:last].T.tolist(),
            "zmin": float(np.median(quiet_level(found.features))),
            "zmax": float(found.features.max()),
            "colorscale": [[0, paper], [1, gray]],
            **quiet,
            **grid,
        },
        {
            "type": "heatmap",
            "z": values.tolist(),
            "zmin": -most,
            "zmax": most,
            "colorscale": diverging(*st.get_option(f"{theme}.chartCategoricalColors")[:2]),
            "showscale": False,
            "text": hints(found, first, last),
            "hovertemplate": "%{text}<extra></extra>",
            **grid,
        },
    ]
    for extreme, dash in ((float(values.max()), "solid"), (float(values.min()), "dot")):
        if abs(extreme) >= NO_EFFECT:
            at = {"coloring": "none", "start": extreme / 2, "end": extreme / 2, "size": most}
            line = {"color": ink, "width": 2, "dash": dash}
            contour = {"type": "contour", "z": values.tolist(), "contours": at, "line": line}
            data.append(contour | quiet | grid)
    dashed = {"width": 1.5, "dash": "dash", "color": ink}
    upright = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "line": dashed}
    axis = {"fixedrange": True, "tickfont": font, "zeroline": False, "showgrid": False}
    ticks = [each for each in TICKS if axes.hertz[0] <= each <= axes.hertz[-1]]
    return {
        "data": data,
        "layout": {
            "height": HEIGHT,
            "margin": {"l": 0, "r": 8, "t": 28, "b": 52},
            "font": font,
            "showlegend": False,
            "shapes": [
                upright | {"x0": x, "x1": x, "line": dashed} for x in (word.start, word.end)
            ],
            "annotations": [
                {
                    "text": escape(word.text),
                    "x": (word.start + word.end) / 2,
                    "y": 1,
                    "yref": "paper",
                    "yanchor": "bottom",
                    "showarrow": False,
                    "font": font,
                }
            ],
            "xaxis": axis
            | {
                "range": [seconds[0], seconds[-1]],
                "nticks": 7,
                "ticksuffix": " s",
                "tickangle": 0,
            },
            "yaxis": axis
            | {
                "range": [-0.5, len(bands) - 0.5],
                "tickvals": np.interp(ticks, axes.hertz, bands).tolist(),
                "ticktext": [f"{each:,} Hz" for each in ticks],
                "automargin": True,
            },
        },
    }


def diverging(above: str, below: str) -> list[tuple[float, str]]:
    """A color scale from `below` over nothing to `above`."""
    down = [(0.5 - share / 2, faded(below, opacity)) for share, opacity in OPACITIES]
    up = [(0.5 + share / 2, faded(above, opacity)) for share, opacity in OPACITIES]
    return [*reversed(down), *up]


def faded(color: str, opacity: float) -> str:
    """A color of the theme, `#rrggbb`, as one that lets through what is below it."""
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def hints(found: Attribution, first: int, last: int) -> list[list[str]]:
    """What pointing at a cell says, by bands and frames."""
    axes = found.axes
    return [
        [
            f"{axes.start + axes.step * frame:.2f} s, {significant(float(middle), 2)} Hz<br>"
            f"{factor(float(found.values[frame, band]))}"
            for frame in range(first, last)
        ]
        for band, middle in enumerate(axes.hertz)
    ]


def factor(drop: float) -> str:
    """What hiding a cell's patches does to the score on average."""
    if abs(drop) < NO_EFFECT:
        return "changes nothing"
    return f"hidden: score {'÷' if drop > 0 else '×'} {times(drop)}"


def bands_table(found: Attribution) -> list[tuple[str, str, str]]:
    """By ranges of frequency, the shares of all that speaks for the word and of all against it."""
    rows: list[tuple[str, str, str]] = []
    sides = [np.maximum(sign * found.values, 0) for sign in (1, -1)]
    for low, high in pairwise(RANGES):
        inside = (found.axes.hertz >= low) & (found.axes.hertz < high)
        if inside.any():
            favor, against = (
                percent(float(side[:, inside].sum() / side.sum())) if side.any() else "–"
                for side in sides
            )
            rows.append((f"{low:,}–{high:,} Hz", favor, against))
    return rows
