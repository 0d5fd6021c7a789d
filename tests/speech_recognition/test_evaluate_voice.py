"""The measurement of voice activity, on sounds of the test's own."""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from demos.core.audio.noise import KINDS, make
from demos.speech_recognition import evaluate_voice
from demos.speech_recognition.evaluate_voice import best_threshold, least_found, measured
from tests.core.audio.sounds import file_of


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four recordings of noise, 0.2 s and 1 s long."""
    rng = np.random.default_rng(0)
    files = [file_of(make("pink", seconds, rng)) for seconds in (0.2, 1.0, 0.2, 1.0)]
    pq.write_table(pa.table({"audio": files, "text": ["one"] * 4}), tmp_path / "noise.parquet")
    return tmp_path / "noise.parquet"


def test_what_it_prints(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["evaluate_voice", "--data", str(data), "--sounds", "2"]
    monkeypatch.setattr(sys, "argv", arguments)
    evaluate_voice.main()
    found = json.loads(capsys.readouterr().out)
    assert found["speech"]["noise"] == {
        "n": 4,
        "found": 0.0,
        "n_under_0.3_s": 2,
        "found_under_0.3_s": 0.0,
    }
    assert found["noise"]["n"] == 2 * len(KINDS)
    assert set(found["noise"]["by_kind"]) == set(KINDS)
    assert found["noise"]["silent"] > 0.8


def test_it_is_the_same_every_time(data: Path) -> None:
    assert measured([data], 1) == measured([data], 1)


def test_the_threshold_is_the_highest_that_still_finds_enough() -> None:
    easy = np.full(200, 0.99)
    hard = np.concatenate([np.full(2, 0.1), np.full(198, 0.62)])
    assert best_threshold([easy, hard]) == 0.6
    assert least_found([easy, hard], 0.65) == 0.0
    assert best_threshold([np.zeros(10)]) == evaluate_voice.THRESHOLDS[0]
