"""The shipped samples are what the script draws, and are what their notes say."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from demos.core.samples import SampleKind, samples
from demos.fraud_scoring import SPEC, draw_samples
from demos.fraud_scoring.simulate import HANDBOOK

SHIPPED = Path(draw_samples.__file__).parent / "samples"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(draw_samples, "FOLDER", folder)
        draw_samples.main()
    return folder


def shipped(key: str) -> pl.DataFrame:
    return pl.read_parquet(SHIPPED / f"{key}.parquet")


def test_the_same_bytes_are_drawn_again(drawn: Path) -> None:
    names = sorted(file.name for file in SHIPPED.iterdir())
    assert sorted(file.name for file in drawn.iterdir()) == names
    different = [n for n in names if (drawn / n).read_bytes() != (SHIPPED / n).read_bytes()]
    assert different == []


def test_there_is_one_of_every_kind() -> None:
    listed = samples(SPEC.slug, SPEC.models[0].group)
    assert [each.kind for each in listed] == list(SampleKind)
    assert all(each.note and each.path.exists() for each in listed)
    assert sum(each.path.stat().st_size for each in listed) < 3_000_000


def test_in_the_month_no_label_is_younger_than_a_week() -> None:
    month = shipped("month")
    assert month.columns == list(HANDBOOK.values())
    known = month["TX_DATETIME"] <= month["TX_DATETIME"].max() - timedelta(days=7)
    assert (known == month["TX_FRAUD"].is_not_null()).all()
    assert (known == month["TX_FRAUD_SCENARIO"].is_not_null()).all()
    assert 0 < month["TX_FRAUD"].mean() < 0.05
    assert month["CUSTOMER_ID"].n_unique() == pytest.approx(2000, rel=0.05)


def test_the_others_are_what_they_are_called() -> None:
    assert "TX_FRAUD" not in shipped("unlabeled").columns
    tampered = shipped("tampered")
    assert set(tampered["TX_FRAUD_SCENARIO"]) <= {0, 1, 2}
    held = tampered.filter(pl.col("TX_FRAUD_SCENARIO") == 2)["TERMINAL_ID"].n_unique()
    assert 20 < held <= 40
    sensors = shipped("sensors")
    assert sensors["CUSTOMER_ID"].n_unique() == 40
    gaps = sensors.filter(pl.col("CUSTOMER_ID") == "sensor-00")["TX_DATETIME"].diff().drop_nulls()
    assert set(gaps) == {timedelta(minutes=15)}
