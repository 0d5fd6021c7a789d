"""Dates and times in every style that files have, against what they mean."""

import random
from datetime import UTC, datetime, timedelta, timezone

import polars as pl
import pytest

from demos.core.tables import time_format, times
from demos.core.tables.times import Order, TimeFormat

APRIL = datetime(2018, 4, 1, 10, 20, 30)


def parsed(*values: str) -> list[datetime | None]:
    format = time_format.sniffed(values)
    assert format is not None
    return times.parse(pl.Series(values), format).to_list()


@pytest.mark.parametrize(
    "text",
    [
        "2018-04-01 10:20:30",
        "2018-04-01T10:20:30",
        " 2018-04-01  10:20:30 ",
        "2018/04/01 10:20:30",
        "2018.4.1 10:20:30",
        "20180401 102030",
        "20180401T102030",
        "20180401102030",
        "2018-04-01T10:20:30Z",
        "2018-04-01 10:20:30 UTC",
        "2018-04-01T12:20:30+02:00",
        "2018-04-01T12:20:30+0200",
        "2018-04-01 12:20:30 +02",
        "2018-04-01T04:50:30-05:30",
        "2018-04-01T10:20:30.000",
        "2018-04-01 10:20:30,000",
        "1 Apr 2018 10:20:30",
        "01-APR-2018 10:20:30",
        "April 1, 2018 10:20:30 AM",
        "Apr 1, 2018, 10:20:30 am",
        "1522578030",
        "1522578030.0",
        "1522578030000",
        "1522578030000000",
        "1522578030000000000",
    ],
)
def test_one_moment_in_many_styles(text: str) -> None:
    assert parsed(text) == [APRIL]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018-04-01", datetime(2018, 4, 1)),
        ("20180401", datetime(2018, 4, 1)),
        ("2018-04-01 10:20", datetime(2018, 4, 1, 10, 20)),
        ("2018-04-01 9:05", datetime(2018, 4, 1, 9, 5)),
        ("2018-04-01T10:20:30.123456", APRIL.replace(microsecond=123456)),
        ("2018-04-01T10:20:30.5Z", APRIL.replace(microsecond=500000)),
        ("25.12.2018 08:00", datetime(2018, 12, 25, 8)),
        ("25/12/18 08:00", datetime(2018, 12, 25, 8)),
        ("12/25/2018 08:00 PM", datetime(2018, 12, 25, 20)),
        ("12/25/2018 12:01 AM", datetime(2018, 12, 25, 0, 1)),
        ("12/25/2018 12:01:05 p.m.", datetime(2018, 12, 25, 12, 1, 5)),
        ("25-12-2018", datetime(2018, 12, 25)),
        ("25.12.2018 08.15", datetime(2018, 12, 25, 8, 15)),
    ],
)
def test_styles_with_more_or_less_in_them(text: str, expected: datetime) -> None:
    assert parsed(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "596", "31", "2018", "12.50", "2018-13-01", "2018-02-30", "31/31/2018"),
        *("2018-04-01 25:00", "2018-04-01 10:60", "10:20:30", "13 PM", "2018-04-01 13:00 PM"),
        *("2018-04-01 10:20:30 CET", "32.01.2018", "1 Foo 2018", "99999", "2018-04-01x"),
        *("٢٠١٨-٠٤-٠١", "2018-04-01 10:00+99:99", "2018-04-01 24:00:00", "00/00/0000", "1e308"),
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert time_format.sniffed([text]) is None
    assert times.parse(pl.Series([text]), TimeFormat(Order.YEAR_FIRST)).to_list() == [None]


def test_one_column_may_mix_styles() -> None:
    dated, moment = datetime(2018, 4, 1), APRIL
    values = ["2018-04-01 10:20:30", "2018-04-01", "01.04.2018 10:20:30", "1 Apr 2018", "none"]
    assert parsed(*values) == [moment, dated, moment, dated, None]


@pytest.mark.parametrize(
    ("values", "order", "assumed"),
    [
        (["13/04/2018", "01/04/2018"], Order.DAY_FIRST, False),
        (["04/13/2018", "04/01/2018"], Order.MONTH_FIRST, False),
        (["01.04.2018", "02.04.2018"], Order.DAY_FIRST, True),
        (["04/01/2018", "04/02/2018", "04/03/2018"], Order.MONTH_FIRST, True),
        (["01/04/2018", "02/04/2018", "03/04/2018"], Order.DAY_FIRST, True),
        (["04/04/2018 1:00 PM"], Order.MONTH_FIRST, True),
        (["04/04/2018"], Order.DAY_FIRST, True),
        (["2018-04-01"], Order.YEAR_FIRST, False),
    ],
)
def test_the_data_decide_the_order(values: list[str], order: Order, assumed: bool) -> None:
    format = time_format.sniffed(values)
    assert format is not None
    assert (format.order, format.assumed) == (order, assumed)


def test_a_chosen_order_is_no_assumption() -> None:
    format = time_format.in_order(["01/04/2018", "02/04/2018"], Order.MONTH_FIRST)
    assert format.order is Order.MONTH_FIRST and not format.assumed
    assert times.parse(pl.Series(["01/04/2018"]), format).to_list() == [datetime(2018, 1, 4)]


STYLES = [
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y/%m/%d %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%m-%d-%Y %H:%M:%S",
    "%d %b %Y %H:%M",
    "%Y%m%d%H%M%S",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d",
    "%d.%m.%y",
]


@pytest.mark.parametrize("style", STYLES)
def test_random_times_against_strptime(style: str) -> None:
    chance = random.Random(style)
    zones = [UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=3, minutes=30))]
    values = []
    for _ in range(300):
        moment = datetime(2001, 1, 1, tzinfo=chance.choice(zones)) + timedelta(
            seconds=chance.uniform(0, 9e8)
        )
        values.append(moment.strftime(style))
    format = time_format.sniffed(values)
    assert format is not None and not format.assumed
    expected = [datetime.strptime(value, style) for value in values]
    expected = [
        each.astimezone(UTC).replace(tzinfo=None) if each.tzinfo else each for each in expected
    ]
    assert times.parse(pl.Series(values), format).to_list() == expected


def test_the_pattern_and_the_parts_read_alike() -> None:
    values = [
        "2018-04-01 10:20:30",
        "2018-12-31 23:59:59",
        "2018-02-29 00:00:00",
        "2018-2-3 1:02:03",
    ]
    fast = times.parse(pl.Series(values), TimeFormat(Order.YEAR_FIRST, "%Y-%m-%d %H:%M:%S"))
    slow = times.parse(pl.Series(values), TimeFormat(Order.YEAR_FIRST))
    assert fast.to_list() == slow.to_list()
    assert fast.null_count() == 1


def test_offsets_are_counted() -> None:
    values = ["2018-04-01 10:00:00Z", "2018-04-01 10:00+02:00", "2018-04-01 10:00", "2018-04-01"]
    assert times.offsets(pl.Series(values)) == 2
