"""Cleaning, limits, hashes and parts of text."""

import hashlib

import pytest

from demos.core.errors import EmptyInput, TooLarge
from demos.core.language.text import clean, parts, sha256_of, usable
from demos.core.settings import Settings

KEPT = [
    "Thanks 🙏🏽, great 👩‍👩‍👧!",
    "مرحبا بك في المتجر",
    "שלום \u202eעולם\u202c",
    "<script>alert('x')</script> & <b>bold</b>",
    "tab\there\nand there",
    "naïve café e\u0301 \ufffd \u2028",
    "# Markdown *stays*",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_is_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("page\fpage\vline\x85line", "page\npage\nline\nline"),
        ("N\0U\x01L\x1b[31m\x7f\x9f", "NUL[31m"),
        ("\ufeffmarked", "marked"),
        ("half \ud83d of one", "half \ufffd of one"),
        ("\udfff", "\ufffd"),
        ("two halves \ud83d\ude42", "two halves 🙂"),
    ],
)
def test_what_is_no_text_goes(given: str, expected: str) -> None:
    assert clean(given) == expected
    assert clean(expected) == expected


def test_limits_are_said() -> None:
    settings = Settings(max_text_characters=10)
    assert usable("ten chars\r\n", settings) == "ten chars\n"
    with pytest.raises(TooLarge, match=r"11 characters; the limit is 10\. .*upload") as told:
        usable("x" * 11, settings)
    assert told.value.remedy
    for empty in ("", " \n\t", "\0\0", "\ufeff"):
        with pytest.raises(EmptyInput, match="no text"):
            usable(empty, settings)


def test_a_hash_is_that_of_the_text() -> None:
    assert sha256_of("naïve") == hashlib.sha256("naïve".encode()).hexdigest()
    assert sha256_of("\ud83d") != sha256_of("")


def test_a_short_text_is_one_part() -> None:
    assert parts("short", 10) == ((0, 5),)
    assert parts("", 10) == ((0, 0),)


@pytest.mark.parametrize("unit", ["A sentence of words. ", "word ", "line\n", "p\n\n", "x", "🙂"])
def test_parts_are_the_text_and_keep_to_the_limit(unit: str) -> None:
    text = unit * 3_000
    places = parts(text, 1_000)
    assert "".join(text[start:end] for start, end in places) == text
    assert all(0 < end - start <= 1_000 for start, end in places)
    if not unit.isprintable() or " " in unit:
        assert all(text[end - 1].isspace() for _, end in places)


def test_a_part_ends_at_a_paragraph_rather_than_at_a_word() -> None:
    text = "word " * 185 + "\n\n" + "word " * 100
    first, second = parts(text, 1_000)
    assert text[: first[1]].endswith("\n\n")
    assert text[second[0] : second[1]].startswith("word")
