"""Whether the probabilities of what comes next are what they say."""

from collections.abc import Sequence

import numpy as np

from demos.recommendations.ranking_metrics import CUT, History, Scorer, best, hide

BINS = 10
BATCH = 256


def calibration(
    scores: Scorer, histories: Sequence[History], targets: Sequence[int]
) -> dict[str, float | int]:
    """How the expected share of hits among the ten compares with the observed one.

    `expected` and `observed` are means over users. `ece` is the expected calibration error
    (Naeini et al. 2015) of the probability that the next item is among the ten, over ten bins
    that hold equally many users.
    """
    expected, hit = [], []
    wanted = np.asarray(targets)
    for at in range(0, len(histories), BATCH):
        part = histories[at : at + BATCH]
        found = np.array(scores(part), copy=True)
        hide(found, part)
        lists = best(found, CUT)
        chances = np.exp(np.take_along_axis(found, lists, axis=1)) * (lists > 0)
        expected.append(np.nan_to_num(chances).sum(1))
        hit.append((lists == wanted[at : at + BATCH, None]).any(1))
    said, seen = np.concatenate(expected), np.concatenate(hit)
    order = np.argsort(said, kind="stable")
    gaps = [
        len(rows) * abs(float(said[rows].mean() - seen[rows].mean()))
        for rows in np.array_split(order, BINS)
        if len(rows)
    ]
    return {
        "expected": float(said.mean()),
        "observed": float(seen.mean()),
        "ece": sum(gaps) / len(said),
        "users": len(said),
    }
