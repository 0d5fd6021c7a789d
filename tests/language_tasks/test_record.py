"""An answer as something to keep, and what is known of how good a model is."""

import json
from dataclasses import replace
from typing import Any

import pytest

from demos.core.language.answers import Request, Sorted, Task
from demos.core.language.report import to_html
from demos.language_tasks import SPEC, inference, reading
from demos.language_tasks.offered import READER, models_for
from demos.language_tasks.record import (
    LONGEST,
    facts,
    of_task,
    options,
    quality,
    report,
    snippet,
    trust,
)
from tests.language_tasks.tiny_reader import tiny_reader

HOSTILE = (
    'What a n\0UL \ud800 of a day <script>alert(1)</script> {x} "\'"\'""" \\ this was, مرحبا 🙂'
)


@pytest.fixture(scope="module")
def answer() -> Sorted:
    return reading.sort(tiny_reader(), Request(Task.SENTIMENT, HOSTILE))


def test_the_record_names_what_there_is_to_know(answer: Sorted) -> None:
    rows = dict(facts(READER, answer))
    assert rows["Text"] == "Language detected: English."
    assert rows["Input SHA-256"] == answer.provenance.input_sha256
    assert "reader" in rows["Model"] and READER.license in rows["Model"]
    assert rows["Task"] == "Sentiment" and rows["Thresholds"] == "least score of an answer 0"
    hub = models_for(Task.SENTIMENT)[2]
    assert "Revision" in dict(facts(hub, answer))


@pytest.mark.parametrize("text", [HOSTILE, "Short.", "Long. " * LONGEST], ids=["odd", "s", "l"])
def test_the_snippet_repeats_the_answer_to_any_text(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    model = tiny_reader()
    monkeypatch.setattr(inference, "load", lambda spec, device: model)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text(text.encode("utf-8", "replace").decode(), encoding="utf-8")
    answer = reading.sort(model, Request(Task.SENTIMENT, text))
    code = snippet(READER, answer, "Your text", None)
    exec(compile(code, "snippet", "exec"), {})
    said = json.loads(capsys.readouterr().out)
    assert said[0]["label"] == answer.scores[0].label
    assert said[0]["score"] == pytest.approx(answer.scores[0].score, abs=1e-4)


def test_a_sample_is_read_from_its_file(answer: Sorted) -> None:
    assert "json.loads(Path('a.json')" in snippet(READER, answer, "A", "a.json")
    assert "Path('a.txt').read_text" in snippet(READER, answer, "A", "a.txt")


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (Request(Task.QUESTION_ANSWERING, "", "Who's there?"), 'query="Who\'s there?"'),
        (Request(Task.ZERO_SHOT, "", labels=("a", "b")), "labels=('a', 'b')"),
        (Request(Task.SUMMARY, "", sentences=2), "sentences=2"),
        (Request(Task.TRANSLATION, "", language="fr"), "language='fr'"),
        (Request(Task.TOPIC, "", "unused"), "Task('topic'), text"),
    ],
)
def test_the_snippet_says_what_was_asked(request_: Request, said: str) -> None:
    assert options(request_).endswith(said)


def test_the_report_is_safe_and_says_where_the_card_is(answer: Sorted) -> None:
    made = report(SPEC, READER, answer, "<b>name</b>", None, None)
    page = to_html(made)
    assert "<script>alert" not in page and "&lt;b&gt;name" in page
    assert "cards/reader.md" in made.model_card
    hub = models_for(Task.SENTIMENT)[2]
    assert report(SPEC, hub, answer, "x", None, None).model_card == hub.summary


def test_quality_quotes_what_was_measured() -> None:
    metrics = {
        "sentiment_validation": {"accuracy": 0.9123, "ece": 0.01, "n": 872},
        "translation_validation": {"bleu": 35.12, "bleu_de": 35.12, "bleu_fr": 50.0, "n": 1014},
    }
    assert quality(READER, metrics, Task.SENTIMENT) == "accuracy 91.2 %, on 872 validation texts"
    said = quality(READER, metrics, Task.TRANSLATION)
    assert said == "BLEU 35.1 into German, BLEU 50.0 into French, on 1,014 validation texts"
    assert quality(READER, metrics, Task.TOPIC) == "not measured here"
    hub = models_for(Task.SENTIMENT)[2]
    assert quality(hub, {}, Task.SENTIMENT).startswith("not measured here; accuracy 0.913")
    assert of_task(metrics, Task.SENTIMENT)["split"] == "validation"
    assert of_task(metrics, Task.TOPIC) == {}


def test_trust_is_said_where_it_was_measured(answer: Sorted) -> None:
    assert trust({}) == ""
    measured = {"n": 200, "share": 0.2, "by_shares": 3.21, "by_chance": 0.4}
    assert "200 texts" in trust({"evidence": measured}) and "3.2" in trust({"evidence": measured})
    assert replace(answer).request.text == HOSTILE
