"""From measurements to the rows people read, beside their targets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demos.benchmark import Series
from demos.core.settings import MIB

FIRST_PREDICTION_SECONDS = 6.0
PEER_RATIO = 0.5
MAX_DIFFERENCE = 0.01


@dataclass(frozen=True, slots=True)
class Row:
    """A figure, the extremes behind it where it is a median, and the most it should be."""

    name: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    target: float | None = None

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.value <= self.target


def summarize(starts: Series, new_images: Series, rounds: Series, difference: float) -> list[Row]:
    """The table's rows, from what `measure_starts`, `new_image_seconds` and `play` give.

    `new_images` are seconds by the title of the model.
    """
    per_image = {name: [1000 * each for each in series] for name, series in rounds.items()}
    sizes = {
        name: [each / MIB for each in starts[name]] for name in ("server_bytes", "python_bytes")
    }
    return [
        median_row("Server, start to healthy", starts["healthy_seconds"], "s"),
        median_row("Server, start to ready", starts["ready_seconds"], "s"),
        median_row(
            "First prediction, server start to end of page",
            starts["page_seconds"],
            "s",
            FIRST_PREDICTION_SECONDS,
        ),
        median_row(
            "First prediction, Python start to result",
            starts["python_seconds"],
            "s",
            FIRST_PREDICTION_SECONDS,
        ),
        *(
            Row(f"New image, p{percentile}: {title}", quantile(seconds, q) * 1000, "ms")
            for title, seconds in new_images.items()
            for percentile, q in ((50, 0.5), (95, 0.95))
        ),
        median_row("Batch of 32, per image", per_image["ours"], "ms"),
        median_row("Batch of 32, network alone, per image", per_image["our network"], "ms"),
        median_row("Peer one by one, network alone, per image", per_image["peer"], "ms"),
        median_row("Peer batch of 32, network alone, per image", per_image["peer, batch"], "ms"),
        median_row(
            "Batch of 32 / peer one by one",
            ratios(rounds["ours"], rounds["peer"]),
            "x",
            PEER_RATIO,
        ),
        median_row(
            "Batch of 32, network alone / peer one by one",
            ratios(rounds["our network"], rounds["peer"]),
            "x",
            PEER_RATIO,
        ),
        Row("Largest difference in probability", difference, "", target=MAX_DIFFERENCE),
        median_row("Server memory after first prediction", sizes["server_bytes"], "MiB"),
        median_row("Python memory after first prediction", sizes["python_bytes"], "MiB"),
    ]


def median_row(name: str, values: Sequence[float], unit: str, target: float | None = None) -> Row:
    return Row(name, quantile(values, 0.5), unit, min(values), max(values), target)


def quantile(values: Sequence[float], q: float) -> float:
    return float(np.quantile(values, q))


def ratios(ours: Sequence[float], peer: Sequence[float]) -> list[float]:
    """Ours over the peer's within each round, so that what slows a whole round cancels out."""
    return [a / b for a, b in zip(ours, peer, strict=True)]


def disagreement(difference: float) -> str | None:
    """What to say when the two do not predict the same; a `nan` is no agreement either."""
    if difference <= MAX_DIFFERENCE:
        return None
    return (
        f"FAILED: the predictions differ by {difference:.2g}, more than {MAX_DIFFERENCE}, "
        "so the times above do not compare like with like."
    )


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
    target = "" if row.target is None else f"at most {with_unit(row.target, row.unit)}"
    met = {None: "", True: "yes", False: "NO"}[row.met]
    return row.name, with_unit(row.value, row.unit), extremes, target, met


def with_unit(value: float, unit: str) -> str:
    return f"{figure(value)} {unit}".rstrip()


def figure(value: float) -> str:
    """Three significant figures."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
