"""A transcript as text and as subtitles: TXT, SRT and WebVTT.

SRT has times `HH:MM:SS,mmm` (the form of SubRip), WebVTT `HH:MM:SS.mmm` (W3C, "WebVTT: The Web
Video Text Tracks Format"). A transcript without words gives no subtitles; why is said in the text
file and, as a comment, in the WebVTT file.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from demos.core.speech.stitching import MIN_SECONDS, sentences
from demos.core.speech.transcript import Segment, Transcription
from demos.core.speech.words import MAX_LINES, joined, lines, spread

PARAGRAPH = 2.0
"""Seconds of silence after which the text file begins a new paragraph."""
MIN_MS = round(1000 * MIN_SECONDS)


@dataclass(frozen=True, slots=True)
class Cue:
    """What is read at once, from `start` to `end` in ms: at most two lines, none of them empty."""

    start: int
    end: int
    lines: tuple[str, ...]


def to_txt(heard: Transcription) -> str:
    """The text alone, a paragraph for each stretch of speech."""
    paragraphs: list[list[str]] = []
    last = 0.0
    for segment in heard.segments:
        text = plain(segment.text)
        if not text:
            continue
        if not paragraphs or segment.start - last >= PARAGRAPH:
            paragraphs.append([])
        paragraphs[-1].append(text)
        last = segment.end
    if not paragraphs:
        return f"[{plain(heard.reason)}]\n"
    return "\n\n".join(joined(each) for each in paragraphs) + "\n"


def to_srt(heard: Transcription) -> str:
    return "\n".join(
        f"{number}\n{clock(cue.start, ',')} --> {clock(cue.end, ',')}\n" + block(cue.lines)
        for number, cue in enumerate(cues(heard), start=1)
    )


def to_vtt(heard: Transcription) -> str:
    found = cues(heard)
    parts = ["WEBVTT\n"]
    if not found:
        parts.append(f"NOTE {escaped(plain(heard.reason))}\n")
    parts += [
        f"{clock(cue.start, '.')} --> {clock(cue.end, '.')}\n" + block(map(escaped, cue.lines))
        for cue in found
    ]
    return "\n".join(parts)


def cues(heard: Transcription) -> tuple[Cue, ...]:
    """Subtitles by time: none overlaps another or ends as it begins.

    One that is too short to read stays until it can be read or the next one comes.
    """
    timed = sorted((cue for each in heard.segments for cue in of_segment(each)), key=begin)
    found: list[Cue] = []
    free = 0  # from when on nothing is shown, in ms
    for number, cue in enumerate(timed, start=1):
        start, is_last = max(cue.start, free), number == len(timed)
        limit = round(1000 * heard.seconds) if is_last else timed[number].start
        end = max(cue.end, min(start + MIN_MS, limit))
        free = max(end if is_last else min(end, limit), start + 1)
        found.append(Cue(start, free, cue.lines))
    return tuple(found)


def begin(cue: Cue) -> int:
    return cue.start


def of_segment(segment: Segment) -> list[Cue]:
    """A segment in parts that can be read at once, as timed by its words."""
    found = []
    for part in sentences(spread(segment)):
        rows = lines(plain(part.text))
        groups = [tuple(rows[i : i + MAX_LINES]) for i in range(0, len(rows), MAX_LINES)]
        start, length = max(1000 * part.start, 0), 1000 * (part.end - part.start)
        times = [round(start + length * i / len(groups)) for i in range(len(groups) + 1)]
        found += [Cue(*time, group) for time, group in zip(pairwise(times), groups, strict=True)]
    return found


def clock(ms: int, mark: str) -> str:
    """A time as hours, minutes, seconds and ms; the hours have as many digits as they need."""
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{mark}{ms:03d}"


def plain(text: str) -> str:
    """A text on one line that no player takes for a time or the end of a subtitle."""
    visible = "".join(each for each in text if each.isspace() or unicodedata.category(each) != "Cc")
    return " ".join(visible.split()).replace("-->", "→")


def escaped(line: str) -> str:
    """A line as WebVTT writes it."""
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def block(rows: Iterable[str]) -> str:
    return "".join(f"{row}\n" for row in rows)
