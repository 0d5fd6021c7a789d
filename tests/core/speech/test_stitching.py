"""Chunks that overlap give what was said: every word once, whatever happened at their borders."""

import random
from itertools import pairwise

import pytest

from demos.core.speech.chunks import plan
from demos.core.speech.stitching import sentences, stitch, stitch_segments
from demos.core.speech.transcript import Region, Segment, Word
from demos.core.speech.words import joined
from tests.core.speech.heard import said

OVERLAP = Region(10, 15)


def text(words: list[Word]) -> str:
    return joined(word.text for word in words)


def stitched(previous: list[Word], following: list[Word]) -> str:
    words = stitch(previous, following, OVERLAP)
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(words)), "times run backwards"
    assert all(word.start <= word.end for word in words)
    return text(words)


def test_what_both_heard_is_said_once() -> None:
    left = said("i would like to book a table for two", 11.4)
    right = said("book a table for two at eight please", 13)
    assert stitched(left, right) == "i would like to book a table for two at eight please"


def test_words_cut_at_the_borders_are_taken_from_the_other_chunk() -> None:
    left = [*said("one two three four five six", 10), Word("sev", 12.4, 12.6)]
    right = [Word("ee", 10.9, 11.2), *said("four five six seven eight", 11.2)]
    assert stitched(left, right) == "one two three four five six seven eight"


def test_case_punctuation_and_digits_do_not_keep_words_apart() -> None:
    left = said("Call Five now, please", 12)
    right = said("call 5 now please. Thanks", 12)
    assert stitched(left, right) in ("Call Five now please. Thanks", "Call 5 now please. Thanks")


def test_a_repeated_phrase_stays_as_often_as_it_was_said() -> None:
    left = said("no no no no i said", 11)
    right = said("no no no i said never", 11.4)
    assert stitched(left, right) == "no no no no i said never"
    twice = said("call me back call me back today", 11)
    garbled = [Word("ack", 11.9, 12.2), *said("call me back today yes", 12.2)]
    assert stitched(twice, garbled) == "call me back call me back today yes"


def test_the_same_word_said_later_is_another_one() -> None:
    left = said("yes", 10.2)
    right = said("yes", 14.2)
    assert stitched(left, right) == "yes yes"


def test_a_disagreement_is_settled_for_the_farther_border() -> None:
    said_early = said("we met their then at noon", 10)
    heard_well = said("we met there then at noon", 10)
    assert stitched(heard_well, said_early) == text(heard_well)
    late = said("the boat left at dawn", 13)
    late_well = said("the coat left at dawn", 13)
    assert stitched(late, late_well) == text(late_well)


def test_what_only_one_heard_is_kept() -> None:
    whole = said("a b c d e f g h i j k l", 10.1)
    assert stitched(whole[:3], whole[1:]) == text(whole), "the first stopped early"
    assert stitched(whole, whole[9:]) == text(whole), "the second began late"
    assert stitched(whole, whole[:3] + whole[9:]) == text(whole), "a hole in the second"
    assert stitched(whole[:3] + whole[9:], whole) == text(whole), "a hole in the first"


def test_without_any_agreement_the_middle_decides() -> None:
    left, right = said("a b c d e f g h i j k l", 10.1), said("m n o p q r s t u v w x", 10.1)
    assert stitched(left, right) == "a b c d e f s t u v w x"
    assert stitched(left[:4], right[8:]) == "a b c d u v w x"
    wide = [Word("cat", 12.3, 12.7)]
    assert stitched(wide, [Word("cut", 12.35, 12.75)]) in ("cat", "cut")


@pytest.mark.parametrize("place", [0, 11, 14])
def test_an_empty_side_leaves_the_other(place: float) -> None:
    words = said("up and down", place)
    assert stitched(words, []) == "up and down"
    late = said("up and down", place + 10)
    assert stitched([], late) == "up and down"
    assert stitch([], [], OVERLAP) == []


def test_chunks_that_share_nothing_are_joined() -> None:
    words = stitch(said("one", 1), said("two", 5), Region(3, 3))
    assert text(words) == "one two"


def test_words_outside_the_overlap_are_left_alone() -> None:
    before, after = said("a b c d", 0), said("e f g h", 20)
    words = stitch([*before, *said("x y", 12)], [*said("x y", 12), *after], OVERLAP)
    assert words[:4] == before and words[-4:] == after
    assert text(words) == "a b c d x y e f g h"


def test_a_loop_of_a_model_does_not_swallow_what_the_other_heard() -> None:
    left = [*said("this is the end", 10), *said("end " * 200, 11.6, 0.017)]
    right = said("is the end of the story", 10.4)
    assert stitched(left, right).endswith("the end of the story")


@pytest.mark.parametrize("seed", range(60))
def test_a_known_text_cut_into_windows_comes_back(seed: int) -> None:
    """Few different words, so that phrases repeat; borders garbled, times inexact."""
    draw = random.Random(seed)
    vocabulary = "no yes one two three go up down the a".split()
    truth, moment = [], 0.0
    while moment < 120:
        length = draw.uniform(0.15, 0.6)
        truth.append(Word(draw.choice(vocabulary), moment, moment + length))
        moment += length + draw.choice([0, 0, 0.05, 0.3])
    end = truth[-1].end
    chunks = plan([Region(0, end)], end, draw.choice([15, 20, 30]), 5)
    words: list[Word] = []
    border = 0.0
    for chunk in chunks:
        heard = hear(truth, chunk.start, chunk.end, end, draw)
        words = stitch(words, heard, Region(chunk.start, border)) if border else heard
        border = chunk.end
    assert [word.text for word in words] == [word.text for word in truth]
    for word, true in zip(words, truth, strict=True):
        assert abs(word.start - true.start) <= 0.35 and abs(word.end - true.end) <= 0.35


def hear(
    truth: list[Word], start: float, end: float, last: float, draw: random.Random
) -> list[Word]:
    """What a model may make of a window: words near its borders garbled, lost or made up."""
    heard = []
    for word in truth:
        if word.end <= start or word.start >= end:
            continue
        shift = draw.uniform(-0.1, 0.1)
        times = max(word.start + shift, start), min(word.end + shift, end)
        near = (start > 0 and word.start < start + 1.2) or (end < last and word.end > end - 1.2)
        cut = word.start < start or word.end > end
        fate = draw.choice(["whole", "garbled", "lost", "other"]) if near else "whole"
        if cut and fate == "whole":
            fate = "garbled"
        if fate == "lost":
            continue
        spelled = {"whole": word.text, "garbled": word.text[:1] + "h", "other": "no"}[fate]
        heard.append(Word(spelled, *times))
    return heard


def test_segments_without_word_times_are_stitched_too() -> None:
    left = [
        Segment("Good morning, this is the service desk.", 5, 9),
        Segment("How can I help you tod", 9, 12),
    ]
    right = [
        Segment("Can I help you today?", 9.8, 12),
        Segment("My screen is black.", 12.5, 15),
    ]
    segments = stitch_segments(left, right, Region(9.7, 12))
    assert joined(each.text for each in segments) == (
        "Good morning, this is the service desk. How can I help you today? My screen is black."
    )
    assert segments[0] is left[0] and segments[-1] is right[-1]
    assert all(a.end <= b.start for a, b in pairwise(segments))


def test_segments_of_a_script_without_spaces_are_stitched() -> None:
    left = [Segment("今日はとても天気が", 8, 12)]
    right = [Segment("とても天気がいいです。", 9.4, 14)]
    segments = stitch_segments(left, right, Region(9.4, 12))
    assert "".join(each.text for each in segments) == "今日はとても天気がいいです。"


def test_segments_on_one_side_only() -> None:
    only = [Segment("Hello there.", 11, 12)]
    assert stitch_segments(only, [], OVERLAP) == only
    assert stitch_segments([], only, OVERLAP) == only


def test_sentences_end_at_punctuation_and_pauses() -> None:
    words = [
        *said("Dr. Smith is in.", 0),
        *said("He left at 3.5 hours ago!", 1.6),
        *said("no more", 6),
    ]
    assert [each.text for each in sentences(words)] == [
        "Dr. Smith is in.",
        "He left at 3.5 hours ago!",
        "no more",
    ]


def test_a_sentence_too_short_to_read_goes_on() -> None:
    assert [each.text for each in sentences(said("Yes. I would like that.", each=0.3))] == [
        "Yes. I would like that."
    ]


def test_a_long_sentence_is_cut_after_a_comma_or_in_a_pause() -> None:
    words = said("a b c d e f g h i j k, l m n o p q r s t", each=0.4)
    assert next(each.text for each in sentences(words)).endswith("k,")
    left, right = said("w " * 12, each=0.4), said("v " * 12, 5.3, 0.4)
    assert [len(each.words) for each in sentences(left + right)] == [12, 12]


@pytest.mark.parametrize("seed", range(20))
def test_sentences_keep_every_word_and_can_be_read(seed: int) -> None:
    draw = random.Random(seed)
    words, moment = [], 0.0
    for _ in range(400):
        letters = "x" * draw.choice([1, 3, 5, 9, 14]) + draw.choice(["", "", ",", "."])
        length = draw.uniform(0.05, 0.8)
        words.append(Word(letters, moment, moment + length))
        moment += length + draw.choice([0, 0, 0.2, 1.5])
    found = sentences(words)
    assert [word for each in found for word in each.words] == words
    assert all(each.end - each.start <= 7 for each in found)
    assert all(len(each.text) <= 85 for each in found)
    assert sentences([]) == ()
