"""How the list is to be: a compact panel of controls, kept per catalog while the session lasts.

steering = choose_steering(SPEC.slug, model.catalog)
items = steer(model.catalog, ranking.scores, ranking.history, steering)

No control asks the model: all of them act on the scores it gave.
"""

import streamlit as st

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.steering import Steering
from pages.components.recommend.feedback import Mark, clear, marked, show_feedback
from pages.components.recommend.style import apply_style
from pages.components.text import plain

FEWEST, MOST, STEP = 5, 50, 5
"""Items of a list."""
DEFAULTS = {
    "novelty": 0,
    "diversity": 0,
    "pinned": [],
    "excluded": [],
    "seen": False,
    "count": Steering().count,
}


def choose_steering(slug: str, catalog: Catalog) -> Steering:
    """The controls with the feedback given so far; what they are set to."""
    apply_style()
    prefix = f"{slug}.{catalog.name}.steering"
    for name, value in DEFAULTS.items():
        st.session_state.setdefault(f"{prefix}.{name}", value)  # no default: `reset` sets it
    with st.container(border=True, key="recommend_steering"):
        steering = ask(slug, catalog, prefix)
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            key=f"{prefix}.reset",
            on_click=reset,
            args=(slug, catalog),
            disabled=steering == Steering(),
            help="Back to the list as the model ranks it: every control, and your feedback.",
        )
    return steering


def ask(slug: str, catalog: Catalog, prefix: str) -> Steering:
    many, group = plain(catalog.many), plain(catalog.group_word)
    st.subheader("Steer the list", anchor=False)
    novelty = share(
        prefix,
        "novelty",
        f"Novelty: favor less popular {many}",
        f"At 0 %, the likeliest {many} come first, which are often the popular ones. At 100 %, "
        "popularity no longer counts: first come those that this history makes likelier by the "
        "largest factor. (Log-probability, less this share of log-popularity.)",
    )
    diversity = share(
        prefix,
        "diversity",
        f"Diversity: avoid {many} that are alike",
        f"How much it counts that a {plain(catalog.one)} is unlike those above it, against how "
        "well it fits. (Maximal marginal relevance over the best 300.)",
    )
    pinned = groups(
        catalog,
        prefix,
        "pinned",
        f"{group.capitalize()} to show first",
        f"These {many} come first, whatever their score. Others follow only where there are not "
        "enough of them.",
    )
    excluded = groups(
        catalog,
        prefix,
        "excluded",
        f"{group.capitalize()} never to show",
        f"A {plain(catalog.one)} that is in any of these is left out.",
    )
    count = st.slider(
        f"How many {many}",
        FEWEST,
        MOST,
        step=STEP,
        key=f"{prefix}.count",
        persist_state="session",
    )
    seen = st.toggle(
        f"Show {many} of the history too",
        key=f"{prefix}.seen",
        persist_state="session",
        help="For what is taken again and again. Otherwise only what is new to this person.",
    )
    show_feedback(slug, catalog)
    return Steering(
        novelty=novelty,
        diversity=diversity,
        excluded=excluded,
        pinned=pinned,
        seen=seen,
        more=frozenset(marked(slug, catalog, Mark.MORE)),
        less=frozenset(marked(slug, catalog, Mark.LESS)),
        count=count,
    )


def share(prefix: str, name: str, label: str, help: str) -> float:
    percent: int = st.slider(
        label,
        0,
        100,
        step=5,
        format="%d %%",
        key=f"{prefix}.{name}",
        persist_state="session",
        help=help,
    )
    return percent / 100


def groups(catalog: Catalog, prefix: str, name: str, label: str, help: str) -> frozenset[str]:
    return frozenset(
        st.multiselect(
            label,
            catalog.group_names,
            placeholder="None",
            select_all=False,
            key=f"{prefix}.{name}",
            persist_state="session",
            help=help,
        )
    )


def reset(slug: str, catalog: Catalog) -> None:
    for name, value in DEFAULTS.items():
        st.session_state[f"{slug}.{catalog.name}.steering.{name}"] = value
    clear(slug, catalog)
