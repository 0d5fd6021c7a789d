"""A transcript as people read it: lines with their times, and how sure each word is.

Never by color alone: what is less sure is underlined, and a legend says so in words.
"""

from collections.abc import Iterator

import streamlit as st

from demos.core.audio.sound import DecodedAudio
from demos.core.results import Outcome
from demos.core.speech.transcript import Rejected, Segment, Transcription
from demos.core.wording import duration, model_score, percent, significant
from pages.components.result import OUTCOMES
from pages.components.speech.player import Line, Part, Script, show_player
from pages.components.text import plain

SURE, LESS_SURE = 0.9, 0.6
"""A word of at least such a score is drawn as sure, as less sure; below, as unsure."""
SCORED = {"sure", "less", "unsure"}
UNCLEAR = "speech that fits no word the model knows"


def show_transcript(audio: DecodedAudio, heard: Transcription, title: str, key: str) -> None:
    """What was heard, in words to click on under the recording; also while there is more to come.

    `title` names the recording; `key` tells this place on the page from others.
    """
    if heard.outcome is not Outcome.ANSWER and heard.done >= heard.seconds:
        st.markdown(f"**{OUTCOMES[heard.outcome]}** {plain(heard.reason)}")
    show_player(audio, f"Recording: {title}", key, script(heard))
    if heard.done >= heard.seconds:
        st.caption(facts(heard))


def facts(heard: Transcription) -> str:
    """Length, time taken and language, in one line."""
    seconds = heard.provenance.seconds
    took = f"{duration(heard.seconds)} of sound transcribed in {duration(seconds)}"
    if heard.seconds:
        took += f", {significant(seconds / heard.seconds, 2)} times its length"
    parts = [took, plain(heard.provenance.setting)]
    if heard.language:
        parts.insert(1, f"language: {plain(heard.language)}")
    return " · ".join(parts)


def script(heard: Transcription) -> Script:
    """The transcript as the player takes it."""
    lines = tuple(lines_of(heard))
    used = {part[3] for line in lines for part in line.parts}
    used |= {""} if used & SCORED else set()
    return Script(
        lines=lines,
        measure=measure(heard.calibrated),
        legend=tuple(pair for pair in legend(heard.calibrated) if pair[0] in used),
        language=heard.language,
        partial=heard.done < heard.seconds,
        empty="" if heard.reason else "Nothing was heard.",
    )


def legend(calibrated: bool) -> tuple[tuple[str, str], ...]:
    """What each kind of part means; what scores are comes first, under no kind."""
    if calibrated:
        high, low = f"{100 * SURE:.0f} %", f"{100 * LESS_SURE:.0f} %"
    else:
        high, low = f"{SURE:g}", f"{LESS_SURE:g}"
    return (
        ("", f"{measure(calibrated).capitalize()} of a word:"),
        ("sure", f"{high} or more"),
        ("less", f"{low} to {high}"),
        ("unsure", f"below {low}"),
        ("none", "no score"),
        ("rejected", UNCLEAR),
    )


def measure(calibrated: bool) -> str:
    """What scores are called."""
    return "probability" if calibrated else "model score"


def lines_of(heard: Transcription) -> Iterator[Line]:
    """A line per segment, with the speech that was turned away where it was said."""
    left = sorted(heard.rejected, key=lambda each: each.start)
    for segment in heard.segments:
        while left and left[0].start < segment.start:
            yield alone(left.pop(0), heard.calibrated)
        parts = parts_of(segment, heard.calibrated)
        while left and left[0].start < segment.end:
            parts.append(unclear(left.pop(0), heard.calibrated))
        if parts:
            parts.sort(key=lambda part: part[1])
            yield Line(clock(segment.start), tuple(parts))
    for each in left:
        yield alone(each, heard.calibrated)


def parts_of(segment: Segment, calibrated: bool) -> list[Part]:
    """The words, or the whole text where words have no times."""
    if segment.words:
        return [
            (
                word.text,
                moment(word.start),
                moment(word.end),
                kind_of(word.score),
                "" if word.score is None else in_words(word.score, calibrated),
            )
            for word in segment.words
        ]
    if not segment.text:
        return []
    return [(segment.text, moment(segment.start), moment(segment.end), "none", "")]


def unclear(rejected: Rejected, calibrated: bool) -> Part:
    start, end = rejected.start, rejected.end
    nearest = f"nearest word “{rejected.nearest}”, {in_words(rejected.score, calibrated)}"
    return (
        f"[unclear {span(start, end)}]",
        moment(start),
        moment(end),
        "rejected",
        nearest if rejected.nearest else "",
    )


def alone(rejected: Rejected, calibrated: bool) -> Line:
    return Line(clock(rejected.start), (unclear(rejected, calibrated),))


def kind_of(score: float | None) -> str:
    """`sure`, `less`, `unsure`, or `none` without a score."""
    if score is None:
        return "none"
    return "sure" if score >= SURE else "less" if score >= LESS_SURE else "unsure"


def in_words(score: float, calibrated: bool) -> str:
    return percent(score) if calibrated else model_score(score)


def moment(seconds: float) -> float:
    """As it is sent: hundredths are finer than any model times its words."""
    return round(float(seconds), 2)


def span(start: float, end: float) -> str:
    """A stretch in the first minute in seconds, a later one in minutes and seconds."""
    if end < 60:
        return f"{start:.1f}–{end:.1f} s"
    return "–".join(f"{int(at // 60)}:{at % 60:04.1f}" for at in (start, end))


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
