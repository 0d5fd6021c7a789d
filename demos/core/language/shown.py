"""What of an answer is marked in its text, and what is listed beside it, for page and report."""

from collections import Counter, defaultdict
from itertools import islice

from demos.core.language.answers import (
    Answer,
    Answered,
    Entities,
    Found,
    Sorted,
    Summarized,
    Translated,
    Translation,
)
from demos.core.language.marks import Entry, Mark, Tone
from demos.core.language.rows import Cell, Column, Scored, Table
from demos.core.language.terms import kind_of, language_name, titled
from demos.core.language.words import DOUBTFUL, measure, said, word

GOOD = {"positive", "joy", "love"}
BAD = {"negative", "toxic", "hate", "offensive", "anger", "fear", "sadness"}
CYCLE = (Tone.ACCENT, Tone.VIOLET, Tone.NEUTRAL, Tone.WARNING)
KIND_TONES = {"PER": Tone.ACCENT, "LOC": Tone.VIOLET, "ORG": Tone.NEUTRAL}
CHECK = "check this"
FAINTEST = 0.2
"""Strength of the mark of the furthest passage."""
MOST_NAMES = 1_000
"""Names of one kind that are listed."""


def head(answer: Answer) -> str:
    """What stands above the scores."""
    return measure(answer).capitalize()


def scored(score: float, answer: Answer, remark: str = "") -> Scored:
    return Scored(said(score, answer), score, remark)


def tone_of(label: str, labels: tuple[str, ...]) -> Tone:
    """The tone of a label, the same wherever it appears among the same `labels`."""
    if label.casefold() in GOOD:
        return Tone.ACCENT
    if label.casefold() in BAD:
        return Tone.WARNING
    if any(each.casefold() in GOOD | BAD for each in labels):
        return Tone.NEUTRAL
    return CYCLE[labels.index(label) % len(CYCLE)] if label in labels else Tone.NEUTRAL


# Sorted


def vocabulary(answer: Sorted) -> tuple[str, ...]:
    return tuple(sorted(each.label for each in answer.scores))


def sentence_marks(answer: Sorted) -> tuple[Mark, ...]:
    """Each sentence with its likeliest label, the deeper the surer."""
    labels = vocabulary(answer)
    return tuple(
        Mark(
            piece.start,
            piece.end,
            f"{titled(best.label, answer.request.task)} "
            + said(best.score, answer).replace(" ", "\u00a0"),
            tone_of(best.label, labels),
            best.score,
        )
        for piece in answer.pieces
        for best in piece.scores[:1]
    )


def sentence_legend(answer: Sorted) -> tuple[Entry, ...]:
    """The labels that sentences have, the most frequent first."""
    labels, task = vocabulary(answer), answer.request.task
    found = Counter(piece.scores[0].label for piece in answer.pieces if piece.scores)
    return tuple(
        Entry(tone_of(label, labels), titled(label, task), f"{many:,} of {len(answer.pieces):,}")
        for label, many in found.most_common()
    )


def sentence_table(answer: Sorted) -> Table:
    text, task = answer.request.text, answer.request.task
    rows: list[tuple[Cell, ...]] = [
        (
            f"{place:,}",
            text[piece.start : piece.end].strip(),
            titled(best.label, task),
            scored(best.score, answer),
        )
        for place, piece in enumerate(answer.pieces, 1)
        for best in piece.scores[:1]
    ]
    columns = (Column("No."), Column("Sentence", wide=True), Column("Label"), Column(head(answer)))
    return Table("Sentence by sentence", columns, rows)


def label_table(answer: Sorted) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (titled(each.label, answer.request.task), scored(each.score, answer))
        for each in answer.scores
    ]
    return Table("All labels", (Column("Label"), Column(head(answer), wide=True)), rows)


# Entities


def entity_marks(answer: Entities) -> tuple[Mark, ...]:
    return tuple(
        Mark(
            each.start,
            each.end,
            kind_of(each.label),
            KIND_TONES.get(each.label, Tone.WARNING),
            note=f"{measure(answer)} {said(each.score, answer)}",
        )
        for each in answer.spans
    )


def entity_legend(answer: Entities) -> tuple[Entry, ...]:
    """The kinds there are, with how many names of each."""
    found = Counter(each.label for each in answer.spans)
    return tuple(
        Entry(KIND_TONES.get(label, Tone.WARNING), kind_of(label), f"{many:,} in the text")
        for label, many in found.most_common()
    )


def entity_table(answer: Entities) -> Table:
    """Every name once, by kind: how often it stands in the text, and its lowest score."""
    kinds: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for span in answer.spans:
        kinds[span.label][" ".join(word(answer, span).split())].append(span.score)
    rows: list[tuple[Cell, ...]] = [
        (name, kind_of(label), f"{len(scores):,}", scored(min(scores), answer))
        for label, names in sorted(kinds.items(), key=lambda item: -len(item[1]))
        for name, scores in islice(names.items(), MOST_NAMES)
    ]
    columns = (
        *(Column("Name", wide=True), Column("Kind"), Column("Times")),
        Column(f"Lowest {measure(answer)}"),
    )
    return Table("Names by kind", columns, rows)


# Answered


def candidate_marks(answer: Answered) -> tuple[Mark, ...]:
    """The answer in its place, and the other candidates where they do not overlap it."""
    return tuple(
        Mark(
            span.start,
            span.end,
            "answer" if place == 1 else f"candidate {place}",
            Tone.ACCENT if place == 1 else Tone.NEUTRAL,
            note=f"{measure(answer)} {said(span.score, answer)}",
        )
        for place, span in enumerate(answer.spans, 1)
    )


def candidate_table(answer: Answered) -> Table:
    """All candidates, and that there is no answer, best first; numbers are those in the text."""
    found = [
        (f"{place:,}", word(answer, span), span.score) for place, span in enumerate(answer.spans, 1)
    ]
    if answer.none:
        found.append(("–", "(no answer in the text)", answer.none))
    rows: list[tuple[Cell, ...]] = [
        (number, text, scored(score, answer))
        for number, text, score in sorted(found, key=lambda each: -each[2])
    ]
    columns = (Column("No."), Column("Candidate", wide=True), Column(head(answer)))
    return Table("All candidates", columns, rows)


# Found


def passage_marks(answer: Found) -> tuple[Mark, ...]:
    """The passages in their places, the nearest deepest."""
    most = max((span.score for span in answer.spans), default=0.0)
    return tuple(
        Mark(
            span.start,
            span.end,
            f"no. {place}",
            strength=max(span.score / most, FAINTEST) if most > 0 else FAINTEST,
            note=f"{measure(answer)} {said(span.score, answer)}",
        )
        for place, span in enumerate(answer.spans, 1)
    )


def passage_table(answer: Found) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (f"{place:,}", word(answer, span).strip(), scored(span.score, answer))
        for place, span in enumerate(answer.spans, 1)
    ]
    columns = (Column("No."), Column("Passage", wide=True), Column(head(answer)))
    return Table("Passages, the nearest first", columns, rows)


# Summarized


def summary_marks(answer: Summarized) -> tuple[Mark, ...]:
    chosen = (each for each in answer.sentences if each.chosen)
    return tuple(
        Mark(each.start, each.end, f"summary {place}") for place, each in enumerate(chosen, 1)
    )


def weight_table(answer: Summarized) -> Table:
    """How much each sentence says of the whole."""
    text = answer.request.text
    rows: list[tuple[Cell, ...]] = [
        (
            f"{place:,}",
            text[each.start : each.end].strip(),
            "yes" if each.chosen else "no",
            scored(each.score, answer),
        )
        for place, each in enumerate(answer.sentences, 1)
    ]
    columns = (
        *(Column("No."), Column("Sentence", wide=True), Column("In the summary")),
        Column(head(answer)),
    )
    return Table("How much each sentence says of the whole", columns, rows)


# Translation


def translation_table(answer: Translation) -> Table:
    """Each sentence beside what it became; those with a low score say so in words."""
    code = answer.request.language
    rows: list[tuple[Cell, ...]] = [
        (
            f"{place:,}",
            source(answer, each),
            each.translation.strip(),
            scored(each.score, answer, CHECK if each.score < DOUBTFUL else ""),
        )
        for place, each in enumerate(answer.sentences, 1)
    ]
    columns = (
        *(Column("No."), Column("Text", wide=True)),
        *(Column(language_name(code), wide=True, language=code), Column(head(answer))),
    )
    return Table("Sentence by sentence", columns, rows)


def source(answer: Translation, sentence: Translated) -> str:
    return answer.request.text[sentence.start : sentence.end].strip()


def spoken_scores(answer: Sorted, most: int) -> str:
    """The scores of so many labels in one sentence."""
    told = "; ".join(
        f"{titled(each.label, answer.request.task)}: {said(each.score, answer)}"
        for each in answer.scores[:most]
    )
    left = len(answer.scores) - most
    return told + (f"; and {left:,} more" if left > 0 else "")
