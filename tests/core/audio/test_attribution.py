"""Occlusion of a score that is known: a weighted sum of cells, so every drop is known too."""

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.audio import attribution
from demos.core.audio.attribution import (
    Attribution,
    Axes,
    Features,
    ScoreOf,
    faithfulness,
    occlusion,
    quiet_level,
    shortest,
    where,
)

FRAMES, BANDS = 60, 24
REGION, PATCH = (10, 50), (8, 6)
AXES = Axes(1.0, 0.01, np.linspace(100, 2400, BANDS, dtype=np.float32))
FOR, AGAINST = (slice(22, 30), slice(6, 12)), (slice(40, 44), slice(18, 21))


def features() -> Features:
    rng = np.random.default_rng(0)
    return rng.normal(0, 1, (FRAMES, BANDS)).astype(np.float32)


def weighing(weights: NDArray[np.float32], calls: list[int] | None = None) -> ScoreOf:
    def score_of(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        if calls is not None:
            calls.append(len(batch))
        return np.einsum("nfb,fb->n", batch, weights).astype(np.float32)

    return score_of


def bump() -> tuple[NDArray[np.float32], Features, NDArray[np.float32]]:
    """Weights, features and a fill with which one box speaks for the word, a small one against."""
    weights, loud = np.zeros((FRAMES, BANDS), np.float32), np.ones((FRAMES, BANDS), np.float32)
    weights[FOR], weights[AGAINST] = 1, -1
    return weights, loud, np.zeros(BANDS, np.float32)


def found(calls: list[int] | None = None) -> Attribution:
    weights, loud, fill = bump()
    return occlusion(weighing(weights, calls), loud, REGION, PATCH, fill, AXES)


def test_a_patch_is_worth_what_it_takes_from_the_score() -> None:
    result = found()
    assert result.base == 48 - 12
    assert result.strongest.drop == 48  # the patch that is the box
    assert result.strongest.seconds == pytest.approx(1.255)
    assert result.strongest.hertz == pytest.approx(950)
    assert result.opposing.drop == -12
    assert result.values[26, 8] > 20 and result.values[41, 19] < -2
    assert result.values[:10].tolist() == np.zeros((10, BANDS)).tolist()
    assert not result.values[50:].any()


def test_the_drops_of_a_sum_add_up_to_the_whole() -> None:
    rng = np.random.default_rng(1)
    weights = rng.normal(size=(FRAMES, BANDS)).astype(np.float32)
    given = features()
    for region, patch in ((REGION, PATCH), ((3, 4), (8, 6)), ((0, FRAMES), (4, 10))):
        result = occlusion(weighing(weights), given, region, patch, quiet_level(given), AXES)
        assert result.summed == pytest.approx(result.whole, rel=1e-3, abs=1e-3)


def test_it_is_one_batch_unless_it_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    whole = found(calls)
    assert calls == [2 + 11 * 9]
    monkeypatch.setattr(attribution, "MOST_VALUES", 25 * FRAMES * BANDS)
    calls.clear()
    parts = found(calls)
    assert calls == [25, 25, 25, 25, 1]
    assert (parts.values == whole.values).all()


def test_the_features_given_stay_as_they_are() -> None:
    weights, loud, fill = bump()
    loud.flags.writeable = False
    occlusion(weighing(weights), loud, REGION, PATCH, fill, AXES)


@pytest.mark.parametrize(
    ("region", "patch"),
    [
        ((5, 5), PATCH),
        ((-1, 5), PATCH),
        ((0, FRAMES + 1), PATCH),
        (REGION, (7, 6)),
        (REGION, (8, 0)),
        (REGION, (8, 26)),
    ],
)
def test_what_cannot_be_tiled_is_refused(region: tuple[int, int], patch: tuple[int, int]) -> None:
    weights, loud, fill = bump()
    with pytest.raises(ValueError):
        occlusion(weighing(weights), loud, region, patch, fill, AXES)


def test_most_of_the_evidence_is_where_it_was_put() -> None:
    evidence = where(found())
    assert evidence is not None
    assert 1.18 <= evidence.start <= 1.24 and 1.28 <= evidence.end <= 1.34
    assert 500 <= evidence.low <= 800 and 1100 <= evidence.high <= 1500
    assert 0.5 <= evidence.share <= 1


@pytest.mark.parametrize("seed", range(5))
def test_the_box_holds_at_least_half_of_any_evidence(seed: int) -> None:
    weights = np.random.default_rng(seed).normal(size=(FRAMES, BANDS)).astype(np.float32)
    _, loud, fill = bump()
    evidence = where(occlusion(weighing(weights), loud, REGION, PATCH, fill, AXES))
    assert evidence is not None and evidence.share >= 0.5


def test_where_nothing_speaks_for_the_word_there_is_no_box() -> None:
    _, loud, fill = bump()
    nothing = occlusion(weighing(np.zeros_like(loud)), loud, REGION, PATCH, fill, AXES)
    assert where(nothing) is None
    against = occlusion(weighing(-np.ones_like(loud)), loud, REGION, PATCH, fill, AXES)
    assert where(against) is None


@pytest.mark.parametrize(
    ("weights", "stretch"),
    [([0, 0, 1, 0], (2, 3)), ([1, 0, 0, 0], (0, 1)), ([0, 0, 0, 1], (3, 4)), ([1] * 4, (0, 3))],
)
def test_the_shortest_stretch(weights: list[float], stretch: tuple[int, int]) -> None:
    assert shortest(np.array(weights, np.float64)) == stretch


def test_the_quiet_level_is_that_of_the_band() -> None:
    given = features()
    given[:, 3] += 40
    level = quiet_level(given)
    assert level.shape == (BANDS,) and level.dtype == np.float32
    assert level[3] > 30 and np.abs(np.delete(level, 3)).max() < 3


def test_what_the_map_ranks_highest_matters_more_than_chance() -> None:
    weights, _, fill = bump()
    measured = faithfulness(weighing(weights), found(), fill, share=0.2)
    assert measured.by_map > 40
    assert measured.by_chance == pytest.approx(0.2 * 36, abs=5)
    assert measured.holds


def test_a_map_upside_down_fails_the_check() -> None:
    weights, _, fill = bump()
    measured = faithfulness(weighing(-weights), found(), fill)
    assert not measured.holds


def test_the_check_hides_as_many_cells_by_chance_as_by_the_map() -> None:
    hidden: list[int] = []

    def counting(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        hidden.extend(int((each == 0).sum()) for each in batch)
        return np.zeros(len(batch), np.float32)

    faithfulness(counting, found(), np.zeros(BANDS, np.float32), share=0.25, draws=3)
    assert hidden == [round(0.25 * 40 * BANDS)] * 4
