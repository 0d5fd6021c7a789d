"""Leaving items out of a history, with a model whose true effects are known."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.recommend.influence import (
    LARGEST,
    MOST_LEFT_OUT,
    Influence,
    causes,
    is_popular,
    leave_one_out,
    reason,
)
from tests.core.recommend import tiny

SIZE = 40
CATALOG = tiny.catalog()
LANTERNS, RETURN, MATRIX, TOYS = 1, 2, 4, 29
OBSCURE = 39


class Additive:
    """Every item of a history adds its own effect to the score of every other; asked in batches."""

    def __init__(self, seed: int = 1) -> None:
        rng = np.random.default_rng(seed)
        self.base = rng.normal(size=SIZE + 1)
        self.effects = rng.normal(size=(SIZE + 1, SIZE + 1))
        self.batches: list[list[list[int]]] = []

    def __call__(self, histories: Sequence[Sequence[int]]) -> NDArray[np.float64]:
        self.batches.append([list(each) for each in histories])
        return np.stack(
            [self.base + self.effects[np.array(each, int)].sum(axis=0) for each in histories]
        )


def influence(*changes: float, whole: float | None = None) -> Influence:
    """Of the first films of the catalog on the one without a viewer to speak of."""
    history = tuple(range(1, len(changes) + 1))
    total = sum(changes) if whole is None else whole
    row = np.array([changes], np.float32).reshape(1, -1)
    return Influence(history, (OBSCURE,), row, np.array([total], np.float32))


def test_the_changes_are_the_true_effects() -> None:
    model, history, items = Additive(), [5, 9, 2], [7, 30]
    found = leave_one_out(model, history, items)
    assert found.history == (5, 9, 2) and found.items == (7, 30)
    assert found.change == pytest.approx(model.effects[np.ix_(history, items)].T, abs=1e-6)
    assert found.whole == pytest.approx(model.effects[np.ix_(history, items)].sum(axis=0), abs=1e-6)


def test_one_batch_has_the_history_whole_without_each_and_without_any() -> None:
    model = Additive()
    leave_one_out(model, [5, 9, 2], [7])
    assert model.batches == [[[5, 9, 2], [9, 2], [5, 2], [5, 9], []]]


def test_one_item_is_compared_with_the_empty_history() -> None:
    model = Additive()
    found = leave_one_out(model, [5], [7])
    assert model.batches == [[[5], []]]
    assert found.change.shape == (1, 1)
    assert found.change[0, 0] == found.whole[0] == pytest.approx(model.effects[5, 7], abs=1e-6)


def test_an_item_taken_twice_is_left_out_once_at_a_time() -> None:
    model = Additive()
    found = leave_one_out(model, [5, 9, 5], [7])
    assert model.batches[0][1:4] == [[9, 5], [5, 5], [5, 9]]
    assert found.change.shape == (1, 3)


def test_of_a_long_history_the_last_items_are_left_out() -> None:
    model = Additive()
    history = [1 + each % SIZE for each in range(500)]
    found = leave_one_out(model, history, [7])
    assert len(model.batches[0]) == MOST_LEFT_OUT + 2
    assert all(each[:450] == history[:450] for each in model.batches[0][:-1])
    assert found.history == tuple(history[-MOST_LEFT_OUT:])
    assert found.skipped == 450
    assert sorted(each.place for each in found.movers(7)) == list(range(451, 501))
    assert found.change[0] == pytest.approx(model.effects[history[-50:], 7], abs=1e-5)


def test_nothing_is_computed_for_an_empty_history() -> None:
    model = Additive()
    found = leave_one_out(model, [], [7, 8])
    assert not model.batches
    assert found.change.shape == (2, 0) and found.whole.tolist() == [0, 0]
    assert found.movers(7) == []
    assert leave_one_out(model, [3, 4], []).change.shape == (0, 2)


def test_scores_of_nothing_stay_finite() -> None:
    def never_without(histories: Sequence[Sequence[int]]) -> NDArray[np.float64]:
        found = np.full((len(histories), SIZE + 1), -np.inf)
        found[[5 in each for each in histories], 7] = -1.0
        return found

    found = leave_one_out(never_without, [5, 9], [7, 8])
    assert found.change.tolist() == [[LARGEST, 0], [0, 0]]
    assert found.whole.tolist() == [LARGEST, 0]


def test_movers_come_with_their_places_what_raised_it_most_first() -> None:
    found = influence(0.1, -0.4, 0.9).movers(OBSCURE)
    assert [(each.item, each.place) for each in found] == [(3, 3), (1, 1), (2, 2)]
    with pytest.raises(ValueError):
        influence(0.1).movers(7)


def test_only_substantial_positive_changes_are_causes() -> None:
    def named(*changes: float) -> list[int]:
        return [each.item for each in causes(influence(*changes), OBSCURE)]

    assert named(0.5, 0.6, 0.4) == [2, 1]  # two at most
    assert named(2.0, 0.3) == [1]  # the second is far behind the first
    assert named(0.1, 0.2) == []
    assert named(-2.0, 0.1) == []
    twice = replace(influence(0.9, 0.8, 0.7), history=(4, 4, 6))
    assert [each.item for each in causes(twice, OBSCURE)] == [4, 6]


def test_a_reason_names_what_it_is_because_of() -> None:
    assert reason(CATALOG, influence(0.5, 0.6), OBSCURE) == (
        "because of “Star Lanterns: The Return (1980)” and “Star Lanterns (1977)”"
    )
    assert reason(CATALOG, influence(0.5, 0.0), OBSCURE) == "because of “Star Lanterns (1977)”"
    long = replace(CATALOG, titles=("", "x" * 60, *CATALOG.titles[2:]))
    assert reason(long, influence(0.5), OBSCURE) == f"because of “{'x' * 47}…”"


def test_where_no_item_decides_it_the_reason_says_what_does() -> None:
    def said(item: int, *changes: float, whole: float) -> str:
        return reason(CATALOG, replace(influence(*changes, whole=whole), items=(item,)), item)

    assert said(OBSCURE, 0.1, 0.1, whole=1.5) == (
        "because of the history as a whole; no single film decides it"
    )
    assert said(OBSCURE, 0.1, whole=-1) == ("in spite of the history: it scores higher without one")
    assert said(TOYS, 0.1, whole=0.1) == "popular with everybody, whatever the history"
    assert said(OBSCURE, 0.1, whole=0.1) == (
        "not because of the history: it scores about as high without one"
    )
    # Popular, but here because of the history: popularity is not put forward.
    assert said(TOYS, 0.1, 0.1, whole=1.5).startswith("because of the history as a whole")


def test_without_a_history_no_history_is_the_reason() -> None:
    nothing = leave_one_out(Additive(), [], [TOYS, OBSCURE])
    assert reason(CATALOG, nothing, TOYS) == (
        "popular with everybody; there is no history to go by yet"
    )
    assert reason(CATALOG, nothing, OBSCURE) == "there is no history to go by yet"


def test_popular_is_the_tenth_that_is_taken_most() -> None:
    popular = [each for each in range(1, SIZE + 1) if is_popular(CATALOG, each)]
    assert sorted(CATALOG.counts[popular]) == sorted(CATALOG.counts)[-4:]
    assert LANTERNS in popular and TOYS in popular


def test_a_model_with_a_taste_names_what_is_alike() -> None:
    def scores(histories: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        return np.stack([tiny.ranking(each).scores for each in histories])

    found = leave_one_out(scores, [TOYS, RETURN], [MATRIX])
    assert [each.item for each in causes(found, MATRIX)] == [RETURN]
