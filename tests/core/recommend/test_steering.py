"""Steering a ranking: what must hold whatever is set, and what each setting does."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from demos.core.recommend.list_metrics import list_metrics
from demos.core.recommend.steering import (
    FEEDBACK,
    Steering,
    allowed,
    marginal,
    ranks,
    steer,
    steered_scores,
    stretched,
)
from tests.core.recommend.tiny import CRIME, SPACE, catalog, ranking

TINY = catalog()
HISTORY = (1, 4, 29)
RANKING = ranking(HISTORY)
SCORES = RANKING.scores
ALL = frozenset(TINY.group_names)


def shown(steering: Steering) -> list[int]:
    return steer(TINY, SCORES, HISTORY, steering)


def settings(number: int = 300) -> Iterator[Steering]:
    """Settings of all kinds, always the same."""
    rng = np.random.default_rng(7)

    def some(of: list[str]) -> frozenset[str]:
        return frozenset(rng.choice(of, rng.integers(0, 4), replace=False).tolist())

    def items() -> frozenset[int]:
        return frozenset(rng.integers(1, TINY.size + 1, rng.integers(0, 4)).tolist())

    for _ in range(number):
        yield Steering(
            novelty=float(rng.choice([0, 0, rng.random(), 1])),
            diversity=float(rng.choice([0, 0, rng.random(), 1])),
            excluded=some(list(TINY.group_names)),
            pinned=some(list(TINY.group_names)),
            seen=bool(rng.integers(2)),
            more=items(),
            less=items(),
            count=int(rng.integers(1, 51)),
        )


def test_whatever_is_set_only_what_may_be_shown_is_shown_once_and_as_much_as_there_is() -> None:
    for steering in settings():
        items = shown(steering)
        assert len(set(items)) == len(items)
        assert not set(items) & {0, *steering.less}
        assert steering.seen or not set(items) & set(HISTORY)
        assert all(steering.excluded.isdisjoint(TINY.groups[item]) for item in items)
        may = allowed(TINY, SCORES, HISTORY, steering)
        assert len(items) == min(steering.count, int(may.sum()))


def test_whatever_is_set_pinned_groups_come_first_and_others_only_where_they_run_out() -> None:
    mixed = 0
    for steering in settings():
        items = shown(steering)
        pinned = [not steering.pinned.isdisjoint(TINY.groups[item]) for item in items]
        assert pinned == sorted(pinned, reverse=True)
        if steering.pinned and not all(pinned):
            mixed += any(pinned)
            may = np.flatnonzero(allowed(TINY, SCORES, HISTORY, steering))
            there = sum(not steering.pinned.isdisjoint(TINY.groups[item]) for item in may)
            assert sum(pinned) == there
    assert mixed > 20  # lists of both kinds were among them


def test_unsteered_it_is_the_order_of_the_model() -> None:
    items = shown(Steering())
    assert len(items) == 10 and not set(items) & set(HISTORY)
    order = [int(item) for item in np.argsort(-SCORES, kind="stable") if item not in HISTORY]
    assert items == order[:10]
    assert steer(TINY, SCORES, (), Steering(count=1)) == [int(np.argmax(SCORES))]


def test_a_history_is_shown_where_wanted() -> None:
    items = shown(Steering(seen=True))
    assert set(HISTORY) & set(items)
    assert items == [int(item) for item in np.argsort(-SCORES, kind="stable")[:10]]


def test_equal_scores_are_in_the_order_of_their_numbers() -> None:
    flat = np.full(TINY.size + 1, -3.0, dtype=np.float32)
    flat[0] = -np.inf
    assert steer(TINY, flat, (2, 3), Steering(count=5)) == [1, 4, 5, 6, 7]


def test_what_has_no_probability_is_not_shown() -> None:
    scores = SCORES.copy()
    best = shown(Steering(count=3))
    scores[best] = -np.inf
    assert not set(best) & set(steer(TINY, scores, HISTORY, Steering(count=50)))
    scores[:] = -np.inf
    for steering in (Steering(), Steering(diversity=0.5, novelty=1.0, more=frozenset({3}))):
        assert steer(TINY, scores, HISTORY, steering) == []


def test_settings_that_leave_nothing_or_little_give_an_empty_or_a_short_list() -> None:
    assert shown(Steering(excluded=ALL)) == []
    assert shown(Steering(excluded=ALL, diversity=0.7, pinned=frozenset({CRIME}))) == []
    assert steer(TINY, SCORES, range(1, TINY.size + 1), Steering(diversity=0.2)) == []
    few = shown(Steering(excluded=ALL - {"Crime"}, count=50))
    assert few and all(TINY.groups[item] == ("Crime",) for item in few)


def test_the_ranking_itself_stays_as_it_is() -> None:
    before = SCORES.copy()
    for steering in settings(20):
        shown(steering)
    np.testing.assert_array_equal(SCORES, before)


def test_more_novelty_never_makes_a_list_more_popular_and_ends_up_far_from_it() -> None:
    for history in ((), (1,), HISTORY, tuple(range(1, 20))):
        given = ranking(history).scores
        for fixed in (Steering(), Steering(pinned=frozenset({SPACE})), Steering(seen=True)):
            found = []
            for novelty in np.linspace(0, 1, 21):
                steering = Steering(novelty=float(novelty), pinned=fixed.pinned, seen=fixed.seen)
                items = steer(TINY, given, history, steering)
                novel = list_metrics(TINY, given, items).novelty
                assert novel is not None
                found.append(novel)
            assert all(later >= earlier - 1e-9 for earlier, later in pairwise(found))
            assert fixed.pinned or found[-1] > found[0] + 0.5


def test_full_novelty_orders_by_how_much_likelier_the_history_makes_an_item() -> None:
    scores = SCORES[1:].astype(float)
    lift = scores - np.log(TINY.counts[1:] / TINY.counts.sum())
    np.testing.assert_allclose(
        steered_scores(TINY, SCORES, Steering(novelty=1))[1:], lift, rtol=1e-5
    )


def test_marginal_relevance_without_diversity_is_plain_order() -> None:
    rng = np.random.default_rng(0)
    relevance = rng.random(40).astype(np.float32)
    places = marginal(relevance, TINY.vectors[1:], np.zeros(40, np.float32), 0.0, 12)
    assert places == np.argsort(-relevance)[:12].tolist()
    assert shown(Steering(diversity=1e-9)) == shown(Steering())


def test_diversity_is_maximal_marginal_relevance() -> None:
    """Against the formula of Carbonell and Goldstein, written out item by item."""
    steering = Steering(diversity=0.4, novelty=0.2, count=12)
    may = np.flatnonzero(allowed(TINY, SCORES, HISTORY, steering))
    points = steered_scores(TINY, SCORES, steering)
    relevance = dict(zip(may.tolist(), stretched(points[may]).tolist(), strict=True))
    chosen: list[int] = []
    while len(chosen) < steering.count:

        def worth(item: int) -> float:
            likes = [float(TINY.vectors[item] @ TINY.vectors[other]) for other in chosen]
            return 0.6 * relevance[item] - 0.4 * max(likes, default=0.0)

        chosen.append(max((item for item in relevance if item not in chosen), key=worth))
    assert shown(steering) == chosen


def test_diversity_makes_the_list_more_diverse_and_keeps_the_best_item() -> None:
    found = [
        list_metrics(TINY, SCORES, shown(Steering(diversity=diversity))).diversity or 0.0
        for diversity in (0, 0.5, 1)
    ]
    assert found[0] < found[1] <= found[2]
    assert shown(Steering(diversity=1))[0] == shown(Steering())[0]


def test_more_like_this_lowers_nothing_and_brings_up_what_is_like_it() -> None:
    for item in (12, 20, 37):
        before, after = (
            steered_scores(TINY, SCORES, steering)
            for steering in (Steering(), Steering(more=frozenset({item})))
        )
        gain = after[1:] - before[1:]
        assert gain.min() >= 0 and gain.max() == pytest.approx(FEEDBACK, rel=1e-5)
        np.testing.assert_allclose(
            gain, FEEDBACK * np.maximum(TINY.vectors[1:] @ TINY.vectors[item], 0), atol=1e-5
        )
    both = steered_scores(TINY, SCORES, Steering(more=frozenset({12, 20})))
    one = steered_scores(TINY, SCORES, Steering(more=frozenset({12})))
    assert np.all(both[1:] >= one[1:])


def test_less_like_this_hides_it_and_brings_down_what_is_like_it() -> None:
    disliked = shown(Steering())[0]
    steering = Steering(less=frozenset({disliked}), count=50)
    assert disliked not in shown(steering)
    alike = TINY.vectors @ TINY.vectors[disliked]
    fell = SCORES[1:] - steered_scores(TINY, SCORES, steering)[1:]
    np.testing.assert_allclose(fell, FEEDBACK * np.maximum(alike[1:], 0), atol=1e-5)
    before, after = (
        np.mean([alike[item] for item in shown(each)])
        for each in (Steering(), Steering(less=frozenset({disliked})))
    )
    assert after < before


def test_a_mark_each_way_on_the_same_item_shows_it_not() -> None:
    assert 12 not in shown(Steering(more=frozenset({12}), less=frozenset({12}), count=50))


def test_the_unsteered_place_of_an_item_counts_what_is_not_in_the_history() -> None:
    items = shown(Steering(novelty=0.6, diversity=0.3))
    order = [int(item) for item in np.argsort(-SCORES, kind="stable") if item not in HISTORY]
    assert ranks(SCORES, HISTORY, items) == [order.index(item) + 1 for item in items]
    assert ranks(SCORES, (), shown(Steering(seen=True))) == list(range(1, 11))
    assert ranks(SCORES, HISTORY, []) == []


def test_what_is_out_of_bounds_is_no_steering() -> None:
    for wrong in ({"novelty": -0.1}, {"diversity": 1.1}, {"count": 0}, {"novelty": float("nan")}):
        with pytest.raises(ValueError, match=r"between 0 and 1|at least one"):
            Steering(**wrong)


def test_the_unsteered_list_is_as_long() -> None:
    assert Steering(novelty=0.5, pinned=frozenset({SPACE}), count=25).unsteered == Steering(
        count=25
    )
