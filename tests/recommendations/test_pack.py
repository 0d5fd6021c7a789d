"""A weights file from a trained network: what `inference.loaded` then reads is what was trained."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save

from demos.core.devices import CPU
from demos.recommendations import SPEC, pack
from demos.recommendations.inference import Model, loaded
from demos.recommendations.interactions import without_last
from demos.recommendations.pack import halved, network_scores
from tests.core.recommend import tiny
from tests.recommendations import small

BEFORE, LAST = without_last(small.histories())
TAKEN = list(BEFORE.values())
ASKED = [each.tolist() for each in TAKEN]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> pack.Tensors:
    folder = tmp_path_factory.mktemp("pack")
    small.write(folder)
    with pytest.MonkeyPatch.context() as patch:
        small.without_downloads(patch)
        network = copy.deepcopy(small.network())
        return pack.pack(small.NAME, folder, network, BEFORE, small.CHOICE, targets=LAST)


@pytest.fixture(scope="module")
def model(packed: pack.Tensors) -> Model:
    return loaded(save(packed), SPEC.model(small.NAME), "0" * 64, CPU)


def test_the_catalog_is_in_the_file(model: Model) -> None:
    catalog = model.catalog
    assert catalog.size == small.ITEMS and catalog.one == "film"
    assert catalog.titles[4] == "The Matrix Garden (1999)"
    assert catalog.groups[4] == tiny.catalog().groups[4]
    assert catalog.counts.tolist() == np.bincount(np.concatenate(TAKEN), minlength=41).tolist()
    assert model.length == small.CHOICE.length and model.weights_sha256 == "0" * 64


def test_the_graph_says_what_the_network_says(model: Model) -> None:
    network = copy.deepcopy(small.network())
    halved(network)
    wanted = network_scores(network, TAKEN, small.CHOICE.length)
    np.testing.assert_allclose(model.network(ASKED)[:, 1:], wanted[:, 1:], atol=2e-4, rtol=1e-4)


def test_the_rule_outlives_half_precision_and_the_blend(model: Model) -> None:
    best = model.scores(ASKED).argmax(1)
    ruled = np.array([small.following(int(each[-1])) for each in TAKEN])
    free = np.array([one not in each for one, each in zip(ruled, TAKEN, strict=True)])
    assert free.sum() > 40 and (best == ruled)[free].mean() > 0.9


def test_the_floor_is_what_popularity_would_hit(model: Model) -> None:
    hits = 0
    for history, target in zip(ASKED, LAST.values(), strict=True):
        popular = model.scores([history], "popularity")[0]
        popular[history] = -np.inf
        hits += target in np.argsort(-popular)[:10]
    assert model.floor == pytest.approx(hits / len(TAKEN), abs=0.05)


def test_what_was_fitted_before_is_taken_over(
    packed: pack.Tensors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.write(tmp_path)
    small.without_downloads(monkeypatch)
    network = copy.deepcopy(small.network())
    fitted = {"blend": np.array([0.25, 0.5, 0.75]), "floor": np.array(0.125)}
    again = pack.pack(small.NAME, tmp_path, network, BEFORE, small.CHOICE, fitted)
    assert set(again) == set(packed)
    read = loaded(save(again), SPEC.model(small.NAME), "", CPU)
    assert list(read.weights.as_dict().values()) == [0.25, 0.5, 0.75] and read.floor == 0.125


def test_halving_rounds_the_network_too() -> None:
    network = copy.deepcopy(small.network())
    state = halved(network)
    for name, value in network.state_dict().items():
        assert state[name].dtype == np.float16
        assert np.array_equal(value.numpy(), state[name].astype(np.float32))
    exact = small.network().bias.detach()
    torch.testing.assert_close(network.bias.detach(), exact, rtol=1e-3, atol=1e-4)


def test_scores_are_in_the_order_asked_for_and_of_the_latest_items() -> None:
    network, length = small.network(), 4
    order = [TAKEN[0], TAKEN[1][:1], TAKEN[2][:3], TAKEN[3]]
    together = network_scores(network, order, length)
    for row, history in enumerate(order):
        cut = history[-length:]
        (alone,) = network_scores(network, [cut], 100)
        np.testing.assert_allclose(together[row, 1:], alone[1:], atol=1e-5)


def test_the_graph_takes_any_number_of_histories_of_any_length(model: Model) -> None:
    rng = np.random.default_rng(0)
    for count, length in ((1, 1), (1, 50), (7, 3), (300, 8)):
        items = rng.integers(1, small.ITEMS + 1, (count, length))
        found = model.forward(items, np.full(count, length - 1))
        assert found.shape == (count, small.ITEMS + 1)
        np.testing.assert_allclose(np.exp(found).sum(1), 1, atol=1e-4)
