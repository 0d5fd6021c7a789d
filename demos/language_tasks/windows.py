"""How texts are given to a model: long ones in windows that overlap, cut between words; many of
them in batches of like length."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

LONG_WORD = 16
"""Tokens that a window may begin earlier in order to begin with a word."""

JOINER = "\u200d"
SKIN_TONES = range(0x1F3FB, 0x1F400)


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens `start` to `end` are read at once; what comes of `first` to `last` counts, since
    another window knows more of what surrounds the others."""

    start: int
    end: int
    first: int
    last: int


def windows(words: Sequence[int | None], room: int, overlap: int = 0) -> tuple[Window, ...]:
    """Windows of at most `room` tokens over all of them; `words` says which word each is of.

    Two windows share `overlap` tokens, a third of `room` at most, or some more, for a window begins
    with a word where there is one near. Every token counts in exactly one of them.
    """
    n, cuts = len(words), [0]
    reach: list[tuple[int, int]] = []
    start = 0
    while True:
        end = min(start + room, n)
        if end < n:
            end = word_start(words, end, start + (room + 1) // 2)
        reach.append((start, end))
        if end >= n:
            break
        least = max(end - overlap - max(overlap, LONG_WORD), start + 1)
        after = word_start(words, max(end - overlap, start + 1), least)
        cuts.append(word_start(words, (after + end + 1) // 2, after))
        start = after
    cuts.append(n)
    return tuple(
        Window(start, end, cuts[k], cuts[k + 1]) for k, (start, end) in enumerate(reach) if n
    )


def word_start(words: Sequence[int | None], at: int, least: int) -> int:
    """The last token at or before `at` that begins a word; `at` itself if none does after
    `least`."""
    for place in range(at, least - 1, -1):
        if place == 0 or words[place] is None or words[place] != words[place - 1]:
            return place
    return at


def completed(text: str, start: int, end: int) -> tuple[int, int]:
    """A place without white space around it, and with the accents, skin tones and joined emoji
    that tokenizers leave out of one."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return start, end
    while start and continues(text, start):
        start -= 1
    while end < len(text) and continues(text, end):
        end += 1
    return start, end


def continues(text: str, at: int) -> bool:
    """Whether the character at `at` belongs to the one before it."""
    character = text[at]
    return (
        unicodedata.category(character).startswith("M")
        or JOINER in (character, text[at - 1])
        or ord(character) in SKIN_TONES
    )


def batches(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Places of rows of like length, each batch from short to long, of at most `most` tokens with
    their padding."""
    found: list[list[int]] = []
    for n in sorted(range(len(lengths)), key=lambda n: lengths[n]):
        if found and (len(found[-1]) + 1) * lengths[n] <= most:
            found[-1].append(n)
        else:
            found.append([n])
    return found
