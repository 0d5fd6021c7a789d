"""Intervals of what is summed up over cases that are not worth the same."""

import math

from demos.core.intervals import Z_95, Estimate, wilson


def share_of_money(part: float, whole: float, pp: float, pw: float, ww: float) -> Estimate:
    """A share of money, from sums over cases: part, whole, their squares, and their products.

    The interval is Wilson's on as many cases of equal money as would be this uncertain (Korn &
    Graubard 1998, Survey Methodology 24:193), the variance being the linearized one of a ratio.
    """
    if whole <= 0:
        return Estimate(None, 0, 1)
    value = min(part / whole, 1.0)
    variance = (pp - 2 * value * pw + value**2 * ww) / whole**2
    n = whole**2 / ww  # of equal money, were nothing known of the part
    if 0 < value < 1 and variance > 0:
        n = value * (1 - value) / variance
    return wilson(value * n, n)


def sum_of_losses(total: float, squares: float, largest: float) -> Estimate:
    """A sum of losses whose number is left to chance, from their squares and the `largest`.

    The interval is the gamma one of a weighted sum of Poisson counts (Fay & Feuer 1997, Statistics
    in Medicine 16:791), which also stands where none happened; its quantiles are those of Wilson
    and Hilferty.
    """
    low = gamma_quantile(total, squares, -Z_95) if total > 0 and squares > 0 else 0.0
    high = gamma_quantile(total + largest, squares + largest**2, Z_95) if largest > 0 else total
    return Estimate(total, min(low, total), max(high, total))


def gamma_quantile(mean: float, variance: float, z: float) -> float:
    """Where a gamma distribution has `z` of a normal one."""
    shape = mean**2 / variance
    root = 1 - 1 / (9 * shape) + z / (3 * math.sqrt(shape))
    return mean * max(root, 0.0) ** 3
