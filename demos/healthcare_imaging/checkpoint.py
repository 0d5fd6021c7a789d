"""Interrupting a recipe and going on: the network, its running average and the optimizer."""

from pathlib import Path

import torch
from torch import nn


def save(
    path: Path, network: nn.Module, average: nn.Module, optimizer: torch.optim.Optimizer, done: int
) -> None:
    """Write the state after `done` epochs or steps; an interruption leaves the former file."""
    state = {
        "network": network.state_dict(),
        "average": average.state_dict(),
        "optimizer": optimizer.state_dict(),
        "done": done,
    }
    torch.save(state, path.with_suffix(".tmp"))
    path.with_suffix(".tmp").replace(path)


def resume(
    path: Path, network: nn.Module, average: nn.Module, optimizer: torch.optim.Optimizer
) -> int:
    """Load the state if there is one; how many epochs or steps are done."""
    if not path.exists():
        return 0
    state = torch.load(path, map_location="cpu", weights_only=True)
    network.load_state_dict(state["network"])
    average.load_state_dict(state["average"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["done"])
