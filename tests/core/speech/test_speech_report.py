"""The report of a transcript holds everything, fetches nothing and lets no text become markup."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from demos.core.report import Figure
from demos.core.results import Outcome
from demos.core.speech.error_rate import compare
from demos.core.speech.report import SpeechReport, to_html
from demos.core.speech.transcript import Options, Rejected, Segment, Word
from tests.core.html_page import Page
from tests.core.speech.heard import segment, silence, transcription

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
WORDS = (Word("go", 1, 1.4, 0.97), Word("left", 1.4, 1.8, 0.41))
HEARD = transcription(
    [Segment("go left", 1, 1.8, WORDS)], rejected=[Rejected(3, 3.5, "cat", 0.31)], calibrated=True
)
REPORT = SpeechReport(
    title="Speech recognition: Commands",
    question="What was said?",
    name="call.wav",
    heard=HEARD,
    doubtful=0.5,
    comparison=compare("go right now", "go left"),
    figures=(Figure(PIXEL, "Waveform and spectrogram", "What was heard when"),),
    facts=(("Engine", "torch on cpu"),),
    snippet='print(f"{1 < 2}")',
    model_card="Model card: commands.md",
    disclaimer="Research demonstration.",
    made=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
)


def test_everything_is_in_the_report() -> None:
    page = Page(to_html(REPORT))
    assert page.open == []
    for text in (
        *("What was said?", "call.wav", "10 s", "Answer", "go left", "00:00:01.000", "41.0 %"),
        *("Heard, but no word", "Nearest: cat, probability 31.0 %", "66.7 %", "1 of 3"),
        *("What was heard when", "torch on cpu", 'print(f"{1 < 2}")', "commands.md"),
        *("Research demonstration.", "2026-01-02 03:04 UTC"),
    ):
        assert text in page.words, text


def test_it_fetches_nothing_and_runs_nothing() -> None:
    html = to_html(REPORT)
    tags = Page(html).tags
    assert {tag for tag, _ in tags} & {"script", "link", "iframe", "a", "audio", "base"} == set()
    sources = [attributes["src"] or "" for _, attributes in tags if "src" in attributes]
    assert sources and all(source.startswith("data:image/png;base64,") for source in sources)
    assert "url(" not in html and "@import" not in html
    assert not re.search(r"\son\w+=", html)


def test_a_word_in_doubt_is_marked_by_more_than_color() -> None:
    html = to_html(REPORT)
    assert 'go <mark class="doubtful">left</mark></td>' in html
    assert "underline dotted" in html and 'content: "?"' in html
    assert "whose probability is below 50.0 %" in Page(html).words
    sure = to_html(replace(REPORT, doubtful=0.1))
    assert "<mark" not in sure and "Underlined" not in sure
    assert "<mark" not in to_html(replace(REPORT, doubtful=None))


def test_a_score_that_is_no_probability_is_none() -> None:
    words = Page(to_html(replace(REPORT, heard=replace(HEARD, calibrated=False)))).words
    assert "whose model score is below 0.5" in words and "0.41" in words
    assert "robability" not in words


def test_differences_are_marked_by_more_than_color() -> None:
    html = to_html(REPORT)
    assert "<del>right</del>" in html and "<ins>left</ins>" in html
    assert "line-through" in html and 'content: "+"' in html


def test_what_is_not_there_is_left_out() -> None:
    bare = Page(to_html(replace(REPORT, heard=silence(), comparison=None, figures=())))
    assert bare.open == []
    assert "Refused" in bare.words and "No speech detected." in bare.words
    for text in ("Transcript", "Against the reference", "Heard, but", "Permalink"):
        assert text not in bare.words
    kept = Page(to_html(replace(REPORT, permalink="http://localhost/x?sample=a&b=c")))
    assert "http://localhost/x?sample=a&b=c" in kept.words


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_outcome_is_a_word(outcome: Outcome) -> None:
    words = Page(to_html(replace(REPORT, heard=replace(HEARD, outcome=outcome)))).words
    assert {each for each in ("Answer", "Unsure", "Refused") if each in words} == {
        outcome.value.capitalize()
    }


def test_an_undefined_rate_is_said_to_be_undefined() -> None:
    words = Page(to_html(replace(REPORT, comparison=compare("", "go left")))).words
    assert "undefined" in words and "The reference holds no words" in words


ATTACK = '</td></code></title></style><script>alert(1)</script><img src="http://x" onerror=1>'


@pytest.mark.parametrize("field", ["name", "question", "snippet", "permalink", "model_card"])
def test_given_text_never_becomes_markup(field: str) -> None:
    html = to_html(replace(REPORT, **{field: ATTACK}))  # type: ignore[arg-type]
    assert "<script" not in html
    assert ATTACK in Page(html).words


def test_what_was_heard_never_becomes_markup() -> None:
    attacked = transcription(
        [Segment(ATTACK, 0, 1), Segment("x", 1, 2, (Word(ATTACK, 1, 2, 0.1),))],
        reason=ATTACK,
        rejected=[Rejected(2, 3, ATTACK, 0.1)],
    )
    attacked = replace(attacked, language='"><script>')
    html = to_html(replace(REPORT, heard=attacked))
    assert "<script" not in html and Page(html).words.count(ATTACK) >= 4


def test_the_language_is_told_to_who_reads_aloud() -> None:
    french = replace(transcription([segment("à gauche")]), language="fr")
    assert 'lang="fr"' in to_html(replace(REPORT, heard=french))
    english = replace(french, options=Options(translate=True))
    assert 'lang="fr"' not in to_html(replace(REPORT, heard=english))


def test_a_long_transcript_is_summed_up_and_laid_out_in_time() -> None:
    words = transcription([segment("hello there my friend " * 3, 6.0 * n) for n in range(420)])
    html = to_html(replace(REPORT, heard=replace(words, seconds=1800)))
    assert '<h2 dir="auto" lang="en">5,040 words in 30 min</h2>' in html
    assert len(html) < 2_000_000
