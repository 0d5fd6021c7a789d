"""What leaving words out takes from a label: more by their shares than by chance."""

import numpy as np
import pytest

from demos.core.language.answers import Request, Task
from demos.core.language.attribution import Attribution, Share
from demos.core.language.units import units_of
from demos.language_tasks import evaluate_evidence, reading
from demos.language_tasks.evaluate_evidence import SHARE, evidence, log_odds
from demos.language_tasks.reader import Model
from tests.language_tasks.tiny_reader import tiny_reader

TEXTS = [f"{'plain ' * n}great {'word ' * (9 - n)}" for n in range(8)] + ["too short"]


def test_shares_that_are_true_take_more_than_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    def scores(model: Model, tasks: object, texts: list[str]) -> dict[Task, np.ndarray]:
        likely = [[0.1, 0.9] if "great" in text else [0.5, 0.5] for text in texts]
        return {Task.SENTIMENT: np.array(likely, np.float32)}

    def explain(model: Model, request: Request, label: str) -> Attribution:
        assert label == ("positive" if "great" in request.text else "negative")
        text = request.text
        shares = [
            Share(place, float(text[place.start : place.end] == "great"))
            for place in units_of(text)
        ]
        return Attribution(text, label, tuple(shares), 0, 0, 1, 16)

    monkeypatch.setattr(reading, "scores", scores)
    monkeypatch.setattr(evaluate_evidence, "explain", explain)
    found = evidence(tiny_reader(), Task.SENTIMENT, TEXTS)
    assert found["n"] == len(TEXTS) - 1 and found["share"] == SHARE
    assert found["by_shares"] == pytest.approx(np.log(9), rel=1e-5)
    assert 0 <= found["by_chance"] < found["by_shares"]


def test_the_real_engines_work_together() -> None:
    found = evidence(tiny_reader(), Task.SENTIMENT, ["one two three four five six seven"])
    assert found["n"] == 1 and np.isfinite([found["by_shares"], found["by_chance"]]).all()


def test_what_is_certain_has_finite_odds() -> None:
    found = log_odds(np.array([0, 0.5, 1], np.float32))
    assert found[1] == 0 and found[0] == pytest.approx(-found[2]) and np.isfinite(found).all()
