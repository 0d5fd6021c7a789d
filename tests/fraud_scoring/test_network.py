"""The encoding by its definition, the ensemble, what fitting learns, and the graph of it."""

import json

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from demos.core.onnx_engine import onnx_graph
from demos.core.onnx_export import export_graph
from demos.core.spec import Bundled
from demos.fraud_scoring import SPEC
from demos.fraud_scoring.features import FEATURES, features
from demos.fraud_scoring.fit import Plan, fit, log_odds
from demos.fraud_scoring.network import (
    CUTS,
    FARTHEST,
    Encoding,
    MeanLogOdds,
    Network,
    fit_encoding,
    rebuilt,
)
from tests.fraud_scoring.tables import busy_month

TINY = Plan(members=3, width=16, epochs=6, batch=250, dropout=0.0, peak=2e-2)


def rule(n: int = 3000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features of which one decides, by a threshold that is not where most values are."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3)).astype(np.float32)
    return x, x[:, 1] > 1.2


def encoded(encoding: Encoding, x: np.ndarray) -> np.ndarray:
    """By the definition of `Encoding`."""
    found = x[:, encoding.column] * encoding.scale + encoding.shift
    return np.clip(found, -encoding.limit, encoding.limit)


def seen_by(encoding: Encoding, x: np.ndarray) -> np.ndarray:
    """What the first layer of a network is given: weights of one give a column of it back."""
    inputs = len(encoding.column)
    network = Network(encoding, 1, inputs)
    with torch.no_grad():
        network.weights[0][0] = torch.eye(inputs)
        network.biases[0][:] = 100  # so that no unit is off
        network.weights[1][0] = torch.eye(inputs)
        columns = []
        for at in range(inputs):
            network.weights[2].zero_()[0, at] = 1
            columns.append(network(torch.from_numpy(x))[0].numpy() - 100)
    return np.stack(columns, axis=1)


@pytest.fixture(scope="module")
def encoding() -> Encoding:
    return fit_encoding(*rule())


def test_the_network_encodes_as_defined(encoding: Encoding) -> None:
    x, _ = rule(50, seed=1)
    wanted = encoded(encoding, np.concatenate([x, 100 * x]))
    np.testing.assert_allclose(
        seen_by(encoding, np.concatenate([x, 100 * x])), wanted, rtol=1e-4, atol=1e-4
    )


def test_each_feature_is_standardized_and_each_piece_runs_from_minus_one_to_one(
    encoding: Encoding,
) -> None:
    x, fraud = rule()
    found = encoded(encoding, x)
    assert encoding.column[:3].tolist() == [0, 1, 2]
    np.testing.assert_allclose(found[:, :3].mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(found[:, :3].std(axis=0), 1, atol=1e-3)
    for k in range(3):
        pieces = np.flatnonzero(encoding.column == k)[1:]
        cuts = np.unique(
            [
                np.quantile(of, q)
                for of in (x[:, k], x[fraud, k])
                for q in np.linspace(0, 1, CUTS + 1)
            ]
        )
        assert len(pieces) == len(cuts) - 1
        for piece, low, high in zip(pieces, cuts, cuts[1:], strict=False):
            at = np.array([low - 1, low, (low + high) / 2, high, high + 1], dtype=np.float32)
            value = np.clip(at * encoding.scale[piece] + encoding.shift[piece], -1, 1)
            np.testing.assert_allclose(value, [-1, -1, 0, 1, 1], atol=2e-3)


def test_the_encoding_is_monotone_and_held(encoding: Encoding) -> None:
    along = np.linspace(-1e6, 1e6, 4001, dtype=np.float32)
    along = np.sort(np.concatenate([along, np.linspace(-4, 4, 4001, dtype=np.float32)]))
    found = encoded(encoding, np.repeat(along[:, None], 3, axis=1))
    assert (np.diff(found, axis=0) >= 0).all()
    assert (found.min(axis=0) == -encoding.limit).all()
    assert (found.max(axis=0) == encoding.limit).all()
    assert encoding.limit.tolist() == [FARTHEST] * 3 + [1.0] * (len(encoding.limit) - 3)


def test_a_feature_that_never_changes_gets_no_piece() -> None:
    x, fraud = rule()
    x[:, 2] = 5
    found = fit_encoding(x, fraud)
    assert (found.column == 2).sum() == 1
    assert np.isfinite(encoded(found, x)).all()


def test_members_differ_and_may_be_given_rows_of_their_own(encoding: Encoding) -> None:
    torch.manual_seed(0)
    network = Network(encoding, 3, 8).eval()
    rows = torch.from_numpy(rule(20)[0])
    with torch.inference_mode():
        together = network(rows)
        assert together.shape == (3, 20)
        assert (together[0] - together[1]).abs().max() > 0.01
        own = torch.stack([rows, rows.flip(0), rows * 2])
        apart = network(own)
        assert torch.allclose(apart[0], together[0], atol=1e-5)
        assert torch.allclose(apart[1], together[1].flip(0), atol=1e-5)
        assert not torch.allclose(apart[2], together[2], atol=1e-2)
        mean = MeanLogOdds(network)(rows)
        assert torch.allclose(mean, together.mean(dim=0))


def test_fitting_learns_a_rule() -> None:
    lines: list[str] = []
    network = fit(*rule(), TINY, 0, lines.append)
    x, fraud = rule(1000, seed=1)
    found = log_odds(network, x)
    assert ((found > 0) == fraud).mean() > 0.97
    epochs = [json.loads(line) for line in lines]
    assert [each["epoch"] for each in epochs] == list(range(1, 7))
    assert epochs[-1]["loss"] < epochs[0]["loss"] / 2
    assert not network.training


def test_a_seed_gives_the_same_network_and_another_seed_another() -> None:
    x, fraud = rule(500)
    first, again, other = (log_odds(fit(x, fraud, TINY, seed), x) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01


def test_dropout_is_off_after_fitting() -> None:
    x, fraud = rule(500)
    network = fit(x, fraud, Plan(members=2, width=8, epochs=1, batch=100, dropout=0.5), 0)
    np.testing.assert_array_equal(log_odds(network, x), log_odds(network, x))


def test_log_odds_are_the_same_however_many_rows_at_a_time(encoding: Encoding) -> None:
    network = Network(encoding, 2, 8).eval()
    x, _ = rule(100)
    np.testing.assert_allclose(log_odds(network, x, 7), log_odds(network, x), atol=1e-5)


def test_a_network_comes_back_from_its_state(encoding: Encoding) -> None:
    network = MeanLogOdds(Network(encoding, 3, 8, dropout=0.5)).eval()
    again = rebuilt(network.state_dict())
    rows = torch.from_numpy(rule(20)[0])
    assert torch.equal(again(rows), network(rows))
    assert not again.training


def test_a_graph_without_its_weights_says_what_the_network_says(encoding: Encoding) -> None:
    network = MeanLogOdds(Network(encoding, 2, 64)).eval()
    weights = {name: each.contiguous().numpy() for name, each in network.state_dict().items()}
    rows = torch.export.Dim("rows", min=1, max=1000)
    graph = export_graph(
        network, (torch.zeros(2, 3),), ["features"], ["log_odds"], weights, ({0: rows},)
    )
    encoded_graph = graph.SerializeToString()
    assert len(encoded_graph) < sum(each.nbytes for each in weights.values())
    run = onnx_graph(encoded_graph, weights)
    for count in (1, 2, 777):
        x, _ = rule(count)
        with torch.inference_mode():
            wanted = network(torch.from_numpy(x)).numpy()
        (found,) = run({"features": x})
        assert found.shape == (count,)
        np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_the_bundled_graph_says_what_the_bundled_network_says() -> None:
    source = SPEC.models[0].source
    assert isinstance(source, Bundled)
    tensors = load_file(source.path)
    weights = {name: each for name, each in tensors.items() if name.startswith("network.")}
    network = rebuilt({name: torch.from_numpy(each) for name, each in weights.items()})
    x = features(busy_month(1000))
    assert x.shape[1] == len(FEATURES)
    with torch.inference_mode():
        wanted = network(torch.from_numpy(x)).numpy()
    (found,) = onnx_graph(tensors["graph"].tobytes(), weights)({"features": x})
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)
