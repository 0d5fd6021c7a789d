"""The reader: one encoder for all tasks of sorting, marking and answering, with a small head each.

The encoder is all-MiniLM-L6-v2 (Wang et al. 2020; Reimers and Gurevych 2019), its layers trained
further on all tasks at once (Liu et al. 2019, "MT-DNN"); its embeddings stay as they are, so they
are shared with the sentence encoder. The vocabulary is without case; names are marked with the
help of the shapes of words.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from demos.core.language.answers import SORTING, Task
from demos.core.sentence_encoder import ARCHITECTURE, WIDTH
from demos.language_tasks.shapes import SHAPES
from demos.language_tasks.tasks import ENTITY_TAGS

SHAPE_WIDTH = 24
MARKING_WIDTH = 128
DROPOUT = 0.1


class Marker(nn.Module):
    """What each token is part of, from it, its neighbors and their shapes: (B, T, tags)."""

    def __init__(self) -> None:
        super().__init__()
        self.shape = nn.Embedding(SHAPES, SHAPE_WIDTH)
        self.near = nn.Conv1d(WIDTH + SHAPE_WIDTH, MARKING_WIDTH, 3, padding=1)
        self.leave = nn.Linear(MARKING_WIDTH, len(ENTITY_TAGS))
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, hidden: Tensor, shapes: Tensor) -> Tensor:  # (B, T, W), (B, T)
        both = torch.cat([self.dropout(hidden), self.shape(shapes)], dim=2)
        near = nn.functional.gelu(self.near(both.transpose(1, 2)).transpose(1, 2))
        found: Tensor = self.leave(self.dropout(near))
        return found


class Reader(nn.Module):
    """`labels` says how many each sorting task has."""

    def __init__(self, labels: Mapping[Task, Sequence[str]]) -> None:
        from transformers import BertConfig, BertModel

        super().__init__()
        # Dropout within attention, and the kernels that allow for it, take half of the time.
        config: Any = BertConfig(**ARCHITECTURE, attention_probs_dropout_prob=0.0)
        config._attn_implementation = "eager"
        self.encoder: Any = BertModel(config, add_pooling_layer=False)
        self.dropout = nn.Dropout(DROPOUT)
        self.sort = nn.ModuleDict({t: nn.Linear(WIDTH, len(names)) for t, names in labels.items()})
        self.mark = Marker()
        self.answer = nn.Linear(WIDTH, 2)

    def read(self, ids: Tensor, mask: Tensor, kinds: Tensor | None = None) -> Tensor:
        """Tokens (B, T), 1 where there is one, 1 where it is of the second text: (B, T, WIDTH)."""
        read = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=kinds)
        hidden: Tensor = read.last_hidden_state
        return hidden

    def sorted(self, task: Task, hidden: Tensor, mask: Tensor) -> Tensor:
        """Odds of the labels (B, labels), from the mean over a text's tokens."""
        found: Tensor = self.sort[task](self.dropout(pooled(hidden, mask)))
        return found

    def marked(self, hidden: Tensor, shapes: Tensor) -> Tensor:
        """Odds of the tags of each token (B, T, tags)."""
        found: Tensor = self.mark(hidden, shapes)
        return found

    def answered(self, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """How well an answer begins and ends at each token, twice (B, T); at the first: none."""
        first, last = self.answer(self.dropout(hidden)).unbind(dim=2)
        return first, last


def pooled(hidden: Tensor, mask: Tensor) -> Tensor:
    """The mean over tokens (B, WIDTH)."""
    weights = mask[..., None].to(hidden.dtype)
    return (hidden * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)


class AllHeads(nn.Module):
    """What all heads make of one pass, in the order of `reader.HEADS`."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, ids: Tensor, mask: Tensor, kinds: Tensor, shapes: Tensor) -> list[Tensor]:
        hidden = self.reader.read(ids, mask, kinds)
        sorts = [self.reader.sorted(task, hidden, mask) for task in SORTING]
        answers = torch.stack(self.reader.answered(hidden), dim=2)
        return [*sorts, self.reader.marked(hidden, shapes), answers]
