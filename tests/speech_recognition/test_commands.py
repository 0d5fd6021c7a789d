"""The bundled recognizer around its network: what is heard, turned away, and how it is told."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio
from demos.core.jobs import Canceled
from demos.core.results import Outcome
from demos.core.speech.transcript import Options, Region, Transcription
from demos.speech_recognition import commands
from demos.speech_recognition.candidates import Candidate, accepted, judged, sounding
from demos.speech_recognition.commands import Model, predict
from demos.speech_recognition.decoder import Prices
from demos.speech_recognition.heard_text import NO_SPEECH
from tests.speech_recognition.scripted import CONFIDENCE, linear, spoken

Script = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def model(script: Script) -> Model:
    prices = Prices(1.0, 2.0, 2.0, 3.0)
    return Model(script, prices, CONFIDENCE, "commands", "0" * 64, "script", "cpu", 1)


def always(*pronunciations: str, noise: float = 0.02) -> Model:
    found = hushed(spoken(*pronunciations, noise=noise))
    return model(lambda features: np.broadcast_to(found, (len(features), *found.shape)))


def hushed(found: NDArray[np.float32]) -> NDArray[np.float32]:
    """With the silence around it that every piece is given."""
    silence = spoken(gap=round(commands.HUSH / commands.FRAME))
    return np.concatenate([silence, found, silence])


def recording(seconds: float = 2.0) -> DecodedAudio:
    pcm = np.zeros(round(seconds * SAMPLE_RATE), np.int16)
    return DecodedAudio(pcm, "5" * 64, "a.wav", "WAV", SAMPLE_RATE, 1)


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def set_regions(*regions: tuple[float, float]) -> None:
        found = tuple(Region(*each) for each in regions)
        monkeypatch.setattr(commands, "voice_regions", lambda audio, tell: found)

    return set_regions


def test_words_come_in_order_with_times_in_the_recording(voice: Callable[..., None]) -> None:
    voice((0.5, 1.4))
    heard = predict(always("S IH K S", "F AY V"), recording(), Options())
    assert heard.text == "six five"
    assert heard.outcome is Outcome.ANSWER and heard.calibrated and heard.reason == ""
    six, five = heard.words
    assert six.start == pytest.approx(0.5 + 6 * 0.02)
    assert six.start < six.end <= five.start < five.end
    assert six.score is not None and 0.9 < six.score <= 1
    assert heard.done == heard.seconds == 2


def test_without_a_voice_nothing_is_heard(voice: Callable[..., None]) -> None:
    voice()
    heard = predict(always("G OW"), recording(), Options())
    assert (heard.outcome, heard.reason, heard.text) == (Outcome.REFUSED, NO_SPEECH, "")


def test_speech_that_is_no_word_is_turned_away_and_said_to_be(voice: Callable[..., None]) -> None:
    voice((0.2, 1.2))
    heard = predict(always("K AE P T IH N"), recording(), Options())
    assert (heard.outcome, heard.text) == (Outcome.REFUSED, "")
    assert heard.reason == commands.NO_WORD
    (refused,) = heard.rejected
    assert refused.nearest in commands.WORDS
    assert 0 <= refused.score < CONFIDENCE.heard
    assert 0.2 < refused.start < refused.end < 1.2


def test_a_doubtful_word_makes_the_answer_unsure(voice: Callable[..., None]) -> None:
    voice((0.0, 1.0))
    doubting = linear(1.0, {})
    found = spoken("G OW", "N OW")
    unsure = Model(lambda features: found[None], Prices(1, 2, 2, 3), doubting, "", "", "", "cpu", 1)
    heard = predict(unsure, recording(), Options())
    assert heard.outcome is Outcome.UNSURE
    assert heard.reason == "2 of the words are not certain."


def test_a_long_recording_is_heard_in_pieces_that_overlap(voice: Callable[..., None]) -> None:
    """Forty seconds without a pause: a digit every second, whose time the sound holds."""
    digits = ("W AH N", "T UW", "TH R IY", "F AO R", "F AY V", "S IH K S", "EY T", "N AY N")
    names = ("one", "two", "three", "four", "five", "six", "eight", "nine")
    pcm = np.zeros(40 * SAMPLE_RATE, np.int16)
    for second in range(40):  # the second it is, as the level of its sound
        pcm[second * SAMPLE_RATE : (second + 1) * SAMPLE_RATE] = (second + 1) * 100
    audio = DecodedAudio(pcm, "5" * 64, "a.wav", "WAV", SAMPLE_RATE, 1)
    pieces: list[int] = []

    def script(features: NDArray[np.float32]) -> NDArray[np.float32]:
        begin, length = starts.pop(0)
        pieces.append(features.shape[1])
        said = [spoken(gap=50)[:0]]
        for frame in range(round(begin * 50), round((begin + length) * 50)):
            second, inside = divmod(frame, 50)
            word = spoken(digits[second % 8], gap=10)
            padded = np.concatenate([word, spoken(gap=50)])[:50]
            said.append(padded[inside : inside + 1])
        return hushed(np.concatenate(said))[None]

    voice((0.0, 40.0))
    planned = commands.plan([Region(0.0, 40.0)], 40.0, commands.LONGEST, commands.OVERLAP)
    starts = [(each.start, each.end - each.start) for each in planned]
    assert len(planned) > 3
    told: list[Transcription] = []
    heard = predict(model(script), audio, Options(), told.append)
    assert heard.text.split() == [names[second % 8] for second in range(40)]
    assert max(pieces) <= (commands.LONGEST + 2 * commands.HUSH) * 100 + 1
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert told[0].done < 40 and len(told) >= len(planned)


def test_words_are_told_while_it_is_still_searched_for_voices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = (Region(1.0, 2.0), Region(9.0, 10.0), Region(30.0, 31.0))
    told: list[Transcription] = []
    texts: list[str] = []

    def search(
        audio: DecodedAudio, tell: Callable[[float, tuple[Region, ...]], None]
    ) -> tuple[Region, ...]:
        for until, count in ((2.5, 1), (5.0, 1), (12.0, 2), (29.0, 2)):
            tell(until, found[:count])
            texts.append(told[-1].text)
        return found

    monkeypatch.setattr(commands, "voice_regions", search)
    heard = predict(always("G OW"), recording(40.0), Options(), told.append)
    assert texts == ["", "go", "go", "go go"]
    assert heard.text == "go go go" and heard.regions == found
    assert [each.done for each in told] == sorted(each.done for each in told)


def test_what_is_told_may_stop_it(voice: Callable[..., None]) -> None:
    voice((0.0, 40.0))

    def stop(heard: Transcription) -> None:
        raise Canceled

    with pytest.raises(Canceled):
        predict(always("G OW"), recording(40.0), Options(), stop)


def test_the_record_repeats_the_result(voice: Callable[..., None]) -> None:
    voice((0.0, 1.0))
    found = predict(always("G OW"), recording(), Options()).provenance
    assert found.input_sha256 == "5" * 64
    assert dict(found.thresholds) == {"heard": 0.5, "sure": 0.9}
    assert found.seconds > 0


def test_confidence_is_a_probability_however_extreme() -> None:
    def of(value: float) -> float:
        fit = np.full(12, value)
        return CONFIDENCE.probability(Candidate(3, 0, 9, (0, 9), fit))

    assert of(-1e9) == pytest.approx(0.5, abs=0.5)
    assert 0 <= of(1e9) < 0.01
    assert 0 < of(0.0) < 1


def test_the_word_itself_counts() -> None:
    fit = np.zeros(12)
    learned = linear(0.0, {12 + 3: 2.0})
    likely, other = (learned.probability(Candidate(n, 0, 9, (0, 9), fit)) for n in (3, 4))
    assert likely > 0.8 > other == 0.5


def test_how_a_word_fits_tells_it_from_what_sounds_much_like_it() -> None:
    prices = Prices(1.0, 2.0, 2.0, 3.0)
    (right,), (near,) = (judged(spoken(each), prices) for each in ("K AE T", "K AE P"))
    assert commands.WORDS[right.word] == commands.WORDS[near.word] == "cat"
    behind, _, lead, _, unknown, apart, more, worst, clear, spoken_, _, company = right.fit
    assert behind > -1 and lead > 5 and (unknown, apart, more, company) == (0, 0, 0, 0)
    assert worst > -0.1 and clear > -0.1 and 1 < spoken_ < 3
    assert near.fit[0] < -3 and near.fit[5] == pytest.approx(1 / 3) and near.fit[7] < -3


def test_few_words_in_a_breath_of_others_are_chance() -> None:
    def said(word: int, start: int, end: int, fits: bool) -> Candidate:
        fit = np.zeros(12)
        fit[5] = 0.0 if fits else 2.0  # spelled otherwise
        return Candidate(word, start, end, (start, end), fit)

    sentence = [said(1, 0, 60, False), said(2, 70, 90, True), said(3, 95, 140, False)]
    assert accepted(sentence, CONFIDENCE) == [False, False, False]
    later = [*sentence, said(2, 170, 190, True)]  # after a pause of more than half a second
    assert accepted(later, CONFIDENCE) == [False, False, False, True]
    mostly = [said(1, 0, 15, False), said(2, 25, 60, True)]
    assert accepted(mostly, CONFIDENCE) == [False, True]


def test_unknown_speech_close_by_speaks_against_a_word() -> None:
    prices = Prices(1.0, 2.0, 2.0, 3.0)
    alone = judged(spoken("Y EH S", gap=40), prices)
    beside = judged(spoken("B R AW Z ER", "Y EH S"), prices)
    assert alone[0].fit[-1] == 0 and beside[-1].fit[-1] < -3


def test_a_word_lasts_as_long_as_it_is_loud() -> None:
    features = np.full((200, 64), -1.0, np.float32)
    features[60:140] = 0.5
    word = Candidate(3, 40, 50, (20, 90), np.zeros(12))
    longer = sounding(features, word)
    assert (longer.start, longer.end) == (30, 70)
    assert sounding(features[:0], word) is word
