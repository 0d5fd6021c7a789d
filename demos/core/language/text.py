"""Text as a person gives it, made fit to be read: nothing hidden in it, and not too long."""

import hashlib
import re

from demos.core.errors import EmptyInput, TooLarge
from demos.core.settings import Settings

LINE_ENDS = re.compile("\r\n?|[\v\f\x85]")
CONTROLS = dict.fromkeys(
    [*(each for each in range(0x20) if chr(each) not in "\t\n"), *range(0x7F, 0xA0)]
)
"""C0 and C1 but for the tab and the line feed, NUL and DEL among them: nothing is seen of them."""
BORDER = 200
"""Characters before the limit in which a part of a text may end at a sentence or a line."""
GOOD_ENDS = (re.compile(r"\n\s*\n"), re.compile(r"\n|(?<=[.!?])\s"), re.compile(r"\s"))


def clean(text: str) -> str:
    """The text with `\\n` for every line end, without control characters and a leading byte order
    mark; half a character (a lone surrogate) becomes U+FFFD. All else stays: emoji, right-to-left
    text, markup."""
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return LINE_ENDS.sub("\n", text).translate(CONTROLS).removeprefix("\ufeff")


def usable(text: str, settings: Settings) -> str:
    """The text, cleaned. Raises `EmptyInput`, and `TooLarge` over `max_text_characters`."""
    cleaned = clean(text)
    if not cleaned.strip():
        raise EmptyInput("There is no text.", "Write or paste some, or choose a sample.")
    if len(cleaned) > settings.max_text_characters:
        raise TooLarge(
            f"This text has {len(cleaned):,} characters; "
            f"the limit is {settings.max_text_characters:,}.",
            "Shorten it, or save it as a file and upload that: files are read in parts.",
        )
    return cleaned


def encodable(text: str) -> str:
    """The text with a question mark for half a character, which no file and no tokenizer takes."""
    return text.encode("utf-8", "replace").decode()


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def parts(text: str, longest: int) -> tuple[tuple[int, int], ...]:
    """Places of parts of at most `longest` characters which together are the text.

    A part ends between two paragraphs, sentences or words where there are such near the limit.
    """
    found, start = [], 0
    while len(text) - start > longest:
        end = border(text, start, start + longest)
        found.append((start, end))
        start = end
    return (*found, (start, len(text)))


def border(text: str, start: int, limit: int) -> int:
    """Where to cut before `limit`, or there if nothing better is near."""
    earliest = max(limit - max(BORDER, (limit - start) // 10), start + 1)
    for pattern in GOOD_ENDS:
        ends = [each.end() for each in pattern.finditer(text, earliest, limit)]
        if ends:
            return ends[-1]
    return limit
