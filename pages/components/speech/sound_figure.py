"""The figure of a sound and what was heard in it: one axis of time, in seconds, for all its rows.

Frequencies are in Hz on the mel scale, levels in dB below the loudest, as librosa draws them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from demos.core.audio.sound import DecodedAudio
from demos.core.audio.spectrogram import RANGE, MelSpectrogram, mel_spectrogram
from demos.core.audio.waveform import Envelope, envelope
from demos.core.speech.transcript import Region, Rejected, Transcription, Word
from pages.components.speech.transcript import in_words, kind_of, measure, span
from pages.components.theme import theme_kind

HEIGHT = 500
"""Pixels."""
WAVE, LANES, TONES = (0.78, 1.0), (0.57, 0.75), (0.0, 0.54)
"""Shares of the height: waveform, voice and words, spectrogram."""
VOICE, WORDS = 1, 0
"""Lanes, from below."""
LANE = 0.84
"""Of a lane's height."""
MOST_WORDS = 600
"""Drawn at once: of more, none could be read."""
MOST_LINES = 40
"""Words whose beginnings are drawn through the spectrogram: more would hide it."""
GAPS = 500
"""Of the width: pauses shorter than one part in so many are not drawn."""
SPOKEN = 30
"""Words in the text alternative."""
TICKS = (250, 500, 1000, 2000, 4000)
"""Hz."""
LEVELS = (-60, -30, 0)
"""dB in the legend."""
SMALLEST_PEAK = 0.05
"""Of full scale: what never gets louder is drawn as quiet."""
PATTERNS = {"sure": "", "none": "", "less": "/", "unsure": "x", "rejected": "."}
"""What tells words apart that have one color."""

Color = Callable[[str], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A part of a recording, from `start` to `end` seconds."""

    start: float
    end: float
    outline: Envelope
    tones: MelSpectrogram


def look(audio: DecodedAudio, start: float, end: float) -> Seen:
    return Seen(start, end, envelope(audio, start, end), mel_spectrogram(audio, start, end))


def drawn(seen: Seen, heard: Transcription) -> dict[str, Any]:
    """A Plotly figure of a part of a recording."""
    start, end = seen.start, seen.end

    def color(name: str) -> Any:
        return st.get_option(f"theme.{theme_kind()}.{name}Color")

    font = {"size": 14, "color": color("text")}
    words = [each for each in heard.words if overlaps(each, start, end)]
    if len(words) > MOST_WORDS:
        words = []
    rejected = [each for each in heard.rejected if overlaps(each, start, end)]
    shown = [each for each in heard.regions if overlaps(each, start, end)]
    regions = merged(shown, (end - start) / GAPS)
    wave, peak = waveform(seen.outline, color)
    tones, ticks = spectrogram(seen.tones, font)
    axis = {"fixedrange": True, "tickfont": font, "zeroline": False, "showgrid": False}
    return {
        "data": [
            wave,
            tones,
            voices(regions, color),
            *said(words, heard.calibrated, font, color),
            unclear(rejected, heard.calibrated, font, color),
        ],
        "layout": {
            "height": HEIGHT,
            "margin": {"l": 0, "r": 0, "t": 8, "b": 92},
            "font": font,
            "showlegend": False,
            "barmode": "overlay",
            "bargap": 1 - LANE,
            # A label that does not fit its word is left out; it comes back when zoomed to.
            "uniformtext": {"minsize": 12, "mode": "hide"},
            # A finger that scrolls the page must not move the chart.
            "dragmode": False,
            "shapes": [
                *(band(each, color("greenBackground")) for each in regions),
                *(beginning(each, color("text")) for each in words if len(words) <= MOST_LINES),
            ],
            "annotations": [unit(font)],
            "xaxis": axis
            | {"range": [start, end], "ticksuffix": " s", "tickangle": 0, "nticks": 8}
            | {"anchor": "y3"},
            "yaxis": axis
            | {"domain": WAVE, "range": [-peak, peak], "tickvals": [0], "ticktext": ["wave"]}
            | {"automargin": True},
            "yaxis2": axis
            | {"domain": LANES, "range": [-0.5, 1.5], "tickvals": [WORDS, VOICE]}
            | {"ticktext": ["words", "voice"], "automargin": True},
            "yaxis3": axis | {"domain": TONES, "automargin": True} | ticks,
        },
    }


def overlaps(part: Word | Region | Rejected, start: float, end: float) -> bool:
    return part.end > start and part.start < end


def merged(regions: Sequence[Region], gap: float) -> list[Region]:
    """Regions with no gap between them smaller than `gap` seconds."""
    found: list[Region] = []
    for each in sorted(regions, key=lambda region: region.start):
        if found and each.start - found[-1].end < gap:
            found[-1] = Region(found[-1].start, max(found[-1].end, each.end))
        else:
            found.append(each)
    return found


def waveform(seen: Envelope, color: Color) -> tuple[dict[str, Any], float]:
    """The stretch between the lowest and the highest samples, and the largest value drawn."""
    trace = {
        "type": "scatter",
        "mode": "lines",
        "x": np.concatenate([seen.seconds, seen.seconds[::-1]]).astype(np.float32),
        "y": np.concatenate([seen.high, seen.low[::-1]]).astype(np.float32),
        "fill": "toself",
        "fillcolor": color("primary"),
        "line": {"width": 1, "color": color("primary")},
        "hoverinfo": "skip",
    }
    peak = max(float(np.abs(seen.high).max()), float(np.abs(seen.low).max()), SMALLEST_PEAK)
    return trace, 1.05 * peak


def spectrogram(
    seen: MelSpectrogram, font: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The heatmap, a byte a cell, and the ticks of its axis, whose steps are the mel bands."""
    # Silence is as loud as its loudest, and shall not look so.
    levels = seen.decibels if seen.decibels.any() else seen.decibels - RANGE
    colors = st.get_option(f"theme.{theme_kind()}.chartSequentialColors")
    steps = np.linspace(0, 1, len(colors)).tolist()
    bands = np.arange(len(seen.hertz))
    shown = [each for each in TICKS if seen.hertz[0] <= each <= seen.hertz[-1]]
    trace = {
        "type": "heatmap",
        "x": seen.seconds.astype(np.float32),
        "y": [f"{hertz:,.0f} Hz" for hertz in seen.hertz],
        "z": np.rint(levels).astype(np.int8),
        "zmin": -RANGE,
        "zmax": 0,
        "yaxis": "y3",
        "colorscale": [list(pair) for pair in zip(steps, colors, strict=True)],
        "hovertemplate": "%{x:.2f} s, %{y}: %{z} dB<extra></extra>",
        "colorbar": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "len": 0.5,
            "y": 0,
            "yanchor": "top",
            "ypad": 42,
            "xpad": 0,
            "thickness": 8,
            "outlinewidth": 0,
            "tickfont": font,
            "tickangle": 0,
            "tickvals": LEVELS,
            "ticktext": [f"{level} dB" for level in LEVELS],
        },
    }
    ticks = {
        "type": "category",  # what pointing at a cell says, evenly spaced
        "range": [-0.5, len(bands) - 0.5],
        "tickvals": np.interp(shown, seen.hertz, bands).round(2).tolist(),
        "ticktext": [f"{each:,}" for each in shown],
    }
    return trace, ticks


def unit(font: dict[str, Any]) -> dict[str, Any]:
    """What the figures beside the spectrogram are in."""
    place = {"xref": "paper", "x": 0, "xanchor": "right", "xshift": -6}
    height = {"yref": "paper", "y": TONES[1], "yanchor": "top"}
    return {"text": "Hz", "showarrow": False, "font": font} | place | height


def bars(parts: Sequence[Word | Region | Rejected], lane: int) -> dict[str, Any]:
    """Bars from start to end in one lane."""
    return {
        "type": "bar",
        "orientation": "h",
        "yaxis": "y2",
        "base": [round(each.start, 2) for each in parts],
        "x": [round(each.end - each.start, 2) for each in parts],
        "y": [lane] * len(parts),
        "width": LANE,
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "inside",
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def voices(regions: Sequence[Region], color: Color) -> dict[str, Any]:
    return bars(regions, VOICE) | {
        "marker": {"color": color("primary")},
        "hovertext": [f"voice, {span(each.start, each.end)}" for each in regions],
    }


def said(
    words: Sequence[Word], calibrated: bool, font: dict[str, Any], color: Color
) -> Iterable[dict[str, Any]]:
    """The words, in the colors of the transcript."""
    for kind in ("sure", "none", "less", "unsure"):
        parts = [each for each in words if kind_of(each.score) == kind]
        tint, edge = {
            "sure": ("greenBackground", "primary"),
            "none": ("background", "gray"),
        }.get(kind, ("orangeBackground", "orange"))
        yield bars(parts, WORDS) | {
            "marker": {
                "color": color(tint),
                "line": {"color": color(edge), "width": 1},
                "pattern": {"shape": PATTERNS[kind], "fgcolor": color("border"), "size": 8},
            },
            "text": [escape(each.text) for each in parts],
            "textfont": font,
            "hovertext": [hint(each, calibrated) for each in parts],
        }


def hint(word: Word, calibrated: bool) -> str:
    told = f"{escape(word.text)}, {span(word.start, word.end)}"
    if word.score is None:
        return told
    return f"{told}<br>{measure(calibrated)} {in_words(word.score, calibrated)}"


def unclear(
    rejected: Sequence[Rejected], calibrated: bool, font: dict[str, Any], color: Color
) -> dict[str, Any]:
    """Speech that was turned away: hatched, and labeled as in the transcript."""
    return bars(rejected, WORDS) | {
        "marker": {
            "color": color("grayBackground"),
            "line": {"color": color("gray"), "width": 1},
            "pattern": {"shape": PATTERNS["rejected"], "fgcolor": color("border"), "size": 8},
        },
        "text": ["unclear"] * len(rejected),
        "textfont": font,
        "hovertext": [
            f"unclear, {span(each.start, each.end)}<br>nearest: {escape(each.nearest)}, "
            f"{in_words(each.score, calibrated)}"
            for each in rejected
        ],
    }


def band(region: Region, color: str) -> dict[str, Any]:
    """Where there is a voice, behind the waveform."""
    return {
        "type": "rect",
        "layer": "below",
        "line": {"width": 0},
        "fillcolor": color,
        "x0": region.start,
        "x1": region.end,
        "yref": "paper",
        "y0": WAVE[0],
        "y1": WAVE[1],
    }


def beginning(word: Word, color: str) -> dict[str, Any]:
    """A line from a word down through the spectrogram."""
    return {
        "type": "line",
        "line": {"width": 1, "dash": "dot", "color": color},
        "opacity": 0.5,
        "x0": word.start,
        "x1": word.start,
        "yref": "paper",
        "y0": TONES[0],
        "y1": LANES[0],
    }


def in_sentences(heard: Transcription, start: float, end: float) -> str:
    """What the figure shows, for whoever cannot see it."""
    words = [each for each in heard.words if overlaps(each, start, end)]
    regions = [each for each in heard.regions if overlaps(each, start, end)]
    rejected = [each for each in heard.rejected if overlaps(each, start, end)]
    parts = [f"Waveform and mel spectrogram, {span(start, end)}."]
    for name, spans in (
        ("Voice", [span(each.start, each.end) for each in regions]),
        ("Words", [f"{each.text} {span(each.start, each.end)}" for each in words]),
        ("Unclear", [span(each.start, each.end) for each in rejected]),
    ):
        more = f" and {len(spans) - SPOKEN:,} more" if len(spans) > SPOKEN else ""
        parts.append(f"{name}: {'; '.join(spans[:SPOKEN]) or 'none'}{more}.")
    return " ".join(parts)
