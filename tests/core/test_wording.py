"""Figures as they are said to people."""

import pytest

from demos.core.settings import GIB, MIB
from demos.core.wording import (
    counted,
    duration,
    file_size,
    memory,
    model_score,
    percent,
    scope_score,
    score,
    significant,
)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0.0 %"),
        (0.0004, "< 0.1 %"),
        (0.0005, "0.1 %"),
        (0.9819, "98.2 %"),
        (0.9994, "99.9 %"),
        (0.9996, "> 99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_percent_has_three_figures_and_claims_no_certainty(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.99978, "> 0.999"),
        (0.9995, "> 0.999"),
        (0.9994, "0.999"),
        (1.0, "1"),
        (1.0012, "1"),
        (0.00631, "0.00631"),
    ],
)
def test_a_score_below_1_is_never_said_to_be_1(value: float, text: str) -> None:
    assert score(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.98765, "0.988"),
        (98.765, "98.8"),
        (100.0, "100"),
        (12345, "12,300"),
        (0.999999, "1"),
        (-1.2345, "-1.23"),
        (5e-5, "0.00005"),
    ],
)
def test_three_significant_figures(value: float, text: str) -> None:
    assert significant(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 ms"),
        (0.01234, "12.3 ms"),
        (0.9996, "1 s"),
        (1.234, "1.23 s"),
        (80, "1.3 min"),
        (7200, "2 h"),
    ],
)
def test_time_spans(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "< 0.001"), (0.12345, "0.123"), (0.5, "0.5"), (1.0, "0.999")]
)
def test_a_model_score_passes_neither_for_a_probability_nor_for_a_certainty(
    value: float, text: str
) -> None:
    assert model_score(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.50"), (1.0, "1.00"), (1.001, "> 1.00"), (2.0, "2.00")]
)
def test_what_is_refused_is_told_from_the_limit(value: float, text: str) -> None:
    assert scope_score(value) == text


def test_a_large_scope_score_has_three_figures() -> None:
    assert scope_score(234.56) == "235"


def test_memory_is_in_gib_and_files_in_mb() -> None:
    assert memory(0) == "0 GiB"
    assert memory(60 * MIB) == "0.0586 GiB"
    assert memory(1 * MIB) == "< 0.01 GiB"
    assert memory(4 * GIB) == "4 GiB"
    assert file_size(11_400_000) == "11.4 MB"


def test_counts_have_thousands_separators_and_a_plural() -> None:
    assert [counted(n, "card") for n in (0, 1, 2, 1234)] == [
        *("0 cards", "1 card", "2 cards", "1,234 cards")
    ]
