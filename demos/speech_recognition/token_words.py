"""From the tokens a recognizer wrote to words, with times and scores."""

import math
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from demos.core.speech.transcript import Region, Word

Decode = Callable[[Sequence[int]], str]

PUNCTUATION = frozenset(string.punctuation + "“”‘’«»¿¡…–—。，、！？：；「」『』（）")
BROKEN = "\ufffd"
"""What part of a character decodes to."""
CHARACTER_BYTES = 4
"""The most that UTF-8 takes, so the most tokens that one character can be cut into."""


@dataclass(frozen=True, slots=True)
class Span:
    """A word as written, and the tokens that are said, `first` to one past the last: punctuation
    around it is in the text only."""

    text: str
    first: int
    last: int


def spans(ids: Sequence[int], decode: Decode, spaced: bool = True) -> list[Span]:
    """The words that tokens spell. Together they hold all the text.

    A word begins with a space, or where a language is not `spaced` with every character that stands
    alone. Punctuation belongs to the word it touches, else to the one before.
    """
    found: list[Span] = []
    mark = ""
    for text, first, last in pieces(ids, decode):
        bare = text.strip()
        said = not all(character in PUNCTUATION for character in bare)
        begins = text.startswith(" ") or (not spaced and said)
        if not said and (begins or mark or not found):
            mark += text  # whose it is shows in what follows
        elif not said or (found and not begins and not mark):
            before = found[-1]
            found[-1] = Span(before.text + text, before.first, last if said else before.last)
        else:
            if begins and mark and found:
                found[-1] = replace(found[-1], text=found[-1].text + mark)
                mark = ""
            found.append(Span((mark + text).lstrip(), first, last))
            mark = ""
    if mark and found:
        found[-1] = replace(found[-1], text=found[-1].text + mark)
    return [replace(each, text=each.text.strip()) for each in found]


def pieces(ids: Sequence[int], decode: Decode) -> Iterator[tuple[str, int, int]]:
    """Runs of tokens that spell whole characters: text, first token, one past the last."""
    first = 0
    while first < len(ids):
        most = min(first + CHARACTER_BYTES, len(ids))
        texts = {last: decode(ids[first:last]) for last in range(first + 1, most + 1)}
        last = next((n for n, text in texts.items() if BROKEN not in text), first + 1)
        if texts[last]:
            yield texts[last], first, last
        first = last


def timed_words(
    found: Sequence[Span],
    times: Sequence[float],
    log_probabilities: Sequence[float],
    offset: float,
) -> list[Word]:
    """Words at `times`, those at which each token begins and the last one ends, in seconds.

    The score of a word is the geometric mean of the model's probabilities of its tokens.
    """
    return [
        Word(
            each.text,
            offset + times[each.first],
            offset + times[each.last],
            math.exp(sum(log_probabilities[each.first : each.last]) / (each.last - each.first)),
        )
        for each in found
    ]


def within_voice(words: Sequence[Word], regions: Sequence[Region]) -> list[Word]:
    """Words without the silence that alignments stretch them over.

    A word that reaches over a pause is cut to the stretch of voice that it shares most with; one
    that shares nothing with any stays as it is.
    """
    return [confined(word, regions) for word in words]


def confined(word: Word, regions: Sequence[Region]) -> Word:
    overlaps = [min(word.end, r.end) - max(word.start, r.start) for r in regions]
    longest = max(overlaps, default=0.0)
    if longest <= 0:
        return word
    region = regions[overlaps.index(longest)]
    return replace(word, start=max(word.start, region.start), end=min(word.end, region.end))
