"""How a column writes its times, told from some of its values."""

import re
from collections.abc import Sequence

import polars as pl

from demos.core.tables.times import (
    CLOCK_ALONE,
    DATE_LIKE,
    EPOCHS,
    LONGEST_DATE,
    UNITS,
    YEAR_FIRST,
    YEAR_LAST,
    Order,
    TimeFormat,
    by_pattern,
    evidence,
    offsets,
    parse,
)

ENOUGH = 0.5
"""Share of the sampled values that must be dates for a column to count as one of dates."""


def sniffed(values: Sequence[str]) -> TimeFormat | None:
    """The format of a column from some of its values; `None` if they are no dates."""
    texts = pl.Series(values, dtype=pl.String).str.strip_chars()
    texts = texts.filter(texts != "")
    if texts.is_empty():
        return None
    enough = ENOUGH * len(texts)
    unit = epoch_unit(texts)
    if unit is not None:
        return TimeFormat(unit)
    if texts.str.contains(DATE_LIKE).sum() < enough:
        return None
    day, month = (parse(texts, TimeFormat(order)) for order in (Order.DAY_FIRST, Order.MONTH_FIRST))
    if max(day.count(), month.count()) < enough:
        return None
    last = texts.filter(texts.str.contains(YEAR_LAST))
    order, assumed = Order.YEAR_FIRST, False
    if len(last):
        order, assumed = day_or_month(last, day, month)
    times = month if order is Order.MONTH_FIRST else day
    read = texts.filter(times.is_not_null())
    pattern = common_pattern(read, order, times.drop_nulls())
    return TimeFormat(
        order,
        pattern,
        assumed,
        offsets(read) > 0,
    )


def in_order(values: Sequence[str], order: Order) -> TimeFormat:
    """The format of a column whose order somebody has chosen."""
    texts = pl.Series(values, dtype=pl.String).str.strip_chars()
    times = parse(texts, TimeFormat(order))
    read = texts.filter(times.is_not_null())
    return TimeFormat(
        order, common_pattern(read, order, times.drop_nulls()), zoned=offsets(read) > 0
    )


def epoch_unit(texts: pl.Series) -> Order | None:
    """Whether numbers are Unix times, and in what unit. A date such as 20180401 is none."""
    numbers = texts.cast(pl.Float64, strict=False)
    for order, unit in UNITS.items():
        low, high, _ = EPOCHS[unit]
        if numbers.is_between(low, high).sum() >= ENOUGH * len(texts):
            return order
    return None


def day_or_month(texts: pl.Series, day: pl.Series, month: pl.Series) -> tuple[Order, bool]:
    """Which comes first in dates that end with the year, and whether that is an assumption.

    A number above 12 tells. Else points mean the day, as they do where points are used, and a
    clock of twelve hours the month; else the order by which the dates lie closer together.
    """
    first, second = evidence(texts)
    if first != second:
        return (Order.DAY_FIRST if first > second else Order.MONTH_FIRST), False
    if texts.str.contains(r"^[0-9]+\.").all():
        return Order.DAY_FIRST, True
    if texts.str.contains(r"(?i)[ap]\.?m\.?$").all():
        return Order.MONTH_FIRST, True
    spans = [(each.max() - each.min()).total_seconds() for each in (day, month)]  # type: ignore
    return (Order.MONTH_FIRST if spans[1] < spans[0] else Order.DAY_FIRST), True


def common_pattern(texts: pl.Series, order: Order, times: pl.Series) -> str | None:
    """A strptime pattern that reads all `texts` as `times`, if there is one of the usual kind."""
    if texts.is_empty():
        return None
    for pattern in dict.fromkeys(likely_pattern(text, order) for text in texts.head(50)):
        if pattern and by_pattern(texts, pattern).equals(times):
            return pattern
    return None


def likely_pattern(text: str, order: Order) -> str | None:
    """The strptime pattern of one value, without a clock of twelve hours and named months."""
    regex = YEAR_FIRST if order is Order.YEAR_FIRST else YEAR_LAST
    parts = re.match(regex, text)
    if parts is None or parts["half"] or (parts["fraction"] and "," in text):
        return None
    signs = re.findall(r"[-/.]", text)
    date = {
        Order.YEAR_FIRST: ("%Y", "%m", "%d"),
        Order.DAY_FIRST: ("%d", "%m", "%Y"),
        Order.MONTH_FIRST: ("%m", "%d", "%Y"),
    }[order]
    if len(parts["year"]) == 2:
        date = (date[0], date[1], "%y")
    pattern = f"{date[0]}{signs[0]}{date[1]}{signs[1]}{date[2]}"
    if parts["hour"] is None:
        return pattern
    date_end = parts.end("year" if order is not Order.YEAR_FIRST else "day")
    pattern += text[date_end : parts.start("hour")] + "%H:%M"
    pattern += ":%S" if parts["second"] else ""
    pattern += "%.f" if parts["fraction"] else ""
    if parts["zone"]:
        named = parts["zone"].upper() in {"Z", "UTC", "GMT"}
        before = text[: parts.start("zone")]
        pattern += before[len(before.rstrip()) :] + (parts["zone"] if named else "%z")
    return pattern


def without_clock(values: Sequence[str]) -> bool:
    """Whether dates name no time of day."""
    return all(len(value.strip()) <= LONGEST_DATE and ":" not in value for value in values)


def are_clocks(values: Sequence[str]) -> bool:
    """Whether all values are times of day without a date."""
    return bool(values) and all(re.match(CLOCK_ALONE, value.strip()) for value in values)
