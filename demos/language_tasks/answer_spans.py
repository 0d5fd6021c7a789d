"""From scores of tokens to answers as places in the text (Rajpurkar et al. 2016, 2018: SQuAD).

Every window gives a score to each place where an answer may start and end, and a reader that was
taught so one for there being none. The best places of all windows share 1 with "no answer", which
every window must agree on; places that overlap are one answer.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from demos.core.language.answers import Span
from demos.language_tasks.encoding import Tokens
from demos.language_tasks.windows import Window, completed

LONGEST = 30
"""Tokens of an answer."""
CANDIDATES = 20
MOST_SPANS = 5
LEAST = 0.001
"""Share of another answer than the first; what has less is none."""
ANSWER = "answer"


class Candidate(NamedTuple):
    """A place in the text and the sum of the logits of its start and its end."""

    start: int
    end: int
    logit: float


def candidates(
    text: str, read: Tokens, window: Window, logits: NDArray[np.float32]
) -> list[Candidate]:
    """The best places in one window; `logits` (T, 2) are those of its tokens of the text."""
    starts, ends = logits[:, 0], logits[:, 1]
    likely = np.argsort(-starts, kind="stable")[:CANDIDATES]
    totals = [
        (float(starts[first] + ends[last]), int(first), int(last))
        for first in likely
        for last in range(first, min(first + LONGEST, len(ends)))
    ]
    found = []
    for total, first, last in sorted(totals, key=lambda each: -each[0])[:CANDIDATES]:
        place = completed(
            text, read.places[window.start + first][0], read.places[window.start + last][1]
        )
        if place[0] < place[1]:
            found.append(Candidate(*place, total))
    return found


def shared(found: Sequence[Candidate], none: float | None) -> tuple[tuple[Span, ...], float]:
    """Answers, best first, and the score of there being none, all of them together at most 1."""
    best: dict[tuple[int, int], Candidate] = {}
    for each in sorted(found, key=lambda candidate: -candidate.logit):
        best.setdefault((each.start, each.end), each)
    kept = list(best.values())[:CANDIDATES]
    logits = np.array([each.logit for each in kept] + ([] if none is None else [none]))
    if not len(logits):
        return (), 0.0
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    answers: list[tuple[Candidate, float]] = []
    for each, share in zip(kept, shares, strict=False):
        at = next((n for n, (other, _) in enumerate(answers) if overlap(each, other)), None)
        if at is None:
            answers.append((each, float(share)))
        else:
            answers[at] = (answers[at][0], answers[at][1] + float(share))
    ranked = sorted(answers, key=lambda pair: -pair[1])[:MOST_SPANS]
    spans = tuple(
        Span(each.start, each.end, ANSWER, share)
        for place, (each, share) in enumerate(ranked)
        if not place or share >= LEAST
    )
    return spans, float(shares[-1]) if none is not None else 0.0


def overlap(one: Candidate, other: Candidate) -> bool:
    return one.start < other.end and other.start < one.end
