"""Log-odds in words."""

import math

import pytest

from demos.core.reasons import Account, Reason, effect, factor, log_odds, probability


@pytest.mark.parametrize(
    ("value", "words", "short"),
    [
        (math.log(12), "multiplies the odds by 12", "× 12"),
        (-math.log(3.14), "divides the odds by 3.1", "÷ 3.1"),
        (math.log(1.27), "multiplies the odds by 1.3", "× 1.3"),
        (0.04, "leaves the odds as they are", "× 1"),
        (-0.04, "leaves the odds as they are", "× 1"),
        (math.log(23_456), "multiplies the odds by 23,000", "× 23,000"),
        (900, "multiplies the odds by over 1,000,000", "× over 1,000,000"),
    ],
)
def test_effects(value: float, words: str, short: str) -> None:
    assert (effect(value), factor(value)) == (words, short)


def test_probabilities_are_those_of_the_log_odds_however_large() -> None:
    assert probability(0) == 0.5
    assert probability(math.log(0.2 / 0.8)) == pytest.approx(0.2)
    assert (probability(5000), probability(-5000)) == (pytest.approx(1), pytest.approx(0))
    assert probability(5000) < 1  # never said to be certain


def test_log_odds_and_back() -> None:
    for share in (1e-9, 0.01, 0.5, 0.99):
        assert probability(log_odds(share)) == pytest.approx(share)
    assert -40 < log_odds(0) < -30 and 30 < log_odds(1) < 40


def test_what_changes_nothing_neither_raises_nor_lowers() -> None:
    reasons = tuple(
        Reason(name, name, "", value) for name, value in zip("abc", (2, -1, 0.01), strict=True)
    )
    account = Account(reasons, -5, -3.99, 0)
    assert [each.group for each in account.raising] == ["a"]
    assert [each.group for each in account.lowering] == ["b"]
