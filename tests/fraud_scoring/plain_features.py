"""The features once more: slowly, one row at a time, straight from what each is said to be."""

import math
from datetime import timedelta
from typing import Any

import polars as pl

DAY = timedelta(days=1)
WEEK = 7 * DAY

Row = dict[str, Any]


def plain_features(transactions: pl.DataFrame) -> list[dict[str, float]]:
    """By name, for every row of a table sorted by time and row."""
    rows = transactions.to_dicts()
    found = [of_itself(row) | of_card(rows, at) for at, row in enumerate(rows)]
    return [each | of_terminal(rows, at) for at, each in enumerate(found)]


def histories(rows: list[Row], at: int, key: str) -> tuple[list[Row], list[Row]]:
    """The rows before one with the same `key`, and those of them whose label is known by then."""
    past = [each for each in rows[:at] if each[key] == rows[at][key]]
    return past, [each for each in past if each["time"] <= rows[at]["time"] - WEEK]


def of_itself(row: Row) -> dict[str, float]:
    angle = 2 * math.pi * (row["time"].hour + row["time"].minute / 60) / 24
    return {
        "amount": math.log1p(row["amount"]),
        "amount_100": min(row["amount"] / 100, 10),
        "hour_sin": math.sin(angle),
        "hour_cos": math.cos(angle),
        "weekend": float(row["time"].isoweekday() in (6, 7)),
    }


def of_card(rows: list[Row], at: int) -> dict[str, float]:
    """Notes on the row itself by how much its amount is unusual, for the rows after it."""
    row = rows[at]
    now, amount = row["time"], row["amount"]
    past, known = histories(rows, at, "card")
    stolen = [each for each in known if each["fraud"] == 1]
    own = [each["amount"] for each in past if each not in stolen]
    habit = mean([math.sqrt(each) for each in own]) ** 2
    spread = math.sqrt(max(mean([(each - mean(own)) ** 2 for each in own]), 0))
    spread = (spread * max(len(own), 1) + 3 * 0.5 * mean(own)) / (max(len(own), 1) + 3)
    ratio = (amount + 1) / (habit + 1) if own else 1.0
    row["ratio"], row["judged"] = ratio, len(own) >= 3
    found = {
        "ratio": math.log(held(ratio, 0.01, 100)),
        "deviations": held((amount - mean(own)) / (spread + 1), -3, 12) if own else 0.0,
        "habit": math.log1p(habit) if own else 0.0,
        "card_before": math.log1p(len(past)),
        "card_days": log_days(since(now, [*past, row][0])),
        "card_last": log_days(since(now, past[-1]) if past else 60),
        "card_fraud_last": log_days(since(now, stolen[-1]) if stolen else 60),
    }
    for name, limit, windows in (
        ("unusual", 2.5, (1, 7, 14)),
        ("very_unusual", 4, (7, 14)),
    ):
        for days in windows:
            large = [
                each
                for each in within(past, now, days)
                if each["judged"] and each["ratio"] > limit
                if not (each in known and each["fraud"] == 0)
            ]
            found[f"{name}_{days}"] = math.log1p(len(large))
    for days in (1, 7, 30):
        recent = [each["amount"] for each in within(past, now, days)]
        found[f"card_{days}"] = math.log1p(len(recent))
        if days < 30:
            against = (mean(recent) + 1) / (habit + 1) if recent and own else 1.0
            found[f"card_mean_{days}"] = math.log(held(against, 0.01, 100))
    for days in (7, 28):
        found[f"card_fraud_{days}"] = math.log1p(len(within(stolen, now - WEEK, days)))
    return found


def of_terminal(rows: list[Row], at: int) -> dict[str, float]:
    now = rows[at]["time"]
    past, known = histories(rows, at, "terminal")
    found = {
        "terminal_before": math.log1p(len(past)),
        "terminal_known": math.log1p(sum(each["fraud"] is not None for each in known)),
    }
    for days in (1, 7, 30):
        recent = within(known, now - WEEK, days)
        frauds = sum(each["fraud"] == 1 for each in recent)
        labeled = sum(each["fraud"] is not None for each in recent)
        found[f"terminal_fraud_{days}"] = frauds / labeled if labeled else 0.0
        if days > 1:
            found[f"terminal_frauds_{days}"] = math.log1p(frauds)
        found[f"terminal_{days}"] = math.log1p(len(within(past, now, days)))
    ordinary = [each for each in known if each["fraud"] == 1 and each["ratio"] <= 2.5]
    legitimate = [each for each in known if each["fraud"] == 0]
    last = known.index(legitimate[-1]) if legitimate else -1
    streak = [each for each in known[last + 1 :] if each in ordinary]
    before = legitimate[-1] if legitimate else past[0] if past else rows[at]
    return found | {
        "streak": math.log1p(len(streak)),
        "streak_days": log_days(since(now, streak[0])) if streak else 0.0,
        "streak_gap": log_days(since(streak[0]["time"], before)) if streak else 0.0,
        "terminal_fraud_last": log_days(since(now, ordinary[-1]) if ordinary else 60),
        "terminal_legitimate": log_days(since(now, legitimate[-1]) if legitimate else 60),
    }


def within(rows: list[Row], end: Any, days: int) -> list[Row]:
    """Those of the `days` up to `end`, a moment exactly so long before it left out."""
    return [each for each in rows if each["time"] > end - days * DAY]


def since(now: Any, row: Row) -> float:
    return (now - row["time"]) / DAY


def mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def held(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def log_days(days: float) -> float:
    return math.log1p(min(days, 60))
