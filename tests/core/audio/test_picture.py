"""The picture of a sound for reports."""

import io

import numpy as np
import pytest
from PIL import Image

from demos.core.audio.picture import HEIGHT, LANE, LEFT, PLOT, TONES, WIDTH, sound_png
from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio, to_pcm
from demos.core.results import Outcome, Provenance
from demos.core.speech.transcript import Options, Region, Rejected, Segment, Transcription, Word


def heard(seconds: float, *words: Word, rejected: tuple[Rejected, ...] = ()) -> Transcription:
    provenance = Provenance("a" * 64, "m", "0" * 64, "p", "numpy", "cpu", "float32", 0.1, ())
    segments = (Segment("", 0.0, seconds, words),) if words else ()
    regions = tuple(Region(each.start, each.end) for each in words)
    return Transcription(
        outcome=Outcome.ANSWER,
        reason="",
        segments=segments,
        regions=regions,
        rejected=rejected,
        language=None,
        calibrated=True,
        seconds=seconds,
        done=seconds,
        options=Options(),
        provenance=provenance,
    )


def sound(seconds: float, hertz: float = 440.0) -> DecodedAudio:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    samples = 0.5 * np.sin(2 * np.pi * hertz * time).astype(np.float32)
    return DecodedAudio(to_pcm(samples), "a" * 64, "tone", "WAV", SAMPLE_RATE, 1)


def pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
        return np.asarray(image.convert("RGB")).astype(int)


def test_a_higher_tone_is_drawn_higher() -> None:
    rows = []
    for hertz in (300.0, 1000.0, 3000.0):
        shown = pixels(sound_png(sound(2.0, hertz), heard(2.0)))
        column = shown[TONES[0] : TONES[1], LEFT + PLOT // 2].sum(axis=1)
        rows.append(int(column.argmin()))
    assert rows[0] > rows[1] > rows[2]


def test_words_are_boxes_at_their_time() -> None:
    word, odd = Word("one", 0.5, 1.0, 0.9), Word("großartig", 1.2, 1.8, 0.9)
    away = Rejected(0.1, 0.3, "bed", 0.2)
    audio = sound(2.0)
    empty = pixels(sound_png(audio, heard(2.0)))
    full = pixels(sound_png(audio, heard(2.0, word, odd, rejected=(away,))))
    lane = slice(LANE[0], LANE[1])
    changed = np.abs(full[lane] - empty[lane]).sum(axis=(0, 2)) > 100
    seconds = (np.flatnonzero(changed) - LEFT) / PLOT * 2.0
    groups = np.split(seconds, np.flatnonzero(np.diff(seconds) > 0.05) + 1)
    found = [(round(float(each[0]), 1), round(float(each[-1]), 1)) for each in groups]
    assert found == [(0.1, 0.3), (0.5, 1.0), (1.2, 1.8)]


@pytest.mark.parametrize("seconds", [0.05, 0.5, 300.0])
def test_any_length_is_drawn_and_small(seconds: float) -> None:
    png = sound_png(sound(seconds), heard(seconds))
    assert pixels(png).shape[2] == 3
    assert len(png) < 200_000


def test_silence_is_drawn() -> None:
    silence = DecodedAudio(to_pcm(np.zeros(8000, np.float32)), "a" * 64, "s", "WAV", 16_000, 1)
    pixels(sound_png(silence, heard(0.5)))
