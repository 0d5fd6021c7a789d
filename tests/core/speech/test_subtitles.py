"""Subtitle files hold what was said, in the forms that players read."""

import random
import re
from dataclasses import replace
from itertools import pairwise

import pytest

from demos.core.speech.subtitles import clock, cues, to_srt, to_txt, to_vtt
from demos.core.speech.transcript import Segment, Word
from demos.core.speech.words import width
from tests.core.speech.heard import segment, silence, transcription

HEARD = transcription(
    [segment("Good morning, how can I help?", 0.5), segment("My screen is black.", 6)]
)
SRT_TIME = re.compile(r"(\d{2,}):(\d\d):(\d\d),(\d{3}) --> (\d{2,}):(\d\d):(\d\d),(\d{3})")


def test_srt_is_numbered_and_timed() -> None:
    assert to_srt(HEARD) == (
        "1\n00:00:00,500 --> 00:00:02,900\nGood morning, how can I help?\n"
        "\n"
        "2\n00:00:06,000 --> 00:00:07,600\nMy screen is black.\n"
    )


def test_vtt_is_escaped() -> None:
    heard = transcription([segment("R&D <b> a --> b")])
    assert to_vtt(heard) == ("WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nR&amp;D &lt;b&gt; a → b\n")


def test_text_has_a_paragraph_for_each_stretch() -> None:
    assert to_txt(HEARD) == "Good morning, how can I help?\n\nMy screen is black.\n"
    close = transcription([segment("One two.", 0), segment("Three four.", 1)])
    assert to_txt(close) == "One two. Three four.\n"


def test_silence_gives_no_words() -> None:
    assert to_srt(silence()) == ""
    assert to_vtt(silence()) == "WEBVTT\n\nNOTE No speech detected.\n"
    assert to_txt(silence()) == "[No speech detected.]\n"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "00:00:00,000"),
        (0.9996, "00:00:01,000"),
        (59.9999, "00:01:00,000"),
        (3599.9996, "01:00:00,000"),
        (3723.45, "01:02:03,450"),
        (360_000.001, "100:00:00,001"),
    ],
)
def test_times_carry_over(seconds: float, text: str) -> None:
    assert clock(round(1000 * seconds), ",") == text


def test_a_text_cannot_end_its_subtitle_or_begin_another() -> None:
    attack = "one\n\n2\n00:00:09,000 --> 00:00:10,000\x00\r\n\u2028two"
    text = to_srt(transcription([Segment(attack, 0, 5)]))
    assert len(SRT_TIME.findall(text)) == 1 == text.count("-->")
    assert "\n\n" not in text and "\x00" not in text
    vtt = to_vtt(transcription([Segment(attack, 0, 5)]))
    assert vtt.count("-->") == 1 and vtt.count("\n\n") == 1


def test_the_reason_cannot_begin_a_subtitle() -> None:
    attacked = replace(silence(), reason="x\n\n00:00.000 --> 00:01.000\nfalse")
    assert "-->" not in to_vtt(attacked) and to_vtt(attacked).count("\n\n") == 1


def test_a_long_segment_without_word_times_is_split() -> None:
    heard = transcription([Segment("word " * 60, 3, 27)], seconds=30)
    found = cues(heard)
    assert len(found) >= 4
    assert (found[0].start, found[-1].end) == (3000, 27000)
    assert " ".join(line for cue in found for line in cue.lines) == ("word " * 60).strip()


def test_a_short_subtitle_stays_until_it_can_be_read() -> None:
    words = [Segment("up", 1.0, 1.1), Segment("down", 1.5, 1.6), Segment("left", 5.0, 5.1)]
    times = [(cue.start, cue.end) for cue in cues(transcription(words, seconds=5.4))]
    assert times == [(1000, 1500), (1500, 2333), (5000, 5400)]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_a_model_says_gives_proper_subtitles(seed: int) -> None:
    """Times out of order, empty, overlapping; words of any length and script."""
    draw = random.Random(seed)
    segments = []
    for _ in range(30):
        start = draw.uniform(-1, 100)
        texts = [
            draw.choice(["hello", "x" * 120, "今日は晴れ。", "", " ", "-->", "a\n\nb", "ok."])
            for _ in range(draw.randint(0, 25))
        ]
        end = start + draw.choice([0, 0.0001, 2, 40])
        timed = [draw.uniform(start - 1, end + 1) for _ in texts]
        words = tuple(
            Word(text, time, time + draw.choice([0, 0.3]))
            for text, time in zip(texts, sorted(timed), strict=True)
        )
        segments.append(Segment(" ".join(texts), start, end, draw.choice([words, ()])))
    found = cues(transcription(segments, seconds=100))
    assert all(cue.start >= 0 and cue.end > cue.start for cue in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(1 <= len(cue.lines) <= 2 for cue in found)
    assert all(line.strip() and width(line) <= 42 for cue in found for line in cue.lines)
    assert to_srt(transcription(segments)).count("-->") == len(found)
