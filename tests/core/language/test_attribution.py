"""Integrated gradients: exact where the answer is known, complete where it is not."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from demos.core.language.attribution import (
    TOLERANCE,
    Attribution,
    Share,
    TokenShares,
    baseline_of,
    by_words,
    clenshaw_curtis,
    integrated_gradients,
    log_odds,
)
from demos.core.language.units import Place

WIDTH, LABELS = 6, 3


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


class TinyBert:
    """A random encoder of two layers with a head; counts what it is asked."""

    def __init__(self, spread: float = 1.0) -> None:
        from transformers import BertConfig, BertModel

        torch.manual_seed(3)
        config = BertConfig(
            vocab_size=30,
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=300,
            initializer_range=spread,
        )
        self.encoder = BertModel(config, add_pooling_layer=False).requires_grad_(False).eval()
        self.head = drawn(16, LABELS, seed=1)
        self.rows: list[int] = []

    def __call__(self, embeddings: Tensor, mask: Tensor) -> Tensor:
        self.rows.append(len(embeddings))
        hidden = self.encoder(inputs_embeds=embeddings, attention_mask=mask).last_hidden_state
        return log_odds(hidden.mean(dim=1) @ self.head)

    def embedded(self, tokens: int) -> tuple[Tensor, Tensor]:
        """Embeddings of so many tokens, and those of the blank text; the first and last stay."""
        table = self.encoder.get_input_embeddings().weight
        embeddings = table[torch.arange(tokens) % 29 + 1]
        special = [at in (0, tokens - 1) for at in range(tokens)]
        return embeddings, baseline_of(embeddings, table[0], special)


@pytest.mark.parametrize("steps", [2, 4, 16, 64])
def test_the_rule_integrates_polynomials_exactly(steps: int) -> None:
    points, weights = clenshaw_curtis(steps)
    assert points[0] == 0 and points[-1] == 1 and len(points) == steps + 1
    for power in range(min(steps, 12) + 1):
        assert weights @ np.array(points) ** power == pytest.approx(1 / (power + 1), abs=1e-12)


def test_doubling_the_steps_asks_nothing_twice() -> None:
    assert set(clenshaw_curtis(16)[0]) < set(clenshaw_curtis(32)[0]) < set(clenshaw_curtis(64)[0])


def test_of_a_linear_network_the_shares_are_exact() -> None:
    weights, embeddings, baseline = (
        drawn(5, WIDTH),
        drawn(5, WIDTH, seed=1),
        drawn(5, WIDTH, seed=2),
    )

    def network(at: Tensor, mask: Tensor) -> Tensor:
        score = (at * weights * mask[..., None]).sum((1, 2)) + 0.7
        return torch.stack([-score, score], dim=1)

    found = integrated_gradients(network, embeddings, baseline, 1)
    exact = ((embeddings - baseline) * weights).sum(-1)
    assert found.values == pytest.approx(exact.numpy(), abs=1e-5)
    assert found.total - found.base == pytest.approx(found.values.sum(), abs=1e-5)
    assert found.steps == 16


def test_of_a_product_the_shares_are_those_of_the_integral() -> None:
    def network(at: Tensor, mask: Tensor) -> Tensor:
        return (at[:, 0, 0] ** 2 * at[:, 1, 0])[:, None]

    embeddings, blank = torch.tensor([[2.0], [3.0]]), torch.zeros(2, 1)
    found = integrated_gradients(network, embeddings, blank, 0)
    # x²y along the diagonal: its derivatives gather 2/3 and 1/3 of the whole, which is 12.
    assert found.values == pytest.approx([8.0, 4.0], rel=1e-5)


def test_of_a_network_the_shares_add_up_to_the_score() -> None:
    network = TinyBert(spread=0.3)
    embeddings, baseline = network.embedded(12)
    for label in range(LABELS):
        found = integrated_gradients(network, embeddings, baseline, label)
        mask = torch.ones(1, 12)
        assert found.total == pytest.approx(float(network(embeddings[None], mask)[0, label]))
        assert found.base == pytest.approx(float(network(baseline[None], mask)[0, label]))
        difference = found.total - found.base
        assert abs(found.values.sum() - difference) <= max(TOLERANCE * abs(difference), 0.01)
        assert found.values[0] == found.values[-1] == 0  # what frames a text says nothing


def test_steps_are_added_until_they_do() -> None:
    def network(at: Tensor, mask: Tensor) -> Tensor:
        return torch.tanh(40 * (at.sum((1, 2)) - 0.37))[:, None]  # a cliff on the way

    embeddings = torch.full((1, 1), 1.0)
    found = integrated_gradients(network, embeddings, torch.zeros(1, 1), 0)
    assert found.steps > 16
    missed = abs(found.values.sum() - (found.total - found.base))
    assert missed <= TOLERANCE * (found.total - found.base)


def test_where_they_never_do_it_stops_and_says_so() -> None:
    def network(at: Tensor, mask: Tensor) -> Tensor:
        stepped = (at > 0.371).float() - at.detach() + at  # a step, and a slope that is not its own
        return stepped.sum((1, 2))[:, None] * 10

    found = integrated_gradients(network, torch.ones(1, 1), torch.full((1, 1), 0.2), 0)
    assert found.steps == 128
    told = by_words("word", [(0, 4)], found, "x")
    assert not told.complete and told.gap > TOLERANCE


def test_batches_stay_small_and_work_is_told() -> None:
    network, told = TinyBert(), list[float]()
    embeddings, baseline = network.embedded(256)
    integrated_gradients(network, embeddings, baseline, 0, most_steps=16, tell=told.append)
    assert max(network.rows) <= 4
    assert told == sorted(told) and told[-1] == 1.0


def test_telling_may_stop_it() -> None:
    class Stopped(Exception):
        pass

    def stop(share: float) -> None:
        raise Stopped

    network = TinyBert()
    with pytest.raises(Stopped):
        integrated_gradients(network, *network.embedded(5), 0, tell=stop)


def test_log_odds_are_those_of_the_softmax() -> None:
    logits = drawn(4, 5) * 3
    p = logits.double().softmax(-1)
    assert torch.allclose(log_odds(logits).double(), torch.log(p / (1 - p)), atol=1e-4)
    sure = log_odds(torch.tensor([[80.0, 0.0]]))
    assert sure.tolist() == [[80.0, -80.0]]


def shares(values: list[float], total: float) -> TokenShares:
    return TokenShares(np.array(values), 0.0, total, 16)


def test_tokens_are_gathered_to_the_words_of_the_text() -> None:
    text = "Unbelievably good!"
    places = [(0, 0), (0, 2), (2, 8), (8, 12), (13, 17), (17, 18), (0, 0)]
    found = by_words(text, places, shares([0.5, 1, 2, 3, -4, 0.25, 0.125], 2.9), "yes")
    assert found.shares == (
        Share(Place(0, 12), 6.0),
        Share(Place(13, 17), -4.0),
        Share(Place(17, 18), 0.25),
    )
    assert found.other == 0.625
    assert found.added == pytest.approx(2.875) and found.missed == pytest.approx(0.025)
    assert found.gap == pytest.approx(0.025 / 2.9) and found.complete
    assert found.strongest == 6.0


def test_words_without_a_token_have_no_share() -> None:
    found = by_words("one two three", [(0, 0), (0, 3), (4, 7), (0, 0)], shares([0] * 4, 0), "x")
    assert [each.place for each in found.shares] == [Place(0, 3), Place(4, 7)]


def test_without_a_difference_there_is_no_gap_to_speak_of() -> None:
    empty = by_words("", [(0, 0), (0, 0)], shares([0, 0], 0.0), "x")
    assert empty.shares == () and empty.gap == 0 and empty.complete and empty.strongest == 0
    missed = Attribution("a", "x", (Share(Place(0, 1), 1.0),), 0.0, 0.0, 0.0, 16)
    assert math.isinf(missed.gap) and not missed.complete


def test_a_token_without_a_place_is_a_defect() -> None:
    with pytest.raises(ValueError, match="1 places for 2 tokens"):
        by_words("a", [(0, 1)], shares([0, 0], 0), "x")


@pytest.mark.parametrize(
    "text", ["\x00 nul", "half \ud800", "👩‍👩‍👧", "<b>&", "שלום", "a" * 1_000_000]
)
def test_hostile_texts_have_shares_too(text: str) -> None:
    places = [(0, 0), (0, 1), (1, min(len(text), 9)), (0, 0)]
    found = by_words(text, places, shares([0, 1, 2, 0], 3), "x")
    assert found.added == pytest.approx(3)
