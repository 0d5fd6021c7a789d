"""Many transcripts to take away: complete, safe to open, safe to unpack."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from demos.core.batch import Fate
from demos.core.speech.batch import Row
from demos.core.speech.batch_exports import (
    COLUMNS,
    TABLE,
    ManyTranscripts,
    many_json,
    rows_csv,
    to_zip,
)
from demos.core.speech.error_rate import compare, together
from tests.core.speech.heard import segment, silence, transcription

HEARD = transcription([segment("one two"), segment("three", 5.0)])
RATES = compare("one two free", HEARD.text)


def row(number: int, name: str, text: str = "one") -> Row:
    heard = transcription([segment(text)])
    return Row(number, name, 1000, f"{number:064x}", Fate.ANSWER, "", 10.0, 0.5, "WAV", (), heard)


ROWS = (
    replace(
        row(1, "day 1/Straße.wav"),
        heard=HEARD,
        reference="one two free",
        errors=replace(RATES, alignment=()),
        notes=("Two channels were mixed.",),
    ),
    replace(row(2, "silent.wav"), heard=silence(), fate=Fate.REFUSED, reason="No speech detected."),
    Row(3, "=HYPERLINK(1)", 9, "", Fate.FAILED, "This file is damaged. Export it again."),
)
MANY = ManyTranscripts(
    title="Speech: Ears",
    model="Ears (ears), MIT",
    rows=ROWS,
    doubtful=0.95,
    pooled=together([RATES]),
    complete=True,
    made=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    disclaimer="A demonstration.",
)


def lines(many: ManyTranscripts = MANY) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(rows_csv(many).removeprefix("\ufeff"))))


def unpacked(many: ManyTranscripts = MANY) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(to_zip(many))) as archive:
        assert archive.testzip() is None
        return {each: archive.read(each).decode() for each in archive.namelist()}


def test_the_table_has_a_line_for_every_recording() -> None:
    assert rows_csv(MANY).startswith("\ufeff" + ",".join(COLUMNS))
    heard, silent, failed = lines()
    assert heard["text"] == "one two three" and heard["words"] == "3"
    assert heard["low_confidence_share"] == "1.0000" and heard["low_confidence_below"] == "0.95"
    assert heard["measure"] == "model score" and heard["language"] == "en"
    assert heard["audio_seconds"] == "10.000" and heard["processing_seconds"] == "0.5000"
    assert float(heard["word_error_rate"]) == pytest.approx(1 / 3, abs=1e-4)
    assert (heard["word_errors"], heard["reference_words"]) == ("1", "3")
    assert heard["notes"] == "Two channels were mixed." and heard["model"] == "commands"
    assert silent["outcome"] == "refused" and silent["reason"] == "No speech detected."
    assert silent["text"] == silent["low_confidence_share"] == silent["word_error_rate"] == ""
    assert failed["outcome"] == "failed" and failed["file"] == "'=HYPERLINK(1)"
    assert {line["disclaimer"] for line in lines()} == {"A demonstration."}


def test_the_data_have_every_recording_in_the_shape_of_a_single_one() -> None:
    document = json.loads(many_json(MANY))
    assert document["outcomes"] == {"answer": 1, "unsure": 0, "refused": 1, "failed": 1}
    assert document["complete"] and document["words"] == 3
    assert document["compared_with_references"]["n"] == 1
    assert document["compared_with_references"]["wer"]["value"] == pytest.approx(1 / 3)
    heard, silent, failed = document["results"]
    assert [each["text"] for each in heard["chunks"]] == ["one", "two", "three"]
    assert heard["chunks"][2]["timestamp"] == [5.0, 5.4]
    assert heard["input"]["name"] == "day 1/Straße.wav"
    assert heard["reference"]["text"] == "one two free"
    assert silent["outcome"] == "refused" and silent["chunks"] == []
    assert failed["reason"].startswith("This file is damaged") and "chunks" not in failed


def test_no_comparison_is_made_up() -> None:
    document = json.loads(many_json(replace(MANY, pooled=None)))
    assert document["compared_with_references"] is None


def test_the_zip_holds_four_files_of_each_transcript_and_the_table() -> None:
    files = unpacked()
    stem = "transcripts/day 1/Straße"
    assert list(files) == [
        *(f"{stem}.{each}" for each in ("txt", "srt", "vtt", "json")),
        TABLE,
    ]
    assert "one two" in files[f"{stem}.txt"]
    assert "00:00:00,000 -->" in files[f"{stem}.srt"]
    assert files[f"{stem}.vtt"].startswith("WEBVTT")
    assert json.loads(files[f"{stem}.json"])["text"] == "one two three"
    assert files[TABLE] == rows_csv(MANY)
    assert to_zip(MANY) == to_zip(MANY), "the same table gives the same file"


@pytest.mark.parametrize(
    ("names", "stems"),
    [
        (["a.wav", "a.mp3"], ["a", "a (2)"]),
        (["../../etc/passwd.wav", "/srv/x.wav"], ["etc/passwd", "srv/x"]),
        (['what: "now"?.wav', "v1.2.wav"], ["what_ _now__", "v1.2"]),
        (["no ending", ".wav", "a\\b.wav"], ["no ending", ".wav", "a/b"]),
    ],
)
def test_names_in_the_zip_are_harmless_and_never_alike(names: list[str], stems: list[str]) -> None:
    rows = tuple(row(number, name) for number, name in enumerate(names, 1))
    found = [name for name in unpacked(replace(MANY, rows=rows)) if name.endswith(".txt")]
    assert found == [f"transcripts/{stem}.txt" for stem in stems]


def test_an_empty_table_is_a_table() -> None:
    empty = replace(MANY, rows=(), pooled=None, complete=False)
    assert lines(empty) == []
    assert json.loads(many_json(empty))["results"] == []
    assert list(unpacked(empty)) == [TABLE]
