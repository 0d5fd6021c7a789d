"""What surrounds a case: the timelines of its card and terminal, and the network of both.

All as it was known at the moment of the case: no later transaction, and no label younger than
the delay with which labels come in.
"""

from datetime import timedelta

import polars as pl

from demos.core.cases.case import shown_name
from demos.core.graph import Edge, Network, Node, radial
from demos.core.timeline import Event, Known, Lane
from demos.fraud_scoring.transaction import Transaction, count_until

DAYS = 30
"""How far back the network goes."""
MOST_NODES, MOST_TERMINALS = 60, 16
MOST_EVENTS = 200
"""On a timeline; more could not be told apart."""
CARD, TERMINAL = "card", "terminal"


def card_lane(transactions: pl.DataFrame, case: Transaction, most: int = MOST_EVENTS) -> Lane:
    """The purchases with the case's card, up to the case."""
    return lane(transactions, case, CARD, TERMINAL, most)


def terminal_lane(transactions: pl.DataFrame, case: Transaction, most: int = MOST_EVENTS) -> Lane:
    """The purchases at the case's terminal, up to the case."""
    return lane(transactions, case, TERMINAL, CARD, most)


def lane(transactions: pl.DataFrame, case: Transaction, key: str, other: str, most: int) -> Lane:
    """The latest `most` purchases that share the case's `key`. `transactions` has a `score`."""
    name = getattr(case, key)
    past = transactions.head(case.position + 1).filter(pl.col(key) == name)
    rows = past.tail(most).select(
        "time", "amount", "score", pl.col(other).cast(pl.String), known(case), "row"
    )
    events = tuple(
        Event(time, amount, score, shown_name(with_whom), Known(label), row == case.row)
        for time, amount, score, with_whom, label, row in rows.iter_rows()
    )
    return Lane(f"{key.capitalize()} {shown_name(name)}", other, events, past.height - len(events))


def known(case: Transaction) -> pl.Expr:
    """What was known of each transaction at the moment of the case, as text."""
    in_time = pl.col("time") <= case.known_until
    return (
        pl.when(in_time & (pl.col("fraud") == 1))
        .then(pl.lit(str(Known.FRAUD)))
        .when(in_time & (pl.col("fraud") == 0))
        .then(pl.lit(str(Known.LEGITIMATE)))
        .otherwise(pl.lit(str(Known.OPEN)))
        .alias("known")
    )


def network(
    transactions: pl.DataFrame,
    case: Transaction,
    days: int = DAYS,
    most: int = MOST_NODES,
    most_terminals: int = MOST_TERMINALS,
) -> Network:
    """The case's card, the terminals it used in the last `days`, and other cards seen there.

    The case's terminal always has a place; after it come, up to `most_terminals` and `most` nodes
    in all, those with the most confirmed frauds, then those with the highest score. `transactions`
    has a `score`.
    """
    window = transactions.slice(0, case.position + 1).slice(
        count_until(transactions, case.time - timedelta(days=days))
    )
    window = window.select(
        pl.col(CARD).cast(pl.String),
        pl.col(TERMINAL).cast(pl.String),
        pl.col("score").cast(pl.Float64),
        fraud=known(case) == str(Known.FRAUD),
        case=pl.col("row") == case.row,
    )
    used = window.filter(pl.col(CARD) == case.card)[TERMINAL].unique()
    there = window.filter(pl.col(TERMINAL).is_in(used.implode()))
    terminals = suspicious(there, TERMINAL, first=case.terminal)
    kept = terminals.head(min(most_terminals, most - 1))
    met = there.filter(
        (pl.col(CARD) != case.card) & pl.col(TERMINAL).is_in(kept[TERMINAL].implode())
    )
    cards = suspicious(window.filter(pl.col(CARD).is_in(met[CARD].unique().implode())), CARD)
    others = cards.head(most - 1 - kept.height)
    own = suspicious(window.filter(pl.col(CARD) == case.card), CARD)

    rows = [
        *((CARD, *row) for row in own.iter_rows()),
        *((TERMINAL, *row) for row in kept.iter_rows()),
        *((CARD, *row) for row in others.iter_rows()),
    ]
    place = {(kind, name): index for index, (kind, name, *_) in enumerate(rows)}
    edges = links(there, place)
    parents = [-1, *[0] * kept.height, *parents_of(edges, len(rows), 1 + kept.height)]
    rings = [0, *[1] * kept.height, *[2] * others.height]
    nodes = tuple(
        Node(shown_name(name), kind, ring, count, frauds, score, x, y)
        for (kind, name, count, frauds, score), ring, (x, y) in zip(
            rows, rings, radial(parents), strict=True
        )
    )
    left_out = (
        (TERMINAL, terminals.height - kept.height),
        (CARD, cards.height - others.height),
    )
    return Network(nodes, edges, left_out)


def suspicious(window: pl.DataFrame, key: str, first: str = "") -> pl.DataFrame:
    """Name, number of transactions, confirmed frauds and highest score per `key`, worst first.

    The one named `first` comes before all others.
    """
    return (
        window.group_by(key)
        .agg(count=pl.len(), frauds=pl.col("fraud").sum(), score=pl.col("score").max())
        .sort(
            [pl.col(key) == first, "frauds", "score", key],
            descending=[True, True, True, False],
        )
    )


def links(there: pl.DataFrame, place: dict[tuple[str, str], int]) -> tuple[Edge, ...]:
    """An edge for every pair of card and terminal that both have a place, in order of places."""
    names: dict[str, list[str]] = {CARD: [], TERMINAL: []}
    for kind, name in place:
        names[kind].append(name)
    pairs = (
        there.filter(
            pl.col(CARD).is_in(pl.Series(names[CARD], dtype=pl.String).implode())
            & pl.col(TERMINAL).is_in(pl.Series(names[TERMINAL], dtype=pl.String).implode())
        )
        .group_by(CARD, TERMINAL)
        .agg(pl.len(), pl.col("fraud").sum(), pl.col("case").any())
    )
    return tuple(
        sorted(
            (
                Edge(place[TERMINAL, terminal], place[CARD, card], number, frauds, is_case)
                for card, terminal, number, frauds, is_case in pairs.iter_rows()
            ),
            key=lambda edge: (edge.start, edge.end),
        )
    )


def parents_of(edges: tuple[Edge, ...], nodes: int, first: int) -> list[int]:
    """For each of the outer cards, from `first` on, the terminal it was at most often."""
    best: dict[int, Edge] = {}
    for edge in edges:
        if edge.end not in best or edge.transactions > best[edge.end].transactions:
            best[edge.end] = edge
    return [best[node].start for node in range(first, nodes)]
