"""Clips from files and from the synthesizer, where that is installed."""

import io
import shutil
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile

from demos.core.audio.sound import SAMPLE_RATE
from demos.speech_recognition import corpus, dictionary, synthesize
from demos.speech_recognition.corpus import is_held, read, recorded, save, strung
from demos.speech_recognition.lexicon import DIGITS, PRONUNCIATIONS, WORDS, tokens
from demos.speech_recognition.synthesize import Voice, any_voice, say
from tests.speech_recognition.small_corpus import small_corpus

speaks = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng")


def ogg(seconds: float, rate: int = 8_000) -> bytes:
    buffer = io.BytesIO()
    sound = 0.2 * np.sin(np.arange(round(seconds * rate)) / 9)
    soundfile.write(buffer, sound, rate, format="OGG", subtype="VORBIS")
    return buffer.getvalue()


def row(text: str, speaker: str, id: str) -> dict[str, Any]:
    return {"audio": ogg(0.5), "text": text, "speaker": speaker, "id": id}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    files = {
        "commands-train": [row("go", "a", "go/a")],
        "commands-validation": [row("stop", "b", "stop/b")],
        "digits-train": [row("six", "jo", "6_jo_5"), row("six", "jo", "6_jo_9")],
        "digit_strings-train": [row("one two", "0001", "x"), row("two one", "7", "y")],
        "sentences-sample": [row("qqqq", "26", "z")],  # a word of no dictionary: left out
    }
    for name, rows in files.items():
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / f"{name}.parquet")
    return tmp_path


def test_files_become_clips_with_their_splits(data: Path) -> None:
    found = [(each.source, each.text, each.split) for each in recorded(data)]
    assert found == [
        ("commands", "go", "train"),
        ("commands", "stop", "validation"),
        ("digits", "six", "validation"),
        ("digits", "six", "train"),
        ("strings", "one two", "validation"),
        ("strings", "two one", "train"),
    ]
    clips = list(recorded(data))
    assert all(abs(len(each.pcm) - 0.5 * SAMPLE_RATE) < 100 for each in clips)  # from 8 kHz
    assert clips[4].phones == "W AH N | T UW"


def test_clips_are_kept_as_they_are(tmp_path: Path) -> None:
    clips = small_corpus()
    save(clips, tmp_path / "corpus.npz")
    again = read(tmp_path / "corpus.npz")
    assert len(again) == len(clips)
    for one, other in zip(clips, again, strict=True):
        assert np.array_equal(one.pcm, other.pcm)
        assert (one.text, one.phones, one.source) == (other.text, other.phones, other.source)
        assert (one.split, one.speaker) == (other.split, other.speaker)


def test_who_is_for_validation() -> None:
    assert is_held("digits", {"id": "3_ann_6"}) and not is_held("digits", {"id": "3_ann_16"})
    assert is_held("strings", {"speaker": "0053"}) and not is_held("strings", {"speaker": "9"})
    assert is_held("sentences", {"speaker": "30"}) and not is_held("sentences", {"speaker": "26"})


def test_strings_are_drawn_from_the_words_given() -> None:
    random = Random(0)
    drawn = [strung(random, DIGITS, (2, 5)).split() for _ in range(200)]
    assert {len(each) for each in drawn} == {2, 3, 4, 5}
    assert {word for each in drawn for word in each} == set(DIGITS)


def test_words_that_are_none_of_ours_sound_like_none_of_ours() -> None:
    ways = {way for each in PRONUNCIATIONS.values() for way in each}
    words = list(dictionary.words(ways))
    assert len(words) > 50_000
    assert not {"two", "too", "to", "know", "right", "write"} & set(words)
    near = set(dictionary.near(["cap", "cot", "banana", "gate", "stopped"], ways))
    assert near == {"cap", "cot", "gate", "stopped"}
    assert all(tokens(dictionary.phones_of(word)) for word in [*WORDS, *words[:500]])


@speaks
def test_a_voice_says_a_word() -> None:
    voice = Voice("en-us", "f2", 50, 150)
    spoken = say("seven", voice)
    assert spoken.dtype == np.int16 and not spoken.flags.writeable
    assert 0.2 * SAMPLE_RATE < len(spoken) < 1.5 * SAMPLE_RATE
    assert np.abs(spoken[:200]).max() > 50  # no silence before it
    assert np.array_equal(say("seven", voice), spoken)


@speaks
def test_every_voice_speaks() -> None:
    voices = [Voice("en-us", variant, 50, 200) for variant in synthesize.VARIANTS]
    spoken = synthesize.say_all(["go"] * len(voices), voices, workers=2)
    assert all(len(each) > 0.05 * SAMPLE_RATE for each in spoken)


@speaks
def test_a_word_is_found_where_it_is_said() -> None:
    pause = np.zeros(SAMPLE_RATE // 2, np.int16)
    first, second = (say(each, Voice("en-us", "m3", 40, 140)) for each in ("seven", "yellow"))
    words = dictionary.aligned(np.concatenate([pause, first, pause, second]), "seven yellow")
    assert [each.text for each in words] == ["seven", "yellow"]
    begins = [0.5, 1.0 + len(first) / SAMPLE_RATE]
    assert [each.start for each in words] == pytest.approx(begins, abs=0.15)


def test_what_is_in_no_dictionary_is_not_aligned() -> None:
    assert dictionary.aligned(np.zeros(SAMPLE_RATE, np.int16), "zzyzxq") == []


def test_voices_of_validation_are_none_of_training() -> None:
    random = Random(1)
    held = {corpus.voice(random, held=True).variant for _ in range(100)}
    free = {corpus.voice(random, held=False).variant for _ in range(300)}
    assert held <= set(corpus.HELD_VARIANTS) and not held & free
    assert len({any_voice(random).accent for _ in range(100)}) > 5
