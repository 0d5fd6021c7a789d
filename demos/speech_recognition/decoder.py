"""From phone probabilities to words of a lexicon, or to the finding that none of them was said.

CTC says for every moment which phone is heard, mostly none. `segments` finds the likeliest way to
read a stretch as words of the lexicon, pauses, and speech that is no word of it (any phones, each
at a price), by token passing (Young et al. 1989) over all pronunciations at once. `scores_of` then
asks how well every word fits one part of it, over all ways to place its phones (the forward pass
of Graves et al. 2006), and `free_score` how well any phones at all would.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from demos.speech_recognition.lexicon import (
    BLANK,
    DIGITS,
    PHONES,
    PRONUNCIATIONS,
    TOKENS,
    WORDS,
    tokens,
)

Floats = NDArray[np.float32]
NEVER = np.float32(-1e9)
UNKNOWN = len(WORDS)
"""In place of a word: speech that is none."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Taken off a path's log-probability, in nats. Chosen on validation recordings.

    `word` for every word, `unknown` for every run of speech that is no word and `phone` for every
    phone in it, `switch` for a word that is no digit next to a digit, or the other way round:
    commands are said one at a time, digits in a row.
    """

    word: float
    unknown: float
    phone: float
    switch: float


@dataclass(frozen=True, slots=True)
class Segment:
    """Frames from `start` to before `end`, and the place of their word in `WORDS`, or `UNKNOWN`."""

    word: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """All pronunciations as one row of states: for each phone the phone, then a blank.

    `token` is what a state emits, `word` the word it belongs to; `first` and `last` are the states
    in which a pronunciation begins and those in which it may end. `skips` are the phones that may
    follow the phone before at once: those that differ from it.
    """

    token: NDArray[np.int64]
    word: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    inner: NDArray[np.bool_]
    skips: NDArray[np.bool_]
    digit: NDArray[np.bool_]


@cache
def lexicon() -> Lexicon:
    token: list[int] = []
    word: list[int] = []
    first: list[int] = []
    last: list[int] = []
    for place, name in enumerate(WORDS):
        for way in PRONUNCIATIONS[name]:
            first.append(len(token))
            for phone in tokens(way):
                token += [phone, BLANK]
                word += [place, place]
            last += [len(token) - 2, len(token) - 1]
    tokens_, states = np.array(token), np.arange(len(token))
    starts = np.isin(states, first)
    before = np.roll(tokens_, 2)
    return Lexicon(
        token=tokens_,
        word=np.array(word),
        first=np.array(first),
        last=np.array(last),
        inner=~starts,
        skips=(tokens_ != BLANK) & ~starts & (tokens_ != before),
        digit=np.array([name in DIGITS for name in WORDS]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """Those of `segments`: of the words, from `pause` on the blank between words, from `spoken` on
    the phones of unknown speech, and `hushed`, its blank; `size` in all.

    `emits` is the token of each; `before` and `second` are the states one and two before those of
    words; `digits` and `others` where words of either kind begin; `ends` where anything may end.
    `kind` is 1 for the states of a digit, 2 for those of another word.
    """

    pause: int
    spoken: int
    hushed: int
    size: int
    emits: NDArray[np.int64]
    before: NDArray[np.int32]
    second: NDArray[np.int32]
    digits: NDArray[np.int64]
    others: NDArray[np.int64]
    ends: NDArray[np.int64]
    kind: NDArray[np.int8]


@cache
def states(lex: Lexicon) -> States:
    pause = len(lex.token)
    spoken, hushed = pause + 1, pause + 1 + len(PHONES)
    own = np.arange(pause, dtype=np.int32)
    is_digit = lex.digit[lex.word[lex.first]]
    return States(
        pause=pause,
        spoken=spoken,
        hushed=hushed,
        size=hushed + 1,
        emits=np.concatenate([lex.token, [BLANK], np.arange(1, TOKENS), [BLANK]]),
        before=np.roll(own, 1),
        second=np.roll(own, 2),
        digits=lex.first[is_digit],
        others=lex.first[~is_digit],
        ends=np.concatenate([lex.last, np.arange(pause, hushed + 1)]),
        kind=np.where(lex.digit[lex.word], 1, 2).astype(np.int8),
    )


def segments(found: Floats, prices: Prices) -> list[Segment]:
    """The likeliest words, in order, for log-probabilities (T, TOKENS); silence has none."""
    lex = lexicon()
    at = states(lex)
    pause, spoken, hushed = at.pause, at.spoken, at.hushed
    word, switch = np.float32(prices.word), np.float32(prices.switch)
    phone, unknown = np.float32(prices.phone), np.float32(prices.unknown)
    score = np.full(at.size, NEVER, np.float32)
    score[pause] = 0.0
    came = np.empty((len(found), at.size), np.int32)
    came[:] = np.arange(at.size)
    # What the last word was, for states after it as well: it outlives the pause. 0: nothing yet.
    was = np.concatenate([at.kind, np.zeros(at.size - pause, np.int8)])
    step, over = np.full((2, pause), NEVER, np.float32)
    emitted = found[:, at.emits]
    for t, source in enumerate(came):
        best = score.copy()
        in_words, from_words = best[:pause], source[:pause]
        # On to the next state of the same word, or over the blank between two phones.
        np.copyto(step[1:], score[: pause - 1], where=lex.inner[1:])
        offer(in_words, from_words, step, at.before)
        np.copyto(over[2:], score[: pause - 2], where=lex.skips[2:])
        offer(in_words, from_words, over, at.second)
        # Where a word or unknown speech ends, another begins, at once or after a pause.
        values, kinds = score[at.ends], was[at.ends]
        for to, wrong in ((at.digits, 2), (at.others, 1)):
            priced = values - switch * (kinds == wrong)
            k = int(priced.argmax())
            better = to[priced[k] - word > best[to]]
            best[better], source[better] = priced[k] - word, at.ends[k]
        words_end = int(lex.last[score[lex.last].argmax()])
        inside = spoken + int(score[spoken:].argmax())
        for end in (words_end, inside):
            if score[end] > best[pause]:
                best[pause], source[pause] = score[end], end
        # Unknown speech: any phone after any other, each at its price.
        into = pause if score[pause] >= score[words_end] else words_end
        for origin, value in (
            (inside, score[inside] - phone),
            (into, score[into] - phone - unknown),
        ):
            offer(best[spoken:hushed], source[spoken:hushed], value, origin)
        loudest = spoken + int(score[spoken:hushed].argmax())
        if score[loudest] > best[hushed]:
            best[hushed], source[hushed] = score[loudest], loudest
        was[pause:] = was[source[pause:]]
        score = best + emitted[t]
    return read_back(score, came, lex, pause, spoken)


def offer(
    best: Floats,
    source: NDArray[np.int32],
    value: Floats | np.float32,
    origin: NDArray[np.int32] | int,
) -> None:
    """Where `value` beats the best so far, that is the best, and comes from `origin`."""
    better = value > best
    np.copyto(best, value, where=better)
    np.copyto(source, origin, where=better)


def read_back(
    score: Floats, came: NDArray[np.int32], lex: Lexicon, pause: int, spoken: int
) -> list[Segment]:
    """The path that ends best, from its end to its beginning, as words."""
    count = len(lex.token)
    ends = np.concatenate([lex.last, np.arange(pause, len(score))])
    state = int(ends[score[ends].argmax()])
    path = np.empty(len(came), np.int64)
    for t in range(len(came) - 1, -1, -1):
        path[t] = state
        state = int(came[t][state])
    found: list[Segment] = []
    first = set(lex.first.tolist())
    for t, at in enumerate(path.tolist()):
        if at == pause:
            continue
        word = int(lex.word[at]) if at < count else UNKNOWN
        new = t == 0 or path[t - 1] == pause or (at >= count) != (path[t - 1] >= count)
        if at < count and at in first and t and path[t - 1] != at:
            new = True
        if new:
            found.append(Segment(word, t, t + 1))
        else:
            last = found[-1]
            found[-1] = Segment(last.word, last.start, t + 1)
    return [trimmed(each, path, lex, count) for each in found]


def trimmed(segment: Segment, path: NDArray[np.int64], lex: Lexicon, count: int) -> Segment:
    """Without the blanks after its last phone."""
    end = segment.end
    while end > segment.start + 1:
        at = int(path[end - 1])
        blank = lex.token[at] == BLANK if at < count else at == count + 1 + len(PHONES)
        if not blank:
            break
        end -= 1
    return Segment(segment.word, segment.start, end)


def scores_of(found: Floats) -> Floats:
    """How well each word fits `found` (..., T, TOKENS) as a whole: CTC's logarithms (..., 35)."""
    lex = lexicon()
    state = np.full((*found.shape[:-2], len(lex.token)), NEVER, np.float32)
    lead = np.zeros((*found.shape[:-2], 1), np.float32)  # of blanks only, before the first phone
    step, over = np.full((2, *state.shape), NEVER, np.float32)
    for t in range(found.shape[-2]):
        row = found[..., t, :]
        step[..., 1:] = state[..., :-1]
        step[..., lex.first] = lead
        np.copyto(over[..., 2:], state[..., :-2], where=lex.skips[2:])
        state = np.logaddexp(np.logaddexp(state, step), over) + row[..., lex.token]
        lead = lead + row[..., [BLANK]]
    ends = np.maximum(state[..., lex.last], NEVER)
    # The ends of all ways to say a word stand side by side.
    begins = np.flatnonzero(np.diff(lex.word[lex.last], prepend=-1))
    scores: Floats = np.logaddexp.reduceat(ends, begins, axis=-1)
    return scores


def free_score(found: Floats) -> float:
    """What the likeliest tokens get, whatever they spell."""
    return float(found.max(axis=1).sum())


def widened(parts: Sequence[Segment], frames: int, most: int) -> list[tuple[int, int]]:
    """Each segment with the silence around it, up to half of what lies between two, `most`."""
    found = []
    for k, each in enumerate(parts):
        before = parts[k - 1].end if k else max(each.start - 2 * most, 0)
        after = parts[k + 1].start if k + 1 < len(parts) else min(each.end + 2 * most, frames)
        start = max(each.start - min((each.start - before) // 2, most), 0)
        found.append((start, min(each.end + min((after - each.end + 1) // 2, most), frames)))
    return found
