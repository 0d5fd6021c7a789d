"""Sorting texts into labels given with them, by how near the meanings are; nothing is trained.

A label is the mean of the vectors of a few sentences that say it, a text goes to the nearest one
(Yin et al. 2019 call it sorting by label names; templates averaged as Radford et al. 2021 do).
"""

import time
from collections.abc import Sequence

import numpy as np

from demos.core.errors import EmptyInput, InputError
from demos.core.language.answers import Request, Sorted, Task, Verdict
from demos.core.language.scope import scope
from demos.core.language.terms import titled
from demos.core.results import LabelScore, Outcome
from demos.language_tasks.label_scores import HALF, ranked, shares, unsure
from demos.language_tasks.label_words import is_known, phrases
from demos.language_tasks.meaning import SHORT, Floats, Meaning, provenance, vectors, whole
from demos.language_tasks.replies import NOTHING, Tell, ignore

TEMPLATES = ("{}", "This text is about {}.")
TEMPERATURE = 0.045
"""What cosines are divided by. Fitted on AG News: see `calibrate_meaning.py`."""
LEAST = 2
MOST_LABELS = 100
MOST_KEPT = 64
"""Sets of labels whose vectors stay with the model."""
FAR = 0.1
"""Cosine below which a text is near none of the labels: one text of AG News in eight is, of its own
four, and three in four are of labels that are about something else."""
NONE_NEAR = "The text is near none of the labels in meaning; the best of them is “{}”."


def predict(model: Meaning, request: Request, tell: Tell = ignore) -> Sorted:
    """Scores of the labels, together 1: no probabilities for labels that were not tested.

    Raises `InputError` for fewer than two labels or too many.
    """
    began = time.perf_counter()
    names = named(request.labels)
    verdict = scope(request.text).verdict if request.text.strip() else NOTHING
    scores: tuple[LabelScore, ...] = ()
    if verdict.outcome is not Outcome.REFUSED:
        cosines = label_vectors(model, names) @ whole(model, request.text, tell)
        scores = ranked(names, shares(cosines, TEMPERATURE))
        verdict = judged(scores, request.task, float(cosines.max()))
    return Sorted(
        request=request,
        verdict=verdict,
        scores=scores,
        calibrated=False,
        pieces=(),
        provenance=provenance(
            model,
            request,
            began,
            f"labels as {' and '.join(f'“{each}”' for each in TEMPLATES)}, known ones by phrases",
            (("half", HALF), ("far", FAR)),
        ),
    )


def scores(model: Meaning, names: Sequence[str], texts: Sequence[str]) -> Floats:
    """(n, labels) of many texts, as `predict` has them."""
    rows = vectors(model, texts)
    for n, text in enumerate(texts):
        if len(text) > SHORT:
            rows[n] = whole(model, text)
    return shares(rows @ label_vectors(model, named(names)).T, TEMPERATURE)


def named(labels: Sequence[str]) -> tuple[str, ...]:
    """Different labels in their order. Raises `InputError` if one can not choose among them."""
    names = tuple(dict.fromkeys(each.strip() for each in labels if each.strip()))
    if not names:
        raise EmptyInput("There are no labels to choose from.", "Type two or more of them.")
    if len(names) < LEAST:
        raise InputError("With one label there is nothing to choose.", "Type a second one.")
    if len(names) > MOST_LABELS:
        raise InputError(
            f"These are {len(names):,} labels; the limit is {MOST_LABELS}.", "Leave some out."
        )
    return names


def label_vectors(model: Meaning, names: tuple[str, ...]) -> Floats:
    """(labels, 384), each of length 1; those of labels that all know stay with the model."""
    known = model.labels.get(names)
    if known is not None:
        return known
    said = [[form.format(each) for each in phrases(n) for form in TEMPLATES] for n in names]
    found = vectors(model, [each for of_label in said for each in of_label])
    ends = np.cumsum([len(each) for each in said])[:-1]
    means = np.stack([part.mean(axis=0) for part in np.split(found, ends)])
    rows: Floats = means / np.linalg.norm(means, axis=1, keepdims=True)
    if all(map(is_known, names)):  # nothing of what a person typed is kept for others
        if len(model.labels) >= MOST_KEPT:
            model.labels.clear()
        model.labels[names] = rows
    return rows


def judged(whole: tuple[LabelScore, ...], task: Task, nearest: float) -> Verdict:
    """Unsure where no label stands out, or none is near."""
    if nearest < FAR:
        return Verdict(Outcome.UNSURE, NONE_NEAR.format(titled(whole[0].label, task)))
    return Verdict() if whole[0].score > HALF else unsure(whole, task)
