import numpy as np
import pytest

from demos.healthcare_imaging.calibration import (
    conformal_threshold,
    expected_calibration_error,
    fit_temperature,
    softmax,
)


def sampled(count: int, temperature: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and labels drawn from the probabilities those logits have at `temperature`."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 3, (count, 8)).astype(np.float32)
    draws = [rng.choice(8, p=row / row.sum()) for row in softmax(logits, temperature)]
    return logits, np.array(draws)


def test_softmax_is_stable_and_sums_to_one() -> None:
    probabilities = softmax(np.array([[1e4, 0.0], [-1e4, -1e4]], dtype=np.float32))
    assert np.allclose(probabilities, [[1, 0], [0.5, 0.5]])


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_temperature_is_recovered(temperature: float) -> None:
    logits, labels = sampled(20_000, temperature, seed=0)
    assert fit_temperature(logits, labels) == pytest.approx(temperature, rel=0.05)


def test_calibration_error_is_small_when_calibrated_and_the_gap_when_not() -> None:
    logits, labels = sampled(20_000, 1.0, seed=1)
    assert expected_calibration_error(softmax(logits), labels) < 0.015
    certain = np.eye(2, dtype=np.float32)[np.zeros(100, dtype=int)]
    labels = np.array([0] * 70 + [1] * 30)
    assert expected_calibration_error(certain, labels) == pytest.approx(0.3)


def test_conformal_sets_cover_fresh_data_as_stated() -> None:
    logits, labels = sampled(20_000, 1.0, seed=2)
    probabilities = softmax(logits)
    threshold = conformal_threshold(probabilities[:10_000], labels[:10_000], 0.95)
    fresh = probabilities[10_000:] >= threshold
    covered = fresh[np.arange(10_000), labels[10_000:]].mean()
    assert covered == pytest.approx(0.95, abs=0.01)


def test_conformal_threshold_of_few_images_takes_the_lowest() -> None:
    probabilities = np.array([[0.9, 0.1], [0.4, 0.6]], dtype=np.float32)
    assert conformal_threshold(probabilities, np.array([0, 0]), 0.95) == pytest.approx(0.4)
