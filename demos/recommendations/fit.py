"""Training of one network on histories: the recipe's figures, batches, steps, averaged weights."""

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds
from torch import Tensor

from demos.core.devices import Device, turn
from demos.recommendations.baselines import binary
from demos.recommendations.interactions import Items
from demos.recommendations.links import pieces
from demos.recommendations.loss import FullSoftmax, has_bfloat16
from demos.recommendations.network import Recommender, Shape


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained. Chosen on validation.

    `length`: items seen at once. `tokens`: items per step. `averaging`: of the weights, per step
    (Polyak). `window`: items of a piece of history in which those that embeddings begin
    near each other occur together; 0 for embeddings that begin at random.
    """

    epochs: int
    width: int = 128
    heads: int = 2
    layers: int = 2
    hidden: int = 2
    dropout: float = 0.2
    length: int = 200
    tokens: int = 8_192
    rate: float = 1e-3
    decay: float = 0.01
    averaging: float = 0.998
    warm_up: int = 300
    window: int = 20


Tell = Callable[[int, Recommender, float], None]
"""Called after every epoch with its number, the averaged network and the mean loss."""


def fit(
    histories: Sequence[Items],
    items: int,
    recipe: Recipe,
    seed: int,
    device: Device,
    tell: Tell = lambda epoch, network, loss: None,
) -> Recommender:
    """Train on `histories` of item numbers 1 to `items`; returns the averaged network.

    Embeddings begin where items that are taken together are already near each other.
    """
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    with turn(device):
        shape = Shape(items, recipe.width, recipe.heads, recipe.layers, recipe.hidden)
        network = Recommender(shape, recipe.dropout)
        if recipe.window:
            network.embedding.weight.data.copy_(
                torch.from_numpy(embeddings(histories, items, recipe.width, recipe.window))
            )
        network = network.to(str(device))
        return train(network, histories, recipe, rng, tell)


def train(
    network: Recommender,
    histories: Sequence[Items],
    recipe: Recipe,
    rng: np.random.Generator,
    tell: Tell,
) -> Recommender:
    """Run the recipe's epochs; returns the averaged network."""
    averaged = copy.deepcopy(network).eval()
    groups: list[dict[str, Any]] = [
        {"params": [p for p in network.parameters() if p.ndim > 1]},
        {"params": [p for p in network.parameters() if p.ndim < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(
        groups,
        lr=recipe.rate,
        weight_decay=recipe.decay,
        betas=(0.9, 0.98),
    )
    steps = recipe.epochs * len(batches(histories, recipe, rng))
    step = 0
    for epoch in range(1, recipe.epochs + 1):
        network.train()
        losses = []
        for batch in batches(histories, recipe, rng):
            for group in optimizer.param_groups:
                group["lr"] = recipe.rate * pace(step, steps, recipe.warm_up)
            loss = next_item_loss(network, batch.to(network.bias.device))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            step += 1
            # Early weights are forgotten faster than the average's own span.
            share = max(1 - recipe.averaging, 9 / (step + 9))
            with torch.no_grad():
                for mean, now in zip(averaged.parameters(), network.parameters(), strict=True):
                    mean.lerp_(now, share)
            losses.append(float(loss.detach()))
        tell(epoch, averaged, float(np.mean(losses)))
    return averaged


def embeddings(
    histories: Sequence[Items], items: int, width: int, window: int
) -> NDArray[np.float32]:
    """Rows (items + 1, width) of length 1: factors of the positive pointwise mutual information.

    Levy and Goldberg, "Neural Word Embedding as Implicit Matrix Factorization" (2014). After one
    epoch on retail, NDCG@10 is .070 instead of .013.
    """
    taken = binary(pieces(histories, window), items)
    together = (taken.T @ taken).tocoo()
    total, each = together.data.sum(), np.asarray(together.sum(axis=0)).ravel()
    information = np.log(together.data * total / (each[together.row] * each[together.col]))
    kept = (information > 0) & (together.row != together.col)
    matrix = sparse.csr_matrix(
        (information[kept], (together.row[kept], together.col[kept])), shape=together.shape
    )
    left, values, _ = svds(matrix.astype(np.float32), k=width, random_state=0)
    factors = left * np.sqrt(values)
    factors /= np.maximum(np.linalg.norm(factors, axis=1, keepdims=True), 1e-6)
    return np.pad(factors, ((1, 0), (0, 0))).astype(np.float32)


def pace(step: int, steps: int, warm_up: int) -> float:
    """The learning rate's share: a linear rise, then half a cosine down to a twentieth."""
    cosine = 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(step / steps, 1)))
    return min(1.0, (step + 1) / warm_up) * cosine


def next_item_loss(network: Recommender, batch: Tensor) -> Tensor:
    """Mean cross-entropy of every item of batch (B, L + 1) given those before it."""
    items, wanted = batch[:, :-1], batch[:, 1:]
    real = wanted > 0
    # On CPUs with bfloat16 instructions a step takes a fifth; elsewhere this costs nothing else.
    kind = str(batch.device.type)
    with torch.autocast(kind, torch.bfloat16, enabled=kind == "cpu" and has_bfloat16()):
        x = network(items)[real]
    loss: Tensor = FullSoftmax.apply(x, network.embedding.weight, network.bias, wanted[real])
    return loss


def windows(histories: Sequence[Items], length: int, rng: np.random.Generator) -> Iterator[Items]:
    """Pieces of up to `length` + 1 items: the latest, and earlier ones cut at a random place."""
    for items in histories:
        end = len(items)
        yield items[-length - 1 :]
        if end <= length + 1:
            continue
        end -= int(rng.integers(length // 2, length + 1))
        while end > length // 2:
            yield items[max(0, end - length - 1) : end]
            end -= length


def batches(histories: Sequence[Items], recipe: Recipe, rng: np.random.Generator) -> list[Tensor]:
    """Pieces of like length together, right-padded with 0 to (B, L + 1), in random order."""
    pieces = [piece for piece in windows(histories, recipe.length, rng) if len(piece) > 1]
    # A little noise keeps the same histories from always meeting.
    pieces.sort(key=lambda piece: len(piece) + 10 * rng.random())
    found: list[Tensor] = []
    group: list[Items] = []
    widest = 0
    for piece in pieces:
        widest = max(widest, len(piece))
        if group and widest * (len(group) + 1) > recipe.tokens:
            found.append(padded(group))
            group, widest = [], len(piece)
        group.append(piece)
    found.append(padded(group))
    return [found[at] for at in rng.permutation(len(found))]


def padded(group: Sequence[NDArray[np.int64]]) -> Tensor:
    """Items of several histories as (B, L), 0 after the end of the shorter ones."""
    table = np.zeros((len(group), max(len(items) for items in group)), dtype=np.int64)
    for row, items in zip(table, group, strict=True):
        row[: len(items)] = items
    return torch.from_numpy(table)
