"""Text to words and back: where lines break, what takes no spaces, when words were said.

Lines are those of subtitles: at most two of 42 characters, broken after punctuation or in the
middle (Netflix, Timed Text Style Guide: General Requirements, "Line Treatment", and the English
guide, "Character Limitation"). A Chinese or Japanese character is as wide as two others.
"""

import re
import unicodedata
from collections.abc import Iterable

from demos.core.speech.transcript import Segment, Word

MAX_LINE = 42
"""Characters."""
MAX_LINES = 2
FOR_PUNCTUATION = 20
"""A break after punctuation is preferred to one that makes lines so much more alike."""

IDEOGRAPHS = "\u2e80-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
"""Chinese and Japanese, with their punctuation: a line may break after any character."""
SPACELESS = re.compile(f"[{IDEOGRAPHS}\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Those and Thai, Lao, Burmese and Khmer: written without spaces between words."""
CLOSING = "、。，．！？：；」』）】》”’…"
PIECE = re.compile(rf"(?:[{IDEOGRAPHS}][{CLOSING}]*|[^\s{IDEOGRAPHS}]+)\s*")
"""What is never broken over two lines, with the space after it."""
ENDS_CLAUSE = re.compile(rf"[,.;:!?{CLOSING}][\"')\]]*$")


def joined(texts: Iterable[str]) -> str:
    """Words as one text."""
    return "".join(spaced(texts))


def spaced(texts: Iterable[str]) -> list[str]:
    """Words, each with a space before it where its script has spaces; empty ones are left out."""
    parts: list[str] = []
    for text in filter(None, texts):
        apart = parts and not (SPACELESS.match(parts[-1][-1]) and SPACELESS.match(text[0]))
        parts.append(f" {text}" if apart else text)
    return parts


def spread(segment: Segment) -> tuple[Word, ...]:
    """The words of a segment; where their times are unknown, each as long as its share of text."""
    if segment.words:
        return segment.words
    pieces = [piece.strip() for piece in PIECE.findall(segment.text)]
    whole = sum(map(len, pieces))
    words, done = [], 0
    for piece in pieces:
        start, done = done, done + len(piece)
        length = segment.end - segment.start
        words.append(
            Word(
                piece,
                segment.start + length * start / whole,
                segment.start + length * done / whole,
            )
        )
    return tuple(words)


def width(text: str) -> int:
    """Columns that a text takes."""
    if text.isascii():
        return len(text)
    return sum(1 + (unicodedata.east_asian_width(each) in "WF") for each in text)


def lines(text: str) -> list[str]:
    """A text in lines of at most `MAX_LINE`: one if it fits, else two, else as many as it takes."""
    text = text.strip()
    if width(text) <= MAX_LINE:
        return [text] if text else []
    pieces = PIECE.findall(text)
    if width(text) <= MAX_LINE * MAX_LINES + 1:
        halves = [
            ("".join(pieces[:first]).rstrip(), "".join(pieces[first:]))
            for first in range(1, len(pieces))
        ]
        fitting = [each for each in halves if max(map(width, each)) <= MAX_LINE]
        if fitting:
            top, bottom = min(fitting, key=unbalance)
            return [top, bottom]
    return filled(pieces)


def unbalance(halves: tuple[str, str]) -> int:
    """How badly two lines go together."""
    top, bottom = halves
    bonus = FOR_PUNCTUATION if ENDS_CLAUSE.search(top) else 0
    return abs(width(top) - width(bottom)) - bonus


def filled(pieces: list[str]) -> list[str]:
    """Lines each filled as far as it goes; what is longer than a line is broken."""
    found = [""]
    for piece in pieces:
        if width((found[-1] + piece).rstrip()) <= MAX_LINE:
            found[-1] += piece
            continue
        found.append("")
        for character in piece:
            if width((found[-1] + character).rstrip()) > MAX_LINE:
                found.append("")
            found[-1] += character
    return [line.strip() for line in found if line.strip()]
