"""A whole file, checked row by row: what can be used becomes a table, the rest is set aside."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from demos.core.errors import EmptyInput, InputError, TooLarge
from demos.core.media import plain_name
from demos.core.settings import Settings
from demos.core.tables.checking import Progress, Reconsidered, take
from demos.core.tables.chunk import Chunk
from demos.core.tables.columns import Column
from demos.core.tables.csv_rows import csv_chunks
from demos.core.tables.files import FileFormat, Source, size_of
from demos.core.tables.layout import Layout, described
from demos.core.tables.notes import notes_on
from demos.core.tables.parquet_rows import parquet_chunks
from demos.core.tables.preview import missing
from demos.core.tables.quarantine import Quarantine
from demos.core.wording import counted

Report = Callable[[int, int], None]
"""Called with the bytes done and in all, after each chunk. What it raises ends the reading."""

REASONS_NAMED = 3


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The rows of a file that can be used, as the columns asked for have them.

    `frame` has `row` (UInt32, the line of the file; in Parquet the first row is 1), then one
    column per `Column`, of the type in `values.TYPES`, null where the file has nothing. `layout`
    is as it turned out to be, `notes` what was done or assumed, in sentences.
    """

    name: str
    sha256: str
    frame: pl.DataFrame
    quarantine: Quarantine
    columns: tuple[Column, ...]
    layout: Layout
    mapping: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def described(self) -> str:
        """How the file was written, in one line."""
        return described(self.layout, self.mapping, self.columns)


def read(
    source: Source,
    name: str,
    columns: Sequence[Column],
    layout: Layout,
    mapping: Mapping[str, str],
    settings: Settings,
    report: Report | None = None,
) -> Table:
    """Read, convert and check a whole file, some megabytes at a time.

    `mapping` goes from the name of a `Column` to that of the file's column; `layout` comes from
    `preview`, with whatever the user chose otherwise. Where the first rows left a date order or a
    decimal sign open and a later row decides against the assumption, reading begins anew.

    Raises `InputError`: a required column is not mapped, no row can be used, the file is damaged
    or over a limit. `report` may raise; that passes.
    """
    absent = missing(columns, mapping)
    if absent:
        raise InputError(
            f"This file has no column for: {', '.join(each.title for each in absent)}.",
            "Say which of its columns holds that, or add one.",
        )
    while True:
        try:
            return read_once(source, name, columns, layout, mapping, settings, report)
        except Reconsidered as other:
            layout = other.layout


def read_once(
    source: Source,
    name: str,
    columns: Sequence[Column],
    layout: Layout,
    mapping: Mapping[str, str],
    settings: Settings,
    report: Report | None,
) -> Table:
    size = size_of(source)
    shown = layout.names
    if layout.format is FileFormat.PARQUET:  # only what is read
        shown = tuple(name for name in layout.names if name in mapping.values())
    so_far = Progress(layout, Quarantine(shown))
    for chunk in chunks(source, layout, mapping, settings):
        take(chunk, columns, mapping, so_far)
        if so_far.rows > settings.max_table_rows:
            raise TooLarge(
                f"This file has more than {settings.max_table_rows:,} rows, the limit.",
                "Split it by date.",
            )
        if report is not None:
            report(min(chunk.position, size), size)
    if not so_far.rows:
        raise EmptyInput("There are no rows below the names.", "Export the table with its rows.")
    frame = pl.concat(so_far.frames) if so_far.frames else None
    if frame is None or frame.is_empty():
        raise none_usable(so_far.quarantine)
    return Table(
        name=plain_name(name),
        sha256=sha256_of(source),
        frame=frame,
        quarantine=so_far.quarantine,
        columns=tuple(columns),
        layout=layout,
        mapping=dict(mapping),
        notes=tuple(notes_on(frame, columns, so_far, mapping)),
    )


def chunks(
    source: Source, layout: Layout, mapping: Mapping[str, str], settings: Settings
) -> Iterator[Chunk]:
    if layout.format is FileFormat.PARQUET:
        wanted = [name for name in layout.names if name in mapping.values()]
        return parquet_chunks(source, layout, wanted, settings)
    return csv_chunks(source, layout, settings)


def sha256_of(source: Source) -> str:
    if isinstance(source, Path):
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return hashlib.sha256(source).hexdigest()


def none_usable(quarantine: Quarantine) -> InputError:
    """Said where every row is bad."""
    reasons = [
        f"{reason} ({counted(count, 'row')})"
        for reason, count in quarantine.reasons()[:REASONS_NAMED]
    ]
    return InputError(
        f"None of the {counted(len(quarantine), 'row')} can be used. The commonest reasons: "
        f"{'; '.join(reasons)}.",
        "Check which column holds what, and how dates and decimals are written.",
    )
