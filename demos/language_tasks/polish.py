"""From several trained readers to one: the mean of their weights, trained a little further.

    python -m demos.language_tasks.polish --data DIR --of runs/plain runs/careful --run runs/reader

It learns from the labels and from what the others make of the same text, all of them together
(Hinton et al. 2015), and computes as its graph in 8 bits will. Can be interrupted: the same command
goes on where it stopped. Writes `reader.safetensors`, which `calibrate.py` goes on from.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch.nn.functional import cross_entropy

from demos.core.language.answers import Task
from demos.language_tasks.examples import IGNORED, Batch
from demos.language_tasks.network import Reader
from demos.language_tasks.train import SEED, Recipe, asked, begun, fit, optimizer_of, planned

RECIPE = Recipe(
    {
        Task.SENTIMENT: 1,
        Task.TOPIC: 1,
        Task.INTENT: 1,
        Task.EMOTION: 1,
        Task.TOXICITY: 1,
        Task.ENTITIES: 1,
        Task.QUESTION_ANSWERING: 2,
    },
    layer_rate=0.9,
    unanswered=0.3,
    nearest=True,
    wikigold=3,
    rounded=1.0,
)
LEARNING_RATE, HEAD_RATE = 4e-5, 2e-4
TAUGHT = 0.5
"""How much of the cost is that of differing from the others."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--of", type=Path, nargs="+", required=True)
    parser.add_argument("--run", type=Path, required=True)
    arguments = parser.parse_args()
    polish(arguments.data, arguments.of, arguments.run)


def polish(folder: Path, runs: Sequence[Path], run: Path) -> None:
    torch.manual_seed(SEED)
    others = [trained(folder, each) for each in runs]
    network = mean(folder, others)
    optimizer = optimizer_of(network, LEARNING_RATE, HEAD_RATE, RECIPE.layer_rate)

    def cost(network: Reader, batch: Batch) -> torch.Tensor:
        return loss(network, others, batch)

    fit(network, optimizer, planned(folder, RECIPE), cost, RECIPE.rounded, folder, run)


def trained(folder: Path, run: Path) -> Reader:
    network = begun(folder)
    network.load_state_dict(load_file(run / "reader.safetensors"))
    return network.eval().requires_grad_(False)


def mean(folder: Path, others: Sequence[Reader]) -> Reader:
    """The network whose weights are the means of theirs."""
    network = begun(folder)
    states = [each.state_dict() for each in others]
    network.load_state_dict(
        {
            name: torch.stack([state[name] for state in states]).mean(dim=0)
            if each.is_floating_point()
            else each
            for name, each in states[0].items()
        }
    )
    return network


def loss(network: Reader, others: Sequence[Reader], batch: Batch) -> torch.Tensor:
    """Of being wrong, and of differing from the mean of what the others say."""
    with torch.no_grad():
        theirs = [asked(each, batch) for each in others]
    costs = []
    for place, (odds, right) in enumerate(asked(network, batch)):
        known = right != IGNORED
        said = torch.stack([each[place][0].softmax(dim=1) for each in theirs]).mean(dim=0)
        taught = cross_entropy(odds[known], said[known])
        costs.append((1 - TAUGHT) * cross_entropy(odds, right) + TAUGHT * taught)
    return torch.stack(costs).mean()


if __name__ == "__main__":
    main()
