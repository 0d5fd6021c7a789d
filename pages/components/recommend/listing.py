"""The recommendations, best first, with what steering did to each and what can be done with it.

show_listing(slug, model.catalog, ranking, items, steering, reasons, why, add)

`why(item)` and `add(item)` are called before the page runs again, as callbacks of their buttons.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape

import numpy as np
import streamlit as st

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.ranking import Ranking
from demos.core.recommend.steering import Steering, ranks, steer
from demos.core.recommend.steering_words import moved, ordinal, remarks
from demos.core.wording import percent
from pages.components.recommend.feedback import ICONS, Mark, marked, toggle
from pages.components.recommend.style import apply_style
from pages.components.tables import unbroken
from pages.components.text import plain

Act = Callable[[int], None]

BADGES = {
    "new": ":green-badge[:material/add_circle: {}]",
    "up": ":gray-badge[:material/arrow_upward: {}]",
    "down": ":gray-badge[:material/arrow_downward: {}]",
}
MOST_TOLD = 3
"""Items named of those that steering took off the list."""


def show_listing(
    slug: str,
    catalog: Catalog,
    ranking: Ranking,
    items: Sequence[int],
    steering: Steering,
    reasons: Mapping[int, str],
    why: Act,
    add: Act,
) -> None:
    """`items` are those of `steer`; `reasons` has a line of text for each that has one."""
    apply_style()
    for remark in remarks(catalog, steering, items):
        st.info(plain(remark), icon=":material/info:")
    if not items:
        return
    chances = np.exp(ranking.scores[list(items)], dtype=np.float64)
    places = ranks(ranking.scores, ranking.history, items)
    unseen = np.delete(ranking.scores, list(ranking.history))
    likeliest = float(max(np.exp(unseen.max()), chances.max()))
    with st.container(key="recommend_list", gap=None):
        for place, item in enumerate(items, 1):
            chance = float(chances[place - 1])
            was = 0 if item in ranking.history else places[place - 1]
            with st.container(
                horizontal=True,
                gap="small",
                vertical_alignment="center",
                key=f"recommend_row_{place}",
            ):
                mark = badge(place, was, steering.count)
                show_item(catalog, item, place, mark, reasons.get(item))
                show_chance(chance, chance / likeliest)
                show_buttons(slug, catalog, item, why, add)
    st.caption(fine_print(catalog))
    if gone := told_gone(catalog, ranking, items, steering):
        st.caption(gone)


def show_item(catalog: Catalog, item: int, place: int, badge: str, reason: str | None) -> None:
    lines = [f"### {place}\\. {plain(catalog.titles[item])} {badge}"]
    about = " · ".join(filter(None, (catalog.details[item], *catalog.groups[item])))
    lines += [f":gray[{plain(about)}]"] if about else []
    lines += [plain(reason)] if reason else []
    with st.container(key=f"recommend_item_{place}", gap=None):
        st.markdown("\n\n".join(lines), anchors=False)


def badge(place: int, was: int, count: int) -> str:
    """What steering did to the item at `place`; `was` is 0 for one of the history."""
    if not was:
        return ":gray-badge[:material/history: in the history]"
    words = moved(place, was, count)
    return BADGES[words.split(",")[0]].format(words) if words else ""


def show_chance(chance: float, share: float) -> None:
    """The probability in figures, and as a bar: its `share` of that of the likeliest item."""
    st.html(
        f'<div class="dlw-chance"><span>{escape(unbroken(percent(chance)))}</span>'
        f'<div aria-hidden="true"><i style="width:{100 * share:.1f}%"></i></div></div>',
        width=64,
    )


def show_buttons(slug: str, catalog: Catalog, item: int, why: Act, add: Act) -> None:
    """The words in gray are read aloud, not shown: they say of which item each button is."""
    title, key = plain(catalog.titles[item]), f"{slug}.{catalog.name}.{item}"
    liked = item in marked(slug, catalog, Mark.MORE)
    mark = partial(toggle, slug, catalog)
    many = plain(catalog.many)
    with st.container(horizontal=True, gap=None, key=f"recommend_buttons_{item}", width="content"):
        button = partial(st.button, type="tertiary", args=(item,))
        button(
            f"More :gray[like {title}{', marked' if liked else ''}]",
            icon=":material/check:" if liked else ICONS[Mark.MORE],
            key=f"{key}.more",
            on_click=partial(mark, Mark.MORE),
            help="Takes it back." if liked else f"More like this: {many} like it move up.",
        )
        button(
            f"Less :gray[like {title}]",
            icon=ICONS[Mark.LESS],
            key=f"{key}.less",
            on_click=partial(mark, Mark.LESS),
            help=f"Less like this: it goes, and {many} like it move down.",
        )
        button(
            f"Why :gray[{title}]",
            icon=":material/help:",
            key=f"{key}.why",
            on_click=why,
            help="Why this is recommended",
        )
        button(
            f"Add :gray[{title} to the history]",
            icon=":material/playlist_add:",
            key=f"{key}.add",
            on_click=add,
            help="Adds it to the history, and asks again.",
        )


def fine_print(catalog: Catalog) -> str:
    one = plain(catalog.one)
    return unbroken(
        f"%: the probability that this is the very next {one}. Bars: against the likeliest {one}, "
        "listed or not. Steering changes the order, not the probabilities."
    )


def told_gone(catalog: Catalog, ranking: Ranking, items: Sequence[int], steering: Steering) -> str:
    """Which items of the unsteered list are no longer shown; "" where all are."""
    usual = steer(catalog, ranking.scores, ranking.history, steering.unsteered)
    shown = set(items)
    gone = [(place, item) for place, item in enumerate(usual, 1) if item not in shown]
    if not gone:
        return ""
    named = [
        f"{plain(catalog.titles[item])} (was {ordinal(place)})" for place, item in gone[:MOST_TOLD]
    ]
    more = len(gone) - len(named)
    return f"Off the list: {'; '.join(named)}{f'; and {more} more' if more else ''}\\."
