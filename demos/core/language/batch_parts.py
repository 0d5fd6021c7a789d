"""The rows of a batch as they are kept: answers of different messages once, texts packed."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.language.batch_rows import Message


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some rows, in the order of the file.

    `answers` are those of messages not met before (see `batch_answers`), `index` (n,) says for each
    row which of all answers up to here is its own, `packed` holds the texts and the cells kept.
    """

    answers: pl.DataFrame
    index: NDArray[np.uint32]
    packed: bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return int(self.answers.estimated_size()) + self.index.nbytes + len(self.packed)


def packed(window: Sequence[Message], kept: int) -> bytes:
    """The texts of some rows, and so many cells to keep of each, in few bytes."""
    columns = {"text": [row.text for row in window]} | {
        str(place): [row.kept[place] for row in window] for place in range(kept)
    }
    buffer = io.BytesIO()
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    frame.write_ipc(buffer, compression="zstd")
    return buffer.getvalue()


def unpacked(part: Part) -> pl.DataFrame:
    """The rows of a part: `text`, then the cells kept under "0", "1" ..."""
    return pl.read_ipc(part.packed)
