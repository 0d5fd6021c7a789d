"""Exports hold everything, in the shape that others read, and no spreadsheet runs them."""

import csv
import io
import json
from dataclasses import replace

from demos.core.results import Outcome
from demos.core.speech.exports import to_csv, to_json
from demos.core.speech.transcript import Options, Rejected, Segment
from tests.core.speech.heard import segment, silence, transcription

HEARD = transcription(
    [segment("go left", 1.00049)], rejected=[Rejected(3, 3.5, "cat", 0.31)], calibrated=True
)


def rows(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_json_has_the_shape_of_the_pipeline() -> None:
    document = json.loads(to_json(HEARD, "call.wav", "Research demonstration."))
    assert document["text"] == "go left"
    assert document["chunks"] == [
        {"text": "go", "timestamp": [1.0, 1.4], "score": 0.9},
        {"text": "left", "timestamp": [1.4, 1.8], "score": 0.9},
    ]
    assert document["segments"] == [{"text": "go left", "timestamp": [1.0, 1.8]}]
    assert document["chunks_are"] == "words"


def test_json_holds_the_record() -> None:
    document = json.loads(to_json(HEARD, "call.wav", "Research demonstration."))
    assert document["input"] == {"name": "call.wav", "sha256": "ab" * 32, "seconds": 10.0}
    assert document["outcome"] == "answer" and document["complete"] is True
    assert document["language"] == "en" and document["translated"] is False
    assert document["measure"] == "probability"
    assert document["rejected"] == [{"timestamp": [3, 3.5], "nearest": "cat", "score": 0.31}]
    assert document["regions"] == [[1.0, 1.8]]
    assert document["provenance"]["thresholds"] == {"word": 0.5}
    assert document["disclaimer"] == "Research demonstration."


def test_without_word_times_chunks_are_segments() -> None:
    heard = transcription([Segment("Hello there.", 0, 2)], options=Options(translate=True))
    document = json.loads(to_json(heard, "call.wav"))
    assert document["chunks"] == [{"text": "Hello there.", "timestamp": [0, 2]}]
    assert document["chunks_are"] == "segments" and document["translated"] is True
    assert rows(to_csv([("call.wav", heard)]))[0]["kind"] == "segment"


def test_silence_says_why() -> None:
    document = json.loads(to_json(silence(), "still.wav"))
    assert (document["text"], document["chunks"]) == ("", [])
    assert (document["outcome"], document["reason"]) == ("refused", "No speech detected.")
    assert rows(to_csv([("still.wav", silence())])) == []


def test_what_is_still_being_heard_is_not_complete() -> None:
    document = json.loads(to_json(replace(HEARD, done=4.0), "call.wav"))
    assert document["complete"] is False


def test_csv_has_a_line_for_each_word_by_time() -> None:
    found = rows(to_csv([("call.wav", HEARD), ("b.wav", transcription([segment("up")]))]))
    assert [(row["file"], row["kind"], row["text"]) for row in found] == [
        ("call.wav", "word", "go"),
        ("call.wav", "word", "left"),
        ("call.wav", "rejected", "cat"),
        ("b.wav", "word", "up"),
    ]
    assert (found[0]["start"], found[0]["end"], found[0]["score"]) == ("1.000", "1.400", "0.9000")
    assert [row["measure"] for row in found] == ["probability"] * 3 + ["model score"]


def test_no_cell_is_a_formula() -> None:
    attack = '=HYPERLINK("http://x")'
    heard = transcription(
        [Segment(attack, 0, 1)],
        outcome=Outcome.UNSURE,
        reason="+1",
        rejected=[Rejected(1, 2, "@SUM(A1)", 0.1)],
    )
    found = rows(to_csv([("-1.wav", heard)]))
    for row in found:
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())
    assert [row["text"] for row in found] == [f"'{attack}", "'@SUM(A1)"]
