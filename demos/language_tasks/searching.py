"""Search by meaning in one text, and how alike two texts are: cosines of sentence vectors."""

import time

import numpy as np

from demos.core.language.answers import Found, Request, Span, Verdict
from demos.core.language.languages import NAMES
from demos.core.language.scope import FEW, READS, WORD, scope
from demos.core.language.sentences import Place, sentences
from demos.core.results import Outcome
from demos.language_tasks.meaning import Meaning, passages, provenance, vectors, whole
from demos.language_tasks.replies import NOTHING, Tell, ignore, needed

NEAR, FAINT = 0.3, 0.2
"""Cosines from which a sentence is said to be near the query, and to be perhaps: of 300 validation
questions 99 and 100 in 100 have such a sentence in the passage that answers them, 4 and 16 in
another one."""
MOST_SENTENCES = 300
"""Of a text that is searched sentence by sentence; a longer one is by passages."""
MOST_PASSAGES = 2_000
MOST_FOUND = 10
MOST_WITHHELD = 3
FAR = "Nothing in the text is near in meaning to what was looked for."
DOUBTFUL = Verdict(Outcome.UNSURE, "Nothing is very near in meaning; this comes nearest.")
FOREIGN = "What was looked for seems to be {}; this model reads {}."


def predict(model: Meaning, request: Request, tell: Tell = ignore) -> Found:
    """The passages of a text whose meaning is nearest to the query; a text of one sentence is
    compared with it as a whole. Raises `EmptyInput` without a query."""
    began = time.perf_counter()
    needed(request.query, "query")
    text = request.text
    places = sentences(text)
    if len(places) == 1:
        return compare(model, request, tell)
    verdict = judged(request)
    if verdict.outcome is Outcome.REFUSED:
        return answer(model, request, began, verdict, ())
    how = "sentences"
    if len(places) > MOST_SENTENCES:
        how, places = "passages", tuple(passages(text)[:MOST_PASSAGES])
    said = [" ".join(text[start:end].split()) for start, end in places]
    cosines = vectors(model, said, tell) @ whole(model, request.query)
    best_first = np.argsort(-cosines, kind="stable")[:MOST_FOUND].tolist()
    spans = tuple(Span(places[n][0], places[n][1], "", float(cosines[n])) for n in best_first)
    best = spans[0].score
    if best < FAINT:
        far = Verdict(Outcome.REFUSED, FAR)
        return answer(model, request, began, far, spans[:MOST_WITHHELD], how)
    verdict, least = (Verdict(), NEAR) if best >= NEAR else (DOUBTFUL, FAINT)
    near = tuple(each for each in spans if each.score >= least)
    return answer(model, request, began, verdict, near, how)


def compare(model: Meaning, request: Request, tell: Tell = ignore) -> Found:
    """How alike a text and the query are, each as a whole: one span. Raises `EmptyInput` without a
    query."""
    began = time.perf_counter()
    needed(request.query, "second text")
    verdict = judged(request)
    if verdict.outcome is Outcome.REFUSED:
        return answer(model, request, began, verdict, ())
    cosine = float(whole(model, request.text, tell) @ whole(model, request.query))
    start, end = bare(request.text)
    spans = (Span(start, end, "", cosine),)
    return answer(model, request, began, verdict, spans, "each text as a whole")


def judged(request: Request) -> Verdict:
    """Whether the text can be read, and what is looked for in it."""
    if not request.text.strip():
        return NOTHING
    seen = scope(request.text).verdict
    if seen.outcome is Outcome.REFUSED:
        return seen
    language = scope(request.query).language
    if language not in (None, READS) and len(WORD.findall(request.query)) > FEW:
        return Verdict(Outcome.REFUSED, FOREIGN.format(NAMES[language], NAMES[READS]))
    return Verdict()


def bare(text: str) -> Place:
    """The place of a text without the white space around it."""
    start = len(text) - len(text.lstrip())
    return start, start + len(text.strip())


def answer(
    model: Meaning,
    request: Request,
    began: float,
    verdict: Verdict,
    spans: tuple[Span, ...],
    how: str = "not read",
) -> Found:
    return Found(
        request=request,
        verdict=verdict,
        spans=spans,
        provenance=provenance(model, request, began, how, (("near", NEAR), ("perhaps", FAINT))),
    )
