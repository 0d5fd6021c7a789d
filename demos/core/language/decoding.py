"""Bytes of a text file to its characters, whatever encoding they are in."""

import codecs
import re

from demos.core.errors import UnsupportedType
from demos.core.language.scope import languages
from demos.core.signatures import looks_like

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
HEAD = 64 * 1024
"""Bytes by which an encoding is guessed."""
STRANGE_BYTE = re.compile(rb"[\x80-\xff]")
STRANGE = re.compile(r"[^\n\x80-\U0010ffff]{0,30}[\x80-\U0010ffff]+[^\n]{0,30}")
"""Characters that are no ASCII, and what is around them."""
PLACES = 40
USUAL = "cp1252"
"""Taken if no other fits better."""
OLD = frozenset(
    "ar be bg ca cs da de el en es et fa fi fr he hr hu is it ja ko lt lv mk nl no pl pt ro ru sk "
    "sl sq sr sv th tr uk vi zh".split()
)
"""Languages that these are for; wrong letters often look like one of the others."""
LEGACY = (
    "cp1252 cp1250 cp1251 koi8_r cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 cp932 euc_jp "
    "gb18030 big5 cp949"
).split()
"""Encodings that files without Unicode are in."""
MOST_CONTROLS = 0.05
"""Of the characters of a text; what has more is no text."""
TEXTS = frozenset({"a text file", "a web page", "an SVG drawing", "a file of an unknown kind"})
"""What `looks_like` calls text, or does not know."""
LATIN = 0.7
"""Of the characters of UTF-16 without a mark, at least so many are Latin."""
FEW = 16
"""Control characters that any text may have."""


def decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text and what to know of it. Raises `UnsupportedType` for what is no text."""
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return checked(data.decode(encoding, "replace"), data), ()
    if (wide := wide_encoding(data)) is not None:
        return checked(data.decode(wide, "replace"), data), ()
    try:
        return checked(data.decode("utf-8"), data), ()
    except UnicodeDecodeError:
        if is_known_otherwise(data):
            raise no_text(data) from None
        encoding = guessed(data)
    text = checked(data.decode(encoding, "replace"), data)
    return text, (f"Its encoding is a guess: {encoding}. Look for wrong letters.",)


def is_known_otherwise(data: bytes) -> bool:
    """Whether it begins as a picture or the like does, and as no text: some have letters first."""
    return (data[0] > 0x7F or 0 in data[:64]) and looks_like(data) not in TEXTS


def wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark, told by every other byte being NUL, as in Latin letters."""
    head = data[: HEAD // 2 * 2]
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half and odd > LATIN * half and even < 0.1 * half:
        return "utf-16-le"
    if half and even > LATIN * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def guessed(data: bytes) -> str:
    """The encoding of a text that is no UTF-8: of those that charset-normalizer finds possible, and
    the usual one, the one in which it is most surely of some language, its letters as frequent as
    there.

    Raises `UnsupportedType` if none is possible.
    """
    from charset_normalizer import from_bytes

    sample = around_strange_bytes(data)
    possible = from_bytes(sample, cp_isolation=LEGACY)
    found = {each.encoding: min(each.coherence, 1.0) for each in possible}
    if not found:
        raise no_text(data)

    def fits(encoding: str) -> float:
        places = STRANGE.findall(sample.decode(encoding, "ignore"))[:PLACES]
        likely = languages("\n".join(places))
        return max(likely.get(each, 0.0) for each in OLD) + 0.5 * found.get(encoding, 0.0)

    return max(dict.fromkeys((USUAL, *found)), key=fits)


def guess_of_lines(data: bytes) -> str:
    """The encoding of a file of lines, most of which are no UTF-8 where they are no ASCII; nothing
    for another. Raises `UnsupportedType` if none is possible."""
    lines = [line for line in data.split(b"\n")[:-1] or [data] if not line.isascii()]
    return guessed(data) if 2 * sum(map(is_utf8, lines)) < len(lines) else ""


def is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def around_strange_bytes(data: bytes) -> bytes:
    """Some of the data with the first byte that is no ASCII: by those, encodings are told apart."""
    first = STRANGE_BYTE.search(data)
    start = max(first.start() - HEAD // 2, 0) if first else 0
    return data[start : start + HEAD]


def checked(text: str, data: bytes) -> str:
    """The text. Raises `UnsupportedType` if it is full of what no text has."""
    strange = sum(text.count(chr(each)) for each in range(32) if chr(each) not in "\t\n\f\r")
    if strange > max(FEW, MOST_CONTROLS * len(text)):
        raise no_text(data)
    return text


def no_text(data: bytes) -> UnsupportedType:
    kind = looks_like(data)
    if kind in TEXTS:
        kind = "a file of an unknown kind"
    if " " not in kind:
        kind = f"a {kind} image"
    return UnsupportedType(
        f"This looks like {kind}, not like text.", "Upload a TXT, Markdown, PDF or DOCX file."
    )
