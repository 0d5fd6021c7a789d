"""What the model was taught that is like a text: examples with their labels, the nearest first."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from demos.core.language.rows import Column, Scored, Table
from demos.core.wording import significant
from pages.components.language.marked import show_rows
from pages.components.text import plain


@dataclass(frozen=True, slots=True)
class Example:
    """A text that may be shown, its label as it is read, and the cosine of its vector to ours."""

    text: str
    label: str
    cosine: float


def show_nearest(examples: Sequence[Example], label: str, source: str) -> None:
    """How many of the examples have the `label` of the answer, and all of them as a table.

    `source` says in a sentence where they are from and under which license. Without examples
    nothing is shown.
    """
    if not examples:
        return
    st.subheader("What it was taught that is like it", anchor=False)
    same = sum(each.label == label for each in examples)
    st.markdown(
        f"**{same} of the {len(examples)} nearest examples** have the label of the answer, "
        f"{plain(label)}."
    )
    rows = [
        (each.label, each.text, Scored(cosine(each.cosine), each.cosine))
        for each in sorted(examples, key=lambda each: -each.cosine)
    ]
    columns = (Column("Label"), Column("Example", wide=True), Column("Similarity"))
    show_rows(Table("The nearest examples", columns, rows))
    st.caption(
        "Similarity is the cosine of two sentence vectors: 1 for the same meaning. That an example "
        f"is near does not say that the answer rests on it. {plain(source)}"
    )


def cosine(value: float) -> str:
    return significant(value, 2).replace("-", "−")
