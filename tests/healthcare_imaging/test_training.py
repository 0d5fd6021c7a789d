"""The recipes, end to end on drawn disks: they run, resume to the same point, and fit together."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from demos.core.devices import CPU
from demos.core.spec import Bundled
from demos.healthcare_imaging import SPEC, draw_samples, evaluate, generator, train, train_generator
from demos.healthcare_imaging.calibrate import calibrate
from demos.healthcare_imaging.classifier import Model, load
from demos.healthcare_imaging.data import read_images
from demos.healthcare_imaging.modalities import BLOOD_CELLS

DEVICE = torch.device("cpu")
SHORT = replace(BLOOD_CELLS, rounds=(replace(BLOOD_CELLS.rounds[0], epochs=((1, 80), (1, 112))),))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "WARMUP_EPOCHS", 1)
    monkeypatch.setattr(train, "BATCH", 8)
    monkeypatch.setattr(train_generator, "BATCH", 2)
    monkeypatch.setattr(train_generator, "CHECKPOINT_EVERY", 1)
    monkeypatch.setattr(generator, "CHANNELS", (8, 16, 16))


def assert_same(one: Path, other: Path) -> None:
    ours, theirs = load_file(one), load_file(other)
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        assert np.allclose(value, theirs[name], atol=1e-5), name


def test_a_resumed_run_ends_where_an_uninterrupted_one_does(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight = train.train(SHORT, data, tmp_path / "straight", DEVICE)
    stop = RuntimeError("power cut")
    saved = torch.save

    def save_then_stop(state: dict[str, object], path: Path) -> None:
        saved(state, path)
        if state["done"] == 1:
            path.replace(path.with_name("checkpoint.pt"))
            raise stop

    monkeypatch.setattr(torch, "save", save_then_stop)
    with pytest.raises(RuntimeError, match="power cut"):
        train.train(SHORT, data, tmp_path / "cut", DEVICE)
    monkeypatch.setattr(torch, "save", saved)
    assert_same(train.train(SHORT, data, tmp_path / "cut", DEVICE), straight)


def test_trained_weights_become_a_bundled_model(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import hashlib

    trained = load_file(train.train(SHORT, data, tmp_path, DEVICE))
    bundled = tmp_path / "bundled.safetensors"
    tensors, figures = calibrate(BLOOD_CELLS, data, trained)
    assert 0 <= figures["cross_fitted_coverage"] <= 1
    save_file(tensors, bundled)
    digest = hashlib.sha256(bundled.read_bytes()).hexdigest()
    spec = replace(SPEC.models[0], source=Bundled(str(bundled), digest))
    model = load(spec, CPU)
    report = evaluate.evaluate(model, data / "blood_cells-validation.parquet", "validation")
    assert report["n"] == 16
    assert sum(map(sum, report["confusion"])) == 16
    assert report["weights_sha256"] == digest


def test_learning_rate_rises_then_falls_to_zero() -> None:
    rates = [train.schedule(e / 10, 2) for e in range(20)]
    peak = rates.index(max(rates))
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert train.schedule(2, 2) == pytest.approx(0, abs=1e-9)


def test_the_generator_recipe_resumes_and_draws(data: Path, tmp_path: Path) -> None:
    train_generator.train(BLOOD_CELLS, data, tmp_path / "cut", 1, DEVICE)
    cut = train_generator.train(BLOOD_CELLS, data, tmp_path / "cut", 2, DEVICE)
    network = generator.load_generator(cut.read_bytes(), len(BLOOD_CELLS.classes))
    labels = torch.tensor([0, 5])
    images = generator.draw(network, labels, 96, seed=3, steps=2)
    again = generator.draw(network, labels, 96, seed=3, steps=2)
    other = generator.draw(network, labels, 96, seed=4, steps=2)
    assert images.shape == (2, 3, 96, 96)
    assert images.min() >= 0 and images.max() <= 1
    assert torch.equal(images, again)
    assert not torch.equal(images, other)


def test_a_generator_may_begin_with_what_another_has_learned(data: Path, tmp_path: Path) -> None:
    learned = generator.Generator(3).state_dict()
    learned = {name: each.numpy() + 0.5 for name, each in learned.items()}
    other = tmp_path / "other.safetensors"
    save_file(learned, other)
    begun = load_file(train_generator.train(BLOOD_CELLS, data, tmp_path, 1, DEVICE, other))
    assert np.allclose(begun["patchify.weight"], learned["patchify.weight"], atol=2e-3)
    assert begun["label.weight"].shape[0] == len(BLOOD_CELLS.classes) + 1


def test_the_velocity_leads_from_noise_to_the_image() -> None:
    clean, noise = torch.rand(3, 3, 8, 8), torch.randn(3, 3, 8, 8)
    time = torch.tensor([0.0, 0.5, 0.9])
    blend = time[:, None, None, None]
    noisy = blend * clean + (1 - blend) * noise
    assert torch.allclose(generator.velocity(clean, noisy, time), clean - noise, atol=1e-5)


def test_rare_classes_are_drawn_as_often_as_common_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_generator, "BATCH", 4000)
    torch.manual_seed(0)
    labels = torch.tensor([0] * 97 + [1] * 3)
    pools = [torch.nonzero(labels == k).flatten() for k in range(2)]
    rows = train_generator.balanced_rows(pools)
    assert labels[rows].float().mean().item() == pytest.approx(0.5, abs=0.05)


def test_copies_are_found_however_they_are_turned() -> None:
    rng = np.random.default_rng(0)
    pool = rng.integers(0, 256, (5, 96, 96, 3), dtype=np.uint8)
    turned = np.rot90(pool[2], 1)[:, ::-1]
    fresh = rng.integers(0, 256, (96, 96, 3), dtype=np.uint8)
    copied, new = draw_samples.correlation(
        np.stack([turned, fresh]), draw_samples.standardized(pool)
    )
    assert copied > 0.99
    assert new < 0.5


def test_nearest_distance_is_the_euclidean_one() -> None:
    rng = np.random.default_rng(0)
    queries, pool = rng.normal(size=(4, 6)), rng.normal(size=(9, 6))
    expected = np.linalg.norm(queries[:, None] - pool[None], axis=2).min(axis=1)
    found = draw_samples.nearest(queries.astype(np.float32), pool.astype(np.float32))
    assert np.allclose(found, expected, atol=1e-4)


def test_unknown_labels_are_named(data: Path, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"image": [b""], "label": ["blast"]}), tmp_path / "odd.parquet")
    with pytest.raises(ValueError, match="blast"):
        read_images(tmp_path / "odd.parquet", BLOOD_CELLS)


def test_the_evaluation_prints_one_json_object(
    model: Model, data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = data / "blood_cells-validation.parquet"
    monkeypatch.setattr("sys.argv", ["evaluate", "--data", str(file)])
    evaluate.main()
    report = json.loads(capsys.readouterr().out)
    required = (
        "n accuracy balanced_accuracy macro_auc ece coverage_95 mean_set_size refused "
        "seconds_per_image"
    )
    assert set(required.split()) <= report.keys()
    assert report["n"] == 16
