"""Answers to a question as places in the text, as a model of the Hub finds them."""

import time
from collections.abc import Sequence

from demos.core.language.answers import NO_ANSWER, Answered, Request, Span, Verdict
from demos.core.results import Outcome
from demos.language_tasks.answer_spans import LONGEST, Candidate, candidates, shared
from demos.language_tasks.hub_reading import HubLanguage, outputs, paired, provenance, tokens
from demos.language_tasks.replies import NOTHING, Tell, ignore, needed
from demos.language_tasks.windows import windows

MOST_QUESTION = 64
"""Tokens of a question, its last ones: more are not read, as in training."""
OVERLAP = 128
SURE = 0.5

DOUBTFUL = Verdict(Outcome.UNSURE, "No answer has more than half of the score.")


def answer(model: HubLanguage, request: Request, tell: Tell = ignore) -> Answered:
    """Where the text answers the question. Raises `EmptyInput` without a question."""
    began = time.perf_counter()
    needed(request.query, "question")
    question = tokens(model, request.query).ids[-MOST_QUESTION:]
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


def verdict(spans: Sequence[Span], none: float) -> Verdict:
    if not spans or none > spans[0].score:
        return NO_ANSWER
    return Verdict() if spans[0].score > SURE else DOUBTFUL
