"""The items of a catalog nearest to one: exact, by comparing it with all of them."""

from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from demos.core.recommend.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Neighbor:
    """An item and its cosine to the one it is near to, at most 1."""

    item: int
    similarity: float


def taken_alike(catalog: Catalog, item: int, count: int = 5) -> tuple[Neighbor, ...]:
    """The items that histories treat most like `item`, the nearest first."""
    return nearest(catalog.vectors, item, count)


def titled_alike(catalog: Catalog, item: int, count: int = 5) -> tuple[Neighbor, ...]:
    """The items whose titles mean most nearly what that of `item` means."""
    return nearest(catalog.text, item, count)


def nearest(vectors: NDArray[np.float32], item: int, count: int) -> tuple[Neighbor, ...]:
    """The `count` rows with the largest cosine to row `item`; of equals, the first.

    `vectors` (N + 1, D) have unit length, or zero where nothing is known: such a row, row 0 and the
    item itself are near nothing. Raises `IndexError` where there is no such item.
    """
    if not 0 < item < len(vectors):
        raise IndexError(f"There is no item {item} among {len(vectors) - 1}.")
    if not vectors[item].any():
        return ()
    # Not `@`: threads of the matrix library wait for each other when the machine is busy, for tens
    # of milliseconds where the product takes less than one.
    cosines = np.einsum("nd,d->n", vectors, vectors[item])
    ordered = np.argsort(-cosines, kind="stable").tolist()
    known = (each for each in ordered if each not in (0, item) and vectors[each].any())
    return tuple(Neighbor(each, min(float(cosines[each]), 1.0)) for each in islice(known, count))
