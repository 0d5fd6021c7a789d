"""Words become text and lines as their script is written."""

import pytest

from demos.core.speech.transcript import Segment, Word
from demos.core.speech.words import MAX_LINE, joined, lines, spread, width


@pytest.mark.parametrize(
    ("texts", "text"),
    [
        (["Up", "and", "down."], "Up and down."),
        (["今日", "は", "晴れ。"], "今日は晴れ。"),
        (["我", "love", "你"], "我 love 你"),
        (["안녕", "하세요"], "안녕 하세요"),
        (["สวัสดี", "ครับ"], "สวัสดีครับ"),
        (["", "one", ""], "one"),
        ([], ""),
    ],
)
def test_words_are_joined_as_their_script_is_written(texts: list[str], text: str) -> None:
    assert joined(texts) == text


def test_a_short_text_is_one_line() -> None:
    assert lines("x" * MAX_LINE) == ["x" * MAX_LINE]
    assert lines("  ") == []


def test_two_lines_are_alike_or_broken_after_punctuation() -> None:
    assert lines("one two three four five six seven eight nine ten") == [
        "one two three four five",
        "six seven eight nine ten",
    ]
    assert lines("If you can hear me, then press five on your telephone") == [
        "If you can hear me,",
        "then press five on your telephone",
    ]


@pytest.mark.parametrize("text", ["x" * 200, "word " * 60, "今日は晴れ。" * 20, "ab " + "y" * 90])
def test_every_line_fits_and_nothing_is_lost(text: str) -> None:
    found = lines(text)
    assert all(0 < width(line) <= MAX_LINE for line in found)
    assert "".join(found).replace(" ", "") == text.replace(" ", "")


def test_no_line_begins_with_a_closing_mark() -> None:
    assert not any(line.startswith("。") for line in lines("晴" * 21 + "。" + "雨" * 10))


def test_words_without_times_are_as_long_as_their_share() -> None:
    assert spread(Segment("go ahead now", 2, 7)) == (
        Word("go", 2, 3),
        Word("ahead", 3, 5.5),
        Word("now", 5.5, 7),
    )
    assert spread(Segment("", 2, 7)) == ()
    timed = (Word("go", 3, 4),)
    assert spread(Segment("go", 2, 7, timed)) is timed
