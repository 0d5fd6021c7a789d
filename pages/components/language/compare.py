"""Two models on the same text: what each answers, where they differ, and what each costs.

show_compare(demo, spec, answer, predict, quality_of)
"""

from collections.abc import Callable

import streamlit as st

from demos.core.language.agreement import agreement, differing, only_in, written
from demos.core.language.answers import (
    Answer,
    Answered,
    Entities,
    Found,
    Sorted,
    Summarized,
    Translation,
)
from demos.core.language.marks import Entry, Mark, Tone
from demos.core.language.terms import kind_of, titled
from demos.core.language.words import headline, how_sure, meaning, said, shortened, word
from demos.core.results import Outcome
from demos.core.spec import DemoSpec, ModelSpec
from pages.components.compare import SCORES_SHOWN, choose_second, ran, show_properties
from pages.components.language.asking import Predict, ask
from pages.components.language.marked import show_marked
from pages.components.language.verdict import written as in_markdown
from pages.components.result import OUTCOMES
from pages.components.text import plain

BOTH = Entry(Tone.ACCENT, "name", "found alike by both")
ONLY = Entry(Tone.WARNING, "only here", "the other has no such name there")
OTHER_WORDS = Entry(Tone.WARNING, "dashed line", "words that the other does not have there")


def show_compare(
    demo: DemoSpec,
    spec: ModelSpec,
    answer: Answer,
    predict: Predict,
    quality_of: Callable[[ModelSpec], str],
) -> None:
    """Offer the other models of the group for the same request; nothing where there is none.

    `predict` has a model answer the request; `quality_of` says how good a model was found to be, by
    whom, on what. A second model runs once it is chosen, and can be stopped.
    """
    second = choose_second(demo, spec, "Choose one: it is given the same text")
    if second is None:
        return
    other = ask(f"{demo.slug}.about.second", second, answer.request, predict)
    if other is None:
        return
    st.markdown(f":material/compare_arrows: **{in_markdown(agreement(answer, other))}**")
    pairs = ((spec, answer, other), (second, other, answer))
    for place, (each, own, against) in zip(st.columns(2), pairs, strict=True):
        with place, st.container(border=True, key=f"compared_{each.name}", height="stretch"):
            show_one(each, own, against)
            show_properties(each, [("This run", ran(own.provenance))], quality_of(each))


def show_one(spec: ModelSpec, own: Answer, other: Answer) -> None:
    """One model's answer in large words, and what of it the other does not have."""
    st.markdown(f"{plain(spec.title)}  \n:small[{OUTCOMES[own.verdict.outcome]}]")
    st.subheader(in_markdown(headline(own)), anchor=False)
    listed = isinstance(own, Sorted)  # with the next label, which `meaning` would name too
    told = (own.verdict.reason,) if listed else meaning(own)
    for sentence in filter(None, (how_sure(own), *told)):
        st.markdown(in_markdown(sentence))
    if own.verdict.outcome is Outcome.REFUSED:
        return
    match own, other:
        case Sorted(), _:
            show_list(
                [
                    f"{titled(each.label, own.request.task)}: {said(each.score, own)}"
                    for each in own.scores[:SCORES_SHOWN]
                ]
            )
        case Entities(), Entities():
            show_names(own, other, f"Names found by {spec.title}")
        case ((Answered() | Found()), _):
            show_list([shortened(word(own, each)) for each in own.spans[:SCORES_SHOWN]])
        case ((Summarized() | Translation()), (Summarized() | Translation())):
            words, _ = differing(written(own), written(other))
            show_marked(
                written(own),
                [Mark(*each, tone=Tone.WARNING, strength=0.5) for each in words],
                f"Written by {spec.title}",
                [OTHER_WORDS] if words else [],
            )


def show_list(lines: list[str]) -> None:
    st.markdown("\n".join(f"1. {in_markdown(each)}" for each in lines))


def show_names(own: Entities, other: Entities, label: str) -> None:
    """The text with one model's names marked, those apart that the other does not have."""
    only = set(only_in(own, other))
    marks = [
        Mark(each.start, each.end, f"{kind_of(each.label)}, only here", Tone.WARNING)
        if each in only
        else Mark(each.start, each.end, kind_of(each.label))
        for each in own.spans
    ]
    legend = [BOTH] if len(only) < len(own.spans) else []
    show_marked(own.request.text, marks, label, legend + ([ONLY] if only else []))
