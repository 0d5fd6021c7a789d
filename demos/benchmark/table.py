"""The rows people read, beside their targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Row:
    """A figure, the extremes behind it where it is a median, and the most it should be.

    With `least`, the target is the least it should be.
    """

    name: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    target: float | None = None
    least: bool = False

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.least else self.value <= self.target


@dataclass(frozen=True, slots=True)
class Part:
    """What was measured of one demo: its rows, the figures behind them, and what is wrong if so."""

    title: str
    rows: Sequence[Row]
    measured: Mapping[str, Any]
    problem: str | None


def median_row(
    name: str,
    values: Sequence[float],
    unit: str,
    target: float | None = None,
    least: bool = False,
) -> Row:
    return Row(name, quantile(values, 0.5), unit, min(values), max(values), target, least)


def quantile(values: Sequence[float], q: float) -> float:
    return float(np.quantile(values, q))


def ratios(ours: Sequence[float], peer: Sequence[float]) -> list[float]:
    """Ours over the peer's within each round, so that what slows a whole round cancels out."""
    return [a / b for a, b in zip(ours, peer, strict=True)]


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table that also reads well as plain text."""
    cells = [("Measured", "Value", "Min to max", "Target", "Met"), *map(row_cells, rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(5)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def row_cells(row: Row) -> tuple[str, str, str, str, str]:
    extremes = (
        "" if row.low is None or row.high is None else f"{figure(row.low)} to {figure(row.high)}"
    )
    bound = "at least" if row.least else "at most"
    target = "" if row.target is None else f"{bound} {with_unit(row.target, row.unit)}"
    met = {None: "", True: "yes", False: "NO"}[row.met]
    return row.name, with_unit(row.value, row.unit), extremes, target, met


def with_unit(value: float, unit: str) -> str:
    return f"{figure(value)} {unit}".rstrip()


def figure(value: float) -> str:
    """Three significant figures."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
