"""Cards and terminals, or whatever else is linked around one case: who is drawn, and where."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Node:
    """A card or terminal: its transactions in view, those confirmed as fraud, its highest score.

    `ring` is the number of steps from the case; `x` and `y` lie within a unit circle around it.
    """

    name: str
    kind: str
    ring: int
    transactions: int
    frauds: int
    score: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Edge:
    """Transactions between two nodes, named by their places in `Network.nodes`.

    `case` where the case itself is among them.
    """

    start: int
    end: int
    transactions: int
    frauds: int
    case: bool


@dataclass(frozen=True, slots=True)
class Network:
    """The first node is the case's own; `left_out` counts, by kind, those there is no room for."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: tuple[tuple[str, int], ...]


def radial(parents: Sequence[int]) -> list[tuple[float, float]]:
    """A place (x, y) within the unit circle for every node of a tree.

    `parents` gives, for each node, an earlier one; the root is the first, with -1. Rings are the
    steps from the root. A node's slice of the circle is as wide as those of its children together,
    so that no branches cross, and the wider, the nearer it is to the middle. Children go clockwise
    in their order, the root's first at the top. Raises `ValueError` for a parent that does not come
    first.
    """
    if any(not (0 <= parent < node or node == 0) for node, parent in enumerate(parents)):
        raise ValueError("a parent must come before its children")
    children: list[list[int]] = [[] for _ in parents]
    ring = [0] * len(parents)
    for node, parent in enumerate(parents[1:], start=1):
        children[parent].append(node)
        ring[node] = ring[parent] + 1
    outermost = max([*ring, 1])
    widths = [outermost / max(step, 1) for step in ring]
    for node in reversed(range(len(parents))):
        needed = sum(widths[child] for child in children[node])
        widths[node] = needed if node == 0 else max(needed, widths[node])
    begins = [0.0] * len(parents)
    for node, below in enumerate(children):
        spare = widths[node] - sum(widths[child] for child in below)
        offsets = accumulate((widths[child] for child in below), initial=spare / 2)
        for child, offset in zip(below, offsets, strict=False):
            begins[child] = begins[node] + offset
    top = widths[children[0][0]] / 2 if children[0] else 0.0
    places = []
    for begin, width, step in zip(begins, widths, ring, strict=True):
        turn = 2 * math.pi * (begin + width / 2 - top) / (widths[0] or 1)
        radius = step / outermost
        places.append((radius * math.sin(turn), radius * math.cos(turn)))
    return places
