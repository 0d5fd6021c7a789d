"""A transcript as lines of parts to click on."""

import pytest

from demos.core.results import Outcome
from demos.core.speech.transcript import Rejected, Segment, Word
from pages.components.speech.transcript import facts, kind_of, lines_of, script, span
from tests.pages.speech.heard import segment, transcription

FIRST = segment(Word("one", 0.1, 0.4, 0.99), Word("two", 1.0, 1.4, 0.7))
SECOND = segment(Word("three", 65.0, 65.5, 0.2), Word("four", 66.0, 66.25, None))


def test_words_have_their_line_their_times_and_how_sure_they_are() -> None:
    lines = list(lines_of(transcription((FIRST, SECOND))))
    assert [line.clock for line in lines] == ["0:00", "1:05"]
    assert lines[0].parts == (
        ("one", 0.1, 0.4, "sure", "99.0 %"),
        ("two", 1.0, 1.4, "less", "70.0 %"),
    )
    assert lines[1].parts == (
        ("three", 65.0, 65.5, "unsure", "20.0 %"),
        ("four", 66.0, 66.25, "none", ""),
    )


def test_scores_that_are_no_probabilities_are_not_called_so() -> None:
    heard = script(transcription((FIRST,), calibrated=False))
    assert heard.measure == "model score"
    assert heard.lines[0].parts[0][4] == "0.99"
    assert heard.legend[0] == ("", "Model score of a word:")
    assert not any("%" in text for _, text in heard.legend)


def test_what_was_turned_away_stands_where_it_was_said() -> None:
    between = Rejected(0.5, 0.9, "bed", 0.31)
    before, after = Rejected(0.0, 0.05, "cat", 0.1), Rejected(70.0, 70.6, "", 0.0)
    lines = list(lines_of(transcription((FIRST, SECOND), (after, between, before))))
    assert [[part[0] for part in line.parts] for line in lines] == [
        ["[unclear 0.0–0.1 s]"],
        ["one", "[unclear 0.5–0.9 s]", "two"],
        ["three", "four"],
        ["[unclear 1:10.0–1:10.6]"],
    ]
    assert lines[1].parts[1][3:] == ("rejected", "nearest word “bed”, 31.0 %")
    assert lines[3].parts[0][4] == ""


def test_a_segment_without_times_of_words_is_one_part() -> None:
    lines = list(lines_of(transcription((Segment("good morning", 0.5, 1.5), Segment("", 2, 3)))))
    assert [line.parts for line in lines] == [(("good morning", 0.5, 1.5, "none", ""),)]


def test_the_legend_names_what_is_there_and_nothing_else() -> None:
    assert [kind for kind, _ in script(transcription((FIRST,))).legend] == ["", "sure", "less"]
    assert script(transcription((Segment("good morning", 0, 1),))).legend == (("none", "no score"),)
    assert script(transcription()).legend == ()


def test_it_says_whether_more_is_to_come_and_when_there_is_nothing() -> None:
    assert script(transcription(done=1.0)).partial
    nothing = script(transcription())
    assert not nothing.partial and nothing.empty == "Nothing was heard."
    silence = transcription(outcome=Outcome.REFUSED, reason="No speech detected.")
    assert script(silence).empty == "", "the reason stands above"


@pytest.mark.parametrize(
    ("score", "kind"),
    [(None, "none"), (1.0, "sure"), (0.9, "sure"), (0.89, "less"), (0.59, "unsure"), (0, "unsure")],
)
def test_kinds(score: float | None, kind: str) -> None:
    assert kind_of(score) == kind


def test_figures_of_a_run() -> None:
    said = facts(transcription(seconds=2.0, language="de"))
    assert said.startswith("2 s of sound transcribed in 100 ms, 0.05 times its length · language: ")
    assert "numpy on cpu" in said
    assert "times its length" not in facts(transcription(seconds=0.0))


def test_spans() -> None:
    assert span(1.21, 1.84) == "1.2–1.8 s"
    assert span(59.5, 61.25) == "0:59.5–1:01.2"
