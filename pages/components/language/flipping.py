"""Which words decide a label: the fewest found without which it is another one."""

from collections.abc import Hashable, Sequence
from functools import partial

import streamlit as st

from demos.core.language.answers import Sorted
from demos.core.language.attribution import Attribution
from demos.core.language.counterfactual import Counterfactual, Sorter, smallest_removal
from demos.core.language.marks import Entry, Mark, Tone
from demos.core.language.terms import titled
from demos.core.language.words import listed, said, shortened
from demos.core.wording import counted
from pages.components.language.marked import show_marked
from pages.components.language.progress import progress
from pages.components.language.verdict import written
from pages.components.recommend.kept import kept
from pages.components.tables import unbroken

TAKEN = "left out"


def show_flip(
    slug: str,
    answer: Sorted,
    about: Hashable,
    sorter: Sorter,
    attribution: Attribution | None,
) -> None:
    """A button to search with, then the words and what the text gets without them.

    `attribution` is of the label of the answer, None if there is none. Raises `UserError`.
    """
    key = f"{slug}.about.flip"
    st.subheader("Which words decide it", anchor=False)
    if st.button(
        "Find the fewest words that flip it",
        icon=":material/content_cut:",
        key=f"{key}.search",
        help="The model is asked again and again, with some words left out.",
    ):
        st.session_state[f"{key}.asked"] = about
    if st.session_state.get(f"{key}.asked") != about:
        return
    text = answer.request.text
    with progress("Leaving words out …", f"{key}.asked") as tell:
        search = partial(smallest_removal, sorter.scores_of, text, attribution, tell=tell)
        found = kept(key, about, search)
    names = [titled(each, answer.request.task) for each in sorter.labels]
    st.markdown(unbroken(told(found, names, answer, sorter.least)))
    if found.found:
        which = "it" if len(found.removed) == 1 else "these"
        taken = [Mark(*each, label=TAKEN, tone=Tone.WARNING) for each in found.removed]
        show_marked(
            text,
            taken,
            "The text, with the words to leave out marked",
            [Entry(Tone.WARNING, TAKEN, f"without {which} the label is {names[found.after]}")],
        )
    if found.tried:
        st.caption(unbroken(searched(found)))


def told(found: Counterfactual, names: Sequence[str], answer: Sorted, least: float) -> str:
    """The words and the flip, in Markdown; or that none was found."""
    before = written(names[found.before])
    if not found.found:
        if not found.tried:
            return "There are no words to leave out: the text is a single one, or none."
        return (
            f"**No such words were found.** With up to {counted(found.tried, 'word')} left out, "
            f"the label stays {before}."
        )
    words = listed([f"**“{written(shortened(each, 40))}”**" for each in found.words])
    measure = "probability" if answer.calibrated else "score"
    after = written(names[found.after])
    unsure = (
        f" {after} would have {said(found.gained, answer)}, too little for a sure answer: that "
        f"takes {said(least, answer)}."
    )
    return (
        f"Without {words} the label would be **{after}** in place of {before}: the {measure} of "
        f"{before} goes from {said(found.score, answer)} to {said(found.left, answer)}."
        f"{unsure if found.gained < least else ''}"
    )


def searched(found: Counterfactual) -> str:
    """How the words were searched, and what that leaves open."""
    asked = f"{counted(found.asked, 'text')} asked."
    if len(found.removed) == 1 and found.every:
        return f"{asked} Each word was left out alone: of those that flip it, this one most."
    if found.found:
        return (
            f"{asked} None of these words can be put back. A smaller set may exist: sets of two "
            "words and more are searched along the most promising ones, not all."
        )
    some = "" if found.every else " Only the words that count most were left out alone."
    return (
        f"{asked} Sets of two words and more are searched along the most promising ones, not all, "
        f"so one may have been missed.{some}"
    )
