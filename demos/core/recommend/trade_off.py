"""What steering a whole catalog's lists costs in hits, and what it brings: a curve measured before.

`metrics.json` holds it per catalog under "blend" as `demos.recommendations.blend_curve` measures
it: `users`, `shares`, `taken`, `taken_gini` and `points`, that of no steering first, each with
`novelty_weight` or, towards another method, `toward` and `share`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)
"""Of the items, the least recommended first: where the Lorenz curve is kept."""


@dataclass(frozen=True, slots=True)
class Point:
    """One setting, and the figures of `demos.recommendations.ranking_metrics` for all users.

    `weight`, from 0 to 1: how much novelty counts, or how much of the method `toward` is mixed in.
    `change`: the 95 % interval of `recall` less that of no steering, for the same users.
    `lorenz`: the part of all recommendations that goes to the least recommended shares of items.
    """

    toward: str
    weight: float
    ndcg: float
    recall: float
    coverage: float
    long_tail: float
    novelty: float
    gini: float
    lorenz: tuple[float, ...]
    change: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of rising weight. `novelty` begins with the model as it is; so does each `toward`.

    `users`: how many histories each point was measured on. `taken` and `taken_gini`: the Lorenz
    curve at `shares`, and the Gini coefficient, of what people take, that is the training data.
    """

    users: int
    shares: tuple[float, ...]
    taken: tuple[float, ...]
    taken_gini: float
    novelty: tuple[Point, ...]
    toward: Mapping[str, tuple[Point, ...]]

    def at(self, weight: float) -> Point:
        """The figures at a novelty weight, in proportion between the two that were measured."""
        return between(self.novelty, weight)


def read(figures: Mapping[str, Any]) -> Curve | None:
    """The curve in one catalog's figures, if it was measured."""
    found = figures.get("blend")
    if not found:
        return None
    points = [point(each) for each in found["points"]]
    plain = [each for each in points if not each.toward]
    methods = dict.fromkeys(each.toward for each in points if each.toward)
    return Curve(
        users=int(found["users"]),
        shares=tuple(found["shares"]),
        taken=tuple(found["taken"]),
        taken_gini=found["taken_gini"],
        novelty=tuple(plain),
        toward={
            name: (plain[0], *(each for each in points if each.toward == name)) for name in methods
        },
    )


def point(figures: Mapping[str, Any]) -> Point:
    toward = figures.get("toward", "")
    return Point(
        toward=toward,
        weight=figures["share" if toward else "novelty_weight"],
        ndcg=figures["ndcg@10"],
        recall=figures["recall@10"],
        coverage=figures["coverage"],
        long_tail=figures["long_tail"],
        novelty=figures["novelty"],
        gini=figures["gini"],
        lorenz=tuple(figures["lorenz"]),
        change=tuple(figures["recall_change_interval"]),
    )


def between(points: Sequence[Point], weight: float) -> Point:
    """Linear interpolation; beyond the ends, the end."""
    if weight <= points[0].weight:
        return points[0]
    for low, high in pairwise(points):
        if weight <= high.weight:
            part = (weight - low.weight) / (high.weight - low.weight)
            return mixed(low, high, part)
    return points[-1]


def mixed(low: Point, high: Point, part: float) -> Point:
    def mean(a: float, b: float) -> float:
        return a + part * (b - a)

    return Point(
        toward=high.toward,
        weight=mean(low.weight, high.weight),
        ndcg=mean(low.ndcg, high.ndcg),
        recall=mean(low.recall, high.recall),
        coverage=mean(low.coverage, high.coverage),
        long_tail=mean(low.long_tail, high.long_tail),
        novelty=mean(low.novelty, high.novelty),
        gini=mean(low.gini, high.gini),
        lorenz=tuple(mean(a, b) for a, b in zip(low.lorenz, high.lorenz, strict=True)),
        change=(mean(low.change[0], high.change[0]), mean(low.change[1], high.change[1])),
    )


def hits_changed(before: Point, after: Point, users: int = 1_000) -> float:
    """How many more (or, below 0, fewer) of so many users find their next item among their ten."""
    return users * (after.recall - before.recall)
