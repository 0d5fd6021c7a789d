"""What the bundled reader answers: texts sorted, names marked, questions answered.

Long texts are read in windows. The scores of a text are the mean over its windows, by length; of
toxicity they are those of the worst one.
"""

import time
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from demos.core.language.answers import (
    NO_ANSWER,
    SORTING,
    Answered,
    Entities,
    Piece,
    Request,
    Sorted,
    Span,
    Task,
    Verdict,
)
from demos.core.language.scope import scope, scope_of_question
from demos.core.language.sentences import sentences
from demos.core.language.text import sha256_of
from demos.core.language.words import alternatives, listed
from demos.core.results import LabelScore, Outcome, Provenance
from demos.language_tasks.answer_spans import candidates, shared
from demos.language_tasks.encoding import Tokens, encode
from demos.language_tasks.entity_spans import spans, words
from demos.language_tasks.label_scores import ranked, shares
from demos.language_tasks.reader import Model, Row, framed, paired, read
from demos.language_tasks.replies import NOTHING, Tell, ignore, needed
from demos.language_tasks.shapes import token_shapes
from demos.language_tasks.tasks import (
    ENTITY_TAGS,
    HARMLESS,
    MOST_QUESTION,
    MOST_SORTED,
    OUT_OF_SCOPE,
)
from demos.language_tasks.windows import Window, windows

Floats = NDArray[np.float32]

ROOM = MOST_SORTED - 2
"""Tokens of a text read at once, without their frame."""
NAMES_OVERLAP = 32
ANSWER_ROOM, ANSWER_OVERLAP = 173, 60
"""Tokens of a passage beside the question, and shared by two windows."""
IN_PIECES = (Task.SENTIMENT, Task.EMOTION, Task.TOXICITY)
"""Tasks that make sense for a single sentence."""
LEAST_WORDS = 4
"""Of a sentence without an end."""
ENDS = (".", "!", "?", "…")
NEAR = "{} is most likely, but not likely enough; it may be {}."
NOT_AN_INTENT = "This does not seem to be a request of a kind that the model knows."


def scores(
    model: Model, tasks: Sequence[Task], texts: Sequence[str], tell: Tell = ignore
) -> dict[Task, Floats]:
    """Probabilities (n, labels) of each task; nothing but zeros for a text without a token."""
    found = encode(texts)
    cuts = [windows(each.words, ROOM) for each in found]
    rows = [
        framed(each.ids[window.start : window.end])
        for each, of_text in zip(found, cuts, strict=True)
        for window in of_text
    ]
    made = read(model, rows, tasks, tell)
    whole = {task: np.zeros((len(texts), len(model.labels[task])), np.float32) for task in tasks}
    at = 0
    for n, of_text in enumerate(cuts):
        part = made[at : at + len(of_text)]
        at += len(of_text)
        for task in tasks if part else ():
            odds = [shares(each[task], model.temperatures[task]) for each in part]
            whole[task][n] = np.average(odds, axis=0, weights=counts(model, task, odds, of_text))
    return whole


def counts(
    model: Model, task: Task, odds: Sequence[Floats], of_text: Sequence[Window]
) -> NDArray[np.float64]:
    """How much each window of a text (W,) counts in its scores, from those of the windows: as much
    as it is long, or in toxicity the worst alone."""
    if task is Task.TOXICITY:
        harmless = [each[model.labels[task].index(HARMLESS)] for each in odds]
        return np.eye(len(odds))[int(np.argmin(harmless))]
    return np.array([each.last - each.first for each in of_text], np.float64)


def sort(model: Model, request: Request, tell: Tell = ignore) -> Sorted:
    """Which label of its task a text has, and where it makes sense, each of its sentences."""
    began = time.perf_counter()
    task, text = request.task, request.text
    places = tuple(filter(partial(says_something, text), sentences(text)))
    places = places if task in IN_PIECES and len(places) > 1 else ()
    rows = scores(model, [task], [text, *(text[a:b] for a, b in places)], tell)[task]
    names = model.labels[task]
    whole = ranked(names, rows[0]) if rows[0].any() else ()
    pieces = tuple(
        Piece(start, end, ranked(names, row))
        for (start, end), row in zip(places, rows[1:], strict=True)
        if row.any()
    )
    return Sorted(
        request=request,
        verdict=judged(model, request, whole),
        scores=whole,
        calibrated=True,
        pieces=pieces,
        provenance=provenance(model, request, began, f"windows of at most {ROOM} tokens"),
    )


def says_something(text: str, place: tuple[int, int]) -> bool:
    """Whether it is a sentence: salutations, signatures and headings are short and end without the
    sign of one."""
    sentence = text[slice(*place)]
    return len(sentence.split()) >= LEAST_WORDS or sentence.rstrip("\"'”’)]*_ ").endswith(ENDS)


def judged(model: Model, request: Request, whole: tuple[LabelScore, ...]) -> Verdict:
    """Whether the best label is an answer."""
    if not whole:
        return NOTHING
    seen = scope(request.text).verdict
    if seen.outcome is Outcome.REFUSED:
        return seen
    if whole[0].label == OUT_OF_SCOPE:
        return Verdict(Outcome.REFUSED, NOT_AN_INTENT)
    if whole[0].score < model.floors[request.task]:
        if request.task is Task.INTENT:
            return Verdict(Outcome.REFUSED, NOT_AN_INTENT)
        first, *others = alternatives(whole, request.task)
        return Verdict(Outcome.UNSURE, NEAR.format(first, listed(others, "or")))
    return Verdict()


def mark(model: Model, request: Request, tell: Tell = ignore) -> Entities:
    """The names of persons, places and organizations in a text."""
    began = time.perf_counter()
    (tokens,) = encode([request.text])
    tags = tagged(model, [request.text], [tokens], tell)[0]
    found = spans(request.text, words(tokens, tags, ENTITY_TAGS), trim=True)
    seen = scope(request.text).verdict
    return Entities(
        request=request,
        verdict=NOTHING if not len(tokens) else seen,
        spans=found,
        provenance=provenance(
            model,
            request,
            began,
            f"windows of at most {ROOM} tokens that share {NAMES_OVERLAP}, words by first pieces",
        ),
    )


def tagged(
    model: Model, texts: Sequence[str], found: Sequence[Tokens], tell: Tell = ignore
) -> list[Floats]:
    """Probabilities (T, tags) of every token of each text."""
    cuts = [windows(each.words, ROOM, NAMES_OVERLAP) for each in found]
    rows: list[Row] = []
    for text, tokens, of_text in zip(texts, found, cuts, strict=True):
        forms = token_shapes(text, tokens)
        rows += [framed(tokens.ids[w.start : w.end], forms[w.start : w.end]) for w in of_text]
    made = iter(read(model, rows, [Task.ENTITIES], tell))
    temperature = model.temperatures[Task.ENTITIES]
    whole = []
    for tokens, of_text in zip(found, cuts, strict=True):
        tags = np.zeros((len(tokens), len(ENTITY_TAGS)), np.float32)
        for window in of_text:
            odds = next(made)[Task.ENTITIES][1:-1]
            inner = odds[window.first - window.start : window.last - window.start]
            tags[window.first : window.last] = shares(inner, temperature)
        whole.append(tags)
    return whole


def answer(model: Model, request: Request, tell: Tell = ignore) -> Answered:
    """Where the text answers the question. Raises `EmptyInput` without a question."""
    began = time.perf_counter()
    needed(request.query, "question")
    question, tokens = encode([request.query, request.text])
    asked = question.ids[-MOST_QUESTION:]  # what is asked is mostly said last
    cuts = windows(tokens.words, ANSWER_ROOM, ANSWER_OVERLAP)
    rows = [paired(asked, tokens.ids[window.start : window.end]) for window in cuts]
    temperature = model.temperatures[Task.QUESTION_ANSWERING]
    likely, nones = [], []
    for window, made in zip(cuts, read(model, rows, [Task.QUESTION_ANSWERING], tell), strict=True):
        odds = made[Task.QUESTION_ANSWERING] / np.float32(temperature)
        first = len(asked) + 2
        inner = odds[first : first + window.end - window.start]
        likely += candidates(request.text, tokens, window, inner)
        nones.append(float(odds[0].sum()))
    found, none = shared(likely, min(nones, default=0.0))
    seen = scope(request.text).verdict if len(tokens) else NOTHING
    if seen.outcome is not Outcome.REFUSED:
        seen = scope_of_question(request.query).verdict
    if seen.outcome is not Outcome.REFUSED:
        seen = found_or_not(model, found, none)
    return Answered(
        request=request,
        verdict=seen,
        spans=found,
        none=none,
        provenance=provenance(
            model,
            request,
            began,
            f"windows of at most {ANSWER_ROOM} tokens that share {ANSWER_OVERLAP}",
        ),
    )


def found_or_not(model: Model, found: Sequence[Span], none: float) -> Verdict:
    """Whether the best place is an answer."""
    if not found or none > found[0].score:
        return NO_ANSWER
    if found[0].score < model.floors[Task.QUESTION_ANSWERING]:
        return Verdict(Outcome.UNSURE, "No answer is likely enough to be relied on.")
    return Verdict()


def predict(model: Model, request: Request, tell: Tell = ignore) -> Sorted | Entities | Answered:
    """What the reader makes of a text."""
    if request.task in SORTING:
        return sort(model, request, tell)
    if request.task is Task.ENTITIES:
        return mark(model, request, tell)
    return answer(model, request, tell)


def provenance(model: Model, request: Request, began: float, how: str) -> Provenance:
    floors: Mapping[Task, float] = model.floors
    return Provenance(
        input_sha256=sha256_of(request.text),
        model=model.name,
        weights=model.weights_sha256,
        preprocessing=f"reader/1: {how}",
        engine=model.engine,
        device=str(model.device),
        dtype=model.dtype,
        seconds=time.perf_counter() - began,
        thresholds=(("least score of an answer", floors[request.task]),)
        if request.task in floors
        else (),
    )
