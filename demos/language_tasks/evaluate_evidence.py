"""Whether the words that are said to move a label do: what leaving them out takes from its score.

Deletion, as Samek et al. 2017 (arXiv:1509.06321) have it for images: the words with the largest
shares are left out, and as many at random in another copy.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.language.answers import Request, Task
from demos.core.language.units import tells, without
from demos.language_tasks import reading
from demos.language_tasks.evaluate_figures import SEED
from demos.language_tasks.evidence import explain
from demos.language_tasks.reader import Model

SHARE = 0.2
FEWEST_WORDS = 5
"""Of a text; of a shorter one no fifth can be left out."""
CERTAIN = 1e-6


def evidence(model: Model, task: Task, texts: Sequence[str]) -> dict[str, Any]:
    """How much of the log-odds of a text's likeliest label goes with the fifth of its words that
    rank highest, and with a random fifth: means over the texts with enough words."""
    rng = np.random.default_rng(SEED)
    best = reading.scores(model, [task], texts)[task].argmax(axis=1)
    copies: list[str] = []
    labels: list[int] = []
    for text, label in zip(texts, best.tolist(), strict=True):
        found = explain(model, Request(task, text), model.labels[task][label])
        words = [each for each in found.shares if tells(text[each.place.start : each.place.end])]
        if len(words) < FEWEST_WORDS:
            continue
        count = round(SHARE * len(words))
        highest = sorted(words, key=lambda each: -each.value)[:count]
        by_chance = [words[n] for n in rng.choice(len(words), count, replace=False)]
        copies += [
            text,
            *(without(text, [each.place for each in some]) for some in (highest, by_chance)),
        ]
        labels += [label] * 3
    odds = log_odds(reading.scores(model, [task], copies)[task])
    whole, less, chance = odds[np.arange(len(labels)), labels].reshape(-1, 3).T
    return {
        "n": len(whole),
        "task": task,
        "share": SHARE,
        "by_shares": float((whole - less).mean()),
        "by_chance": float((whole - chance).mean()),
        "seed": SEED,
    }


def log_odds(shares: NDArray[np.float32]) -> NDArray[np.float64]:
    """Of probabilities, the surest of them taken for a little less than sure."""
    within = np.clip(shares.astype(np.float64), CERTAIN, 1 - CERTAIN)
    return np.log(within) - np.log1p(-within)
