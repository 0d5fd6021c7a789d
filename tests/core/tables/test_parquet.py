"""Parquet files: typed columns, long texts, damage."""

import gzip
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from demos.core.errors import TooLarge, UnsupportedType
from demos.core.settings import Settings
from demos.core.tables import Table
from demos.core.tables.parquet_layout import LONGEST
from tests.core.tables.small import parquet, reasons, seen, table

MOMENT = datetime(2018, 4, 1, 10, 20, 30)


def written(**columns: object) -> bytes:
    """By pyarrow, without its notes on types: a dictionary is but how a text is stored."""
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, store_schema=False)
    return buffer.getvalue()


def of(**columns: list[object] | pl.Series) -> Table:
    base = {"time": [MOMENT] * 2, "card": ["a", "b"], "amount": [1.0, 2.0]}
    return table(parquet(pl.DataFrame(base | columns, strict=False)))


def test_rows_count_from_one() -> None:
    found = of()
    assert found.frame["row"].to_list() == [1, 2]
    assert found.frame.schema["time"] == pl.Datetime("us")
    assert found.described == "Parquet"


@pytest.mark.parametrize(
    "series",
    [
        pl.Series([MOMENT] * 2, dtype=pl.Datetime("ns")),
        pl.Series([MOMENT] * 2, dtype=pl.Datetime("ms")),
        pl.Series([MOMENT.replace(tzinfo=UTC)] * 2),
        pl.Series([MOMENT.replace(tzinfo=UTC)] * 2).dt.convert_time_zone("Europe/Berlin"),
        pl.Series(["2018-04-01 10:20:30"] * 2),
        pl.Series(["01.04.2018 10:20:30", "13.04.2018 00:00"]),
        pl.Series([1522578030] * 2),
        pl.Series([1522578030000.0] * 2),
    ],
)
def test_times_of_any_type(series: pl.Series) -> None:
    assert of(time=series).frame["time"][0] == MOMENT


def test_dates_and_zones_are_said() -> None:
    assert (
        "Time: dates only; every row counts as at midnight."
        in of(time=[date(2018, 4, 1)] * 2).notes
    )
    zoned = pl.Series([MOMENT.replace(tzinfo=UTC)] * 2).dt.convert_time_zone("Asia/Tokyo")
    assert "Time: in UTC." in of(time=zoned).notes


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([596, 7], ["596", "7"]),
        ([596.0, None], ["596"]),
        ([596.5, 7.0], ["596.5", "7.0"]),
        ([b"x", b"y"], ["x", "y"]),
        ([True, False], ["true", "false"]),
    ],
)
def test_identifiers_of_any_type(values: list[object], expected: list[str]) -> None:
    assert of(card=values).frame["card"].to_list() == expected


def test_categories_are_texts() -> None:
    assert of(card=pl.Series(["a", "b"], dtype=pl.Categorical)).frame["card"].to_list() == [
        "a",
        "b",
    ]


@pytest.mark.parametrize(
    "values",
    [[12, 3], [Decimal("12.00"), Decimal("3.00")], ["12", "3"], ["12,00", "3,00"], [12.0, 3.0]],
)
def test_amounts_of_any_type(values: list[object]) -> None:
    assert of(amount=values).frame["amount"].to_list() == [12.0, 3.0]


@pytest.mark.parametrize("values", [[True, False], [1, 0], [1.0, 0.0], ["bad", "good"]])
def test_flags_of_any_type(values: list[object]) -> None:
    assert of(fraud=values).frame["fraud"].to_list() == [1, 0]


def test_bad_cells_are_set_aside_with_their_row() -> None:
    found = table(
        parquet(
            pl.DataFrame(
                {
                    "time": [MOMENT, None, datetime(1900, 1, 1), MOMENT, MOMENT],
                    "card": ["a", "b", "c", None, "e"],
                    "amount": [float("nan"), 1.0, 1.0, 1.0, 2.0],
                }
            )
        )
    )
    assert found.frame["row"].to_list() == [5]
    assert [line for line, _ in reasons(found)] == [1, 2, 3, 4]
    assert reasons(found)[2][1] == "Time “1900-01-01 00:00:00.000000” is before 1980"


def test_a_time_after_every_calendar_does_not_overflow() -> None:
    times = pa.array([2**62, 1522578030000], pa.timestamp("ms"))
    found = table(written(time=times, card=["a", "b"], amount=[1.0, 2.0]))
    assert found.frame["row"].to_list() == [2] and len(found.quarantine) == 1


def test_a_long_text_repeated_in_every_row_is_held_once() -> None:
    rows = 20_000
    cards = pa.DictionaryArray.from_arrays([0] + [1] * (rows - 1), ["fine", "x" * 400_000])
    data = written(time=[MOMENT] * rows, card=cards, amount=[1.0] * rows)
    found = table(data)
    assert found.frame["card"].to_list() == ["fine"] and len(found.quarantine) == rows - 1
    assert len(found.quarantine.rows[0].value) == LONGEST


def test_files_compressed_once_more() -> None:
    data = gzip.compress(parquet(pl.DataFrame({"time": [MOMENT], "card": ["a"], "amount": [1.0]})))
    found = table(data)
    assert len(found.frame) == 1 and found.layout.compression == "gzip"


def test_limits() -> None:
    frame = pl.DataFrame({"time": [MOMENT] * 9, "card": ["a"] * 9, "amount": [1.0] * 9})
    with pytest.raises(TooLarge, match="9 rows; the limit is 8"):
        table(parquet(frame), Settings(max_table_rows=8))
    wide = pl.DataFrame({f"v{n}": [1] for n in range(1200)})
    with pytest.raises(UnsupportedType, match="1,200 columns"):
        table(parquet(wide))
    nested = pl.DataFrame({"time": [[MOMENT]], "card": [{"a": 1}]})
    with pytest.raises(UnsupportedType, match="No column"):
        table(parquet(nested))


def test_two_columns_of_one_name_are_not_read() -> None:
    doubled = pa.table([pa.array([1]), pa.array([2]), pa.array([3])], names=["card", "card", "x"])
    buffer = io.BytesIO()
    pq.write_table(doubled, buffer)
    assert seen(buffer.getvalue()).layout.names == ("x",)
