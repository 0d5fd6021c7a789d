"""The network: piecewise linear encoding of every feature, then an ensemble of small perceptrons.

The encoding (Gorishniy, Rubachev, Babenko 2022, "On Embeddings for Numerical Features in Tabular
Deep Learning", arXiv:2203.05556) cuts the range of a feature at quantiles and gives each piece an
input that runs from -1 to 1 across it, so that a layer can bend at every cut. The members of the
ensemble differ in their random start and in the order of the examples (Lakshminarayanan, Pritzel,
Blundell 2017, arXiv:1612.01474); they are multiplied together, as one batch of matrices.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

CUTS = 8
"""Pieces between quantiles of all rows, and as many between quantiles of the fraudulent ones."""
NARROWEST = 1e-4
FARTHEST = 8.0  # standard deviations


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """Of F features into F + D inputs: each feature standardized, and each of D pieces.

    Input j is `features[column[j]] * scale[j] + shift[j]`, held between `-limit[j]` and `limit[j]`.
    """

    column: NDArray[np.int64]
    scale: NDArray[np.float32]
    shift: NDArray[np.float32]
    limit: NDArray[np.float32]


def fit_encoding(x: NDArray[np.float32], fraud: NDArray[np.bool_]) -> Encoding:
    """Cut at quantiles of `x` (n, F), among all rows and among those of `fraud` (n,)."""
    center, spread = x.mean(axis=0, dtype=np.float64), x.std(axis=0, dtype=np.float64) + 1e-6
    column = list(range(x.shape[1]))
    scale, shift = list(1 / spread), list(-center / spread)
    for k in range(x.shape[1]):
        among = np.linspace(0, 1, CUTS + 1)
        cuts = np.unique(
            np.concatenate([np.quantile(x[:, k], among), np.quantile(x[fraud, k], among)])
        )
        cuts = cuts[np.concatenate([[True], np.diff(cuts) > NARROWEST])]
        for low, high in pairwise(cuts):
            column.append(k)
            scale.append(2 / (high - low))
            shift.append(-(high + low) / (high - low))
    limit = np.where(np.arange(len(column)) < x.shape[1], FARTHEST, 1.0)
    return Encoding(
        np.array(column),
        np.array(scale, dtype=np.float32),
        np.array(shift, dtype=np.float32),
        limit.astype(np.float32),
    )


class Network(nn.Module):
    """`members` perceptrons of two hidden layers on one encoding.

    Call with features (n, F) for logits (members, n), or with (members, n, F) to give each member
    rows of its own.
    """

    column: torch.Tensor
    scale: torch.Tensor
    shift: torch.Tensor
    limit: torch.Tensor

    def __init__(self, encoding: Encoding, members: int, width: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = dropout
        self.register_buffer("column", torch.from_numpy(encoding.column))
        self.register_buffer("scale", torch.from_numpy(encoding.scale))
        self.register_buffer("shift", torch.from_numpy(encoding.shift))
        self.register_buffer("limit", torch.from_numpy(encoding.limit))
        sizes = [len(encoding.column), width, width, 1]
        self.weights = nn.ParameterList(
            nn.Parameter(torch.randn(members, inputs, outputs) * (2 / inputs) ** 0.5)
            for inputs, outputs in pairwise(sizes)
        )
        self.biases = nn.ParameterList(
            nn.Parameter(torch.zeros(members, 1, outputs)) for outputs in sizes[1:]
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        encoded = features[..., self.column] * self.scale + self.shift
        x = encoded.clamp(-self.limit, self.limit)
        if x.ndim == 2:
            x = x.unsqueeze(0)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            x = F.relu(torch.matmul(x, weight) + bias)
            x = F.dropout(x, self.dropout, self.training)
        return (torch.matmul(x, self.weights[-1]) + self.biases[-1]).squeeze(-1)


class MeanLogOdds(nn.Module):
    """A network whose answer is its members' mean (n,)."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.network(features).mean(dim=0)


def rebuilt(state: dict[str, torch.Tensor]) -> MeanLogOdds:
    """The network of a state as `MeanLogOdds.state_dict` gives it, ready to be called."""
    parts = ("column", "scale", "shift", "limit")
    encoding = Encoding(*(state[f"network.{name}"].numpy() for name in parts))
    members, _, width = state["network.weights.0"].shape
    network = MeanLogOdds(Network(encoding, members, width))
    network.load_state_dict(state)
    return network.eval()
