"""Dates and times as files write them, to UTC in microseconds.

What says its own offset is converted to UTC; what says none is taken as it stands.
"""

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

MICROSECONDS = pl.Datetime("us")
YEAR_2000 = 69
"""Years of two digits below this are of this century, as strptime has it."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# [0-9] and not \d, which takes the digits of every script.
OFFSET = r"[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?"
CLOCK = (
    r"(?:(?:[Tt]|,?\s+)(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})"
    r"(?:[:.](?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
    rf"\s*(?P<zone>[Zz]|UTC|GMT|(?:UTC|GMT)?{OFFSET})?)?$"
)
YEAR_FIRST = r"^(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})" + CLOCK
COMPACT = (
    r"^(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?:[Tt ]?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})"
    rf"(?:\.(?P<fraction>[0-9]{{1,9}}))?(?P<zone>[Zz]|{OFFSET})?)?$"
)
YEAR_LAST = (
    r"^(?P<first>[0-9]{1,2})[-/.](?P<other>[0-9]{1,2})[-/.](?P<year>[0-9]{4}|[0-9]{2})" + CLOCK
)
DAY_AND_NAME = (
    r"^(?P<day>[0-9]{1,2})\.?[-/ ](?P<name>[A-Za-z]{3})[a-z]*\.?,?[-/ ]"
    r"(?P<year>[0-9]{4}|[0-9]{2})" + CLOCK
)
NAME_AND_DAY = r"^(?P<name>[A-Za-z]{3})[a-z]*\.? (?P<day>[0-9]{1,2}),? (?P<year>[0-9]{4})" + CLOCK
DATE_LIKE = (
    r"[0-9][-/.][0-9]{1,2}[-/.][0-9]|^[0-9]{8}(?:[^0-9]|[0-9]{6}|$)"
    r"|[0-9]\.?[-/ ][A-Za-z]{3,9}\.?,?[-/ ][0-9]|^[A-Za-z]{3,9}\.? [0-9]"
)
"""What every date matches, and few other values do."""
CLOCK_ALONE = r"^[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?$"
LONGEST_DATE = 13
"""Characters of a date without a time of day."""
ZONED = (
    r"(?:[Zz]|UTC|GMT|(?::[0-9]{2}|[Tt ][0-9]{6})(?:[.,][0-9]+)?\s*[+-][0-9]{2}:?[0-9]{0,2})\s*$"
)
PARTS = ("year", "month", "day", "hour", "minute", "second", "fraction", "half", "zone")

EPOCHS = {
    "s": (2e8, 1e10, 1e6),
    "ms": (2e11, 1e13, 1e3),
    "us": (2e14, 1e16, 1.0),
    "ns": (2e17, 1e19, 1e-3),
}
"""Unit of a Unix time: from, to, and how many microseconds it is. From 1976 to 2286."""


class Order(StrEnum):
    """How a column writes its dates. The last four count from 1970 in UTC."""

    YEAR_FIRST = "year first"
    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    SECONDS = "Unix time in seconds"
    MILLISECONDS = "Unix time in milliseconds"
    MICROSECONDS = "Unix time in microseconds"
    NANOSECONDS = "Unix time in nanoseconds"


UNITS = {
    Order.SECONDS: "s",
    Order.MILLISECONDS: "ms",
    Order.MICROSECONDS: "us",
    Order.NANOSECONDS: "ns",
}
OTHER = {Order.DAY_FIRST: Order.MONTH_FIRST, Order.MONTH_FIRST: Order.DAY_FIRST}


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """How a column writes its times.

    `pattern` reads what all sampled values have in common, and fast. With `assumed` the sampled
    values could be read in either order. `zoned` says whether some of them name an offset.
    """

    order: Order
    pattern: str | None = None
    assumed: bool = False
    zoned: bool = False


def evidence(texts: pl.Series) -> tuple[int, int]:
    """How many dates can only have the day first, and how many only the month."""
    pairs = texts.str.extract_groups(r"^\s*([0-9]{1,2})[-/.]([0-9]{1,2})[-/.][0-9]").struct
    first, second = (pairs.field(name).cast(pl.Int64, strict=False) for name in ("1", "2"))
    return (
        int(((first > 12) & (second <= 12)).sum()),
        int(((second > 12) & (first <= 12)).sum()),
    )


def parse(texts: pl.Series, format: TimeFormat) -> pl.Series:
    """`texts` as UTC or the file's own clock, Datetime("us"); null what is no time.

    The pattern reads most, a regular expression the rest: other styles may stand in one column.
    """
    texts = texts.str.strip_chars()
    if format.order in UNITS:
        numbers = texts.cast(pl.Float64, strict=False)
        times = from_epoch(numbers, UNITS[format.order])
    elif format.pattern:
        times = by_pattern(texts, format.pattern)
    else:
        times = pl.Series(texts.name, [None], MICROSECONDS).new_from_index(0, len(texts))
    left = times.is_null() & texts.is_not_null() & (texts != "")
    if left.any():
        places = left.arg_true()
        order = Order.MONTH_FIRST if format.order is Order.MONTH_FIRST else Order.DAY_FIRST
        times = times.scatter(places, by_parts(texts.gather(places), order))
    return times


def from_epoch(numbers: pl.Series, unit: str) -> pl.Series:
    """Unix times; null what is out of the range in which the unit is beyond doubt."""
    low, high, factor = EPOCHS[unit]
    sure = numbers.is_between(low, high)
    kept = pl.select(pl.when(sure).then(numbers * factor).round().cast(pl.Int64)).to_series()
    return kept.cast(MICROSECONDS).alias(numbers.name)


def by_pattern(texts: pl.Series, pattern: str) -> pl.Series:
    """What a strptime pattern reads; its offset, if it has one, taken off."""
    times = texts.str.to_datetime(pattern, time_unit="us", strict=False)
    return times.dt.replace_time_zone(None) if "%z" in pattern else times


def by_parts(texts: pl.Series, order: Order) -> pl.Series:
    """Any style, part by part; of dates that end with the year, `order` says which."""
    swapped = order is Order.MONTH_FIRST
    last = YEAR_LAST.replace("<first>", "<month>" if swapped else "<day>").replace(
        "<other>", "<day>" if swapped else "<month>"
    )
    times = pl.Series(texts.name, [None], MICROSECONDS).new_from_index(0, len(texts))
    for regex in (last, YEAR_FIRST, DAY_AND_NAME, NAME_AND_DAY, COMPACT):
        places = times.is_null().arg_true()
        if not len(places):
            break
        times = times.scatter(places, assembled(texts.gather(places), regex))
    return times


def assembled(texts: pl.Series, regex: str) -> pl.Series:
    """The times that `regex` finds, from its named groups."""
    groups = texts.str.extract_groups(regex).struct.unnest()
    if "name" in groups.columns:
        number = (
            pl.col("name")
            .str.to_lowercase()
            .replace_strict(
                {name: str(place) for place, name in enumerate(MONTHS, 1)}, default=None
            )
        )
        groups = groups.with_columns(month=number)
    missing = [pl.lit(None, pl.String).alias(name) for name in PARTS if name not in groups.columns]
    groups = groups.with_columns(missing)
    whole = {name: pl.col(name).cast(pl.Int64) for name in ("year", "hour")}
    century = pl.when(whole["year"] < YEAR_2000).then(2000).otherwise(1900)
    year = pl.when(pl.col("year").str.len_bytes() == 2).then(whole["year"] + century)
    evening = pl.col("half").str.to_lowercase() == "p"
    hour = (
        pl.when(pl.col("half").is_null())
        .then(whole["hour"])
        .when(whole["hour"].is_between(1, 12))
        .then(whole["hour"] % 12 + evening.cast(pl.Int64) * 12)
        .otherwise(99)  # no hour, so that the time is none
    )
    two = {
        "month": pl.col("month"),
        "day": pl.col("day"),
        "hour": hour.cast(pl.String).fill_null("0"),
        "minute": pl.col("minute").fill_null("0"),
        "second": pl.col("second").fill_null("0"),
    }
    padded = {name: each.str.zfill(2) for name, each in two.items()}
    written = pl.format(
        "{}-{}-{} {}:{}:{}.{}",
        year.otherwise(whole["year"]),
        *(padded[name] for name in ("month", "day", "hour", "minute", "second")),
        pl.col("fraction").fill_null("0"),
    )
    zone = pl.col("zone").str.extract_groups(r"([+-])([0-9]{2}):?([0-9]{2})?$").struct
    minutes = zone.field("2").cast(pl.Int64) * 60 + zone.field("3").cast(pl.Int64).fill_null(0)
    minutes = pl.when(zone.field("1") == "-").then(-minutes).otherwise(minutes).fill_null(0)
    frame = groups.select(
        written.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False).alias("time"),
        minutes.alias("minutes"),
    )
    return frame.select(pl.col("time") - pl.duration(minutes="minutes")).to_series()


def offsets(texts: pl.Series) -> int:
    """How many of the times name their offset from UTC."""
    return int(texts.str.contains(ZONED).sum())
