"""The chart of a sound: what it shows of which part, and how much is sent for it."""

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio
from demos.core.speech.transcript import Region, Rejected, Transcription, Word
from pages.components.speech.sound_chart import around
from pages.components.speech.sound_figure import (
    MOST_LINES,
    MOST_WORDS,
    Seen,
    drawn,
    in_sentences,
    look,
    merged,
)
from tests.pages.harness import ran
from tests.pages.speech.heard import segment, tone, transcription

WORDS = (Word("one", 0.2, 0.5, 0.99), Word("<b>two</b>", 1.0, 1.4, 0.7), Word("six", 1.5, 1.9))
HEARD = transcription((segment(*WORDS),), (Rejected(0.6, 0.9, "bed", 0.31),))

SCRIPT = """
import streamlit as st
from pages.components.speech.sound_chart import show_sound
show_sound(st.session_state["audio"], st.session_state["heard"], "sound")
"""


def noise(seconds: float) -> DecodedAudio:
    size = round(seconds * SAMPLE_RATE)
    pcm = np.random.default_rng(0).integers(-3000, 3000, size, dtype=np.int16)
    return DecodedAudio(pcm, "b" * 64, "n", "WAV", SAMPLE_RATE, 1)


def figure(seen: Seen, heard: Transcription) -> dict[str, Any]:
    """As it is sent."""
    import plotly.graph_objects as go

    return json.loads(go.Figure(drawn(seen, heard)).to_json())


def bars(shown: dict[str, Any]) -> list[tuple[str, float, float]]:
    """Hints, starts and ends of all bars."""
    found = []
    for trace in drawn_bars(shown):
        starts, spans = trace.get("base", []), trace.get("x", [])
        for hint, start, span in zip(trace.get("hovertext", []), starts, spans, strict=True):
            found.append((hint.replace("<br>", "; "), start, round(start + span, 2)))
    return found


def drawn_bars(shown: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in shown["data"] if each["type"] == "bar"]


def test_words_voice_and_what_was_turned_away_share_the_time() -> None:
    shown = figure(look(tone(2.0), 0.0, 2.0), HEARD)
    assert shown["layout"]["xaxis"]["range"] == [0.0, 2.0]
    assert bars(shown) == [
        ("voice, 0.2–1.9 s", 0.2, 1.9),
        ("one, 0.2–0.5 s; probability 99.0 %", 0.2, 0.5),
        ("six, 1.5–1.9 s", 1.5, 1.9),
        ("&lt;b&gt;two&lt;/b&gt;, 1.0–1.4 s; probability 70.0 %", 1.0, 1.4),
        ("unclear, 0.6–0.9 s; nearest: bed, 31.0 %", 0.6, 0.9),
    ]
    patterns = {each["marker"].get("pattern", {}).get("shape") for each in drawn_bars(shown)}
    assert {"/", "x", "."} <= patterns, "never by color alone"


def test_a_part_shows_what_is_in_it() -> None:
    shown = figure(look(tone(2.0), 0.95, 1.45), HEARD)
    assert [hint.split(",")[0] for hint, _, _ in bars(shown)] == ["voice", "&lt;b&gt;two&lt;/b&gt;"]
    assert in_sentences(HEARD, 0.95, 1.45) == (
        "Waveform and mel spectrogram, 0.9–1.4 s. Voice: 0.2–1.9 s. Words: <b>two</b> 1.0–1.4 s. "
        "Unclear: none."
    )


def test_a_tone_stands_at_its_frequency() -> None:
    shown = drawn(look(tone(2.0), 0.0, 2.0), transcription())
    heat = next(each for each in shown["data"] if each["type"] == "heatmap")
    hertz = [float(each.split()[0].replace(",", "")) for each in heat["y"]]
    loudest = hertz[int(heat["z"].astype(int).mean(axis=1).argmax())]
    assert loudest == pytest.approx(440, rel=0.08)
    assert heat["z"].dtype == np.int8 and heat["z"].max() == 0
    assert len(set(heat["y"])) == len(hertz), "an axis of categories has no two of one name"
    assert all(low < high for low, high in pairwise(hertz))
    places = shown["layout"]["yaxis3"]
    at = dict(zip(places["ticktext"], places["tickvals"], strict=True))
    assert np.interp(at["500"], range(len(hertz)), hertz) == pytest.approx(500, abs=2)


def test_silence_does_not_look_loud() -> None:
    pcm = np.zeros(SAMPLE_RATE, np.int16)
    silence = DecodedAudio(pcm, "c" * 64, "s", "WAV", SAMPLE_RATE, 1)
    heat = next(
        each for each in drawn(look(silence, 0.0, 1.0), transcription())["data"] if "z" in each
    )
    assert set(heat["z"].ravel().tolist()) == {heat["zmin"]} == {-80}


def test_half_an_hour_is_light_to_send() -> None:
    said = tuple(segment(Word("and", at, at + 0.2, 0.9)) for at in np.arange(0.0, 1800.0, 0.4))
    heard = transcription(said, seconds=1800.0)
    audio = noise(1800.0)
    seen = look(audio, 0.0, 1800.0)
    whole = figure(seen, heard)
    assert len(json.dumps(whole)) < 250_000
    assert seen.tones.decibels.shape[1] <= 1500
    assert len(heard.words) > MOST_WORDS
    assert not [hint for hint, _, _ in bars(whole) if not hint.startswith("voice")]
    minute = figure(look(audio, 0.0, 60.0), heard)
    lines = [each for each in minute["layout"]["shapes"] if each["type"] == "line"]
    assert len(bars(minute)) > 200 and not lines
    few = figure(look(audio, 0.0, 10.0), heard)
    assert 0 < len([s for s in few["layout"]["shapes"] if s["type"] == "line"]) <= MOST_LINES


def test_pauses_too_short_to_be_seen_are_not_drawn() -> None:
    regions = [Region(1.0, 2.0), Region(0.0, 0.5), Region(0.52, 0.9)]
    assert merged(regions, 0.05) == [Region(0.0, 0.9), Region(1.0, 2.0)]
    assert len(merged(regions, 0.01)) == 3


def test_many_words_are_not_all_read_out() -> None:
    words = [Word("and", at, at + 0.1, 0.9) for at in np.arange(0.0, 8.0, 0.2)]
    told = in_sentences(transcription((segment(*words),), seconds=8.0), 0.0, 8.0)
    assert "and 10 more" in told


def opened(audio: DecodedAudio, heard: Transcription) -> AppTest:
    app = AppTest.from_string(SCRIPT, default_timeout=30)
    app.session_state["audio"], app.session_state["heard"] = audio, heard
    return ran(app)


def test_a_word_can_be_zoomed_to() -> None:
    app = opened(noise(30.0), HEARD)
    assert app.slider[0].value == (0.0, 10.0)
    assert app.selectbox[0].options == ["one (0.2 s)", "<b>two</b> (1.0 s)", "six (1.5 s)"]
    app.selectbox[0].select_index(1)
    assert ran(app).slider[0].value == (0.5, 1.9)
    app.selectbox[0].set_value(None)
    assert ran(app).slider[0].value == (0.0, 10.0)


def test_a_part_without_length_is_made_one() -> None:
    app = opened(tone(2.0), transcription())
    assert not app.selectbox
    app.slider[0].set_value((1.0, 1.0))
    ran(app)
    assert not ran(opened(tone(0.06), transcription())).slider


def test_around_stays_inside() -> None:
    assert around(0.2, 0.6, 0.5, 1.0) == (0.0, 1.0)
    assert around(2.0, 2.5, 0.5, 9.0) == (1.5, 3.0)
