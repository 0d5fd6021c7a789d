"""What steering costs, read from measured figures and told between them."""

from typing import Any

import pytest

from demos.core.recommend import trade_off


def measured(recall: float, **setting: Any) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "ndcg@10": recall / 2,
        "recall@10": recall,
        "coverage": 0.2,
        "long_tail": 0.1,
    }
    change = [recall - 0.25, recall - 0.15]
    figures |= {
        "novelty": 8.0,
        "gini": 0.9,
        "lorenz": [0, 0.1, 1],
        "recall_change_interval": change,
    }
    return setting | figures


FIGURES = {
    "blend": {
        "users": 50,
        "shares": [0, 0.5, 1],
        "taken": [0, 0.2, 1],
        "taken_gini": 0.6,
        "points": [
            measured(0.20, novelty_weight=0.0),
            measured(0.18, novelty_weight=0.1),
            measured(0.10, novelty_weight=0.3),
            measured(0.15, toward="popularity", share=0.5),
            measured(0.05, toward="popularity", share=1.0),
        ],
    }
}


def curve() -> trade_off.Curve:
    found = trade_off.read(FIGURES)
    assert found is not None
    return found


def test_what_was_not_measured_is_no_curve() -> None:
    assert trade_off.read({"ndcg@10": 0.1}) is None


def test_every_way_begins_with_the_model_as_it_is() -> None:
    assert [each.weight for each in curve().novelty] == [0, 0.1, 0.3]
    assert [each.weight for each in curve().toward["popularity"]] == [0, 0.5, 1]
    assert curve().toward["popularity"][0] == curve().novelty[0]


@pytest.mark.parametrize(
    ("weight", "recall"), [(0, 0.2), (0.05, 0.19), (0.1, 0.18), (0.2, 0.14), (0.3, 0.1), (1, 0.1)]
)
def test_between_two_settings_figures_are_in_proportion(weight: float, recall: float) -> None:
    found = curve().at(weight)
    assert found.recall == pytest.approx(recall)
    assert found.ndcg == pytest.approx(recall / 2)
    assert found.weight == pytest.approx(min(weight, 0.3))
    assert found.change == pytest.approx((recall - 0.25, recall - 0.15))


def test_hits_are_counted_per_1000_users() -> None:
    change = trade_off.hits_changed(curve().at(0), curve().at(0.1))
    assert change == pytest.approx(-20)
    assert trade_off.hits_changed(curve().at(0.1), curve().at(0), 50) == pytest.approx(1)
