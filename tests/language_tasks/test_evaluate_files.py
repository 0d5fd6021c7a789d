"""Files of rows to measure on: every form that labels and answers come in, and what is none."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from demos.core.errors import Unreadable
from demos.core.language.answers import Task
from demos.language_tasks import evaluate_files as files
from demos.language_tasks.tasks import EMOTIONS, SENTIMENTS, TOPICS, TOXICITIES


def stored(folder: Path, **columns: list[Any]) -> Path:
    pl.DataFrame(columns).write_parquet(folder / "rows.parquet")
    return folder / "rows.parquet"


def test_labels_may_be_names_or_numbers(tmp_path: Path) -> None:
    by_number = stored(tmp_path, text=["bad", "good", None], label=[0, 1, 1])
    found = files.labeled(by_number, Task.SENTIMENT, SENTIMENTS)
    assert found == [("bad", "negative"), ("good", "positive"), ("", "positive")]
    by_name = stored(tmp_path, text=["bad", "good"], label=["negative", "Positive"])
    assert files.labeled(by_name, Task.SENTIMENT, SENTIMENTS)[1].label == "positive"
    topics = stored(tmp_path, text=["a", "b"], label=[3, 0])
    assert [each.label for each in files.labeled(topics, Task.TOPIC, TOPICS)] == [
        *["Sci/Tech", "World"]
    ]
    assert len(files.labeled(topics, Task.EMOTION, EMOTIONS)) == 2


@pytest.mark.parametrize(
    ("task", "names", "labels"),
    [
        (Task.TOPIC, TOPICS, [1, 4]),  # counted from 1
        (Task.SENTIMENT, SENTIMENTS, [-1, -1]),  # as GLUE hides them
        (Task.SENTIMENT, SENTIMENTS, [None, 1]),
        (Task.TOXICITY, TOXICITIES, [0, 1]),  # their authors count from hate
        (Task.INTENT, ("weather", "oos"), [0, 1]),
    ],
)
def test_numbers_that_may_stand_for_anything_are_refused(
    tmp_path: Path, task: Task, names: tuple[str, ...], labels: list[int]
) -> None:
    file = stored(tmp_path, text=["a", "b"], label=labels)
    with pytest.raises(Unreadable, match="not certain what they stand for"):
        files.labeled(file, task, names)


def test_a_label_of_another_task_is_named(tmp_path: Path) -> None:
    file = stored(tmp_path, text=["a", "b"], label=["World", "Weather"])
    with pytest.raises(Unreadable, match=r"Row 1 has the label “Weather”.*World, Sports"):
        files.labeled(file, Task.TOPIC, TOPICS)
    assert len(files.labeled(file, Task.ZERO_SHOT, ())) == 2  # any will do


def test_a_missing_column_and_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no column “label”, only text"):
        files.labeled(stored(tmp_path, text=["a"]), Task.TOPIC, TOPICS)
    (tmp_path / "notes.txt").write_text("no table")
    for name in ("notes.txt", "nothing.parquet"):
        with pytest.raises(Unreadable, match="no Parquet file"):
            files.pairs(tmp_path / name)


def test_tags_need_a_token_each(tmp_path: Path) -> None:
    file = stored(tmp_path, tokens=[["Bo", "ran"]], tags=[["B-PER", "O"]])
    assert files.tagged(file)[0].corpus == ""
    bad = stored(tmp_path, tokens=[["Bo", "ran"]], tags=[["B-PER"]], corpus=["x"])
    with pytest.raises(Unreadable, match="2 tokens, but 1 tags"):
        files.tagged(bad)


@pytest.mark.parametrize(
    "column",
    [
        {"answer": ["in May"]},
        {"answer": [["in May", "May"]]},
        {"answers": [["in May", "May"]]},
        {"answers": [{"text": ["in May", "May"], "answer_start": [3, 6]}]},
        {"answers": [[{"text": "in May", "answer_start": 3}]]},
    ],
)
def test_answers_in_every_form(tmp_path: Path, column: dict[str, list[Any]]) -> None:
    file = stored(tmp_path, question=["When?"], context=["It is in May."], **column)
    (found,) = files.questions(file)
    assert found.answers[0] == "in May"
    assert found.context == "It is in May."


def test_a_question_may_have_no_answer(tmp_path: Path) -> None:
    file = stored(tmp_path, question=["a", "b"], context=["c", "d"], answers=[[], ["d"]])
    assert [each.answers for each in files.questions(file)] == [(), ("d",)]


def test_papers_captions_and_pairs(tmp_path: Path) -> None:
    file = stored(tmp_path, source=[["One.", "Two."]], target=[["A.", "B."]])
    assert files.papers(file) == [(("One.", "Two."), ("A.", "B."))]
    file = stored(tmp_path, en=["a dog"], fr=["un chien"], de=["ein Hund"])
    assert files.captions(file, ["fr"]) == [("a dog", ("un chien",))]
    file = stored(tmp_path, a=["x", "y"], b=["z", "w"], score=[1.5, None])
    assert files.pairs(file) == [("x", "z", 1.5)]
