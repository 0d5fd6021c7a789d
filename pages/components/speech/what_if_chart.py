"""What becomes of a transcript along one slider: a sentence, a chart, and the same as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from demos.core.audio.alter import Change
from demos.core.wording import percent
from pages.components.tables import show_table, unbroken
from pages.components.text import plain
from pages.components.theme import theme_kind

HEIGHT = 300
"""Pixels."""
TEXT_SHOWN = 60
"""Characters of a transcript in the table."""


@dataclass(frozen=True, slots=True)
class Control:
    """A slider: the `options` it stops at, `neutral` of which leaves the sound as it is.

    A sweep along it is over `swept` of them.
    """

    name: str
    title: str
    options: tuple[float | None, ...]
    neutral: float | None
    swept: tuple[float | None, ...]
    unit: str
    help: str

    def told(self, value: float | None) -> str:
        return self.tick(value) if value is None else f"{self.tick(value)}\u00a0{self.unit}"

    def tick(self, value: float | None) -> str:
        return "none" if value is None else f"{value:g}".replace("-", "−")

    def place(self, value: float | None) -> float:
        """Where a value lies on the slider: options are evenly apart."""
        return self.options.index(value)

    def changes(self, change: Change) -> list[Change]:
        """The sweep along this control, everything else as in `change`."""
        names: list[dict[str, Any]] = [{self.name: value} for value in self.swept]
        return [replace(change, **each) for each in names]


NOISE = (None, 30.0, 25.0, 20.0, 15.0, 10.0, 5.0, 0.0, -5.0)
SPEEDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(31))
CONTROLS = (
    Control(
        *("noise", "Noise", NOISE, None, NOISE, "dB"),
        help="White noise. By how many decibels the speech is louder than it: at 0 dB both are "
        "equally loud.",
    ),
    Control(
        *("speed", "Speed", SPEEDS, 1.0, SPEEDS[::5], "×"),
        help="How fast it is said, at the same pitch: 2 × takes half the time.",
    ),
)


@dataclass(frozen=True, slots=True)
class Point:
    """What was heard at one place of a slider; `wrong` is None where there is nothing to miss."""

    place: float
    value: float | None
    wrong: float | None
    text: str


def show_points(
    key: str, points: Sequence[Point], along: Control, change: Change, against_reference: bool
) -> None:
    """`points` in order along the slider, with the change that is set among them."""
    measure = "Word error rate" if against_reference else "Words changed"
    if any(each.wrong is None for each in points):
        st.caption("Without any word in the untouched transcript there is nothing to count.")
        return
    st.markdown(f"**{unbroken(plain(lead(points, along, measure)))}**")
    at = along.place(getattr(change, along.name))
    st.plotly_chart(
        drawn(points, along, at, measure),
        config={"displayModeBar": False},
        alt=spoken(points, along, measure),
        key=f"{key}.chart",
    )
    against = "what was said" if against_reference else "the untouched transcript"
    st.caption(
        f"{measure} along {along.title.lower()}, against {against}; the other controls stay as "
        "they are. The diamond is where the slider stands, the dotted line "
        "where it changes nothing."
    )
    with st.expander("The same as a table", icon=":material/table_rows:"):
        rows = [(along.told(p.value), wrong(p), plain(shortened(p.text))) for p in points]
        show_table("speech_what_if", (along.title, measure, "Transcript"), "rrl", rows)


def wrong(point: Point) -> str:
    return percent(point.wrong or 0.0)


def shortened(text: str) -> str:
    if not text:
        return "(nothing)"
    return text if len(text) <= TEXT_SHOWN else f"{text[: TEXT_SHOWN - 1].rstrip()}…"


def lead(points: Sequence[Point], along: Control, measure: str) -> str:
    """From where on the transcript suffers, on either side of the untouched sound."""
    middle = along.place(along.neutral)
    own = next((each for each in points if each.place == middle), points[0])
    below = [each for each in reversed(points) if each.place < middle]
    above = [each for each in points if each.place > middle]
    found = [
        next((each for each in side if (each.wrong or 0) > (own.wrong or 0)), None)
        for side in (below, above)
    ]
    told = [along.told(each.value) for each in found if each is not None]
    name = along.title.lower()
    if not told:
        return f"Along {name}, the transcript gets no worse anywhere."
    worst = max(points, key=lambda each: each.wrong or 0)
    return (
        f"Along {name}, the transcript gets worse from {' and from '.join(told)} on; at worst, "
        f"{measure.lower()} {wrong(worst)} at {along.told(worst.value)}."
    )


def spoken(points: Sequence[Point], along: Control, measure: str) -> str:
    """The chart in words."""
    told = "; ".join(f"{wrong(each)} at {along.told(each.value)}" for each in points)
    return f"{measure} along {along.title.lower()}: {told}."


def drawn(points: Sequence[Point], along: Control, at: float, measure: str) -> dict[str, Any]:
    """A Plotly figure: a line over the slider's places, a diamond where it stands."""
    theme = f"theme.{theme_kind()}"
    accent, ink, border = (
        st.get_option(f"{theme}.{name}Color") for name in ("primary", "text", "border")
    )
    font = {"size": 14, "color": ink}
    heights = [100 * (each.wrong or 0.0) for each in points]
    hints = [f"{along.told(each.value)}: {wrong(each)}" for each in points]
    here = next(place for place, each in enumerate(points) if each.place == at)
    marks = [along.place(each) for each in along.swept]
    neutral = along.place(along.neutral)
    axis = {"fixedrange": True, "tickfont": font, "zeroline": False}
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [each.place for each in points],
                "y": heights,
                "line": {"color": accent, "width": 2.5},
                "marker": {"size": 6},
                "text": hints,
                "hovertemplate": "%{text}<extra></extra>",
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": [at],
                "y": [heights[here]],
                "marker": {"symbol": "diamond", "size": 14, "color": ink},
                "text": [hints[here]],
                "hovertemplate": "%{text}<extra></extra>",
            },
        ],
        "layout": {
            "height": HEIGHT,
            "margin": {"l": 0, "r": 12, "t": 12, "b": 56},
            "font": font,
            "hovermode": "closest",
            "showlegend": False,
            "shapes": [
                {
                    "type": "line",
                    "x0": neutral,
                    "x1": neutral,
                    "y0": 0,
                    "y1": 1,
                    "yref": "paper",
                    "line": {"width": 1.5, "dash": "dot", "color": ink},
                }
            ],
            "xaxis": axis
            | {
                "range": [-0.03 * len(along.options), 1.03 * len(along.options) - 1],
                "title": {"text": f"{along.title}, {along.unit}", "font": font},
                "tickvals": marks,
                "ticktext": [along.tick(each) for each in along.swept],
                "tickangle": 0,
                "showgrid": False,
            },
            "yaxis": axis
            | {
                "range": [-4, 1.06 * max(100.0, *heights)],
                "ticksuffix": " %",
                "nticks": 5,
                "automargin": True,
                "gridcolor": border,
                "title": {"text": measure, "font": font},
            },
        },
    }
