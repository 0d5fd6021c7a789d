"""Times from attention: paths that are known, and what transformers makes of the same attention."""

import numpy as np
import pytest
import torch
from transformers import WhisperConfig, WhisperForConditionalGeneration
from transformers.generation.utils import GenerateEncoderDecoderOutput
from transformers.models.whisper.generation_whisper import _dynamic_time_warping, _median_filter

from demos.speech_recognition.alignment import path, smoothed, token_starts, usable_heads


def test_tokens_begin_where_the_attention_moves_on() -> None:
    attention = np.zeros((2, 4, 200))
    for token, (first, last) in enumerate([(0, 30), (30, 75), (75, 80), (80, 200)]):
        attention[:, token, first:last] = 1.0
    assert token_starts(attention) == pytest.approx([0.0, 0.6, 1.5, 1.6])


def test_the_path_is_the_cheapest_of_all() -> None:
    costs = np.random.default_rng(0).normal(size=(4, 6))
    rows, columns = path(costs)
    assert (rows[0], columns[0], rows[-1], columns[-1]) == (0, 0, 3, 5)
    assert set(zip(np.diff(rows), np.diff(columns), strict=True)) <= {(0, 1), (1, 0), (1, 1)}

    def cheapest(i: int, j: int) -> float:
        before = [(i - 1, j - 1), (i - 1, j), (i, j - 1)]
        known = [cheapest(*each) for each in before if min(each) >= 0]
        return float(costs[i, j]) + (min(known) if known else 0.0)

    assert costs[rows, columns].sum() == pytest.approx(cheapest(3, 5))


def test_it_is_the_path_of_transformers() -> None:
    rng = np.random.default_rng(1)
    for _ in range(5):
        costs = rng.normal(size=(17, 140))
        for ours, theirs in zip(path(costs), _dynamic_time_warping(costs), strict=True):
            assert np.array_equal(ours, theirs)
    values = rng.normal(size=(2, 5, 40))
    theirs = _median_filter(torch.from_numpy(values)[None], 7)[0].numpy()
    assert np.allclose(smoothed(values), theirs)


def test_times_are_those_of_transformers() -> None:
    rng = np.random.default_rng(2)
    attention = rng.gamma(0.3, size=(2, 2, 12, 90))  # layers, heads, tokens, frames
    attention /= attention.sum(axis=-1, keepdims=True)
    with torch.device("meta"):
        network = WhisperForConditionalGeneration(WhisperConfig(decoder_layers=2))
    written = GenerateEncoderDecoderOutput(
        sequences=torch.zeros(1, 13),
        cross_attentions=(tuple(torch.from_numpy(each)[None] for each in attention),),
    )
    heads = [[0, 1], [1, 0], [1, 1]]
    theirs = network._extract_token_timestamps(written, heads, num_frames=160, num_input_ids=0)
    looked = np.stack([attention[layer, head] for layer, head in heads])[..., :80]
    assert token_starts(looked) == pytest.approx(theirs[0, :12].tolist(), abs=1e-6)


def test_nothing_to_look_at() -> None:
    assert token_starts(np.zeros((1, 3, 0))) == [0.0, 0.0, 0.0]
    assert token_starts(np.ones((1, 1, 4))) == [0.0]
    assert len(token_starts(np.ones((1, 5, 2)))) == 5


def test_heads_that_a_distilled_model_lost_are_not_asked() -> None:
    assert usable_heads([[0, 1], [1, 0]], 2, 2) == [(0, 1), (1, 0)]
    assert usable_heads([[5, 3], [9, 2]], 4, 2) == [(2, 0), (2, 1), (3, 0), (3, 1)]
    assert usable_heads(None, 2, 2) == [(1, 0), (1, 1)]
