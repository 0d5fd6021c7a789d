"""How far a transcript is from what was said: word and character error rate, word by word.

WER is (substitutions + insertions + deletions) / words of the reference, and may exceed 1; CER is
the same of characters, spaces included. Both texts are first made comparable as
`demos.core.speech.normalization` says. The alignment is jiwer's: fewest errors.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from demos.core.intervals import Estimate, wilson
from demos.core.speech.normalization import alike
from demos.core.wording import counted, percent

DRAWS = 1000
"""Of the bootstrap."""


class Kind(StrEnum):
    """What became of a word."""

    HIT = "hit"
    SUBSTITUTION = "substitution"
    INSERTION = "insertion"
    DELETION = "deletion"


@dataclass(frozen=True, slots=True)
class Step:
    """One place of the alignment; the word that is missing on one side is empty."""

    kind: Kind
    reference_word: str
    hypothesis_word: str


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """`wer` and `cer` are None where the reference holds no words; `exact` if nothing differs."""

    wer: float | None
    cer: float | None
    hits: int
    substitutions: int
    insertions: int
    deletions: int
    characters: int
    character_errors: int
    exact: bool
    alignment: tuple[Step, ...]

    @property
    def words(self) -> int:
        """Of the reference."""
        return self.hits + self.substitutions + self.deletions

    @property
    def errors(self) -> int:
        return self.substitutions + self.insertions + self.deletions

    @property
    def sentence(self) -> str:
        """The comparison in words, for the page."""
        heard = counted(self.hits + self.substitutions + self.insertions, "word")
        if self.wer is None:
            return f"The reference holds no words, so no error rate is defined; {heard} heard."
        if self.exact:
            return f"Word for word as in the reference, {counted(self.words, 'word')}."
        return (
            f"Word error rate {percent(self.wer)} of {counted(self.words, 'word')}: "
            f"{self.substitutions:,} heard as another, {self.deletions:,} not heard, "
            f"{self.insertions:,} added."
        )


@dataclass(frozen=True, slots=True)
class CorpusRates:
    """Rates of `n` recordings, errors and words pooled; `exact` is the share without an error."""

    n: int
    wer: Estimate
    cer: Estimate
    exact: Estimate
    hits: int
    substitutions: int
    insertions: int
    deletions: int


def compare(reference: str, hypothesis: str) -> ErrorRates:
    """What was heard against what was said."""
    import jiwer

    said, heard = alike(reference, hypothesis)
    if said == heard or not said or not heard:
        return one_sided(said, heard)
    texts = " ".join(said), " ".join(heard)
    words, letters = jiwer.process_words(*texts), jiwer.process_characters(*texts)
    errors = letters.substitutions + letters.insertions + letters.deletions
    return ErrorRates(
        wer=words.wer,
        cer=letters.cer,
        hits=words.hits,
        substitutions=words.substitutions,
        insertions=words.insertions,
        deletions=words.deletions,
        characters=len(texts[0]),
        character_errors=errors,
        exact=False,
        alignment=tuple(
            step
            for part in words.alignments[0]
            for step in steps(
                part.type,
                said[part.ref_start_idx : part.ref_end_idx],
                heard[part.hyp_start_idx : part.hyp_end_idx],
            )
        ),
    )


def one_sided(said: list[str], heard: list[str]) -> ErrorRates:
    """Of two equal texts, or with no word on one side: nothing needs to be aligned."""
    exact = said == heard
    characters = len(" ".join(said))
    wrong = 0 if exact else max(characters, len(" ".join(heard)))
    kind = "equal" if exact else "delete" if said else "insert"
    return ErrorRates(
        wer=float(not exact) if said else None,
        cer=float(not exact) if said else None,
        hits=len(said) if exact else 0,
        substitutions=0,
        insertions=0 if exact else len(heard),
        deletions=0 if exact else len(said),
        characters=characters,
        character_errors=wrong,
        exact=exact,
        alignment=tuple(steps(kind, said, heard)),
    )


def steps(kind: str, said: list[str], heard: list[str]) -> list[Step]:
    """A stretch of the alignment, of a kind as jiwer calls it, word by word."""
    match kind:
        case "delete":
            return [Step(Kind.DELETION, word, "") for word in said]
        case "insert":
            return [Step(Kind.INSERTION, "", word) for word in heard]
    same = Kind.HIT if kind == "equal" else Kind.SUBSTITUTION
    return [Step(same, *pair) for pair in zip(said, heard, strict=True)]


def corpus(pairs: Iterable[tuple[str, str]], seed: int = 0) -> CorpusRates:
    """Pooled rates of pairs (reference, hypothesis), with intervals of 95 %.

    Those of WER and CER are from `DRAWS` bootstrap samples of recordings (Bisani & Ney 2004,
    ICASSP, "Bootstrap estimates for confidence intervals in ASR performance evaluation"), which
    takes them for independent. Of a single recording nothing can be told: its interval is all.
    """
    return together([compare(*pair) for pair in pairs], seed)


def together(rates: Sequence[ErrorRates], seed: int = 0) -> CorpusRates:
    """`corpus` of recordings that have been compared already."""
    exact = sum(each.exact for each in rates)
    return CorpusRates(
        n=len(rates),
        wer=pooled([(each.errors, each.words) for each in rates], seed),
        cer=pooled([(each.character_errors, each.characters) for each in rates], seed),
        exact=wilson(exact, len(rates)) if rates else Estimate(None, 0, 1),
        hits=sum(each.hits for each in rates),
        substitutions=sum(each.substitutions for each in rates),
        insertions=sum(each.insertions for each in rates),
        deletions=sum(each.deletions for each in rates),
    )


def pooled(counts: list[tuple[int, int]], seed: int) -> Estimate:
    """Errors by words of all recordings together; `counts` are both of each."""
    import numpy as np

    table = np.array(counts, dtype=np.int64).reshape(-1, 2)  # (n, 2)
    errors, words = table.sum(axis=0).tolist()
    if words == 0:
        return Estimate(None, 0, 1)
    if len(table) == 1:
        return Estimate(errors / words, 0, max(errors / words, 1))
    random = np.random.default_rng(seed)
    drawn = np.array(
        [table[random.integers(len(table), size=len(table))].sum(axis=0) for _ in range(DRAWS)]
    )  # (draws, 2)
    kept = drawn[drawn[:, 1] > 0]
    low, high = np.quantile(kept[:, 0] / kept[:, 1], [0.025, 0.975]).tolist()
    return Estimate(errors / words, low, high)
