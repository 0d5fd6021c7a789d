"""The figures of full ranking, worked out by hand."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.recommendations import ranking_metrics
from demos.recommendations.ranking_metrics import Ranked, Scorer


def fixed(*rows: Sequence[float]) -> Scorer:
    """A scorer that gives the histories, in order, these scores of items 1 to N."""
    left = list(rows)

    def scores(histories: Sequence[Sequence[int]]) -> NDArray[np.float64]:
        part = [left.pop(0) for _ in histories]
        return np.array([[np.nan, *row] for row in part])

    return scores


def test_the_rank_leaves_out_what_was_seen() -> None:
    scores = fixed([9, 8, 7, 6], [9, 8, 7, 6])
    found = ranking_metrics.rank(scores, [[1, 2], []], [4, 4])
    assert found.ranks.tolist() == [2, 4]
    assert found.lists[:, :5].tolist() == [[3, 4, 0, 0, 0], [1, 2, 3, 4, 0]]


def test_a_target_that_was_seen_is_never_recommended() -> None:
    found = ranking_metrics.rank(fixed([9, 8, 7]), [[1, 2]], [1])
    assert found.ranks.tolist() == [np.inf] and found.gains().tolist() == [0]


def test_half_of_the_equals_come_before_the_target() -> None:
    level = [5.0, 5, 5, 5, 9]
    found = ranking_metrics.rank(fixed(level, level), [[], []], [1, 4])
    assert found.ranks.tolist() == [3.5, 3.5]  # one better, half of the three others
    seen = ranking_metrics.rank(fixed(level), [[2, 3]], [1])
    assert seen.ranks.tolist() == [2.5]


def test_a_constant_scorer_earns_what_chance_would() -> None:
    """101 items, all level: rank 51, no hit. 19 items: rank 10, a hit."""
    for size, rank, recall in ((101, 51, 0), (19, 10, 1)):
        found = ranking_metrics.rank(fixed([0.0] * size), [[]], [size])
        assert found.ranks.tolist() == [rank]
        assert (found.ranks <= 10).mean() == recall


def test_lists_hold_the_ten_best_in_order_and_of_equals_the_lower_number() -> None:
    scores = np.array([0.0, 3, 1, 2, 2, 2, 5])
    row = np.concatenate((scores, np.full(8, 2.0)))[None]  # items 1 to 14
    row[0, 0] = np.nan
    assert ranking_metrics.best(row).tolist() == [[6, 1, 3, 4, 5, 7, 8, 9, 10, 11]]
    assert ranking_metrics.best(row, 3).tolist() == [[6, 1, 3]]


def test_minus_infinity_and_nan_are_never_listed() -> None:
    row = np.array([[np.nan, -np.inf, 4, np.nan, -1]])
    assert ranking_metrics.best(row, 4).tolist() == [[2, 4, 0, 0]]


@pytest.mark.parametrize("batch", [1, 2, 7, 100])
def test_batches_do_not_change_the_result(batch: int) -> None:
    generator = np.random.default_rng(1)
    rows = generator.normal(size=(23, 40)).round(1)
    histories = [generator.integers(1, 41, size=k % 6).tolist() for k in range(23)]
    targets = generator.integers(1, 41, size=23).tolist()
    whole = ranking_metrics.rank(fixed(*rows), histories, targets, 23)
    parts = ranking_metrics.rank(fixed(*rows), histories, targets, batch)
    assert (whole.ranks == parts.ranks).all() and (whole.lists == parts.lists).all()
    for row, history, target, rank, listed in zip(
        rows, histories, targets, whole.ranks, whole.lists, strict=True
    ):  # the definition, one item after another
        left = [item for item in range(1, 41) if item not in history]
        order = sorted(left, key=lambda item: (-row[item - 1], item))
        assert listed.tolist() == order[:10]
        own = row[target - 1]
        better = sum(row[item - 1] > own for item in left)
        level = sum(row[item - 1] == own for item in left) - 1
        assert rank == (1 + better + level / 2 if target in left else np.inf)


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        ranking_metrics.rank(fixed([1, np.nan, 2]), [[1]], [3])


def test_the_table_of_a_method() -> None:
    """Two users, four items taken 8, 4, 3 and 1 times of 16."""
    counts = np.array([0, 8, 4, 3, 1])
    histories, targets = [[1, 1, 2], [1, 3, 4]], [4, 2]
    scores = fixed([0, 0, 2, 1], [0, 5, 0, 0])
    found = ranking_metrics.measure(scores, histories, targets, counts)
    assert found["users"] == 2 and found["recall@10"] == 1
    assert found["ndcg@10"] == pytest.approx((1 / np.log2(3) + 1) / 2)
    assert found["coverage"] == 0.75  # 3 and 4 for one, 2 for the other
    bits = -np.log2(np.array([3, 1, 4]) / 16)
    assert found["novelty"] == pytest.approx(bits.mean())
    offered = ((3 + 1) / 2 + 4) / 2
    taken = ((8 + 4) / 2 + (8 + 3 + 1) / 3) / 2  # an item taken twice counts once
    assert found["popularity_bias"] == pytest.approx(offered / taken)
    assert found["gini"] == 0.25  # 0, 1, 1, 1: (-3*0 - 1 + 1 + 3) / (4 * 3)
    assert found["long_tail"] == pytest.approx(1 / 3)  # 8 + 4 are 75 %, so 3 is in the head


def test_recommending_what_everybody_takes_has_a_bias_above_one() -> None:
    counts = np.array([0, 90, 5, 5])
    found = ranking_metrics.measure(fixed([9, 0, 0]), [[2]], [1], counts)
    assert found["popularity_bias"] == pytest.approx((90 + 5) / 2 / 5)


def test_the_interval_holds_the_mean_and_shrinks_with_the_users() -> None:
    few = np.tile([0.0, 1.0], 50)
    low, high = ranking_metrics.interval(few)
    assert low < 0.5 < high
    assert high - low == pytest.approx(2 * 1.96 * 0.5 / 10, rel=0.15)  # the normal approximation
    wide, narrow = (high - low), np.diff(ranking_metrics.interval(np.tile(few, 25)))[0]
    assert narrow == pytest.approx(wide / 5, rel=0.15)
    assert ranking_metrics.interval(few) == (low, high)


def test_nobody_to_measure_on_is_an_error() -> None:
    nobody = ranking_metrics.rank(fixed(), [], [])
    with pytest.raises(ValueError, match="no user"):
        ranking_metrics.figures(nobody, [], np.ones(3, dtype=int))


def test_gains_by_rank() -> None:
    ranks = np.array([1, 3, 10, 10.5, np.inf])
    gains = Ranked(ranks, np.zeros((5, 10), dtype=np.int64)).gains()
    assert gains == pytest.approx([1, 0.5, 1 / np.log2(11), 0, 0])
