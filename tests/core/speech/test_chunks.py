"""Chunks hold all that was said, fit the model, and are cut in pauses where there are any."""

import random
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest

from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio
from demos.core.speech.chunks import CLOSE, Chunk, plan, plan_so_far
from demos.core.speech.transcript import Region


def test_regions_close_together_share_a_chunk() -> None:
    regions = [Region(1, 4), Region(4.5, 9), Region(9 + CLOSE, 12), Region(20, 22)]
    assert plan(regions, 60, 30) == (Chunk(1, 12), Chunk(20, 22))


def test_a_full_chunk_ends_in_the_longest_pause_of_its_second_half() -> None:
    regions = [Region(0, 10), Region(11.9, 17), Region(18.5, 24), Region(24.2, 29), Region(30, 36)]
    assert plan(regions, 60, 30) == (Chunk(0, 17), Chunk(18.5, 36))


def test_speech_without_pauses_is_cut_evenly_and_overlaps() -> None:
    assert plan([Region(0, 80)], 80, 30, 5) == (
        Chunk(0, 30),
        Chunk(25, 55, overlaps_previous=True),
        Chunk(50, 80, overlaps_previous=True),
    )
    first, second = plan([Region(10, 41)], 60, 30, 5)
    assert (first.start, second.end) == (10, 41)
    assert first.end - second.start == pytest.approx(5)
    assert first.end - first.start == pytest.approx(18)


def test_a_long_region_stands_alone() -> None:
    chunks = plan([Region(0, 2), Region(3, 50), Region(51, 53)], 60, 30, 5)
    assert chunks[0] == Chunk(0, 2) and chunks[-1] == Chunk(51, 53)
    assert [each.overlaps_previous for each in chunks] == [False, False, True, False]


def test_without_an_overlap_nothing_overlaps() -> None:
    assert plan([Region(0, 40)], 40, 20, 0) == (Chunk(0, 20), Chunk(20, 40))


def test_silence_has_no_chunks() -> None:
    assert plan([], 60, 30) == ()
    assert plan([Region(3, 3), Region(70, 80)], 60, 30) == ()


def test_regions_may_be_untidy() -> None:
    regions = [Region(5, 8), Region(-1, 3), Region(7, 12), Region(59, 70)]
    assert plan(regions, 60, 30) == (Chunk(0, 12), Chunk(59, 60))


@pytest.mark.parametrize("overlap", [-1, 16, 30])
def test_an_overlap_that_cannot_be_is_a_defect(overlap: float) -> None:
    with pytest.raises(ValueError, match="overlap"):
        plan([Region(0, 60)], 60, 30, overlap)


@pytest.mark.parametrize("seed", range(40))
def test_every_plan_holds_everything_and_fits(seed: int) -> None:
    draw = random.Random(seed)
    regions, moment = [], 0.0
    while moment < 1800:
        start = moment + draw.choice([0.1, 0.5, 1.5, 4, 30]) * draw.random()
        moment = start + draw.choice([0.3, 3, 12, 100]) * draw.random()
        regions.append(Region(start, moment))
    longest = draw.choice([15.0, 20.0, 30.0])
    chunks = plan(regions, moment, longest, 5)
    assert all(0 < each.end - each.start <= longest + 1e-6 for each in chunks)
    assert not chunks[0].overlaps_previous
    for before, after in pairwise(chunks):
        shared = before.end - after.start
        assert shared == pytest.approx(5) if after.overlaps_previous else shared <= 0
    for region in regions:
        inside = [each for each in chunks if each.end > region.start and each.start < region.end]
        assert inside[0].start <= region.start and inside[-1].end >= region.end
        assert all(b.start <= a.end for a, b in pairwise(inside)), "a gap within speech"
        if region.end - region.start <= longest:
            assert len(inside) == 1, "cut in a region that fits"


@pytest.mark.parametrize("seed", range(20))
def test_what_is_planned_while_regions_are_still_found_stays(seed: int) -> None:
    draw = random.Random(seed)
    regions, moment = [], 0.0
    while moment < 600:
        start = moment + draw.choice([0.1, 0.5, 1.5, 4, 30]) * draw.random()
        moment = start + draw.choice([0.3, 3, 12, 100]) * draw.random()
        regions.append(Region(start, moment))
    whole = plan(regions, moment, 20.0, 5)
    for count in range(len(regions)):
        for until in (regions[count].start, (regions[count - 1].end if count else 0.0)):
            first = plan_so_far(regions[:count], until, 20.0, 5)
            assert first == whole[: len(first)]
            assert sum(each.end <= until for each in whole) <= len(first) + 1, (
                "one is left, no more"
            )
    assert plan_so_far(regions, moment + CLOSE + 1, 20.0, 5) == whole


def test_half_an_hour_takes_the_memory_of_one_chunk() -> None:
    pcm = np.zeros(1800 * SAMPLE_RATE, np.int16)
    audio = DecodedAudio(pcm, "", "call.wav", "WAV", SAMPLE_RATE, 1)
    tracemalloc.start()
    heard = 0
    for chunk in plan([Region(0, 1800)], audio.seconds, 30):
        heard += len(audio.samples(chunk.start, chunk.end))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert heard > 1800 * SAMPLE_RATE
    one_chunk = 30 * SAMPLE_RATE * 4
    assert peak < 3.5 * one_chunk  # the last one is let go when the next one is there
