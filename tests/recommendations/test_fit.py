"""Training: what a network sees of every history, and that it learns."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from demos.core.devices import CPU
from demos.recommendations.fit import (
    Recipe,
    batches,
    fit,
    next_item_loss,
    pace,
    padded,
    windows,
)
from demos.recommendations.interactions import without_last
from demos.recommendations.network import Recommender, Shape
from demos.recommendations.pack import network_scores
from tests.recommendations import small

LENGTH = 10


def seen(length: int, seed: int) -> set[tuple[int, int]]:
    """Transitions of one history in the pieces of one epoch."""
    found = windows([np.arange(length)], LENGTH, np.random.default_rng(seed))
    return {pair for piece in found for pair in pairwise(piece.tolist())}


@pytest.mark.parametrize("length", [1, 2, 10, 11, 12, 25, 61])
def test_pieces_are_parts_of_a_history_no_longer_than_asked_for(length: int) -> None:
    history = np.arange(length)
    for seed in range(20):
        found = list(windows([history], LENGTH, np.random.default_rng(seed)))
        assert all(0 < len(each) <= LENGTH + 1 for each in found)
        assert all(np.array_equal(each, history[each[0] : each[-1] + 1]) for each in found)
        assert found[0][-1] == length - 1


@pytest.mark.parametrize("length", [2, 11, 12, 16, 25, 61])
def test_no_transition_is_left_out_but_now_and_then_the_earliest(length: int) -> None:
    every = set(pairwise(range(length)))
    epochs = [seen(length, seed) for seed in range(40)]
    assert set.union(*epochs) == every
    assert all(pair[1] < LENGTH // 2 for each in epochs for pair in every - each)


def test_a_history_that_fits_is_one_piece() -> None:
    (piece,) = windows([np.arange(LENGTH + 1)], LENGTH, np.random.default_rng(0))
    assert len(piece) == LENGTH + 1


def test_batches_hold_every_piece_once_and_no_more_than_the_tokens() -> None:
    recipe = Recipe(1, length=LENGTH, tokens=64)
    # Numbers say which history and place an item is of.
    histories = [100 * n + np.arange(1, 2 + n % 25) for n in range(1, 60)]
    found = batches(histories, recipe, np.random.default_rng(3))
    assert all(each.shape[1] <= LENGTH + 1 and each.numel() <= 64 for each in found)
    rows = [row[row > 0].tolist() for batch in found for row in batch]
    wanted = windows(histories, LENGTH, np.random.default_rng(3))
    assert sorted(rows) == sorted(piece.tolist() for piece in wanted if len(piece) > 1)


def test_histories_of_like_length_are_together() -> None:
    histories = [np.arange(1, 3 + 8 * (n % 2)) for n in range(400)]
    recipe = Recipe(1, length=LENGTH, tokens=128)
    found = batches(histories, recipe, np.random.default_rng(0))
    padding = sum(int((each == 0).sum()) for each in found)
    assert padding < 0.25 * sum(each.numel() for each in found)


def test_batches_follow_from_the_seed() -> None:
    histories = list(small.histories().values())

    def drawn(seed: int) -> list[list[list[int]]]:
        found = batches(histories, small.RECIPE, np.random.default_rng(seed))
        return [each.tolist() for each in found]

    assert drawn(1) == drawn(1) != drawn(2)


def test_the_rate_rises_then_falls() -> None:
    paces = [pace(step, 100, 10) for step in range(101)]
    assert paces[0] == pytest.approx(0.1, abs=0.01)
    assert np.argmax(paces) in (8, 9, 10) and max(paces) <= 1
    assert paces[10:] == sorted(paces[10:], reverse=True)
    assert paces[-1] == pytest.approx(0.05)


def test_the_loss_is_over_items_and_not_over_padding() -> None:
    torch.manual_seed(0)
    network = Recommender(Shape(small.ITEMS, 16, 2, 1, 2)).eval()
    long, short = np.array([3, 4, 5, 6]), np.array([9, 10])
    both = float(next_item_loss(network, padded([long, short])))
    apart = [float(next_item_loss(network, padded([each]))) for each in (long, short)]
    assert both == pytest.approx((3 * apart[0] + 1 * apart[1]) / 4, rel=0.01)


def test_an_obvious_rule_is_learned() -> None:
    before, last = without_last(small.histories())
    network = small.network()
    assert not network.training
    scores = network_scores(network, list(before.values()), small.RECIPE.length)
    ruled = [small.following(int(each[-1])) for each in before.values()]
    assert (scores.argmax(1) == ruled).mean() > 0.9
    assert (scores.argmax(1) == list(last.values())).mean() > 0.7


def test_a_seed_decides_all_and_every_epoch_is_told() -> None:
    histories = list(small.histories().values())
    recipe = replace(small.RECIPE, epochs=3, dropout=0.1)
    told: list[tuple[int, float]] = []

    def trained(seed: int) -> torch.Tensor:
        network = fit(
            histories, small.ITEMS, recipe, seed, CPU, lambda n, _, loss: told.append((n, loss))
        )
        return network.embedding.weight.detach()

    with small.one_thread():
        one, again, other = trained(1), trained(1), trained(2)
    assert torch.equal(one, again) and not torch.allclose(one, other)
    assert [epoch for epoch, _ in told] == [1, 2, 3] * 3
    assert told[:3] == told[3:6] and told[2][1] < told[0][1]
