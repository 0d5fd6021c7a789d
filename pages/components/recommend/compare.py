"""Two ways to recommend, side by side on the same history."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.overlap import PERSISTENCE, Placed, placed, rank_biased_overlap, shared
from demos.core.wording import significant
from pages.components.recommend.kept import kept
from pages.components.tables import show_table
from pages.components.text import plain


@dataclass(frozen=True, slots=True)
class Method:
    """A way to recommend: its name in the code, in plain words, how it works in a sentence.

    `figures` are what was measured of it, as they are shown, by what they are called.
    """

    name: str
    title: str
    how: str
    figures: Mapping[str, str] = field(default_factory=dict)


def show_methods(
    slug: str,
    catalog: Catalog,
    methods: Sequence[Method],
    listed: Callable[[str], Sequence[int]],
    about: Hashable,
    measured_on: str,
) -> None:
    """The list of the first of `methods` beside that of another, which the reader chooses.

    `listed` gives the items a method recommends, best first, and is asked once per method for what
    `about` names: model, history, and how many. `measured_on` completes "Measured on ...".
    """
    st.header("Compare two ways to recommend", anchor=False)
    first, *others = methods
    by_name = {each.name: each for each in others}
    key = f"{slug}.{catalog.name}.second"
    chosen: str = st.selectbox(
        "Compare with",
        list(by_name),
        format_func=lambda name: by_name[name].title,
        key=key,
        persist_state="session",
    )
    second = by_name[chosen]
    pair = [
        tuple(kept(f"{key}.{each.name}", about, partial(listed, each.name)))
        for each in (first, second)
    ]
    st.markdown(f":material/compare_arrows: **{plain(agreement(catalog, *pair))}**")
    ranks = {each.item: each for each in placed(*pair)}
    for place, each, items in zip(st.columns(2), (first, second), pair, strict=True):
        with place, st.container(border=True, key=f"compared_{each.name}", height="stretch"):
            st.subheader(plain(each.title), anchor=False)
            st.caption(plain(each.how))
            st.markdown(lines(catalog, items, ranks, each is second))
    show_measured(f"{slug}_{catalog.name}_methods", (first, second), measured_on)


def agreement(catalog: Catalog, first: Sequence[int], second: Sequence[int]) -> str:
    """How far two lists agree, in a sentence or two."""
    common = len(shared(first, second))
    same = rank_biased_overlap(first, second)
    if list(first) == list(second):
        return "Both give the same list."
    if not common:
        return f"They have no {catalog.one} in common."
    share = f"{common} of {len(first)}"
    if len(first) != len(second):
        share = f"{common} of {len(first)} and {len(second)}"
    return f"They share {share} {catalog.many}. Rank-biased overlap: {significant(same, 2)} of 1."


def lines(catalog: Catalog, items: Sequence[int], ranks: Mapping[int, Placed], second: bool) -> str:
    """One list in Markdown; in the second, how far each item rose or fell against the first."""
    if not items:
        return "Nothing to recommend."
    return "\n".join(
        f"1. {plain(catalog.titles[item])} :small[{moved(ranks[item], second)}]" for item in items
    )


def moved(place: Placed, second: bool) -> str:
    """What became of an item between the lists: a sign and words, no color."""
    if place.rise is None:
        return "only here"
    if not second:
        return ""
    if place.rise == 0:
        return "= same place"
    sign = ":material/arrow_upward:" if place.rise > 0 else ":material/arrow_downward:"
    return f"{sign} {'up' if place.rise > 0 else 'down'} {abs(place.rise)}, from {place.first}"


def show_measured(key: str, methods: Sequence[Method], measured_on: str) -> None:
    """What was measured of each method, and what the overlap is."""
    names = dict.fromkeys(name for each in methods for name in each.figures)
    if names:
        rows = [
            (plain(name), *(plain(each.figures.get(name, "–")) for each in methods))
            for name in names
        ]
        header = ("Measure", *(plain(each.title) for each in methods))
        show_table(key, header, "l" + "r" * len(methods), rows)
        st.caption(f"Measured on {plain(measured_on)}.")
    st.caption(
        "Rank-biased overlap is 1 where two lists agree rank by rank and 0 where they share "
        f"nothing; each rank counts {100 * PERSISTENCE:.0f} % of the one before it "
        "(Webber, Moffat & Zobel 2010)."
    )
