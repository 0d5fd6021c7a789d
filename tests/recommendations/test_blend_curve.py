"""The curve of hits against novelty, on a catalog of forty films."""

import json
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.recommend import trade_off
from demos.core.recommend.steering import Steering, steer
from demos.recommendations.blend_curve import Setting, blend_curve
from demos.recommendations.ranking_metrics import measure
from tests.core.recommend import tiny

CATALOG = tiny.catalog()
HISTORIES = [[1, 2], [3], [20, 23, 24], [29, 30], [], [12, 13, 14, 15]]
TARGETS = [3, 4, 25, 31, 29, 16]


def scores(histories: Sequence[Sequence[int]], method: str) -> NDArray[np.float32]:
    if method == "popularity":
        with np.errstate(divide="ignore"):
            return np.tile(np.log(CATALOG.popularity()), (len(histories), 1))
    return np.stack([tiny.ranking(each).scores for each in histories])


@pytest.fixture(scope="module")
def curve() -> trade_off.Curve:
    found = blend_curve(scores, CATALOG, HISTORIES, TARGETS, ("popularity",))
    read = trade_off.read({"blend": json.loads(json.dumps(found, allow_nan=False))})
    assert read is not None
    return read


def test_it_begins_with_the_model_as_it_is(curve: trade_off.Curve) -> None:
    plain = measure(lambda part: scores(part, "blend"), HISTORIES, TARGETS, CATALOG.counts)
    for start in (curve.at(0), curve.novelty[0], curve.toward["popularity"][0]):
        assert start.ndcg == pytest.approx(plain["ndcg@10"], abs=1e-5)
        assert start.coverage == pytest.approx(plain["coverage"], abs=1e-5)
        assert start.gini == pytest.approx(plain["gini"], abs=1e-5)
    assert curve.users == len(HISTORIES)


def test_hits_are_compared_user_by_user(curve: trade_off.Curve) -> None:
    assert curve.novelty[0].change == (0, 0)
    for each in (*curve.novelty, *curve.toward["popularity"]):
        low, high = each.change
        assert low - 1e-5 <= each.recall - curve.novelty[0].recall <= high + 1e-5
    assert any(low < high for each in curve.novelty for low, high in [each.change])


def test_it_ends_with_the_method_mixed_in(curve: trade_off.Curve) -> None:
    alone = measure(lambda part: scores(part, "popularity"), HISTORIES, TARGETS, CATALOG.counts)
    end = curve.toward["popularity"][-1]
    assert (end.weight, end.toward) == (1, "popularity")
    assert end.recall == pytest.approx(alone["recall@10"], abs=1e-5)
    assert end.novelty == pytest.approx(alone["novelty"], abs=1e-5)


def test_more_weight_is_more_novelty(curve: trade_off.Curve) -> None:
    bits = [each.novelty for each in curve.novelty]
    assert bits == sorted(bits) and bits[-1] > bits[0] + 0.3
    assert [each.weight for each in curve.novelty] == pytest.approx(np.arange(11) / 10)


def test_everybody_is_steered_as_the_page_steers_one() -> None:
    """The ten of each history under a weight are those of the page's control."""
    found = scores(HISTORIES, "blend")
    steered = Setting(0.6).apply(CATALOG, {"blend": found})
    for row, history in zip(steered, HISTORIES, strict=True):
        shown = steer(CATALOG, found[HISTORIES.index(history)], history, Steering(novelty=0.6))
        row[[0, *history]] = -np.inf
        assert np.argsort(-row, kind="stable")[:10].tolist() == shown


def test_mixing_adds_probabilities() -> None:
    found = {name: scores(HISTORIES, name) for name in ("blend", "popularity")}
    mixed = Setting(0.25, "popularity").apply(CATALOG, found)
    expected = 0.75 * np.exp(found["blend"]) + 0.25 * np.exp(found["popularity"])
    assert np.exp(mixed) == pytest.approx(expected, rel=1e-5)
