"""The rows of a batch to take away: CSV for people, Parquet for programs, the counts as JSON.

All rows are in each, in the order of the file. They are written part by part.
"""

import io
import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from demos.core.batch import Fate
from demos.core.cases.scored_export import neutral
from demos.core.language.batch_parts import unpacked
from demos.core.language.batch_results import (
    Rows,
    Tally,
    described,
    languages,
    pieces,
    tally,
)
from demos.core.spreadsheet import BYTE_ORDER_MARK
from demos.core.spreadsheet import neutral as neutral_text

DECIMALS = 4
"""Of a score."""
NUL, NUL_SHOWN = "\0", "␀"
"""A NUL ends a cell in some programs."""


def tables(rows: Rows) -> Iterator[pl.DataFrame]:
    """All rows, some thousand at a time."""
    done = 0
    for some in pieces(rows):
        texts = pl.concat([unpacked(part) for part in some])
        numbers = pl.Series("row", range(done + 1, done + texts.height + 1), pl.UInt32)
        yield described(rows.batch, texts, rows.answers[done : done + texts.height], numbers)
        done += texts.height


def to_csv(rows: Rows) -> bytes:
    """Every row in UTF-8 with a byte order mark. No cell is a formula, and none holds a NUL."""
    buffer = io.BytesIO()
    buffer.write(BYTE_ORDER_MARK.encode())
    for number, table in enumerate(tables(rows)):
        texts = [name for name, kind in table.schema.items() if kind == pl.String]
        scores = [name for name, kind in table.schema.items() if kind == pl.Float32]
        lines = table.with_columns(pl.col(texts).str.replace_all(NUL, NUL_SHOWN, literal=True))
        lines = lines.with_columns(
            *(neutral(name) for name in texts), pl.col(scores).cast(pl.Float64).round(DECIMALS)
        )
        lines = lines.rename(
            {name: neutral_text(name.replace(NUL, NUL_SHOWN)) for name in lines.columns}
        )
        lines.write_csv(buffer, include_header=number == 0, line_terminator="\r\n")
    return buffer.getvalue()


def to_parquet(rows: Rows) -> bytes:
    """Every row as it is: only programs read it, so no text is changed."""
    import pyarrow.parquet as pq

    buffer, writer = io.BytesIO(), None
    for table in tables(rows):
        arrow = table.to_arrow(compat_level=pl.CompatLevel.oldest())
        if writer is None:
            about = {"batch": json.dumps(about_batch(rows), ensure_ascii=False)}
            writer = pq.ParquetWriter(buffer, arrow.schema.with_metadata(about), compression="zstd")
        writer.write_table(arrow.replace_schema_metadata(writer.schema.metadata))
    if writer is not None:
        writer.close()
    return buffer.getvalue()


def to_json(rows: Rows) -> str:
    """What made the rows, and how many there are of each label; the rows are not in it."""
    return json.dumps(about_batch(rows) | counts(rows), ensure_ascii=False, indent=2) + "\n"


def about_batch(rows: Rows) -> dict[str, Any]:
    """What is needed to make the same rows again."""
    batch = rows.batch
    return {
        "file": batch.file.name,
        "file_sha256": batch.sha256,
        "column": batch.column,
        "model": batch.spec.name,
        "weights": batch.spec.source.version,
        "made": batch.made.isoformat(timespec="seconds"),
        "complete": batch.complete,
        "floors": {task.value: rule.floor for task, rule in batch.rules.items()},
    }


def counts(rows: Rows) -> dict[str, Any]:
    batch = rows.batch
    return {
        "rows": len(rows),
        "rows_in_file": batch.total,
        "different_messages": batch.distinct,
        "seconds": round(batch.seconds, 3),
        "languages": dict(languages(rows)),
        "tasks": {task.value: counted(tally(rows, task)) for task in batch.tasks},
    }


def counted(found: Tally) -> dict[str, Any]:
    return {
        "outcomes": {fate.value: found.fates[fate] for fate in Fate},
        "mean_score": None if found.mean is None else round(found.mean, DECIMALS),
        "labels": [
            {"label": each.label, "count": each.count, "mean_score": round(each.mean, DECIMALS)}
            for each in found.labels
        ],
        "reasons": [{"reason": why, "count": number} for why, number in found.reasons],
    }
