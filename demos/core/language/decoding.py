"""Bytes of a text file to its characters, whatever encoding they are in."""

import codecs
import re
from collections.abc import Mapping, Sequence

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
WEST = "af ca da de en es eu fi fr ga gl id is it lb ms nb nl nn no pt sq sv sw".split()
EAST = "cs hr hu pl ro sk sl sq".split()
CYRILLIC = "be bg kk mk ru sr uk".split()
LATIN_SETS: Mapping[str, Sequence[str]] = {
    USUAL: WEST,
    "iso8859_2": EAST,
    "cp1250": EAST,
    "cp1254": ["tr"],
    "cp1257": ["et", "lt", "lv"],
    "cp1258": ["vi"],
    "mac_roman": WEST,
    "cp850": WEST,
    "cp852": EAST,
}
"""Encodings of languages in Latin letters, of which few are no ASCII, and these languages."""
OTHER_SETS: Mapping[str, Sequence[str]] = {
    "cp1251": CYRILLIC,
    "koi8_r": CYRILLIC,
    "iso8859_5": CYRILLIC,
    "cp866": CYRILLIC,
    "cp1253": ["el"],
    "cp1255": ["he"],
    "cp1256": ["ar", "fa", "ur"],
    "cp1258": ["vi"],
    "cp874": ["th"],
    "cp932": ["ja"],
    "euc_jp": ["ja"],
    "gb18030": ["zh"],
    "big5": ["zh"],
    "cp949": ["ko"],
}
"""Encodings of languages in other letters, and these languages."""
WIDE_SETS = frozenset({"cp932", "euc_jp", "gb18030", "big5", "cp949"})
"""Those with two bytes for a character, which other bytes hardly ever make by accident."""
RUN = re.compile(rb"[\x80-\xff]{3,}")
ISO_SETS = ("iso8859_2", "iso8859_5")
C1 = re.compile(rb"[\x80-\x9f]")
"""Control characters in those of ISO 8859, letters and quotation marks elsewhere."""
COHERENCE, CHAOS = 0.3, 5.0
"""What it counts that letters are as frequent as in a language, and that they stand in odd places,
both between 0 and 1 as charset-normalizer has them; the language itself counts 1 at most."""
OWN_SCRIPT_SETS = ("cp1253", "cp874")
OWN_SCRIPT = 0.75
"""Whatever has Greek or Thai letters is surely Greek or Thai, even if it makes no sense."""
IMPOSSIBLE = -0.5
"""For what charset-normalizer holds to be none of the text's."""
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
    """The encoding of a text that is no UTF-8: the one in which it is most surely of a language
    that the encoding is for, its letters as frequent as there.

    Raises `UnsupportedType` if charset-normalizer finds none possible.
    """
    from charset_normalizer import from_bytes

    sample = around_strange_bytes(data)
    possible = from_bytes(sample)
    if not possible:
        raise no_text(data)
    natural = {
        name: COHERENCE * min(each.coherence, 1.0) - (name not in WIDE_SETS) * CHAOS * each.chaos
        for each in possible
        for name in each.could_be_from_charset
    }
    iso = -1.0 if C1.search(sample) else 0.1
    natural |= {name: natural.get(name, IMPOSSIBLE) + iso for name in ISO_SETS}
    strange = len(b"".join(STRANGE_BYTE.findall(sample)))
    sets = OTHER_SETS if 2 * sum(map(len, RUN.findall(sample))) >= strange else LATIN_SETS

    def fits(encoding: str) -> float:
        places = STRANGE.findall(sample.decode(encoding, "ignore"))[:PLACES]
        likely = languages("\n".join(places))
        known = sum(likely.get(each, 0.0) for each in sets[encoding])
        known *= OWN_SCRIPT if encoding in OWN_SCRIPT_SETS else 1.0
        return known + natural.get(encoding, IMPOSSIBLE)

    return max(sets, key=fits)


def guess_of_lines(data: bytes) -> str:
    """The encoding of a file of lines, most of which are no UTF-8 where they are no ASCII; nothing
    for another. The data may end in the middle of a line."""
    lines = [line for line in re.split(rb"[\r\n]+", data) if not line.isascii()]
    if not lines or 2 * sum(map(is_utf8, lines)) >= len(lines):
        return ""
    try:
        return guessed(data)
    except UnsupportedType:
        return USUAL


def is_utf8(line: bytes) -> bool:
    """Whether it is UTF-8, maybe cut off in a character."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(line)
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
