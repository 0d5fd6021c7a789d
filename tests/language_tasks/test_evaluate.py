"""Measuring from file to printed figures, with a reader whose answers follow a script."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from demos.core.devices import CPU
from demos.core.errors import UnsupportedType
from demos.core.language.answers import Task
from demos.core.sentence_encoder import WIDTH
from demos.language_tasks import data, evaluate, inference, meaning, measure, offered
from demos.language_tasks.data import Tagged
from demos.language_tasks.encoding import encode
from demos.language_tasks.evaluate_files import Caption, Labeled, Paper, Question
from demos.language_tasks.reader import HEADS, Model
from demos.language_tasks.tasks import EMOTIONS, ENTITY_TAGS, SENTIMENTS, TOPICS, TOXICITIES
from tests.language_tasks.bundled import tiny_meaning
from tests.language_tasks.conftest import Load

LABELS = {
    Task.SENTIMENT: SENTIMENTS,
    Task.TOPIC: TOPICS,
    Task.INTENT: ("greeting", "weather", "oos"),
    Task.EMOTION: EMOTIONS,
    Task.TOXICITY: TOXICITIES,
}
WIDTHS = [*map(len, LABELS.values()), len(ENTITY_TAGS), 2]
NO_ANSWER = 3.0
CERTAIN = 9.0

Script = Mapping[Task, Mapping[str, Sequence[float]]]


def reader(script: Script) -> Model:
    """Texts have the sum of the odds of their words, tokens the odds of their word."""
    odds = {
        task: {encode([word])[0].ids[0]: np.array(row) for word, row in words.items()}
        for task, words in script.items()
    }

    def forward(given: Mapping[str, NDArray[np.int64]]) -> list[NDArray[np.float32]]:
        found = []
        for task, width in zip(HEADS, WIDTHS, strict=True):
            known, other = odds.get(task, {}), np.zeros(width)
            rows = np.array([[known.get(n, other) for n in row] for row in given["ids"]])
            if task is Task.ENTITIES:
                rows[..., 0] += 1
            if task is Task.QUESTION_ANSWERING:
                rows[:, 0] = NO_ANSWER
            found.append((rows.sum(axis=1) if task in LABELS else rows).astype(np.float32))
        return found

    floors = dict.fromkeys([*LABELS, Task.QUESTION_ANSWERING], 0.6)
    ones = dict.fromkeys(HEADS, 1.0)
    return Model(forward, LABELS, ones, floors, lambda: None, "reader", "abc", "script", "", CPU, 1)


TONE: Script = {Task.SENTIMENT: {"lovely": [0, 3], "awful": [3, 0], "odd": [0.2, 0]}}


def stored(file: Path, **columns: list[Any]) -> Path:
    pl.DataFrame(columns).write_parquet(file)
    return file


def run(monkeypatch: pytest.MonkeyPatch, model: Model, *arguments: str) -> None:
    monkeypatch.setattr(inference, "load", lambda spec, device: model)
    monkeypatch.setattr(sys, "argv", ["evaluate", *arguments])
    evaluate.main()


def test_one_object_is_printed_and_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = [
        "this is a lovely film about the sea",
        "this is an awful film about the sea",
        "this film about the sea is lovely and awful",
        "this is an odd film about the sea",
    ]
    file = stored(tmp_path / "held.parquet", text=texts, label=[1, 0, 1, 0])
    metrics = tmp_path / "metrics.json"
    monkeypatch.setattr(evaluate, "METRICS", metrics)
    run(monkeypatch, reader(TONE), "--task", "sentiment", "--data", str(file), "--write")
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert (found["task"], found["model"], found["split"]) == ("sentiment", "reader", "held")
    assert (found["n"], found["seed"]) == (4, 0)
    assert (found["engine"], found["weights"]) == ("script", "abc")
    assert found["accuracy"] == 0.75  # of two labels that are as likely the first is taken
    assert found["answered"] == 0.5
    assert found["unsure"] == 0.5
    assert found["accuracy_answered"] == 1.0
    assert found["seconds_per_row"] > 0
    assert json.loads(metrics.read_text()) == {"reader": {"sentiment_held": found}}


def test_intents_are_judged_as_the_page_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script: Script = {
        Task.INTENT: {"hello": [5, 0, 0], "rain": [0, 5, 0], "sing": [0, 0, 5], "warm": [0, 0.3, 0]}
    }
    texts = [
        "hello to all of you",
        "will there be rain tomorrow",
        "is it warm outside today",  # the likeliest is right, but not likely enough
        "please sing me a song",
        "what is this good for",  # all are as likely
        "tell the rain a story",
        "morgen wird es wahrscheinlich den ganzen Tag regnen",
    ]
    labels = ["greeting", "weather", "weather", "oos", "oos", "oos", "oos"]
    file = stored(tmp_path / "held.parquet", text=texts, label=labels)
    run(monkeypatch, reader(script), "--task", "intent", "--data", str(file))
    found = json.loads(capsys.readouterr().out)
    assert found["in_scope_accuracy"] == pytest.approx(2 / 3)
    assert found["oos_recall"] == 0.75
    assert (found["n_in_scope"], found["n_oos"]) == (3, 4)


def test_names_are_marked_and_mapped_to_words() -> None:
    tags = {
        "anna": (0, 9, 0, 0, 0, 0, 0),
        "bell": (0, 0, 9, 0, 0, 0, 0),
        "oslo": (0, 0, 0, 9, 0, 0, 0),
    }
    rows = [
        Tagged(("Anna", "Bell", "likes", "Oslo", "."), ("B-PER", "I-PER", "O", "B-LOC", "O"), "a"),
        Tagged(("Oslo", "Bell", "Ltd", "rose"), ("B-ORG", "I-ORG", "I-ORG", "O"), "b"),
    ]
    found = evaluate.evaluate(Task.ENTITIES, reader({Task.ENTITIES: tags}), rows)
    # Given: Anna Bell, Oslo; Oslo, Bell. There: Anna Bell, Oslo; Oslo Bell Ltd.
    assert (found["precision"], found["recall"]) == (2 / 4, 2 / 3)
    assert found["f1"] == pytest.approx(4 / 7)
    assert found["per_corpus"]["a"]["f1"] == 1
    assert found["per_corpus"]["b"]["f1"] == 0


def test_questions_are_answered_even_where_none_is_likelier() -> None:
    places = {"may": (CERTAIN, 0.0), "1911": (0.0, CERTAIN), "perhaps": (0.3, 0.3)}
    rows = [
        Question("When did it burn?", "The mill burned in May 1911 at night.", ("May 1911",)),
        Question("Who did it?", "It was perhaps lightning.", ("perhaps",)),
    ]
    found = evaluate.evaluate(
        Task.QUESTION_ANSWERING, reader({Task.QUESTION_ANSWERING: places}), rows
    )
    assert found["exact_match"] == 1.0
    assert found["f1"] == 1.0
    assert (found["answered"], found["refused"]) == (0.5, 0.5)


def test_each_task_has_its_models() -> None:
    assert evaluate.chosen(Task.TOPIC, None).name == "reader"
    assert evaluate.chosen(Task.SIMILARITY, None).name == "summary"
    assert evaluate.chosen(Task.SENTIMENT, "distilbert_sst2").name == "distilbert_sst2"
    with pytest.raises(UnsupportedType, match="These are: reader"):
        evaluate.chosen(Task.TOPIC, "distilbert_sst2")


def test_languages_of_translation() -> None:
    spec = offered.OWN[Task.TRANSLATION]
    assert evaluate.languages_of(spec, None) == ("de", "fr")
    assert evaluate.languages_of(spec, "fr") == ("fr",)
    with pytest.raises(UnsupportedType, match="It translates into: de, fr"):
        evaluate.languages_of(spec, "es")


def test_labels_are_called_by_their_words() -> None:
    rows = [Labeled("", "World"), Labeled("", "late_fee"), Labeled("", "World")]
    assert evaluate.called(rows, {"World": "news"}) == {"World": "news", "late_fee": "late fee"}
    assert evaluate.called(rows, {}) == {"World": "World", "late_fee": "late fee"}


def test_a_description_names_its_label() -> None:
    assert evaluate.description("Tech=phones = gadgets") == ("Tech", "phones = gadgets")
    with pytest.raises(argparse.ArgumentTypeError, match="not LABEL=DESCRIPTION"):
        evaluate.description("World")


def test_topics_told_by_their_names_alone() -> None:
    near = {"rain": 0, "weather": 0, "goal": 1, "match": 1}

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.full((len(texts), WIDTH), 0.01, np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[[near[word] for word in text.lower().split() if word in near]] = 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    model = meaning.Meaning(encode, None, "summary", "b", "a", CPU, 1)
    rows = [
        Labeled("there was a lot of rain in the night", "my_weather"),
        Labeled("she scored the only goal of the evening", "big_match"),
        Labeled("after so much rain the ground was wet", "big_match"),
    ]
    found = evaluate.evaluate(Task.ZERO_SHOT, model, rows)
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert found["labels"] == {"my_weather": "my weather", "big_match": "big match"}
    assert (found["weights"], found["engine"]) == ("a", "PyTorch")


def test_what_is_wrong_with_a_file_is_said_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = stored(tmp_path / "held.parquet", text=["a"], label=["Weather"])
    with pytest.raises(SystemExit, match="“Weather”"):
        run(monkeypatch, reader({}), "--task", "topic", "--data", str(file))
    with pytest.raises(SystemExit, match="no model for the task"):
        run(
            monkeypatch,
            reader({}),
            *("--task", "topic", "--data", str(file), "--model", "qwen"),
        )


def folder_of_files(folder: Path) -> Path:
    stored(folder / "intent-train.parquet", text=["a", "b"], label=["weather", "oos"])
    stored(folder / "sentiment-train.parquet", text=["so lovely", "so awful"], label=[1, 0])
    stored(
        folder / "sentiment-validation.parquet",
        text=["a lovely day", "an awful day"],
        label=[1, 1],
    )
    stored(
        folder / "topic-train.parquet",
        text=[f"match number {n}" for n in range(100)],
        label=["Sports"] * 100,
    )
    return folder


def test_validation_is_what_training_leaves_out(tmp_path: Path) -> None:
    folder = folder_of_files(tmp_path)
    rows = measure.validation(folder, Task.TOPIC, ())
    train, held = data.sorting(folder, Task.TOPIC)
    assert [each.text for each in rows] == [each.text for each in held]
    assert not {each.text for each in rows} & {each.text for each in train}
    assert {each.label for each in rows} == {"Sports"}
    assert measure.validation(folder, Task.ZERO_SHOT, ()) == rows


def test_figures_of_a_task_replace_only_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics = tmp_path / "metrics.json"
    metrics.write_text(json.dumps({"reader": {"entities_f1": 0.5}}))
    monkeypatch.setattr(measure, "METRICS", metrics)
    ours = {"reader": reader(TONE), "summary": tiny_meaning()}
    monkeypatch.setattr(inference, "load", lambda spec, device: ours[spec.name])
    monkeypatch.setattr(measure, "evidence", lambda model, task, texts: {"n": len(texts)})
    folder = folder_of_files(tmp_path)
    monkeypatch.setattr(
        sys, "argv", ["measure", "--data", str(folder), "--tasks", "sentiment", "topic"]
    )
    measure.main()
    written = json.loads(metrics.read_text())
    assert set(written["summary"]) == {"sentiment_validation", "topic_validation"}
    assert written["summary"]["sentiment_validation"]["n"] == 2
    found = written["reader"]
    assert found["evidence"] == {"n": 2}
    assert (found["split"], found["seed"], found["n"]) == ("validation", 0, 2)
    assert found["sentiment_accuracy"] == 0.5
    assert found["sentiment_accuracy_ci95"][1] > 0.5
    assert found["sentiment_validation"]["per_label"]["positive"]["recall"] == 0.5
    assert found["topic_validation"]["n"] == len(data.sorting(folder, Task.TOPIC)[1])
    assert found["entities_f1"] == 0.5


ROWS: dict[Task, list[Any]] = {
    Task.SENTIMENT: [Labeled("a lovely film", "positive"), Labeled("", "negative")],
    Task.EMOTION: [Labeled("what joy", "joy"), Labeled("i am so sad", "sadness")],
    Task.TOXICITY: [Labeled("what joy", "neither"), Labeled("you fool", "offensive")],
    Task.ENTITIES: [Tagged(("Anna", "left"), ("B-PER", "O"), "")],
    Task.QUESTION_ANSWERING: [Question("Who left?", "Anna left.", ("Anna",))],
    Task.ZERO_SHOT: [Labeled("it rains", "weather"), Labeled("a late goal", "sports")],
    Task.SUMMARY: [Paper(("It rained.", "Anna left."), ("Anna left.",))],
    Task.TRANSLATION: [Caption("A dog runs.", ("Ein Hund rennt.",))],
}


@pytest.mark.parametrize(
    ("name", "task", "figure"),
    [
        ("distilbert_sst2", Task.SENTIMENT, "accuracy"),
        ("roberta_go_emotions", Task.EMOTION, "accuracy"),
        ("toxic_bert", Task.TOXICITY, "roc_auc"),
        ("distilbert_ner", Task.ENTITIES, "recall"),
        ("distilbert_squad", Task.QUESTION_ANSWERING, "f1"),
        ("deberta_zero_shot", Task.ZERO_SHOT, "accuracy"),
        ("bart_large_cnn", Task.SUMMARY, "rouge1"),
        ("t5_small", Task.TRANSLATION, "bleu"),
    ],
)
def test_models_of_the_hub_are_measured_alike(
    loaded: Load, name: str, task: Task, figure: str
) -> None:
    model = loaded(name)
    found = evaluate.evaluate(task, model, ROWS[task], ("de",))
    assert found["n"] == len(ROWS[task])
    assert found[figure] >= 0
    assert found["weights"] == model.known.source.version
    json.dumps(found, allow_nan=False)
