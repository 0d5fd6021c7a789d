"""Fitting the network to labeled transactions: the same for the bundled weights and a fold."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from demos.fraud_scoring.network import Network, fit_encoding


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how hard to train; chosen on validation folds (see the card)."""

    members: int
    width: int
    epochs: int
    batch: int
    dropout: float
    peak: float = 2e-3
    weight_decay: float = 1e-2


FOLD = Plan(members=8, width=128, epochs=15, batch=512, dropout=0.5, weight_decay=0.3)
"""For the week of a fold: some 67,000 transactions."""
BUNDLED = Plan(members=2, width=64, epochs=3, batch=4096, dropout=0.1)
"""For millions of simulated transactions, and to score a million in seconds."""


def fit(
    x: NDArray[np.float32],
    fraud: NDArray[np.bool_],
    plan: Plan,
    seed: int,
    report: Callable[[str], None] = lambda line: None,
) -> Network:
    """Train on features `x` (n, F) and labels `fraud` (n,): AdamW, one cycle, cross-entropy."""
    torch.manual_seed(seed)
    network = Network(fit_encoding(x, fraud), plan.members, plan.width, plan.dropout)
    optimizer = torch.optim.AdamW(network.parameters(), plan.peak, weight_decay=plan.weight_decay)
    steps = max(len(x) // plan.batch, 1)
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, plan.peak, total_steps=steps * plan.epochs, pct_start=0.1
    )
    rows, labels = torch.from_numpy(x), torch.from_numpy(fraud).float()
    for epoch in range(plan.epochs):
        began, total = time.monotonic(), 0.0
        orders = torch.stack([torch.randperm(len(x)) for _ in range(plan.members)])
        for step in range(steps):
            chosen = orders[:, step * plan.batch : (step + 1) * plan.batch]  # (members, batch)
            logits = network(rows[chosen])
            loss = F.binary_cross_entropy_with_logits(logits, labels[chosen])
            optimizer.zero_grad()
            (loss * plan.members).backward()
            optimizer.step()
            cycle.step()
            total += loss.item()
        seconds = round(time.monotonic() - began, 1)
        report(json.dumps({"epoch": epoch + 1, "loss": round(total / steps, 5), "s": seconds}))
    return network.eval()


@torch.inference_mode()
def log_odds(network: Network, x: NDArray[np.float32], rows: int = 65_536) -> NDArray[np.float32]:
    """The members' mean log-odds (n,) for features (n, F), `rows` at a time."""
    parts = torch.from_numpy(x).split(rows)
    return np.concatenate([network(part).mean(dim=0).numpy() for part in parts])
