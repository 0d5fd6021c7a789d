import math
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from demos.core.intervals import Estimate, wilson
from demos.core.labels.bootstrap import DRAWS, Draws, areas, interval, ranked
from demos.core.labels.metrics import LabelMetrics, label_metrics
from demos.core.labels.threshold import share

START = datetime(2024, 1, 1)


def table(
    n: int, seed: int = 0, cards: int = 500, base: float = -4.0, offset: float = 0.0
) -> pl.DataFrame:
    """Scored rows whose scores are the probabilities they say, but for `offset` in log-odds."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(base, 2.5, n)
    fraud = rng.random(n) < 1 / (1 + np.exp(-odds))
    scenario = np.where(fraud, rng.integers(1, 4, n), 0)
    return pl.DataFrame(
        {
            "time": np.datetime64(START, "us") + (10 * np.arange(n)).astype("timedelta64[m]"),
            "card": rng.integers(0, cards, n).astype(str),
            "terminal": rng.integers(0, cards, n).astype(str),
            "fraud": fraud.astype(np.int8),
            "scenario": scenario.astype(np.int8),
            "score": (1 / (1 + np.exp(-odds - offset))).astype(np.float32),
        }
    )


def measured(scored: pl.DataFrame) -> LabelMetrics:
    found = label_metrics(scored)
    assert found is not None
    return found


def figure(found: LabelMetrics, name: str) -> Estimate:
    at = found.at(0.5, 5)
    estimate: Estimate = getattr(at if hasattr(at, name) else found, name)
    return estimate


def hand_made() -> pl.DataFrame:
    """Two days; A is caught on the first, B missed on the second."""
    rows = [
        (0, "A", 0.9, 1, 2),
        (1, "A", 0.8, 1, 2),
        (2, "B", 0.7, 0, 0),
        (3, "C", 0.1, 0, 0),
        (25, "B", 0.2, 1, 3),
        (26, "C", 0.6, 0, 0),
        (27, "D", 0.3, 0, 0),
        (28, "E", 0.4, None, None),
    ]
    return pl.DataFrame(
        {
            "time": [START + timedelta(hours=each[0]) for each in rows],
            "card": [each[1] for each in rows],
            "terminal": ["x"] * len(rows),
            "score": pl.Series([each[2] for each in rows], dtype=pl.Float32),
            "fraud": pl.Series([each[3] for each in rows], dtype=pl.Int8),
            "scenario": pl.Series([each[4] for each in rows], dtype=pl.Int8),
        }
    )


def test_counts_and_shares_by_hand() -> None:
    found = measured(hand_made())
    at = found.at(0.5, 1)
    assert (found.rows, found.unlabeled, found.frauds, found.fraud_cards) == (7, 1, 3, 2)
    assert (found.days, at.flagged) == (2, 4)
    assert found.base_rate.value == pytest.approx(3 / 7)
    assert at.precision.value == pytest.approx(2 / 4)
    assert at.recall.value == pytest.approx(2 / 3)
    assert found.expected == pytest.approx(3.6, abs=1e-6)
    # Of the card looked at first each day, A had a fraud and C had none.
    assert at.card_precision.value == pytest.approx(1 / 2)
    assert at.at_best == 1
    assert found.at(0.5, 2).card_precision.value == pytest.approx(1 / 4)
    assert found.at(0.5, 2).at_best == pytest.approx(1 / 2)
    recalls = {each.scenario: (each.frauds, each.recall.value) for each in at.scenarios}
    assert recalls == {2: (2, 1.0), 3: (1, 0.0)}


def test_fewer_cards_than_looked_at_are_all_looked_at() -> None:
    at = measured(hand_made()).at(0.5, 100)
    assert at.card_precision.value == pytest.approx((1 / 3 + 1 / 3) / 2)
    assert at.at_best == pytest.approx(1 / 3)


def test_the_threshold_itself_is_flagged() -> None:
    found = measured(hand_made().with_columns(score=pl.lit(0.5)))
    assert found.at(0.5, 1).flagged == 7
    assert found.at(0.5000001, 1).flagged == 0


def test_every_threshold_counts_exactly() -> None:
    scored = table(3000)
    found = measured(scored)
    truth, score = scored["fraud"].to_numpy() == 1, scored["score"].cast(pl.Float64).to_numpy()
    for threshold in (0.0, 0.013, 0.2, float(score[7]), 0.77, 1.0):
        at = found.at(threshold, 5)
        flagged = score >= threshold
        assert at.flagged == flagged.sum()
        assert at.recall.value == pytest.approx(flagged[truth].mean())
        assert at.recall.low <= at.recall.value <= at.recall.high  # type: ignore[operator]


def test_figures_are_those_of_scikit_learn() -> None:
    scored = table(5000)
    scored = scored.with_columns(score=pl.col("score").round(2))  # with many ties
    found = measured(scored)
    truth, score = scored["fraud"].to_numpy(), scored["score"].cast(pl.Float64).to_numpy()
    assert found.average_precision.value == pytest.approx(average_precision_score(truth, score))
    assert found.roc_auc.value == pytest.approx(roc_auc_score(truth, score))
    assert found.brier.value == pytest.approx(brier_score_loss(truth, score))


def test_areas_count_rows_of_one_bin_as_tied() -> None:
    frauds, others = ranked(np.array([0.1, 0.5, 0.5, 0.9]), np.array([False, True, False, True]))
    assert frauds.tolist() == [0, 1, 1]
    assert others.tolist() == [1, 1, 0]
    average, auc = areas(frauds[:, None], others[:, None])
    assert average[0] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert auc[0] == pytest.approx((2 + 1.5) / 4)


def test_intervals_hold_what_other_data_of_the_kind_gives() -> None:
    figures = ("average_precision", "roc_auc", "recall", "precision", "brier", "base_rate")
    truth = measured(table(100_000, seed=99))
    draws = [measured(table(2000, seed=seed, cards=200)) for seed in range(20)]
    for name in figures:
        true = figure(truth, name).value
        each = [figure(draw, name) for draw in draws]
        assert sum(e.low <= true <= e.high for e in each) >= 17, name
        width = np.mean([e.high - e.low for e in each])
        spread = np.std([e.value for e in each])
        assert 2.5 < width / spread < 7, name


def test_frauds_that_come_together_widen_the_intervals() -> None:
    scored = table(4000, cards=4000)
    apart = measured(scored)
    # The same rows, but those of a score level belong to one card, or happen at one terminal.
    level = pl.col("score").rank("ordinal") // 100
    for unit in ("card", "terminal"):
        together = measured(scored.with_columns(level.cast(pl.String).alias(unit)))
        assert figure(together, "recall").value == figure(apart, "recall").value
        for name in ("recall", "base_rate", "brier"):
            wide, narrow = figure(together, name), figure(apart, name)
            assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low), (unit, name)


def test_scores_that_are_right_are_called_calibrated_and_others_are_not() -> None:
    right, wrong = measured(table(20_000)), measured(table(20_000, offset=1.5))
    assert right.calibration_error.value == pytest.approx(0.005, abs=0.005)
    assert wrong.calibration_error.low > right.calibration_error.high
    assert right.expected == pytest.approx(right.frauds, rel=0.05)
    assert wrong.expected > 1.3 * wrong.frauds
    assert sum(each.holds for each in right.calibration) >= len(right.calibration) - 1
    assert sum(each.holds for each in wrong.calibration) < len(wrong.calibration) / 2
    assert sum(each.rows for each in right.calibration) == right.rows


def test_the_curve_runs_from_the_highest_score_to_every_fraud() -> None:
    found = measured(table(5000))
    recall, precision = np.array(found.curve).T
    assert (np.diff(recall) >= 0).all()
    assert recall[-1] == 1
    assert precision[0] > 0.8
    assert precision[-1] < 0.3
    assert len(found.curve) <= 200
    # Of a curve in few steps, what is lost on the way to the next fraud is seen.
    few = measured(hand_made()).curve
    assert [
        each == pytest.approx(point)
        for each, point in zip(
            few, [(1 / 3, 1), (2 / 3, 1), (2 / 3, 2 / 5), (1, 3 / 6)], strict=True
        )
    ] == [True] * 4


def test_a_share_of_few_has_at_least_wilsons_interval() -> None:
    certain = share(5, 5, np.ones(1 + DRAWS))
    assert (certain.low, certain.high) == (wilson(5, 5).low, 1)
    nothing = share(0, 0, np.full(1 + DRAWS, np.nan))
    assert (nothing.value, nothing.low, nothing.high) == (None, 0, 1)


@pytest.mark.parametrize("fraud", [0, 1])
def test_one_class_alone_has_no_areas(fraud: int) -> None:
    scored = table(200).with_columns(fraud=pl.lit(fraud, dtype=pl.Int8))
    found = measured(scored)
    assert found.average_precision.value is None
    assert found.roc_auc.value is None
    assert found.base_rate.value == fraud
    assert (found.at(0.5, 5).recall.value is None) == (fraud == 0)
    assert found.brier.value is not None
    assert (found.curve == ()) == (fraud == 0)


def test_a_single_row() -> None:
    found = measured(table(1))
    assert found.rows == 1
    precision = found.at(0.5, 5).card_precision
    assert (precision.low, precision.value) == (0, 0)
    assert precision.high > 0.7
    assert found.rough


def test_without_labels_there_is_nothing_to_measure() -> None:
    unlabeled = table(50).with_columns(fraud=pl.lit(None, dtype=pl.Int8))
    assert label_metrics(unlabeled) is None
    assert label_metrics(unlabeled.head(0)) is None


def test_frauds_on_few_cards_make_intervals_rough() -> None:
    assert measured(table(500, cards=10)).rough
    assert not measured(table(5000)).rough


def test_a_threshold_that_nothing_reaches() -> None:
    at = measured(table(500)).at(2.0, 5)
    assert at.flagged == 0
    assert at.precision.value is None
    assert at.recall.value == 0
    assert at.recall.high < 0.1


def test_draws_count_cards_not_rows() -> None:
    card = np.repeat(np.arange(300), 10)
    draws = Draws(card)
    rows = draws.counts(np.zeros(3000, dtype=np.int64), np.ones(3000, dtype=bool), 1)[0]
    assert rows[0] == 3000
    assert np.all(rows % 10 == 0)
    assert rows[1:].std() == pytest.approx(10 * math.sqrt(300), rel=0.2)
    sums = draws.sums(np.zeros(3000, dtype=np.int64), np.full(3000, 0.5), 1)[0]
    np.testing.assert_allclose(sums, rows / 2)


def test_the_wider_of_two_ways_to_draw_is_taken() -> None:
    narrow, wide = np.full(DRAWS, 0.5), np.linspace(0.2, 0.8, DRAWS)
    both = interval(np.concatenate([[0.5], narrow, wide]))
    assert both.low == pytest.approx(0.215, abs=0.001)
    assert both.high == pytest.approx(0.785, abs=0.001)
    moved = interval(np.concatenate([[0.5], narrow, wide]), exact=0.6)
    assert moved.high == pytest.approx(0.885, abs=0.001)


def test_the_same_table_gives_the_same_intervals() -> None:
    one, other = measured(table(500)), measured(table(500))
    assert one.average_precision == other.average_precision
    assert one.at(0.3, 5) == other.at(0.3, 5)
