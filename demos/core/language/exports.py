"""Answers of language models for machines and spreadsheets: JSON, CSV and plain text.

Under `result`, the JSON has what the pipeline of transformers for the task gives: labels with
scores, names with their places, answers with theirs; what else is in it is ours. A refused text
has an empty result and what would have been said under `withheld`.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from demos.core.language.answers import (
    Answer,
    Answered,
    Entities,
    Found,
    Sorted,
    Span,
    Summarized,
    Task,
    Translation,
)
from demos.core.language.marks import visible
from demos.core.language.words import headline, how_sure, meaning, measure, word
from demos.core.results import LabelScore, Outcome
from demos.core.spreadsheet import BYTE_ORDER_MARK, neutral

COLUMNS = (
    *("file", "task", "kind", "text", "label", "start", "end", "score", "measure", "translation"),
    *("outcome", "model"),
)
SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of a pair, which no file in UTF-8 can hold but JSON can spell."""

Row = tuple[str, str, str, int | str, int | str, float | str, str]
"""Kind, text, label, start, end, score, translation."""


def to_json(answer: Answer, name: str, disclaimer: str = "") -> str:
    """One answer. `name` is that of the text's file, or what the text is called."""
    document = answer_document(answer, name) | {"disclaimer": disclaimer}
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def answer_document(answer: Answer, name: str) -> dict[str, Any]:
    """What was answered; places are in characters of the text, the end not included."""
    refused = answer.verdict.outcome is Outcome.REFUSED
    request = answer.request
    document: dict[str, Any] = {
        "task": request.task.value,
        "result": hub_result(answer, refused),
        "withheld": hub_result(answer, False) if refused else None,
        "outcome": answer.verdict.outcome.value,
        "reason": answer.verdict.reason,
        "measure": measure(answer),
        "input": {
            "name": name,
            "sha256": answer.provenance.input_sha256,
            "characters": len(request.text),
        },
    }
    if request.query:
        document["query"] = request.query
    return document | details(answer) | {"provenance": answer.provenance.as_dict()}


def hub_result(answer: Answer, empty: bool) -> Any:
    """The answer as a pipeline of transformers gives it; one of nothing where it is `empty`."""
    text = answer.request.text
    match answer:
        case Sorted(scores=scores):
            kept = () if empty else scores
            if answer.request.task is Task.ZERO_SHOT:
                return {
                    "sequence": text,
                    "labels": [each.label for each in kept],
                    "scores": [each.score for each in kept],
                }
            return labels(kept)
        case Entities(spans=spans):
            return [
                {"entity_group": each.label, "score": each.score, "word": word(answer, each)}
                | {"start": each.start, "end": each.end}
                for each in (() if empty else spans)
            ]
        case Answered(spans=spans, none=none):
            found = [
                {"score": each.score, "start": each.start, "end": each.end}
                | {"answer": word(answer, each)}
                for each in (() if empty else spans)
            ]
            if none:
                found.append({"score": none, "start": 0, "end": 0, "answer": ""})
            return sorted(found, key=lambda each: -float(each["score"]))
        case Found(spans=spans):
            return [
                {"score": each.score, "start": each.start, "end": each.end}
                | {"text": word(answer, each)}
                for each in (() if empty else spans)
            ]
        case Summarized(summary=summary):
            return [] if empty else [{"summary_text": summary}]
        case Translation(translation=translation):
            return [] if empty else [{"translation_text": translation}]


def labels(scores: tuple[LabelScore, ...]) -> list[dict[str, Any]]:
    return [{"label": each.label, "score": each.score} for each in scores]


def details(answer: Answer) -> dict[str, Any]:
    """What pipelines do not give: the same sentence by sentence, languages, the best of none."""
    text = answer.request.text

    def place(start: int, end: int) -> dict[str, Any]:
        return {"text": text[start:end], "start": start, "end": end}

    match answer:
        case Sorted(pieces=pieces):
            return {
                "sentences": [
                    place(each.start, each.end) | {"result": labels(each.scores)} for each in pieces
                ]
            }
        case Summarized(sentences=sentences):
            return {
                "sentences": [
                    place(each.start, each.end) | {"score": each.score, "chosen": each.chosen}
                    for each in sentences
                ]
            }
        case Translation(sentences=translated):
            return {
                "language": answer.request.language,
                "sentences": [
                    place(each.start, each.end)
                    | {"translation_text": each.translation, "score": each.score}
                    for each in translated
                ],
            }
        case _:
            return {}


def to_csv(answer: Answer, name: str) -> str:
    """One line for each label, name, candidate, passage or sentence; no cell is a formula.

    UTF-8 with a byte order mark. Lines of a refused text have the outcome `refused`.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    before, after = (name, answer.request.task.value), answer.verdict.outcome.value
    for kind, words, label, start, end, score, translation in rows(answer):
        scored = ("", "") if score == "" else (f"{score:.4f}", measure(answer))
        cells = (*before, kind, words, label, start, end, *scored, translation, after)
        writer.writerow(cell(each) for each in (*cells, answer.provenance.model))
    return BYTE_ORDER_MARK + text.getvalue()


def cell(value: str | float) -> str:
    """A cell that is neither a formula nor ends a file early."""
    return neutral(visible(str(value)))


def rows(answer: Answer) -> Iterator[Row]:
    """The lines of an answer."""
    match answer:
        case Sorted():
            return label_rows(answer)
        case Entities():
            return span_rows(answer, "name")
        case Answered():
            none: Row = ("no answer", "", "", "", "", answer.none, "")
            return chain(span_rows(answer, "answer"), [none] if answer.none else [])
        case Found():
            return span_rows(answer, "passage")
        case Summarized() | Translation():
            return sentence_rows(answer)


def label_rows(answer: Sorted) -> Iterator[Row]:
    """Every label of the text, then of each sentence."""
    text = answer.request.text
    for each in answer.scores:
        yield "text", "", each.label, 0, len(text), each.score, ""
    for piece in answer.pieces:
        words = text[piece.start : piece.end]
        for each in piece.scores:
            yield "sentence", words, each.label, piece.start, piece.end, each.score, ""


def span_rows(answer: Entities | Answered | Found, kind: str) -> Iterator[Row]:
    for each in answer.spans:
        yield kind, word(answer, each), each.label, each.start, each.end, each.score, ""


def sentence_rows(answer: Summarized | Translation) -> Iterator[Row]:
    """The summary or the translation as a whole, then sentence by sentence."""
    text = answer.request.text
    match answer:
        case Summarized(summary=summary):
            if summary:
                yield "summary", summary, "", "", "", "", ""
            for one in answer.sentences:
                words, chosen = text[one.start : one.end], "chosen" if one.chosen else ""
                yield "sentence", words, chosen, one.start, one.end, one.score, ""
        case Translation(sentences=sentences):
            for each in sentences:
                words, place = text[each.start : each.end], (each.start, each.end)
                yield "sentence", words, "", *place, each.score, each.translation


def to_txt(answer: Answer) -> str:
    """The answer to read: a summary or a translation alone, else what the page says of it."""
    refused = answer.verdict.outcome is Outcome.REFUSED
    if isinstance(answer, Summarized | Translation) and not refused:
        text = answer.summary if isinstance(answer, Summarized) else answer.translation
        return visible(text).rstrip("\n") + "\n"
    said = [headline(answer), how_sure(answer), *meaning(answer)]
    lines = [each for each in said if each]
    if isinstance(answer, Entities | Answered | Found) and not refused:
        lines += ["", *(txt_line(answer, each) for each in answer.spans)]
    return "\n".join(lines) + "\n"


def txt_line(answer: Entities | Answered | Found, span: Span) -> str:
    """What stands at a place, on one line, behind what it is and its score."""
    label = f"{visible(span.label)}\t" if span.label else ""
    return f"{label}{span.score:.4f}\t{' '.join(visible(word(answer, span)).split())}"
