"""Sorting texts into labels that a model knows, or into any by inference (Yin et al. 2019).

Of a text longer than the model reads, the windows' scores are averaged by their lengths; but where
a part is toxic, the text is.
"""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from demos.core.errors import EmptyInput, TooLarge
from demos.core.language.answers import Piece, Request, Sorted, Task, Verdict
from demos.core.language.sentences import sentences
from demos.core.language.terms import titled
from demos.core.results import LabelScore, Outcome
from demos.language_tasks.encoding import Tokens
from demos.language_tasks.hub_networks import ENTAILMENT, output_names
from demos.language_tasks.hub_reading import (
    HubLanguage,
    Row,
    outputs,
    paired,
    provenance,
    room,
    single,
    tokens,
)
from demos.language_tasks.label_scores import HALF, joined, ranked, squashed, unsure
from demos.language_tasks.replies import NOTHING, Tell, ignore
from demos.language_tasks.windows import windows

Floats = NDArray[np.float32]

HYPOTHESIS = "This text is about {}."
NONE_FOLLOWS = Verdict(Outcome.UNSURE, "None of the labels follows from the text.")
CONTRADICTIONS = ("contradiction", "not_entailment")


def labels(model: HubLanguage) -> tuple[str, ...]:
    """The names used here, in the order of the scores."""
    known = model.known
    ours = {name.lower(): label for name, label in known.labels.items()}
    extra = (known.otherwise,) if known.otherwise else ()
    return (*(ours[name] for name in output_names(model.network.config)), *extra)


def sort(model: HubLanguage, request: Request, tell: Tell = ignore) -> Sorted:
    """Which of its labels the model gives a text, and each of its sentences."""
    began = time.perf_counter()
    text = request.text
    places = sentences(text)
    places = places if len(places) > 1 else ()
    read = scores(model, [text, *(text[start:end] for start, end in places)], tell)
    whole, *parts = [ranked(labels(model), row) for row in read]
    pieces = tuple(
        Piece(start, end, row) for (start, end), row in zip(places, parts, strict=True) if any(row)
    )
    return Sorted(
        request=request,
        verdict=verdict(model, whole, request.task),
        scores=whole,
        calibrated=False,
        pieces=pieces,
        provenance=provenance(
            model,
            text,
            f"windows of at most {room(model)} tokens, and every sentence by itself",
            time.perf_counter() - began,
            (("half", HALF),),
        ),
    )


def scores(model: HubLanguage, texts: Sequence[str], tell: Tell = ignore) -> list[Floats]:
    """Scores of all labels for each text, in the order of `labels`; none for an empty one."""
    read = [tokens(model, text) for text in texts]
    cuts = [windows(each.words, room(model)) for each in read]
    rows = [
        single(model, each.ids[window.start : window.end])
        for each, of_text in zip(read, cuts, strict=True)
        for window in of_text
    ]
    made = [squashed(each, model.known.independent) for each in outputs(model, rows, tell)]
    worst = Task.TOXICITY in model.known.tasks
    found: list[Floats] = []
    at = 0
    for of_text in cuts:
        whole = joined(made[at : at + len(of_text)], of_text, worst)
        if len(whole) and model.known.otherwise:
            whole = np.append(whole, np.array([1 - whole.max()], np.float32))
        found.append(whole)
        at += len(of_text)
    return found


def verdict(model: HubLanguage, whole: tuple[LabelScore, ...], task: Task) -> Verdict:
    if not whole:
        return NOTHING
    best = whole[0]
    if best.score > HALF:
        return Verdict()
    if model.known.independent:
        return Verdict(
            Outcome.UNSURE,
            f"No label has a score of more than one half; “{titled(best.label, task)}” is nearest.",
        )
    return unsure(whole, task)


def sort_freely(model: HubLanguage, request: Request, tell: Tell = ignore) -> Sorted:
    """How far each label of the request follows from the text.

    The scores of the labels together are 1; a single one stands for itself. Raises `EmptyInput`
    without a label, `TooLarge` for one that is long.
    """
    began = time.perf_counter()
    names = tuple(dict.fromkeys(label.strip() for label in request.labels if label.strip()))
    if not names:
        raise EmptyInput("There are no labels to choose from.", "Type two or more of them.")
    whole = ranked(names, inferred(model, request.text, names, tell))
    said = Verdict()
    if not whole:
        said = NOTHING
    elif whole[0].score <= HALF:
        said = NONE_FOLLOWS if len(names) == 1 else unsure(whole, request.task)
    return Sorted(
        request=request,
        verdict=said,
        scores=whole,
        calibrated=False,
        pieces=(),
        provenance=provenance(
            model,
            request.text,
            f"hypothesis “{HYPOTHESIS}”, labels together",
            time.perf_counter() - began,
            (("half", HALF),),
        ),
    )


def inferred(model: HubLanguage, text: str, names: Sequence[str], tell: Tell) -> Floats:
    """Scores of the labels, in their order; none for an empty text."""
    asked = [tokens(model, HYPOTHESIS.format(name)).ids for name in names]
    space = model.known.reads - model.frame.pair - max(map(len, asked))
    if space < model.known.reads // 2:
        raise TooLarge("A label is too long.", "Describe it in a few words.")
    read: Tokens = tokens(model, text)
    cuts = windows(read.words, space)
    rows: list[Row] = [
        paired(model, read.ids[window.start : window.end], label)
        for window in cuts
        for label in asked
    ]
    if not rows:
        return np.zeros(0, np.float32)
    logits = np.stack(outputs(model, rows, tell)).reshape(len(cuts), len(names), -1)
    outs = output_names(model.network.config)
    follows = logits[..., outs.index(ENTAILMENT)]  # (windows, labels)
    if len(names) == 1:
        against = logits[..., next(outs.index(name) for name in CONTRADICTIONS if name in outs)]
        parts = [squashed(each, independent=True) for each in follows - against]
    else:
        parts = [squashed(each, independent=False) for each in follows]
    return joined(parts, cuts, worst=False)
