"""The sample document of the assistant, questions about it, and stand-ins for the models.

Each question goes with words of the passage that answers it, as the document writes them.
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from demos.core.language.answers import Answered, Request, Span, Verdict
from demos.core.language.documents import Document
from demos.core.language.retrieval import terms
from demos.core.results import Outcome, Provenance

PATH = Path(__file__).parents[3] / "demos/language_tasks/samples/service_handbook.txt"

QUESTIONS = (
    ("How long after delivery can I send something back?", "within 45 days"),
    ("Until when can Christmas presents be returned?", "until 31 January"),
    ("Can I bring back a mattress that I have tried?", "Mattresses, pillows"),
    ("Do you take back curtains made to measure?", "cannot be returned at all"),
    ("I have no printer. How do I get a label?", "code on their telephone"),
    ("What does a return from abroad cost?", "18 euros"),
    ("How much is the collection of furniture?", "collection costs 39 euros"),
    ("When do I get my money back?", "within five working days"),
    ("Where is the warehouse?", "Dorrington"),
    ("What if I lost my receipt?", "voucher of the item's current price"),
    ("How long is a voucher valid?", "valid for three years"),
    ("When must damage be reported?", "within 7 days of delivery"),
    ("Who decides about expensive replacements?", "the shift leader decides"),
    ("How long is the warranty on lamps?", "one of two years"),
    ("Does the warranty cover scratches by my cat?", "damage by pets"),
    ("From what amount on is shipping free?", "order of 60 euros on"),
    ("What happens if nobody is home when the furniture comes?", "tries once more"),
    ("Can I call you on Saturday?", "on Saturdays between 9 a.m. and 2 p.m."),
    ("Who handles complaints that are not settled?", "Adaeze Okoro"),
    ("For how long do you keep photographs?", "90 days after the case is closed"),
)


def document(text: str, name: str = "notes.txt") -> Document:
    sha256 = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return Document(name=name, text=text, sha256=sha256)


def handbook() -> Document:
    return document(PATH.read_text(encoding="utf-8"), "Service handbook.txt")


def hashed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors in place of the encoder's: near where texts have words in common."""
    found = np.full((len(texts), 384), 1e-3, np.float32)
    for row, text in zip(found, texts, strict=True):
        for term in terms(text):
            row[int(hashlib.md5(term.encode()).hexdigest(), 16) % 384] += 1
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def provenance(request: Request) -> Provenance:
    return Provenance("", "scripted", "", "words/1", "test", "cpu", "fp32", 0.0, ())


class Scripted:
    """A reader that finds what matches a pattern, and remembers what it was asked."""

    def __init__(self, pattern: str, score: float = 0.8, none: float = 0.1) -> None:
        self.pattern, self.score, self.none = re.compile(pattern), score, none
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Answered:
        self.asked.append(request)
        found = self.pattern.search(request.text)
        if found is None:
            refused = Verdict(Outcome.REFUSED, "There is no answer in it.")
            spans = (Span(0, min(3, len(request.text)), "", 0.05),)
            return Answered(request, refused, spans, 0.9, provenance(request))
        span = Span(found.start(), found.end(), "", self.score)
        return Answered(request, Verdict(), (span,), self.none, provenance(request))
