"""The fraud demo's part: months of transactions of our own making, as files."""

from pathlib import Path

from demos import catalog
from demos.fraud_scoring.simulate import Process, for_rows, simulate, write

DEMO = catalog.demo("fraud_scoring")
SPEC = DEMO.models[0]
DAYS = 31
MEASURED, TAUGHT = 888, 889
"""Seeds of the file that is scored, and of the one that the peer is trained on."""


def write_month(path: Path, rows: int, seed: int) -> None:
    """A month of `rows` transactions, with as many customers as that takes."""
    write(simulate(for_rows(Process(), rows, DAYS), seed).head(rows), path)
