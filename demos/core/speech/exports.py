"""Transcripts for machines and spreadsheets: JSON in Hugging Face's shape, CSV by word.

The JSON has `text` and `chunks`, each with `text` and `timestamp`, as the pipeline for speech
recognition of transformers has with `return_timestamps`; what else is in it is ours.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from demos.core.speech.transcript import Segment, Transcription, Word
from demos.core.spreadsheet import BYTE_ORDER_MARK, neutral

Named = tuple[str, Transcription]
"""A recording's name and what was heard in it."""

WORD_COLUMNS = ("file", "kind", "text", "start", "end", "score", "measure", "model")


def to_json(heard: Transcription, name: str, disclaimer: str = "") -> str:
    """One recording. `name` is that of its file."""
    return dumped(result_document(heard, name) | {"disclaimer": disclaimer})


def dumped(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def result_document(heard: Transcription, name: str) -> dict[str, Any]:
    """What was heard in one recording; times are in seconds."""
    return {
        "text": heard.text,
        "chunks": [chunk(each) for segment in heard.segments for each in parts(segment)],
        "chunks_are": "words" if heard.words else "segments",
        "segments": [chunk(each) for each in heard.segments],
        "input": {
            "name": name,
            "sha256": heard.provenance.input_sha256,
            "seconds": round(heard.seconds, 3),
        },
        "outcome": heard.outcome.value,
        "reason": heard.reason,
        "language": heard.language,
        "translated": heard.options.translate,
        "complete": heard.done >= heard.seconds,
        "measure": measure(heard),
        "rejected": [
            {"timestamp": times(each.start, each.end), "nearest": each.nearest, "score": each.score}
            for each in heard.rejected
        ],
        "regions": [times(each.start, each.end) for each in heard.regions],
        "provenance": heard.provenance.as_dict(),
    }


def parts(segment: Segment) -> tuple[Word | Segment, ...]:
    """Its words, or itself where they have no times."""
    return segment.words or (segment,)


def chunk(said: Word | Segment) -> dict[str, Any]:
    found: dict[str, Any] = {"text": said.text, "timestamp": times(said.start, said.end)}
    return found | {"score": said.score} if isinstance(said, Word) else found


def times(start: float, end: float) -> list[float]:
    return [round(start, 3), round(end, 3)]


def measure(heard: Transcription) -> str:
    """What the scores of words are called."""
    return "probability" if heard.calibrated else "model score"


def to_csv(recordings: Iterable[Named]) -> str:
    """One line for each word, in seconds; for each segment where words have no times.

    Speech that was turned away has lines of kind `rejected`, with the word that fits best.
    """
    return table(WORD_COLUMNS, (row for each in recordings for row in word_rows(*each)))


def word_rows(name: str, heard: Transcription) -> Iterator[tuple[str | float, ...]]:
    """The lines of one recording, by time."""
    said = [
        (each.start, each.end, "word" if isinstance(each, Word) else "segment", each.text, score)
        for segment in heard.segments
        for each in parts(segment)
        for score in (each.score if isinstance(each, Word) else None,)
    ]
    said += [
        (each.start, each.end, "rejected", each.nearest, each.score) for each in heard.rejected
    ]
    for start, end, kind, text, score in sorted(said, key=lambda row: row[:2]):
        scored = ("", "") if score is None else (f"{score:.4f}", measure(heard))
        yield name, kind, text, f"{start:.3f}", f"{end:.3f}", *scored, heard.provenance.model


def table(columns: Iterable[str], rows: Iterable[Iterable[str | float]]) -> str:
    """CSV in UTF-8 with a byte order mark; no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + text.getvalue()
