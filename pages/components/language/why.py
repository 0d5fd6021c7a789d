"""Why a text got its label: what each word adds, which words decide it, and what is like it.

show_why(slug, answer, about, sorter, explain, nearest, source, measured)

The engines are the page's: `explain(label, tell)` gives an `Attribution`, None where the model has
no gradients; `nearest()` the examples that are like the text, None where there are none.
"""

from collections.abc import Callable, Hashable, Sequence
from functools import partial

import streamlit as st

from demos.core.errors import UserError
from demos.core.language.alike import Example
from demos.core.language.answers import Sorted
from demos.core.language.attribution import Attribution, Tell
from demos.core.language.counterfactual import Sorter
from demos.core.language.report import Weighed
from demos.core.language.terms import titled
from demos.core.language.words import shortened
from demos.core.results import Outcome
from pages.components.language.flipping import show_flip
from pages.components.language.nearest import show_nearest
from pages.components.language.progress import progress
from pages.components.language.tinted import show_attribution, weighed
from pages.components.language.verdict import written
from pages.components.prediction import show_problem
from pages.components.recommend.kept import kept

QUICK = 500
"""Characters of a text that is explained without being asked."""

NO_SHARES = (
    ":material/info: Only the bundled reader can show what each word adds; which words decide it "
    "can be searched with any model."
)

Explain = Callable[[str, Tell], Attribution]
Nearest = Callable[[], Sequence[Example]]


def show_why(
    slug: str,
    answer: Sorted,
    about: Hashable,
    sorter: Sorter,
    explain: Explain | None = None,
    nearest: Nearest | None = None,
    source: str = "",
    measured: str = "",
) -> Callable[[], Weighed] | None:
    """Words with their shares, the words that decide it, the `nearest` examples from `source`,
    where there are any.

    Nothing for a text that was refused. `about` tells model, task and text from all others; the
    session keeps what was found for the latest. `measured` is what is known of how far the shares
    can be trusted, in a sentence. Gives what lays the shares out for a report, once one is
    asked for; None where there are none.
    """
    if answer.verdict.outcome is Outcome.REFUSED or not answer.scores:
        return None
    st.header("Why this answer", anchor=False)
    found = panel(slug, answer, about, sorter, explain, measured)
    if nearest is not None:
        show_alike(slug, answer, about, nearest, source)
    if found is None:
        return None
    return partial(weighed, found, titled(found.label, answer.request.task))


def panel(
    slug: str,
    answer: Sorted,
    about: Hashable,
    sorter: Sorter,
    explain: Explain | None,
    measured: str,
) -> Attribution | None:
    """The shares that were found, of whatever label."""
    if explain is None:
        st.caption(NO_SHARES)
    found = None
    try:
        found = None if explain is None else explained(slug, answer, about, explain, measured)
        own = found if found is not None and found.label == answer.scores[0].label else None
        show_flip(slug, answer, about, sorter, own)
    except UserError as error:
        show_problem(error, "why")
    return found


def explained(
    slug: str, answer: Sorted, about: Hashable, explain: Explain, measured: str
) -> Attribution | None:
    """The shares of the words in the score of a label, shown; None until a label is chosen."""
    task, labels = answer.request.task, [each.label for each in answer.scores]
    key = f"{slug}.about.why.label"
    if st.session_state.get(f"{key}.of") != about:
        st.session_state[f"{key}.of"] = about
        st.session_state[key] = labels[0] if len(answer.request.text) <= QUICK else None
    label = st.selectbox(
        "Label to explain",
        labels,
        index=None,
        format_func=lambda label: shortened(titled(label, task)),
        placeholder="Choose one: the model is asked again, word by word",
        key=key,
        persist_state="session",
    )
    if label is None:
        return None
    with progress("Asking what each word adds …", key) as tell:
        found = kept(f"{slug}.about.why", (about, label), lambda: explain(label, tell))
    show_attribution(f"{slug}.why", found, written(titled(label, task)), measured)
    return found


def show_alike(slug: str, answer: Sorted, about: Hashable, nearest: Nearest, source: str) -> None:
    try:
        found = kept(f"{slug}.about.alike", about, nearest)
    except UserError as error:
        show_problem(error, "alike")
        return
    show_nearest(found, answer.scores[0].label, answer.request.task, source)
