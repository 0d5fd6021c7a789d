"""The answer first: headline, the least certain word, what was turned away."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.results import Outcome
from demos.core.speech.transcript import Rejected, Transcription, Word
from pages.components.speech.answer import LONGEST, headline, how_sure
from pages.components.speech.recording import Recording
from tests.pages.harness import ran
from tests.pages.speech.heard import segment, tone, transcription

YES, NO = Word("yes", 0.1, 0.5, 0.98), Word("no", 0.6, 0.9, 0.71)
COUGH = Rejected(1.0, 1.3, "go", 0.1)
SILENT = transcription(outcome=Outcome.REFUSED, reason="No speech detected.")


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        (transcription((segment(YES, NO),)), "“yes no”"),
        (transcription((segment(Word("*[x](y)*", 0.1, 0.2)),)), "“\\*\\[x\\]\\(y\\)\\*”"),
        (transcription((segment(*[YES] * LONGEST),), seconds=65.0), f"{LONGEST} words in "),
        (SILENT, "No speech"),
        (transcription((), (COUGH,), outcome=Outcome.REFUSED), "Nothing to read"),
    ],
)
def test_the_headline_is_what_was_said_or_how_much(heard: Transcription, expected: str) -> None:
    assert headline(heard).startswith(expected)


def test_the_least_certain_word_is_named_in_the_model_s_own_measure() -> None:
    calibrated = how_sure(transcription((segment(YES, NO),)))
    assert calibrated == "Least certain word: no, probability 71.0 %."
    own = how_sure(transcription((segment(YES, NO),), calibrated=False))
    assert own.startswith("Least certain word: no, model score 0.71")


def test_what_was_turned_away_is_counted() -> None:
    assert how_sure(SILENT) == "No voice was found, so no words are made up."
    one = transcription((), (COUGH,), outcome=Outcome.REFUSED)
    assert how_sure(one) == "Turned away: 1 stretch of speech that no known word fits."
    two = transcription((segment(YES),), (COUGH, COUGH))
    assert how_sure(two).endswith("Turned away: 2 stretches of speech that no known word fits.")
    unscored = transcription((segment(Word("yes", 0.1, 0.5)),))
    assert how_sure(unscored) == ""


def test_what_was_done_to_the_file_is_below_and_is_no_markup() -> None:
    def script(**given: object) -> None:
        from pages.components.speech.answer import show_answer_first

        show_answer_first(**given)

    audio = replace(tone(), notes=("The *left* channel was used.",))
    kwargs = {
        "heard": transcription((segment(YES),)),
        "chosen": Recording("s.flac", audio.sha256, audio, None),
    }
    app = ran(AppTest.from_function(script, default_timeout=20, kwargs=kwargs))
    assert app.header[0].value == "“yes”"
    assert app.caption[-1].value == ":material/info: The \\*left\\* channel was used\\."
