"""Titles as they are compared: "Matrix, The (1999)" and "the matrix" are one, but for the year.

What is looked up and what it is looked up in go through the same function, or nothing is found.
"""

import re
import unicodedata

ARTICLES = ("the", "a", "an")
"""Left out where a title begins with one: people do, and catalogs put them behind a comma."""
BEHIND = (
    "the|a|an|le|la|les|l|un|une|el|los|las|lo|il|i|gli|der|die|das|ein|eine|de|het|den|det|o|os|as"
)
"""What catalogs put behind a comma at the end of a title, in the languages that do."""

YEAR = re.compile(r"\s*[\[(]\s*((?:18|19|20)[0-9]{2})(?:\s*[-–]\s*(?:[0-9]{4})?)?\s*[\])]\s*$")
PARENTHESES = re.compile(r"\s*[\[(]([^()\[\]]*)[\])]")
ARTICLE_BEHIND = re.compile(rf"^(.+),\s*({BEHIND})['’]?\s*$")
ALSO_KNOWN = re.compile(r"^a\.?\s?k\.?\s?a\.?[\s,:]+", re.IGNORECASE)
APOSTROPHES = re.compile(r"['’‘`´ʼ]")
INITIALS = re.compile(r"\b(\w)\.(?=\w\b)")
SIGNS = re.compile(r"[\W_]+")
UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})


def normalized(text: str) -> str:
    """The words of a title: no case, accents, signs, first articles, and no year at its end.

    What stands in parentheses stays, as words like the others. "" where there is no word at all.
    """
    text = folded(YEAR.sub("", text))
    parts = [text] if "(" not in text and "[" not in text else PARENTHESES.split(text)
    return " ".join(filter(None, map(words, parts)))


def year_of(text: str) -> int | None:
    """The year in parentheses that a title ends with; `None` where it ends with none."""
    found = YEAR.search(text)
    return int(found[1]) if found else None


def names_of(title: str) -> tuple[str, ...]:
    """The normalized names that an item of a catalog goes by, the fullest first.

    Besides the whole title it is the part before any parentheses, and of a film (it ends with a
    year) each title in them; a book's hold its series or edition, which is no name of it.
    """
    bare = YEAR.sub("", title)
    main = normalized(PARENTHESES.sub(" ", bare))
    others: list[str] = []
    if bare != title:
        others = [normalized(ALSO_KNOWN.sub("", each)) for each in PARENTHESES.findall(bare)]
    return tuple(filter(None, dict.fromkeys([normalized(title), main, *others])))


def folded(text: str) -> str:
    """Without case and accents."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text).casefold().translate(UNDECOMPOSED)
    return "".join(each for each in letters if not unicodedata.combining(each))


def words(part: str) -> str:
    """The words of folded text, a space between them; its article left out."""
    behind = ARTICLE_BEHIND.match(part)
    if behind:
        part = f"{behind[2]} {behind[1]}"
    part = INITIALS.sub(r"\1", APOSTROPHES.sub("", part.replace("&", " and ")))
    found = SIGNS.sub(" ", part).split()
    return " ".join(found[1:] if len(found) > 1 and found[0] in ARTICLES else found)
