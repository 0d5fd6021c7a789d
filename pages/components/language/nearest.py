"""Examples that are like a text, with their labels, the nearest first."""

from collections.abc import Sequence

import streamlit as st

from demos.core.language.alike import Example
from demos.core.language.answers import Task
from demos.core.language.rows import Column, Scored, Table
from demos.core.language.terms import titled
from pages.components.language.marked import show_rows
from pages.components.text import plain


def show_nearest(examples: Sequence[Example], label: str, task: Task, source: str) -> None:
    """How many of the examples have the `label` of the answer, and all of them as a table.

    `source` says in a sentence where they are from.
    """
    st.subheader("Examples that are like it", anchor=False)
    same = sum(each.label == label for each in examples)
    have = "has" if same == 1 else "have"
    st.markdown(
        f"**{same} of the {len(examples)} nearest examples** {have} the likeliest label, "
        f"{plain(titled(label, task))}."
    )
    rows = [
        (titled(each.label, task), each.text, Scored(cosine(each.cosine), each.cosine))
        for each in sorted(examples, key=lambda each: -each.cosine)
    ]
    columns = (Column("Label"), Column("Example", wide=True), Column("Similarity"))
    show_rows(Table("The nearest examples", columns, rows))
    st.caption(
        "Similarity is the cosine of two sentence vectors: 1 for the same meaning. That an example "
        f"is near does not say that the answer rests on it. {plain(source)}"
    )


def cosine(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
