"""The rows of a Parquet file, a few thousand at a time."""

from collections.abc import Iterator, Sequence

import numpy as np

from demos.core.settings import Settings
from demos.core.tables.chunk import Chunk
from demos.core.tables.files import Source, size_of
from demos.core.tables.layout import Layout
from demos.core.tables.parquet_layout import frame_of, opened_parquet, parquet_errors

ROWS = 65_536


def parquet_chunks(
    source: Source, layout: Layout, wanted: Sequence[str], settings: Settings
) -> Iterator[Chunk]:
    """The rows of the `wanted` columns, in order; the first row is line 1. Raises `InputError`."""
    file = opened_parquet(source, layout.compression, settings)
    size, rows = size_of(source), file.metadata.num_rows
    places = {name: str(place) for place, name in enumerate(layout.names)}
    with parquet_errors():
        batches = file.iter_batches(ROWS, columns=list(wanted))
    done = 0
    while True:
        with parquet_errors():
            batch = next(batches, None)
            if batch is None:
                return
            frame = frame_of(batch).rename(places, strict=False)
        lines = np.arange(done + 1, done + 1 + len(frame), dtype=np.uint32)
        done += len(frame)
        yield Chunk(frame, lines, size * done // max(rows, 1))
