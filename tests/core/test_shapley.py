"""Contributions against what can be said by hand, and against all orders of joining."""

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core import shapley
from demos.core.shapley import Incomplete, attribute

Array = NDArray[Any]


def by_permutations(
    score: Callable[[Array], Array], x: Array, baseline: Array, groups: Sequence[Sequence[int]]
) -> Array:
    """Shapley's definition, literally: join in every order, and average what each adds."""
    values = np.zeros(len(groups))
    orders = list(permutations(range(len(groups))))
    for order in orders:
        mixed = baseline.copy()
        before = score(mixed[None])[0]
        for group in order:
            mixed[list(groups[group])] = x[list(groups[group])]
            after = score(mixed[None])[0]
            values[group] += (after - before) / len(orders)
            before = after
    return values


def curved(x: Array) -> Array:
    return np.tanh(x[:, 0] * x[:, 1]) + x[:, 2] ** 2 * x[:, 3] - np.maximum(x[:, 4], x[:, 0])


def test_a_linear_score_gives_weight_times_distance() -> None:
    rng = np.random.default_rng(0)
    weights, x, baseline = rng.normal(size=6), rng.normal(size=(5, 6)), rng.normal(size=6)
    found = attribute(lambda each: each @ weights + 3, x, baseline, [[i] for i in range(6)])
    assert np.allclose(found.values, weights * (x - baseline))
    assert np.allclose(found.total, x @ weights + 3)
    assert found.base == pytest.approx(baseline @ weights + 3)
    assert found.residual < 1e-12


def test_an_interaction_is_shared_evenly() -> None:
    def score(x: Array) -> Array:
        return 2 * x[:, 0] + 5 * x[:, 1] * x[:, 2]

    found = attribute(score, np.array([[1.0, 1.0, 1.0]]), np.zeros(3), [[0], [1], [2]])
    assert found.values[0] == pytest.approx([2, 2.5, 2.5])
    joined = attribute(score, np.array([[1.0, 1.0, 1.0]]), np.zeros(3), [[1, 2], [0]])
    assert joined.values[0] == pytest.approx([5, 2])


def test_it_is_the_average_over_all_orders() -> None:
    rng = np.random.default_rng(1)
    x, baseline = rng.normal(size=(3, 5)), rng.normal(size=5)
    for groups in ([[0], [1], [2], [3], [4]], [[4, 0], [2], [1, 3]], [[0, 1, 2, 3, 4]]):
        found = attribute(curved, x, baseline, groups)
        expected = [by_permutations(curved, each, baseline, groups) for each in x]
        assert np.allclose(found.values, expected)


def test_equal_parts_get_the_same_and_a_part_without_effect_gets_nothing() -> None:
    def score(x: Array) -> Array:
        return (x[:, 0] + x[:, 1]) ** 3 + 0 * x[:, 2]

    found = attribute(score, np.array([[2.0, 2.0, 9.0]]), np.zeros(3), [[0], [1], [2]])
    assert found.values[0, 0] == pytest.approx(found.values[0, 1])
    assert found.values[0, 2] == pytest.approx(0, abs=1e-12)


def test_what_is_as_usual_contributes_nothing() -> None:
    x = np.array([[1.0, 2.0, 3.0, 4.0, 5.0]])
    baseline = np.array([9.0, 2.0, 9.0, 4.0, 9.0])
    found = attribute(curved, x, baseline, [[0], [1, 3], [2], [4]])
    assert found.values[0, 1] == pytest.approx(0, abs=1e-12)


def test_many_rows_go_in_batches_and_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    x, baseline = rng.normal(size=(7, 5)), np.zeros(5)
    groups = [[0], [1], [2], [3], [4]]
    at_once = attribute(curved, x, baseline, groups).values
    sizes = []

    def counted(each: Array) -> Array:
        sizes.append(len(each))
        return curved(each)

    monkeypatch.setattr(shapley, "BATCH_ROWS", 70)
    assert np.allclose(attribute(counted, x, baseline, groups).values, at_once)
    assert sizes == [64, 64, 64, 32, 1, 7]


def test_as_many_groups_as_are_allowed() -> None:
    rng = np.random.default_rng(3)
    x, baseline = rng.normal(size=(2, 10)), rng.normal(size=10)

    def score(each: Array) -> Array:
        return each[:, :5].prod(axis=1) + each[:, 5:].sum(axis=1) ** 2

    found = attribute(score, x, baseline, [[i] for i in range(10)])
    assert np.allclose(found.values.sum(axis=1), score(x) - score(baseline[None]))


def test_no_rows_are_no_error() -> None:
    found = attribute(curved, np.empty((0, 5)), np.zeros(5), [[0, 1, 2, 3, 4]])
    assert found.values.shape == (0, 1) and found.residual == 0


@pytest.mark.parametrize("shaky", [lambda x: x[:, 0] * len(x), lambda x: x[:, 0] * np.nan])
def test_contributions_that_do_not_add_up_are_an_error(shaky: Callable[[Array], Array]) -> None:
    with pytest.raises(Incomplete, match="miss the score's difference"):
        attribute(shaky, np.ones((1, 2)), np.zeros(2), [[0], [1]])


def test_single_precision_adds_up_well_within_the_tolerance() -> None:
    rng = np.random.default_rng(4)
    inner, outer = rng.normal(size=(12, 64)), rng.normal(size=64)

    def network(x: Array) -> Array:
        return np.maximum(x.astype(np.float32) @ inner.astype(np.float32), 0) @ outer.astype("f4")

    x = rng.normal(size=(4, 12)).astype(np.float32)
    found = attribute(network, x, np.zeros(12, np.float32), [[i, i + 6] for i in range(6)])
    assert found.residual < shapley.TOLERANCE / 10


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ([[0], [1]], "exactly one"),
        ([[0, 1], [1, 2]], "exactly one"),
        ([[0, 1, 3]], "exactly one"),
        ([], "1 to 10"),
        ([[i] for i in range(11)], "1 to 10"),
    ],
)
def test_groups_must_share_out_the_features(groups: list[list[int]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        attribute(lambda x: x[:, 0], np.ones((1, 3)), np.zeros(3), groups)


def test_inputs_must_fit_the_baseline() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        attribute(lambda x: x[:, 0], np.ones((1, 3)), np.zeros(2), [[0], [1], [2]])
