"""Measuring on files, with a network that says what a script has it say."""

import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile
from numpy.typing import NDArray

from demos.core.audio.sound import SAMPLE_RATE
from demos.core.speech.transcript import Region
from demos.speech_recognition import commands, evaluate
from demos.speech_recognition.commands import Model
from demos.speech_recognition.decoder import Prices
from demos.speech_recognition.lexicon import WORDS
from tests.speech_recognition.scripted import CONFIDENCE, spoken


def saying(*recordings: Sequence[str]) -> Model:
    """A model that hears in each recording the pronunciations it is given, in this order."""
    left = iter(recordings)

    def forward(features: NDArray[np.float32]) -> NDArray[np.float32]:
        return spoken(*next(left))[None]

    return Model(forward, Prices(1, 2, 2, 3), CONFIDENCE, "commands", "0", "script", "cpu", 1)


def tone(seconds: float = 0.6, rate: int = SAMPLE_RATE) -> bytes:
    time = np.arange(round(seconds * rate)) / rate
    buffer = io.BytesIO()
    soundfile.write(buffer, 0.3 * np.sin(2 * np.pi * 300 * time), rate, format="WAV")
    return buffer.getvalue()


def file_of(folder: Path, *texts: str) -> Path:
    rows = [
        {"audio": tone(), "text": text, "speaker": "a", "id": str(n)}
        for n, text in enumerate(texts)
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "words.parquet")
    return folder / "words.parquet"


@pytest.fixture(autouse=True)
def voice_everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(
        commands, "voice_regions", lambda audio, tell: (Region(0.0, audio.seconds),)
    )
    yield


def test_figures_of_words_heard_right_wrong_and_not_at_all(tmp_path: Path) -> None:
    file = file_of(tmp_path, "go", "go", "six", "one two")
    model = saying(["G OW"], ["N OW"], [], ["W AH N", "T UW"])
    found = evaluate.evaluate(model, file, frozenset(WORDS))
    assert found["n"] == 4
    assert found["exact"] == 0.5
    assert found["wer"] == pytest.approx(2 / 5)  # one heard as another, one not heard
    assert found["exact_ci95"][0] < 0.5 < found["exact_ci95"][1]
    assert found["rejected"] == 0.25
    assert found["per_word"]["go"] == {"n": 2, "recall": 0.5, "precision": 1.0}
    assert found["per_word"]["six"] == {"n": 1, "recall": 0.0, "precision": None}
    assert "no" not in found["per_word"] or found["per_word"]["no"]["n"] == 0
    assert found["out_of_vocabulary"] == {"n": 0, "rejected": None}
    assert found["audio_seconds"] == pytest.approx(2.4)
    assert found["seconds_per_audio_second"] > 0
    json.dumps(found, allow_nan=False)


def test_what_is_out_of_vocabulary_counts_by_itself(tmp_path: Path) -> None:
    file = file_of(tmp_path, "go", "captain", "", "no browser")
    model = saying(["G OW"], ["K AE P T IH N"], [], ["N OW"])
    found = evaluate.evaluate(model, file, frozenset(WORDS))
    assert (found["n"], found["exact"]) == (1, 1.0)
    assert found["out_of_vocabulary"] == {"n": 3, "rejected": pytest.approx(2 / 3)}


def test_a_model_of_any_words_has_no_vocabulary_to_be_out_of(tmp_path: Path) -> None:
    file = file_of(tmp_path, "captain", "go")
    found = evaluate.evaluate(saying(["G OW"], ["G OW"]), file, None)
    assert (found["n"], found["exact"]) == (2, 0.5)


def test_scores_are_compared_with_how_often_they_are_right(tmp_path: Path) -> None:
    file = file_of(tmp_path, "go", "go", "go", "go")
    model = saying(["G OW"], ["G OW"], ["G OW"], ["N OW"])
    found = evaluate.evaluate(model, file, frozenset(WORDS))["reliability"]
    assert found["n"] == 4
    assert sum(each["n"] for each in found["bins"]) == 4
    assert found["ece"] == pytest.approx(found["bins"][-1]["score"] - 0.75, abs=0.02)


def test_sounds_without_a_voice_are_rejected_by_kind() -> None:
    silent = saying(*[[]] * 14)
    found = evaluate.without_voice(silent, 14)
    assert found["n"] == 14 and found["rejected"] == 1.0
    assert set(found["by_kind"]) == set(evaluate.KINDS)
    talking = saying(*[["G OW"]] * 14)
    assert evaluate.without_voice(talking, 14)["rejected"] == 0.0


def test_the_command_prints_one_json_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = file_of(tmp_path, "go")
    monkeypatch.setattr(evaluate, "load", lambda spec, device: saying(["G OW"]))
    monkeypatch.setattr(evaluate, "METRICS", tmp_path / "metrics.json")
    given = ["evaluate", "--model", "commands", "--data", str(file), "--split", "mine", "--write"]
    monkeypatch.setattr(sys, "argv", given)
    evaluate.main()
    printed = json.loads(capsys.readouterr().out)
    assert {"n", "wer", "cer", "exact", "per_word", "rejected", "seconds_per_audio_second"} <= set(
        printed
    )
    assert (printed["model"], printed["split"], printed["exact"]) == ("commands", "mine", 1.0)
    assert json.loads((tmp_path / "metrics.json").read_text())["commands"]["mine"]["n"] == 1
