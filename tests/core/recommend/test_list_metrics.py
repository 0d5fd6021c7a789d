"""What is said of a list, against the definitions written out."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.concentration import long_tail
from demos.core.recommend.list_metrics import ListMetrics, less_popular, list_metrics
from demos.core.recommend.steering import Steering, steer
from tests.core.recommend.tiny import FILMS, catalog, ranking

TINY = catalog()
HISTORY = (2, 14)
RANKING = ranking(HISTORY)


def catalog_with(counts: NDArray[np.int32]) -> Catalog:
    return replace(TINY, counts=counts)


def of(*items: int) -> ListMetrics:
    return list_metrics(TINY, RANKING.scores, items)


def test_diversity_is_the_mean_distance_of_all_pairs() -> None:
    items = (3, 11, 20, 36, 40)
    pairs = [1 - float(TINY.vectors[a] @ TINY.vectors[b]) for a, b in combinations(items, 2)]
    assert of(*items).diversity == pytest.approx(np.mean(pairs), abs=1e-6)
    assert of(5, 5, 5).diversity == pytest.approx(0, abs=1e-6)


def test_the_first_ten_have_the_probability_that_the_ranking_promises() -> None:
    items = steer(TINY, RANKING.scores, HISTORY, Steering())
    assert of(*items).expected == pytest.approx(RANKING.expected, rel=1e-5)
    assert of(*range(1, TINY.size + 1)).expected == pytest.approx(1, rel=1e-5)


def test_steering_among_what_is_new_never_promises_more() -> None:
    best = of(*steer(TINY, RANKING.scores, HISTORY, Steering())).expected
    for steering in (
        Steering(novelty=0.4),
        Steering(diversity=0.6),
        Steering(excluded=frozenset({"Comedy"})),
        Steering(pinned=frozenset({"Documentary"})),
        Steering(more=frozenset({38}), less=frozenset({1})),
    ):
        assert of(*steer(TINY, RANKING.scores, HISTORY, steering)).expected < best


def test_half_as_popular_is_one_bit_more() -> None:
    total = sum(count for _, _, count in FILMS)
    assert of(1).novelty == pytest.approx(-np.log2(900 / total))
    halved = TINY.counts.copy()
    halved[1] //= 2
    halved[29] += 450  # the total stays
    given = list_metrics(catalog_with(halved), RANKING.scores, [1]).novelty
    assert given == pytest.approx(-np.log2(900 / total) + 1)


def test_what_was_never_taken_counts_as_taken_once() -> None:
    counts = TINY.counts.copy()
    counts[39] = 0
    never = list_metrics(catalog_with(counts), RANKING.scores, [39]).novelty
    assert never == pytest.approx(np.log2(counts.sum()))


def test_popularity_is_the_share_of_less_popular_items_with_half_of_the_equals() -> None:
    assert less_popular(TINY, [1, 39]).tolist() == [39.5 / 40, 0.5 / 40]
    equal = catalog_with(np.full(TINY.size + 1, 4, np.int32))
    assert less_popular(equal, [1, 2]).tolist() == [0.5, 0.5]
    assert of(1, 39).popularity == pytest.approx(0.5)


def test_the_long_tail_is_that_of_the_catalog() -> None:
    tail = long_tail(TINY.counts)
    assert not tail[1] and tail[39]
    assert of(1, 29, 39, 38).long_tail == 0.5


def test_groups_are_counted_once() -> None:
    assert of(1, 2, 4).groups == 2  # Sci-Fi, Adventure
    assert of(1, 12).groups == 4


def test_of_one_item_and_of_none_only_so_much_can_be_said() -> None:
    one = of(7)
    assert one.items == 1 and one.diversity is None and one.novelty is not None
    assert of() == ListMetrics(0, 0.0, None, None, None, None, 0)
