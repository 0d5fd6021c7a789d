"""Words of long texts are explained as the texts are answered: over all windows, or the worst."""

from dataclasses import replace

import numpy as np
import pytest

from demos.core.language.answers import Request, Task
from demos.language_tasks import evidence, reading
from demos.language_tasks.evidence import explain
from demos.language_tasks.reader import Model
from tests.language_tasks.tiny_reader import tiny_reader

WORDS = ("great", "dull", "film", "they", "saw", "again")
LONG = " ".join(np.random.default_rng(0).choice(WORDS, 360))


def mild_reader() -> Model:
    """One whose odds are no certainty."""
    reader = tiny_reader()
    return replace(reader, temperatures=dict.fromkeys(reader.temperatures, 0.5))


def log_odds(score: float) -> float:
    return float(np.log(score) - np.log1p(-score))


@pytest.mark.parametrize("task", [Task.SENTIMENT, Task.EMOTION, Task.INTENT])
def test_all_windows_are_explained_together(task: Task) -> None:
    model = mild_reader()
    (best, *_) = reading.sort(model, Request(task, LONG)).scores
    found = explain(model, Request(task, LONG), best.label)
    assert found.windows == found.explained == 3
    assert len(found.shares) == 360
    assert found.total == pytest.approx(log_odds(best.score), abs=1e-3)
    assert found.complete


def test_of_toxicity_the_worst_window_is_explained() -> None:
    model = mild_reader()
    request = Request(Task.TOXICITY, LONG)
    for each in reading.sort(model, request).scores:
        found = explain(model, request, each.label)
        assert (found.windows, found.explained) == (3, 1)
        assert found.total == pytest.approx(log_odds(each.score), abs=1e-3)
        assert len(found.shares) < 150


def test_of_many_windows_those_that_say_most_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_WINDOWS", 1)
    model, request = mild_reader(), Request(Task.SENTIMENT, LONG)
    scores = reading.sort(model, request).scores
    for each in scores:
        found = explain(model, request, each.label)
        assert (found.windows, found.explained) == (3, 1)
        assert found.total == pytest.approx(log_odds(each.score), abs=1e-3)
        assert found.complete


def test_a_text_without_a_token_has_no_shares() -> None:
    found = explain(mild_reader(), Request(Task.SENTIMENT, "\x01"), "positive")
    assert found.shares == () and found.windows == 0
