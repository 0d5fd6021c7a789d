"""Sentences of ordinary, careless and hostile text."""

import time

import pytest

from demos.core.language.sentences import LONGEST, sentences

MILLION = 1_000_000

CASES = [
    ["Dr. Smith paid $3.50 to J. P. Morgan Inc. on Jan. 5.", "He was happy.", "Was he?", "Yes!"],
    ["We met at 5 p.m. yesterday.", "The U.S. economy grew 3.2 % in Q1.", "See Fig. 3 of it."],
    ['"I won\'t go." she said.', '"Why not?" he asked.', "(He never knew.)", "The end."],
    ["hello there.", "my order is late.", "i want it now!!", "please help... thanks"],
    ["The cost is 1,000.50 EUR.", "Mail a.b@c.com or see www.example.com/a.b?c=d.", "OK?"],
    ["Great product!!!", "Will buy again!!!", "5/5"],
    ["Emoji end 🙂 Next sentence here.", "Good🙂!", "Bad. 👍 👍"],
    ["1. First point.", "2. Second point.", "a) third.", "b) fourth."],
    ["これは文です。", "これも文です。", "はい！"],
    ["مرحبا بك.", "كيف حالك؟", "أنا بخير."],
    ["one message without any punctuation at all"],
]


def cut(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


@pytest.mark.parametrize("expected", CASES, ids=lambda case: case[0][:24])
def test_sentences_are_told_apart(expected: list[str]) -> None:
    between = "" if expected[0].startswith("これ") else " "
    assert cut(between.join(expected)) == expected
    assert cut("\n\n".join(expected)) == expected


def test_lines_of_a_list_and_headings_are_sentences() -> None:
    lines = ["Items:", "- first item", "• second item", "1. One thing", "(b) Another", "The end"]
    assert cut("\n".join(lines)) == lines


def test_a_line_that_was_only_wrapped_goes_on() -> None:
    text = (
        "This paragraph was wrapped at about sixty characters a line,\n"
        "as PDF files and e-mails are. It has two sentences, and the\n"
        "second one ends here.\n"
        "A heading\n"
        "Text below the heading goes on."
    )
    first, second, heading, below = cut(text)
    assert first.endswith("a line,\nas PDF files and e-mails are.")
    assert second.startswith("It has") and second.endswith("the\nsecond one ends here.")
    assert (heading, below) == ("A heading", "Text below the heading goes on.")


def test_rows_of_a_table_stay_apart() -> None:
    rows = ["Name of the person that has paid\tSum in euros", "Ann Example\t12.50"]
    assert cut("\n".join(rows)) == rows


def test_another_language_and_an_unknown_one() -> None:
    german = "Das ist z. B. gut. Am 3. Mai kommt er."
    assert cut(german, "de") == ["Das ist z. B. gut.", "Am 3. Mai kommt er."]
    assert cut("One. Two.", "xx") == ["One.", "Two."]


@pytest.mark.parametrize("text", ["", " ", "\n\n \t\n"])
def test_nothing_has_no_sentences(text: str) -> None:
    assert sentences(text) == ()


@pytest.mark.parametrize("text", ["half \ud83d. Next.", "N\0UL. Next.", "\u200d", "…", "!?"])
def test_odd_signs_break_nothing(text: str) -> None:
    places = sentences(text)
    assert "".join(text[a:b] for a, b in places).split() == text.split() or len(places) == 2


HOSTILE = {
    "prose": "We met Dr. Smith at 5 p.m. yesterday. It was late. ",
    "one word": "a",
    "no stops": "ab ",
    "dots": ".",
    "abbreviations": "a. ",
    "blank lines": "\n",
    "short lines": "a\n",
    "list": "- a\n",
    "quotes": "'a. B' ",
    "unbalanced": '"a. “B. (C. ',
    "initials": "A.B",
    "numbers": "1. ",
    "marks": "!",
    "excited": "a!! ",
    "closing": ").",
    "ellipses": "…",
    "emoji": "🙂",
    "family": "👨‍👩‍👧",
    "joiners": "\u200d",
    "markup": "<b>x</b>",
    "wrapped": "word " * 12 + "\n",
    "spaces": "x" + " " * 999,
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_megabyte_of_anything_takes_a_second(unit: str) -> None:
    text = (unit * (MILLION // len(unit) + 1))[:MILLION]
    began = time.process_time()
    places = sentences(text)
    assert time.process_time() - began < 3  # below 1 on a machine that has nothing else to do
    assert all(0 < end - start <= LONGEST for start, end in places)
    at = 0
    for start, end in places:
        assert start >= at and not text[at:start].strip(), "nothing is left out or comes twice"
        assert not text[start].isspace() and not text[end - 1].isspace()
        at = end
    assert not text[at:].strip()


def test_what_is_too_long_is_cut_between_words_and_never_in_an_emoji() -> None:
    places = sentences("word " * 1_000)
    assert len(places) > 4
    assert all(("word " * 1_000)[start:end].split()[-1] == "word" for start, end in places)
    text = "x" + "👨‍👩‍👧" * 1_000
    assert all(text[start] in "x👨" for start, _ in sentences(text))
