"""Figures of a decision as they are said: people, costs, shares and their intervals."""

from collections.abc import Callable

from demos.core.intervals import Estimate
from demos.core.wording import percent


def shares(estimate: Estimate) -> tuple[str, str]:
    """A share and its interval."""
    if estimate.value is None:
        return "none", "nobody to count"
    return percent(estimate.value), span(estimate, percent)


def span(estimate: Estimate, words: Callable[[float], str]) -> str:
    """An interval, its ends said by `words`."""
    if estimate.low == estimate.high:
        return "by definition"
    return f"{words(estimate.low)} to {words(estimate.high)}"


def plain_share(share: float) -> str:
    """A share that somebody chose, as they chose it."""
    return f"{100 * share:g} %"


def count(people: float) -> str:
    """People, of whom there may be fractions in a thousand."""
    if 0 < people < 0.05:
        return "< 0.1"
    if people < 9.95:
        return f"{people:.1f}".replace(".0", "")
    return f"{people:,.0f}"
