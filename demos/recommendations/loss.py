"""Softmax over the whole catalog, in pieces that fit the processor's cache."""

from typing import Any

import torch
from torch import Tensor

ROWS = 256
"""Targets at once. Logits of 8,192 targets and 9,147 items are 300 MB: moving them, not the
arithmetic, is most of a step's time; in pieces it takes a fifth (0.38 s against 1.88 s)."""


def has_bfloat16() -> bool:
    """Whether this CPU multiplies bfloat16 matrices in hardware; emulated, it is slower."""
    return bool(torch.backends.mkldnn.is_available() and torch.cpu._is_avx512_bf16_supported())


class FullSoftmax(torch.autograd.Function):
    """Mean cross-entropy of x (N, D) against the items `target` (N,), with its gradients."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, target: Tensor) -> Tensor:
        """Gradients are computed here, piece by piece, so that logits are never kept."""
        halved = x.device.type == "cpu" and has_bfloat16()
        count, kind = len(target), torch.bfloat16 if halved else x.dtype
        x, weight = x.to(kind), weight.to(kind)
        grad_x = torch.empty_like(x)
        grad_weight = torch.zeros(weight.shape, dtype=torch.float32, device=x.device)
        grad_bias = torch.zeros(len(weight), dtype=torch.float32, device=x.device)
        loss = torch.zeros((), device=x.device)
        for at in range(0, count, ROWS):
            piece, wanted = x[at : at + ROWS], target[at : at + ROWS, None]
            z = (piece @ weight.T).float() + bias
            z[:, 0] = -torch.inf  # padding is no item
            z -= z.amax(1, keepdim=True)
            right = z.gather(1, wanted)
            z.exp_()
            total = z.sum(1, keepdim=True)
            loss += (total.log() - right).sum()
            z /= total * count
            z.scatter_add_(1, wanted, torch.full_like(right, -1 / count))
            grad_bias += z.sum(0)
            z = z.to(kind)
            grad_x[at : at + ROWS] = z @ weight
            grad_weight += z.T @ piece
        ctx.save_for_backward(grad_x, grad_weight, grad_bias)
        return loss / count

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        """The kept gradients times that of the loss."""
        grad_x, grad_weight, grad_bias = ctx.saved_tensors
        (grad,) = grads
        return grad_x * grad, grad_weight * grad, grad_bias * grad, None
