"""Words of a text, their places, and the text without some of them."""

from itertools import pairwise

import pytest

from demos.core.language.units import Place, quoted, tells, units_of, without

HOSTILE = (
    "",
    " \n\t",
    "a" * 100_000,
    "<script>alert(1)</script> & *b*",
    "nul\x00and half \ud800 of a pair",
    "👩‍👩‍👧 family",
    "שלום עולם, مرحبا",
)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("I don't, really.", ["I", "don't", ",", "really", "."]),
        ("A well-kept U.S. car: 3.5 %", ["A", "well-kept", "U.S", ".", "car", ":", "3.5", "%"]),
        ("Wow!!! 😀😀", ["Wow", "!!!", "😀😀"]),
        ("dogs’ tails", ["dogs", "’", "tails"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("我爱你 2024年", ["我", "爱", "你", "2024", "年"]),
        ("cafe\u0301 noir", ["cafe\u0301", "noir"]),
    ],
)
def test_units_are_what_a_reader_would_point_at(text: str, units: list[str]) -> None:
    assert list(quoted(text, units_of(text))) == units


@pytest.mark.parametrize("text", HOSTILE)
def test_units_and_white_space_are_the_whole_text(text: str) -> None:
    places = units_of(text)
    assert all(a.end <= b.start for a, b in pairwise(places))
    covered = {at for start, end in places for at in range(start, end)}
    assert "".join(each for at, each in enumerate(text) if at not in covered).strip() == ""


def test_punctuation_tells_nothing_and_an_emoji_does() -> None:
    assert all(tells(each) for each in ("word", "7", "😀", ":-)", "!😀"))
    assert not any(tells(each) for each in ("!!", "…", ">", "(", "\x00"))


@pytest.mark.parametrize(
    ("text", "words", "left"),
    [
        ("one two three", ["two"], "one three"),
        ("one two three", ["one"], "two three"),
        ("one two three", ["three"], "one two "),
        ("one two three", ["one", "two", "three"], ""),
        ("fine, but slow", ["slow", "fine"], ", but "),
        ("a\nb c", ["b"], "a\nc"),
    ],
)
def test_what_is_left_has_no_doubled_spaces(text: str, words: list[str], left: str) -> None:
    removed = [each for each in units_of(text) if text[slice(*each)] in words]
    assert without(text, removed) == left


def test_without_nothing_it_is_the_same() -> None:
    assert without(" a  b ", []) == " a  b "
    assert without("ab cd", [Place(3, 5), Place(0, 2)]) == ""
