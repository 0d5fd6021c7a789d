"""A text sorted: its label in large words, how sure that is, and the same sentence by sentence."""

from html import escape
from typing import Any

import streamlit as st

from demos.core.language.answers import Sorted
from demos.core.language.shown import (
    label_table,
    sentence_legend,
    sentence_marks,
    sentence_table,
    spoken_scores,
)
from demos.core.language.terms import titled
from demos.core.language.words import candidates, measure, said, shortened
from demos.core.results import LabelScore, Outcome
from pages.components.language.marked import show_marked, show_rows
from pages.components.language.verdict import show_verdict
from pages.components.theme import theme_kind

MOST_BARS = 8
"""Labels drawn; the table has all."""
ROW_HEIGHT = 34
"""Pixels per bar."""
LONGEST_TITLE = 28
"""Characters of a label beside its bar."""
UNSURE = (
    "Named above are the labels with at least half the score of the first: two at least, three at "
    "most."
)
ICON = ":material/table_rows:"
CLEAR = "rgba(0,0,0,0)"


def show_sorted(answer: Sorted, key: str) -> None:
    """The verdict, all labels as bars and as a table, and where there are several, sentences."""
    show_verdict(answer, key)
    if answer.verdict.outcome is Outcome.REFUSED:
        if answer.scores:
            with st.expander("Withheld: the scores of a text it should not judge", icon=ICON):
                show_rows(label_table(answer))
        return
    if answer.scores:
        show_scores(answer, key)
    if answer.pieces:
        show_sentences(answer)


def show_scores(answer: Sorted, key: str) -> None:
    st.subheader("How sure it is", anchor=False)
    st.plotly_chart(
        drawn(answer),
        config={"displayModeBar": False},
        alt=f"{measure(answer).capitalize()} per label. {spoken_scores(answer, MOST_BARS)}.",
        key=f"{key}.labels",
    )
    if answer.verdict.outcome is Outcome.UNSURE:
        st.caption(UNSURE)
    if len(answer.scores) > MOST_BARS:
        st.caption(f"The likeliest {MOST_BARS} of {len(answer.scores):,} labels.")
    with st.expander("The same as a table", icon=ICON):
        show_rows(label_table(answer))


def show_sentences(answer: Sorted) -> None:
    """Each sentence in its place, tinted by its label, which stands behind it; all in a list."""
    st.subheader("Sentence by sentence", anchor=False)
    show_marked(
        answer.request.text,
        sentence_marks(answer),
        "The text, each sentence with its label",
        sentence_legend(answer),
    )
    st.caption("Each sentence was judged alone; the deeper its color, the surer its label.")
    with st.expander("The sentences as a list", icon=":material/list:"):
        show_rows(sentence_table(answer))


def drawn(answer: Sorted) -> dict[str, Any]:
    """A Plotly figure: a bar per label, best first, the answer or the candidates in the accent."""
    theme = f"theme.{theme_kind()}"
    accent, gray, ink = (
        st.get_option(f"{theme}.{name}Color") for name in ("primary", "gray", "text")
    )
    font = {"size": 14, "color": ink}
    shown = answer.scores[:MOST_BARS]
    named = said_labels(answer)
    task, places = answer.request.task, list(range(len(shown)))
    # Plotly takes some tags in a text for markup, and knows no other entities than these.
    titles = [
        escape(shortened(titled(each.label, task), LONGEST_TITLE), quote=False) for each in shown
    ]
    whole = ["0 %", "50 %", "100 %"] if answer.calibrated else ["0", "0.5", "1"]
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": places,
                "x": [each.score for each in shown],
                "text": [said(each.score, answer) for each in shown],
                "textposition": "outside",
                "textfont": font,
                "cliponaxis": False,
                "marker": {"color": [accent if each in named else gray for each in shown]},
                "hovertemplate": "%{text}<extra></extra>",
            }
        ],
        "layout": {
            "height": ROW_HEIGHT * len(shown) + 50,
            "margin": {"l": 0, "r": 72, "t": 4, "b": 36},
            "bargap": 0.35,
            "font": font,
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "showlegend": False,
            "xaxis": {
                "range": [0, 1],
                "tickvals": [0, 0.5, 1],
                "ticktext": whole,
                "tickangle": 0,
                "tickfont": font,
                "fixedrange": True,
            },
            "yaxis": {
                "autorange": "reversed",
                "tickvals": places,
                "ticktext": titles,
                "tickfont": font,
                "fixedrange": True,
                "automargin": True,
            },
        },
    }


def said_labels(answer: Sorted) -> tuple[LabelScore, ...]:
    """The labels of the headline."""
    if answer.verdict.outcome is Outcome.UNSURE:
        return candidates(answer.scores)
    return answer.scores[:1]
