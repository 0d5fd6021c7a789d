"""A transcript out of chunks whose words are known."""

from demos.core.results import Outcome
from demos.core.speech.chunks import Chunk
from demos.core.speech.transcript import Region, Segment, Word
from demos.speech_recognition.heard_text import NO_SPEECH, NOTHING_SAID, HeardText
from demos.speech_recognition.hearing import Doubt, Heard

SPOKEN = [f"word{n}" for n in range(60)]
"""One a second."""
VOICE = (Region(0.0, 60.0),)


def words(first: int, last: int) -> tuple[Word, ...]:
    """Those said from one second to another."""
    return tuple(Word(SPOKEN[n], n + 0.1, n + 0.9, 0.5) for n in range(first, last))


def test_what_two_chunks_heard_is_in_the_text_once() -> None:
    text = HeardText(VOICE, word_times=True)
    first, second = Chunk(0.0, 30.0), Chunk(25.0, 55.0, overlaps_previous=True)
    text = text.extended(Heard(words=words(0, 30)), first, None)
    text = text.extended(Heard(words=words(25, 55)), second, first)
    text = text.extended(Heard(words=words(55, 60)), Chunk(55.0, 60.0), second)
    assert [each.text for each in text.words] == SPOKEN
    assert " ".join(each.text for each in text.segments) == " ".join(SPOKEN)
    assert text.outcome() == (Outcome.ANSWER, "")


def test_segments_without_words_are_stitched_too() -> None:
    text = HeardText(VOICE, word_times=False)
    first, second = Chunk(0.0, 30.0), Chunk(25.0, 55.0, overlaps_previous=True)
    for heard, chunk, before in [(range(30), first, None), (range(25, 55), second, first)]:
        segment = Segment(" ".join(SPOKEN[n] for n in heard), chunk.start, chunk.end)
        text = text.extended(Heard(segments=(segment,)), chunk, before)
    assert " ".join(each.text for each in text.segments) == " ".join(SPOKEN[:55])
    assert text.words == ()


def test_words_whose_times_were_not_asked_for_are_left_out() -> None:
    text = HeardText(VOICE, word_times=False)
    text = text.extended(Heard(words=words(0, 5)), Chunk(0.0, 5.0), None)
    text = text.extended(Heard(), Chunk(8.0, 9.0), Chunk(0.0, 5.0))
    assert " ".join(each.text for each in text.segments) == " ".join(SPOKEN[:5])
    assert all(each.words == () for each in text.segments)


def test_nothing_heard_is_refused_and_said_why() -> None:
    assert HeardText((), True).outcome() == (Outcome.REFUSED, NO_SPEECH)
    text = HeardText(VOICE, True).extended(Heard(language="en"), Chunk(0.0, 5.0), None)
    assert text.outcome() == (Outcome.REFUSED, NOTHING_SAID)


def test_doubts_are_told_with_their_places() -> None:
    text = HeardText(VOICE, True)
    chunks = [Chunk(15.0 * n, 15.0 * n + 10) for n in range(6)]
    kinds = [Doubt.REPEATS, None, Doubt.IMPROBABLE, Doubt.IMPROBABLE, *[Doubt.IMPROBABLE] * 2]
    for chunk, doubt in zip(chunks, kinds, strict=True):
        heard = Heard(words=words(int(chunk.start) % 50, int(chunk.start) % 50 + 5), doubt=doubt)
        text = text.extended(heard, chunk, None)
    outcome, reason = text.outcome()
    assert outcome is Outcome.UNSURE
    assert "repeat itself at 0:00;" in reason
    assert "improbable at 0:30, 0:45, 1:00 and 1 more place." in reason


def test_a_language_that_is_not_certain_is_called_a_guess() -> None:
    heard = Heard(words=words(0, 5), language="de", certainty=0.4)
    text = HeardText(VOICE, True).extended(heard, Chunk(0.0, 5.0), None)
    sure = Heard(words=words(5, 9), language="de")
    text = text.extended(sure, Chunk(5.0, 9.0), Chunk(0.0, 5.0))
    assert text.outcome() == (Outcome.UNSURE, "The language is a guess: German.")
