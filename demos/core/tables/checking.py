"""Rows that were cut out of a file: converted, checked, and kept or set aside."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.tables import numbers, times
from demos.core.tables.chunk import Chunk
from demos.core.tables.columns import Column, Kind
from demos.core.tables.layout import (
    FileColumn,
    Layout,
    clock_of,
    used,
    with_clock,
    with_decimal,
    with_order,
)
from demos.core.tables.parquet_layout import as_text
from demos.core.tables.quarantine import WHOLE_ROW, BadRow, Quarantine
from demos.core.tables.times import OTHER, Order
from demos.core.tables.values import TYPES, converted


class Reconsidered(Exception):
    """Raised inside when a later row shows that an assumption about the layout was wrong."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout


@dataclass(slots=True)
class Progress:
    """What reading has gathered so far."""

    layout: Layout
    quarantine: Quarantine
    frames: list[pl.DataFrame] = field(default_factory=list)
    rows: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    zoned: int = 0
    settled: set[str] = field(default_factory=set)
    seen: dict[str, NDArray[np.uint64]] = field(default_factory=dict)


def take(
    chunk: Chunk, columns: Sequence[Column], mapping: Mapping[str, str], so_far: Progress
) -> None:
    """Convert and check a chunk: its good rows to `frames`, the others to the quarantine."""
    layout, frame = so_far.layout, chunk.frame
    so_far.rows += len(frame) + len(chunk.misfits)
    so_far.notes.update(chunk.notes)
    for odd in chunk.misfits:
        so_far.quarantine.counts[WHOLE_ROW, odd.problem] += 1
        if so_far.quarantine.room:
            row = BadRow(odd.line, WHOLE_ROW, odd.problem, "", tuple(odd.fields))
            so_far.quarantine.rows.append(row)
    if frame.is_empty():
        return
    places = {name: str(place) for place, name in enumerate(layout.names)}
    done: dict[str, pl.Series] = {}
    fault = np.zeros(len(frame), np.uint16)  # 0: fine, else the place in `faults`, from 1
    faults: list[tuple[Column, str, str]] = []
    for column, found in used(layout, mapping, columns):
        file = found
        cells = frame[places[file.name]]
        clock = clock_of(layout, mapping, column)
        if clock is not None:
            cells = (cells.str.strip_chars() + " " + frame[places[clock.name]]).str.strip_chars()
            file = with_clock(file)
        if column.kind is Kind.TIME and cells.dtype == pl.String:
            so_far.zoned += times.offsets(cells)
        values, problems = converted(cells, column, file)
        reconsider(cells, values, column, file, so_far)
        for mask, problem in problems:
            faults.append((column, problem, places[file.name]))
            fault[mask.to_numpy() & (fault == 0)] = len(faults)
        done[column.name] = values
    typed = pl.DataFrame(
        {"row": chunk.lines}
        | {
            each.name: done[each.name] if each.name in done else nulls(each, len(frame))
            for each in columns
        }
    )
    set_aside(frame, typed["row"], fault, faults, so_far)
    good = fault == 0
    typed = typed.filter(good) if not good.all() else typed
    raw = frame.filter(good) if not good.all() else frame
    for column in columns:
        if column.unique and column.name in mapping:
            first = first_only(typed, raw, column, places[mapping[column.name]], so_far)
            if first is not None:
                typed, raw = typed.filter(first), raw.filter(first)
    so_far.frames.append(typed)


def nulls(column: Column, count: int) -> pl.Series:
    return pl.Series([None], dtype=TYPES[column.kind]).new_from_index(0, count)


def set_aside(
    frame: pl.DataFrame,
    lines: pl.Series,
    fault: NDArray[np.uint16],
    faults: Sequence[tuple[Column, str, str]],
    so_far: Progress,
) -> None:
    """Put the rows at fault into the quarantine, each with its first fault."""
    bad = np.flatnonzero(fault)
    if not len(bad):
        return
    for place, count in enumerate(np.bincount(fault, minlength=len(faults) + 1)[1:]):
        if count:
            column, problem, _ = faults[place]
            so_far.quarantine.counts[column.title, problem] += int(count)
    bad = bad[: so_far.quarantine.room]
    if not len(bad):
        return
    texts = as_shown(frame[bad.tolist()])
    at = {name: place for place, name in enumerate(texts.columns)}
    for line, which, fields in zip(
        lines.gather(bad).to_list(), fault[bad].tolist(), texts.rows(), strict=True
    ):
        column, problem, place = faults[which - 1]
        row = BadRow(line, column.title, problem, fields[at[place]], fields)
        so_far.quarantine.rows.append(row)


def as_shown(frame: pl.DataFrame) -> pl.DataFrame:
    """The cells as text, "" for what is missing."""
    return frame.select(as_text(each).fill_null("") for each in frame.iter_columns())


def first_only(
    typed: pl.DataFrame, raw: pl.DataFrame, column: Column, place: str, so_far: Progress
) -> pl.Series | None:
    """Which rows bring a value of a unique column for the first time; `None`: all do.

    Hashes tell quickly that a value is new; where one is not, the values themselves decide.
    """
    values = typed[column.name]
    hashes = np.sort(values.drop_nulls().hash().to_numpy())
    seen = so_far.seen.get(column.name, np.empty(0, np.uint64))
    # Two runs that are sorted already: merging them is all that a stable sort has to do.
    so_far.seen[column.name] = both = np.sort(np.concatenate([seen, hashes]), kind="stable")
    repeated = both[1:][both[1:] == both[:-1]]
    again = values.is_not_null() & values.hash().is_in(pl.Series(repeated).implode())
    if not again.any():
        return None
    candidates = values.filter(again).unique()
    lines = pl.concat(
        each.select("row", column.name).filter(pl.col(column.name).is_in(candidates.implode()))
        for each in [*so_far.frames, typed]
    )
    first = lines.group_by(column.name).agg(pl.col("row").min().alias("first"))
    with_first = typed.select("row", column.name).join(
        first, on=column.name, how="left", maintain_order="left"
    )
    again = (with_first["first"] < with_first["row"]).fill_null(False)
    if not again.any():
        return None
    problem = "is there twice"
    so_far.quarantine.counts[column.title, problem] += int(again.sum())
    later = with_first.filter(again).head(so_far.quarantine.room)
    texts = as_shown(raw.filter(again).head(so_far.quarantine.room)).rows()
    for (line, value, at), fields in zip(later.rows(), texts, strict=True):
        said = f"{problem}: it is already in line {at}"
        so_far.quarantine.rows.append(BadRow(line, column.title, said, value, fields))
    return ~again


def reconsider(
    cells: pl.Series, values: pl.Series, column: Column, file: FileColumn, so_far: Progress
) -> None:
    """Raise `Reconsidered` where an assumption meets its first evidence, and that is against it."""
    name, layout = file.name, so_far.layout
    if name in so_far.settled or cells.dtype != pl.String:
        return
    if column.kind is Kind.TIME and file.time is not None and file.time.assumed:
        order = file.time.order
        day, month = times.evidence(cells)
        pro, contra = (day, month) if order is Order.DAY_FIRST else (month, day)
        if contra > pro == 0:
            raise Reconsidered(with_order(layout, name, OTHER[order]))
        if pro:
            so_far.settled.add(name)
            so_far.layout = with_order(layout, name, order)
    if column.kind is Kind.NUMBER and file.number is not None and file.number.assumed:
        comma, point = numbers.evidence(cells)
        pro, contra = (comma, point) if file.number.decimal == "," else (point, comma)
        if contra > pro == 0:
            raise Reconsidered(with_decimal(layout, name, "," if comma else "."))
        if pro:
            so_far.settled.add(name)
            so_far.layout = with_decimal(layout, name, file.number.decimal)
