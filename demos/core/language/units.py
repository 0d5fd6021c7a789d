"""Units of a text and where they are, and the text without some of them.

Units are words, which a reader would point at, with contractions, hyphens and numbers left whole;
and runs of punctuation or symbols. With the white space between them, the units are the text.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import NamedTuple

SCRIPTS = range(0x300, 0x2000)
"""Code points among which the marks lie that belong to the letter before them."""
MARKS = "".join(chr(each) for each in SCRIPTS if unicodedata.category(chr(each))[0] == "M")
IDEOGRAPH = r"[\u3040-\u30ff\u3400-\u9fff]"
"""Written without spaces between the words: each counts as one."""
UNIT = re.compile(rf"{IDEOGRAPH}|\w(?:(?!{IDEOGRAPH})[\w{MARKS}]|['’.\-](?=\w))*|[^\w\s]+")

EMOTICONS = frozenset(":) :( :-) :-( ;) ;-) =) =( :/ :-/ :|".split())


class Place(NamedTuple):
    """Where a unit stands in a text, the end not included."""

    start: int
    end: int


def units_of(text: str) -> tuple[Place, ...]:
    """Words, and runs of punctuation or symbols, in the order of the text."""
    return tuple(Place(*found.span()) for found in UNIT.finditer(text))


def tells(unit: str) -> bool:
    """Whether a unit is a word, an emoji or a face, and no mere punctuation."""
    if unit in EMOTICONS:
        return True
    return any(each.isalnum() or unicodedata.category(each) == "So" for each in unit)


def without(text: str, removed: Collection[Place]) -> str:
    """The text with units left out, and no more white space than there was around them."""
    kept, at = "", 0
    for start, end in sorted(removed):
        kept += text[at:start]
        at = end
        if (not kept or kept[-1].isspace()) and text[at : at + 1].isspace():
            at += 1
    return kept + text[at:]


def quoted(text: str, places: Sequence[Place]) -> tuple[str, ...]:
    """What stands at each place."""
    return tuple(text[start:end] for start, end in places)
