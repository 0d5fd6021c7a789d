"""What is made of Whisper's tokens, with tokens whose meaning is known."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from demos.core.speech.transcript import Options, Segment
from demos.speech_recognition.greedy import TellTokens
from demos.speech_recognition.hearing import Doubt
from demos.speech_recognition.whisper import MOST_TOKENS, Whisper, timed_segments
from demos.speech_recognition.whisper_engine import Aligned, Draft
from demos.speech_recognition.whisper_vocabulary import Vocabulary
from tests.speech_recognition.tiny_speech import byte_tokenizer

SAMPLES = np.zeros(10 * 16_000, np.float32)
END, START, EN, JA, TASK, OTHER, NO_SPEECH, NO_TIMES = range(1000, 1008)


@dataclass
class Scripted:
    """An engine that writes `ids` whatever it hears, a tenth of a second each."""

    ids: Sequence[int]
    mean: float = -0.2
    no_speech: float = 0.01
    shares: dict[str, float] = field(default_factory=lambda: {"en": 0.9, "ja": 0.1})
    prompts: list[tuple[int, ...]] = field(default_factory=list)
    name: str = "script"
    dtype: str = "none"
    memory_bytes: int = 0

    def encode(self, features: Any) -> Any:
        return None

    def languages(self, encoded: Any) -> dict[str, float]:
        return self.shares

    def write(self, encoded: Any, prompt: Sequence[int], most: int, tell: TellTokens) -> Draft:
        assert most == MOST_TOKENS
        self.prompts.append(tuple(prompt))
        for n in range(len(self.ids)):
            tell(self.ids[: n + 1])
        return Draft(tuple(self.ids), self.mean, self.no_speech)

    def align(
        self, encoded: Any, prompt: Sequence[int], ids: Sequence[int], seconds: float
    ) -> Aligned:
        assert seconds == 10.0
        times = [0.1 * n for n in range(len(ids) + 1)]
        return Aligned(tuple(times), tuple([-0.1] * len(ids)))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return byte_tokenizer([])


@pytest.fixture
def said(tokenizer: Tokenizer) -> Vocabulary:
    return Vocabulary(
        tokenizer=tokenizer,
        start=START,
        end=END,
        no_timestamps=NO_TIMES,
        no_speech=NO_SPEECH,
        languages={"en": EN, "ja": JA},
        tasks={"transcribe": TASK, "translate": OTHER},
        never=(),
        never_first=(),
        latest_first=50,
    )


def hear(said: Vocabulary, engine: Scripted, language: str | None = None, **options: Any) -> Any:
    features = lambda *_, **__: SimpleNamespace(input_features=np.zeros((1, 80, 3000)))  # noqa: E731
    texts: list[str] = []
    whisper = Whisper(engine, said, features)
    heard = whisper.hear(SAMPLES, 100.0, language, Options(**options), texts.append)
    return heard, texts


def test_words_have_times_in_the_recording(said: Vocabulary) -> None:
    ids = said.tokenizer.encode(" the fox said hello").ids
    heard, texts = hear(said, Scripted(ids))
    assert [each.text for each in heard.words] == ["the", "fox", "said", "hello"]
    assert heard.words[0].start == 100.0
    assert heard.words[-1].end == pytest.approx(100 + 0.1 * len(ids))
    assert heard.segments == () and heard.doubt is None
    assert texts[-1] == "the fox said hello" and len(texts) == len(ids)


def test_the_language_is_found_unless_it_is_given(said: Vocabulary) -> None:
    engine = Scripted([], shares={"en": 0.4, "ja": 0.6})
    assert hear(said, engine)[0].language == "ja"
    assert hear(said, engine)[0].certainty == 0.6
    assert hear(said, engine, "en")[0].language == "en"
    assert hear(said, engine, "en")[0].certainty == 1.0
    assert [each[1] for each in engine.prompts] == [JA, JA, EN, EN]


def test_the_prompt_says_what_to_do(said: Vocabulary) -> None:
    engine = Scripted([])
    hear(said, engine, "ja")
    hear(said, engine, "ja", translate=True)
    hear(said, engine, "ja", word_times=False)
    assert engine.prompts == [
        (START, JA, TASK, NO_TIMES),
        (START, JA, OTHER, NO_TIMES),
        (START, JA, TASK),
    ]


def test_japanese_is_not_one_word(said: Vocabulary) -> None:
    ids = said.tokenizer.encode("東京です").ids
    heard, _ = hear(said, Scripted(ids), "ja")
    assert [each.text for each in heard.words] == ["東", "京", "で", "す"]
    assert len(hear(said, Scripted(ids), "en")[0].words) == 1


def test_silence_gives_no_words(said: Vocabulary) -> None:
    ids = said.tokenizer.encode(" the").ids
    assert hear(said, Scripted(ids, mean=-1.5, no_speech=0.9))[0].words == ()
    assert hear(said, Scripted(ids, mean=-0.5, no_speech=0.9))[0].words
    improbable, _ = hear(said, Scripted(ids, mean=-1.5, no_speech=0.1))
    assert improbable.words and improbable.doubt is Doubt.IMPROBABLE


def test_a_loop_is_cut_off(said: Vocabulary) -> None:
    ids = said.tokenizer.encode(" hello world" + " the dog" * 40).ids
    heard, _ = hear(said, Scripted(ids))
    assert [each.text for each in heard.words] == ["hello", "world", "the", "dog"]
    assert heard.doubt is Doubt.REPEATS


def test_segments_are_between_their_timestamps(said: Vocabulary) -> None:
    def at(seconds: float) -> int:
        return NO_TIMES + 1 + round(seconds / 0.02)

    def text(words: str) -> list[int]:
        return list(said.tokenizer.encode(words).ids)

    ids = [at(0.5), *text(" hello"), at(2.0), at(2.4), *text(" the fox"), at(4.0), at(4.0)]
    assert timed_segments(ids, said, 100.0, 10.0) == [
        Segment("hello", 100.5, 102.0),
        Segment("the fox", 102.4, 104.0),
    ]
    # The end is missing, or lies behind that of the chunk.
    assert timed_segments([at(0.0), *text(" hello")], said, 0.0, 3.0) == [
        Segment("hello", 0.0, 3.0)
    ]
    late = [at(1.0), *text(" hello"), at(29.0)]
    assert timed_segments(late, said, 0.0, 3.0) == [Segment("hello", 1.0, 3.0)]
    assert timed_segments([at(1.0), at(2.0)], said, 0.0, 3.0) == []
    heard, texts = hear(said, Scripted(ids), word_times=False)
    assert [each.text for each in heard.segments] == ["hello", "the fox"] and heard.words == ()
    assert texts[-1] == "hello the fox"
