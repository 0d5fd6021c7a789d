"""Train the reader on all its tasks at once, from the sentence encoder on.

    python -m demos.language_tasks.train --data DIR --recipe plain --run runs/plain
    python -m demos.language_tasks.train --data DIR --recipe careful --run runs/careful

`DIR` holds the files that `data.py` describes. Every step is a batch of one task, each task as
often as its texts are to be read. Can be interrupted: the same command goes on where it stopped.
Writes `reader.safetensors`, averaged weights. `polish.py` makes one network of both.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy

from demos.core.checkpoint import keep, resume
from demos.core.language.answers import SORTING, Task
from demos.core.packaged import checked, mapped
from demos.core.sentence_encoder import SOURCE
from demos.language_tasks import data
from demos.language_tasks.examples import (
    NEARBY,
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


@dataclass(frozen=True, slots=True)
class Recipe:
    """How often the texts of each task are read, and how.

    Each layer learns at `layer_rate` of the rate of the one above it. `smoothing` is of the labels
    of sorting (Szegedy et al. 2016). So many questions are `unanswered`: asked of a passage without
    the answer, of the `nearest` by their words, or of any. Sentences of Wikigold, of which there
    are few, are read `wikigold` times as often. For the last steps, a share `rounded` of all, the
    network computes as its graph in 8 bits will.
    """

    epochs: Mapping[Task, int]
    layer_rate: float = 1.0
    smoothing: float = 0.0
    unanswered: float = 0.2
    nearest: bool = False
    wikigold: int = 1
    rounded: float = 0.0


RECIPES = {
    "plain": Recipe(
        {
            Task.SENTIMENT: 3,
            Task.TOPIC: 4,
            Task.INTENT: 12,
            Task.EMOTION: 5,
            Task.TOXICITY: 2,
            Task.ENTITIES: 6,
            Task.QUESTION_ANSWERING: 3,
        }
    ),
    "careful": Recipe(
        {
            Task.SENTIMENT: 2,
            Task.TOPIC: 4,
            Task.INTENT: 8,
            Task.EMOTION: 4,
            Task.TOXICITY: 2,
            Task.ENTITIES: 7,
            Task.QUESTION_ANSWERING: 6,
        },
        layer_rate=0.9,
        smoothing=0.1,
        unanswered=0.3,
        nearest=True,
        wikigold=3,
        rounded=0.3,
    ),
}
"""Two that differ: their mean is better than either (Wortsman et al. 2022, "Model soups")."""
LEARNING_RATE, HEAD_RATE = 1.2e-4, 1e-3
WARM_UP = 0.06
"""Of all steps."""
WEIGHT_DECAY = 0.01
CLIP = 1.0
AVERAGE = 0.998
"""How much of the averaged weights each step leaves as it is."""
SAVE_EVERY, VALIDATE_EVERY = 250, 2500

LAYER = "encoder.encoder.layer."
WIKIGOLD = "wikigold"

Cost = Callable[[Reader, Batch], torch.Tensor]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--recipe", choices=RECIPES, required=True)
    parser.add_argument("--run", type=Path, required=True)
    arguments = parser.parse_args()
    train(arguments.data, RECIPES[arguments.recipe], arguments.run)


def train(folder: Path, recipe: Recipe, run: Path) -> None:
    torch.manual_seed(SEED)
    network = begun(folder)
    optimizer = optimizer_of(network, LEARNING_RATE, HEAD_RATE, recipe.layer_rate)

    def cost(network: Reader, batch: Batch) -> torch.Tensor:
        return loss(network, batch, recipe.smoothing)

    fit(network, optimizer, planned(folder, recipe), cost, recipe.rounded, folder, run)


def fit(
    network: Reader,
    optimizer: torch.optim.Optimizer,
    plan: Sequence[Sequence[Example]],
    cost_of: Cost,
    rounded: float,
    folder: Path,
    run: Path,
) -> None:
    """Learn from every batch of the plan, from where `run` stopped, validated on `folder`."""
    run.mkdir(parents=True, exist_ok=True)
    averaged = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGE)
    )
    rates = [group["lr"] for group in optimizer.param_groups]
    parts: dict[str, Any] = {"network": network, "averaged": averaged, "optimizer": optimizer}
    checkpoint = run / "checkpoint.pt"
    step = resume(checkpoint, parts)
    began, sums = time.monotonic(), defaultdict[str, list[float]](list)
    for batch in map(collated, plan[step:]):
        if step >= (1 - rounded) * len(plan):
            round_layers(network.encoder)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * share(step, len(plan))
        with torch.autocast("cpu", torch.bfloat16):
            cost = cost_of(network, batch)
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


def optimizer_of(
    network: Reader, learning_rate: float, head_rate: float, layer_rate: float
) -> torch.optim.Optimizer:
    """Heads learn faster than the encoder, whose last layer learns the fastest; biases and norms do
    not decay."""
    groups: dict[tuple[float, float], list[torch.Tensor]] = defaultdict(list)
    last = network.encoder.config.num_hidden_layers - 1
    for name, each in network.named_parameters():
        if each.requires_grad:
            rate = head_rate
            if name.startswith(LAYER):
                layer = int(name.removeprefix(LAYER).split(".")[0])
                rate = learning_rate * layer_rate ** (last - layer)
            groups[rate, WEIGHT_DECAY if each.ndim > 1 else 0.0].append(each)
    return torch.optim.AdamW(
        [{"params": g, "lr": rate, "weight_decay": decay} for (rate, decay), g in groups.items()],
        betas=(0.9, 0.98),
    )


def planned(folder: Path, recipe: Recipe) -> list[list[Example]]:
    """All batches of all epochs of all tasks, shuffled: the same for the same seed."""
    rng = np.random.default_rng(SEED)
    batches: list[list[Example]] = []
    for task in SORTING:
        examples = sorting_examples(task, data.sorting(folder, task)[0])
        for _ in range(recipe.epochs[task]):
            batches += batched(examples, rng)
    sentences = [
        each
        for each in data.tagged(folder)[0]
        for _ in range(recipe.wikigold if each.corpus == WIKIGOLD else 1)
    ]
    examples = entity_examples(sentences)
    for _ in range(recipe.epochs[Task.ENTITIES]):
        batches += batched(examples, rng)
    questions = data.asked(folder)[0]
    others = nearest_passages(questions) if recipe.nearest else any_passages(len(questions))
    for _ in range(recipe.epochs[Task.QUESTION_ANSWERING]):
        made = question_examples(questions, others, rng, recipe.unanswered)
        batches += batched(made, rng)
    return [batches[k] for k in rng.permutation(len(batches))]


def any_passages(count: int) -> NDArray[np.int64]:
    """For each question those beside it: their file is shuffled."""
    offsets = np.arange(-NEARBY, NEARBY + 1)
    found: NDArray[np.int64] = (np.arange(count)[:, None] + offsets).clip(0, count - 1)
    return found


def loss(network: Reader, batch: Batch, smoothing: float = 0.0) -> torch.Tensor:
    costs = [
        cross_entropy(odds, right, label_smoothing=smoothing if batch.task in SORTING else 0.0)
        for odds, right in asked(network, batch)
    ]
    return torch.stack(costs).mean()


def asked(network: Reader, batch: Batch) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Odds (n, labels) and which is right (n,), of whatever the task asks of the batch: labels,
    tags of all tokens, or where answers start and where they end."""
    hidden = network.read(batch.ids, batch.mask, batch.kinds)
    if batch.task is Task.ENTITIES:
        odds = network.marked(hidden, batch.shapes).float()
        return [(odds.flatten(0, 1), batch.target.flatten())]
    if batch.task is Task.QUESTION_ANSWERING:
        places = [inside(each.float(), batch) for each in network.answered(hidden)]
        return list(zip(places, batch.target.unbind(dim=1), strict=True))
    return [(network.sorted(batch.task, hidden, batch.mask).float(), batch.target)]


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
