"""Recommendations for many at once: the same as one by one, a chunk at a time."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.recommend.batch import BLOCK, Recommendations, best, recommend
from demos.core.recommend.steering import Steering, steer
from tests.core.recommend.history_tables import histories_from
from tests.core.recommend.tiny import catalog, ranking

FILMS = catalog()
TAKEN: tuple[tuple[int, ...], ...] = (
    (1, 2, 3),
    (),
    (29,),
    (12, 10, 11, 36),
    (40, 39),
    tuple(range(1, 36)),
    (5,),
)
HISTORIES = histories_from(FILMS, TAKEN)


def scores(histories: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    assert all(histories), "a model is never asked about nobody"
    return np.stack([ranking(each).scores for each in histories])


def listed(found: Recommendations, user: int) -> list[int]:
    return [int(item) for item in found.items[user] if item]


@pytest.mark.parametrize(
    "steering",
    [
        Steering(),
        Steering(count=3, novelty=1.0),
        Steering(novelty=0.4, excluded=frozenset({"Sci-Fi", "Drama"})),
        Steering(pinned=frozenset({"Documentary"})),
        Steering(seen=True, more=frozenset({8}), less=frozenset({1, 30})),
        Steering(count=40),
    ],
)
def test_it_is_what_steering_gives_one_by_one(steering: Steering) -> None:
    found = recommend(FILMS, HISTORIES, scores, steering, chunk=2)
    for user, taken in enumerate(TAKEN):
        if taken:
            own = ranking(taken).scores
            expected = steer(FILMS, own, taken, steering)
            assert listed(found, user) == expected
            given = found.scores[user][: len(expected)]
            assert given == pytest.approx(own[expected])
            assert np.isneginf(found.scores[user][len(expected) :]).all()


def test_diversity_is_not_applied() -> None:
    plain = recommend(FILMS, HISTORIES, scores, Steering())
    diverse = recommend(FILMS, HISTORIES, scores, Steering(diversity=1.0))
    assert (plain.items == diverse.items).all()


def test_who_has_no_history_gets_the_most_popular_that_may_be_shown() -> None:
    steering = Steering(count=2, novelty=1.0, excluded=frozenset({"Sci-Fi"}))
    found = recommend(FILMS, HISTORIES, scores, steering)
    assert found.popular.tolist() == [False, True, *[False] * 5]
    assert listed(found, 1) == [29, 30]
    shares = FILMS.counts / FILMS.counts.sum()
    assert np.exp(found.scores[1]) == pytest.approx(shares[[29, 30]])


def test_when_everything_is_hidden_the_lists_are_empty() -> None:
    steering = Steering(excluded=frozenset(FILMS.group_names))
    found = recommend(FILMS, HISTORIES, scores, steering)
    assert not found.items.any()
    assert np.isneginf(found.scores).all()


def test_no_more_than_a_chunk_is_scored_at_once_and_the_longest_come_first() -> None:
    asked: list[list[int]] = []
    told: list[tuple[int, int, str]] = []

    def watched(histories: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        asked.append([len(each) for each in histories])
        return scores(histories)

    recommend(FILMS, HISTORIES, watched, Steering(), lambda *said: told.append(said), chunk=2)
    assert asked == [[35, 4], [3, 2], [1, 1]]
    assert told == [(2, 6, "recommending"), (4, 6, "recommending"), (6, 6, "recommending")]


def test_a_report_that_raises_ends_it() -> None:
    def report(done: int, total: int, stage: str) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        recommend(FILMS, HISTORIES, scores, Steering(), report)


@pytest.mark.parametrize("count", [1, 5, 63, 64, 200])
def test_the_best_are_found_block_by_block(count: int) -> None:
    rng = np.random.default_rng(count)
    points = rng.normal(size=(7, 64 * BLOCK)).astype(np.float32)
    points[:, ::3] = -np.inf
    points[0] = np.sort(points[0])  # all of the best side by side
    expected = np.argsort(-points, axis=1, kind="stable")[:, :count]
    assert (best(points, count) == expected).all()


def test_equals_come_in_the_order_of_their_numbers() -> None:
    points = np.zeros((1, 2 * BLOCK), np.float32)
    points[0, [3, 50]] = 1
    assert best(points, 2).tolist() == [[3, 50]]


def test_the_scores_of_the_model_are_left_as_they_are() -> None:
    kept = scores([[1, 2]])
    before = kept.copy()
    recommend(FILMS, histories_from(FILMS, ((1, 2),)), lambda _: kept, Steering(novelty=1.0))
    assert (kept == before).all()


def test_a_catalog_smaller_than_the_list_gives_what_there_is() -> None:
    found = recommend(FILMS, HISTORIES, scores, Steering(count=100, seen=True))
    assert sorted(listed(found, 0)) == list(range(1, FILMS.size + 1))


def test_sizes_are_those_of_what_is_kept() -> None:
    found = recommend(FILMS, HISTORIES, scores, Steering(count=4))
    assert found.size == len(TAKEN) * (4 * 4 + 4 * 4 + 1)
    assert len(HISTORIES) == len(found) == len(TAKEN)
