"""Numbers as files write them: decimal point or comma, grouped thousands, currency signs."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

ENOUGH = 0.5
"""Share of the sampled values that must be numbers for a column to count as one of numbers."""
GROUPS = " \u00a0\u2009\u202f'’"
"""What may stand between thousands besides the sign that is not the decimal one."""

# [0-9] and not \d, which takes the digits of every script.
COMMA_DECIMAL = (
    r"^[+-]?(?:[0-9]*,(?:[0-9]{1,2}|[0-9]{4,})|0,[0-9]+|[0-9]{4,},[0-9]+"
    r"|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]*)$"
)
POINT_DECIMAL = (
    r"^[+-]?(?:[0-9]*\.(?:[0-9]{1,2}|[0-9]{4,})|0?\.[0-9]+|[0-9]{4,}\.[0-9]+"
    r"|[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]*)$"
)
EITHER = r"^[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}$"
"""1,234 or 1.234: a thousand and more, or one and a bit."""
CURRENCY = r"^(?:[A-Z]{3}|[€$£¥])\s*|\s*(?:[A-Z]{3}|[€$£¥])$"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a column writes its numbers: its decimal sign, and whether the values left it open.

    `doubtful` where they could mean something else with the other sign.
    """

    decimal: str = "."
    assumed: bool = True
    doubtful: bool = False


def sniffed(values: Sequence[str]) -> NumberFormat | None:
    """The format of a column from some of its values; `None` if they are no numbers."""
    texts = cleaned(pl.Series(values, dtype=pl.String))
    texts = texts.filter(texts != "")
    if texts.is_empty():
        return None
    comma, point = evidence(texts)
    decimal = "," if comma > point else "."
    format = NumberFormat(decimal, comma == point, bool(texts.str.contains(EITHER).any()))
    if comma != point:
        format = NumberFormat(decimal, False)
    return format if parse(texts, format).count() >= ENOUGH * len(texts) else None


def evidence(texts: pl.Series) -> tuple[int, int]:
    """How many cleaned numbers can only have a decimal comma, and how many only a point."""
    texts = texts.str.replace_all(f"[{GROUPS}]", "")
    return (
        int(texts.str.contains(COMMA_DECIMAL).sum()),
        int(texts.str.contains(POINT_DECIMAL).sum()),
    )


def parse(texts: pl.Series, format: NumberFormat) -> pl.Series:
    """`texts` as Float64; null what is no number, NaN and infinities as they are."""
    texts = texts.str.strip_chars()
    plain = texts
    if format.decimal == ",":
        plain = pl.select(
            pl.when(~texts.str.contains(".", literal=True)).then(
                texts.str.replace(",", ".", literal=True)
            )
        ).to_series()
    numbers = plain.cast(pl.Float64, strict=False)
    left = numbers.is_null() & texts.is_not_null() & (texts != "")
    if left.any():
        places = left.arg_true()
        numbers = numbers.scatter(places, by_parts(texts.gather(places), format.decimal))
    return numbers.alias(texts.name)


def by_parts(texts: pl.Series, decimal: str) -> pl.Series:
    """Numbers with grouped thousands, a currency, or a minus where accountants put it."""
    thousands = "," if decimal == "." else r"\."
    regex = rf"^[+-]?[0-9]{{1,3}}(?:[{thousands}{GROUPS}][0-9]{{3}})*(?:\{decimal}[0-9]*)?$"
    plain = rf"^[+-]?[0-9]+(?:\{decimal}[0-9]*)?$"
    texts = cleaned(texts)
    valid = texts.str.contains(regex) | texts.str.contains(plain)
    bare = texts.str.replace_all(rf"[{thousands}{GROUPS}]", "")
    bare = bare.str.replace(",", ".", literal=True) if decimal == "," else bare
    return pl.select(pl.when(valid).then(bare).cast(pl.Float64, strict=False)).to_series()


def cleaned(texts: pl.Series) -> pl.Series:
    """Without a currency, with an ordinary minus in front."""
    texts = texts.str.strip_chars().str.replace("−", "-", literal=True)
    texts = texts.str.replace(r"^\((.+)\)$", "-$1").str.replace(r"^([^-+].*)-$", "-$1")
    return texts.str.replace_all(CURRENCY, "").str.replace(r"^([+-])[€$£¥]\s*", "$1")
