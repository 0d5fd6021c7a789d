"""From tags of tokens to names: what each word is, and words that belong together.

A word is what its first piece is said to be, as transformers' strategy "first" has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demos.core.language.answers import Span
from demos.language_tasks.encoding import Tokens
from demos.language_tasks.windows import completed

OUTSIDE = "O"
KINDS = ("PER", "LOC", "ORG")
"""What is marked; other kinds that a model may know are left out."""
AROUND = frozenset("\"'“”„‘’«»‹›()[]{}<>,;:")
"""Signs that a name neither begins nor ends with; an @ or a # may well be the first."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text: where it is, its tag ("B-PER"), and the score of that."""

    start: int
    end: int
    tag: str
    score: float


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


def spans(text: str, marked: Sequence[Word], trim: bool = False) -> tuple[Span, ...]:
    """Words in a row that are of one name, with the mean of their scores. `trim` leaves out the
    quotation marks and brackets around it, which transformers does not."""
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
        name = trimmed(text, group) if trim else group
        if not name:
            continue
        start, end = completed(text, name[0].start, name[-1].end)
        if start < end and name[0].tag[2:] in KINDS:
            score = sum(word.score for word in name) / len(name)
            found.append(Span(start, end, name[0].tag[2:], score))
    return tuple(found)


def trimmed(text: str, group: Sequence[Word]) -> Sequence[Word]:
    """From the first to the last that is more than a sign around a name."""
    inner = [
        n for n, word in enumerate(group) if not AROUND.issuperset(text[word.start : word.end])
    ]
    return group[inner[0] : inner[-1] + 1] if inner else ()
