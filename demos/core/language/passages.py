"""Documents cut into overlapping passages at the borders of sentences.

A passage is what is searched for, read for an answer, and cited. It is short enough for the
sentence encoder to read whole, and begins with the last sentences of the one before, so that no
answer is cut in two.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from demos.core.language.documents import Document
from demos.core.language.sentences import sentences

WORDS = 100
"""Of a passage, at most; some 130 of the 256 word pieces that the encoder reads."""
OVERLAP = 25
"""Words, at most, that a passage has in common with the one before."""
CHARACTERS = 1_000
"""Of a passage, at most: there are texts without spaces."""
HEADING = 12
"""Words, at most."""
MOST = 2_000
"""Passages of one conversation."""

WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A place in the text of a document, the end not included."""

    document: Document
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.document.text[self.start : self.end]

    @property
    def key(self) -> tuple[str, int, int]:
        """What tells its text from any other, short enough to be kept."""
        return self.document.sha256, self.start, self.end


def pages(document: Document, start: int, end: int) -> str:
    """On which pages of a PDF a place is, such as "page 3"; "" for other documents."""
    found = [
        number
        for number, (begin, stop) in enumerate(document.pages, start=1)
        if start < stop and begin < end
    ]
    if len(found) > 1:
        return f"pages {found[0]}–{found[-1]}"
    return f"page {found[0]}" if found else ""


def passages(documents: Sequence[Document], most: int = MOST) -> tuple[tuple[Passage, ...], int]:
    """The first `most` passages of all documents, in their order, and how many were left out."""
    found = [each for document in documents for each in cut(document)]
    return tuple(found[:most]), max(len(found) - most, 0)


def cut(document: Document) -> Iterator[Passage]:
    """Passages of as many whole sentences as fit; what is longer than a passage is cut at words."""
    text = document.text
    pieces = [piece for span in sentences(text) for piece in shortened(text, *span)]
    counts = [len(WORD.findall(text, *piece)) for piece in pieces]
    first = last = 0
    while last < len(pieces):
        before = last
        words, begun = sum(counts[first:last]), pieces[first][0]
        while last < len(pieces) and (
            last == first
            or (words + counts[last] <= WORDS and pieces[last][1] - begun <= CHARACTERS)
        ):
            words += counts[last]
            last += 1
        while before < last - 1 < len(pieces) - 1 and is_heading(text, *pieces[last - 1]):
            last -= 1
        yield Passage(document, begun, pieces[last - 1][1])
        first = overlapping(pieces, counts, first, last)


def is_heading(text: str, start: int, end: int) -> bool:
    """Whether it is a short line of its own, which belongs to what comes after it."""
    words = len(WORD.findall(text, start, end))
    return text[end : end + 1] == "\n" and words <= HEADING and text[end - 1] not in ".!?:;,"


def overlapping(
    pieces: Sequence[tuple[int, int]], counts: Sequence[int], first: int, last: int
) -> int:
    """Which piece the passage after `pieces[first:last]` begins with: one that leaves room for
    the next."""
    if last == len(pieces):
        return last
    begin, words = last, 0
    while begin - 1 > first and words + counts[begin - 1] <= OVERLAP:
        whole = words + counts[begin - 1] + counts[last]
        if whole > WORDS or pieces[last][1] - pieces[begin - 1][0] > CHARACTERS:
            break
        begin -= 1
        words += counts[begin]
    return begin


def shortened(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence as it is, or in parts no longer than a passage, cut at words where it has any."""
    while start < end:
        stop = min(start + CHARACTERS, end)
        words = [each.end() for each in WORD.finditer(text, start, stop)]
        if len(words) > WORDS:
            stop = words[WORDS - 1]
        elif stop < end and len(words) > 1 and not text[stop].isspace():
            stop = words[-2]
        yield start, stop
        start = next((each.start() for each in WORD.finditer(text, stop, end)), end)
