"""The transformer: what it may see, and the short cut to one place."""

from typing import Any

import pytest
import torch
from torch import Tensor

from demos.recommendations.network import Recommender, Shape, rebuilt

SHAPE = Shape(items=30, width=24, heads=3, layers=3, hidden=2)


def make(shape: Shape = SHAPE, seed: int = 0) -> Recommender:
    """Random, with gates and scores far from those of a new network."""
    torch.manual_seed(seed)
    network = Recommender(shape)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return network.eval()


def items(*rows: list[int]) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([row + [0] * (width - len(row)) for row in rows])


HISTORIES = items([3, 9, 27, 4, 12], [5], [8, 2, 17])
LAST = torch.tensor([4, 0, 2])


@torch.inference_mode()
def test_a_later_item_changes_nothing_before_it() -> None:
    network = make()
    whole = network(items([3, 9, 27, 4, 12]))
    other = network(items([3, 9, 27, 5, 1]))
    torch.testing.assert_close(whole[:, :3], other[:, :3])
    assert (whole[:, 3] - other[:, 3]).abs().max() > 0.01


@torch.inference_mode()
def test_the_order_of_items_counts() -> None:
    network = make()
    last = torch.tensor([2])
    one, other = (network.next_item(items(row), last) for row in ([3, 9, 27], [9, 3, 27]))
    assert (one - other)[:, 1:].abs().max() > 0.01


@torch.inference_mode()
def test_the_next_item_is_what_the_whole_network_says_of_the_last_place() -> None:
    network = make()
    found = network.next_item(HISTORIES, LAST)
    for row, last in enumerate(LAST.tolist()):
        logits = network.logits(network(HISTORIES[row : row + 1, : last + 1]))[0, -1, 1:]
        torch.testing.assert_close(found[row, 1:], torch.log_softmax(logits, -1))
    torch.testing.assert_close(found.exp().sum(1), torch.ones(3))
    assert found[:, 0].max() < -1_000


@torch.inference_mode()
def test_any_place_can_be_asked_not_only_the_end() -> None:
    network = make()
    history = items([3, 9, 27, 4, 12])
    at_two = network.next_item(history, torch.tensor([1]))
    torch.testing.assert_close(at_two, network.next_item(history[:, :2], torch.tensor([1])))


@torch.inference_mode()
def test_padding_never_matters() -> None:
    network = make()
    padded = torch.nn.functional.pad(HISTORIES, (0, 7))
    torch.testing.assert_close(network.next_item(padded, LAST), network.next_item(HISTORIES, LAST))
    torch.testing.assert_close(network(padded)[:, :5], network(HISTORIES))


@torch.inference_mode()
def test_a_history_longer_than_any_seen_has_finite_scores() -> None:
    history = torch.arange(700)[None] % 30 + 1
    found = make().next_item(history, torch.tensor([699]))
    assert bool(torch.isfinite(found).all())


def test_reading_padding_teaches_nothing() -> None:
    network = Recommender(SHAPE)
    network(HISTORIES).sum().backward()
    grad = network.embedding.weight.grad
    assert grad is not None and not grad[0].any() and grad[3].any()


def test_dropout_is_for_training_only() -> None:
    network = make()
    torch.testing.assert_close(network(HISTORIES), network(HISTORIES), rtol=0, atol=0)
    network.train()
    assert (network(HISTORIES) - network(HISTORIES)).abs().max() > 0.01


@pytest.mark.parametrize(
    "change", [{}, {"heads": 2, "layers": 1}, {"hidden": 4, "items": 7}], ids=str
)
@torch.inference_mode()
def test_a_network_is_rebuilt_from_its_weights(change: dict[str, Any]) -> None:
    shape = Shape(**{"items": 30, "width": 24, "heads": 3, "layers": 3, "hidden": 2} | change)
    network = make(shape)
    again = rebuilt(network.state_dict(), shape.heads)
    assert again.shape == shape and not again.training
    history, last = items([3, 6, 7, 4, 1]), torch.tensor([4])
    torch.testing.assert_close(
        again.next_item(history, last), network.next_item(history, last), rtol=0, atol=0
    )
