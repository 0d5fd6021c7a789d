"""One transcript from chunks that overlap, and its words as sentences.

Two chunks heard the same seconds, each badly near its own border. Their words there are aligned,
and the transcript goes over from one to the other where they agree, as near as can be to the
middle of the overlap, so that every word is from the chunk that heard more around it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from demos.core.speech.normalization import normalized
from demos.core.speech.transcript import Region, Segment, Word
from demos.core.speech.words import ENDS_CLAUSE, MAX_LINES, joined, lines, spread

MAX_SHIFT = 1.0
"""Seconds by which two chunks may differ on when a word was said; beyond, it is another one."""

PAUSE = 1.0
"""Seconds of silence that end a sentence, whatever its punctuation."""
MIN_SECONDS, MAX_SECONDS = 5 / 6, 7.0
"""How long a subtitle stays (Netflix, Timed Text Style Guide: General Requirements, "Duration")."""
ENDS_SENTENCE = re.compile(r"[.!?…。！？｡][\"'”’)\]」』）]*$")
ABBREVIATED = re.compile(r"(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Nr|No|vs|e\.g|i\.e)\.")
"""A period that ends no sentence."""

Seam = tuple[int, int]
"""How many words of the first chunk to keep, and from which of the second to go on."""


def stitch(previous: Sequence[Word], next: Sequence[Word], overlap: Region) -> list[Word]:
    """Words of two chunks as one text; both heard `overlap`, all times are of the recording.

    `previous` may be everything heard so far: only its end is looked at.
    """
    keep, skip = seam(previous, next, overlap, MAX_SHIFT)
    kept, rest = list(previous[:keep]), list(next[skip:])
    if kept and rest and rest[0].start < kept[-1].end:
        border = max(rest[0].start, middle(kept[-1]))
        kept[-1] = replace(kept[-1], end=border)
        rest = [later(word, border) for word in rest]
    return kept + rest


def stitch_segments(
    previous: Sequence[Segment], next: Sequence[Segment], overlap: Region
) -> list[Segment]:
    """The same for segments whose words have no times: these are estimated from their lengths."""
    first, second = [spread(each) for each in previous], [spread(each) for each in next]
    words = [[word for each in side for word in each] for side in (first, second)]
    keep, skip = seam(words[0], words[1], overlap, overlap.end - overlap.start)
    kept = []
    for segment, said in zip(previous, first, strict=True):
        if keep > 0:
            kept.append(segment if keep >= len(said) else part(segment, said[:keep]))
        keep -= len(said)
    rest = []
    for segment, said in zip(next, second, strict=True):
        if skip < len(said):
            rest.append(segment if skip <= 0 else part(segment, said[skip:]))
        skip -= len(said)
    if kept and rest and rest[0].start < kept[-1].end:
        border = max(rest[0].start, (kept[-1].start + kept[-1].end) / 2)
        kept[-1] = replace(kept[-1], end=border)
        rest[0] = replace(rest[0], start=border, end=max(rest[0].end, border))
    return kept + rest


def later(word: Word, moment: float) -> Word:
    """A word that does not begin before `moment`."""
    if word.start >= moment:
        return word
    return replace(word, start=moment, end=max(word.end, moment))


def part(segment: Segment, said: Sequence[Word]) -> Segment:
    """A segment reduced to some of its words."""
    text = joined(word.text for word in said)
    words = tuple(said) if segment.words else ()
    return Segment(text, said[0].start, said[-1].end, words)


def middle(word: Word) -> float:
    return (word.start + word.end) / 2


def seam(left: Sequence[Word], right: Sequence[Word], overlap: Region, shift: float) -> Seam:
    """Where to go over from `left` to `right`.

    Between the two agreements around the middle of the overlap, a disagreement is settled for the
    chunk whose border is farther; but what only one of them heard is kept.
    """
    length = overlap.end - overlap.start
    if length <= 0:
        return len(left), 0
    shift = min(shift, length / 2)
    center = overlap.start + length / 2
    first = reached(left, overlap.start - shift)
    last = reached(right, overlap.end + shift)
    pairs = [(first + i, j) for i, j in agreements(left[first:], right[:last], shift)]

    def distance(pair: Seam) -> float:
        """Seconds from the center, negative before it."""
        return (middle(left[pair[0]]) + middle(right[pair[1]])) / 2 - center

    # Where they agree on nothing to one side, the overlap itself is the limit.
    before = max(
        (pair for pair in pairs if distance(pair) <= 0),
        default=(reached(left, overlap.start) - 1, -1),
    )
    after = min(
        (pair for pair in pairs if distance(pair) > 0),
        default=(len(left), reached(right, overlap.end)),
    )
    early = before[0] + 1, before[1] + 1
    if after[1] <= early[1]:  # the second chunk heard nothing in between
        return after
    if after[0] <= early[0]:  # the first one did not
        return early
    if not pairs:
        return by_time(left, right, center)
    if before not in pairs:
        return after
    if after not in pairs:
        return early
    return early if -distance(before) <= distance(after) else after


def reached(words: Sequence[Word], moment: float) -> int:
    """How many words, which are in order, are over for the most part by `moment`."""
    count = len(words)
    while count and middle(words[count - 1]) >= moment:
        count -= 1
    return count


def by_time(left: Sequence[Word], right: Sequence[Word], center: float) -> Seam:
    """The seam of two chunks that agree on nothing: the middle, but no word is cut in two."""
    keep = reached(left, max(center, right[0].start))
    skip = reached(right, left[keep - 1].end) if keep else 0
    return keep, skip


def agreements(left: Sequence[Word], right: Sequence[Word], shift: float) -> list[tuple[int, int]]:
    """The longest common subsequence of two lists of words, those said at like times preferred.

    Pairs of places. Words are compared as `normalized`, if at most `shift` seconds apart.
    """
    a, b = ([normalized(word.text) for word in side] for side in (left, right))
    score = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]

    def matched(i: int, j: int) -> float:
        """The score from here on if these two are taken for the same word."""
        apart = abs(middle(left[i]) - middle(right[j]))
        if not a[i] or a[i] != b[j] or apart > shift:
            return 0.0
        return score[i + 1][j + 1] + 1 - apart / shift / 2

    for i in reversed(range(len(a))):
        for j in reversed(range(len(b))):
            score[i][j] = max(score[i + 1][j], score[i][j + 1], matched(i, j))
    pairs, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        if score[i][j] == score[i + 1][j]:
            i += 1
        elif score[i][j] == score[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def sentences(words: Sequence[Word]) -> tuple[Segment, ...]:
    """Words as sentences that can be read as subtitles: two lines, seven seconds at most.

    A sentence ends at a pause or at its punctuation; a longer one is cut after a comma or in the
    longest pause of its second half.
    """
    found: list[Segment] = []
    group: list[Word] = []
    for word in words:
        if not word.text.strip():
            continue
        if group and ended(group, word):
            found.append(sentence(group))
            group = []
        while group and not fits([*group, word]):
            first = best_cut(group, word)
            found.append(sentence(group[:first]))
            group = group[first:]
        group.append(word)
    return (*found, sentence(group)) if group else tuple(found)


def sentence(group: Sequence[Word]) -> Segment:
    text = joined(word.text for word in group)
    return Segment(text, group[0].start, max(word.end for word in group), tuple(group))


def ended(group: Sequence[Word], following: Word) -> bool:
    """Whether a sentence is over before `following`; one too short to be read goes on."""
    last = group[-1]
    if following.start - last.end >= PAUSE:
        return True
    period = ENDS_SENTENCE.search(last.text) and not ABBREVIATED.fullmatch(last.text)
    return bool(period) and last.end - group[0].start >= MIN_SECONDS


def fits(group: Sequence[Word]) -> bool:
    if group[-1].end - group[0].start > MAX_SECONDS:
        return False
    return len(lines(joined(word.text for word in group))) <= MAX_LINES


def best_cut(group: Sequence[Word], following: Word) -> int:
    """After how many words to cut: in the second half, after a comma or else in a pause."""
    half = (len(group) + 1) // 2
    afterwards = [*group[1:], following]
    return max(
        range(half, len(group) + 1),
        key=lambda count: (
            bool(ENDS_CLAUSE.search(group[count - 1].text)),
            round(afterwards[count - 1].start - group[count - 1].end, 2),
            count,
        ),
    )
