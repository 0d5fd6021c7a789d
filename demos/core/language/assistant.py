"""Answers questions from documents: finds passages, reads an answer in each, quotes the best.

    told = ask("How long may I return it?", index, vectors, answerer, turns)
    told.text        # "45 days. “Customers may return any unused item …” [1]"
    told.citations   # the passages, numbered from 1

It says nothing that is in no document. The reader gives every passage a score for having no
answer; where that wins in all of them, the reply is "not found", and the nearest passages are
offered.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from demos.core.language.answers import Answered, Citation, Reply, Request, Span, Task, Verdict
from demos.core.language.dialogue import resolved, small_talk
from demos.core.language.passages import OVERLAP, WORDS
from demos.core.language.retrieval import Hit, Index, Vectors, search
from demos.core.language.scope import scope_of_question
from demos.core.language.sentences import sentences
from demos.core.results import Outcome, Provenance

Answerer = Callable[[Request], Answered]
"""The question answerer: a text and a question to places in the text. May raise `UserError`."""
Place = tuple[int, int]

READ = 5
"""Passages that are read for an answer."""
OFFERED = 3
"""Of the nearest passages, where no answer was found; and cited at most, where one was."""
NEAR = 0.2
"""The cosine below which a passage that shares no word with the question is not read."""
LIKELIER = 0.5
"""What an answer and "no answer" share, the answer must have so much of."""
SURE = 0.3
"""An answer whose own score is lower is given as unsure."""
RIVAL = 0.8
"""Another answer with so much of the best one's score makes both unsure."""
LONGEST_QUESTION = 500
"""Characters."""

PREPROCESSING = f"passages-{WORDS}-{OVERLAP}/1"
UNLOADED = Provenance("", "rules", "", PREPROCESSING, "Python", "cpu", "", 0.0, ())
"""Of what is said without a model."""

NOT_FOUND = "Not found: I see no answer to this in the documents."


@dataclass(frozen=True, slots=True)
class Told(Reply):
    """A reply to `question`, which was read as `understood`. `marks` has, for each citation, where
    in the document the answer is, or None."""

    question: str
    understood: str
    marks: tuple[Place | None, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer in a passage. `value` is its score against that of there being none, weighted by
    how near the passage is to the question."""

    hit: Hit
    span: Span
    value: float

    @property
    def place(self) -> Place:
        """In the document."""
        start = self.hit.passage.start
        return start + self.span.start, start + self.span.end

    @property
    def text(self) -> str:
        start, end = self.place
        return self.hit.passage.document.text[start:end]


def ask(
    question: str,
    index: Index,
    vectors: Vectors,
    answerer: Answerer,
    history: Sequence[Told] = (),
) -> Told:
    """The reply to a question. Raises `UserError` as the models do."""
    began = time.monotonic()
    question = question.strip()
    early = without_reading(question, index)
    if early is not None:
        return early
    understood = resolved(question, [each.question for each in history])
    hits = search(index, understood, vectors, READ)
    read = [
        (hit, answerer(Request(Task.QUESTION_ANSWERING, hit.passage.text, understood)))
        for hit in hits
        if hit.cosine >= NEAR or hit.lexical > 0
    ]
    weights = nearness([hit for hit, _ in read])
    found = ranked(
        [
            each
            for (hit, answered), weight in zip(read, weights, strict=True)
            for each in candidates(hit, answered, weight)
        ]
    )
    verdict, text, citations, marks = quoted(found) if found else offered(hits)
    base = read[0][1].provenance if read else UNLOADED
    provenance = replace(
        base,
        input_sha256=digest(understood, index),
        preprocessing=f"{PREPROCESSING} {base.preprocessing}".strip() if read else PREPROCESSING,
        seconds=time.monotonic() - began,
        thresholds=(("near", NEAR), ("likelier", LIKELIER), ("sure", SURE), ("rival", RIVAL)),
    )
    return Told(verdict, text, citations, provenance, question, understood, marks)


def without_reading(question: str, index: Index) -> Told | None:
    """The reply where no document has to be read for it: small talk, and what cannot be asked."""
    if not question:
        return refused(question, "Nothing was asked.", "Ask a question about the documents.")
    if len(question) > LONGEST_QUESTION:
        return refused(
            question[:LONGEST_QUESTION],
            "The question is too long.",
            f"Ask in {LONGEST_QUESTION} characters at most; long texts can be given as a file.",
        )
    polite = small_talk(question)
    if polite:
        return Told(Verdict(), polite, (), UNLOADED, question, question, ())
    why = scope_of_question(question).verdict.reason
    if why:
        return refused(question, why, "Ask in English: the models here read nothing else.")
    if not index.passages:
        return refused(
            question, "There is no document to look in.", "Add one: TXT, Markdown, PDF or DOCX."
        )
    return None


def refused(question: str, why: str, remedy: str) -> Told:
    verdict = Verdict(Outcome.REFUSED, why)
    return Told(verdict, f"{why} {remedy}", (), UNLOADED, question, question, ())


def nearness(hits: Sequence[Hit]) -> list[float]:
    """How near each passage is to the question, from 0 to 1 for one that is nearest in meaning and
    has the most of its words."""
    cosine = max((hit.cosine for hit in hits), default=0.0)
    lexical = max((hit.lexical for hit in hits), default=0.0)
    return [
        (max(hit.cosine, 0.0) / max(cosine, 1e-9) + hit.lexical / max(lexical, 1e-9)) / 2
        for hit in hits
    ]


def candidates(hit: Hit, answered: Answered, weight: float) -> list[Candidate]:
    """The answer in a passage, if the reader finds one likelier than none."""
    if not answered.spans or answered.verdict.outcome is Outcome.REFUSED:
        return []
    span = answered.spans[0]
    strength = span.score / max(span.score + answered.none, 1e-9)
    if strength < LIKELIER or not hit.passage.text[span.start : span.end].strip():
        return []
    return [Candidate(hit, span, strength * weight)]


def ranked(found: Sequence[Candidate]) -> list[Candidate]:
    """Best first; of those whose places overlap, which passages do, only the best."""
    kept: list[Candidate] = []
    for each in sorted(found, key=lambda candidate: -candidate.value):
        if not any(overlap(each, other) for other in kept):
            kept.append(each)
    return kept


def overlap(one: Candidate, other: Candidate) -> bool:
    same = one.hit.passage.document.sha256 == other.hit.passage.document.sha256
    (start, end), (begin, stop) = one.place, other.place
    return same and start < stop and begin < end


def quoted(
    found: Sequence[Candidate],
) -> tuple[Verdict, str, tuple[Citation, ...], tuple[Place | None, ...]]:
    """The answer with the sentence it stands in; whoever says the same or something else, too."""
    best = found[0]
    alike = [each for each in found[1:] if said_alike(each.text, best.text)]
    rivals = [each for each in found[1:] if each not in alike and each.value >= RIVAL * best.value]
    alike = alike[: OFFERED - 2] if rivals else alike[: OFFERED - 1]
    cited = [best, *alike, *rivals][:OFFERED]
    parts = [f"{capitalized(best.text)}. {quotation(best)} {numbers(1 + len(alike))}"]
    parts += [
        f"Another passage answers: {quotation(each)} [{place}]"
        for place, each in enumerate(cited, start=1)
        if each in rivals
    ]
    verdict = Verdict()
    if rivals:
        verdict = Verdict(Outcome.UNSURE, "Passages give different answers: read them.")
    elif best.span.score < SURE:
        verdict = Verdict(Outcome.UNSURE, "The score of this answer is low: read the passage.")
    citations = tuple(citation(each.hit) for each in cited)
    return verdict, "\n".join(parts), citations, tuple(each.place for each in cited)


def offered(
    hits: Sequence[Hit],
) -> tuple[Verdict, str, tuple[Citation, ...], tuple[Place | None, ...]]:
    """Nothing was found: the passages that come nearest, without any claim."""
    nearest = tuple(citation(hit) for hit in hits[:OFFERED])
    verdict = Verdict(Outcome.REFUSED, "No passage has an answer that is likelier than none.")
    text = f"{NOT_FOUND} The passages nearest to the question are below." if nearest else NOT_FOUND
    return verdict, text, nearest, (None,) * len(nearest)


def citation(hit: Hit) -> Citation:
    passage = hit.passage
    return Citation(passage.document.name, passage.start, passage.end, hit.cosine)


def quotation(candidate: Candidate) -> str:
    """The sentences of the passage that the answer stands in, in quotation marks."""
    text = candidate.hit.passage.text
    start, end = candidate.span.start, candidate.span.end
    touched = [each for each in sentences(text) if each[0] < end and start < each[1]]
    first, last = (touched[0][0], touched[-1][1]) if touched else (start, end)
    return f"“{' '.join(text[first:last].split())}”"


def said_alike(one: str, other: str) -> bool:
    plain = [" ".join(each.lower().split()).strip(" .,;:!?\"'()") for each in (one, other)]
    return plain[0] == plain[1]


def capitalized(text: str) -> str:
    """The answer as the beginning of a sentence, which ends without a stop."""
    plain = " ".join(text.split()).rstrip(" .,;:")
    return plain[:1].upper() + plain[1:]


def numbers(most: int) -> str:
    return "".join(f"[{number}]" for number in range(1, most + 1))


def digest(question: str, index: Index) -> str:
    """SHA-256 of the question and the hashes of the documents it was asked of."""
    about = "\n".join([question, *(each.sha256 for each in index.documents)])
    return hashlib.sha256(about.encode("utf-8", "replace")).hexdigest()
