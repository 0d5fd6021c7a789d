"""The command that prints the tables, end to end on forty films."""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from demos.core.devices import CPU
from demos.recommendations import SPEC, baselines, evaluate, pack, train
from demos.recommendations.inference import loaded
from demos.recommendations.interactions import without_last
from demos.recommendations.recipes import BENCHMARKS, BenchmarkChoice
from tests.recommendations import small

FIGURES = {"ndcg@10", "recall@10", "coverage", "novelty", "popularity_bias", "users"}
BASELINES = {"popularity", "transitions", "ease", "implicit"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """On the CPU, in this process; `implicit`, tested with the baselines, need not be there."""
    small.without_downloads(monkeypatch)
    for module in (train, evaluate):
        monkeypatch.setattr(module, "choose_device", lambda setting: CPU)
    monkeypatch.setattr(train, "ProcessPoolExecutor", lambda cores, context: ThreadPoolExecutor(1))
    monkeypatch.setitem(BENCHMARKS, "ml-1m", BenchmarkChoice(small.RECIPE, members=1))
    stand_in = {"EASE in its place": partial(baselines.ease, penalty=9.0)}
    monkeypatch.setattr(baselines, "implicit_fits", lambda: stand_in)
    with small.one_thread():
        yield


@pytest.fixture
def data(tmp_path: Path) -> Path:
    small.write(tmp_path)
    return tmp_path


@cache
def weights(folder: Path) -> bytes:
    """Of the network that has not seen anybody's last item."""
    before, last = without_last(small.histories())
    return save(pack.pack(small.NAME, folder, small.network(), before, small.CHOICE, targets=last))


def printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str | Path
) -> Any:
    monkeypatch.setattr(sys, "argv", ["evaluate", *map(str, words)])
    evaluate.main()
    return json.loads(capsys.readouterr().out)


def check(found: Any, users: int) -> None:
    assert set(found["baselines"]) == BASELINES
    for figures in (found["model"], *found["baselines"].values()):
        assert set(figures) >= FIGURES
        assert figures["users"] == users == found["n"]
        assert 0 <= figures["ndcg@10"] <= figures["recall@10"] <= 1
        low, high = figures["ndcg@10_interval"]
        assert low <= figures["ndcg@10"] <= high
    assert isinstance(found["seed"], int)


def test_a_catalog_on_held_out_items(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model = loaded(weights(data), SPEC.model(small.NAME), "", CPU)
    monkeypatch.setattr(evaluate, "bundled", lambda name: model)
    monkeypatch.setattr(evaluate, "METRICS", data / "metrics.json")
    files = {part: data / f"{small.NAME}-{part}.parquet" for part in ("interactions", "heldout")}
    found = printed(
        monkeypatch,
        capsys,
        *("--catalog", small.NAME, "--interactions", files["interactions"]),
        *("--heldout", files["heldout"], "--write"),
    )
    check(found, small.USERS)
    assert found["split"] == f"{small.NAME}-heldout.parquet"
    assert set(found["methods"]) == {"network", "ease", "transitions", "popularity"}
    assert 0 <= found["calibration"]["ece"] <= 1
    assert found["model"]["ndcg@10"] > 3 * found["baselines"]["popularity"]["ndcg@10"]
    assert found["model"]["recall@10"] > 0.7, "the rule was learned"
    kept = json.loads((data / "metrics.json").read_text())[small.NAME]
    assert kept["n"] == small.USERS
    assert kept["model"]["ndcg@10"] == pytest.approx(found["model"]["ndcg@10"], abs=1e-3)


def test_a_catalog_on_validation(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without held-out items, each user's last is the target, of networks in the run's folder."""
    run = data / "run"
    run.mkdir()
    (run / f"{small.NAME}-validation.safetensors").write_bytes(weights(data))
    interactions = data / f"{small.NAME}-interactions.parquet"
    found = printed(
        monkeypatch,
        capsys,
        *("--catalog", small.NAME, "--interactions", interactions, "--run", run),
    )
    check(found, small.USERS)
    assert found["split"] == evaluate.VALIDATION


@pytest.mark.parametrize("validate", [False, True])
def test_the_benchmark_s_table(
    validate: bool,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    interactions, held_out = (
        data / f"{small.NAME}-{part}.parquet" for part in ("interactions", "heldout")
    )
    interactions = interactions.rename(data / "ml-1m-interactions.parquet")
    train.benchmark("ml-1m", data, data, validate)
    capsys.readouterr()
    rest: list[str | Path] = [] if validate else ["--heldout", held_out]
    found = printed(
        monkeypatch,
        capsys,
        *("--benchmark", "ml-1m", "--interactions", interactions, "--run", data, *rest),
    )
    check(found, small.USERS)
    assert found["model"]["ndcg@10"] > 2 * found["baselines"]["popularity"]["ndcg@10"]


def test_users_without_a_target_are_left_out_and_unknown_items_too() -> None:
    histories = {1: np.array([3, 99, 4]), 2: np.array([5]), 3: np.array([6])}
    given, targets = evaluate.split_up(histories, {1: 7, 3: 8, 4: 9}, 40)
    assert given == [[3, 4], [6]] and targets == [7, 8]


@pytest.mark.parametrize(
    ("held_out", "message"), [({5: 1}, "No user"), ({1: 41}, "not among the catalog's 40")]
)
def test_files_that_do_not_belong_together_end_the_run(
    held_out: dict[int, int], message: str
) -> None:
    with pytest.raises(SystemExit, match=message):
        evaluate.split_up({1: np.array([3])}, held_out, 40)
