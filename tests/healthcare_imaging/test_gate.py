import numpy as np
import pytest

from demos.healthcare_imaging import gate as gate_module
from demos.healthcare_imaging.gate import distance, fit_gate, whiten


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_whitening_gives_unit_covariance(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate_module, "SHRINKAGE", 0.0)
    mixed = rng.normal(size=(5000, 4)) @ rng.normal(size=(4, 4))
    centered = (mixed - mixed.mean(axis=0)).astype(np.float32)
    assert np.allclose(np.cov(centered @ whiten(centered), rowvar=False), np.eye(4), atol=0.01)


def test_distance_is_to_the_nearest_center() -> None:
    centers = np.array([[0, 0], [10, 0]], dtype=np.float32)
    points = np.array([[1, 0], [9, 0], [5, 0]], dtype=np.float32)
    assert np.allclose(distance(points, centers, np.eye(2, dtype=np.float32)), [1, 1, 5])


def test_the_gate_passes_what_it_knows_and_stops_what_it_does_not(
    rng: np.random.Generator,
) -> None:
    def draw(count: int, style_shift: float, content_shift: float) -> tuple[np.ndarray, np.ndarray]:
        style = rng.normal(style_shift, 1, (count, 6)).astype(np.float32)
        content = rng.normal(content_shift, 1, (count, 5)).astype(np.float32)
        return style, content

    style, content = draw(4000, 0, 0)
    labels = rng.integers(0, 3, 4000)
    gate = fit_gate(style, content, labels, draw(2000, 0, 0), margin=1.2)
    assert (gate.score(*draw(2000, 0, 0)) <= 1).mean() > 0.99
    assert (gate.score(*draw(200, 5, 0)) > 1).all(), "another style"
    assert (gate.score(*draw(200, 0, 5)) > 1).all(), "another content"
