"""What if it were written otherwise? All probes at a click, and the text to edit by hand.

show_what_if(slug, answer, about, sorter, ask)

The engines are the page's: `ask(text)` gives the whole answer for an edited text.
"""

from collections.abc import Callable, Hashable
from functools import partial

import streamlit as st

from demos.core.errors import UserError
from demos.core.language.answers import Sorted
from demos.core.language.counterfactual import Sorter
from demos.core.language.marks import visible
from demos.core.language.probes import judged, probes
from demos.core.language.rows import Cell, Column, Scored, Table
from demos.core.language.terms import titled
from demos.core.language.words import headline, said
from demos.core.results import Outcome
from pages.components.language.marked import show_rows
from pages.components.language.probe_table import show_judged
from pages.components.language.progress import progress
from pages.components.language.verdict import written
from pages.components.prediction import show_problem
from pages.components.recommend.kept import kept
from pages.components.result import OUTCOMES
from pages.components.tables import unbroken

LONGEST = 20_000
"""Characters that can be edited here."""
LABELS_SHOWN = 5

Ask = Callable[[str], Sorted]


def show_what_if(
    slug: str,
    answer: Sorted,
    about: Hashable,
    sorter: Sorter,
    ask: Ask,
) -> Table | None:
    """Nothing runs until a button is pressed or the text is edited; nothing for a refused text.

    `about` tells model, task and text from all others; the session keeps what was found for the
    latest. Gives what the probes did, for a report; None before they were asked for.
    """
    if answer.verdict.outcome is Outcome.REFUSED or not answer.scores:
        return None
    st.header("What if it were written otherwise?", anchor=False)
    tried = probing(slug, answer, about, sorter)
    st.subheader("Edit it yourself", anchor=False)
    editing(slug, answer, about, ask)
    return tried


def probing(slug: str, answer: Sorted, about: Hashable, sorter: Sorter) -> Table | None:
    """The probes, once asked for; pressed again, other words are misspelt.

    No fragment: a click within one that is at work would wait for its end, that on Stop, too.
    """
    key = f"{slug}.about.probes"
    if st.session_state.get(f"{key}.of") != about:
        st.session_state[f"{key}.of"], st.session_state[f"{key}.round"] = about, 0
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.button(
            "Try all changes"
            if not st.session_state[f"{key}.round"]
            else "Try other typing errors",
            icon=":material/experiment:",
            on_click=again,
            args=(f"{key}.round",),
            key=f"{key}.try",
            help="Typing errors, capitals, punctuation, negation, other words, spaces and emoji.",
        )
    number: int | None = st.session_state[f"{key}.round"]
    if not number:
        return None
    text = answer.request.text
    try:
        with progress("Trying every change …", f"{key}.round") as tell:
            made = probes(text, number)
            look = partial(judged, sorter.scores_of, text, made, sorter.least, tell)
            found = kept(key, (about, number), look)
    except UserError as error:
        show_problem(error, "probes")
        return None
    names = [titled(each, answer.request.task) for each in sorter.labels]
    return show_judged(found, text, names, partial(said, answer=answer))


def again(key: str) -> None:
    st.session_state[key] = (st.session_state[key] or 0) + 1


@st.fragment
def editing(slug: str, answer: Sorted, about: Hashable, ask: Ask) -> None:
    """The text in a box, and what the model says of it as edited, beside what it said."""
    key = f"{slug}.about.edited"
    whole = visible(answer.request.text)
    start = whole[:LONGEST]
    if st.session_state.get(f"{key}.of") != about:
        st.session_state[f"{key}.of"], st.session_state[key] = about, start
    edited: str = st.text_area(
        "Text to edit",
        key=key,
        max_chars=LONGEST,
        height=150,
        persist_state="session",
        help="Ctrl + Enter, or a click outside the box, asks the model.",
    )
    changed = edited != start
    st.button(
        "Reset",
        icon=":material/restart_alt:",
        on_click=reset,
        args=(key, start),
        key=f"{key}.reset",
        disabled=not changed,
        help="Back to the text as it is.",
    )
    if not changed:
        cut = f" Its first {LONGEST:,} characters are in the box." if len(whole) > LONGEST else ""
        st.caption(f":material/touch_app: Edit the text, and see the score move.{cut}")
        return
    if not edited.strip():
        st.info("There is nothing left to read. Write something, or reset.", icon=":material/info:")
        return
    try:
        with st.spinner("Asking the model …"):
            found = kept(f"{key}.found", (about, edited), lambda: ask(edited))
    except UserError as error:
        show_problem(error, "edited")
        return
    show_edited(answer, found)


def reset(key: str, text: str) -> None:
    st.session_state[key] = text


def show_edited(answer: Sorted, found: Sorted) -> None:
    """The two answers, and how the likeliest labels moved."""
    before, after = st.columns(2, gap="medium")
    for place, each, title in ((before, answer, "As it is"), (after, found, "As edited")):
        with place, st.container(border=True, height="stretch", gap="xsmall"):
            st.markdown(f"{title}  \n:small[{OUTCOMES[each.verdict.outcome]}]")
            st.subheader(written(headline(each)), anchor=False)
            if each.verdict.reason:
                st.markdown(written(each.verdict.reason))
    if found.verdict.outcome is Outcome.REFUSED or not found.scores:
        return
    st.markdown(unbroken(moved(answer, found)))
    show_rows(both(answer, found))


def moved(answer: Sorted, found: Sorted) -> str:
    """What became of the label of the text as it is, in Markdown."""
    own, best = answer.scores[0], found.scores[0]
    now = next((each.score for each in found.scores if each.label == own.label), 0.0)
    name = written(titled(own.label, answer.request.task))
    figures = f"{name}: {said(own.score, answer)}\u00a0→\u00a0{said(now, found)}."
    if best.label == own.label:
        fades = found.verdict.outcome is Outcome.UNSURE is not answer.verdict.outcome
        stays = "The label stays, but the model is no longer sure." if fades else "The label stays."
        return f"{stays} {figures}"
    return f"**The label flips to {written(titled(best.label, found.request.task))}.** {figures}"


def both(answer: Sorted, found: Sorted) -> Table:
    """The likeliest labels of either text with both scores."""
    was = {each.label: each.score for each in answer.scores}
    now = {each.label: each.score for each in found.scores}
    likeliest = [*answer.scores[:LABELS_SHOWN], *found.scores[:LABELS_SHOWN]]
    labels = list(dict.fromkeys(each.label for each in likeliest))
    rows: list[tuple[Cell, ...]] = [
        (
            titled(each, answer.request.task),
            Scored(said(was.get(each, 0.0), answer), was.get(each, 0.0)),
            Scored(said(now.get(each, 0.0), found), now.get(each, 0.0)),
        )
        for each in labels
    ]
    columns = (Column("Label"), Column("As it is"), Column("As edited"))
    return Table("The scores of both texts", columns, rows)
