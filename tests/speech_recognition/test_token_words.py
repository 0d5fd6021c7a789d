"""From tokens to words, with outputs whose words, times and scores are known."""

import math

import pytest

from demos.core.speech.transcript import Region, Word
from demos.speech_recognition.token_words import Span, spans, timed_words, within_voice

PIECES = [
    b" Hello",
    b",",
    b" wor",
    b"ld",
    b"!",
    b' "',
    b"Yes",
    b'"',
    b" -",
    b" don",
    b"'t",
    b" caf",
    b"\xc3",
    b"\xa9",
    b" 3",
    b".",
    b"5",
    "東".encode(),
    "京".encode()[:2],
    "京".encode()[2:],
    "。".encode(),
    b"\xff",
]
IDS = {piece: n for n, piece in enumerate(PIECES)}


def decode(ids: list[int]) -> str:
    return b"".join(PIECES[n] for n in ids).decode(errors="replace")


def ids(*pieces: str | bytes) -> list[int]:
    return [IDS[each if isinstance(each, bytes) else each.encode()] for each in pieces]


def texts(*pieces: str | bytes, spaced: bool = True) -> list[str]:
    return [each.text for each in spans(ids(*pieces), decode, spaced)]


def test_words_begin_with_spaces_and_keep_their_punctuation() -> None:
    assert texts(" Hello", ",", " wor", "ld", "!") == ["Hello,", "world!"]
    assert texts(" don", "'t", " 3", ".", "5") == ["don't", "3.5"]
    assert texts(" Hello", ' "', "Yes", '"', " wor", "ld") == ["Hello", '"Yes"', "world"]
    assert texts(" Hello", " -", " wor", "ld") == ["Hello -", "world"]
    assert texts(" -", " Hello") == ["- Hello"]
    assert texts("Yes", " -") == ["Yes -"]
    assert texts(" -", ",") == []
    assert texts() == []


def test_characters_cut_in_two_stay_whole() -> None:
    assert texts(" caf", b"\xc3", b"\xa9", " don") == ["café", "don"]
    assert texts("東", b"\xe4\xba", b"\xac", "。", spaced=False) == ["東", "京。"]
    assert texts("東", b"\xe4\xba", b"\xac", "。") == ["東京。"]


def test_a_byte_that_is_no_character_costs_no_more_than_itself() -> None:
    assert texts(" Hello", b"\xff", " wor", "ld") == ["Hello\ufffd", "world"]


def test_spans_leave_out_the_punctuation_around_a_word() -> None:
    found = spans(ids(" Hello", ",", ' "', "Yes", '"'), decode)
    assert found == [Span("Hello,", 0, 1), Span('"Yes"', 3, 4)]


def test_times_and_scores_are_those_of_the_tokens_said() -> None:
    tokens = ids(" Hello", ",", " wor", "ld", "!")
    logs = [math.log(each) for each in (0.9, 0.001, 0.5, 0.32, 0.01)]
    found = timed_words(spans(tokens, decode), [0.0, 0.4, 0.6, 0.9, 1.0, 1.2], logs, 10.0)
    assert [(each.text, each.start, each.end) for each in found] == [
        ("Hello,", 10.0, 10.4),
        ("world!", 10.6, 11.0),
    ]
    assert [each.score for each in found] == [pytest.approx(0.9), pytest.approx(0.4)]


def test_words_are_cut_to_where_there_is_a_voice() -> None:
    regions = [Region(1.0, 2.0), Region(4.0, 5.0)]
    words = [Word("a", 0.5, 1.5), Word("b", 1.5, 4.1), Word("c", 4.1, 6.0), Word("d", 7.0, 8.0)]
    assert within_voice(words, regions) == [
        Word("a", 1.0, 1.5),
        Word("b", 1.5, 2.0),
        Word("c", 4.1, 5.0),
        Word("d", 7.0, 8.0),
    ]
    assert within_voice(words, []) == words
