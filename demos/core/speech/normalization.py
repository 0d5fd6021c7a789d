"""Two texts made comparable, so that an error rate counts words and not ways of writing them.

The idea is that of Whisper's text standardization (Radford et al. 2022, arXiv:2212.04356,
appendix C), much reduced: what is not said aloud goes, what is said stays. Case, punctuation and
symbols go, hyphens become spaces, marks of noise in brackets go, apostrophes stay inside words, and
a number in digits equals the same in words. Unlike there, "uh" and "um" stay, as do contractions,
spellings and accents.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

DIGITS = "zero one two three four five six seven eight nine".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SPOKEN = {str(value): word for value, word in enumerate(DIGITS)}
MAX_DIGITS = 20
"""A longer numeral is nobody's telephone number, and stays."""

APOSTROPHES = str.maketrans(dict.fromkeys("‘’ʼ＇`´", "'"))
BRACKETS = re.compile(r"\[[^\[\]]*\]|<[^<>]*>")
"""Noises and unknown words, as "[music]" and "<unk>"."""
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
NO_DECIMAL_POINT = re.compile(r"(?<!\d)\.|\.(?!\d)")
NUMERAL = re.compile(rf"[0-9]{{2,{MAX_DIGITS}}}")


def normalized(text: str) -> str:
    """A text as its words with one space between them, in Unicode's form NFKC.

    Single digits are spelled out; longer numerals are left to `alike`.
    """
    text = unicodedata.normalize("NFKC", text.translate(APOSTROPHES)).casefold()
    text = THOUSANDS.sub("", BRACKETS.sub(" ", text))
    text = text.translate({ord(each): in_words(each) for each in set(text)})
    words = (word.strip("'") for word in NO_DECIMAL_POINT.sub(" ", text).split())
    return " ".join(SPOKEN.get(word, word) for word in words if word)


def in_words(character: str) -> str | None:
    """A character if it belongs to words, else a space; None for those that take no space."""
    if character in "'.":
        return character
    category = unicodedata.category(character)
    if category == "Cf":
        return None
    return character if category[0] in "LMN" else " "


def alike(reference: str, hypothesis: str) -> tuple[list[str], list[str]]:
    """The words of two normalized texts, each numeral spelled as the other text spells it.

    "1984" is read as a number, a year or digit by digit, whichever shares most words with the
    other text; where none shares half of its words, it stays.
    """
    a, b = normalized(reference).split(), normalized(hypothesis).split()
    return spelled(a, Counter(b)), spelled(b, Counter(a))


def spelled(words: list[str], other: Counter[str]) -> list[str]:
    found: list[str] = []
    for word in words:
        if word in other or not NUMERAL.fullmatch(word):
            found.append(word)
            continue
        reading = max(readings(word), key=lambda each: (share(each, other), len(each)))
        found += reading if share(reading, other) >= 0.5 else [word]
    return found


def share(reading: list[str], other: Counter[str]) -> float:
    """The share of its words that are in the other text."""
    return (Counter(reading) & other).total() / len(reading)


def readings(numeral: str) -> Iterator[list[str]]:
    """The ways in which an English speaker may say a numeral."""
    yield [DIGITS[int(digit)] for digit in numeral]
    if numeral[0] == "0" or len(numeral) > 6:
        return
    yield cardinal(int(numeral), [])
    yield cardinal(int(numeral), ["and"])
    if len(numeral) == 4 and numeral[2] != "0":
        yield cardinal(int(numeral[:2]), []) + cardinal(int(numeral[2:]), [])


def cardinal(value: int, link: list[str]) -> list[str]:
    """A number below a million in words; `link` stands between hundreds and what follows."""
    if value < 20:
        return [(DIGITS + TEENS)[value]]
    if value < 100:
        tens, rest = divmod(value, 10)
        return [TENS[tens - 2]] + ([DIGITS[rest]] if rest else [])
    unit, name = (100, "hundred") if value < 1000 else (1000, "thousand")
    count, rest = divmod(value, unit)
    if not rest:
        return [*cardinal(count, link), name]
    linked = link if rest < 100 else []
    return [*cardinal(count, link), name, *linked, *cardinal(rest, link)]
