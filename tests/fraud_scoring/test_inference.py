"""The bundled model: loaded, asked, explained, and as good and as honest as it is said to be."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import load_file
from sklearn.metrics import average_precision_score

from demos.core.devices import CPU, Device
from demos.core.errors import WeightsMismatch
from demos.core.jobs import Canceled
from demos.core.labels.metrics import label_metrics
from demos.core.reasons import probability as of_log_odds
from demos.core.results import Outcome
from demos.core.settings import Settings
from demos.core.spec import Bundled
from demos.core.tables import Table, preview, read
from demos.fraud_scoring import SPEC, inference
from demos.fraud_scoring.columns import COLUMNS, transactions
from demos.fraud_scoring.draw_samples import readings
from demos.fraud_scoring.features import FEATURES, features
from demos.fraud_scoring.inference import (
    Model,
    explain,
    explain_all,
    load,
    outcome,
    predict,
    probability,
    scores,
    warm_up,
)
from demos.fraud_scoring.simulate import Process, scaled, simulate, to_handbook
from tests.fraud_scoring.tables import table

MODEL = SPEC.models[0]
TOWN = scaled(Process(days=60, start=date(2026, 3, 1)), 0.1)


class Pretended(Device):
    """A GPU to whoever asks what kind it is; torch is led to the CPU."""

    __slots__ = ()

    def __str__(self) -> str:
        return "cpu"


def as_table(frame: pl.DataFrame, folder: Path) -> Table:
    """Through a file, as it comes to the page."""
    file = folder / "table.parquet"
    frame.write_parquet(file)
    settings = Settings()
    seen = preview(file, file.name, COLUMNS, settings)
    return read(file, file.name, COLUMNS, seen.layout, seen.mapping, settings)


@pytest.fixture(scope="module")
def model() -> Model:
    return load(MODEL, CPU)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """Two months of five hundred cards that nobody has seen before."""
    return as_table(to_handbook(simulate(TOWN, 901)), tmp_path_factory.mktemp("month"))


@pytest.fixture(scope="module")
def scored(model: Model, month: Table) -> inference.Scored:
    return predict(model, month)


def test_replaced_weights_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.safetensors"
    file.write_bytes(b"not the weights")
    spec = replace(MODEL, source=Bundled(str(file), "0" * 64))
    with pytest.raises(WeightsMismatch, match="Restore"):
        load(spec, CPU)


def test_what_is_loaded_says_what_it_is(model: Model) -> None:
    assert isinstance(MODEL.source, Bundled)
    assert (model.name, model.weights_sha256) == (MODEL.name, MODEL.source.sha256)
    assert (model.engine, model.device) == ("ONNX Runtime", "cpu")
    assert model.baseline.shape == (len(FEATURES),) and np.isfinite(model.baseline).all()
    assert set(model.reference) >= {"amount", "hour", "score"}
    assert model.memory_bytes == MODEL.memory_bytes
    warm_up(model)


def test_the_networks_log_odds_are_calibrated_with_what_the_file_says(model: Model) -> None:
    assert isinstance(MODEL.source, Bundled)
    tensors = load_file(MODEL.source.path)
    slope, intercept = (float(tensors[f"calibration.{name}"]) for name in ("slope", "intercept"))
    assert slope != 1 and intercept != 0
    x = np.repeat(model.baseline[None], 3, axis=0)
    wanted = model.forward(x) * slope + intercept
    np.testing.assert_allclose(model.log_odds(x), wanted, rtol=1e-5)


@pytest.mark.parametrize("kind", ["cuda", "mps"])
def test_on_a_gpu_torch_says_the_same(model: Model, month: Table, kind: str) -> None:
    on_gpu = load(MODEL, Pretended(kind))
    assert on_gpu.engine == "PyTorch"
    x = features(transactions(month).head(5000))
    np.testing.assert_allclose(on_gpu.log_odds(x), model.log_odds(x), rtol=1e-4, atol=1e-4)


def test_what_is_usual_is_hardly_ever_fraud(model: Model) -> None:
    (usual,) = probability(model.log_odds(model.baseline[None]))
    assert 0 < usual < 0.01


def test_every_transaction_gets_a_probability(scored: inference.Scored, month: Table) -> None:
    rows = scored.transactions
    assert rows.drop("score").equals(transactions(month))
    assert rows.schema["score"] == pl.Float32
    assert rows["score"].is_between(0, 1).all() and rows["score"].n_unique() > 1000
    assert rows["time"].is_sorted()
    assert scored.labeled


def test_the_provenance_says_how_to_repeat_it(scored: inference.Scored, month: Table) -> None:
    assert isinstance(MODEL.source, Bundled)
    record = scored.provenance
    assert record.input_sha256 == month.sha256
    assert (record.model, record.weights) == (MODEL.name, MODEL.source.sha256)
    assert (record.engine, record.device, record.dtype) == ("ONNX Runtime", "cpu", "float32")
    assert "39 features" in record.preprocessing and record.seconds > 0


def test_probabilities_are_calibrated_and_rank_well(scored: inference.Scored) -> None:
    found = label_metrics(scored.transactions)
    assert found is not None
    assert found.calibration_error.value < 0.01
    assert found.average_precision.value > 0.6
    assert found.roc_auc.value > 0.9
    rows = scored.transactions
    assert rows["score"].mean() == pytest.approx(rows["fraud"].mean(), rel=0.25)


@pytest.mark.parametrize("labels", ["none", "frauds only"])
def test_with_fewer_labels_probabilities_are_still_calibrated(
    model: Model, scored: inference.Scored, labels: str
) -> None:
    frame = scored.transactions.drop("score")
    fewer = pl.lit(None, pl.Int8) if labels == "none" else pl.col("fraud").replace(0, None)
    score = scores(model, frame.with_columns(fraud=fewer))
    truth = frame["fraud"].to_numpy()
    found = label_metrics(frame.with_columns(score=pl.Series(score)))
    assert found is not None and found.calibration_error.value < 0.01
    ranked = average_precision_score(truth, score)
    with_all = average_precision_score(truth, scored.transactions["score"].to_numpy())
    assert 0.3 < ranked < with_all


def test_without_labels_everything_is_scored(model: Model, tmp_path: Path) -> None:
    bare = to_handbook(simulate(replace(TOWN, days=10), 5)).drop("TX_FRAUD", "TX_FRAUD_SCENARIO")
    found = predict(model, as_table(bare, tmp_path))
    assert not found.labeled
    assert found.transactions["score"].is_not_null().all()


@pytest.mark.parametrize("chunk", [1000, 4097, 100_000])
def test_scores_do_not_depend_on_the_chunk(
    model: Model, scored: inference.Scored, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = scored.transactions.head(9000)
    wanted = scores(model, few)
    monkeypatch.setattr(inference, "CHUNK", min(chunk, 16_384))
    np.testing.assert_allclose(scores(model, few), wanted, atol=1e-5)


def test_a_single_row_and_hostile_ones_are_scored(model: Model) -> None:
    single = table([(0, "a", "t", 10, None)])
    strange = table([(36_525.0 * (k % 2), "", " ", 1e9 if k % 3 else 0, k % 2) for k in range(60)])
    for rows in (single, strange):
        found = scores(model, rows)
        assert ((found > 0) & (found < 1)).all()


def test_a_purchase_far_above_the_habit_scores_higher(model: Model) -> None:
    habit = [(day, "a", f"t{day % 4}", 20.0 + day % 3, 0) for day in range(30)]
    usual, large = (
        scores(model, table([*habit, (30, "a", "t1", amount, None)]))[-1] for amount in (21, 110)
    )
    assert large > 10 * usual and large > 0.3


def test_frauds_at_the_terminal_raise_the_score_a_week_later(model: Model) -> None:
    def last(day: float) -> float:
        frauds = [(0.1 * k, f"c{k}", "t", 20.0, 1) for k in range(10)]
        return float(scores(model, table([*frauds, (day, "x", "t", 20, None)]))[-1])

    assert last(8) > 0.5
    assert last(6.9) < 0.1


def test_progress_is_told_in_rows(model: Model, month: Table) -> None:
    told: list[tuple[int, int, str]] = []
    predict(model, month, lambda *each: told.append(each))
    total = len(month.frame)
    assert {each[1] for each in told} == {total}
    done = [each[0] for each in told]
    assert done == sorted(done) and (done[0], done[-1]) == (0, total)
    assert [each[2] for each in told][:2] == [
        "Looking up each card's and terminal's past",
        "Scoring",
    ]
    assert [each[2] for each in told].count("Scoring") == -(-total // (16 * inference.CHUNK))


@pytest.mark.parametrize("after", [1, 3])
def test_what_the_report_raises_ends_the_work(model: Model, month: Table, after: int) -> None:
    told: list[str] = []

    def stop(done: int, total: int, stage: str) -> None:
        told.append(stage)
        if len(told) == after:
            raise Canceled

    with pytest.raises(Canceled):
        predict(model, month, stop)
    assert len(told) == after


def test_a_bank_like_in_training_gets_an_answer(scored: inference.Scored) -> None:
    assert scored.outcome is Outcome.ANSWER
    assert scored.drift.alien == ()


def test_another_bank_leaves_the_model_unsure(model: Model, tmp_path: Path) -> None:
    rich = replace(TOWN, days=20, lowest_mean=15, highest_mean=300, limit=660)
    found = predict(model, as_table(to_handbook(simulate(rich, 3)), tmp_path))
    assert found.outcome is Outcome.UNSURE is outcome(found.drift)


def test_what_is_no_table_of_payments_is_refused(model: Model, tmp_path: Path) -> None:
    found = predict(model, as_table(readings(0).head(20_000), tmp_path))
    assert found.outcome is Outcome.REFUSED
    assert found.drift.alien


def test_every_score_is_explained_in_full(model: Model, scored: inference.Scored) -> None:
    likeliest = scored.transactions.sort("score", descending=True).head(400)["row"].to_list()
    rows = [*likeliest[::20], *scored.transactions["row"].to_list()[::4000]]
    score = dict(zip(scored.transactions["row"], scored.transactions["score"], strict=True))
    (base,) = model.log_odds(model.baseline[None])
    for row, account in zip(rows, explain_all(model, scored, rows), strict=True):
        assert of_log_odds(account.total) == pytest.approx(score[row], rel=1e-3, abs=1e-5)
        assert account.base == pytest.approx(base, abs=1e-4)
        parts = sum(each.value for each in account.reasons)
        assert account.base + parts == pytest.approx(account.total, abs=2e-3)
        assert abs(account.residual) < 2e-3
        sizes = [abs(each.value) for each in account.reasons]
        assert sizes == sorted(sizes, reverse=True)
        assert all(each.sentence for each in account.reasons)


def test_one_alone_is_explained_as_among_others(model: Model, scored: inference.Scored) -> None:
    rows = scored.transactions.sort("score", descending=True).head(3)["row"].to_list()
    together = explain_all(model, scored, rows)
    alone = explain(model, scored, str(rows[1]))
    assert alone.total == pytest.approx(together[1].total, abs=1e-4)
    assert [each.group for each in alone.reasons] == [each.group for each in together[1].reasons]
    with pytest.raises(KeyError):
        explain(model, scored, "999999999")
    assert explain_all(model, scored, []) == []


def test_what_gave_a_fraud_away_is_its_first_reason(model: Model, scored: inference.Scored) -> None:
    """By scenario of the simulator: of those it is sure of, what it says of most."""
    sure = scored.transactions.filter(pl.col("score") > 0.9)
    late = sure.filter(pl.col("time") > pl.col("time").max() - timedelta(days=30))
    for scenario, groups in (
        (1, {"AMOUNT"}),
        (2, {"TERMINAL_FRAUD"}),
        (3, {"AMOUNT", "HABIT", "BURST"}),
    ):
        rows = late.filter(pl.col("scenario") == scenario)["row"].head(20).to_list()
        assert rows, scenario
        first = [each.reasons[0].group for each in explain_all(model, scored, rows)]
        assert sum(group in groups for group in first) > 0.8 * len(rows), (scenario, first)
