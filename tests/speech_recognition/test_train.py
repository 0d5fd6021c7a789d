"""Training, from clips to weights that the recognizer reads, on tones and in seconds."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from demos.core.devices import CPU
from demos.speech_recognition import augment, calibrate, learn_confidence, network, train
from demos.speech_recognition.augment import Batch
from demos.speech_recognition.calibrate import packed
from demos.speech_recognition.candidates import confidence_of
from demos.speech_recognition.commands import onnx_forward, torch_forward
from demos.speech_recognition.lexicon import PRONUNCIATIONS, TOKENS, WORDS, tokens
from demos.speech_recognition.loss import word_loss, word_scores
from demos.speech_recognition.network import Recognizer
from demos.speech_recognition.train import rate
from tests.speech_recognition.scripted import spoken
from tests.speech_recognition.small_corpus import small_corpus


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "WIDTH", 16)
    monkeypatch.setattr(network, "BLOCKS", 1)
    monkeypatch.setattr(augment, "BANK_SECONDS", 30.0)
    monkeypatch.setattr(augment, "WORD_BATCH", 4)
    monkeypatch.setattr(augment, "STRING_BATCH", 2)
    monkeypatch.setattr(train, "WORDS_FROM", 1)
    monkeypatch.setattr(train, "SAVE_EVERY", 2)
    monkeypatch.setattr(train, "VALIDATE_EVERY", 4)


def test_training_goes_on_where_it_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clips = small_corpus()
    train.train(clips, tmp_path, (("harsh", 2),), eager=True)
    first = load_file(tmp_path / "recognizer.safetensors")
    train.train(clips, tmp_path, (("harsh", 2), ("mild", 4)), eager=True)
    second = load_file(tmp_path / "recognizer.safetensors")
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["step"] for each in said] == [2, 4]
    assert all(np.isfinite(each["phones"]) and np.isfinite(each["words"]) for each in said)
    assert said[1]["words"] > 0
    assert {"commands", "digits", "rich", "thin"} <= set(said[1])
    assert any(not torch.equal(first[name], second[name]) for name in first)


def test_the_graph_computes_what_the_network_does(tmp_path: Path) -> None:
    torch.manual_seed(0)
    from safetensors.torch import save_file

    save_file(Recognizer().state_dict(), tmp_path / "recognizer.safetensors")
    tensors = packed(tmp_path / "recognizer.safetensors")
    weights = {n: t.astype(np.float32) for n, t in tensors.items() if n.startswith("network.")}
    rng = np.random.default_rng(0)
    for frames in (1, 5, 121, 333):
        features = rng.uniform(-1, 1, (2, max(frames, 4), 64)).astype(np.float32)
        by_graph = onnx_forward(tensors["graph"], weights)(features)
        by_torch = torch_forward(weights, CPU)(features)
        assert by_graph.shape == (2, 2 * -(-max(frames, 4) // 4), TOKENS)
        np.testing.assert_allclose(by_graph, by_torch, atol=1e-4)
        np.testing.assert_allclose(np.exp(by_graph).sum(axis=-1), 1, atol=1e-4)


def test_the_word_loss_prefers_the_word_that_was_said() -> None:
    found = torch.from_numpy(np.stack([spoken("S IH K S"), spoken("S T AA P")]))
    right = Batch(found, [tokens("S IH K S"), tokens("S T AA P")], words_of("six", "stop"))
    wrong = Batch(found, right.targets, words_of("stop", "six"))
    assert word_loss(found, right) < 0.01
    assert word_loss(found, wrong) > 5


def test_an_unknown_word_is_right_to_be_none_of_ours() -> None:
    found = torch.from_numpy(spoken("K AE P"))[None]
    batch = Batch(found, [tokens("K AE P")], torch.tensor([-1]))
    assert word_loss(found, batch) < 0.01
    taken_for_cat = Batch(found, [tokens("M UW N")], torch.tensor([-1]))
    assert word_loss(found, taken_for_cat) > 1


def words_of(*words: str) -> torch.Tensor:
    return torch.tensor([WORDS.index(each) for each in words])


def test_a_word_counts_all_its_ways() -> None:
    for way in PRONUNCIATIONS["zero"]:
        scores = word_scores(torch.from_numpy(spoken(way))[None])[0]
        assert WORDS[int(scores.argmax())] == "zero"


def test_the_learning_rate_rises_and_falls() -> None:
    rates = [rate(step, 1000) for step in range(1000)]
    top = int(np.argmax(rates))
    assert top in (train.WARM_UP - 1, train.WARM_UP)
    assert rates[0] < rates[100] < rates[top] > rates[700] > rates[999] > 0


def test_prices_are_searched_for_what_reads_best(monkeypatch: pytest.MonkeyPatch) -> None:
    clips = [each for each in small_corpus() if each.split == "validation"]
    heard = [
        calibrate.Listened(each, (spoken(*each.phones.split(" | ")),))
        for each in clips
        if not calibrate.ambiguous(each)
    ]
    assert len(heard) == len(clips) - 1  # "to", which sounds as "two" does
    monkeypatch.setattr(calibrate, "SINGLES", 4)
    monkeypatch.setattr(calibrate, "ROUNDS", 1)
    prices = calibrate.search(heard)
    assert calibrate.error_rate([e for e in heard if e.known], prices) == 0
    monkeypatch.setattr(learn_confidence, "EPOCHS", 60)
    found = calibrate.spread(heard, prices)
    confidence = learn_confidence.read_by(learn_confidence.learned(found), found)
    confidence = learn_confidence.limited(confidence, found)
    assert 0 < confidence.heard <= confidence.sure
    right = learn_confidence.outcomes(confidence, found)["right"]
    assert all(share == 1 for share in right.values()), right
    again = confidence_of(learn_confidence.tensors_of(confidence))
    for part in found[0][1]:
        assert again.probability(part) == pytest.approx(confidence.probability(part), abs=1e-5)
