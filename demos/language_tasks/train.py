"""Train the reader on all its tasks at once, from the sentence encoder on.

    python -m demos.language_tasks.train --data DIR --run runs/language

`DIR` holds the files that `data.py` describes. Every step is a batch of one task, each task as
often as its texts are to be read; in the last of them the network computes as its graph in 8 bits
will. Can be interrupted: the same command goes on where it stopped. Writes `reader.safetensors`,
averaged weights that `calibrate.py` goes on from.
"""

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy

from demos.core.checkpoint import keep, resume
from demos.core.language.answers import SORTING, Task
from demos.core.packaged import checked, mapped
from demos.core.sentence_encoder import SOURCE
from demos.language_tasks import data
from demos.language_tasks.examples import (
    Batch,
    Example,
    batched,
    collated,
    entity_examples,
    nearest_passages,
    question_examples,
    sorting_examples,
)
from demos.language_tasks.network import Reader
from demos.language_tasks.rounding import round_layers
from demos.language_tasks.validate import validate

SEED = 0
EPOCHS = {
    Task.SENTIMENT: 2,
    Task.TOPIC: 4,
    Task.INTENT: 8,
    Task.EMOTION: 4,
    Task.TOXICITY: 2,
    Task.ENTITIES: 7,
    Task.QUESTION_ANSWERING: 6,
}
OFTENER = {"wikigold": 3}
"""Sentences of a corpus of names are read so many times as often: there are few of them."""
LEARNING_RATE, HEAD_RATE = 1.2e-4, 1e-3
LAYER_RATE = 0.9
"""Each layer learns at so much of the rate of the one above it."""
SMOOTHING = 0.1
"""Of the labels of sorting (Szegedy et al. 2016)."""
ROUNDED = 0.3
"""Of the steps, the last ones."""
WARM_UP = 0.06
"""Of all steps."""
WEIGHT_DECAY = 0.01
CLIP = 1.0
AVERAGE = 0.998
"""How much of the averaged weights each step leaves as it is."""
SAVE_EVERY, VALIDATE_EVERY = 250, 2500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.run.mkdir(parents=True, exist_ok=True)
    train(arguments.data, arguments.run)


def train(folder: Path, run: Path) -> None:
    torch.manual_seed(SEED)
    network = begun(folder)
    averaged = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGE)
    )
    optimizer = optimizer_of(network)
    rates = [group["lr"] for group in optimizer.param_groups]
    parts: dict[str, Any] = {"network": network, "averaged": averaged, "optimizer": optimizer}
    checkpoint = run / "checkpoint.pt"
    step = resume(checkpoint, parts)
    plan = planned(folder)
    began, sums = time.monotonic(), defaultdict[str, list[float]](list)
    for batch in map(collated, plan[step:]):
        if step >= (1 - ROUNDED) * len(plan):
            round_layers(network.encoder)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * share(step, len(plan))
        with torch.autocast("cpu", torch.bfloat16):
            cost = loss(network, batch)
        optimizer.zero_grad()
        cost.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimizer.step()
        averaged.update_parameters(network)
        step += 1
        sums[batch.task].append(float(cost.detach()))
        if step % SAVE_EVERY == 0 or step == len(plan):
            said: dict[str, Any] = {
                "step": step,
                "of": len(plan),
                "seconds": round(time.monotonic() - began, 1),
                "loss": {name: round(float(np.mean(each)), 4) for name, each in sums.items()},
            }
            keep(checkpoint, parts, step)
            save_file(dict(averaged.module.state_dict()), run / "reader.safetensors")
            if step % VALIDATE_EVERY == 0 or step == len(plan):
                said |= validate(cast(Reader, averaged.module.eval()), folder)
            print(json.dumps(said), flush=True)
            began, sums = time.monotonic(), defaultdict(list)


def begun(folder: Path) -> Reader:
    """The sentence encoder with untrained heads; its embeddings are not trained."""
    network = Reader(data.labels_of(folder))
    found = mapped(checked(SOURCE))
    own = network.encoder.state_dict()
    network.encoder.load_state_dict(
        {name: torch.from_numpy(found[name]) if name in found else own[name] for name in own}
    )
    network.encoder.embeddings.requires_grad_(False)
    return network


def layer_rate(name: str, layers: int) -> float:
    """Of a parameter of the encoder: its last layer learns the fastest."""
    layer = int(name.removeprefix("encoder.encoder.layer.").split(".")[0])
    return LEARNING_RATE * LAYER_RATE ** (layers - 1 - layer)


def optimizer_of(network: Reader) -> torch.optim.Optimizer:
    """Heads learn faster than the encoder; biases and norms do not decay."""
    groups: dict[tuple[float, float], list[torch.Tensor]] = defaultdict(list)
    layers = network.encoder.config.num_hidden_layers
    for name, each in network.named_parameters():
        if each.requires_grad:
            rate = layer_rate(name, layers) if name.startswith("encoder.") else HEAD_RATE
            groups[rate, WEIGHT_DECAY if each.ndim > 1 else 0.0].append(each)
    return torch.optim.AdamW(
        [{"params": g, "lr": rate, "weight_decay": decay} for (rate, decay), g in groups.items()],
        betas=(0.9, 0.98),
    )


def planned(folder: Path) -> list[list[Example]]:
    """All batches of all epochs of all tasks, shuffled: the same for the same seed."""
    rng = np.random.default_rng(SEED)
    batches: list[list[Example]] = []
    for task in SORTING:
        examples = sorting_examples(task, data.sorting(folder, task)[0])
        for _ in range(EPOCHS[task]):
            batches += batched(examples, rng)
    sentences = data.tagged(folder)[0]
    examples = entity_examples(
        [each for each in sentences for _ in range(OFTENER.get(each.corpus, 1))]
    )
    for _ in range(EPOCHS[Task.ENTITIES]):
        batches += batched(examples, rng)
    questions = data.asked(folder)[0]
    others = nearest_passages(questions)
    for _ in range(EPOCHS[Task.QUESTION_ANSWERING]):
        batches += batched(question_examples(questions, others, rng), rng)
    return [batches[k] for k in rng.permutation(len(batches))]


def loss(network: Reader, batch: Batch) -> torch.Tensor:
    hidden = network.read(batch.ids, batch.mask, batch.kinds)
    if batch.task is Task.ENTITIES:
        odds = network.marked(hidden, batch.shapes).float()
        return cross_entropy(odds.flatten(0, 1), batch.target.flatten())
    if batch.task is Task.QUESTION_ANSWERING:
        first, last = (inside(each.float(), batch) for each in network.answered(hidden))
        starts, ends = batch.target.unbind(dim=1)
        return (cross_entropy(first, starts) + cross_entropy(last, ends)) / 2
    odds = network.sorted(batch.task, hidden, batch.mask).float()
    return cross_entropy(odds, batch.target, label_smoothing=SMOOTHING)


def inside(odds: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Only at tokens of the passage, and at the first one for no answer."""
    allowed = (batch.kinds == 1) & (batch.mask == 1)
    allowed[:, 0] = True
    return odds.masked_fill(~allowed, -1e4)


def share(step: int, steps: int) -> float:
    """Of the full learning rate: up, then down to nothing, in straight lines."""
    up = max(round(WARM_UP * steps), 1)
    return min((step + 1) / up, (steps - step) / (steps - up))


if __name__ == "__main__":
    main()
