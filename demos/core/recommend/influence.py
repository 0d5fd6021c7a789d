"""Which items of a history moved a recommendation: each is left out once, and the scores compared.

Leave-one-out is occlusion (Zeiler & Fergus 2014), or erasure (Li, Monroe & Jurafsky 2016,
arXiv:1612.08220), with whole items of the history as its parts. It asks the model itself and
approximates nothing, but what several items do only together, none of them is given.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demos.core.recommend.catalog import Catalog

MOST_LEFT_OUT = 50
SUBSTANTIAL = math.log(1.25)
"""Change of a log-probability from which an item is named as a reason: a quarter up."""
BESIDE = 0.4
"""Of the largest change, what another needs to be named beside it."""
POPULAR = 0.9
"""Share of the catalog taken less often than what is called popular."""
LONGEST = 48
"""Characters of a title in a short line."""
LARGEST = 20.0
"""Changes beyond it are of scores that were nothing or became nothing."""

Scores = Callable[[Sequence[Sequence[int]]], NDArray[np.floating]]
"""Histories to natural logarithms of scores (histories, N + 1)."""


@dataclass(frozen=True, slots=True)
class Mover:
    """An item of the history, its place there counted from the oldest, 1, and what it changed."""

    item: int
    place: int
    change: float


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """What each item of a history does to the scores of others, as a difference of logarithms.

    `history` are the items left out one by one, oldest first: the last `MOST_LEFT_OUT` at most,
    after `skipped` older ones that were always there. `change` (items, history) is the score with
    the whole history minus that without the one item; `whole` (items,) is minus the score without
    any history. Above 0, the history raises the score.
    """

    history: tuple[int, ...]
    items: tuple[int, ...]
    change: NDArray[np.float32]
    whole: NDArray[np.float32]
    skipped: int = 0

    def movers(self, item: int) -> list[Mover]:
        """The items left out by their change to `item`, what raised it most first.

        Raises `ValueError` for an item not asked about.
        """
        row = self.change[self.items.index(item)].tolist()
        found = [
            Mover(each, self.skipped + place, change)
            for place, (each, change) in enumerate(zip(self.history, row, strict=True), start=1)
        ]
        return sorted(found, key=lambda each: (-each.change, -each.place))

    def of_all(self, item: int) -> float:
        """What the history as a whole changed; raises as `movers` does."""
        return float(self.whole[self.items.index(item)])


def leave_one_out(scores: Scores, history: Sequence[int], items: Sequence[int]) -> Influence:
    """The influence of `history` on `items`, from one batch: with all, without each, without any.

    An empty history has none, and nothing is computed for it.
    """
    given = [int(each) for each in history]
    asked = tuple(int(each) for each in items)
    skipped = max(len(given) - MOST_LEFT_OUT, 0)
    if not given or not asked:
        shape = (len(asked), len(given) - skipped)
        nothing = np.zeros(shape[0], np.float32)
        return Influence(
            tuple(given[skipped:]), asked, np.zeros(shape, np.float32), nothing, skipped
        )
    without = [given[:place] + given[place + 1 :] for place in range(skipped, len(given))]
    # Without the only item there is nothing left: the two questions are one.
    batch = [given, *without] if len(given) == 1 else [given, *without, []]
    found = np.asarray(scores(batch))[:, list(asked)].astype(np.float32)  # (batch, items)
    with np.errstate(invalid="ignore"):
        change = found[0] - found[1:]
    # Minus infinity on both sides: impossible with and without, so nothing has changed.
    change = np.nan_to_num(change).clip(-LARGEST, LARGEST)
    return Influence(
        history=tuple(given[skipped:]),
        items=asked,
        change=np.ascontiguousarray(change[: len(without)].T),
        whole=change[-1],
        skipped=skipped,
    )


def causes(influence: Influence, item: int, most: int = 2) -> list[Mover]:
    """The items that the recommendation of `item` can be put down to; none if none says enough."""
    found: list[Mover] = []
    for each in influence.movers(item):
        known = any(each.item == other.item for other in found)
        enough = max(SUBSTANTIAL, BESIDE * found[0].change if found else 0.0)
        if not known and each.change >= enough and len(found) < most:
            found.append(each)
    return found


def reason(catalog: Catalog, influence: Influence, item: int) -> str:
    """Why `item` is recommended, in a short line of plain text that goes on from the title."""
    named = [f"“{short(catalog.titles[each.item])}”" for each in causes(influence, item)]
    if named:
        return f"because of {' and '.join(named)}"
    if not influence.history:
        popular = "popular with everybody; " if is_popular(catalog, item) else ""
        return f"{popular}there is no history to go by yet"
    whole = influence.of_all(item)
    if whole >= SUBSTANTIAL:
        return f"because of the history as a whole; no single {catalog.one} decides it"
    if whole <= -SUBSTANTIAL:
        return "in spite of the history: it scores higher without one"
    if is_popular(catalog, item):
        return "popular with everybody, whatever the history"
    return "not because of the history: it scores about as high without one"


def is_popular(catalog: Catalog, item: int) -> bool:
    """Whether it is among the tenth of the catalog that is taken most often."""
    return bool((catalog.counts[1:] < catalog.counts[item]).mean() >= POPULAR)


def short(title: str) -> str:
    return title if len(title) <= LONGEST else f"{title[: LONGEST - 1].rstrip()}…"
