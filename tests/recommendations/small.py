"""Forty invented films, sixty people who nearly always take the next one, and a network of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from numpy.typing import NDArray

from demos.core.devices import CPU
from demos.recommendations import pack
from demos.recommendations.fit import Recipe, fit
from demos.recommendations.interactions import Items, without_last
from demos.recommendations.network import Recommender
from demos.recommendations.recipes import CatalogChoice
from tests.core.recommend import tiny

ITEMS = len(tiny.FILMS)
USERS = 60
NAME = "movies"
"""The catalog whose file of items it can be written as."""
RECIPE = Recipe(
    epochs=30,
    width=16,
    heads=2,
    layers=2,
    dropout=0.0,
    length=10,
    tokens=512,
    rate=1e-2,
    averaging=0.9,
    warm_up=5,
)
EXPORT = pack.graph_of
CHOICE = CatalogChoice(RECIPE, window=4, penalty=5.0, fade=1.0, length=8, links=10)


def following(item: int) -> int:
    """What is taken after an item, as a rule."""
    return item % ITEMS + 1


def histories(users: int = USERS, seed: int = 0) -> dict[int, Items]:
    """Walks of 5 to 15 items, none twice; one step in ten goes anywhere."""
    rng = np.random.default_rng(seed)
    found = {}
    for user in range(users):
        walk = [int(rng.integers(1, ITEMS + 1))]
        for _ in range(int(rng.integers(4, 15))):
            item = following(walk[-1])
            while item in walk or rng.random() < 0.1:
                item = int(rng.integers(1, ITEMS + 1))
            walk.append(item)
        found[1000 + user] = np.array(walk, dtype=np.int64)
    return found


def table(taken: dict[int, Items]) -> pl.DataFrame:
    """As the data sets are: `user, position, item`."""
    return pl.DataFrame(
        [
            (user, position, int(item))
            for user, items in taken.items()
            for position, item in enumerate(items)
        ],
        schema=["user", "position", "item"],
        orient="row",
    )


def write(folder: Path) -> None:
    """Interactions, each user's last one apart as held out, and items."""
    before, last = without_last(histories())
    table(before).write_parquet(folder / f"{NAME}-interactions.parquet")
    held_out = {user: np.array([item]) for user, item in last.items()}
    table(held_out).write_parquet(folder / f"{NAME}-heldout.parquet")
    titles, groups, _ = zip(*tiny.FILMS, strict=True)
    genres = ["|".join(each) for each in groups]
    columns = {"item": range(1, ITEMS + 1), "title": titles, "genres": genres}
    pl.DataFrame(columns).write_parquet(folder / f"{NAME}-items.parquet")


@contextmanager
def one_thread() -> Iterator[None]:
    """More wait longer for each other than so small a network takes."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@cache
def network() -> Recommender:
    """Trained on all but the last item of everybody."""
    before, _ = without_last(histories())
    with one_thread():
        return fit(list(before.values()), ITEMS, RECIPE, 0, CPU)


@cache
def graph() -> bytes:
    """Of any network with this recipe: weights are not in it."""
    return EXPORT(network())


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Titles by their trigrams."""
    return tiny.unit(np.stack([tiny.trigrams(each) for each in texts])).astype(np.float32)


class Encoder:
    """In the sentence encoder's place."""

    encode = staticmethod(encode)


def without_downloads(patch: pytest.MonkeyPatch) -> None:
    """Have `pack` need no sentence encoder, and export one graph for all."""
    patch.setattr(pack, "load_encoder", lambda device: Encoder)
    patch.setattr(pack, "graph_of", lambda network: graph())
