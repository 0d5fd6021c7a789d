"""A sound and what was heard in it as a picture, for reports: nothing can be pointed at or moved.

From above: waveform, words between the ends of their times, mel spectrogram; one axis of time.
"""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from demos.core.audio.sound import DecodedAudio
from demos.core.audio.spectrogram import mel_spectrogram
from demos.core.audio.waveform import envelope
from demos.core.speech.transcript import Rejected, Transcription, Word

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

WIDTH = 1200
"""Pixels; so are all below."""
LEFT, RIGHT = 84, 12
WAVE, LANE, TONES = (12, 132), (146, 178), (192, 440)
HEIGHT = 486
LETTER = 20
PLOT = WIDTH - LEFT - RIGHT

PAPER, INK, GRID = "#ffffff", "#1b2529", "#5a6468"
ACCENT, TINT, UNCLEAR = "#0b6169", "#e4f0ee", "#efede6"
SCALE = ("#e2f0ee", "#a5d2cf", "#60acad", "#268187", "#07555c", "#033e44")
"""From quiet to loud, evenly spaced."""
SMALLEST_PEAK = 0.05
"""Of full scale: what never gets louder is drawn as quiet."""
TICKS = (250, 500, 1000, 2000, 4000)
"""Hz."""
STEPS = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600)
"""Seconds between ticks."""
MOST_TICKS = 8
NARROW = 6
"""Pixels; of narrower boxes, outlines would be all that is seen."""


def sound_png(audio: DecodedAudio, transcription: Transcription) -> bytes:
    """A PNG file of the whole recording."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(LETTER)
    draw_wave(draw, audio, transcription)
    draw_words(draw, audio.seconds, transcription.words, transcription.rejected, font)
    draw_tones(image, draw, audio, font)
    draw_time(draw, audio.seconds, font)
    buffer = io.BytesIO()
    image.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        buffer, "PNG", optimize=True
    )
    return buffer.getvalue()


def at(seconds: float, total: float) -> float:
    """Where a moment is drawn."""
    return LEFT + PLOT * seconds / total


def draw_wave(draw: ImageDraw.ImageDraw, audio: DecodedAudio, heard: Transcription) -> None:
    """The waveform, before a tint where there is a voice."""
    top, bottom = WAVE
    total = audio.seconds
    for region in heard.regions:
        draw.rectangle((at(region.start, total), top, at(region.end, total), bottom), fill=TINT)
    seen = envelope(audio, 0.0, total)
    peak = max(float(np.abs(seen.low).max()), float(np.abs(seen.high).max()), SMALLEST_PEAK)
    middle, reach = (top + bottom) / 2, (bottom - top) / 2
    for second, low, high in zip(seen.seconds, seen.low, seen.high, strict=True):
        x = at(float(second), total)
        draw.line((x, middle - reach * high / peak, x, middle - reach * low / peak), fill=ACCENT)


def draw_words(
    draw: ImageDraw.ImageDraw,
    total: float,
    words: Sequence[Word],
    rejected: Sequence[Rejected],
    font: Font,
) -> None:
    """A box for each word, with the word in it where it fits and the font has its letters."""
    parts: list[tuple[Word | Rejected, str, str]] = [(each, each.text, TINT) for each in words]
    parts += [(each, "?", UNCLEAR) for each in rejected]
    top, bottom = LANE
    for each, text, fill in parts:
        left, right = at(each.start, total), max(at(each.end, total), at(each.start, total) + 1)
        outline = GRID if right - left >= NARROW else None
        draw.rectangle((left, top, right, bottom), fill=fill, outline=outline)
        if text.isascii() and draw.textlength(text, font) <= right - left:
            draw.text(
                ((left + right) / 2, (top + bottom) / 2), text, fill=INK, font=font, anchor="mm"
            )


def draw_tones(
    image: Image.Image, draw: ImageDraw.ImageDraw, audio: DecodedAudio, font: Font
) -> None:
    """The spectrogram, and ticks in Hz."""
    top, bottom = TONES
    seen = mel_spectrogram(audio, 0.0, audio.seconds)
    pixels = Image.fromarray(colored(seen.decibels)[::-1])
    image.paste(pixels.resize((PLOT, bottom - top), Image.Resampling.BILINEAR), (LEFT, top))
    bands = np.arange(len(seen.hertz)) + 0.5
    draw.text((LEFT - 10, top), "Hz", fill=GRID, font=font, anchor="rt")
    for hertz in TICKS:
        if seen.hertz[0] <= hertz <= seen.hertz[-1]:
            share = float(np.interp(hertz, seen.hertz, bands)) / len(bands)
            y = bottom - share * (bottom - top)
            draw.line((LEFT - 6, y, LEFT, y), fill=GRID)
            draw.text((LEFT - 10, y), f"{hertz:,}", fill=INK, font=font, anchor="rm")


def colored(decibels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Levels (bands, frames) as colors (bands, frames, 3), the loudest the darkest."""
    low, high = float(decibels.min()), float(decibels.max())
    share = (decibels - low) / max(high - low, 1.0)
    anchors = np.linspace(0, 1, len(SCALE))
    colors = np.array([list(bytes.fromhex(each[1:])) for each in SCALE])
    channels = [np.interp(share, anchors, colors[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def draw_time(draw: ImageDraw.ImageDraw, total: float, font: Font) -> None:
    """Ticks in seconds."""
    step = next((each for each in STEPS if total / each <= MOST_TICKS), STEPS[-1])
    y = TONES[1]
    for tick in np.arange(0, total + step / 100, step):
        x = at(float(tick), total)
        anchor = "lt" if not tick else "rt" if x > WIDTH - 2 * RIGHT else "mt"
        draw.line((x, y, x, y + 6), fill=GRID)
        draw.text((x, y + 12), f"{tick:g} s", fill=INK, font=font, anchor=anchor)
