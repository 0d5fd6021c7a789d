"""Figures as they are said to people, wherever they appear: page, report or answer of the API.

At most three significant figures, GiB, and ms under one second.
"""

from math import floor, log10

from demos.core.settings import GIB


def percent(share: float) -> str:
    """A share of 1 with at most three significant figures, never rounded up to a certainty."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    if 0.9995 <= share < 1:
        return "> 99.9 %"
    return f"{100 * share:.1f} %".replace("100.0", "100")


def score(value: float) -> str:
    """A figure of merit such as an AUC: below 1 it is never rounded up to 1."""
    return "> 0.999" if 0.9995 <= value < 1 else significant(value)


def model_score(value: float) -> str:
    """A score from 0 to 1 that is no probability: a percent sign would make it pass for one."""
    return "< 0.001" if value < 0.0005 else significant(round(min(value, 0.999), 3))


def scope_score(value: float) -> str:
    """How far an image is from what a model knows; above 1 it is never rounded down to that."""
    if 1 < value < 1.005:
        return "> 1.00"
    return f"{value:.2f}" if value < 9.995 else significant(value)


def significant(value: float, figures: int = 3) -> str:
    """`value` to so many significant figures, without an exponent and without trailing zeros."""
    if value == 0:
        return "0"
    decimals = figures - 1 - floor(log10(abs(value)))
    text = f"{round(value, decimals):,.{max(decimals, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def counted(number: int, noun: str) -> str:
    """So many of what has a regular plural."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def memory(size: int) -> str:
    """Bytes as GiB."""
    gib = size / GIB
    return f"{significant(gib)} GiB" if gib == 0 or gib >= 0.01 else "< 0.01 GiB"


def file_size(size: int) -> str:
    """Bytes on disk as MB, the decimal unit file managers show."""
    return f"{significant(size / 1e6)} MB"


def duration(seconds: float) -> str:
    """A time span in the largest fitting unit, from ms to hours."""
    if seconds < 0.9995:
        return f"{significant(seconds * 1000)} ms"
    if seconds < 60:
        return f"{significant(seconds)} s"
    if seconds < 3600:
        return f"{significant(seconds / 60, 2)} min"
    return f"{significant(seconds / 3600, 2)} h"
