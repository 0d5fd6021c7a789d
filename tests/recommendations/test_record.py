"""The record of a list, and the code that repeats it."""

import contextlib
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from demos.core.recommend.influence import Influence, leave_one_out, reason
from demos.core.recommend.ranking import Ranking
from demos.core.recommend.report import to_json
from demos.core.recommend.steering import Steering, steer
from demos.recommendations import SPEC, inference
from demos.recommendations.record import facts, list_report, snippet, spelled
from tests.core.recommend import tiny

SPOKEN = SPEC.models[0]
STEERING = Steering(
    novelty=0.3, excluded=frozenset({"Crime", "Action"}), less=frozenset({5}), count=4
)
CATALOG = tiny.catalog()


def given(history: tuple[int, ...] = (29, 2)) -> Ranking:
    found = tiny.ranking(history)
    record = replace(found.provenance, model=f"{SPOKEN.name}, blend")
    return replace(found, provenance=record)


def moved(history: tuple[int, ...] = (29, 2)) -> Influence:
    """What the history does to every film."""
    scores = lambda batch: np.stack([tiny.ranking(each).scores for each in batch])  # noqa: E731
    return leave_one_out(scores, history, range(1, CATALOG.size + 1))


class Model:
    catalog = CATALOG


def test_the_code_repeats_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    ranking, asked = given(), []

    def predict(model: Model, history: list[int], unknown: int, method: str) -> Ranking:
        asked.append((history, unknown, method))
        return given(tuple(history))

    monkeypatch.setattr(inference, "load", lambda spec, device: Model())
    monkeypatch.setattr(inference, "predict", predict)
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(compile(snippet(ranking, STEERING, 3), "snippet", "exec"), {})
    assert asked == [([29, 2], 3, "blend")]
    wanted = steer(CATALOG, ranking.scores, ranking.history, STEERING)
    lines = shown.getvalue().splitlines()
    assert [line.split("  ", 1)[1].strip() for line in lines] == [
        CATALOG.titles[item] for item in wanted
    ]


@pytest.mark.parametrize("steering", [Steering(), STEERING, Steering(more=frozenset({9, 3}))])
def test_a_steering_is_spelled_as_it_is_made(steering: Steering) -> None:
    assert eval(spelled(steering), {"Steering": Steering}) == steering


def test_only_what_was_set_is_spelled_always_in_the_same_order() -> None:
    assert spelled(Steering()) == "Steering()"
    assert "excluded=frozenset({'Action', 'Crime'})" in spelled(STEERING)


def test_facts_name_model_method_license_and_steering() -> None:
    found = dict(facts(SPOKEN, given(), ["novelty 30 %", "never Crime"]))
    assert found["Method"] == "blend" and SPOKEN.license in found["Model"]
    assert found["Steering"] == "novelty 30 %; never Crime"
    assert dict(facts(SPOKEN, given(), []))["Steering"] == "none"


def test_the_report_is_of_the_list_shown() -> None:
    ranking = given()
    items = steer(CATALOG, ranking.scores, ranking.history, STEERING)
    made = list_report(SPEC, SPOKEN, CATALOG, ranking, items, STEERING, moved(), ["Nobody"])
    assert [each.item for each in made.lines] == items
    assert [each.reason for each in made.lines] == [
        reason(CATALOG, moved(), item) for item in items
    ]
    assert made.unsteered.items == made.metrics.items == 4
    assert made.unsteered.expected >= made.metrics.expected
    assert json.loads(to_json(made))["settings"] == list(made.settings) != []


def test_a_list_may_be_empty() -> None:
    made = list_report(SPEC, SPOKEN, CATALOG, given(()), [], Steering(), moved(()))
    assert made.lines == () and made.metrics.items == 0
