"""Intervals of shares, and of what is computed from two of them."""

import math
from dataclasses import dataclass

Z_95, Z_99 = 1.959964, 2.575829
"""How many standard deviations hold 95 and 99 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its interval, of 95 % unless said otherwise.

    `value` is None where there is nothing to measure it on.
    """

    value: float | None
    low: float
    high: float


def certain(value: float) -> Estimate:
    return Estimate(value, value, value)


def wilson(hits: float, n: float, z: float = Z_95) -> Estimate:
    """A share and its interval (Wilson 1927)."""
    share, squared = hits / n, z**2
    center = (share + squared / (2 * n)) / (1 + squared / n)
    spread = z * math.sqrt(share * (1 - share) / n + squared / (4 * n * n)) / (1 + squared / n)
    low = 0.0 if hits == 0 else center - spread
    high = 1.0 if hits == n else center + spread
    return Estimate(share, low, high)


def share_with(
    with_it: int, n_with: int, without: int, n_without: int, pi: float, z: float = Z_95
) -> Estimate:
    """The share that has the finding among the chosen, where a share `pi` of all has it.

    `with_it` of `n_with` who have it and `without` of `n_without` who have not were chosen: the
    predictive value of being chosen. Its odds are those of `pi` times the ratio of the two shares.
    The interval is MOVER-R on Wilson's (Donner & Zou 2012, Stat. Methods Med. Res. 21:347), which
    also stands where one of them is zero.
    """
    if with_it == without == 0:
        return Estimate(None, 0, 1)
    if pi in (0, 1):
        return certain(pi)
    a, b = wilson(with_it, n_with, z), wilson(without, n_without, z)
    assert a.value is not None and b.value is not None
    product = a.value * b.value
    low, high = 0.0, math.inf
    if a.value:
        pulled = a.low * (2 * a.value - a.low)
        low = pulled / (product + root(product**2 - pulled * b.high * (2 * b.value - b.high)))
    if b.value:
        pulled = b.low * (2 * b.value - b.low)
        high = (product + root(product**2 - pulled * a.high * (2 * a.value - a.high))) / pulled
    ratio = a.value / b.value if b.value else math.inf
    value, low, high = (share_of_odds(each * pi / (1 - pi)) for each in (ratio, low, high))
    return Estimate(value, low, high)


def root(value: float) -> float:
    return math.sqrt(max(value, 0))


def share_of_odds(odds: float) -> float:
    return 1.0 if odds == math.inf else odds / (1 + odds)
