"""What the model answers: the network by its definition, batches, doubts and refusals."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.numpy import save

from demos.core.devices import CPU
from demos.core.results import Outcome
from demos.recommendations import inference
from demos.recommendations.blend import METHODS, Weights
from demos.recommendations.inference import (
    Items,
    Model,
    expected_hit,
    explain,
    load,
    predict,
    torch_forward,
    warm_up,
)
from tests.recommendations import tiny_model
from tests.recommendations.tiny_model import FILMS, FLOOR, HEADS, LENGTH, SPEC

HISTORIES: tuple[tuple[int, ...], ...] = (
    (5,),
    (1, 2, 3),
    (),
    tuple(range(40, 2, -1)),
    (7, 12),
    (3, 2, 1),
    tuple(range(1, LENGTH + 1)),
    (39,),
)


@pytest.fixture(scope="module")
def model() -> Model:
    return tiny_model.model()


@torch.inference_mode()
def by_definition(history: Sequence[int]) -> NDArray[np.float32]:
    """The network's log-probabilities (41,): alone, unpadded, every place of every block."""
    network = tiny_model.network()
    states = network(torch.tensor([history[-LENGTH:]]))[0, -1]
    logits = network.logits(states)
    logits[0] = -torch.inf
    found: NDArray[np.float32] = logits.log_softmax(-1).numpy()
    return found


@pytest.mark.parametrize("tokens", [1, 6, 25, 1_024])
def test_the_network_is_what_its_definition_says_however_it_is_batched(
    model: Model, tokens: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "TOKENS", tokens)
    found = model.network(HISTORIES)
    for row, history in zip(found, HISTORIES, strict=True):
        if history:
            np.testing.assert_allclose(row[1:], by_definition(history)[1:], atol=1e-4)
        else:
            assert not row.any()


def test_no_more_is_read_at_once_than_is_allowed_and_each_history_once(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "TOKENS", 10)
    read: list[tuple[int, ...]] = []

    def forward(items: Items, last: Items) -> NDArray[np.float32]:
        assert items.size <= 10 or len(items) == 1
        read.extend(
            tuple(row[: at + 1].tolist()) for row, at in zip(items, last.tolist(), strict=True)
        )
        return model.forward(items, last)

    replace(model, forward=forward).network(HISTORIES)
    assert sorted(read) == sorted(each[-LENGTH:] for each in HISTORIES if each)


def test_torch_and_onnx_runtime_agree(model: Model) -> None:
    network = {
        name.removeprefix("network."): each.astype(np.float32)
        for name, each in tiny_model.tensors().items()
        if name.startswith("network.")
    }
    by_torch = replace(model, forward=torch_forward(network, np.array(HEADS), CPU))
    np.testing.assert_allclose(
        by_torch.network(HISTORIES)[:, 1:], model.network(HISTORIES)[:, 1:], atol=1e-4
    )
    np.testing.assert_allclose(
        by_torch.scores(HISTORIES)[:, 1:], model.scores(HISTORIES)[:, 1:], atol=1e-4
    )


@pytest.mark.parametrize("method", METHODS)
def test_what_is_new_sums_to_one(model: Model, method: str) -> None:
    found = model.scores(HISTORIES, method)
    assert found.shape == (len(HISTORIES), 41) and found.dtype == np.float32
    assert np.isneginf(found[:, 0]).all() and np.isfinite(found[:, 1:]).all()
    for row, history in zip(found, HISTORIES, strict=True):
        assert np.exp(np.delete(row, [0, *history])).sum() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_an_empty_history_gets_popularity(model: Model, method: str) -> None:
    for found in (model.scores([()], method)[0], model.scores(HISTORIES, method)[2]):
        np.testing.assert_allclose(np.exp(found), FILMS.popularity(), rtol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_nobody_s_scores_depend_on_who_else_is_asked_about(model: Model, method: str) -> None:
    together = model.scores(HISTORIES, method)
    backwards = model.scores(HISTORIES[::-1], method)[::-1]
    alone = np.concatenate([model.scores([each], method) for each in HISTORIES])
    np.testing.assert_allclose(together, alone, atol=1e-4)
    np.testing.assert_allclose(backwards, alone, atol=1e-4)


def test_arrays_are_histories_too(model: Model) -> None:
    arrays = [np.array(each, dtype=np.int64) for each in HISTORIES]
    assert (model.scores(arrays) == model.scores(HISTORIES)).all()  # type: ignore[arg-type]


def test_the_network_reads_the_latest_items_only(model: Model) -> None:
    latest = HISTORIES[3][-LENGTH:]
    older = model.network([(*HISTORIES[3][:5], *latest), latest])
    np.testing.assert_allclose(older[0], older[1], atol=1e-5)
    assert np.abs(model.network([latest[1:]])[0] - older[0])[1:].max() > 0.01


def test_the_order_of_a_history_counts(model: Model) -> None:
    first, second = model.network([(1, 2, 3), (3, 2, 1)])
    assert np.abs(first - second)[1:].max() > 0.01


def test_everything_comes_from_the_file(model: Model) -> None:
    assert model.weights == Weights(0.75, 0.5, 0.25)
    assert (model.length, model.floor) == (LENGTH, FLOOR)
    assert (model.name, model.weights_sha256, model.engine) == ("tiny", "f" * 64, "ONNX Runtime")
    assert model.catalog.titles == FILMS.titles
    assert model.memory_bytes == SPEC.memory_bytes


def test_a_file_is_read_and_its_hash_kept(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "read_weights", lambda source: save(tiny_model.tensors()))
    found = load(SPEC, CPU)
    assert found.weights_sha256 == "0" * 64
    assert (found.scores([(1, 2)]) == model.scores([(1, 2)])).all()


@pytest.mark.parametrize("item", [0, -1, 41])
def test_an_item_that_is_none_is_a_value_error(model: Model, item: int) -> None:
    with pytest.raises(ValueError, match="items 1 to 40"):
        predict(model, [1, item])


def test_an_unknown_method_is_a_key_error(model: Model) -> None:
    with pytest.raises(KeyError):
        model.scores([(1,)], "magic")
    with pytest.raises(KeyError):
        predict(model, [1], method="magic")


def test_a_ranking_says_what_was_asked_and_answered(model: Model) -> None:
    history = (3, 29, 30)
    found = predict(model, np.array(history), method="network")  # type: ignore[arg-type]
    assert found.history == history
    assert (found.scores == model.scores([history], "network")[0]).all()
    unseen = np.delete(found.scores, [0, *history])
    best = np.sort(np.exp(unseen))[-10:]
    assert found.expected == pytest.approx(best.sum(), rel=1e-5)
    assert found.provenance.model == "tiny, network"
    assert found.provenance.weights == "f" * 64
    assert found.provenance.thresholds == (("floor", FLOOR),)
    assert found.provenance.seconds > 0


def test_the_record_tells_histories_apart(model: Model) -> None:
    asked = [(1, 12), (11, 2), (12, 1), (1, 12)]
    first, *others = (predict(model, each).provenance.input_sha256 for each in asked)
    assert [each == first for each in others] == [False, False, True]


@pytest.mark.parametrize(
    ("history", "unknown", "floor", "outcome", "said"),
    [
        ((), 2, 0.0, Outcome.REFUSED, "None of these titles"),
        ((), 0, 0.0, Outcome.UNSURE, "no history yet"),
        ((1, 2), 0, 1.0, Outcome.UNSURE, "2 titles from which little follows"),
        ((1,), 5, 1.0, Outcome.UNSURE, "1 title from which little follows"),
        ((1, 2), 0, 0.0, Outcome.ANSWER, ""),
        ((1, 2), 5, 0.0, Outcome.ANSWER, ""),
    ],
)
def test_it_says_when_it_does_not_know(
    model: Model, history: tuple[int, ...], unknown: int, floor: float, outcome: Outcome, said: str
) -> None:
    found = predict(replace(model, floor=floor), history, unknown)
    assert found.outcome is outcome
    assert said in found.reason and bool(found.reason) == bool(said)


def test_the_floor_itself_is_not_enough(model: Model) -> None:
    expected = predict(model, (1, 2)).expected
    at = predict(replace(model, floor=expected), (1, 2))
    below = predict(replace(model, floor=np.nextafter(expected, 0)), (1, 2))
    assert (at.outcome, below.outcome) == (Outcome.UNSURE, Outcome.ANSWER)


def test_of_whoever_took_nearly_everything_no_more_than_what_is_left_is_expected() -> None:
    scores = np.log(np.full(41, 1 / 40, dtype=np.float32))
    scores[0] = -np.inf
    assert expected_hit(scores, range(1, 41)) == 0
    assert expected_hit(scores, range(1, 39)) == pytest.approx(2 / 40)
    assert expected_hit(scores, ()) == pytest.approx(10 / 40)


def test_warming_up_runs_the_network(model: Model) -> None:
    asked: list[int] = []

    def forward(items: Items, last: Items) -> NDArray[np.float32]:
        asked.append(len(items))
        return model.forward(items, last)

    warm_up(replace(model, forward=forward))
    assert sum(asked) == 2


def test_an_explanation_is_the_difference_that_an_item_makes(model: Model) -> None:
    history = (5, 29, 12)
    found = explain(model, predict(model, history), [1, 20])
    whole, without = model.scores([history, (5, 12)])
    assert (found.history, found.items) == (history, (1, 20))
    np.testing.assert_allclose(found.change[:, 1], whole[[1, 20]] - without[[1, 20]], atol=1e-4)
