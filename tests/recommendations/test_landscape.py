"""Items taken alike share a group and are near each other on the map."""

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.recommendations import landscape
from demos.recommendations.items import Items

SIZE = 30
MAKERS = ("Ada Reed", "Ben Stone", "Cora Hill")


@pytest.fixture
def vectors() -> NDArray[np.float32]:
    """Three directions with some noise, ten items each, of any length; row 0 is padding.

    Where all differ most is the last dimension, as items do by how often they are taken.
    """
    rng = np.random.default_rng(2)
    rows = np.repeat(np.eye(3, 8), SIZE // 3, axis=0) + rng.normal(0, 0.05, (SIZE, 8))
    rows[:, -1] += np.tile(np.linspace(-2, 2, SIZE // 3), 3)
    return np.vstack([np.zeros(8), rows * rng.uniform(0.5, 3, (SIZE, 1))]).astype(np.float32)


def items(kinds: tuple[tuple[str, ...], ...] = ((),) * (SIZE + 1)) -> Items:
    makers = ("", *(MAKERS[n // 10] for n in range(SIZE)))
    blank = ("",) * (SIZE + 1)
    return Items("books", blank, blank, blank, kinds, makers)


COUNTS = np.ones(SIZE + 1, np.int32)


def test_clusters_become_groups(
    vectors: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(landscape.GROUPS, "books", 3)
    found = landscape.groups(items(), vectors, COUNTS)
    assert found == ((), *((MAKERS[n // 10],) for n in range(SIZE)))


def test_genres_are_groups_already(vectors: NDArray[np.float32]) -> None:
    kinds = ((), *((("Crime", "War"),) * SIZE))
    assert landscape.groups(items(kinds), vectors, COUNTS) == kinds


def test_the_map_keeps_neighbors_and_its_bounds(vectors: NDArray[np.float32]) -> None:
    spots = landscape.places(vectors)
    assert spots.shape == (SIZE + 1, 2)
    assert not spots[0].any()
    assert np.abs(spots).max() == pytest.approx(1)
    apart = np.linalg.norm(spots[1:, None] - spots[None, 1:], axis=2)
    np.fill_diagonal(apart, np.inf)
    cluster = np.arange(SIZE) // 10
    assert (cluster[apart.argmin(axis=1)] == cluster).all()
    assert (landscape.places(vectors) == spots).all(), "the same vectors make the same map"


def test_leanings_do_not_tell_how_often_an_item_is_taken(vectors: NDArray[np.float32]) -> None:
    found = landscape.leanings(vectors)
    cosines = found @ found.T
    cluster = np.arange(SIZE) // 10
    alike = cluster[:, None] == cluster
    assert cosines[alike].min() > cosines[~alike].max()


def test_spreading_fills_the_map_and_keeps_the_order() -> None:
    crowd = np.linspace(0, 1, 19)
    points = np.column_stack([[*crowd, 100.0], [*crowd[::-1], -100.0]]).astype(np.float32)
    found = landscape.spread(points)
    assert np.abs(found).max(axis=0) == pytest.approx([1, 1])
    assert (found.argsort(axis=0) == points.argsort(axis=0)).all()
    assert np.ptp(found[:-1], axis=0) == pytest.approx([0.96, 0.96], abs=0.05), "half the map"


def test_regions_lie_among_what_they_are_named_by(
    vectors: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landscape, "REGIONS", 3)
    spots = landscape.places(vectors)
    found = landscape.regions(spots, items(), COUNTS)
    assert {each.name for each in found} == set(MAKERS)
    for each in found:
        nearest = np.linalg.norm(spots[1:] - (each.x, each.y), axis=1).argmin()
        assert MAKERS[nearest // 10] == each.name


def test_the_densest_point_is_one_of_the_crowd() -> None:
    spots = np.array([[0, 0], [0.5, 0.5], [0.51, 0.5], [0.5, 0.51], [-1, 1]], np.float32)
    x, y = landscape.densest(spots)
    assert (x, y) == pytest.approx((0.5, 0.5), abs=0.02)
