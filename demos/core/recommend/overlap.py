"""How far two ranked lists agree."""

from collections.abc import Sequence
from dataclasses import dataclass

PERSISTENCE = 0.9
"""Weights of rank-biased overlap fall by this from rank to rank: the first ten have 86 % of all."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where two lists have an item, counted from 1; `None` where one does not have it."""

    item: int
    first: int | None
    second: int | None

    @property
    def rise(self) -> int | None:
        """Ranks by which it stands higher in the second list; `None` where it is in one only."""
        return None if self.first is None or self.second is None else self.first - self.second


def placed(first: Sequence[int], second: Sequence[int]) -> list[Placed]:
    """Every item of two lists: in the order of the first, then those only in the second."""
    here = {item: rank for rank, item in enumerate(first, start=1)}
    there = {item: rank for rank, item in enumerate(second, start=1)}
    return [Placed(item, here.get(item), there.get(item)) for item in {**here, **there}]


def shared(first: Sequence[int], second: Sequence[int]) -> list[int]:
    """The items that are in both lists, in the order of the first."""
    other = set(second)
    return [item for item in first if item in other]


def rank_biased_overlap(
    first: Sequence[int], second: Sequence[int], persistence: float = PERSISTENCE
) -> float:
    """Agreement of two rankings from 0, nothing shared, to 1, the same; the top counts most.

    The extrapolated form for lists of any length, RBO_ext, equation 32 of Webber, Moffat & Zobel
    (2010), "A similarity measure for indefinite rankings", ACM TOIS 28(4). No list has an item
    twice. Two empty lists agree; an empty one shares nothing with another.
    """
    brief, long = sorted((first, second), key=len)
    if not brief:
        return float(not long)
    seen: set[int] = set()
    common, total, at_brief = 0, 0.0, 0
    for depth in range(1, len(long) + 1):
        new = {long[depth - 1], *brief[depth - 1 : depth]}
        common += len(new & seen) + (len(new) == 1 and depth <= len(brief))
        seen |= new
        if depth == len(brief):
            at_brief = common
        weight = persistence**depth
        total += common / depth * weight
        if depth > len(brief):
            total += at_brief * (depth - len(brief)) / (len(brief) * depth) * weight
    tail = (common - at_brief) / len(long) + at_brief / len(brief)
    return total * (1 - persistence) / persistence + tail * persistence ** len(long)
