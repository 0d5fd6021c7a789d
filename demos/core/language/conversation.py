"""A conversation to take away: as text to read, as JSON to work with."""

import json
from collections.abc import Sequence
from typing import Any

from demos.core.language.answers import Citation
from demos.core.language.assistant import Told
from demos.core.language.documents import Document
from demos.core.language.passages import pages
from demos.core.language.text import encodable
from demos.core.results import Outcome

SAID = {Outcome.ANSWER: "", Outcome.UNSURE: "Unsure. ", Outcome.REFUSED: ""}
LIMITS = (
    "Answers are quoted from the documents by a program; read the passages before you rely on them."
)


def to_txt(turns: Sequence[Told], documents: Sequence[Document]) -> str:
    """Question and answer in turn, each with its passages."""
    lines = ["Conversation", f"Documents: {', '.join(each.name for each in documents) or 'none'}"]
    lines += [LIMITS, ""]
    for turn in turns:
        lines += [f"You: {turn.question}"]
        if turn.understood != turn.question:
            lines += [f"(read as: {turn.understood})"]
        reason = turn.verdict.reason if turn.verdict.outcome is Outcome.UNSURE else ""
        lines += [f"Assistant: {SAID[turn.verdict.outcome]}{reason}".rstrip(), turn.text]
        lines += [
            f"[{number}] {source(each, documents)}: {passage(each, documents)}"
            for number, each in enumerate(turn.citations, start=1)
        ]
        lines += [""]
    return encodable("\n".join(lines))


def to_json(turns: Sequence[Told], documents: Sequence[Document]) -> str:
    """All of it: passages with their places, scores, and what each reply was made with."""
    data = {
        "limits": LIMITS,
        "documents": [
            {"name": each.name, "sha256": each.sha256, "characters": len(each.text)}
            for each in documents
        ],
        "turns": [as_dict(turn, documents) for turn in turns],
    }
    return encodable(json.dumps(data, indent=2, ensure_ascii=False))


def as_dict(turn: Told, documents: Sequence[Document]) -> dict[str, Any]:
    return {
        "question": turn.question,
        "understood": turn.understood,
        "outcome": turn.verdict.outcome.value,
        "reason": turn.verdict.reason,
        "text": turn.text,
        "citations": [
            {
                "document": each.document,
                "page": page(each, documents),
                "start": each.start,
                "end": each.end,
                "score": each.score,
                "answer": mark,
                "passage": passage(each, documents),
            }
            for each, mark in zip(turn.citations, turn.marks, strict=True)
        ],
        "provenance": turn.provenance.as_dict(),
    }


def source(citation: Citation, documents: Sequence[Document]) -> str:
    """The name of the cited document, and the page if it has any."""
    return ", ".join(filter(None, (citation.document, page(citation, documents))))


def page(citation: Citation, documents: Sequence[Document]) -> str:
    document = cited(citation, documents)
    return "" if document is None else pages(document, citation.start, citation.end)


def passage(citation: Citation, documents: Sequence[Document]) -> str:
    """The cited text on one line; "" if its document was removed."""
    document = cited(citation, documents)
    text = "" if document is None else document.text
    return " ".join(text[citation.start : citation.end].split())


def cited(citation: Citation, documents: Sequence[Document]) -> Document | None:
    """The document a citation is of, unless it was removed."""
    return next((each for each in documents if each.name == citation.document), None)
