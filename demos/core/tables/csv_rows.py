"""The rows of a CSV file, a few megabytes of text at a time, each with the line it begins at.

pyarrow cuts the lines into fields. Where a block has fewer rows than lines, quotation marks span
lines, and `quotes` goes through that block first.
"""

import csv
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv

from demos.core.settings import Settings
from demos.core.tables.chunk import Chunk, Misfit
from demos.core.tables.files import Source
from demos.core.tables.layout import Layout
from demos.core.tables.lines import KEPT_TEXT, Block, joined, readable, whole_lines, without_first
from demos.core.tables.quotes import is_open, settle, settle_all, wrong_width


def csv_chunks(source: Source, layout: Layout, settings: Settings) -> Iterator[Chunk]:
    """The rows below the names, in order. Raises `InputError` for what is damaged as a whole."""
    width = len(layout.columns)
    number = 1
    carried: list[tuple[int, bytes]] = []
    for raw, position, last in whole_lines(source, layout, settings):
        count = raw.count(b"\n")
        skip = max(min(layout.first_line - number, count), 0)
        block = Block(np.arange(number + skip, number + count, dtype=np.uint32))
        number += count
        text = readable(without_first(raw, skip), layout, block)
        if carried:
            numbers = np.array([each for each, _ in carried], np.uint32)
            block.numbers = np.concatenate([numbers, block.numbers])
            text = joined([line for _, line in carried]) + text
            carried = []
        parsed = parse(text, layout.delimiter, width, len(block.numbers))
        if parsed is None:
            text, carried = settle(text, layout.delimiter, width, block, last)
            parsed = parse(text, layout.delimiter, width, len(block.numbers))
        if parsed is None:  # a quotation mark that pyarrow sees differently: field by field
            text = settle_all(text, layout.delimiter, width, block)
            parsed = parse(text, layout.delimiter, width, len(block.numbers))
        assert parsed is not None
        yield chunk_of(*parsed, block, position, layout.delimiter, width)


def parse(
    text: bytes, delimiter: str, width: int, lines: int
) -> tuple[pa.Table, list[tuple[int, int, str]]] | None:
    """Cut lines into fields: the rows, and the ragged ones as (place, fields, text).

    `None` where not every line is a row, be it a ragged one. A blank line is a row of "".
    """
    names = [str(place) for place in range(width)]
    ragged: list[tuple[int, int, str]] = []

    def note(row: pa_csv.InvalidRow) -> str:
        ragged.append((row.number - 1, row.actual_columns, row.text))
        return "skip"

    if not text:
        empty = pa.table({name: pa.array([], pa.string()) for name in names})
        return (empty, ragged) if not lines else None
    if text.count(b'"') % 2 or is_open(text[text.rfind(b"\n", 0, -1) + 1 : -1], delimiter.encode()):
        return None
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(text),
            pa_csv.ReadOptions(
                use_threads=False, column_names=names, block_size=max(len(text) + 1, 1)
            ),
            pa_csv.ParseOptions(
                delimiter=delimiter, ignore_empty_lines=False, invalid_row_handler=note
            ),
            pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, check_utf8=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return (table, ragged) if table.num_rows + len(ragged) == lines else None


def chunk_of(
    table: pa.Table,
    ragged: Sequence[tuple[int, int, str]],
    block: Block,
    position: int,
    delimiter: str,
    width: int,
) -> Chunk:
    """The rows of a block with their lines; blank ones left out."""
    lines = block.numbers
    for place, count, text in ragged:
        fields = next(csv.reader([text[:KEPT_TEXT]], delimiter=delimiter), [])
        block.misfits.append(Misfit(int(lines[place]), wrong_width(count, width), fields))
    if ragged:
        lines = np.delete(lines, [place for place, _, _ in ragged])
    frame = pl.DataFrame(pl.from_arrow(table))
    first = frame["0"] == ""
    if first.any():
        blank = frame.select(pl.all_horizontal(pl.all() == "")).to_series().to_numpy()
        frame, lines = frame.filter(~blank), lines[~blank]
    return Chunk(frame, lines, position, block.misfits, dict(block.notes))
