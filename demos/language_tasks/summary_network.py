"""The sentence scorer: how much a sentence says of its text, from its vector and its features."""

import torch
from torch import Tensor, nn

from demos.core.sentence_encoder import WIDTH
from demos.language_tasks.summary_features import CENTER, FEATURES

FROM_VECTOR, FROM_FEATURES, HIDDEN = 64, 32, 64
DROPOUT = 0.2
CENTRAL = 1.0
"""What nearness to the middle of the text adds to a score: nothing to speak of among the abstracts
it learned from, but in a letter it tells what the letter is about from a greeting."""


class Scorer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.meant = nn.Linear(WIDTH, FROM_VECTOR)
        self.seen = nn.Linear(FEATURES, FROM_FEATURES)
        self.both = nn.Linear(FROM_VECTOR + FROM_FEATURES, HIDDEN)
        self.leave = nn.Linear(HIDDEN, 1)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, vectors: Tensor, features: Tensor) -> Tensor:  # (n, W), (n, F)
        """(n,): to be compared within a text only."""
        meant = self.meant(self.dropout(vectors))
        seen = nn.functional.gelu(self.seen(features))
        both = nn.functional.gelu(self.both(self.dropout(torch.cat([meant, seen], dim=1))))
        found: Tensor = self.leave(self.dropout(both))[:, 0]
        return found


@torch.inference_mode()
def scored(scorer: Scorer, vectors: Tensor, features: Tensor) -> Tensor:
    """The scores (n,) that sentences of one text are chosen by."""
    found: Tensor = scorer(vectors, features) + CENTRAL * features[:, CENTER]
    return found
