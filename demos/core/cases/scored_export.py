"""All transactions of a table with their scores: CSV for people, Parquet for programs."""

import io

import polars as pl

from demos.core.spreadsheet import FORMULA_STARTS
from demos.core.triage.policy import Policy, band_expression

DECIMALS = 6
"""Of a probability: the rarest fraud that a model tells apart is far above one in a million."""


def to_csv(scored: pl.DataFrame, policy: Policy) -> bytes:
    """Every row in UTF-8 with a byte order mark, with its band. No text cell is a formula.

    `scored` has the columns of a table of transactions, and `score`.
    """
    texts = [name for name, kind in scored.schema.items() if kind == pl.String]
    lines = with_bands(scored, policy).with_columns(neutral(name) for name in texts)
    # not `float_precision`, which would cut the amounts as well
    lines = lines.with_columns(pl.col("score").cast(pl.Float64).round(DECIMALS))
    buffer = io.BytesIO()
    lines.write_csv(
        buffer, include_bom=True, line_terminator="\r\n", datetime_format="%Y-%m-%dT%H:%M:%S%.f"
    )
    return buffer.getvalue()


def to_parquet(scored: pl.DataFrame, policy: Policy) -> bytes:
    """Every row as it is, with its band; only programs read it, so no text is changed."""
    buffer = io.BytesIO()
    with_bands(scored, policy).write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def with_bands(scored: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    return scored.with_columns(band=band_expression(policy))


def neutral(column: str) -> pl.Expr:
    """As `spreadsheet.neutral` for a whole column of text."""
    text = pl.col(column)
    starts = pl.any_horizontal(text.str.starts_with(start) for start in FORMULA_STARTS)
    return pl.when(starts).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(column)
