"""Answers of every kind and outcome for tests, on sentences of our own."""

from dataclasses import replace

from demos.core.language.answers import (
    NO_ANSWER,
    Answer,
    Answered,
    Entities,
    Found,
    Piece,
    Request,
    Sentence,
    Sorted,
    Span,
    Summarized,
    Task,
    Translated,
    Translation,
    Verdict,
)
from demos.core.results import LabelScore, Outcome, Provenance

RECORD = Provenance(
    input_sha256="ab" * 32,
    model="reader",
    weights="cd" * 32,
    preprocessing="test/1",
    engine="torch",
    device="cpu",
    dtype="float32",
    seconds=0.012,
    thresholds=(("certainty", 0.6),),
)
PLAIN = Verdict()
UNSURE = Verdict(Outcome.UNSURE, "No label reaches 60 %.")
REFUSED = Verdict(Outcome.REFUSED, "This text is not in English.")

REVIEW = "The room was lovely. Breakfast came an hour late! We would stay there again."
NEWS = (
    "Maria Lindqvist moved from Oslo to Lisbon to lead Harbor Freight Lines. "
    "Lindqvist says Lisbon suits her."
)
LETTER = (
    "The lease began on 1 March 2021. It was signed by both parties in the office of the notary. "
    "Either side may end it with three months' notice. The deposit is two monthly rents. "
    "It is paid back within thirty days."
)
HOSTILE = "<script>alert(1)</script> 'q' \"d\" & \U0001f469\u200d\U0001f4bb שלום \x00\ud800 =1+1"


def scores(**by_label: float) -> tuple[LabelScore, ...]:
    return tuple(LabelScore(label, score) for label, score in by_label.items())


def place(text: str, words: str) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def span(text: str, words: str, label: str = "", score: float = 0.9) -> Span:
    return Span(*place(text, words), label, score)


def sentences(text: str) -> list[tuple[int, int]]:
    """Places of sentences that end with a full stop or an exclamation mark."""
    ends = [at + 1 for at, letter in enumerate(text) if letter in ".!"]
    return list(zip([0, *(end + 1 for end in ends[:-1])], ends, strict=True))


def sentiment(verdict: Verdict = PLAIN, calibrated: bool = True) -> Sorted:
    first, second, third = sentences(REVIEW)
    pieces = (
        Piece(*first, scores(positive=0.97, negative=0.03)),
        Piece(*second, scores(negative=0.88, positive=0.12)),
        Piece(*third, scores(positive=0.61, negative=0.39)),
    )
    request = Request(Task.SENTIMENT, REVIEW)
    whole = scores(positive=0.8124, negative=0.1876)
    return Sorted(request, verdict, whole, calibrated, pieces, RECORD)


def emotion(verdict: Verdict = UNSURE) -> Sorted:
    whole = scores(joy=0.41, surprise=0.34, love=0.1, sadness=0.08, fear=0.05, anger=0.02)
    request = Request(Task.EMOTION, "I never thought this parcel would arrive.")
    return Sorted(request, verdict, whole, True, (), RECORD)


def entities(verdict: Verdict = PLAIN) -> Entities:
    again = NEWS.rindex("Lindqvist")
    spans = (
        span(NEWS, "Maria Lindqvist", "PER", 0.98),
        span(NEWS, "Oslo", "LOC", 0.95),
        span(NEWS, "Lisbon", "LOC", 0.91),
        span(NEWS, "Harbor Freight Lines", "ORG", 0.734),
        Span(again, again + 9, "PER", 0.88),
        Span(NEWS.rindex("Lisbon"), NEWS.rindex("Lisbon") + 6, "LOC", 0.93),
    )
    shown = () if verdict.outcome is Outcome.REFUSED else spans
    return Entities(Request(Task.ENTITIES, NEWS), verdict, shown, RECORD)


def answered(verdict: Verdict = PLAIN, none: float = 0.04) -> Answered:
    spans = (
        span(LETTER, "1 March 2021", score=0.87),
        span(LETTER, "March 2021", score=0.06),
        span(LETTER, "thirty days", score=0.01),
    )
    request = Request(Task.QUESTION_ANSWERING, LETTER, query="When did the lease begin?")
    return Answered(request, verdict, spans, none, RECORD)


def not_found() -> Answered:
    request = Request(Task.QUESTION_ANSWERING, LETTER, query="Who is the notary?")
    spans = (span(LETTER, "both parties", score=0.07),)
    return Answered(request, NO_ANSWER, spans, 0.91, RECORD)


def found(verdict: Verdict = PLAIN) -> Found:
    places = [sentences(LETTER)[at] for at in (4, 3, 2)]
    spans = tuple(
        Span(*each, "", score) for each, score in zip(places, (0.712, 0.655, -0.02), strict=True)
    )
    request = Request(Task.SIMILARITY, LETTER, query="getting money back")
    return Found(request, verdict, spans, RECORD)


def similarity(verdict: Verdict = PLAIN) -> Found:
    text = "The invoice is overdue."
    request = Request(Task.SIMILARITY, text, query="The bill has not been paid.")
    return Found(request, verdict, (Span(0, len(text), "", 0.8234),), RECORD)


def summarized(verdict: Verdict = PLAIN) -> Summarized:
    places = sentences(LETTER)
    chosen = {0, 1, 2}
    parts = tuple(Sentence(*each, 0.9 - 0.15 * at, at in chosen) for at, each in enumerate(places))
    summary = " ".join(LETTER[slice(*places[at])] for at in sorted(chosen))
    return Summarized(Request(Task.SUMMARY, LETTER), verdict, parts, summary, RECORD)


def written(verdict: Verdict = PLAIN) -> Summarized:
    summary = "A lease from March 2021, to be ended with three months' notice."
    return Summarized(Request(Task.SUMMARY, LETTER), verdict, (), summary, RECORD)


def translation(verdict: Verdict = PLAIN) -> Translation:
    text = "A dog runs on the beach.\nTwo men repair a roof."
    german = ("Ein Hund läuft am Strand.", "Zwei Männer reparieren ein Dach.")
    places = [place(text, line) for line in text.split("\n")]
    parts = tuple(
        Translated(*each, words, score)
        for each, words, score in zip(places, german, (0.83, 0.41), strict=True)
    )
    request = Request(Task.TRANSLATION, text, language="de")
    return Translation(request, verdict, parts, "\n".join(german), RECORD)


def hostile() -> tuple[Answer, ...]:
    """Every kind of answer on a text that means harm, in every place where text can be."""
    text, whole = HOSTILE, (0, len(HOSTILE))
    verdict = Verdict(Outcome.ANSWER, text)
    bad = (LabelScore(text, 0.6), LabelScore("b", 0.4))
    spans = (Span(*whole, text, 0.5),)
    zero_shot = Request(Task.ZERO_SHOT, text, query=text, labels=(text, "b"))
    request = replace(zero_shot, task=Task.TRANSLATION, language='"><script>')
    return (
        Sorted(zero_shot, verdict, bad, False, (Piece(*whole, bad),), RECORD),
        Entities(request, verdict, spans, RECORD),
        Answered(request, verdict, spans, 0.1, RECORD),
        Found(request, verdict, spans, RECORD),
        Summarized(request, verdict, (Sentence(*whole, 0.5, True),), text, RECORD),
        Translation(request, verdict, (Translated(*whole, text, 0.2),), text, RECORD),
    )


def of_each_kind() -> dict[str, Answer]:
    return {
        "sentiment": sentiment(),
        "emotion": emotion(PLAIN),
        "entities": entities(),
        "answered": answered(),
        "found": found(),
        "similarity": similarity(),
        "summarized": summarized(),
        "written": written(),
        "translation": translation(),
    }
