"""Why a score is what it is: sentences, a bar per reason, and what they add up to."""

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from demos.core.reasons import Account, Reason, effect, factor, probability
from demos.core.wording import percent
from pages.components.tables import show_table
from pages.components.text import plain
from pages.components.theme import theme_kind

MOST_TOLD = 4
"""Sentences for each direction; the table has all."""
ROW_HEIGHT = 46
"""Pixels for a bar with its name above it."""
ROOM = 1.35
"""Of the longest bars, for the figures at their ends."""
BASES = (2, 10, 100, 1000, 1_000_000)
"""Steps of the odds between the lines of the chart."""


def show_reasons(account: Account, event: str = "fraud", key: str = "reasons") -> None:
    """The reasons of one score, in words first; `event` is what the probability is of."""
    st.header("Why this score", anchor=False)
    if account.notes:
        told = [plain(note) for note in account.notes]
        st.info(told[0] if len(told) == 1 else bullets(told), icon=":material/info:")
    words, chart = st.columns(2, gap="medium")
    with words:
        st.markdown(
            f"Usual is a probability of {event} of **{percent(probability(account.base))}**; this "
            f"one has **{percent(probability(account.total))}**."
        )
        show_sentences(":material/trending_up: What raises it", account.raising)
        show_sentences(":material/trending_down: What lowers it", account.lowering)
        if not (account.raising or account.lowering):
            st.markdown("Nothing about it is far from usual.")
    with chart:
        st.plotly_chart(
            drawn(account.reasons),
            config={"displayModeBar": False},
            alt=spoken(account.reasons),
            key=f"{key}.chart",
        )
    st.caption(fine_print(account))
    with st.expander("The same as a table", icon=":material/table_rows:"):
        rows = [
            (plain(each.title), plain(each.sentence), factor(each.value), signed(each.value))
            for each in account.reasons
        ]
        show_table(key, ("About", "What it says", "Odds", "Log-odds"), "llrr", rows)


def bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def show_sentences(heading: str, reasons: Sequence[Reason]) -> None:
    if not reasons:
        return
    lines = [
        f"- {plain(each.sentence)} *{effect(each.value).capitalize()}.*"
        for each in reasons[:MOST_TOLD]
    ]
    more = len(reasons) - len(lines)
    lines += [f"- {more} more in the table" if more else ""]
    st.markdown(f"**{heading}**\n\n" + "\n".join(lines))


def fine_print(account: Account) -> str:
    """What the figures are, and that they add up."""
    added = sum(each.value for each in account.reasons)
    left = "less than 0.000001" if account.residual < 1e-6 else f"{account.residual:.6f}"
    return (
        "Odds are the probability over its complement; each reason multiplies or divides them. "
        f"In log-odds: {signed(account.base)} (usual) and {signed(added)} (all reasons) make "
        f"{signed(account.total)}. Checked: what the model gives differs from that by {left}. "
        f"Exact Baseline Shapley values of {len(account.reasons)} groups of features: what each "
        "adds where it is not as usual, averaged over all orders in which they can be added "
        "(Shapley 1953; Sundararajan & Najmi 2020)."
    )


def signed(value: float) -> str:
    """Log-odds to two decimals with a proper minus."""
    return f"{value:+.2f}".replace("-", "−") if abs(value) >= 0.005 else "0.00"


def spoken(reasons: Sequence[Reason]) -> str:
    told = "; ".join(f"{each.title} {effect(each.value)}" for each in reasons)
    return f"What each reason does to the odds. {told}."


def drawn(reasons: Sequence[Reason]) -> dict[str, Any]:
    """A Plotly figure: bars to the right raise the score, bars to the left lower it."""
    theme = f"theme.{theme_kind()}"
    accent, warning, ink, border, paper = (
        st.get_option(f"{theme}.{name}Color")
        for name in ("primary", "orangeText", "text", "border", "background")
    )
    font = {"size": 14, "color": ink}
    values = [each.value for each in reasons]
    low, high = min([*values, 0.0]), max([*values, 0.0])
    room = (ROOM - 1) * max(high - low, 0.5)
    low, high = low - (room if low < 0 else 0.02), high + (room if high > 0 else 0.02)
    ticks = steps(low, high)
    place = {"x": 0, "xref": "paper", "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    place |= {"bgcolor": paper, "borderpad": 0, "font": font}
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "x": values,
                "y": list(range(len(reasons))),
                "width": 0.34,
                "marker": {"color": [warning if value > 0 else accent for value in values]},
                "text": [at_bar(value) for value in values],
                "textposition": "outside",
                "textfont": font,
                "cliponaxis": False,
                "hovertemplate": "%{text}<extra></extra>",
            }
        ],
        "layout": {
            "height": ROW_HEIGHT * len(reasons) + 48,
            "margin": {"l": 0, "r": 0, "t": 8, "b": 40},
            "font": font,
            "showlegend": False,
            "annotations": [
                {"text": escape(each.title), "y": row - 0.19, **place}
                for row, each in enumerate(reasons)
            ],
            "xaxis": {
                "range": [low, high],
                "tickvals": ticks,
                "ticktext": [told_step(tick) for tick in ticks],
                "tickangle": 0,
                "tickfont": font,
                "gridcolor": border,
                "zeroline": True,
                "zerolinecolor": ink,
                "zerolinewidth": 1.5,
                "fixedrange": True,
            },
            "yaxis": {
                "range": [len(reasons) - 0.6, -0.75],
                "showticklabels": False,
                "showgrid": False,
                "zeroline": False,
                "fixedrange": True,
            },
        },
    }


def steps(low: float, high: float) -> list[float]:
    """Log-odds of round factors: at most about five between `low` and `high`, 0 among them."""
    base = next((each for each in BASES if (high - low) / math.log(each) < 5), BASES[-1])
    size = math.log(base)
    return [size * k for k in range(math.ceil(low / size), math.floor(high / size) + 1)]


def at_bar(value: float) -> str:
    """The factor at the end of a bar; a large one is as short as on the axis."""
    return factor(value) if abs(value) < math.log(1e6) else told_step(value)


def told_step(tick: float) -> str:
    size = math.exp(min(abs(tick), 700.0))
    told = f"{size:,.0f}" if size < 1e6 else f"10^{round(math.log10(size))}"
    return "× 1" if tick == 0 else f"{'×' if tick > 0 else '÷'} {told}"
