"""More and less like this: what a session has marked, kept per catalog.

The buttons stand beside the recommendations (`listing.py`); here is what they do, and the marks as
chips, a click on one of which takes it back.
"""

from enum import StrEnum

import streamlit as st

from demos.core.recommend.catalog import Catalog
from pages.components.text import plain


class Mark(StrEnum):
    MORE = "more"
    LESS = "less"

    @property
    def other(self) -> "Mark":
        return Mark.LESS if self is Mark.MORE else Mark.MORE


ICONS = {Mark.MORE: ":material/thumb_up:", Mark.LESS: ":material/thumb_down:"}


def key_of(slug: str, catalog: Catalog, mark: Mark) -> str:
    return f"{slug}.{catalog.name}.{mark}"


def marked(slug: str, catalog: Catalog, mark: Mark) -> tuple[int, ...]:
    """The items marked so, in the order of their marks."""
    items: tuple[int, ...] = st.session_state.get(key_of(slug, catalog, mark), ())
    return items


def toggle(slug: str, catalog: Catalog, mark: Mark, item: int) -> None:
    """Mark an item, or take the same mark back; no item has both marks."""
    had = item in marked(slug, catalog, mark)
    for each in Mark:
        rest = tuple(one for one in marked(slug, catalog, each) if one != item)
        new = (item,) if each is mark and not had else ()
        st.session_state[key_of(slug, catalog, each)] = rest + new


def clear(slug: str, catalog: Catalog) -> None:
    for each in Mark:
        st.session_state.pop(key_of(slug, catalog, each), None)


def show_feedback(slug: str, catalog: Catalog) -> None:
    """The marks as chips; nothing where there are none."""
    for mark in Mark:
        items = marked(slug, catalog, mark)
        if not items:
            continue
        place = st.container(horizontal=True, gap="xsmall", key=f"recommend_marks_{mark}")
        with place:
            st.markdown(f"**{ICONS[mark]} {mark.capitalize()} like**", width="content")
            for item in items:
                st.button(
                    f"{plain(catalog.titles[item])} :gray[take back]",
                    icon=":material/close:",
                    icon_position="right",
                    key=f"{key_of(slug, catalog, mark)}.chip.{item}",
                    on_click=toggle,
                    args=(slug, catalog, mark, item),
                    help="Takes this back.",
                )
