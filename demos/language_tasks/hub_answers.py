"""Answers to a question as places in the text (Rajpurkar et al. 2016, 2018: SQuAD).

Every window gives a score to each place where an answer may start and end, and a reader that was
taught so one for there being none. The best places of all windows share 1 with "no answer", which
every window must agree on; places that overlap are one answer.
"""

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from demos.core.language.answers import Answered, Request, Span, Verdict
from demos.core.results import Outcome
from demos.language_tasks.encoding import Tokens
from demos.language_tasks.hub_reading import (
    NOTHING,
    HubLanguage,
    Tell,
    ignore,
    needed,
    outputs,
    paired,
    provenance,
    tokens,
)
from demos.language_tasks.hub_windows import Window, completed, windows

MOST_QUESTION = 64
"""Tokens of a question; what is beyond is not read, as in training."""
OVERLAP = 128
LONGEST = 30
"""Tokens of an answer."""
CANDIDATES = 20
MOST_SPANS = 5
SURE = 0.5
ANSWER = "answer"

NO_ANSWER = Verdict(
    Outcome.REFUSED, "The text does not seem to hold an answer: “none” is likelier than any."
)
DOUBTFUL = Verdict(Outcome.UNSURE, "No answer has more than half of the score.")


class Candidate(NamedTuple):
    """A place in the text and the sum of the logits of its start and its end."""

    start: int
    end: int
    logit: float


def answer(model: HubLanguage, request: Request, tell: Tell = ignore) -> Answered:
    """Where the text answers the question. Raises `EmptyInput` without a question."""
    began = time.perf_counter()
    needed(request.query, "question")
    question = tokens(model, request.query).ids[:MOST_QUESTION]
    read = tokens(model, request.text)
    space = max(model.known.reads - model.frame.pair - len(question), 8)
    overlap = min(OVERLAP, space // 3)
    cuts = windows(read.words, space, overlap)
    rows = [paired(model, question, read.ids[window.start : window.end]) for window in cuts]
    before = len(model.frame.pair_before) + len(question) + len(model.frame.pair_between)
    found: list[Candidate] = []
    nones: list[float] = []
    for window, logits in zip(cuts, outputs(model, rows, tell), strict=True):
        inner = logits[before : before + window.end - window.start]
        found += candidates(request.text, read, window, inner)
        nones.append(float(logits[0].sum()))
    none = min(nones, default=0.0) if model.known.null else None
    spans, share = shared(found, none)
    return Answered(
        request=request,
        verdict=verdict(spans, share) if len(read) else NOTHING,
        spans=spans,
        none=share,
        provenance=provenance(
            model,
            request.text,
            f"windows of at most {space} tokens that share {overlap}, "
            f"answers of at most {LONGEST} tokens",
            time.perf_counter() - began,
            (("sure", SURE),),
        ),
    )


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
    spans = tuple(Span(each.start, each.end, ANSWER, share) for each, share in ranked)
    return spans, float(shares[-1]) if none is not None else 0.0


def overlap(one: Candidate, other: Candidate) -> bool:
    return one.start < other.end and other.start < one.end


def verdict(spans: Sequence[Span], none: float) -> Verdict:
    if not spans or none > spans[0].score:
        return NO_ANSWER
    return Verdict() if spans[0].score > SURE else DOUBTFUL
