"""The reader's recipe on a tiny network and a few sentences: it learns, goes on where it stopped,
and what it packs reads as what it trained."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from safetensors.torch import load_file, save_file

from demos.core.devices import CPU
from demos.core.language.answers import SORTING, Request, Task
from demos.core.sentence_encoder import ARCHITECTURE
from demos.core.spec import Bundled, ModelSpec
from demos.language_tasks import calibrate, data, network, polish, reader, reading, train
from demos.language_tasks.examples import IGNORED, NEARBY, Batch, collated
from demos.language_tasks.reader import EMBEDDINGS, HEADS, torch_forward
from demos.language_tasks.tasks import EMOTIONS, TOPICS, TOXICITIES

SMALL = ARCHITECTURE | {
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 48,
}
Captured = pytest.CaptureFixture[str]
RECIPE = train.Recipe(
    dict.fromkeys(HEADS, 5), 0.9, unanswered=0.3, nearest=True, wikigold=3, rounded=0.3
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few dozen sentences of every task, told apart by a word."""
    folder = tmp_path_factory.mktemp("data")

    def stored(name: str, **columns: list[Any]) -> None:
        pl.DataFrame(columns).write_parquet(folder / f"{name}.parquet")

    def labeled(task: Task, labels: list[Any], words: list[str], parts: list[str]) -> None:
        for part in parts:
            texts = [f"{part} {word} number {n}" for n in range(20) for word in words]
            stored(f"{task}-{part}", text=texts, label=labels * 20)

    both = ["train", "validation"]
    labeled(Task.SENTIMENT, [0, 1], ["awful", "lovely"], both)
    labeled(Task.TOPIC, list(TOPICS), ["war", "goal", "bank", "robot"], ["train"])
    labeled(Task.INTENT, ["rain", "oos"], ["weather", "nothing"], both)
    labeled(Task.EMOTION, list(EMOTIONS), ["sad", "glad", "dear", "mad", "afraid", "odd"], both)
    labeled(Task.TOXICITY, list(TOXICITIES), ["fine", "rude", "hateful"], ["train"])
    names = [f"Ann{n}" for n in range(40)]
    stored(
        "entities-train",
        tokens=[[name, "left"] for name in names],
        tags=[["B-PER", "O"] for _ in names],
        corpus=["own"] * 40,
    )
    stored(
        "question_answering-train",
        question=["Who left?"] * 40,
        context=[f"In the evening {name} left the town." for name in names],
        answer=[*names[:39], ""],
        answer_start=[15] * 40,
    )
    return folder


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "ARCHITECTURE", SMALL)
    monkeypatch.setattr(network, "WIDTH", 24)
    torch.manual_seed(7)
    tables = torch.nn.Embedding(30_522, 24), torch.nn.Embedding(512, 24), torch.nn.Embedding(2, 24)
    names = ("word", "position", "token_type")
    own = {
        f"{EMBEDDINGS}{name}_embeddings.weight": each.weight.detach().numpy()
        for name, each in zip(names, tables, strict=True)
    }
    own |= {
        f"{EMBEDDINGS}LayerNorm.weight": np.ones(24, np.float32),
        f"{EMBEDDINGS}LayerNorm.bias": np.zeros(24, np.float32),
    }
    monkeypatch.setattr(reader, "mapped", lambda path: own)
    monkeypatch.setattr(train, "mapped", lambda path: own)
    monkeypatch.setattr(train, "SAVE_EVERY", 5)
    monkeypatch.setattr(train, "AVERAGE", 0.8)
    monkeypatch.setattr(train, "LEARNING_RATE", 3e-3)
    monkeypatch.setattr(train, "HEAD_RATE", 1e-2)


def test_it_learns_and_goes_on_where_it_stopped(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(train, "validate", lambda network, folder: {"validated": 1.0})
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    train.train(folder, RECIPE, whole)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[-1]["step"] == told[-1]["of"] == len(train.planned(folder, RECIPE))
    assert told[-1]["validated"] == 1.0 and "validated" not in told[0]
    learned = train.begun(folder)
    learned.load_state_dict(load_file(whole / "reader.safetensors"))
    assert cost(learned, folder) < 0.8 * cost(train.begun(folder), folder)

    keep = train.keep

    def stopped(file: Path, kept: Any, step: int) -> None:
        keep(file, kept, step)
        if step == 10:
            raise KeyboardInterrupt

    monkeypatch.setattr(train, "keep", stopped)
    with pytest.raises(KeyboardInterrupt):
        train.train(folder, RECIPE, parts)
    train.train(folder, RECIPE, parts)
    again = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["step"] for each in again] == [each["step"] for each in told if each["step"] != 10]
    one, other = (load_file(each / "reader.safetensors") for each in (whole, parts))
    assert set(one) == set(other)


@torch.inference_mode()
def cost(made: network.Reader, folder: Path) -> float:
    batches = map(collated, train.planned(folder, RECIPE))
    return float(np.mean([float(train.loss(made.eval(), each)) for each in batches]))


def test_embeddings_are_the_sentence_encoders_and_stay(folder: Path) -> None:
    made = train.begun(folder)
    table = made.encoder.embeddings.word_embeddings.weight
    assert not table.requires_grad
    np.testing.assert_array_equal(
        table.detach().numpy(), train.mapped(Path())[f"{EMBEDDINGS}word_embeddings.weight"]
    )
    groups = train.optimizer_of(made, 0.2, 0.5, 0.9).param_groups
    assert {round(group["lr"], 4) for group in groups} == {0.18, 0.2, 0.5}


def test_one_network_is_made_of_several(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "validate", lambda network, folder: {})
    recipe = replace(RECIPE, epochs=dict.fromkeys(HEADS, 1))
    monkeypatch.setattr(polish, "RECIPE", recipe)
    runs = [tmp_path / "one", tmp_path / "other"]
    for seed, run in enumerate(runs):
        run.mkdir()
        torch.manual_seed(seed)
        save_file(train.begun(folder).state_dict(), run / "reader.safetensors")
    one, other = (polish.trained(folder, each) for each in runs)
    made = polish.mean(folder, [one, other])
    for name, weight in made.named_parameters():
        torch.testing.assert_close(
            weight, (one.get_parameter(name) + other.get_parameter(name)) / 2
        )
    batches = [collated(each) for each in train.planned(folder, recipe)]
    for batch in batches:
        assert torch.isfinite(polish.loss(made, [one, other], batch))
    polish.polish(folder, runs, tmp_path / "polished")
    found = load_file(tmp_path / "polished" / "reader.safetensors")
    assert found.keys() == one.state_dict().keys()
    table = "encoder.embeddings.word_embeddings.weight"
    assert torch.equal(found[table], one.state_dict()[table])


@pytest.mark.parametrize("task", HEADS)
def test_what_the_others_say_is_learned(folder: Path, task: Task) -> None:
    torch.manual_seed(1)
    teacher, pupil = train.begun(folder).eval(), train.begun(folder).eval()
    batch = next(each for each in map(collated, train.planned(folder, RECIPE)) if each.task is task)
    optimizer = torch.optim.Adam(pupil.parameters(), lr=1e-2)
    away = [apart(pupil, teacher, batch)]
    for _ in range(30):
        optimizer.zero_grad()
        cost = polish.loss(pupil, [teacher], batch) - (1 - polish.TAUGHT) * train.loss(pupil, batch)
        cost.backward()
        optimizer.step()
    away.append(apart(pupil, teacher, batch))
    assert away[1] < 0.5 * away[0]


@torch.inference_mode()
def apart(one: network.Reader, other: network.Reader, batch: Batch) -> float:
    """How far the probabilities of two networks are from each other."""
    pairs = zip(train.asked(one, batch), train.asked(other, batch), strict=True)
    return sum(
        float((a.softmax(1) - b.softmax(1))[right != IGNORED].abs().max())
        for (a, right), (b, _) in pairs
    )


def test_questions_are_asked_of_others_beside_them() -> None:
    found = train.any_passages(30)
    assert found.shape == (30, 2 * NEARBY + 1)
    assert found.min() == 0 and found.max() == 29 and found[15].tolist() == list(range(3, 28))


def test_the_rate_goes_up_and_down_to_nothing() -> None:
    rates = [train.share(step, 100) for step in range(100)]
    assert rates[5] == 1.0 == max(rates) and 0 < rates[0] < 0.2 and 0 < rates[-1] < 0.02


@pytest.fixture
def run_folder(folder: Path, tmp_path: Path) -> Path:
    torch.manual_seed(3)
    made = train.begun(folder)
    for each in made.parameters():  # so that odds differ by more than 8 bits do
        each.data *= 2
    tables = train.mapped(Path())
    made.encoder.embeddings.word_embeddings.weight.data = torch.from_numpy(
        tables[f"{EMBEDDINGS}word_embeddings.weight"]
    )
    made.load_state_dict(
        {f"encoder.{name}": torch.from_numpy(each) for name, each in tables.items()}, strict=False
    )
    save_file(made.state_dict(), tmp_path / "reader.safetensors")
    return tmp_path


def test_what_is_packed_reads_as_what_was_trained(
    folder: Path,
    run_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    output, packed = run_folder / "packed.safetensors", calibrate.packed
    made: dict[str, Any] = {}

    def packed_once(*given: Any) -> dict[str, Any]:
        made.update({} if made else packed(*given))
        return dict(made)

    monkeypatch.setattr(calibrate, "packed", packed_once)
    arguments = ["calibrate", "--data", str(folder), "--run", str(run_folder)]
    monkeypatch.setattr(sys, "argv", [*arguments, "--output", str(output)])
    monkeypatch.setattr(calibrate, "MOST_LOST", -1.1)
    with pytest.raises(SystemExit, match="8 bits cost"):
        calibrate.main()
    assert not output.exists()
    monkeypatch.setattr(calibrate, "MOST_LOST", 1.0)
    capsys.readouterr()
    calibrate.main()
    lost, told = capsys.readouterr().out.split("\n", 1)
    assert set(json.loads(lost)["lost"]) == set(HEADS)
    told = json.loads(told)
    assert all(0.3 <= each <= 5 for each in told["temperatures"].values())
    assert 0 <= told["floors"][Task.INTENT] < 1

    monkeypatch.setattr(Bundled, "path", output)
    spec = ModelSpec("language_tasks", "reader", "", Bundled("", told["sha256"]), 1, "", "")
    model = reader.load(spec, CPU)
    assert (model.engine, model.dtype) == ("ONNX Runtime", "int8")
    assert model.labels[Task.INTENT] == ("rain", "oos")
    texts = [each.text for each in data.sorting(folder, Task.EMOTION)[1][:40]]
    ours = reading.scores(model, SORTING, texts)
    assert read_in_turn(monkeypatch, model, texts) == ours[Task.EMOTION].tolist()
    module = network.Reader(model.labels)
    module.load_state_dict(load_file(run_folder / "reader.safetensors"))
    exact: Any = torch_forward(module.eval(), CPU)
    theirs = reading.scores(replace(model, forward=exact, dtype="float32"), SORTING, texts)
    for task in SORTING:
        np.testing.assert_allclose(ours[task], theirs[task], atol=0.1)
    whole = reading.scores(
        replace(model, forward=torch_forward(model.module(), CPU)), SORTING, texts
    )
    for task in SORTING:
        np.testing.assert_allclose(whole[task], theirs[task], atol=0.01)
    found = reading.predict(model, Request(Task.ENTITIES, "Ann left the town."))
    assert found.provenance.weights == told["sha256"]


def read_in_turn(
    monkeypatch: pytest.MonkeyPatch, model: reader.Model, texts: list[str]
) -> list[list[float]]:
    """The emotions of each text alone, as they have to be beside any other text."""
    monkeypatch.setattr(reader, "IN_TURN", 3)
    alone = [reading.scores(model, [Task.EMOTION], [each])[Task.EMOTION][0] for each in texts]
    together = reading.scores(model, [Task.EMOTION], texts[::-1])[Task.EMOTION][::-1]
    assert np.array_equal(alone, together)
    return [each.tolist() for each in alone]
