"""What if it had been written otherwise? Small changes of a text, and what each does to the label.

Most leave the meaning alone, so the label should stay; a negation turns it, so the label may well
change. After Ribeiro et al. 2020, "Beyond Accuracy: Behavioral Testing of NLP models with
CheckList", arXiv:2005.04118 (invariance and directional tests).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from demos.core.language.attribution import Tell
from demos.core.language.counterfactual import ScoresOf
from demos.core.language.negation import negated
from demos.core.language.paraphrase import (
    contracted,
    expanded,
    polite,
    with_neutral_sentence,
    with_synonyms,
)
from demos.core.language.surface import (
    EMOJI,
    Change,
    key_beside,
    letter_left_out,
    letters_swapped,
    misspelt,
    spaces_doubled,
    titled,
    with_emoji,
    with_invisible,
    without_emoji,
    without_punctuation,
)
from demos.core.wording import counted

BATCH = 4
"""Texts asked at once: long ones take a while, and one may want to stop."""


class Kind(StrEnum):
    """What is altered."""

    TYPING = "Typing errors"
    CASE = "Capitals"
    PUNCTUATION = "Punctuation"
    NEGATION = "Negation"
    WORDING = "Wording"
    SPACING = "Spaces and emoji"


@dataclass(frozen=True, slots=True)
class Probe:
    """One change of a text; without a `text` where it cannot be made, `note` then says why.

    `keeps` says whether the meaning stays, and so should the label.
    """

    kind: Kind
    name: str
    text: str | None
    note: str = ""
    keeps: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """What a changed text gets: its label, the score of the label the text had before, and whether
    it flips or is no longer likely enough to be an answer."""

    probe: Probe
    label: int
    score: float
    flips: bool
    fades: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """The label of the text, a place among the labels, with its score, and what becomes of it."""

    label: int
    score: float
    results: tuple[Result, ...]
    left_out: tuple[Probe, ...]

    def flipped(self, keeps: bool) -> tuple[Result, ...]:
        return tuple(each for each in self.results if each.flips and each.probe.keeps is keeps)

    def faded(self, keeps: bool) -> tuple[Result, ...]:
        return tuple(each for each in self.results if each.fades and each.probe.keeps is keeps)

    def made(self, keeps: bool) -> tuple[Result, ...]:
        return tuple(each for each in self.results if each.probe.keeps is keeps)


def probes(text: str, seed: int = 0) -> tuple[Probe, ...]:
    """Every change of the text; `seed` says which words are misspelt, and how."""
    misspellings = (
        ("A neighboring key", key_beside),
        ("Two letters swapped", letters_swapped),
        ("A letter left out", letter_left_out),
    )
    plain: tuple[tuple[Kind, str, Change, str], ...] = (
        *(
            (Kind.TYPING, name, misspelt(spoil, seed + place), "No word of four plain letters.")
            for place, (name, spoil) in enumerate(misspellings)
        ),
        (Kind.CASE, "ALL CAPITALS", str.upper, "It is in capitals already, or has no letters."),
        (Kind.CASE, "all small", str.lower, "It has no capitals."),
        (Kind.CASE, "Every Word Capital", titled, "Every word has a capital already."),
        (Kind.PUNCTUATION, "Left out", without_punctuation, "It has none."),
        (Kind.WORDING, "Contractions written out", expanded, "It has none."),
        (Kind.WORDING, "Contractions used", contracted, "Nothing can be drawn together."),
        (Kind.WORDING, "Other words", with_synonyms, "It has no word of our list."),
        (Kind.WORDING, "A polite opening", polite, ""),
        (Kind.WORDING, "A neutral sentence added", with_neutral_sentence, ""),
        (Kind.SPACING, "Spaces doubled", spaces_doubled, "It has no spaces."),
        (Kind.SPACING, "Invisible characters in words", with_invisible, "No word is long enough."),
        (Kind.SPACING, "Emoji left out", without_emoji, "It has none."),
        (Kind.SPACING, f"An emoji added: {EMOJI}", with_emoji, ""),
    )
    made = [probe(text, *each) for each in plain]
    after = sum(each.kind in {Kind.TYPING, Kind.CASE, Kind.PUNCTUATION} for each in made)
    return (*made[:after], negation(text), *made[after:])


def probe(text: str, kind: Kind, name: str, change: Change, why_not: str) -> Probe:
    """The change, if it leaves another text and not an empty one."""
    changed = change(text)
    if not changed.strip():
        return Probe(kind, name, None, "Nothing else is in it.")
    return Probe(kind, name, None, why_not) if changed == text else Probe(kind, name, changed)


def negation(text: str) -> Probe:
    """ "not" put in or taken out wherever a rule says how."""
    found = negated(text)
    name = "“not” put in or taken out"
    if not found.changed:
        note = f"No rule fits {'it' if found.sentences < 2 else 'any of its sentences'}."
        return Probe(Kind.NEGATION, name, None, note, keeps=False)
    left = found.sentences - found.changed
    note = f"No rule fits {counted(left, 'sentence')} of {found.sentences}." if left else ""
    return Probe(Kind.NEGATION, name, found.text, note, keeps=False)


def judged(
    scores_of: ScoresOf,
    text: str,
    made: Sequence[Probe],
    least: float = 0.0,
    tell: Tell | None = None,
) -> Judged:
    """The labels of the text and of every change that could be made, a few asked for at once.

    A label whose score is below `least` is no answer.
    """
    asked = [(each, each.text) for each in made if each.text is not None]
    texts = [text, *(changed for _, changed in asked)]
    parts = []
    for start in range(0, len(texts), BATCH):
        parts.append(scores_of(texts[start : start + BATCH]))
        if tell is not None:
            tell(min(start + BATCH, len(texts)) / len(texts))
    scores = np.concatenate(parts)
    label, sure = int(scores[0].argmax()), bool(scores[0].max() >= least)
    results = []
    for (each, _), row in zip(asked, scores[1:], strict=True):
        flips = int(row.argmax()) != label
        fades = sure and not flips and bool(row.max() < least)
        results.append(Result(each, int(row.argmax()), float(row[label]), flips, fades))
    left_out = tuple(each for each in made if each.text is None)
    return Judged(label, float(scores[0][label]), tuple(results), left_out)
