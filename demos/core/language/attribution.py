"""Which words moved the score of a label: integrated gradients along a line from a blank text.

A word's share is the gradient of the score in its embedding, averaged over the straight way from
the baseline to the text, times how far the embedding moved (Sundararajan, Taly & Yan 2017,
"Axiomatic Attribution for Deep Networks", arXiv:1703.01365). All shares together are the score of
the text less that of the baseline; by how much a finite number of steps misses that is measured.

Importing this module loads no framework.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from demos.core.language.units import Place, units_of

if TYPE_CHECKING:
    from torch import Tensor

Floats = NDArray[np.float64]
Network = Callable[["Tensor", "Tensor"], "Tensor"]
"""Takes embeddings (B, T, W) and a mask (B, T), 1 where there is a token; gives scores (B, L)."""
Tell = Callable[[float], None]
"""Is told the share of the most work there can be; may raise to stop it."""

FEWEST_STEPS, MOST_STEPS = 16, 128
"""Doubled from the one to the other until the shares add up."""
TOKENS_AT_ONCE = 1_024
"""Of one batch of steps; four steps of 256 tokens."""
TOLERANCE = 0.05
"""Of the score's difference from the baseline, which the shares may miss."""
NEGLIGIBLE = 0.01
"""Log-odds: a gap of one per cent of the odds is none, however small the difference."""


@dataclass(frozen=True, slots=True, eq=False)
class TokenShares:
    """What each token adds to the score (T,), the score of the baseline and that of the text."""

    values: Floats
    base: float
    total: float
    steps: int


@dataclass(frozen=True, slots=True)
class Share:
    """A unit of the text and what it adds to the score of the label."""

    place: Place
    value: float


@dataclass(frozen=True, slots=True)
class Attribution:
    """What every unit that was read adds to the score of `label`, in the order of the text.

    From `base`, the score with every word blank, to `total`, in log-odds. `other` is what falls to
    tokens that stand for no place in the text. Of `windows` that a long text is read in, the words
    of `explained` have shares; what the others say is a part of `base` and `total`.
    """

    text: str
    label: str
    shares: tuple[Share, ...]
    other: float
    base: float
    total: float
    steps: int
    windows: int = 1
    explained: int = 1

    @property
    def added(self) -> float:
        return math.fsum(each.value for each in self.shares) + self.other

    @property
    def missed(self) -> float:
        """By how much the shares miss the difference of the scores."""
        return abs(self.added - (self.total - self.base))

    @property
    def gap(self) -> float:
        """The same as a share of that difference; infinite if there is a miss and no difference."""
        return relative(self.missed, self.total - self.base)

    @property
    def complete(self) -> bool:
        return closes(self.missed, self.total - self.base)

    @property
    def strongest(self) -> float:
        """The size of the largest share, 0 where there is none."""
        return max((abs(each.value) for each in self.shares), default=0.0)


def relative(missed: float, difference: float) -> float:
    return missed / abs(difference) if difference else math.inf if missed else 0.0


def closes(missed: float, difference: float) -> bool:
    return missed <= max(TOLERANCE * abs(difference), NEGLIGIBLE)


def log_odds(logits: "Tensor") -> "Tensor":
    """Logits (B, L) of a softmax over two or more labels as the log-odds of each (B, L).

    The logits of sigmoids are log-odds as they are.
    """
    import torch

    own = torch.eye(logits.shape[-1], dtype=torch.bool, device=logits.device)
    others = logits[:, None, :].masked_fill(own, -torch.inf)  # (B, L, L)
    return logits - others.logsumexp(-1)


def baseline_of(embeddings: "Tensor", blank: "Tensor", special: Sequence[bool]) -> "Tensor":
    """The embeddings (T, W) of a text that says nothing: `blank` (W,), that of [PAD] or [MASK], for
    every token but those `special` (T,) ones that any text has, [CLS] and [SEP]."""
    import torch

    keep = torch.tensor(list(special), dtype=torch.bool, device=embeddings.device)
    return torch.where(keep[:, None], embeddings, blank)


def integrated_gradients(
    network: Network,
    embeddings: "Tensor",
    baseline: "Tensor",
    label: int,
    most_steps: int = MOST_STEPS,
    tell: Tell | None = None,
) -> TokenShares:
    """Shares of the tokens of one text (T, W) in its score of `label`, against `baseline` (T, W).

    The integral is Clenshaw and Curtis's: its points for twice as many steps have all the former
    among them, so nothing asked is thrown away. Steps are doubled until the shares miss the
    difference by less than `TOLERANCE` of it, at most to `most_steps`; whether they then do is for
    the caller to look at. The network's parameters need no gradient, and it must not have been
    loaded under `torch.inference_mode`.
    """
    import torch

    away = embeddings.detach() - baseline.detach()
    mask = torch.ones(embeddings.shape[:1], dtype=torch.long, device=embeddings.device)

    def score(at: "Tensor") -> "Tensor":
        """Scores (B,) at points (B, T, W)."""
        return network(at, mask.expand(len(at), -1))[:, label]

    def slopes(shares: Sequence[float]) -> Floats:
        """The derivative along every token's own way (B, T), at shares (B,) of the way."""
        along = torch.tensor(shares, dtype=away.dtype, device=away.device)[:, None, None]
        at = (baseline.detach() + along * away).requires_grad_()
        with torch.enable_grad():
            (gradient,) = torch.autograd.grad(score(at).sum(), at)
        found: Floats = (gradient.double() * away.double()).sum(-1).cpu().numpy()
        return found

    with torch.no_grad():
        base, total = score(torch.stack([baseline, embeddings])).double().tolist()
    size = max(TOKENS_AT_ONCE // max(len(away), 1), 1)
    known: dict[float, Floats] = {}
    steps = min(FEWEST_STEPS, most_steps)
    while True:
        points, weights = clenshaw_curtis(steps)
        new = [each for each in points if each not in known]
        for start in range(0, len(new), size):
            batch = new[start : start + size]
            known |= dict(zip(batch, slopes(batch), strict=True))
            if tell is not None:
                tell(len(known) / (most_steps + 1))
        values = weights @ np.stack([known[each] for each in points])
        missed = abs(float(values.sum()) - (total - base))
        if closes(missed, total - base) or 2 * steps > most_steps:
            return TokenShares(values, base, total, steps)
        steps *= 2


def clenshaw_curtis(steps: int) -> tuple[list[float], Floats]:
    """Points from 0 to 1 and their weights, `steps` + 1 of each; `steps` is even.

    Clenshaw & Curtis 1960, "A method for numerical integration on an automatic computer": the
    integral of the polynomial through the extremes of a Chebyshev polynomial.
    """
    points = [math.sin(math.pi * each / (2 * steps)) ** 2 for each in range(steps + 1)]
    even = np.arange(0, steps + 1, 2)
    terms = np.where((even == 0) | (even == steps), 0.5, 1.0) / (1.0 - even**2)
    angles = np.outer(np.arange(steps + 1), even) * (math.pi / steps)
    weights = 2.0 / steps * (np.cos(angles) @ terms)
    weights[[0, -1]] /= 2
    return points, weights


def by_words(
    text: str, places: Sequence[tuple[int, int]], found: TokenShares, label: str
) -> Attribution:
    """The shares of tokens, each from `places` (start, end) of `text`, as those of its units.

    A token goes to the unit it begins in; one of no length, as [CLS] is, to none. A unit without a
    token has no share. Raises `ValueError` if there is not a place for every token.
    """
    if len(places) != len(found.values):
        raise ValueError(f"{len(places)} places for {len(found.values)} tokens")
    units = units_of(text)
    starts = np.array([unit.start for unit in units])
    added: dict[int, float] = {}
    other = 0.0
    for (start, end), value in zip(places, found.values.tolist(), strict=True):
        at = int(np.searchsorted(starts, start, side="right")) - 1
        if start < end and at >= 0 and start < units[at].end:
            added[at] = added.get(at, 0.0) + value
        else:
            other += value
    shares = tuple(Share(units[at], value) for at, value in sorted(added.items()))
    return Attribution(text, label, shares, other, found.base, found.total, found.steps)
