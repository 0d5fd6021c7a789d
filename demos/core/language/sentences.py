"""Where the sentences of a text are: for one with punctuation, without it, or in lists.

Line breaks are looked at first: one that only wraps a line, as in a PDF, ends no sentence. The rest
is sentencex's (Wikimedia), which knows abbreviations, decimals and quotes.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import sentencex

from demos.core.language.text import encodable

Place = tuple[int, int]
"""Counted in characters, the end not included."""

LONGEST = 1_000
"""Characters of a sentence; what is longer has no punctuation, and is cut at words."""
WRAPPED, WRAPPED_BEFORE_CAPITAL = 40, 60
"""Characters that a line has at least if the next one continues it, and if that one begins with a
capital letter."""
WINDOW = 8_000
"""Characters looked at at once: the time sentencex takes can grow with their square."""

ITEM = re.compile(r"(?:[-*•–—‣◦]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)])\s")
"""How an item of a list begins."""
MISSED = re.compile(r"(?<![!?])[!?]{2,}\s+|[.!?…][)\]\"”’»]+\s+(?=[A-Z\"“(])")
"""Ends of sentences that the library passes over."""
JOINERS = "\u200d\ufe0e\ufe0f"
SKIN_TONES = range(0x1F3FB, 0x1F400)


def sentences(text: str, language: str = "en") -> tuple[Place, ...]:
    """The places of all sentences, in their order, without the white space around them.

    `language` is an ISO 639-1 code. Every character that is no white space is in one of them.
    """
    found: list[Place] = []
    for start, end in blocks(text):
        if end - start <= LONGEST and is_one(text[start:end]):
            found.append((start, end))
            continue
        # Half a character is none that the library takes.
        flat = encodable(text[start:end].replace("\n", " "))
        pieces = joined(flat, trimmed(flat, cut(flat, split(flat, language))))
        found += [(start + first, start + last) for first, last in pieces]
    return tuple(found)


def is_one(block: str) -> bool:
    """Whether no sign in it can end a sentence; told without the library, as a line of a list."""
    return block.isascii() and not any(each in block for each in ".!?")


def blocks(text: str) -> Iterator[Place]:
    """Runs of lines which no line break ends a sentence in."""
    paragraph: list[Place] = []
    start = 0
    for line in text.split("\n"):
        bare = line.strip()
        if bare:
            begin = start + line.index(bare[0])
            paragraph.append((begin, begin + len(bare)))
        elif paragraph:
            yield from wrapped(text, paragraph)
            paragraph = []
        start += len(line) + 1
    yield from wrapped(text, paragraph)


def wrapped(text: str, lines: list[Place]) -> Iterator[Place]:
    """The lines of a paragraph, joined where one was only broken for want of room."""
    if not lines:
        return
    width = max(end - start for start, end in lines)
    begin = lines[0][0]
    for (start, end), (after, last) in pairwise(lines):
        if not continues(text[start:end], text[after:last], width):
            yield begin, end
            begin = after
    yield begin, lines[-1][1]


def continues(line: str, following: str, width: int) -> bool:
    """Whether the first word of the next line would not have fitted on this one."""
    least = WRAPPED_BEFORE_CAPITAL if following[0].isupper() else WRAPPED
    if len(line) < least or "\t" in line or ITEM.match(following):
        return False
    return len(line) + 1 + len(following.split(None, 1)[0]) > width


def split(text: str, language: str) -> Iterator[Place]:
    """Places of sentences as the library sees them, white space included."""
    start = 0
    while start < len(text):
        window = text[start : start + WINDOW]
        found = [
            (each["start_index"], each["end_index"])
            for each in sentencex.get_sentence_boundaries(language, window)
        ]
        if start + WINDOW < len(text) and len(found) > 1:
            found.pop()  # it may go on behind the window
        for first, last in found:
            begin = first
            for end in MISSED.finditer(window, first, last):
                yield start + begin, start + end.end()
                begin = end.end()
            if begin < last:
                yield start + begin, start + last
        start += found[-1][1] if found else WINDOW


def cut(text: str, places: Iterable[Place]) -> Iterator[Place]:
    """With what is longer than `LONGEST` cut at a space, or anywhere between two characters."""
    for start, end in places:
        begin = start
        while end - begin > LONGEST:
            stop = text.rfind(" ", begin + LONGEST // 2, begin + LONGEST) + 1
            stop = stop or whole_character(text, begin + LONGEST)
            yield begin, stop
            begin = stop
        yield begin, end


def whole_character(text: str, stop: int) -> int:
    """`stop`, or a little before it if that is within an emoji of several code points."""
    for at in range(stop, stop - 16, -1):
        within = text[at] in JOINERS or ord(text[at]) in SKIN_TONES
        if not within and text[at - 1] != JOINERS[0]:
            return at
    return stop


def trimmed(text: str, places: Iterable[Place]) -> Iterator[Place]:
    """Without the white space around them, and without those of nothing else."""
    for start, end in places:
        piece = text[start:end]
        bare = piece.strip()
        if bare:
            begin = start + len(piece) - len(piece.lstrip())
            yield begin, begin + len(bare)


def joined(text: str, places: Iterable[Place]) -> Iterator[Place]:
    """With the number before an item put to the item, and signs alone to the sentence before."""
    held: Place | None = None
    for start, end in places:
        if held is None:
            held = start, end
        elif end - held[0] <= LONGEST and (
            is_number(text[held[0] : held[1]]) or not has_word(text[start:end])
        ):
            held = held[0], end
        else:
            yield held
            held = start, end
    if held is not None:
        yield held


def is_number(piece: str) -> bool:
    return len(piece) <= 5 and ITEM.fullmatch(piece + " ") is not None


def has_word(piece: str) -> bool:
    return any(map(str.isalnum, piece))
