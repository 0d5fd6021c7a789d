"""Intervals of money hold what they say, by drawing many tables."""

import numpy as np
import pytest

from demos.core.triage.money_intervals import share_of_money, sum_of_losses

DRAWS = 500


def test_the_interval_of_a_share_of_money_holds_what_it_says() -> None:
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(DRAWS):
        money = rng.gamma(0.7, 100, 200)
        part = money * (rng.random(200) < 0.3)
        found = share_of_money(
            part.sum(), money.sum(), (part**2).sum(), (part * money).sum(), (money**2).sum()
        )
        inside += found.low <= 0.3 <= found.high
    assert 0.92 <= inside / DRAWS <= 0.98


@pytest.mark.parametrize(("part", "end"), [(0.0, 0.0), (30.0, 1.0)])
def test_a_share_of_none_or_all_has_an_interval(part: float, end: float) -> None:
    found = share_of_money(part, 30, part**2 / 3, part * 30 / 3, 300)  # three cases of 10
    assert found.value == end
    assert found.high - found.low > 0.3


def test_there_is_no_share_of_nothing() -> None:
    assert share_of_money(0, 0, 0, 0, 0).value is None


@pytest.mark.parametrize("expected", [2, 20, 200])
def test_the_interval_of_a_sum_holds_what_it_says(expected: int) -> None:
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(DRAWS):
        losses = rng.gamma(2, 30, rng.poisson(expected))
        found = sum_of_losses(losses.sum(), (losses**2).sum(), losses.max(initial=60))
        inside += found.low <= expected * 60 <= found.high
    assert inside / DRAWS >= 0.93


def test_a_sum_of_nothing_may_still_have_been_something() -> None:
    found = sum_of_losses(0, 0, 50)
    assert (found.value, found.low) == (0, 0)
    assert found.high / 50 == pytest.approx(3.69, abs=0.03)  # the exact Poisson limit
    assert sum_of_losses(0, 0, 0).high == 0
