"""A part of a table as it came from its file, before any value is looked at."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Misfit:
    """A line that is no row: where it is, what is wrong with it, and what it says."""

    line: int
    problem: str
    fields: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some rows of a file.

    `frame` has the file's columns under their numbers, "0", "1" ...; of CSV all are text.
    `lines` (n,) uint32 is where each row is in the file. `position` is how far into the file the
    reader is, in bytes. `notes` say what was done to its text, with how often.
    """

    frame: pl.DataFrame
    lines: NDArray[np.uint32]
    position: int
    misfits: list[Misfit] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
