"""Baselines against their definitions, on histories small enough to count by hand."""

import sys
from collections.abc import Sequence
from functools import partial

import numpy as np
import pytest

from demos.recommendations import baselines
from demos.recommendations.ranking_metrics import Scorer, rank

TRAIN = [[1, 2, 3], [1, 2, 4], [2, 4, 1, 2], [3, 4], [5]]


def random_histories(users: int, size: int, seed: int = 0) -> list[list[int]]:
    generator = np.random.default_rng(seed)
    lengths = generator.integers(2, 9, size=users)
    return [(1 + generator.permutation(size)[:length]).tolist() for length in lengths]


def test_popularity_is_how_often_an_item_was_taken() -> None:
    scores = baselines.popularity(TRAIN, 6)([[1], []])
    assert scores.tolist() == [[0, 3, 4, 2, 3, 1, 0]] * 2


def test_transitions_count_what_came_right_after_the_last_item() -> None:
    scores = baselines.transitions(TRAIN, 6)([[5, 4, 2], [1, 3]])
    assert np.floor(scores).tolist() == [[0, 0, 0, 1, 2, 0, 0], [0, 0, 0, 0, 1, 0, 0]]


def test_equal_transitions_are_ordered_by_popularity() -> None:
    (scores,) = baselines.transitions(TRAIN, 6)([[4]])  # after 4 came 1, once
    order = sorted(range(1, 7), key=lambda item: -scores[item])
    assert order[:2] == [1, 2] and order[-2:] == [5, 6]
    (nothing,) = baselines.transitions(TRAIN, 6)([[]])
    assert np.argmax(nothing) == 2 and nothing.max() < 1


@pytest.mark.parametrize(("users", "items"), [(30, 12), (9, 25)], ids=["primal", "dual"])
def test_ease_is_the_minimum_under_the_zero_diagonal(users: int, items: int) -> None:
    """Each column is ridge regression of an item on all others (Steck 2019, its constraint)."""
    x = baselines.binary(random_histories(users, items), items)
    found = baselines.ease_weights(x, 3.0)
    dense = x.toarray().astype(np.float64)
    assert found.dtype == np.float32 and not np.diagonal(found).any()
    for item in range(items):
        others = [other for other in range(items) if other != item]
        gram = dense[:, others].T @ dense[:, others] + 3.0 * np.eye(items - 1)
        expected = np.linalg.solve(gram, dense[:, others].T @ dense[:, item])
        assert found[others, item] == pytest.approx(expected, abs=1e-5)


def test_ease_scores_are_the_sum_of_the_rows_of_the_history() -> None:
    train = random_histories(30, 12)
    weights = baselines.ease_weights(baselines.binary(train, 12), 3.0)
    scores = baselines.ease(train, 12, 3.0)([[1, 4, 4], []])
    assert scores.shape == (2, 13)
    assert scores[0, 1:] == pytest.approx(weights[0] + weights[3], abs=1e-6)
    assert not scores[1].any()


def test_binary_rows_hold_each_item_once() -> None:
    x = baselines.binary([[3, 1, 3], [], [2]], 4)
    assert x.toarray().tolist() == [[1, 0, 1, 0], [0, 0, 0, 0], [0, 1, 0, 0]]


def test_what_is_chosen_is_best_on_the_last_items() -> None:
    """One fit knows the last items, and must win; it is then fitted to the whole histories."""
    seen: list[Sequence[Sequence[int]]] = []

    def fit(train: Sequence[Sequence[int]], size: int, next_item: int) -> Scorer:
        seen.append(train)
        return lambda histories: np.tile(np.eye(size + 1)[next_item], (len(histories), 1))

    fits: dict[str, baselines.Fit] = {
        str(item): partial(fit, next_item=item) for item in (11, 12, 13)
    }
    train = [[1, 2, 12], [3, 12], [4]]
    figures = baselines.validated(train, 30, fits)
    assert figures == {"11": 0, "12": 1, "13": 0}
    assert seen == [[[1, 2], [3]]] * 3
    scorer = baselines.fitted(train, 30, fits)
    assert seen[-1] == train
    assert rank(scorer, [[1]], [12]).ranks.tolist() == [1]


def test_every_baseline_scores_unknown_histories(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("implicit")
    monkeypatch.setattr(baselines, "FACTORS", (8,))
    monkeypatch.setattr(baselines, "available_cores", lambda: 1)
    train = random_histories(60, 40)
    found = baselines.baselines(train, 40)
    assert list(found) == ["popularity", "transitions", "ease", "implicit"]
    for scorer in found.values():
        scores = scorer([[7, 8], [], [1, 40]])
        assert scores.shape == (3, 41) and np.isfinite(scores).all()


def test_implicit_scores_as_its_own_recommend() -> None:
    nearest = pytest.importorskip("implicit.nearest_neighbours")
    train = random_histories(60, 40)
    make = partial(nearest.BM25Recommender, K=10, num_threads=1)
    model = make()
    x = baselines.binary(train, 40)
    model.fit(x, show_progress=False)
    ids, _ = model.recommend(0, x[0], N=5)
    found = rank(baselines.neighbors(train, 40, make), [train[0]], [1])
    assert found.lists[0, :5].tolist() == (ids + 1).tolist()


def test_als_solves_for_the_factors_of_any_history() -> None:
    als = pytest.importorskip("implicit.cpu.als")
    train = random_histories(60, 40)
    make = partial(als.AlternatingLeastSquares, factors=8, random_state=0, num_threads=1)
    model = make()
    x = baselines.binary(train, 40)
    model.fit(x, show_progress=False)
    ids, _ = model.recommend(0, x[0], N=5, recalculate_user=True)
    found = rank(baselines.als(train, 40, make), [train[0]], [1])
    assert found.lists[0, :5].tolist() == (ids + 1).tolist()


def test_without_implicit_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "implicit.cpu.als", None)
    with pytest.raises(SystemExit, match=r"requirements-dev\.txt"):
        baselines.implicit_fits()
