"""Passages: whole sentences, short enough, overlapping, and nothing of a text is lost."""

import time
from itertools import pairwise

import pytest

from demos.core.language.passages import CHARACTERS, MOST, OVERLAP, WORDS, cut, passages
from tests.core.language.handbook import document, handbook

HOSTILE = {
    "nothing": "",
    "white space": " \n\t ",
    "one word": "Hello",
    "one line": "word " * 200_000,
    "no space": "x" * 1_000_000,
    "no space, right to left": "\u05d0" * 5_000,
    "emoji": "\U0001f600\U0001f3fd " * 500,
    "markup": "<script>alert(1)</script> <b>bold</b>. " * 50,
    "zero bytes": "a\x00b. \x00\x00. c" * 100,
    "half a character": "broken \ud83d text. " * 100,
    "line breaks": "\r\n".join(["one", "two", "", "three"] * 200),
}


def test_a_document_is_cut_at_sentences() -> None:
    found = list(cut(handbook()))
    assert 6 <= len(found) <= 15
    for each in found:
        assert len(each.text.split()) <= WORDS
        assert each.text[0].isupper() or each.text[0].isdigit()
        assert each.text == each.text.strip()
        assert each.text[-1] in ".:", "no heading is left at the end"


def test_passages_overlap_a_little() -> None:
    text = " ".join(f"Sentence number {n} is about nothing at all." for n in range(100))
    found = list(cut(document(text)))
    for before, after in pairwise(found):
        shared = text[after.start : before.end].split()
        assert 0 < len(shared) <= OVERLAP
        assert after.end > before.end


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_whatever_the_text_every_word_is_in_a_passage(text: str) -> None:
    began = time.monotonic()
    found = list(cut(document(text)))
    assert time.monotonic() - began < 10
    at = 0
    for each in found:
        assert not text[at : each.start].strip(), "nothing is left out between two passages"
        assert each.text.strip()
        assert each.end - each.start <= CHARACTERS
        assert len(each.text.split()) <= WORDS
        assert each.end > at
        at = each.end
    assert not text[at:].strip()


def test_there_is_an_end_to_it() -> None:
    long = document("A sentence of words that go on and on for a while. " * 30_000)
    found, left_out = passages([handbook(), long])
    assert len(found) == MOST
    assert left_out > 0
    assert found[0].document.name == "Service handbook.txt"
    assert passages([handbook()])[1] == 0
