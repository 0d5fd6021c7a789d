"""The softmax over the whole catalog against PyTorch's cross-entropy."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from demos.recommendations import loss
from demos.recommendations.loss import ROWS, FullSoftmax

ITEMS, WIDTH = 50, 16


@pytest.fixture(params=[True, False], ids=["bfloat16", "float32"])
def tolerance(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> float:
    """Relative to the largest value, with and without bfloat16 in hardware."""
    monkeypatch.setattr(loss, "has_bfloat16", lambda: request.param)
    return 0.02 if request.param else 1e-5


def made(rows: int) -> tuple[list[Tensor], Tensor]:
    """Vectors, weights and biases that want gradients, and targets."""
    torch.manual_seed(0)
    parts = [torch.randn(rows, WIDTH), torch.randn(ITEMS + 1, WIDTH), torch.randn(ITEMS + 1)]
    return [each.requires_grad_() for each in parts], torch.randint(1, ITEMS + 1, (rows,))


def reference(parts: list[Tensor], target: Tensor) -> Tensor:
    """Column 0 is no item."""
    x, weight, bias = parts
    return F.cross_entropy((x @ weight.T + bias)[:, 1:], target - 1)


def close(found: Tensor, expected: Tensor, tolerance: float) -> bool:
    return bool((found - expected).abs().max() <= tolerance * expected.abs().max())


@pytest.mark.parametrize("rows", [1, ROWS, 2 * ROWS + 3])
def test_value_and_gradients_are_those_of_cross_entropy(rows: int, tolerance: float) -> None:
    parts, target = made(rows)
    expected = reference(parts, target)
    wanted = torch.autograd.grad(expected, parts)
    found = FullSoftmax.apply(*parts, target)
    grads = torch.autograd.grad(found, parts)
    assert close(found, expected, tolerance)
    for grad, want in zip(grads, wanted, strict=True):
        assert grad.dtype == want.dtype and close(grad, want, tolerance)


def test_gradients_scale_with_what_is_made_of_the_loss(tolerance: float) -> None:
    parts, target = made(20)
    wanted = torch.autograd.grad(reference(parts, target) * 3, parts)
    grads = torch.autograd.grad(FullSoftmax.apply(*parts, target) * 3, parts)
    assert all(close(grad, want, tolerance) for grad, want in zip(grads, wanted, strict=True))


def test_padding_gets_no_gradient() -> None:
    parts, target = made(20)
    _, weight, bias = torch.autograd.grad(FullSoftmax.apply(*parts, target), parts)
    assert not weight[0].any() and bias[0] == 0


def test_large_scores_do_not_overflow() -> None:
    parts, target = made(20)
    x, weight, bias = (each.detach() for each in parts)
    found = FullSoftmax.apply(1_000 * x, weight, bias, target)
    assert bool(torch.isfinite(found))
