"""Training as the graph in 8 bits will compute: numbers are rounded on the way forward, and the
gradient passes as if they had not been (Jacob et al. 2018, arXiv:1712.05877).
"""

from typing import Any

import torch
from torch import Tensor, nn

WEIGHT_STEPS, INPUT_STEPS = 127, 255
TOKENS_AND_WIDTH = (-2, -1)


class Rounded(nn.Linear):
    """A layer whose weights are rounded to 8 bits for each of its outputs, and whose input is for
    each text, as ONNX Runtime's dynamic quantization has it of texts that are read alone."""

    def forward(self, given: Tensor) -> Tensor:
        return nn.functional.linear(
            through(given, rounded_input), through(self.weight, rounded_weight), self.bias
        )


def rounded_weight(weight: Tensor) -> Tensor:
    """(outputs, inputs), in steps of each output's own size."""
    step = weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / WEIGHT_STEPS
    return (weight / step).round() * step


def rounded_input(given: Tensor) -> Tensor:
    """(..., T, width), each text in 255 steps from its least number to its greatest, 0 among
    them."""
    least = given.amin(TOKENS_AND_WIDTH, keepdim=True).clamp(max=0)
    most = given.amax(TOKENS_AND_WIDTH, keepdim=True).clamp(min=0)
    step = (most - least).clamp(min=1e-8) / INPUT_STEPS
    zero = (-least / step).round()
    return ((given / step + zero).round().clamp(0, INPUT_STEPS) - zero) * step


def through(given: Tensor, rounded: Any) -> Tensor:
    """Rounded, with the gradient of what was given."""
    with torch.no_grad():
        off: Tensor = rounded(given) - given
    return given + off


def round_layers(module: nn.Module) -> None:
    """Have every linear layer of a network round from now on; its parameters stay the same."""
    for each in module.modules():
        if type(each) is nn.Linear:
            each.__class__ = Rounded
