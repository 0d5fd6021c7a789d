"""What is understood of a transcript as a command, and what is left alone."""

import pytest

from demos.core.results import Outcome
from demos.core.speech.commands import (
    COMMANDS,
    DIGITS,
    EVERY_COMMAND,
    MOST_DIGITS,
    NOT_UNDERSTOOD,
    Command,
    Intent,
    understand,
)
from demos.core.speech.transcript import Rejected, Segment, Transcription, Word
from tests.core.speech.heard import said, segment, silence, transcription


def heard(text: str, score: float | None = 0.9, rejected: tuple[Rejected, ...] = ()) -> Intent:
    words = tuple(said(text, score=score))
    return understand(transcription([Segment(text, 0.0, words[-1].end, words)], rejected=rejected))


def outside(start: float, end: float) -> Rejected:
    return Rejected(start, end, "bed", 0.1)


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=lambda each: each.name)
def test_every_word_of_the_table_is_a_command(command: Command) -> None:
    for word in command.words:
        text = f"{word} three" if command.number else word
        assert heard(text).name == command.name


def test_no_word_means_two_things() -> None:
    words = [word for each in EVERY_COMMAND for word in each.words]
    assert len(words) == len(set(words))
    names = [each.name for each in EVERY_COMMAND]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("word", "bed bird cat dog happy tree wow".split())
def test_other_words_of_the_vocabulary_do_nothing(word: str) -> None:
    intent = heard(word)
    assert not intent.understood
    assert intent.title == "Not understood"
    assert intent.reason == f"“{word}” is no command."


def test_a_name_may_come_first() -> None:
    assert heard("marvin stop").name == heard("sheila stop").name == "stop"
    assert heard("marvin four two").slot("digits") == "42"
    assert heard("marvin").name == "wake"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        (" ".join(DIGITS[:8]), "01234567"),
        ("zero", "0"),
        ("one one one one", "1111"),
        ("4711", "4711"),
        ("Four, seven-one 1.", "4711"),
    ],
)
def test_digits_are_a_pin(text: str, digits: str) -> None:
    intent = heard(text)
    assert intent.name == "pin"
    assert intent.slots == (("digits", digits),)


def test_too_many_digits_are_not_cut() -> None:
    intent = heard(" ".join(["nine"] * (MOST_DIGITS + 1)))
    assert intent.name == NOT_UNDERSTOOD
    assert intent.reason == "9 digits were heard; the field takes 8."


def test_a_sample_is_chosen_by_its_number() -> None:
    assert heard("follow three").slot("number") == "3"
    with pytest.raises(KeyError):
        heard("follow three").slot("digits")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("follow", "After “follow” say one digit."),
        ("follow one two", "After “follow” say one digit."),
        ("right two", "“right” takes no number."),
        ("go stop", "“go” and “stop” are two commands: say one at a time."),
        ("stop marvin go", "“stop” and “go” are two commands: say one at a time."),
    ],
)
def test_what_asks_for_nothing_in_particular_does_nothing(text: str, reason: str) -> None:
    assert heard(text).name == NOT_UNDERSTOOD
    assert heard(text).reason == reason


def test_a_word_said_twice_counts_once() -> None:
    assert heard("stop stop stop").name == "stop"


def test_the_least_certain_word_decides() -> None:
    words = (Word("four", 0, 0.4, 0.95), Word("two", 0.4, 0.8, 0.6))
    given = transcription([Segment("four two", 0, 0.8, words)])
    assert understand(given).confidence == 0.6
    refused = understand(given, floor=0.7)
    assert refused.name == NOT_UNDERSTOOD
    assert refused.confidence == 0.6
    assert refused.reason == "It may have been “four two”, but that is not certain enough."


def test_a_model_without_scores_is_believed() -> None:
    intent = heard("stop", score=None)
    assert intent.name == "stop"
    assert intent.confidence is None


def test_text_without_times_of_words_will_do() -> None:
    given = transcription([Segment("Marvin, stop!", 0.1, 0.9)])
    assert understand(given).name == "stop"


def test_a_little_besides_is_passed_over_and_much_is_not() -> None:
    assert heard("please stop").name == "stop"
    assert heard("stop", rejected=(outside(0.5, 0.8),)).name == "stop"
    intent = heard("stop", rejected=(outside(0.5, 1.2),))
    assert intent.name == NOT_UNDERSTOOD
    assert intent.reason == "Besides “stop”, more was said that is no command."
    assert not heard("would you please stop doing that").understood


@pytest.mark.parametrize("given", [silence(), transcription()], ids=["silence", "no words"])
def test_nothing_heard_is_no_command(given: Transcription) -> None:
    intent = understand(given)
    assert intent.name == NOT_UNDERSTOOD
    assert intent.words == ()
    assert intent.reason == (given.reason or "No word was heard.")


def test_unsure_transcripts_are_judged_by_their_words() -> None:
    assert understand(transcription([segment("stop")], Outcome.UNSURE, "Unsure.")).understood


def test_every_command_is_explained() -> None:
    for each in EVERY_COMMAND:
        assert each.said
        assert each.effect.endswith(".")
    assert "delete" not in " ".join(each.effect.lower() for each in COMMANDS)
