"""A text with other letters and signs: typing errors, capitals, punctuation, spaces and emoji.

Each change takes a text and gives another one, or the same where there is nothing to change.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Sequence

from demos.core.language.units import Place, units_of

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
BESIDE = {
    key: row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
    for row in ROWS
    for at, key in enumerate(row)
}
SHORTEST = 4
"""Letters of a word that is misspelt."""
MISSPELT = 6
"""One word in so many, and at least one."""
IN_WORDS = frozenset("'’-")
INVISIBLE = "\u200b"
EMOJI = "☎"
BLANKS = re.compile(r" +")
JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")

Change = Callable[[str], str]


def misspelt(spoil: Callable[[str, random.Random], str], seed: int) -> Change:
    """A change that spoils one word in `MISSPELT`, always the same ones for a seed."""

    def change(text: str) -> str:
        draw = random.Random(seed)
        able = [each for each in units_of(text) if spoilable(text[slice(*each)])]
        count = min(max(len(able) // MISSPELT, 1), len(able))
        return replaced(text, draw.sample(able, count), lambda word: spoil(word, draw))

    return change


def spoilable(word: str) -> bool:
    return len(word) >= SHORTEST and word.isascii() and word.isalpha()


def replaced(text: str, places: Sequence[Place], change: Change) -> str:
    """The text with what stands at each place changed."""
    parts, at = [], 0
    for start, end in sorted(places):
        parts += [text[at:start], change(text[start:end])]
        at = end
    return "".join([*parts, text[at:]])


def key_beside(word: str, draw: random.Random) -> str:
    at = draw.randrange(len(word))
    key = draw.choice(BESIDE[word[at].lower()])
    return word[:at] + (key.upper() if word[at].isupper() else key) + word[at + 1 :]


def letters_swapped(word: str, draw: random.Random) -> str:
    """Two neighbors that differ; the first stays, unless the rest is all one letter."""
    able = [at for at in range(1, len(word) - 1) if word[at] != word[at + 1]] or [0]
    at = draw.choice(able)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def letter_left_out(word: str, draw: random.Random) -> str:
    at = draw.randrange(1, len(word))
    return word[:at] + word[at + 1 :]


def titled(text: str) -> str:
    """Every word as a headline has it; letters behind an apostrophe stay small."""
    return replaced(text, units_of(text), lambda word: word[:1].upper() + word[1:].lower())


def without_punctuation(text: str) -> str:
    """Without all of it but apostrophes and hyphens inside words."""

    def kept(unit: str) -> str:
        word = len(unit) > 1 and any(each.isalnum() for each in unit)
        return "".join(
            each
            for each in unit
            if unicodedata.category(each)[0] != "P" or (word and each in IN_WORDS)
        )

    return replaced(text, units_of(text), kept)


def spaces_doubled(text: str) -> str:
    return BLANKS.sub(lambda found: 2 * found[0], text)


def with_invisible(text: str) -> str:
    """A space of no width in the middle of every word of four plain letters or more."""
    able = [each for each in units_of(text) if spoilable(text[slice(*each)])]
    return replaced(
        text, able, lambda word: word[: len(word) // 2] + INVISIBLE + word[len(word) // 2 :]
    )


def without_emoji(text: str) -> str:
    """Without symbols of pictures, and the signs that join and color them."""
    if not any(pictures(each) for each in text):
        return text
    return "".join(each for each in text if not pictures(each) and each not in JOINERS).strip()


def pictures(character: str) -> bool:
    return unicodedata.category(character) == "So" or "\U0001f3fb" <= character <= "\U0001f3ff"


def with_emoji(text: str) -> str:
    return f"{text.rstrip()} {EMOJI}"
