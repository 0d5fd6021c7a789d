"""Figures of a triage as they are said: thresholds, money and its intervals, shares, days."""

from datetime import date

from demos.core.intervals import Estimate
from demos.core.operating_curve import EVERYONE
from demos.core.triage.policy import NEVER, Policy, money
from demos.core.wording import percent, significant


def probability(threshold: float) -> str:
    """A threshold on the probability; those near 0 and 1 keep their figures."""
    if threshold == NEVER:
        return "never"
    if EVERYONE < threshold < 0.001:
        return f"{significant(100 * threshold)} %"
    if 0.999 < threshold < 1:
        return f"{100 * threshold:.3f}".rstrip("0") + " %" if threshold < 0.99999 else "> 99.999 %"
    return percent(threshold)


def reviewed(threshold: float, policy: Policy) -> str:
    """Which cards are reviewed where reviews start at a threshold."""
    if threshold >= policy.reject:
        return "nothing"
    return "every card" if threshold == EVERYONE else f"from {probability(threshold)}"


def cash(value: float, currency: str) -> str:
    """Money that never ends a line between the currency and the figure."""
    return money(value, currency).replace(f"{currency} ", f"{currency}\u00a0")


def share(value: float | None) -> str:
    return "none" if value is None else percent(value)


def interval(estimate: Estimate, currency: str = "") -> str:
    """The ends of an interval: shares, or money if there is a `currency`."""
    if estimate.value is None:
        return "nothing to count"
    low, high = (
        cash(each, currency) if currency else percent(each)
        for each in (estimate.low, estimate.high)
    )
    return f"{low} to {high}"


def per_day(n: float) -> str:
    """So many a day on average."""
    if 0 < n < 0.05:
        return "< 0.1"
    return f"{n:,.1f}".removesuffix(".0") if n < 99.95 else f"{n:,.0f}"


def day_words(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}"


def short_day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
