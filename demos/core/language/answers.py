"""What the models of language are asked and what they answer: strings, places in them, floats.

Places are counted in characters of `Request.text`, the end not included.
"""

from dataclasses import dataclass
from enum import StrEnum

from demos.core.results import LabelScore, Outcome, Provenance


class Task(StrEnum):
    """What can be done with a text, by the names that `evaluate` takes."""

    SENTIMENT = "sentiment"
    TOPIC = "topic"
    INTENT = "intent"
    EMOTION = "emotion"
    TOXICITY = "toxicity"
    ENTITIES = "entities"
    QUESTION_ANSWERING = "question_answering"
    SIMILARITY = "similarity"
    ZERO_SHOT = "zero_shot"
    SUMMARY = "summary"
    TRANSLATION = "translation"
    CHAT = "chat"


SORTING = (Task.SENTIMENT, Task.TOPIC, Task.INTENT, Task.EMOTION, Task.TOXICITY)
"""Tasks whose answer is one of a fixed list of labels."""


@dataclass(frozen=True, slots=True)
class Request:
    """`query` is the question, or what is searched for; `labels` those of zero-shot sorting;
    `language` what to translate into, an ISO 639-1 code; `sentences` how many a summary has."""

    task: Task
    text: str
    query: str = ""
    labels: tuple[str, ...] = ()
    language: str = "de"
    sentences: int = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which of the three answers it is, and in one sentence why, where it is no plain answer."""

    outcome: Outcome = Outcome.ANSWER
    reason: str = ""


NO_ANSWER = Verdict(
    Outcome.REFUSED, "The text does not seem to hold an answer: “none” is likelier than any."
)
"""It was looked for an answer to a question, and there is none in the text."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence of the text and the scores of its labels, best first."""

    start: int
    end: int
    scores: tuple[LabelScore, ...]


@dataclass(frozen=True, slots=True)
class Sorted:
    """`scores` of all labels, best first; probabilities if `calibrated`. `pieces` sentence by
    sentence, where the task makes sense for a sentence and there are several."""

    request: Request
    verdict: Verdict
    scores: tuple[LabelScore, ...]
    calibrated: bool
    pieces: tuple[Piece, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the text, what it is, and how sure that is, between 0 and 1."""

    start: int
    end: int
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Entities:
    """Names in the text, in its order, none overlapping another: PER, LOC, ORG."""

    request: Request
    verdict: Verdict
    spans: tuple[Span, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers to a question as places in the text, best first; `none` is the score of there being
    no answer in it. Refused with the candidates kept if that is likelier than any."""

    request: Request
    verdict: Verdict
    spans: tuple[Span, ...]
    none: float
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Found:
    """Passages of the text by how near their meaning is to the query, best first; `score` is the
    cosine of the two vectors, `label` is empty."""

    request: Request
    verdict: Verdict
    spans: tuple[Span, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the text, how much it says of the whole, and whether the summary has it."""

    start: int
    end: int
    score: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class Summarized:
    """`sentences` of the text if the summary is made of them, else empty; `summary` as written."""

    request: Request
    verdict: Verdict
    sentences: tuple[Sentence, ...]
    summary: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Translated:
    """A sentence of the text and what it is in the other language; `score` is the mean
    probability of its tokens."""

    start: int
    end: int
    translation: str
    score: float


@dataclass(frozen=True, slots=True)
class Translation:
    """`sentences` in the order of the text; `translation` as written, line breaks kept."""

    request: Request
    verdict: Verdict
    sentences: tuple[Translated, ...]
    translation: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage of a document that an answer rests on; the place is in that document's text."""

    document: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What the assistant says, and what that rests on, best first."""

    verdict: Verdict
    text: str
    citations: tuple[Citation, ...]
    provenance: Provenance


Answer = Sorted | Entities | Answered | Found | Summarized | Translation
