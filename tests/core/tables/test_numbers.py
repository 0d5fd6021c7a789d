"""Numbers in every style that files have, against what they mean."""

import math
import random

import polars as pl
import pytest

from demos.core.tables import numbers
from demos.core.tables.numbers import NumberFormat


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.50", 12.5),
        (" 12.50 ", 12.5),
        ("12,50", 12.5),
        ("1,234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("1 234,50", 1234.5),
        ("1\u00a0234,50", 1234.5),
        ("1'234.50", 1234.5),
        ("12.345.678,9", 12345678.9),
        ("$12.50", 12.5),
        ("12.50 EUR", 12.5),
        ("€ 1.234,50", 1234.5),
        ("-12.50", -12.5),
        ("-$12.50", -12.5),
        ("−12.50", -12.5),
        ("12.50-", -12.5),
        ("(12.50)", -12.5),
        ("+5", 5),
        (".5", 0.5),
        ("5.", 5),
        ("1e3", 1000),
        ("0,5", 0.5),
        ("1234", 1234),
    ],
)
def test_one_number_in_many_styles(text: str, expected: float) -> None:
    format = numbers.sniffed([text])
    assert format is not None
    assert numbers.parse(pl.Series([text]), format).to_list() == [expected]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "x",
            "12.50.1",
            "1,2,3",
            "12,34,567",
            "0x10",
            "1_000",
            "12 5",
            "--5",
            "5 kg",
            "2018-04-01",
            "١٢٣",
        )
    ],
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert numbers.parse(pl.Series([text]), NumberFormat()).to_list() == [None]


def test_the_data_decide_the_decimal_sign() -> None:
    assert numbers.sniffed(["1.234", "17,5"]) == NumberFormat(",", assumed=False)
    assert numbers.sniffed(["1,234", "17.5"]) == NumberFormat(".", assumed=False)
    assert numbers.sniffed(["1,234", "5"]) == NumberFormat(".", assumed=True, doubtful=True)
    assert numbers.sniffed(["7", "5"]) == NumberFormat(".", assumed=True)
    assert numbers.sniffed(["seven", "eight", "5"]) is None


def test_a_thousand_is_not_one_and_a_bit() -> None:
    comma = NumberFormat(",", assumed=False)
    assert numbers.parse(pl.Series(["1.234", "17,5"]), comma).to_list() == [1234, 17.5]
    point = NumberFormat(".", assumed=False)
    assert numbers.parse(pl.Series(["1,234", "17.5"]), point).to_list() == [1234, 17.5]


def test_not_finite_is_read_and_left_to_the_check() -> None:
    found = numbers.parse(pl.Series(["nan", "inf", "1e999"]), NumberFormat()).to_list()
    assert math.isnan(found[0]) and math.isinf(found[1]) and math.isinf(found[2])


@pytest.mark.parametrize("style", ["{:.2f}", "{:,.2f}", "de", "{:.0f}", "fr"])
def test_random_numbers_against_python(style: str) -> None:
    chance = random.Random(style)
    values = [round(chance.uniform(-50, 1) * 10 ** chance.randint(0, 6), 2) for _ in range(500)]
    if style == "{:.0f}":
        values = [round(value) for value in values]
    texts = [
        f"{value:,.2f}".translate(str.maketrans(",.", ".," if style == "de" else "\u202f,"))
        if style in ("de", "fr")
        else style.format(value)
        for value in values
    ]
    format = numbers.sniffed(texts)
    assert format is not None
    assert numbers.parse(pl.Series(texts), format).to_list() == pytest.approx(values, rel=1e-12)
