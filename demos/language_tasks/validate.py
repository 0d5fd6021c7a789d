"""How the reader does on validation texts while it is trained."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from demos.core.language.answers import SORTING, Task
from demos.language_tasks import data
from demos.language_tasks.examples import (
    Example,
    collated,
    entity_examples,
    nearest_passages,
    question_examples,
    sorting_examples,
)
from demos.language_tasks.network import Reader

MOST = 1_500
BATCH = 64


def validate(network: Reader, folder: Path) -> dict[str, float]:
    """Accuracy of sorting, of tags of words that are part of a name, and of exact answers."""
    found: dict[str, float] = {}
    for task in SORTING:
        examples = sorting_examples(task, data.sorting(folder, task)[1][:MOST])
        found[task] = share_right(network, examples)
    found[Task.ENTITIES] = share_right(network, entity_examples(data.tagged(folder)[1][:MOST]))
    questions = data.asked(folder)[1][:MOST]
    asked = question_examples(questions, nearest_passages(questions), np.random.default_rng(0))
    found[Task.QUESTION_ANSWERING] = share_right(network, asked)
    return {name: round(value, 4) for name, value in found.items()}


@torch.inference_mode()
def share_right(network: Reader, examples: Sequence[Example]) -> float:
    hits: list[bool] = []
    ordered = sorted(examples, key=lambda each: len(each.ids))
    for at in range(0, len(ordered), BATCH):
        batch = collated(ordered[at : at + BATCH])
        hidden = network.read(batch.ids, batch.mask, batch.kinds)
        if batch.task is Task.ENTITIES:
            asked = (batch.target > 0) | (network.marked(hidden, batch.shapes).argmax(2) > 0)
            asked &= batch.target >= 0
            right = network.marked(hidden, batch.shapes).argmax(2) == batch.target
            hits += right[asked].tolist()
        elif batch.task is Task.QUESTION_ANSWERING:
            first, last = network.answered(hidden)
            allowed = ((batch.kinds == 1) & (batch.mask == 1)).index_fill(
                1, torch.tensor([0]), True
            )
            chosen = [each.masked_fill(~allowed, -1e4).argmax(1) for each in (first, last)]
            hits += (torch.stack(chosen, 1) == batch.target).all(1).tolist()
        else:
            odds = network.sorted(batch.task, hidden, batch.mask)
            hits += (odds.argmax(1) == batch.target).tolist()
    return float(np.mean(hits))
