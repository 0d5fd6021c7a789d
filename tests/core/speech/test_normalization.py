"""Ways of writing do not count as errors; words do."""

import time

import pytest

from demos.core.speech.normalization import alike, normalized


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, WORLD!", "hello world"),
        ("It’s five o'clock — 'tis", "it's five o'clock tis"),
        ("the dogs' bowl", "the dogs bowl"),
        ("twenty-one well-known", "twenty one well known"),
        ("press 5 or 0", "press five or zero"),
        ("1,000 and 3.5 and 21.", "1000 and 3.5 and 21"),
        ("U.S. e.g. a.m.", "u s e g a m"),
        ("[music] so <unk> on [", "so on"),
        ("ﬁne ＡＢＣ …", "fine abc"),
        ("naïve cafe\u0301", "naïve café"),
        ("zero\u200bwidth\xa0space", "zerowidth space"),
        ("हिन्दी में", "हिन्दी में"),
        ("Straße", "strasse"),
        ("", ""),
        ("... --- !!!", ""),
    ],
)
def test_a_text_is_reduced_to_its_words(text: str, words: str) -> None:
    assert normalized(text) == words
    assert normalized(words) == words


@pytest.mark.parametrize(
    ("spoken", "numeral"),
    [
        ("one nine eight four", "1984"),
        ("nineteen eighty four", "1984"),
        ("one thousand nine hundred and eighty-four", "1984"),
        ("forty two", "42"),
        ("four two", "42"),
        ("zero seven", "07"),
        ("two hundred", "200"),
        ("twelve thousand three hundred forty five", "12,345"),
        ("five five five one two three four five six seven", "5551234567"),
        ("one two and three four", "12 and 34"),
        ("ten", "10"),
    ],
)
def test_a_numeral_is_read_as_it_was_said(spoken: str, numeral: str) -> None:
    said, heard = alike(f"dial {spoken} now", f"Dial {numeral} now.")
    assert said == heard
    said, heard = alike(f"dial {numeral} now", f"dial {spoken} now")
    assert said == heard


def test_a_wrong_numeral_counts_digit_by_digit() -> None:
    assert alike("one nine eight four five", "19846")[1] == "one nine eight four six".split()


def test_a_numeral_without_a_like_stays() -> None:
    assert alike("one of eleven", "one of 112") == (["one", "of", "eleven"], ["one", "of", "112"])
    assert alike("the 39 steps", "the 39 steps")[0] == ["the", "39", "steps"]
    assert alike("one", "1" * 5000)[1] == ["1" * 5000]


@pytest.mark.parametrize("text", ["[" * 20_000, "12 " * 6_600, "1," * 10_000, "'." * 10_000])
def test_hostile_texts_take_no_time(text: str) -> None:
    begin = time.perf_counter()
    alike(text, "one two three " * 1_400)
    assert time.perf_counter() - begin < 3
