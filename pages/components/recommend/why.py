"""One recommendation up close: which items of the history moved it, and what is like it.

influence = influence_of(slug, catalog, about, explain)     # once per history
item = choose_item(slug, catalog, items)
show_why(catalog, influence, item, ranking.history)
"""

import math
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import streamlit as st

from demos.core.reasons import Reason, times
from demos.core.recommend.catalog import Catalog
from demos.core.recommend.influence import LARGEST, Influence, Mover, causes, reason, short
from demos.core.wording import counted
from pages.components import reasons
from pages.components.recommend.kept import kept
from pages.components.recommend.similar import show_neighbors
from pages.components.tables import show_table
from pages.components.text import plain
from pages.components.theme import theme_kind

MOST_BARS = 6
"""Items of the history in the chart; the table has all that were left out."""
DOUBLE = 1.995
"""Factors below it are told to two decimals."""
SAME = "× 1"


def influence_of(
    slug: str,
    catalog: Catalog,
    about: Hashable,
    explain: Callable[[Sequence[int]], Influence],
) -> Influence:
    """The influence of a history on every item of the catalog, asked for once.

    With all items in hand, no list that is made from the ranking needs the model again. `about`
    tells model, method and history from all others; a session keeps the latest of each catalog, of
    at most 2 MB.
    """
    every = range(1, catalog.size + 1)
    return kept(f"{slug}.{catalog.name}.influence", about, lambda: explain(every))


def close_up_key(slug: str, catalog: Catalog) -> str:
    return f"{slug}.{catalog.name}.close_up"


def choose_item(slug: str, catalog: Catalog, items: Sequence[int]) -> int:
    """Which of the recommended items, at least one, to look at; the first until one is chosen."""
    key = close_up_key(slug, catalog)
    if st.session_state.get(key) not in items:
        st.session_state[key] = items[0]
    ranks = {item: rank for rank, item in enumerate(items, start=1)}
    chosen: int = st.selectbox(
        "Recommendation to look at",
        items,
        format_func=lambda item: f"{ranks[item]}. {catalog.titles[item]}",
        key=key,
        persist_state="session",
    )
    return chosen


def show_why(
    catalog: Catalog, influence: Influence, item: int, history: Sequence[int], key: str = "why"
) -> None:
    """Why `item` is recommended after `history`, in words beside a chart, and its neighbors."""
    told = (
        f"**{plain(catalog.titles[item])}**: {plain(reason(catalog, influence, item))}.\n\n"
        f"{plain(weighed(catalog, influence, item))}"
    )
    if not influence.history:
        st.markdown(told)
    else:
        show_bars(catalog, influence, item, told, key)
    show_neighbors(catalog, item, history)


def show_bars(catalog: Catalog, influence: Influence, item: int, told: str, key: str) -> None:
    """What the history did to `item`: `told`, beside a chart, and as a table."""
    words, chart = st.columns([2, 3], gap="medium")
    bars = strongest(influence.movers(item))
    words.markdown(told)
    words.caption(plain(fine_print(catalog, influence, len(bars))))
    chart.plotly_chart(
        drawn(catalog, bars),
        config={"displayModeBar": False},
        alt=spoken(catalog, bars, item),
        key=f"{key}.chart",
    )
    with st.expander("The same as a table", icon=":material/table_rows:"):
        header = ("Place", catalog.one.capitalize(), "Score", "Logarithm")
        show_table(key, header, "rlrr", table_rows(catalog, influence.movers(item)))


def weighed(catalog: Catalog, influence: Influence, item: int) -> str:
    """How much the reasons weigh, in plain sentences; nothing where there is no history."""
    if not influence.history:
        return ""
    told = [
        f"“{short(catalog.titles[each.item])}” {effect(each.change)}"
        for each in causes(influence, item)
    ]
    if len(influence.history) > 1:
        told.append(f"the whole history, against none, {effect(influence.of_all(item))}")
    sentence = "; ".join(told)
    return f"{sentence[:1].upper()}{sentence[1:]}." if told else ""


def effect(change: float) -> str:
    """What a change of the logarithm does to a score, in words."""
    if scale(change) == SAME:
        return "leaves its score as it is"
    return f"{'multiplies' if change > 0 else 'divides'} its score by {scale(change)[2:]}"


def scale(change: float) -> str:
    """What a change of the logarithm does to a score, as short as a chart needs it."""
    size = math.exp(min(abs(change), LARGEST))
    told = f"{size:.2f}" if size < DOUBLE else times(change)
    return SAME if told == "1.00" else f"{'×' if change > 0 else '÷'} {told}"


def strongest(movers: Sequence[Mover]) -> list[Mover]:
    """The movers with the largest changes, up or down, in the order they came."""
    least = sorted((abs(each.change) for each in movers), reverse=True)[:MOST_BARS][-1]
    return [each for each in movers if abs(each.change) >= least][:MOST_BARS]


def drawn(catalog: Catalog, movers: Sequence[Mover]) -> dict[str, Any]:
    """A Plotly figure: bars to the right raise the score, bars to the left lower it."""
    figure = reasons.drawn([Reason("", name(catalog, each), "", each.change) for each in movers])
    theme = f"theme.{theme_kind()}"
    accent, warning = (st.get_option(f"{theme}.{each}Color") for each in ("primary", "orangeText"))
    [bars] = figure["data"]
    # Raising a recommendation is no alarm, unlike raising a risk; and small changes count.
    bars["marker"]["color"] = [accent if each.change > 0 else warning for each in movers]
    bars["text"] = [scale(each.change) for each in movers]
    return figure


def name(catalog: Catalog, mover: Mover) -> str:
    return f"{mover.place}. {short(catalog.titles[mover.item])}"


def spoken(catalog: Catalog, movers: Sequence[Mover], item: int) -> str:
    """The chart in words."""
    told = "; ".join(f"{name(catalog, each)} {scale(each.change)}" for each in movers)
    return f"What {catalog.many} of the history do to the score of {catalog.titles[item]}. {told}."


def fine_print(catalog: Catalog, influence: Influence, bars: int) -> str:
    """What the figures are, what they leave out, and their source."""
    one, many, number = catalog.one, catalog.many, len(influence.history)
    if number == 1:
        how = f"With one {one} in the history, leaving it out leaves none: the comparison is with "
        how += "what is recommended to somebody unknown."
    else:
        how = f"The model was asked again without each of {number} {many}, in one go."
    skipped = influence.skipped
    older = "" if not skipped else f" The {counted(skipped, 'older one')} always stayed in."
    drawn_only = "" if bars == number else f" The {bars} that change it most are drawn."
    return (
        f"{how}{older}{drawn_only} × 2 means that the {one} doubles the score; the number before a "
        f"title is its place in the history, the oldest first. The changes need not add up: what "
        f"{many} do only together, none of them is given (leave-one-out; Li, Monroe & Jurafsky "
        "2016)."
    )


def table_rows(catalog: Catalog, movers: Sequence[Mover]) -> list[tuple[str, ...]]:
    return [
        (
            str(each.place),
            plain(catalog.titles[each.item]),
            scale(each.change),
            reasons.signed(each.change),
        )
        for each in movers
    ]
