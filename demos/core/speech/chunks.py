"""How a long recording is heard: in chunks, cut in pauses, so that one chunk bounds the memory."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from demos.core.speech.transcript import Region

CLOSE = 2.0
"""Seconds: regions farther apart are heard separately, for silence invites made-up words."""
OVERLAP = 5.0
"""Seconds that two chunks share where there was no pause to cut in."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is heard at once, in seconds; `overlaps_previous` if it begins before the last ended."""

    start: float
    end: float
    overlaps_previous: bool = False


def plan(
    regions: Iterable[Region], seconds: float, longest: float, overlap: float = OVERLAP
) -> tuple[Chunk, ...]:
    """Chunks of at most `longest` seconds that hold every region of a recording of `seconds`.

    Regions no more than `CLOSE` apart share a chunk as long as they fit it; where they do not, it
    ends in the longest pause of its second half. A region longer than `longest` is cut evenly into
    chunks that share `overlap` seconds. Raises `ValueError` if those are more than half a chunk.
    """
    if not 0 <= overlap <= longest / 2:
        raise ValueError(f"an overlap of {overlap} s does not suit chunks of {longest} s")
    chunks: list[Chunk] = []
    run: list[Region] = []
    for region in in_order(regions, seconds):
        too_long = region.end - region.start > longest
        if run and (too_long or region.start - run[-1].end > CLOSE):
            chunks.append(around(run))
            run = []
        while run and region.end - run[0].start > longest:
            first = cut(run, region, longest)
            chunks.append(around(run[:first]))
            run = run[first:]
        if too_long:
            chunks += windows(region, longest, overlap)
        else:
            run.append(region)
    return (*chunks, around(run)) if run else tuple(chunks)


def plan_so_far(
    regions: Iterable[Region], until: float, longest: float, overlap: float = OVERLAP
) -> tuple[Chunk, ...]:
    """The first chunks of `plan`, as far as no region that begins after `until` changes them.

    `regions` are those before.
    """
    chunks = plan(regions, until, longest, overlap)
    return chunks if chunks and until - chunks[-1].end > CLOSE else chunks[:-1]


def in_order(regions: Iterable[Region], seconds: float) -> list[Region]:
    """Regions by time, within the recording, those that touch made one."""
    merged: list[Region] = []
    for region in sorted(regions, key=lambda each: each.start):
        start, end = max(region.start, 0.0), min(region.end, seconds)
        if merged and start <= merged[-1].end:
            merged[-1] = Region(merged[-1].start, max(end, merged[-1].end))
        elif start < end:
            merged.append(Region(start, end))
    return merged


def around(run: list[Region]) -> Chunk:
    return Chunk(run[0].start, run[-1].end)


def cut(run: list[Region], following: Region, longest: float) -> int:
    """How many regions of `run` to hear first: up to the longest pause past half a chunk."""
    half = run[0].start + longest / 2
    pauses = [
        (after.start - before.end, number)
        for number, (before, after) in enumerate(
            zip(run, [*run[1:], following], strict=True), start=1
        )
        if before.end >= half or number == len(run)
    ]
    return max(pauses)[1]


def windows(region: Region, longest: float, overlap: float) -> list[Chunk]:
    """A region without pauses as chunks of one length, any two in a row sharing `overlap`."""
    length = region.end - region.start
    number = math.ceil((length - overlap) / (longest - overlap))
    step = (length - overlap) / number
    starts = [region.start + step * index for index in range(number)]
    ends = [start + step + overlap for start in starts[:-1]] + [region.end]
    return [
        Chunk(start, end, overlaps_previous=index > 0 and overlap > 0)
        for index, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
