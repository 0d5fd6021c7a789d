"""The recipe from end to end, on parts small enough to take seconds."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from demos.core.devices import CPU
from demos.core.drift import read_references
from demos.core.spec import Bundled
from demos.fraud_scoring import SPEC, drift, evaluate, inference, train
from demos.fraud_scoring.features import FEATURES, features
from demos.fraud_scoring.fit import Plan
from demos.fraud_scoring.inference import load, scores
from demos.fraud_scoring.train import Labels, Part, drawn, transactions

SMALL = Part(1, days=21, factor=0.03)


def run_recipe(monkeypatch: pytest.MonkeyPatch, run: Path, *options: str) -> None:
    monkeypatch.setattr(train, "TRAINING", (SMALL, replace(SMALL, seed=2, labels=Labels.NONE)))
    monkeypatch.setattr(train, "VALIDATION", (replace(SMALL, seed=3),))
    plan = Plan(members=2, width=16, epochs=4, batch=1024, dropout=0.0, peak=2e-2)
    monkeypatch.setattr(train, "BUNDLED", plan)
    monkeypatch.setattr(sys, "argv", ["train", "--run", str(run), *options])
    train.main()


@pytest.mark.parametrize(
    ("labels", "known"), [(Labels.ALL, {0, 1}), (Labels.FRAUDS, {None, 1}), (Labels.NONE, {None})]
)
def test_a_file_tells_no_more_than_it_would(labels: Labels, known: set[int | None]) -> None:
    frame, fraud = transactions(replace(SMALL, labels=labels))
    assert set(frame["fraud"].to_list()) == known
    _, truth = transactions(SMALL)
    np.testing.assert_array_equal(fraud, truth)
    assert 0 < fraud.sum() < 0.2 * len(fraud)


def test_parts_are_drawn_one_after_the_other() -> None:
    other = replace(SMALL, seed=2, days=8)
    x, fraud = drawn((SMALL, other))
    (first, _), (second, last) = transactions(SMALL), transactions(other)
    assert len(x) == len(fraud) == first.height + second.height
    np.testing.assert_array_equal(x[first.height :], features(second))
    np.testing.assert_array_equal(fraud[first.height :], last)


def test_nothing_is_measured_on_what_was_trained_or_calibrated_on() -> None:
    seeds = [part.seed for part in (*train.TRAINING, *train.VALIDATION, *train.TEST)]
    assert len(seeds) == len(set(seeds))


def test_the_recipe_writes_what_the_demo_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = tmp_path / "demo"
    (demo / "weights").mkdir(parents=True)
    reference = demo / "reference.json"
    monkeypatch.setattr(train, "DEMO", demo)
    monkeypatch.setattr(train, "REFERENCE", reference)
    monkeypatch.setattr(inference, "REFERENCE", reference)
    run_recipe(monkeypatch, tmp_path / "run", "--install")
    first, *epochs, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert [each["epoch"] for each in epochs] == [1, 2, 3, 4]
    assert epochs[-1]["loss"] < epochs[0]["loss"]

    weights = demo / "weights" / train.WEIGHTS
    assert weights.read_bytes() == (tmp_path / "run" / train.WEIGHTS).read_bytes()
    assert last["bytes"] == weights.stat().st_size
    spec = replace(SPEC.models[0], source=Bundled(str(weights), last["sha256"]))
    model = load(spec, CPU)
    assert model.baseline.shape == (len(FEATURES),)
    assert model.slope > 0
    frame, truth = transactions(replace(SMALL, seed=9))
    score = scores(model, frame)
    assert score[truth].mean() > 5 * score[~truth].mean()
    assert first["rows"] > 2 * frame.height * 0.8

    # It remembers the validation part, with the scores that the loaded model gives it.
    validation, _ = transactions(replace(SMALL, seed=3))
    scored = validation.with_columns(pl.Series("score", scores(model, validation)))
    assert model.reference == read_references(json.loads(reference.read_text()))
    again = {each.name: each for each in drift.reference(scored)}
    assert set(model.reference) == set(again)
    found = drift.compare(model.reference, scored)
    assert found.alien == () and found.level.value == "stable"


def test_without_install_the_demo_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "DEMO", tmp_path / "untouched")
    monkeypatch.setattr(train, "REFERENCE", tmp_path / "untouched" / "reference.json")
    monkeypatch.setattr(train, "write", lambda run, *parts: run.joinpath("written").touch())
    run_recipe(monkeypatch, tmp_path / "run")
    assert (tmp_path / "run" / "written").exists()
    assert not (tmp_path / "untouched").exists()


def test_the_bundled_model_is_measured_on_simulations_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    parts = (replace(SMALL, seed=7), replace(SMALL, seed=8, labels=Labels.NONE))
    monkeypatch.setattr(evaluate, "TEST", parts)
    monkeypatch.setattr(evaluate, "METRICS", tmp_path / "metrics.json")
    monkeypatch.setattr(sys, "argv", ["evaluate", "--simulated", "--write"])
    evaluate.main()
    report = json.loads(capsys.readouterr().out)
    _, truth = transactions(parts[0])
    assert (report["n"], report["frauds"]) == (len(truth), truth.sum())
    (fewer,) = report["with_fewer_labels"]
    assert (fewer["simulation_seed"], fewer["labels"]) == (8, "none")
    assert fewer["frauds"] > 0, "the truth, though the model was not shown it"
    assert fewer["average_precision"] < report["average_precision"]
    assert json.loads((tmp_path / "metrics.json").read_text()) == {SPEC.models[0].name: report}
