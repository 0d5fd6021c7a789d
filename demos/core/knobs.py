"""What can be edited about an input to see how its score follows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Setting = Mapping[str, float]
"""A value for each knob, by name."""
Ask = Callable[[Sequence[Setting]], Sequence[float]]
"""The probability under each of some settings."""


@dataclass(frozen=True, slots=True)
class Knob:
    """One editable value from `low` to `high`, at `start` as it really is.

    `exact` ones are typed in, others slid; `format` is in the manner of printf. With a `grid` the
    score is drawn along it. Where `low` is `high` there is nothing to edit, and `help` says why.
    """

    name: str
    title: str
    low: float
    high: float
    start: float
    step: float
    format: str
    help: str
    exact: bool = False
    grid: tuple[float, ...] = ()
