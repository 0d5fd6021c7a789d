"""From what a network makes of a text's windows to the scores of its labels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from demos.core.language.answers import Task, Verdict
from demos.core.language.words import alternatives, listed
from demos.core.results import LabelScore, Outcome
from demos.language_tasks.windows import Window

Floats = NDArray[np.float32]

HALF = 0.5
"""A label needs more than so much of the score, or the answer is unsure."""


def squashed(logits: Floats, independent: bool) -> Floats:
    """Scores between 0 and 1: each by itself, or all of them together 1."""
    if independent:
        apart: Floats = np.exp(-np.logaddexp(np.float32(0), -logits)).astype(np.float32)
        return apart
    return shares(logits)


def shares(odds: Floats, temperature: float = 1.0) -> Floats:
    """Scores (..., L) that are 1 together; those of a network are as often right as they say at the
    `temperature` that was fitted for it (Guo et al. 2017)."""
    cooled = odds / np.float32(temperature)
    apart = np.exp(cooled - cooled.max(axis=-1, keepdims=True))
    together: Floats = apart / apart.sum(axis=-1, keepdims=True)
    return together


def joined(parts: Sequence[Floats], of_text: Sequence[Window], worst: bool) -> Floats:
    """The scores of a text from those of its windows."""
    if not parts:
        return np.zeros(0, np.float32)
    if worst:
        most: Floats = np.max(parts, axis=0)
        return most
    lengths = [each.last - each.first for each in of_text]
    mean: Floats = np.average(parts, axis=0, weights=lengths).astype(np.float32)
    return mean


def ranked(names: Sequence[str], row: Floats) -> tuple[LabelScore, ...]:
    """Best first; nothing for a text that had nothing in it."""
    if not len(row):
        return ()
    return tuple(LabelScore(names[n], float(row[n])) for n in np.argsort(-row, kind="stable"))


def unsure(whole: tuple[LabelScore, ...], task: Task) -> Verdict:
    """Why no label stands out, of those that share the score."""
    named = listed(alternatives(whole, task), "or")
    return Verdict(Outcome.UNSURE, f"No label has more than half of the score: it may be {named}.")
