"""All transactions with their scores: nothing lost, nothing run."""

import csv
import io

import polars as pl
import pytest

from demos.core.cases.scored_export import to_csv, to_parquet
from demos.core.spreadsheet import FORMULA_STARTS, neutral
from tests.core.cases.case_tables import HOSTILE, POLICY, transactions


def lines(frame: pl.DataFrame) -> list[dict[str, str]]:
    data = to_csv(frame, POLICY)
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_csv_has_every_row_with_score_and_band() -> None:
    frame = transactions(("A", "B"))
    first, *_, last = lines(frame)
    assert len(lines(frame)) == 4
    assert (first["card"], first["score"], first["band"], first["amount"]) == (
        *("A", "0.9", "review", "200.0"),
    )
    assert first["time"] == "2026-03-14T08:00:00" and first["fraud"] == ""
    assert (last["score"], last["band"]) == ("0.1", "pass")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula_and_no_text_is_lost(text: str) -> None:
    frame = transactions(("A",)).with_columns(
        pl.lit(text).alias(name) for name in ("id", "card", "terminal")
    )
    for line in lines(frame):
        assert line["id"] == line["card"] == line["terminal"] == neutral(text)
        assert not any(cell.startswith(FORMULA_STARTS) for cell in line.values())


def test_an_amount_below_zero_stays_a_number() -> None:
    frame = transactions(("A",)).with_columns(amount=-1.5)
    assert lines(frame)[0]["amount"] == "-1.5"


def test_the_parquet_file_is_the_table_as_it_is() -> None:
    frame = transactions(HOSTILE)
    read = pl.read_parquet(io.BytesIO(to_parquet(frame, POLICY)))
    assert read.drop("band").equals(frame)
    assert set(read["band"].cast(pl.String)) == {"review", "pass"}


def test_an_empty_table_has_its_header() -> None:
    frame = transactions(("A",)).clear()
    assert lines(frame) == []
    assert to_csv(frame, POLICY).decode("utf-8-sig").startswith("row,id,time,card")
    assert pl.read_parquet(io.BytesIO(to_parquet(frame, POLICY))).is_empty()
