"""The messages of a whole file, in its order, one at a time: memory holds a piece of the file."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import pyarrow as pa

from demos.core.errors import EmptyInput, InputError, TooLarge
from demos.core.jobs import Job
from demos.core.language.batch_csv import MOST_LINE, ONE_COLUMN, records
from demos.core.language.batch_file import MessageFile, text_lines
from demos.core.settings import MIB, Settings
from demos.core.tables.files import FileFormat, Source
from demos.core.tables.parquet_layout import as_text, is_text, opened_parquet, parquet_errors
from demos.core.tables.quotes import wrong_width

PARQUET_ROWS = 256
"""At once; each may hold a long text."""
MOST_ROWS = 1_000_000
"""Of one file: hours of work."""
COUNTED = 10_000
"""Rows between two looks whether to stop."""


class Message(NamedTuple):
    """A row: its text, the cells to keep beside it, and why it could not be read, or ""."""

    text: str
    kept: tuple[str, ...]
    problem: str


def messages(
    source: Source, file: MessageFile, column: str, kept: Sequence[str], settings: Settings
) -> Iterator[Message]:
    """Every row of `file`: the text in `column`, the cells of the columns `kept`.

    Raises `InputError` where the file is damaged as a whole.
    """
    if file.format is FileFormat.PARQUET:
        return of_parquet(source, file, column, kept, settings)
    return of_csv(source, file, column, kept, settings)


def of_csv(
    source: Source, file: MessageFile, column: str, kept: Sequence[str], settings: Settings
) -> Iterator[Message]:
    """A row with too many fields ends in a message with bare delimiters, if that column is last."""
    width, at = len(file.names), file.names.index(column)
    beside = [file.names.index(each) for each in kept]
    lines = islice(text_lines(source, file, settings), file.above, None)
    sign = file.delimiter
    for fields in islice(records(lines, sign, width), int(file.has_names), None):
        if len(fields) > width and at == width - 1:
            fields[at:] = [sign.join(fields[at:])]
        if len(fields) != width:
            # Nobody can say which of them is the message: all of the row is kept.
            text = ("" if sign == ONE_COLUMN else sign).join(fields)
            yield Message(text, ("",) * len(beside), f"The row {wrong_width(len(fields), width)}.")
        else:
            yield Message(fields[at], tuple(fields[place] for place in beside), "")


def of_parquet(
    source: Source, file: MessageFile, column: str, kept: Sequence[str], settings: Settings
) -> Iterator[Message]:
    found = opened_parquet(source, file.compression, settings)
    wanted = list(dict.fromkeys([column, *kept]))
    with parquet_errors():
        batches = found.iter_batches(PARQUET_ROWS, columns=wanted)
    while True:
        with parquet_errors():
            batch = next(batches, None)
            if batch is None:
                return
            cells = {name: cells_of(batch.column(name)) for name in wanted}
        beside = zip(*(cells[name] for name in kept), strict=True) if kept else ()
        rows = list(beside) or [()] * batch.num_rows
        for text, keep in zip(cells[column], rows, strict=True):
            yield Message(text, keep, "")


def cells_of(column: Any) -> list[str]:
    """The cells of a column as text, "" for what is missing; equal ones in memory once."""
    if not pa.types.is_dictionary(column.type):
        import polars as pl

        return as_text(pl.Series(pl.from_arrow(column))).fill_null("").to_list()
    values = column.dictionary
    if is_text(values.type):
        found = [
            None if each is None else each.decode("utf-8", "replace")
            for each in values.cast(pa.large_binary()).to_pylist()
        ]
    else:
        found = [None if each is None else str(each) for each in values.to_pylist()]
    if max((len(each) for each in found if each), default=0) > MOST_LINE:
        raise TooLarge(f"A message of this file has more than {MOST_LINE // MIB} MiB.", "Cut it.")
    return ["" if at is None else found[at] or "" for at in column.indices.to_pylist()]


def count(source: Source, file: MessageFile, column: str, settings: Settings, job: Job) -> int:
    """How many rows there are; the whole file is read once for that, which shows it is sound.

    Raises `EmptyInput`, `TooLarge` for more than `MOST_ROWS`, and `Canceled`.
    """
    total = 0
    for total, _ in enumerate(messages(source, file, column, (), settings), 1):
        if total % COUNTED == 0:
            job.report(0, None, f"Counting the messages: {total:,} so far")
        if total > MOST_ROWS:
            raise too_many()
    if not total:
        raise EmptyInput("There are no messages in this file.", "Export it with its rows.")
    return total


def too_many() -> InputError:
    return TooLarge(
        f"This file has more than {MOST_ROWS:,} rows, the limit for messages.",
        "Split it into several files.",
    )
