"""The blend's weights, from validation: a mix that ranks best, scaled to be calibrated."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from demos.recommendations.blend import Linear, Weights, add, log_together
from demos.recommendations.interactions import Items
from demos.recommendations.ranking_metrics import CUT

STEPS = 20
SHARES = tuple(step / 10 for step in range(11))
NEVER = -1e9


def fit_blend(
    linear: Linear,
    network: NDArray[np.float32],
    histories: Sequence[Items],
    targets: NDArray[np.int64],
) -> Weights:
    """`network` (n, N + 1) are the network's log-probabilities.

    The part of the network, of both parts on the scale that makes each likeliest, is the one of
    `SHARES` with the best NDCG@10; then both are scaled so that the targets are likeliest. Weights
    of maximum likelihood alone can rank worse than EASE does (retail: 0.164 against 0.172).
    """
    together = np.zeros_like(network)
    add(together, log_together(linear, histories), 1.0)
    seen = torch.zeros(network.shape, dtype=torch.bool)
    seen[:, 0] = True
    for row, items in zip(seen, histories, strict=True):
        row[torch.from_numpy(items)] = True
    parts = torch.from_numpy(network), torch.from_numpy(together)
    scales = [likeliest(part, seen, targets) for part in parts]
    mixes = {
        share: share * scales[0] * parts[0] + (1 - share) * scales[1] * parts[1] for share in SHARES
    }
    best = max(SHARES, key=lambda share: ndcg(mixes[share], seen, targets))
    scale = likeliest(mixes[best], seen, targets)
    return Weights(scale * best * scales[0], scale * (1 - best) * scales[1], ease_alone=scales[1])


def ndcg(scores: Tensor, seen: Tensor, targets: NDArray[np.int64]) -> float:
    """Mean NDCG@10 of `targets` (n,) among what is not `seen` (n, N + 1)."""
    free = scores.masked_fill(seen, NEVER)
    own = free.gather(1, torch.from_numpy(targets)[:, None])
    rank = (free > own).sum(1) + 1
    return float(torch.where(rank <= CUT, 1 / torch.log2(1 + rank), 0.0).mean())


def likeliest(part: Tensor, seen: Tensor, targets: NDArray[np.int64]) -> float:
    """The factor of a part (n, N + 1) that makes `targets` (n,) likeliest; a convex problem."""
    wanted = torch.from_numpy(targets)
    weight = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight], max_iter=STEPS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy((weight * part).masked_fill(seen, NEVER), wanted)
        loss.backward()
        return loss

    optimizer.step(closure)
    return float(weight.detach())
