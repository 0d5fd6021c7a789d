"""Training from files to weights, on forty films and in seconds."""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from safetensors.torch import load_file as load_state

from demos.core.devices import CPU
from demos.recommendations import SPEC, train
from demos.recommendations.inference import loaded
from demos.recommendations.interactions import read_histories, without_last
from demos.recommendations.network import rebuilt
from demos.recommendations.pack import network_scores
from demos.recommendations.recipes import BENCHMARKS, CATALOGS, BenchmarkChoice
from tests.recommendations import small

QUICK = replace(small.RECIPE, epochs=4)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Recipes of seconds, in this process; torch gets its threads back."""
    small.without_downloads(monkeypatch)
    monkeypatch.setitem(CATALOGS, small.NAME, replace(small.CHOICE, recipe=QUICK))
    monkeypatch.setitem(BENCHMARKS, "ml-1m", BenchmarkChoice(QUICK, members=2))
    monkeypatch.setattr(train, "choose_device", lambda setting: CPU)
    monkeypatch.setattr(train, "available_cores", lambda: 1)
    monkeypatch.setattr(train, "ProcessPoolExecutor", lambda cores, context: ThreadPoolExecutor(1))
    with small.one_thread():
        yield


@pytest.fixture
def data(tmp_path: Path) -> Path:
    small.write(tmp_path)
    interactions = tmp_path / f"{small.NAME}-interactions.parquet"
    (tmp_path / "ml-1m-interactions.parquet").write_bytes(interactions.read_bytes())
    return tmp_path


def command(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> None:
    monkeypatch.setattr(sys, "argv", ["train", *map(str, words)])
    train.main()


def test_a_catalog_is_trained_twice_and_installed(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run, demo = data / "run", data / "demo"
    (demo / "weights").mkdir(parents=True)
    monkeypatch.setattr(train, "DEMO", demo)
    given = ("--catalog", small.NAME, "--data", data, "--run", run)
    command(monkeypatch, *given, "--install")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2, 3, 4] * 2
    assert all(line["loss"] > 0 and line["minutes"] >= 0 for line in lines)

    shipped = demo / "weights" / f"{small.NAME}.safetensors"
    assert shipped.read_bytes() == (run / shipped.name).read_bytes()
    final = loaded(shipped.read_bytes(), SPEC.model(small.NAME), "", CPU)
    twin = loaded(
        (run / f"{small.NAME}-validation.safetensors").read_bytes(),
        SPEC.model(small.NAME),
        "",
        CPU,
    )
    histories = read_histories(data / f"{small.NAME}-interactions.parquet")
    before, _ = without_last(histories)
    for model, taken in ((final, histories), (twin, before)):
        counts = np.bincount(np.concatenate(list(taken.values())), minlength=small.ITEMS + 1)
        assert model.catalog.counts.tolist() == counts.tolist()
    assert final.weights == twin.weights and final.floor == twin.floor

    command(monkeypatch, *given)
    assert capsys.readouterr().out == "", "what is in the folder is not trained again"


@pytest.mark.parametrize("validate", [False, True])
def test_the_benchmark_is_an_ensemble_of_seeds(
    validate: bool,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    flags = ["--validate"] if validate else []
    command(monkeypatch, "--benchmark", "ml-1m", "--data", data, "--run", data / "run", *flags)
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said["benchmark"] == "ml-1m" and said["members"] == 2

    kind = "ml-1m-validation" if validate else "ml-1m"
    tensors = load_file(data / "run" / f"{kind}.safetensors")
    one, other = (tensors[f"{seed}.embedding.weight"] for seed in (0, 1))
    assert one.shape == other.shape == (small.ITEMS + 1, QUICK.width)
    assert not np.allclose(one, other)


def test_an_ensemble_s_probabilities_are_the_members_mean(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command(monkeypatch, "--benchmark", "ml-1m", "--data", data, "--run", data / "run")
    scores, items = train.ensemble(data / "run" / "ml-1m.safetensors", BENCHMARKS["ml-1m"])
    assert items == small.ITEMS
    asked = [[3, 4, 5], [9]]
    found = scores(asked)
    parts = []
    for seed in (0, 1):
        state = load_state(data / "run" / f"ml-1m-{seed}.safetensors")
        network = rebuilt(state, QUICK.heads)
        parts.append(network_scores(network, [np.array(each) for each in asked], 10))
    mean = np.log(np.exp(np.array(parts, dtype=np.float64))[:, :, 1:].mean(0))
    difference = found[:, 1:] - mean
    # The same but for a constant, which no ranking minds.
    np.testing.assert_allclose(difference, difference[0, 0], atol=1e-4)
