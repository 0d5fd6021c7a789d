"""Two pictures of the business view: hits against what is won, and the Lorenz curve."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.trade_off import Curve, Point
from demos.core.wording import percent, score, significant
from pages.components.theme import theme_kind

HEIGHT = 340
"""Pixels."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure along the bottom: its name, its value as drawn, how it is told, and the unit."""

    title: str
    value: Callable[[Point], float]
    tell: Callable[[Point], str]
    unit: str = ""


MEASURES = {
    "coverage": Measure(
        "Share of the catalog shown",
        lambda each: 100 * each.coverage,
        lambda each: percent(each.coverage),
        " %",
    ),
    "long_tail": Measure(
        "Share of the long tail",
        lambda each: 100 * each.long_tail,
        lambda each: percent(each.long_tail),
        " %",
    ),
    "novelty": Measure(
        "Novelty, in bits",
        lambda each: each.novelty,
        lambda each: f"{significant(each.novelty)} bits",
    ),
    "gini": Measure("Concentration (Gini)", lambda each: each.gini, lambda each: score(each.gini)),
}


def trade_off_chart(
    novelty: Sequence[Point], now: Point, measure: Measure, other: Sequence[Point], title: str
) -> dict[str, Any]:
    """A Plotly figure: a line per way to change the list, and a mark at the present setting."""
    accent, warning, ink, paper = colors("primary", "orangeText", "text", "background")
    lines = [line("More novelty", novelty, measure, accent, "solid", "circle")]
    if other:
        lines.append(line(f"More of: {title}", other, measure, ink, "dash", "square"))
    mark = {
        "type": "scatter",
        "mode": "markers+text",
        "name": "now",
        "x": [measure.value(now)],
        "y": [now.ndcg],
        "text": [f"<b>now, {setting(now)}</b>"],
        "textposition": "top right" if now.weight < 0.5 else "top left",
        "textfont": {"size": 14, "color": ink},
        "cliponaxis": False,
        "showlegend": False,
        "marker": {
            "symbol": "diamond",
            "size": 16,
            "color": warning,
            "line": {"width": 2, "color": paper},
        },
        "hovertemplate": f"{told(now, measure)}<extra></extra>",
    }
    return figure(
        [*lines, mark],
        {"title": measure.title, "ticksuffix": measure.unit},
        {"rangemode": "tozero", "title": "NDCG@10"},
    )


def line(
    name: str, points: Sequence[Point], measure: Measure, color: str, dash: str, symbol: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": [measure.value(each) for each in points],
        "y": [each.ndcg for each in points],
        "line": {"color": color, "dash": dash, "width": 2.5},
        "marker": {"size": 7, "symbol": symbol, "color": color},
        "text": [told(each, measure) for each in points],
        "hovertemplate": f"{name} %{{text}}<extra></extra>",
    }


def told(each: Point, measure: Measure) -> str:
    return f"{setting(each)}<br>NDCG@10 {score(each.ndcg)}<br>{measure.tell(each)}"


def setting(each: Point) -> str:
    """How far a control is turned up."""
    return f"{100 * each.weight:.0f} %"


def lorenz_chart(catalog: Catalog, curve: Curve, now: Point) -> dict[str, Any]:
    """A Plotly figure: what is recommended, what people take, and the line of equal shares."""
    accent, ink, gray = colors("primary", "text", "gray")
    curves = (
        ("recommended", now.lorenz, accent, "solid"),
        ("taken by people", curve.taken, ink, "dash"),
        ("all alike", curve.shares, gray, "dot"),
    )
    lines = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": [100 * each for each in curve.shares],
            "y": [100 * each for each in held],
            "line": {"color": color, "dash": dash, "width": 2.5},
            "hovertemplate": f"the least %{{x:.3g}} % get %{{y:.3g}} %<br>{name}<extra></extra>",
        }
        for name, held, color, dash in curves
    ]
    return figure(
        lines,
        {
            "title": f"{catalog.many}, the least first",
            "ticksuffix": " %",
            "range": [0, 100],
            "dtick": 25,
        },
        {"ticksuffix": " %", "range": [-2, 102], "nticks": 5},
    )


def colors(*names: str) -> list[str]:
    return [st.get_option(f"theme.{theme_kind()}.{name}Color") for name in names]


def figure(data: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
    """`x` and `y` are what is particular to the axes, with a `title`, if any, as text."""
    (ink,) = colors("text")
    font = {"size": 14, "color": ink}
    for each in (x, y):
        if "title" in each:
            each["title"] = {"text": each["title"], "font": font}
    axis = {"fixedrange": True, "tickfont": font, "zeroline": False, "automargin": True}
    return {
        "data": data,
        "layout": {
            "height": HEIGHT,
            "margin": {"l": 0, "r": 32, "t": 32, "b": 48},
            "font": font,
            "hovermode": "closest",
            "showlegend": True,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": font},
            "xaxis": axis | {"showgrid": False, "nticks": 6, "tickangle": 0} | x,
            "yaxis": axis | y,
        },
    }
