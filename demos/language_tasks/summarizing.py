"""Summaries of a text's own sentences: those that say the most of it, in their order.

The scorer learned on the abstracts of scientific papers which sentence says it all. It has seen no
news and no letters; what it goes by there is the same: the place, the length, how it begins and how
near its meaning is to the whole.
"""

import time
from collections.abc import Sequence

import numpy as np

from demos.core.language.answers import Request, Sentence, Summarized, Verdict
from demos.core.language.scope import scope
from demos.core.language.sentences import sentences
from demos.core.results import Outcome
from demos.language_tasks.meaning import Floats, Meaning, provenance, scored, vectors
from demos.language_tasks.replies import NOTHING, Tell, ignore

ALIKE = 0.85
"""Cosine from which two sentences say the same: the second adds nothing to a summary."""
FEWEST_WORDS = 6
"""Of a sentence that a summary may have: what is shorter is mostly a heading or a greeting."""
ALL_KEPT = "The text has no more sentences than its summary may have: nothing is left out."


def predict(model: Meaning, request: Request, tell: Tell = ignore) -> Summarized:
    """The `request.sentences` sentences that say the most of a text. A sentence's score is how
    likely it is the one to choose if there were but one, the best one's being 1."""
    began = time.perf_counter()
    text = request.text
    places = sentences(text)
    seen = scope(text).verdict if places else NOTHING
    if seen.outcome is Outcome.REFUSED:
        return answer(model, request, began, seen, ())
    said = [" ".join(text[start:end].split()) for start, end in places]
    found = vectors(model, said, tell)
    scores = scored(model, said, found)
    relative = np.exp(scores - scores.max())
    kept = chosen(said, found, scores, request.sentences)
    rows = tuple(
        Sentence(start, end, float(score), n in kept)
        for n, ((start, end), score) in enumerate(zip(places, relative, strict=True))
    )
    verdict = Verdict()
    if len(places) <= max(request.sentences, 1):
        verdict = Verdict(Outcome.UNSURE, ALL_KEPT)
    return answer(model, request, began, verdict, rows)


def chosen(said: Sequence[str], found: Floats, scores: Floats, most: int) -> set[int]:
    """Which sentences a summary has: the best, but none that says what a better one has said. All
    of them if there are no more than `most`."""
    most = max(most, 1)
    if len(said) <= most:
        return set(range(len(said)))
    order = np.argsort(-scores, kind="stable").tolist()
    whole = [n for n in order if len(said[n].split()) >= FEWEST_WORDS] or order
    kept: list[int] = []
    for n in whole:
        if len(kept) < most and not (kept and float((found[kept] @ found[n]).max()) >= ALIKE):
            kept.append(n)
    return set(kept)


def answer(
    model: Meaning,
    request: Request,
    began: float,
    verdict: Verdict,
    rows: tuple[Sentence, ...],
) -> Summarized:
    own = (request.text[each.start : each.end] for each in rows if each.chosen)
    return Summarized(
        request=request,
        verdict=verdict,
        sentences=rows,
        summary=" ".join(" ".join(each.split()) for each in own),
        provenance=provenance(
            model, request, began, "sentence by sentence, by vector, place and words", scorer=True
        ),
    )
