"""The speech demo's part of the benchmark: its protocol and arithmetic, never its times."""

import importlib
import sys
from typing import Any

import numpy as np
import pytest

from demos.benchmark import speech, speech_hub, speech_ours, speech_rows
from demos.benchmark.table import Part, Row, table
from demos.core.audio.sound import SAMPLE_RATE
from demos.core.devices import CPU
from demos.core.settings import MIB
from demos.core.speech.chunks import Chunk
from demos.speech_recognition import commands, whisper
from demos.speech_recognition.decoder import Floats
from demos.speech_recognition.lexicon import DIGITS


def test_digits_are_said_over_and_over_and_none_is_cut() -> None:
    audio, said = speech.digits(40)
    assert audio.seconds == 40
    assert set(said.split()) <= set(DIGITS)
    once = speech.digits(15)[1]
    assert said.startswith(f"{once} ") and said.count(once) >= 2
    pause = round(speech.PAUSE * SAMPLE_RATE)
    assert not audio.pcm[:pause].any() and not audio.pcm[-pause // 2 :].any()
    assert np.square(audio.pcm.astype(float)).mean() > 0
    assert not audio.pcm.flags.writeable
    assert speech.digits(1)[1] == ""


def test_a_command_takes_about_a_second() -> None:
    assert speech.command().seconds == pytest.approx(1, abs=0.3)


def test_ours_and_the_peer_hear_the_same_and_every_stage_is_timed() -> None:
    found = speech_ours.measure_speed(rounds=1, minute=5, half_hour=6)
    for name in ("command", "minute", "half_hour"):
        series = found[name]
        assert set(series) == {*speech_ours.STAGES, "all"}
        (whole,) = series["all"]
        assert whole == pytest.approx(sum(series[stage][0] for stage in speech_ours.STAGES))
        assert min(series["voice"] + series["network"]) > 0
    assert len(found["peer"]) == len(found["first_text"]) == 1
    assert found["texts"]["said"] and speech_rows.unheard(found["texts"]) is None
    table(list(speech_rows.speed_rows(found)))


def test_the_wait_for_a_text_ends_with_the_first_word(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces: list[Chunk] = []
    listen = commands.listen

    def counted(model: commands.Model, samples: Floats, piece: Chunk) -> Any:
        pieces.append(piece)
        return listen(model, samples, piece)

    monkeypatch.setattr(commands, "listen", counted)
    model = commands.load(speech.SPEC, CPU)
    audio, said = speech.digits(45)
    assert speech_ours.first_text(model, audio) > 0
    assert len(pieces) == 1
    assert speech_ours.text(model, audio).split()[0] == said.split()[0]
    assert len(pieces) > 3


def test_memory_is_measured_in_a_process_of_one_thread() -> None:
    found = speech_ours.memory(3)
    assert 10 * MIB < found["loaded"] <= found["peak"]
    assert found["before"] <= found["peak"] < 1024 * MIB
    asked = speech_ours.ONE_THREAD
    assert asked["DLW_THREADS"] == asked["OMP_NUM_THREADS"] == "1"


def test_the_hub_tier_and_transformers_write_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech_hub, "MOST_TOKENS", 6)
    monkeypatch.setattr(whisper, "MOST_TOKENS", 6)
    monkeypatch.setattr(speech_hub, "TEXT_TOKENS", 50)
    monkeypatch.setattr(speech_hub, "threads", lambda: 1)
    rows, series, problem = speech_hub.measure_hub(rounds=2)
    assert problem is None
    assert {len(each) for each in series.values()} == {2}
    ratios = [row for row in rows if row.unit == "x"]
    assert len(ratios) == 2
    assert all(row.target == speech_hub.OVERHEAD and row.value > 0 for row in ratios)


FOUND = {
    "seconds": {"command": 1.0, "minute": 60.0, "half_hour": 1800.0},
    "command": {"voice": [0.005], "network": [0.003], "decoding": [0.022], "all": [0.03]},
    "minute": {
        "voice": [0.12, 0.12, 0.12],
        "network": [0.18, 0.18, 0.18],
        "decoding": [0.3, 0.3, 0.9],
        "all": [0.6, 0.6, 1.2],
    },
    "half_hour": {"voice": [4.0], "network": [6.0], "decoding": [8.0], "all": [18.0]},
    "peer": [6.0, 12.0, 12.0],
    "first_text": [0.2, 0.4, 0.25],
    "texts": {"said": "one two", "ours": "one two", "peer": "won two"},
}


def test_the_rows_are_told_beside_their_targets() -> None:
    rows = {row.name: row for row in speech_rows.speed_rows(FOUND)}
    short, minute = rows["Speech, 1 s: real-time factor"], rows["Speech, 60 s: real-time factor"]
    assert short.value == pytest.approx(0.03)
    assert (short.target, short.met) == (0.02, False)
    assert (minute.value, minute.high) == pytest.approx((0.01, 0.02))
    assert minute.met
    assert rows["Speech, 60 s: search for voices"].value == pytest.approx(0.002)
    assert rows["Speech, 60 s: network and its features"].value == pytest.approx(0.003)
    assert rows["Speech, 60 s: decoding and the rest"].value == pytest.approx(0.005)
    assert rows["Speech, 1,800 s: real-time factor"].value == pytest.approx(0.01)
    first = rows["Speech, 1,800 s: first text"]
    assert first.value == pytest.approx(250)
    assert (first.target, first.met) == (300, True)
    assert rows["PocketSphinx, 60 s: real-time factor"].value == pytest.approx(0.2)
    assert rows["60 s: time, ours / PocketSphinx"].value == pytest.approx(0.1)
    assert rows["Speech, 60 s: word error rate"].value == 0
    assert rows["PocketSphinx, 60 s: word error rate"].value == 0.5


def test_memory_must_not_grow_with_the_recording() -> None:
    def sizes(more: int) -> dict[str, int]:
        return {"loaded": 100 * MIB, "before": 150 * MIB, "peak": (150 + more) * MIB}

    for long, met in ((60, True), (200, False)):
        rows = speech_rows.memory_rows({"short": sizes(40), "long": sizes(long)}, 180, 1800)
        assert [row.value for row in rows] == [100, 40, long, long - 40]
        assert rows[-1].met is met
        assert rows[2].name == "Memory that hearing 1,800 s takes"


@pytest.mark.parametrize("whose", ["said", "ours", "peer"])
def test_times_of_hearing_nothing_mean_nothing(whose: str) -> None:
    texts = {"said": "one", "ours": "one", "peer": "won"}
    assert speech_rows.unheard(texts) is None
    assert "FAILED" in str(speech_rows.unheard(texts | {whose: ""}))


def test_the_part_is_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"loaded": 1, "before": 2, "peak": 3}
    row = Row("Random Whisper", 1.0, "x")
    monkeypatch.setattr(speech_rows, "speed", lambda rounds, minute, long: FOUND)
    monkeypatch.setattr(speech_rows, "memory", lambda seconds: sizes)
    monkeypatch.setattr(speech_rows, "measure_hub", lambda rounds: ([row], {"a": [1.0]}, "FAILED"))
    part = speech_rows.measure_speech(3)
    assert part.problem == "FAILED" and row in part.rows
    assert part.measured["memory"] == {"short": sizes, "long": sizes}
    assert "60 s of digits in 3 rounds, 1,800 s once" in part.title
    table(part.rows)


def test_it_can_be_measured_by_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = importlib.import_module("demos.benchmark.__main__")
    part = Part("Speech recognition", [Row("Speech, 1 s", 0.01, "")], {}, None)
    monkeypatch.setattr(speech_rows, "measure_speech", lambda rounds: part if rounds == 7 else None)
    monkeypatch.setattr(sys, "argv", ["benchmark", "--only", "speech", "--speech-rounds", "7"])
    assert command.main() == 0
    assert "| Speech, 1 s | 0.01  |" in capsys.readouterr().out
