"""The network of cards and terminals around a case: a picture, its words, and a table."""

from collections import defaultdict
from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from demos.core.graph import Edge, Network, Node
from demos.core.wording import counted, percent
from pages.components.tables import show_table
from pages.components.text import plain
from pages.components.theme import theme_kind

HEIGHT = 540
"""Pixels."""
REACH = 1.22
"""Of the outer ring, so that names have room beside it."""
MOST_NAMED = 8
"""Names in the picture, the case's among them; pointing, or the table, shows the others."""
SMALLEST, WIDEST = 10, 10
"""Pixels of a node with probability 0, and how many more with 1."""
SYMBOLS = {"card": "circle", "terminal": "square"}
CASE = "this one"


def show_network(network: Network, days: int, key: str = "network") -> None:
    """The network of the last `days` as it was known at the moment of the case."""
    st.header("Who else was there", anchor=False)
    st.markdown(plain(summary(network, days)))
    st.plotly_chart(
        drawn(network), config={"displayModeBar": False}, alt=spoken(network), key=f"{key}.chart"
    )
    left = ", ".join(counted(number, kind) for kind, number in network.left_out)
    more = any(number for _, number in network.left_out)
    st.caption(
        f"In the middle the card of this purchase; around it, the terminals it was used at in "
        f"{days} days; outside, other cards seen there. Circles are cards, squares terminals; a "
        "cross in it is confirmed fraud, known by then; the larger, the higher its highest "
        "probability. Amber lines: purchases confirmed as fraud. The thick line is this purchase."
        + (f" Left out, as the least suspicious: {left}." if more else "")
    )
    with st.expander("The same as a table", icon=":material/table_rows:"):
        st.markdown(
            "Purchases and confirmed frauds, the highest probability among them, and of cards the "
            "terminal and how many more of these they were seen at."
        )
        header = ("Name", "Purchases", "Frauds", "Highest", "Seen at")
        show_table(key, header, "lrrrl", table_rows(network))


def summary(network: Network, days: int) -> str:
    """The network in a sentence."""
    terminals = [each for each in network.nodes if each.ring == 1]
    cards = [each for each in network.nodes if each.ring == 2]
    # The worst come first: if the last one shown has fraud, one left out may have it too.
    cut = dict(network.left_out).get(terminals[-1].kind, 0) and terminals[-1].frauds
    least = "at least " if cut else ""
    told = (
        f"In {days} days, card {network.nodes[0].name} was used at {all_of(network, terminals)}; "
        f"{least}{frauds_of(terminals)} had confirmed fraud. "
    )
    if not cards:
        return f"{told}No other card was seen there."
    shown = "Of " + all_of(network, cards) + " seen there"
    if dict(network.left_out).get(cards[0].kind):
        shown += f", {len(cards)} are shown, the most suspicious first; of those"
    else:
        shown += ","
    return f"{told}{shown} {frauds_of(cards)} had."


def all_of(network: Network, nodes: Sequence[Node]) -> str:
    kind = nodes[0].kind
    number = len(nodes) + dict(network.left_out).get(kind, 0)
    return counted(number, f"other {kind}" if nodes[0].ring == 2 else kind)


def frauds_of(nodes: Sequence[Node]) -> str:
    return str(sum(each.frauds > 0 for each in nodes) or "none")


def spoken(network: Network) -> str:
    """The picture in words: who has confirmed fraud, and who else stands out."""
    own, *others = network.nodes
    frauds = [each for each in others if each.frauds]
    listed = "; ".join(
        f"{each.kind} {each.name}, {each.frauds} confirmed" for each in frauds[:MOST_NAMED]
    )
    more = len(frauds) - MOST_NAMED
    if more > 0:
        listed += f"; and {more} more"
    terminals = sum(each.ring == 1 for each in others)
    return (
        f"Card {own.name} in the middle, linked to {counted(terminals, 'terminal')}, "
        f"and these to {len(others) - terminals} other cards. "
        f"{'With confirmed fraud: ' + listed if frauds else 'No confirmed fraud among them'}."
    )


def case_of(network: Network) -> set[int]:
    """Places of the case's card and terminal."""
    return {end for edge in network.edges if edge.case for end in (edge.start, edge.end)}


def named(network: Network) -> set[int]:
    """Places of the nodes whose names are drawn: the case's, and the most suspicious."""
    chosen = case_of(network)
    worst = sorted(
        (place for place, each in enumerate(network.nodes) if each.frauds),
        key=lambda place: (-network.nodes[place].frauds, -network.nodes[place].score),
    )
    for place in worst:
        if len(chosen) < MOST_NAMED and not any(near(network, place, each) for each in chosen):
            chosen.add(place)
    return chosen


def near(network: Network, one: int, other: int) -> bool:
    """Whether two names would run into each other."""
    a, b = network.nodes[one], network.nodes[other]
    return abs(a.x - b.x) < 0.35 and abs(a.y - b.y) < 0.15


def drawn(network: Network) -> dict[str, Any]:
    """A Plotly figure: lines first, nodes on top, by kind and by whether fraud was confirmed."""
    theme = f"theme.{theme_kind()}"
    accent, warning, ink, border, paper = (
        st.get_option(f"{theme}.{name}Color")
        for name in ("primary", "orangeText", "text", "border", "background")
    )
    font = {"size": 14, "color": ink}
    lines = (
        (border, 1.5, [e for e in network.edges if not e.frauds and not e.case]),
        (warning, 2.0, [e for e in network.edges if e.frauds and not e.case]),
        (ink, 4.0, [e for e in network.edges if e.case]),
    )
    traces = [line(network, edges, color, width) for color, width, edges in lines if edges]
    groups: dict[tuple[str, bool], list[Node]] = defaultdict(list)
    for each in network.nodes:
        groups[each.kind, each.frauds > 0].append(each)
    for (kind, fraud), nodes in sorted(groups.items()):
        symbol = SYMBOLS.get(kind, "diamond")
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": f"{kind} with fraud" if fraud else kind,
                "x": [each.x for each in nodes],
                "y": [each.y for each in nodes],
                "marker": {
                    "symbol": f"{symbol}-x" if fraud else symbol,
                    "color": warning if fraud else accent,
                    "opacity": 1,
                    "size": [SMALLEST + WIDEST * each.score for each in nodes],
                    "line": {"width": 1.5, "color": paper},
                },
                "text": [hover(each) for each in nodes],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    case = case_of(network)
    notes = [
        {
            "x": network.nodes[place].x,
            "y": network.nodes[place].y,
            "text": label(network.nodes[place], place in case),
            "showarrow": False,
            "font": font,
            "bgcolor": paper,
            "opacity": 0.9,
            "borderpad": 1,
            "xanchor": anchor(network.nodes[place].x),
            "yshift": 20 if network.nodes[place].y >= 0 else -20,
        }
        for place in sorted(named(network))
    ]
    axis = {"range": [-REACH, REACH], "visible": False, "fixedrange": True}
    return {
        "data": traces,
        "layout": {
            "height": HEIGHT,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 76},
            "font": font,
            "hovermode": "closest",
            "annotations": notes,
            "xaxis": axis,
            "yaxis": axis | {"scaleanchor": "x"},
            "showlegend": True,
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": -0.02,
                "yanchor": "top",
                "font": font,
                "itemclick": False,
                "itemdoubleclick": False,
                "itemsizing": "constant",
            },
        },
    }


def line(network: Network, edges: Sequence[Edge], color: str, width: float) -> dict[str, Any]:
    """All edges as one trace, broken between them."""
    nodes = network.nodes
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for e in edges for x in (nodes[e.start].x, nodes[e.end].x, None)],
        "y": [y for e in edges for y in (nodes[e.start].y, nodes[e.end].y, None)],
        "line": {"color": color, "width": width},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def anchor(x: float) -> str:
    """Names at the sides run inwards, so that they are not cut off."""
    return "right" if x > 0.6 else "left" if x < -0.6 else "center"


def label(node: Node, case: bool) -> str:
    name = escape(node.name if len(node.name) <= 16 else f"{node.name[:15]}…")
    return f"<b>{escape(node.kind)} {name}</b>" if case else name


def hover(node: Node) -> str:
    return (
        f"{escape(node.kind)} <b>{escape(node.name)}</b><br>{node.transactions:,} purchases, "
        f"{counted(node.frauds, 'confirmed fraud')}<br>"
        f"highest probability {percent(node.score)}"
    )


def table_rows(network: Network) -> list[tuple[str, ...]]:
    """All nodes, from the middle outwards, the most suspicious first."""
    seen: dict[int, list[str]] = defaultdict(list)
    for edge in network.edges:
        seen[edge.end].append(plain(network.nodes[edge.start].name))
    return [
        (
            f"{each.kind} {plain(each.name)}" + (f" ({CASE})" if place == 0 else ""),
            f"{each.transactions:,}",
            str(each.frauds),
            percent(each.score),
            "".join(seen[place][:1]) + (f", +{len(seen[place]) - 1}" if seen[place][1:] else ""),
        )
        for place, each in enumerate(network.nodes)
    ]
