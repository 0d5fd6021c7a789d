"""What a catalog needs beside the network, made once at training time.

The maps are drawn by scikit-learn on all cores; OMP_NUM_THREADS=1 is faster on a busy machine.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from demos.core.recommend.catalog import Catalog
from demos.recommendations.catalog_file import unit
from demos.recommendations.items import Items, read_items
from demos.recommendations.landscape import groups, places, regions

TEXT_WIDTH = 192

WORDS = {
    "movies": ("film", "films", "genre"),
    "books": ("book", "books", "shelf"),
    "retail": ("product", "products", "range"),
}
"""What one item is called, several, and a group of them."""

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to their sentence embeddings (n, E), of length 1."""


def assemble(
    data: Path,
    name: str,
    vectors: NDArray[np.float32],
    counts: NDArray[np.int32],
    encode: Encode,
) -> Catalog:
    """The catalog called `name` from NAME-items.parquet in `data`.

    `vectors` (N + 1, D) are the network's item embeddings, `counts` (N + 1,) how often each item
    was taken in the training data. Raises `ValueError` if they are not of this catalog.
    """
    items = read_items(data, name)
    if not len(items.titles) == len(vectors) == len(counts):
        raise ValueError(
            f"{name}: {len(items.titles) - 1} items, but {len(vectors) - 1} vectors and "
            f"{len(counts) - 1} counts"
        )
    one, many, group_word = WORDS[name]
    spots = places(vectors)
    meanings, projection = text(items, encode)
    return Catalog(
        name=name,
        one=one,
        many=many,
        group_word=group_word,
        titles=items.titles,
        details=items.details,
        codes=items.codes,
        groups=groups(items, vectors, counts),
        counts=counts.astype(np.int32),
        vectors=np.vstack([np.zeros_like(vectors[:1]), unit(vectors[1:])]),
        text=meanings,
        places=spots,
        regions=regions(spots, items, counts),
        projection=projection,
    )


def text(items: Items, encode: Encode) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What the titles mean (N + 1, T), of length 1 with row 0 zero, and the projection (E, T).

    The projection keeps the directions in which the titles differ most (a singular value
    decomposition, not centered, so that a sentence is projected by one product).
    """
    embedded = encode(described(items)[1:])
    _, axes = np.linalg.eigh(embedded.T @ embedded)
    projection = axes[:, ::-1][:, :TEXT_WIDTH].astype(np.float32)
    rows = unit(embedded @ projection)
    return np.vstack([np.zeros_like(rows[:1]), rows]), projection


def described(items: Items) -> list[str]:
    """What the encoder reads of each item: its title, with genres or author where it has any."""
    return [
        ". ".join(part for part in (title, ", ".join(kinds), maker) if part)
        for title, kinds, maker in zip(items.titles, items.kinds, items.makers, strict=True)
    ]
