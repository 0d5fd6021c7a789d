"""The answer along one control: a sentence, a chart, and the same as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import streamlit as st

from demos.core.results import Outcome
from demos.core.what_if import Control, Crossing, Reading, crossings
from demos.core.wording import model_score, percent
from pages.components.tables import show_table
from pages.components.theme import theme_kind

HEIGHT = 340
"""Pixels."""
LABELED = 0.12
"""Of the width, from where on a band is wide enough for its name."""
MOST_TOLD = 5
TABLE_ROWS = 9


@dataclass(frozen=True, slots=True)
class Names:
    """What things are called: classes, and their scores, which are probabilities if calibrated.

    `kind` names classes (`title_of`) and what an in-scope image is (`subject`). A model from the
    Hub is neither calibrated nor ever unsure: it has a first choice and no more.
    """

    kind: Any
    hub: bool

    @property
    def word(self) -> str:
        return "model score" if self.hub else "probability"

    def figure(self, score: float) -> str:
        return model_score(score) if self.hub else percent(score)

    def title(self, label: str) -> str:
        try:
            return str(self.kind.title_of(label))
        except (KeyError, ValueError):  # a label of its own, from a model from elsewhere
            return label.replace("_", " ")

    @property
    def bands(self) -> dict[Outcome, str]:
        """Outcomes to mark in the chart, and the theme's name of their color."""
        marked = {Outcome.UNSURE: "gray", Outcome.REFUSED: "orange"}
        return {} if self.hub else marked


def show_sweep(
    vary: Control, position: int, found: Mapping[int, Reading], own: str, names: Names
) -> None:
    """`found` is a refined sweep along `vary`, `own` the answer for the untouched image."""
    changes = crossings(found)
    st.markdown(f"**{lead(vary, found, changes, own, names)}**")
    rest = [each for each in changes if not each.flips]
    if rest:
        told = [other(each, vary, names) for each in rest[:MOST_TOLD]]
        more = len(rest) - len(told)
        told += [f"{more} more in the table"] if more else []
        st.markdown(f"Along the way: {'; '.join(told)}.")
    rivals = strongest(found, changes, own)
    st.plotly_chart(
        drawn(vary, position, found, changes, [own, *rivals], names),
        config={"displayModeBar": False},
        alt=spoken(vary, found, own, names),
    )
    legend = " Gray band: unsure. Amber band: refused, so there is nothing to draw."
    st.caption(
        f"The {names.word} of the first choice for the untouched image and its strongest rival, "
        f"along {vary.title.lower()}; the other sliders stay where they are. Measured at even "
        "steps, and closer in where the answer changes. The upright line is where the slider is."
        f"{legend if names.bands else ''}"
    )
    with st.expander("The same as a table", icon=":material/table_rows:"):
        show_positions(vary, found, changes, [own, *rivals], names)


def lead(
    vary: Control, found: Mapping[int, Reading], changes: list[Crossing], own: str, names: Names
) -> str:
    """Where the answer flips, nearest first, or that it does not."""
    flips = [each for each in changes if each.flips]
    name = vary.title.lower()
    if flips:
        subject = "answer" if flips[0].after.outcome is Outcome.ANSWER else "first choice"
        ways = [
            f"{'back ' if each.after.label == own else ''}to {names.title(each.after.label)} at "
            f"{name} {vary.told(each.position)}"
            for each in flips[:MOST_TOLD]
        ]
        more = ", and more often, see the table" if len(flips) > MOST_TOLD else ""
        return f"The {subject} flips {', '.join(ways)}{more}."
    low, *_, high = found
    across = f"from {vary.told(low)} to {vary.told(high)}"
    refused = [each.outcome is Outcome.REFUSED for each in found.values()]
    if all(refused):
        return f"Along {name}, the image is refused everywhere {across}."
    answers = any(each.outcome is Outcome.ANSWER for each in found.values())
    held = f"the {'answer' if answers else 'first choice'} does not flip along {name}, {across}."
    return f"Where it is not refused, {held}" if any(refused) else f"{held[0].upper()}{held[1:]}"


def other(crossing: Crossing, vary: Control, names: Names) -> str:
    way = "up" if crossing.position > 0 else "down"
    return f"{state(crossing.after, names)} from {vary.told(crossing.position)} {way}"


def state(reading: Reading, names: Names) -> str:
    """The reading in a few words."""
    if reading.outcome is Outcome.REFUSED:
        return "refused"
    title = names.title(reading.label)
    certain = reading.outcome is Outcome.ANSWER or names.hub
    return title if certain else f"unsure ({title} first)"


def strongest(found: Mapping[int, Reading], changes: list[Crossing], own: str) -> list[str]:
    """The other classes worth a line: what the answer flips to, else the likeliest, at most two."""
    flipped = [each.after.label for each in changes if each.flips and each.after.label != own]
    if flipped:
        return list(dict.fromkeys(flipped))[:2]
    best: dict[str, float] = {}
    for reading in found.values():
        for each in reading.scores:
            if each.label != own:
                best[each.label] = max(each.score, best.get(each.label, 0.0))
    return sorted(best, key=lambda label: -best[label])[:1]


def spoken(vary: Control, found: Mapping[int, Reading], own: str, names: Names) -> str:
    """The line of the untouched image's answer in words: its ends, 0 and where it is lowest."""
    low, *_, high = found
    told = [
        f"{figure(found[at], own, names)} at {vary.told(at)}"
        for at in dict.fromkeys((low, 0, high))
    ]
    drawn = [at for at, reading in found.items() if reading.outcome is not Outcome.REFUSED]
    if drawn:
        worst = min(drawn, key=lambda at: found[at].score_of(own))
        told.append(f"lowest {figure(found[worst], own, names)} at {vary.told(worst)}")
    title = names.title(own)
    return f"{names.word.capitalize()} of {title} along {vary.title.lower()}: {', '.join(told)}."


def figure(reading: Reading, label: str, names: Names) -> str:
    if reading.outcome is Outcome.REFUSED:
        return "refused"
    return names.figure(reading.score_of(label))


def drawn(
    vary: Control,
    position: int,
    found: Mapping[int, Reading],
    changes: list[Crossing],
    labels: list[str],
    names: Names,
) -> dict[str, Any]:
    """A Plotly figure: a line per label, bands of the outcomes, marks at the flips."""
    theme = f"theme.{theme_kind()}"
    accent, ink, warning = (
        st.get_option(f"{theme}.{name}Color") for name in ("primary", "text", "orangeText")
    )
    font = {"size": 14, "color": ink}
    x = [vary.value(each) for each in found]
    low, high = x[0], x[-1]
    styles = ((accent, "solid"), (warning, "dash"), (ink, "dot"))
    lines = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "marker": {"size": 4},
            "name": names.title(label),
            "x": x,
            "y": [
                None if each.outcome is Outcome.REFUSED else 100 * each.score_of(label)
                for each in found.values()
            ],
            "line": {"color": color, "dash": dash, "width": 2.5},
            "text": [
                f"{vary.title} {vary.told(at)}: {state(each, names)}<br>"
                f"{names.title(label)} {names.figure(each.score_of(label))}"
                for at, each in found.items()
            ],
            "hovertemplate": "%{text}<extra></extra>",
        }
        for label, (color, dash) in zip(labels, styles, strict=False)
    ]
    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for outcome, run in groupby(found.items(), key=lambda pair: pair[1].outcome):
        inside = [vary.value(at) for at, _ in run]
        if outcome in names.bands:
            half = vary.step / 2
            ends = {"x0": max(inside[0] - half, low), "x1": min(inside[-1] + half, high)}
            fill = st.get_option(f"{theme}.{names.bands[outcome]}BackgroundColor")
            band = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
            shapes.append(band | ends | {"fillcolor": fill, "line": {"width": 0}})
            if ends["x1"] - ends["x0"] > LABELED * (high - low):
                middle = (ends["x0"] + ends["x1"]) / 2
                place = {"x": middle, "y": 0.8, "yref": "paper", "showarrow": False, "font": font}
                notes.append({"text": str(outcome), "bgcolor": fill, **place})
    here = vary.value(position)
    upright = {"type": "line", "yref": "paper", "y0": 0, "y1": 1}
    shapes.append(upright | {"x0": here, "x1": here, "line": {"width": 2, "color": ink}})
    named: set[bool] = set()
    for each in changes:
        if each.flips:
            at = vary.value(each.position)
            dotted = {"width": 1.5, "dash": "dot", "color": warning}
            shapes.append(upright | {"x0": at, "x1": at, "line": dotted})
            if (at > 0) in named:  # names of several on one side of 0 would run into each other
                continue
            named.add(at > 0)
            side = "right" if at > (low + high) / 2 else "left"
            place = {"x": at, "y": 1, "yref": "paper", "yanchor": "bottom", "xanchor": side}
            text = f"flips at {vary.told(each.position)}"
            notes.append({"text": text, "showarrow": False, "font": font, **place})
    axis = {"fixedrange": True, "tickfont": font, "zeroline": False}
    return {
        "data": lines,
        "layout": {
            "height": HEIGHT,
            "margin": {"l": 0, "r": 12, "t": 28, "b": 72},
            "font": font,
            "hovermode": "closest",
            "shapes": shapes,
            "annotations": notes,
            "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": -0.16, "yanchor": "top", "font": font},
            "xaxis": axis
            | {
                "range": [low, high],
                "ticksuffix": vary.unit,
                "nticks": 7,
                "tickangle": 0,
                "showgrid": False,
            },
            "yaxis": axis
            | {
                "range": [-2, 102],
                "tickvals": [0, 50, 100],
                "ticktext": ["0", "0.5", "1"] if names.hub else ["0 %", "50 %", "100 %"],
                "automargin": True,
            },
        },
    }


def show_positions(
    vary: Control,
    found: Mapping[int, Reading],
    changes: list[Crossing],
    labels: list[str],
    names: Names,
) -> None:
    """Every other position of the even sweep, and those at which something changes."""
    shown = {*vary.grid(TABLE_ROWS), *(each.position for each in changes)}
    show_table(
        "what_if",
        [vary.title, "Answer", *(names.title(each) for each in labels)],
        "rl" + "r" * len(labels),
        [
            [
                vary.told(at),
                state(reading, names),
                *(figure(reading, each, names) for each in labels),
            ]
            for at, reading in found.items()
            if at in shown
        ],
    )
