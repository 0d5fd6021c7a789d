"""The texts of our own that are shown beside an answer, as examples that are like it."""

import json
from collections import Counter
from pathlib import Path

import pytest

from demos.core.language.answers import Task
from demos.core.spec import PACKAGE
from demos.language_tasks import SPEC
from demos.language_tasks.data import intents
from demos.language_tasks.tasks import BY_NAME, OUT_OF_SCOPE

FILE = PACKAGE / SPEC.slug / "texts" / "alike.json"
DATA = Path(__file__).parents[3] / "shared/data/language_tasks"
EXAMPLES: dict[str, dict[str, list[str]]] = json.loads(FILE.read_text(encoding="utf-8"))
INTENTS = 150
FEWEST, LONGEST = 3, 200
"""Texts of a label, and characters of a text."""


def test_every_label_that_has_a_name_has_examples() -> None:
    assert list(EXAMPLES) == [Task.SENTIMENT, Task.TOPIC, Task.INTENT, Task.EMOTION]
    for task, labels in BY_NAME.items():
        assert tuple(EXAMPLES[task]) == labels
    assert len(EXAMPLES[Task.INTENT]) == INTENTS
    assert OUT_OF_SCOPE not in EXAMPLES[Task.INTENT]


@pytest.mark.skipif(
    not (DATA / "intent-train.parquet").exists(), reason="the shared texts are not here"
)
def test_the_intents_are_those_of_the_training_texts() -> None:
    assert (*EXAMPLES[Task.INTENT], OUT_OF_SCOPE) == intents(DATA)


def test_each_label_has_several_short_texts_that_no_other_has() -> None:
    for of_task in EXAMPLES.values():
        assert {label: len(texts) for label, texts in of_task.items() if len(texts) < FEWEST} == {}
    texts = [text for of_task in EXAMPLES.values() for each in of_task.values() for text in each]
    assert [text for text in texts if text != text.strip() or not 0 < len(text) <= LONGEST] == []
    folded = Counter(text.casefold() for text in texts)
    assert [text for text, count in folded.items() if count > 1] == []
