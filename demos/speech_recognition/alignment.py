"""When each token was said, from where a decoder looked while it wrote.

As Whisper's own code does it (github.com/openai/whisper, whisper/timing.py): the attention of heads
that follow the sound is standardized, smoothed and averaged, and a path of least cost is laid
through it by dynamic time warping (Sakoe and Chiba 1978).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SECONDS_PER_FRAME = 0.02
"""Of an encoder's output."""
MEDIAN_WIDTH = 7


def token_starts(attention: Floats, first: int = 0, last: int | None = None) -> list[float]:
    """Seconds at which each token from `first` to before `last` begins; rising.

    `attention` (heads, tokens, frames) is that of all tokens, which are the measure of each other.
    """
    frames = attention.shape[-1]
    spread = attention.std(axis=1, keepdims=True)
    standard = (attention - attention.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-12)
    wanted = standard[:, first:last]
    if not frames:
        return [0.0] * wanted.shape[1]
    rows, columns = path(-smoothed(wanted).mean(axis=0))
    begins = np.append(True, np.diff(rows) > 0)
    return (columns[begins] * SECONDS_PER_FRAME).tolist()


def smoothed(values: Floats, width: int = MEDIAN_WIDTH) -> Floats:
    """The median of the `width` values around each along the last axis, mirrored at its ends."""
    reach = width // 2
    if values.shape[-1] <= reach:
        return values
    margins = [(0, 0)] * (values.ndim - 1) + [(reach, reach)]
    padded = np.pad(values, margins, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=-1)
    medians: Floats = np.median(windows, axis=-1)
    return medians


def path(costs: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the cheapest way through `costs` (n, m), corner to corner.

    A step goes one on in one or both. A row is filled at once: with S the running sum of its
    costs, cost[j] = S[j] + min over k ≤ j of (the cheaper of above and above left of k) - S[k - 1].
    """
    n, m = costs.shape
    total = np.full((n + 1, m + 1), np.inf)
    total[0, 0] = 0.0
    for i in range(n):
        running = np.append(0.0, np.cumsum(costs[i]))
        arrive = np.minimum(total[i, :-1], total[i, 1:])
        total[i + 1, 1:] = running[1:] + np.minimum.accumulate(arrive - running[:-1])
    rows, columns = [], []
    i, j = n, m
    while i and j:
        rows.append(i - 1)
        columns.append(j - 1)
        diagonal, above, left = total[i - 1, j - 1], total[i - 1, j], total[i, j - 1]
        if diagonal <= above and diagonal <= left:
            i, j = i - 1, j - 1
        elif above < left:
            i -= 1
        else:
            j -= 1
    return np.array(rows[::-1]), np.array(columns[::-1])


def usable_heads(
    named: Sequence[Sequence[int]] | None, layers: int, heads: int
) -> list[tuple[int, int]]:
    """Layers and heads to align by: those `named`, unless some do not exist; else the upper half.

    Configurations of distilled models repeat their teachers' heads, in layers that they lost.
    """
    pairs = [(layer, head) for layer, head in named or ()]
    if pairs and all(layer < layers and head < heads for layer, head in pairs):
        return pairs
    return [(layer, head) for layer in range(layers // 2, layers) for head in range(heads)]
