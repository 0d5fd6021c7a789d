"""A result in a few words, so that results of different models can stand side by side."""

from collections.abc import Mapping
from dataclasses import dataclass

from demos.core.results import Outcome


@dataclass(frozen=True, slots=True)
class Brief:
    """What one model says of one input, and what its figures are worth.

    `says` are the labels it names as its answer, out of `vocabulary` (labels with their titles).
    `scores` are titles with figures, the one that says most first; `kind` is what a score is, to
    complete "Scores: ...". `quality` is how good the model was found to be, by whom, on what.
    """

    outcome: Outcome
    headline: str
    figure: str
    meaning: tuple[str, ...]
    says: tuple[str, ...]
    vocabulary: Mapping[str, str]
    scores: tuple[tuple[str, str], ...]
    kind: str
    quality: str


def agreement(first: Brief, second: Brief) -> str:
    """Whether two models say the same of an image, in one sentence."""
    if Outcome.REFUSED in (first.outcome, second.outcome):
        if first.outcome is second.outcome:
            return "Both refuse this image."
        return "One of the two refuses this image, so there is nothing to agree on."
    if set(first.vocabulary) != set(second.vocabulary):
        return "They choose from different labels, so their answers cannot simply agree or differ."
    if set(first.says) == set(second.says):
        return "Both give the same answer."
    same = [second.vocabulary[label] for label in first.says if label in second.says]
    if not same:
        return "They disagree."
    return f"They agree in part: both name {' and '.join(same)}."
