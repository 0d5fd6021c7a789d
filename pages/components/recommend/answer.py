"""The answer: how sure, the list as it is steered, what steering does to it, and one item's why."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.influence import Influence, reason
from demos.core.recommend.list_metrics import list_metrics
from demos.core.recommend.ranking import Ranking
from demos.core.recommend.steering import Steering, steer
from pages.components.recommend.effects import show_effects
from pages.components.recommend.history_state import add_to_history
from pages.components.recommend.listing import show_listing
from pages.components.recommend.why import choose_item, close_up_key, show_why
from pages.components.result import show_answer

Words = tuple[str, str, Sequence[str]]
"""What stands above the list: a headline, a figure in words, and what else is to be said."""


def show_recommendations(
    slug: str,
    catalog: Catalog,
    ranking: Ranking,
    steering: Steering,
    influence: Influence,
    words: Callable[[Sequence[int]], Words],
    places: Sequence[DeltaGenerator],
) -> list[int]:
    """The list that steering makes of a ranking; `words` says how sure a list is. Returns it.

    It is drawn in the first of `places`, what steering does to it in the second; what is asked
    for with "why" opens in front of both.
    """
    items = steer(catalog, ranking.scores, ranking.history, steering)
    usual = steer(catalog, ranking.scores, ranking.history, steering.unsteered)
    reasons = {item: reason(catalog, influence, item) for item in items}
    why, add = partial(ask_why, slug, catalog), partial(add_to_history, slug, catalog)
    with places[0]:
        show_answer(ranking.outcome, *words(items))
        show_listing(slug, catalog, ranking, items, steering, reasons, why, add)
    with places[1]:
        before, now = (list_metrics(catalog, ranking.scores, each) for each in (usual, items))
        show_effects(catalog, steering, before, now)
    if st.session_state.pop(asked_key(slug, catalog), None) in items:
        item = st.session_state[close_up_key(slug, catalog)]
        show_in_front(catalog, influence, item, ranking.history)
    return items


def show_refusal(catalog: Catalog, ranking: Ranking, told: DeltaGenerator) -> None:
    """Why there is no list, and what to do."""
    ways = (
        "They may belong to another catalog: choose that at the top of the page. Or edit the "
        f"history: the nearest {catalog.one} is offered beside each title."
    )
    with told:
        show_answer(ranking.outcome, "No recommendations", ranking.reason, (ways,))


def asked_key(slug: str, catalog: Catalog) -> str:
    return f"{slug}.{catalog.name}.why_asked"


def ask_why(slug: str, catalog: Catalog, item: int) -> None:
    """Open the reasons of `item` in this run; the close-up below the list turns to it as well."""
    st.session_state[close_up_key(slug, catalog)] = item
    st.session_state[asked_key(slug, catalog)] = item


@st.dialog("Why this one", width="large", icon=":material/help:")
def show_in_front(
    catalog: Catalog, influence: Influence, item: int, history: Sequence[int]
) -> None:
    show_why(catalog, influence, item, history, key="why_in_front")


def show_close_up(
    slug: str, catalog: Catalog, influence: Influence, items: Sequence[int], history: Sequence[int]
) -> int:
    """Why one of the recommendations is there: the one chosen here or in the list. Returns it."""
    st.header("Why this one", anchor=False)
    item = choose_item(slug, catalog, items)
    show_why(catalog, influence, item, history)
    return item
