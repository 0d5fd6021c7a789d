"""The answer first, then how sure: outcome, decision control, all scores, gauge."""

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from demos.core.brief import Brief
from demos.core.report import Row
from demos.core.results import Outcome
from demos.core.wording import percent, scope_score
from pages.components.text import plain
from pages.components.theme import theme_kind

OUTCOMES = {
    Outcome.ANSWER: ":material/check_circle: Answer",
    Outcome.UNSURE: ":material/help: Unsure",
    Outcome.REFUSED: ":material/block: Refused",
}
ROW_HEIGHT = 34
"""Pixels per bar."""
SET_MARK = "●"


def show_answer(outcome: Outcome, headline: str, figure: str, meaning: Sequence[str]) -> None:
    """The outcome in large type; an icon and a word say which of the three it is."""
    with st.container(key=f"verdict_{outcome.value}", gap="xsmall"):
        st.markdown(f"**{OUTCOMES[outcome]}**")
        st.header(headline, anchor=False)
        st.markdown(plain(figure))
        for sentence in meaning:
            st.markdown(plain(sentence))


def choose_floor(key: str, result: Any, own: float, floors: Sequence[float]) -> float:
    """The certainty asked for; for a refused input its scope instead, and nothing without `own`."""
    if result.outcome is Outcome.REFUSED:
        scope_gauge(result.scope, 1.0, "Scope score")
        return own
    return certainty_floor(key, own, floors) if own else own


def certainty_floor(key: str, own: float, floors: Sequence[float]) -> float:
    """The probability an answer needs: the `own` threshold of the model, or a higher one."""
    options = [own, *(floor for floor in floors if floor > own)]
    if len(options) == 1:
        return own
    chosen: float = st.select_slider(
        "How sure must it be to answer?",
        options,
        value=own,
        format_func=lambda floor: percent(floor) + (" (its own)" if floor == own else ""),
        key=key,
        persist_state="session",
        help="Below this probability the answer becomes “unsure”. The model's own is where "
        "one class alone is left in its 95 % set; it can only be raised. Moving this runs no "
        "model.",
    )
    return chosen


def show_mistakes(sentences: Sequence[str]) -> None:
    """What being wrong looked like where it was measured; nothing where it was not."""
    if sentences:
        st.header("What a mistake looks like", anchor=False)
        st.markdown("\n".join(f"- {sentence}" for sentence in sentences))


def show_scores(rows: Sequence[Row], words: Brief, threshold: float, set_name: str) -> None:
    """All scores of a result: as probabilities with a set, or as a model's own scores."""
    if words.outcome is not Outcome.REFUSED:
        st.header("How sure it is", anchor=False)
    if threshold:
        show_probabilities(rows, threshold, set_name)
    else:
        show_model_scores(words)


def show_model_scores(words: Brief) -> None:
    """Every score, the one that says most first, and what a score is."""
    lines = [f"| {plain(title)} | {plain(figure)} |" for title, figure in words.scores]
    st.markdown("\n".join(["| Label | Model score |", "|:--|:--|", *lines]))
    st.caption(f"Scores: {plain(words.kind)}.")


def show_probabilities(rows: Sequence[Row], threshold: float, set_name: str) -> None:
    """A bar per class, most probable first, the prediction set marked, and the same in words."""
    theme = f"theme.{theme_kind()}"
    accent, gray = (st.get_option(f"{theme}.{name}Color") for name in ("primary", "gray"))
    font = {"size": 14, "color": st.get_option(f"{theme}.textColor")}
    titles = [f"{SET_MARK} {row.title}" if row.marked else row.title for row in rows]
    figure = {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": titles,
                "x": [100 * row.score.score for row in rows],
                "text": [row.text for row in rows],
                "textposition": "outside",
                "cliponaxis": False,
                "marker": {"color": [accent if row.marked else gray for row in rows]},
                "hovertemplate": "%{y}: %{text}<extra></extra>",
            }
        ],
        "layout": {
            "height": ROW_HEIGHT * len(rows) + 50,
            "margin": {"l": 0, "r": 72, "t": 4, "b": 36},
            "bargap": 0.35,
            "font": font,
            "xaxis": {
                "range": [0, 100],
                "tickvals": [0, 50, 100],
                "ticktext": ["0 %", "50 %", "100 %"],
                "tickangle": 0,
                "tickfont": font,
                "fixedrange": True,
            },
            "yaxis": {
                "autorange": "reversed",
                "tickfont": font,
                "fixedrange": True,
                "automargin": True,
            },
            "shapes": [
                {
                    "type": "line",
                    "x0": 100 * threshold,
                    "x1": 100 * threshold,
                    "y0": 0,
                    "y1": 1,
                    "yref": "paper",
                    "line": {"width": 1.5, "dash": "dot", "color": accent},
                }
            ],
        },
    }
    spoken = "; ".join(f"{r.title}: {r.text}{f', {set_name}' if r.marked else ''}" for r in rows)
    st.plotly_chart(
        figure, config={"displayModeBar": False}, alt=f"Probability per class. {spoken}."
    )
    empty = "" if any(row.marked for row in rows) else " Here there is none."
    st.caption(
        f"{SET_MARK} {set_name}: every class whose bar reaches the dotted line at "
        f"{percent(threshold)}.{empty}"
    )
    with st.expander("The same as a table", icon=":material/table_rows:"):
        lines = [f"| {r.title} | {r.text} | {set_name if r.marked else ''} |" for r in rows]
        st.markdown("\n".join(["| Class | Probability | Set |", "|:--|--:|:--|", *lines]))


def scope_gauge(score: float, limit: float, name: str) -> None:
    """A small scale: where the score lies, and from where on an image is refused."""
    reach = max(2 * limit, 1.15 * score)
    at, bound = 100 * score / reach, 100 * limit / reach
    st.html(
        f'<div class="dlw-gauge" role="img" aria-label="{escape(name)}: '
        f"{escape(scope_score(score))}; "
        f'accepted up to {limit:.2f}">'
        f'<span class="dlw-gauge-in" style="width:{bound:.1f}%"></span>'
        f'<span class="dlw-gauge-at" style="left:{at:.1f}%"></span></div>'
        f'<div class="dlw-gauge-words" aria-hidden="true"><span style="width:{bound:.1f}%">accepted'
        f"</span><span>refused</span></div>"
    )
