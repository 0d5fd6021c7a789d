"""The bundled recognizer: a convolutional network that says which phone is heard when.

Convolutions over time with a wide mixing of channels between them, as in ConvNeXt (Liu et al.
2022, arXiv:2201.03545) and QuartzNet (Kriman et al. 2019, arXiv:1910.10261), trained with CTC
(Graves et al. 2006). It thinks 25 times a second and speaks twice each time, for short phones. It
looks about 1.3 s to either side, so it hears a piece of a long recording as it hears a word.
"""

import torch
from torch import Tensor, nn

from demos.speech_recognition.features import BANDS
from demos.speech_recognition.lexicon import TOKENS

SHRINK = 4
"""Frames of features to one inside the network; bands shrink by as much."""
OUTPUTS = 2
"""Of the network for each frame inside: 50 a second."""
STEM = 24, 32
WIDTH = 192
KERNEL = 9
BLOCKS = 8
EXPANSION = 3
SCALE = 0.3
"""How much a block adds, to begin with."""


class Block(nn.Module):
    """Time, then channels; the input is added."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.time = nn.Conv1d(WIDTH, WIDTH, KERNEL, padding=KERNEL // 2, groups=WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.widen = nn.Linear(WIDTH, EXPANSION * WIDTH)
        self.narrow = nn.Linear(EXPANSION * WIDTH, WIDTH)
        self.scale = nn.Parameter(torch.full((WIDTH,), SCALE))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:  # (B, T, WIDTH)
        mixed: Tensor = self.norm(self.time(x.transpose(1, 2)).transpose(1, 2))
        mixed = self.narrow(nn.functional.silu(self.widen(mixed)))
        return x + self.dropout(mixed) * self.scale


class Recognizer(nn.Module):
    """Features (B, F, BANDS) to log-probabilities of tokens (B, 2 ceil(F / 4), TOKENS)."""

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        first, second = STEM
        self.first = nn.Conv2d(1, first, 3, stride=2, padding=1)
        self.second = nn.Conv2d(first, second, 3, stride=2, padding=1)
        self.enter = nn.Linear(second * BANDS // SHRINK, WIDTH)
        self.blocks = nn.ModuleList(Block(dropout) for _ in range(BLOCKS))
        self.norm = nn.LayerNorm(WIDTH)
        self.leave = nn.Linear(WIDTH, OUTPUTS * TOKENS)

    def forward(self, features: Tensor) -> Tensor:
        x = nn.functional.silu(self.first(features[:, None]))
        x = nn.functional.silu(self.second(x))  # (B, C, frames / 4, BANDS / 4)
        x = self.enter(x.permute(0, 2, 1, 3).flatten(2))  # (B, frames / 4, WIDTH)
        for block in self.blocks:
            x = block(x)
        x = self.leave(self.norm(x)).float()
        return nn.functional.log_softmax(x.unflatten(2, (OUTPUTS, TOKENS)).flatten(1, 2), dim=-1)
