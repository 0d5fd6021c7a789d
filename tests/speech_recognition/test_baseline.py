"""The classical baseline: what it makes of a decoder's output, and the real decoder."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from pyarrow.parquet import read_table

from demos.core.audio.decoding import decode_audio
from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio, to_pcm
from demos.core.devices import CPU, Device
from demos.core.jobs import Canceled
from demos.core.results import Outcome
from demos.core.settings import Settings
from demos.core.speech.error_rate import compare
from demos.core.speech.transcript import Options
from demos.speech_recognition import hub_models
from demos.speech_recognition.baseline import (
    BASELINE,
    BLOCK,
    LONGEST,
    PACKAGE,
    Baseline,
    load,
)
from demos.speech_recognition.hub_models import HubSpeech

SENTENCES = Path(__file__).parents[3] / "shared/data/speech_recognition/sentences-sample.parquet"
SECOND = np.zeros(SAMPLE_RATE, np.float32)


def installed() -> bool:
    try:
        distribution(PACKAGE)
    except PackageNotFoundError:
        return False
    return True


needs_package = pytest.mark.skipif(not installed(), reason=f"{PACKAGE} is missing")


@dataclass
class Scripted:
    """A decoder that hears a word in every half second it is given, and checks how it is used."""

    mean: str = "40,3,-1"
    search: str = ""
    samples: int = 0
    started: bool = False
    means: list[str] = field(default_factory=list)
    busy: threading.Lock = field(default_factory=threading.Lock)

    def set_cmn(self, mean: str) -> None:
        self.means.append(mean)

    def get_cmn(self, update: bool = False) -> str:
        return "51,2,0" if update else self.mean

    def activate_search(self, search: str = "") -> None:
        assert not self.started
        self.search = search

    def start_utt(self) -> None:
        assert self.busy.acquire(blocking=False), "two at once"
        self.started, self.samples = True, 0

    def process_raw(self, block: bytes) -> None:
        assert self.started
        assert len(block) <= 2 * BLOCK
        self.samples += len(block) // 2

    def end_utt(self) -> None:
        self.started = False
        self.busy.release()

    def seg(self) -> Iterator[SimpleNamespace]:
        assert not self.search
        yield self.part("<s>", 0, 0)
        for place in range(self.samples // (SAMPLE_RATE // 2)):
            yield self.part("so(2)" if place % 2 else "it's", 50 * place, 39 + 50 * place)
            yield self.part("[NOISE]", 40 + 50 * place, 49 + 50 * place)

    @staticmethod
    def part(word: str, first: int, last: int) -> SimpleNamespace:
        return SimpleNamespace(word=word, start_frame=first, end_frame=last, prob=1.0001)


@pytest.fixture
def scripted() -> Baseline:
    return Baseline(Scripted(), threading.Lock(), "40,3,-1", "scripted", 1)


def hear(model: Baseline, seconds: int, start: float = 0.0, told: list[str] | None = None) -> str:
    tell = (lambda text: None) if told is None else told.append
    heard = model.hear(np.tile(SECOND, seconds), start, None, Options(), tell)
    return " ".join(each.text for each in heard.words)


def test_words_have_times_and_scores_without_noises(scripted: Baseline) -> None:
    heard = scripted.hear(SECOND, 7.0, None, Options(), lambda text: None)
    assert [each.text for each in heard.words] == ["it's", "so"]
    first, second = heard.words
    assert (first.start, first.end) == pytest.approx((7.0, 7.4))
    assert (second.start, second.end) == pytest.approx((7.5, 7.9))
    assert first.score == 1.0, "rounding took it above 1"
    assert heard.language == "en"


def test_the_text_grows(scripted: Baseline) -> None:
    told: list[str] = []
    whole = hear(scripted, 2, told=told)
    assert whole == "it's so it's so"
    assert [len(each.split()) for each in told] == sorted(len(each.split()) for each in told)
    assert whole.startswith(told[0])


def test_it_starts_from_the_level_of_the_chunk(scripted: Baseline) -> None:
    hear(scripted, 1)
    assert scripted.decoder.means == ["40,3,-1", "51,2,0"]
    hear(scripted, 1)
    assert scripted.decoder.means.count("40,3,-1") == 2, "nothing is left of the chunk before"


def test_whoever_is_told_may_stop_it(scripted: Baseline) -> None:
    def stop(text: str) -> None:
        raise Canceled

    with pytest.raises(Canceled):
        scripted.hear(SECOND, 0.0, None, Options(), stop)
    assert not scripted.decoder.started
    assert hear(scripted, 1) == "it's so", "it can be used again"


def test_threads_take_turns(scripted: Baseline) -> None:
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda seconds: hear(scripted, seconds), [1, 2, 3, 1, 2, 3]))
    assert [len(each.split()) for each in texts] == [2, 4, 6, 2, 4, 6]


def test_it_calls_itself_a_baseline() -> None:
    assert "baseline" in BASELINE.title
    assert "not to rely on" in BASELINE.summary
    assert LONGEST <= 15, "longer chunks hold up every other thread for too long"


@pytest.fixture(scope="module")
def model() -> HubSpeech:
    return load(BASELINE, Device("cpu"))


def recording(samples: np.ndarray) -> DecodedAudio:
    return DecodedAudio(to_pcm(samples), "ab" * 32, "test.wav", "WAV", SAMPLE_RATE, 1)


@needs_package
def test_the_real_decoder_is_what_the_specification_says(model: HubSpeech) -> None:
    assert model.known.spec == BASELINE
    assert model.device == CPU
    assert model.recognizer.engine.startswith("PocketSphinx 5")
    assert 0 < model.memory_bytes <= BASELINE.memory_bytes


@needs_package
@pytest.mark.parametrize("kind", ["silence", "noise", "tone", "very short"])
def test_no_voice_gives_no_words(model: HubSpeech, kind: str) -> None:
    random = np.random.default_rng(6)
    time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    samples = {
        "silence": 0 * time,
        "noise": 0.1 * random.standard_normal(len(time)),
        "tone": 0.3 * np.sin(2 * np.pi * 440 * time),
        "very short": time[:800],
    }[kind]
    heard = hub_models.predict(model, recording(samples.astype(np.float32)))
    assert heard.outcome is Outcome.REFUSED
    assert heard.reason == "No speech detected."
    assert heard.words == ()


@needs_package
@pytest.mark.parametrize("length", [1, 100, 1600, 4001])
def test_any_length_is_taken(model: HubSpeech, length: int) -> None:
    noise = np.random.default_rng(1).standard_normal(length)
    for loudness in (0, 0.1, 10):
        samples = (loudness * noise).astype(np.float32)
        model.recognizer.hear(samples, 0.0, None, Options(), lambda text: None)


@needs_package
@pytest.mark.skipif(not SENTENCES.exists(), reason="the shared recordings are not here")
def test_a_read_sentence_is_about_right(model: HubSpeech) -> None:
    row = read_table(SENTENCES).slice(0, 1).to_pylist()[0]
    audio = decode_audio(row["audio"], "sentence.ogg", Settings())
    told: list[float] = []
    heard = hub_models.predict(model, audio, tell=lambda each: told.append(each.done))
    assert heard.outcome is Outcome.ANSWER
    assert not heard.calibrated
    assert told
    times = [moment for word in heard.words for moment in (word.start, word.end)]
    assert times == sorted(times) and times[-1] <= heard.seconds
    assert all(word.score is not None and 0 <= word.score <= 1 for word in heard.words)
    rates = compare(row["text"], heard.text)
    assert rates.errors < rates.words / 2
