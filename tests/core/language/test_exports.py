"""Exports of language answers hold everything, in others' shapes, and no spreadsheet runs them."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest

from demos.core.language.answers import Answer, Request, Span, Task
from demos.core.language.exports import COLUMNS, to_csv, to_json, to_txt
from demos.core.spreadsheet import FORMULA_STARTS
from tests.core.language import said
from tests.core.language.said import HOSTILE, LETTER, REFUSED


def document(answer: Answer) -> dict[str, Any]:
    return dict(json.loads(to_json(answer, "mail.txt", "A demo.")))


def lines(answer: Answer) -> list[dict[str, str]]:
    text = to_csv(answer, "mail.txt")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_labels_have_the_shape_of_text_classification() -> None:
    found = document(said.sentiment())
    assert found["result"] == [
        {"label": "positive", "score": 0.8124},
        {"label": "negative", "score": 0.1876},
    ]
    assert found["sentences"][1]["text"] == "Breakfast came an hour late!"
    assert found["measure"] == "probability" and found["task"] == "sentiment"
    assert found["input"] == {"name": "mail.txt", "sha256": "ab" * 32, "characters": 76}
    assert found["provenance"]["thresholds"] == {"certainty": 0.6}
    assert found["disclaimer"] == "A demo." and found["withheld"] is None


def test_labels_of_ones_own_have_the_shape_of_zero_shot_classification() -> None:
    asked = replace(said.sentiment(), request=Request(Task.ZERO_SHOT, "Hm.", labels=("a", "b")))
    assert document(asked)["result"] == {
        "sequence": "Hm.",
        "labels": ["positive", "negative"],
        "scores": [0.8124, 0.1876],
    }


def test_names_have_the_shape_of_token_classification() -> None:
    assert document(said.entities())["result"][0] == {
        "entity_group": "PER",
        "score": 0.98,
        "word": "Maria Lindqvist",
        "start": 0,
        "end": 15,
    }


def test_answers_have_the_shape_of_question_answering() -> None:
    found = document(said.answered())
    start = LETTER.index("1 March")
    best = {"answer": "1 March 2021", "score": 0.87, "start": start, "end": start + 12}
    assert found["result"][0] == best and found["query"] == "When did the lease begin?"
    assert {"answer": "", "score": 0.04, "start": 0, "end": 0} in found["result"]


def test_where_there_is_no_answer_the_candidates_are_withheld() -> None:
    found = document(said.not_found())
    assert found["outcome"] == "refused"
    assert found["result"] == [{"answer": "", "score": 0.91, "start": 0, "end": 0}]
    assert [each["answer"] for each in found["withheld"]] == ["", "both parties"]


def test_texts_have_the_shapes_of_their_pipelines() -> None:
    assert document(said.written())["result"][0]["summary_text"].startswith("A lease")
    translated = document(said.translation())
    assert "Zwei Männer" in translated["result"][0]["translation_text"]
    assert translated["sentences"][0]["translation_text"] == "Ein Hund läuft am Strand."
    assert translated["language"] == "de"
    assert [each["chosen"] for each in document(said.summarized())["sentences"]][3:] == [False] * 2
    assert document(said.found())["result"][0]["text"] == "It is paid back within thirty days."


@pytest.mark.parametrize("kind", said.of_each_kind())
def test_every_kind_makes_every_file(kind: str) -> None:
    answer = said.of_each_kind()[kind]
    rows = lines(answer)
    assert rows and tuple(rows[0]) == COLUMNS
    assert {row["outcome"] for row in rows} == {"answer"} and rows[0]["model"] == "reader"
    assert to_txt(answer).endswith("\n") and to_txt(answer).strip()
    refused = document(replace(answer, verdict=REFUSED))
    assert not refused["result"] or "sequence" in refused["result"] or kind == "answered"
    assert refused["withheld"] and refused["reason"] == REFUSED.reason
    assert to_txt(replace(answer, verdict=REFUSED)).endswith("This text is not in English.\n")


def test_the_table_has_a_line_for_each() -> None:
    kinds = [row["kind"] for row in lines(said.sentiment())]
    assert kinds == ["text"] * 2 + ["sentence"] * 6
    assert [row["kind"] for row in lines(said.answered())] == ["answer"] * 3 + ["no answer"]
    assert lines(said.translation())[1]["translation"] == "Zwei Männer reparieren ein Dach."
    names = lines(said.entities())
    assert (names[1]["text"], names[1]["label"], names[1]["score"]) == ("Oslo", "LOC", "0.9500")
    assert names[1]["measure"] == "model score"
    assert [row["label"] for row in lines(said.summarized())][:2] == ["", "chosen"]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_cell_is_a_formula(start: str) -> None:
    text = f"{start}cmd|' /C calc'!A0"
    whole = (Span(0, len(text), text, 0.5),)
    attacked = replace(said.entities(), request=Request(Task.ENTITIES, text), spans=whole)
    [row] = csv.DictReader(io.StringIO(to_csv(attacked, text)[1:], newline=""))
    for cell in (row["file"], row["text"], row["label"]):
        assert not cell.startswith(FORMULA_STARTS)


@pytest.mark.parametrize("answer", said.hostile(), ids=lambda each: type(each).__name__)
def test_any_text_can_be_written(answer: Answer) -> None:
    for text in (to_json(answer, HOSTILE), to_csv(answer, HOSTILE), to_txt(answer)):
        text.encode()
        assert "\x00" not in text
    kept = json.loads(to_json(answer, HOSTILE))
    assert kept["input"]["name"] == HOSTILE, "JSON can spell what UTF-8 cannot"


def test_a_text_to_read_is_the_answer() -> None:
    assert to_txt(said.written()) == said.written().summary + "\n"
    assert to_txt(said.translation()).count("\n") == 2
    assert to_txt(said.answered()).startswith("“1 March 2021”\n")
    assert "LOC\t0.9500\tOslo\n" in to_txt(said.entities())
    assert to_txt(said.sentiment()) == "Positive\nProbability 81.2 %.\nNext: Negative, 18.8 %.\n"
