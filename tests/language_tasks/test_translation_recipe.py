"""The translator's recipe on a tiny network and a few captions."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch
from safetensors.torch import load_file

from demos.language_tasks import train_translation, translation_network
from demos.language_tasks.train_translation import (
    AGAIN,
    EPOCHS,
    FIRST,
    LEARNING_RATE,
    TOKENS,
    WARM_UP,
    bleu,
    learned,
    loss,
    pairs,
    planned,
    rate,
    train,
)
from demos.language_tasks.translation_network import END, INTO, MOST_TOKENS, PAD, padded, translator

WHO = ("a man", "ein Mann", "un homme"), ("a woman", "eine Frau", "une femme")
WHAT = ("runs", "läuft", "court"), ("sleeps", "schläft", "dort"), ("eats", "isst", "mange")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in {"WIDTH": 32, "LAYERS": 1, "HEADS": 2, "INNER": 64}.items():
        monkeypatch.setattr(translation_network, name, value)
    for name, value in {
        "EPOCHS": 30,
        "FIRST": 20,
        "WARM_UP": 10,
        "SAVE_EVERY": 10,
        "AVERAGE": 0.5,
    }.items():
        monkeypatch.setattr(train_translation, name, value)
    rows = [[f"{who} {what}." for who, what in zip(a, b, strict=True)] for a in WHO for b in WHAT]
    table = pl.DataFrame(rows, schema=["en", "de", "fr"], orient="row")
    table.write_parquet(tmp_path / "translation-train.parquet")
    table.write_parquet(tmp_path / "translation-validation.parquet")
    return tmp_path


def test_it_learns_a_few_captions_by_heart_and_goes_on_where_it_stopped(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep = train_translation.keep

    def stopped(file: Path, parts: Any, step: int) -> None:
        keep(file, parts, step)
        if step == 10:
            raise KeyboardInterrupt

    monkeypatch.setattr(train_translation, "keep", stopped)
    with pytest.raises(KeyboardInterrupt):
        train(folder, folder)
    train(folder, folder)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["step"] for each in told] == [20, 30]
    assert told[-1]["loss"] < told[0]["loss"]
    assert set(told[-1]) >= set(INTO) and "de" not in told[0]
    network = translator()
    missing = network.load_state_dict(load_file(folder / "translator.safetensors"), strict=False)
    assert not missing.unexpected_keys
    found = bleu(network.eval(), learned(folder, folder / "vocabulary.json"), file(folder))
    assert found.keys() == INTO.keys() and all(0 <= each <= 100 for each in found.values())


def file(folder: Path) -> Path:
    return folder / "translation-train.parquet"


def test_each_sentence_goes_with_both_translations_in_every_epoch(folder: Path) -> None:
    vocabulary = learned(folder, folder / "vocabulary.json")
    given = pairs(file(folder), vocabulary)
    assert len(given) == 12
    assert Counter(source[0] for source, _ in given) == dict.fromkeys(INTO.values(), 6)
    assert all(source[-1] == target[-1] == END for source, target in given)
    said = {vocabulary.decode(target[:-1]) for _, target in given}
    assert "eine Frau schläft." in said and "un homme mange." in said
    plan = planned(given)
    assert Counter(str(pair) for batch in plan for pair in batch) == Counter(
        {str(pair): train_translation.EPOCHS for pair in given}
    )
    assert plan == planned(given), "the same for the same seed"
    again = learned(folder, folder / "vocabulary.json")
    assert again.to_str() == vocabulary.to_str()


def test_batches_are_no_larger_than_was_said() -> None:
    pair = ([4] * 30, [5] * 20)
    sizes = [len(batch) for batch in train_translation.cut([pair] * 1000)]
    assert sum(sizes) == 1000 and max(sizes) == TOKENS // 30


def test_padding_costs_nothing(folder: Path) -> None:
    torch.manual_seed(0)
    network = translator().eval()
    short, long = ([3, 7, END], [8, END]), ([3, 7, 9, 10, END], [11, 12, 13, END])
    with torch.inference_mode():
        together = float(loss(network, [short, long]))
        apart = [float(loss(network, [each])) for each in (short, long)]
    words = [len(target) for _, target in (short, long)]
    mean = sum(n * each for n, each in zip(words, apart, strict=True)) / sum(words)
    assert together == pytest.approx(mean, rel=1e-4)


def test_the_rate_goes_up_and_down_twice() -> None:
    rates = [rate(step, 5_500) for step in range(5_500)]
    first = 5_500 * FIRST // EPOCHS
    assert max(rates) == pytest.approx(LEARNING_RATE, rel=0.01)
    assert rates.index(max(rates)) in (WARM_UP - 1, WARM_UP)
    assert rates[first - 1] < LEARNING_RATE / 500
    assert max(rates[first:]) == rates[first] == pytest.approx(AGAIN)
    assert rates[-1] < AGAIN / 500


def test_long_targets_are_cut(folder: Path) -> None:
    table = pl.DataFrame({"en": ["a man runs. " * 200], "de": ["ein "] * 1, "fr": ["il " * 900]})
    table.write_parquet(folder / "long.parquet")
    vocabulary = learned(folder, folder / "vocabulary.json")
    for source, target in pairs(folder / "long.parquet", vocabulary):
        assert len(source) <= MOST_TOKENS and len(target) <= MOST_TOKENS
    assert padded([[1], [1, 2]]).tolist() == [[1, PAD], [1, 2]]
