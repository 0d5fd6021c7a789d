"""Names in a text: what each word is, and words that belong together.

A word is what its first piece is said to be, as transformers' strategy "first" has it. Windows
overlap, and each word is taken from the one that knows most of what surrounds it.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demos.core.language.answers import Entities, Request, Span, Verdict
from demos.language_tasks.encoding import Tokens
from demos.language_tasks.hub_networks import OUTSIDE, output_names
from demos.language_tasks.hub_reading import (
    NOTHING,
    HubLanguage,
    Tell,
    ignore,
    outputs,
    provenance,
    room,
    single,
    tokens,
)
from demos.language_tasks.hub_sorting import squashed
from demos.language_tasks.hub_windows import completed, windows

KINDS = ("PER", "LOC", "ORG")
"""What is marked; other kinds that a model may know are left out."""
OVERLAP = 64


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text: where it is, its tag ("B-PER"), and the score of that."""

    start: int
    end: int
    tag: str
    score: float


def mark(model: HubLanguage, request: Request, tell: Tell = ignore) -> Entities:
    """The names in a text."""
    began = time.perf_counter()
    read = tokens(model, request.text)
    space = room(model)
    overlap = min(OVERLAP, space // 8)
    tags = tagged(model, read, space, overlap, tell)
    names = tuple(name.upper() for name in output_names(model.network.config))
    return Entities(
        request=request,
        verdict=Verdict() if len(read) else NOTHING,
        spans=spans(request.text, words(read, tags, names)),
        provenance=provenance(
            model,
            request.text,
            f"windows of at most {space} tokens that share {overlap}, first piece of each word",
            time.perf_counter() - began,
        ),
    )


def tagged(
    model: HubLanguage, read: Tokens, space: int, overlap: int, tell: Tell
) -> NDArray[np.float32]:
    """Scores (T, tags) of every token, each from the window in which it counts."""
    cuts = windows(read.words, space, overlap)
    rows = [single(model, read.ids[window.start : window.end]) for window in cuts]
    before = len(model.frame.before)
    found = np.zeros((len(read), model.network.config.num_labels), np.float32)
    for window, logits in zip(cuts, outputs(model, rows, tell), strict=True):
        first = before + window.first - window.start
        found[window.first : window.last] = [
            squashed(each, independent=False)
            for each in logits[first : first + window.last - window.first]
        ]
    return found


def words(read: Tokens, tags: NDArray[np.float32], names: Sequence[str]) -> list[Word]:
    """The words that the tokens are pieces of, each with the tag of its first."""
    found: list[Word] = []
    for n, (start, end) in enumerate(read.places):
        if found and read.words[n] == read.words[n - 1]:
            last = found[-1]
            found[-1] = Word(last.start, max(last.end, end), last.tag, last.score)
        else:
            best = int(tags[n].argmax())
            found.append(Word(start, end, names[best], float(tags[n, best])))
    return found


def spans(text: str, marked: Sequence[Word]) -> tuple[Span, ...]:
    """Words in a row that are of one name, with the mean of their scores."""
    groups: list[list[Word]] = []
    for place, word in enumerate(marked):
        if word.tag == OUTSIDE:
            continue
        goes_on = place and marked[place - 1].tag[2:] == word.tag[2:] and word.tag[0] == "I"
        if goes_on:
            groups[-1].append(word)
        else:
            groups.append([word])
    found = []
    for group in groups:
        start, end = completed(text, group[0].start, group[-1].end)
        if start < end and group[0].tag[2:] in KINDS:
            score = sum(word.score for word in group) / len(group)
            found.append(Span(start, end, group[0].tag[2:], score))
    return tuple(found)
