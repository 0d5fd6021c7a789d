"""Drift as it is said to people."""

import math

from demos.core.drift import Column, Drift, Group, Kind, Level, Shift
from demos.core.wording import percent, significant

LEVELS = {
    Level.STABLE: "like training",
    Level.MODERATE: "somewhat different",
    Level.LARGE: "different",
    Level.UNKNOWN: "too little to tell",
}
SAME = 1.1
"""Medians closer than so many times each other are called the same."""


def headline(drift: Drift) -> str:
    """The verdict on all columns in a few words."""
    if drift.alien:
        return "Out of scope"
    if drift.level is Level.STABLE:
        return "Like the data the model was trained on"
    if drift.level is Level.UNKNOWN:
        return "Too little data to tell"
    level = "Unlike" if drift.level is Level.LARGE else "Somewhat unlike"
    names = [each.column.title.lower() for each in drift.shifts if each.level is drift.level]
    return (
        f"{level} the data the model was trained on, in {len(names)} of {len(drift.shifts)} "
        f"respects: {', '.join(names)}"
    )


def advice(drift: Drift) -> str:
    """What the verdict means for the scores, in a sentence or two."""
    if drift.alien:
        return "The model was not made for such a table: do not act on these scores."
    return {
        Level.STABLE: "What was measured on test data should hold here too.",
        Level.MODERATE: "Scores may be somewhat off; the order of cases less so.",
        Level.LARGE: "Scores may be off: check some cases by hand before acting on the rest.",
        Level.UNKNOWN: "There are too few rows or cards to compare them with training.",
    }[drift.level]


def findings(drift: Drift) -> list[str]:
    """What there is to say beyond the verdict, a sentence or two each, the largest change first.

    Of a table that is out of scope, only why.
    """
    if drift.alien:
        return list(drift.alien)
    of_level = {level: [each for each in drift.shifts if each.level is level] for level in Level}
    changes = of_level[Level.LARGE] + of_level[Level.MODERATE]
    found = [told(each) for each in sorted(changes, key=lambda each: -each.psi)]
    unknown = [each.column.subject for each in of_level[Level.UNKNOWN]]
    if unknown:
        found.append(f"Too few rows or cards to tell for the {', '.join(unknown)}.")
    return found


def told(shift: Shift) -> str:
    """One column in a sentence or two."""
    column = shift.column
    match shift.level:
        case Level.STABLE:
            return f"The {column.subject} are like those in training."
        case Level.UNKNOWN:
            return (
                f"Too few rows or cards to tell for the {column.subject}: chance alone would give "
                f"an index of about {significant(shift.chance, 2)}."
            )
    return f"{changed(shift)} {column.effect}"


def changed(shift: Shift) -> str:
    """What has changed: the middle or, where that has not, the share of one group of values."""
    column, here, there = shift.column, shift.typical, shift.usual
    if column.kind is Kind.SHARE:
        return f"{column.title}: {share(here)} of rows, in training {share(there)}."
    if column.kind is not Kind.CATEGORY and min(here, there) > 0:
        ratio = here / there
        if max(ratio, 1 / ratio) >= SAME:
            return (
                f"The typical {column.noun} is {significant(ratio, 2)} times that of training: "
                f"{value(column, here)} against {value(column, there)}."
            )
    group = shift.most_changed
    return (
        f"The {column.subject} are spread differently: {share(group.found)} of rows are in the "
        f"group {span(column, group)}, in training {share(group.expected)}."
    )


def share(of_rows: float) -> str:
    """A share of rows, of which none is none."""
    return percent(of_rows) if of_rows else "0 %"


def value(column: Column, number: float) -> str:
    """One value of the column."""
    if column.kind is Kind.CATEGORY:
        return column.names[round(number)]
    if column.kind is Kind.PROBABILITY:
        return f"{significant(100 * number)} %" if number < 0.1 else percent(number)
    return significant(number)


def span(column: Column, group: Group) -> str:
    """The values of a group; whole numbers and names go from one to another, inclusive."""
    if column.kind is Kind.SHARE:
        return "no" if group.low == -math.inf else "yes"
    if column.kind in (Kind.CATEGORY, Kind.COUNT):
        lowest = 0 if column.kind is Kind.CATEGORY else 1
        first = lowest if group.low == -math.inf else int(group.low) + 1
        if group.high == math.inf and column.kind is Kind.COUNT:
            return f"{value(column, first)} or more"
        last = len(column.names) - 1 if group.high == math.inf else int(group.high)
        names = dict.fromkeys((value(column, first), value(column, last)))
        return " to ".join(names)
    if group.low == -math.inf:
        return f"up to {value(column, group.high)}"
    if group.high == math.inf:
        return f"over {value(column, group.low)}"
    return f"{value(column, group.low)} to {value(column, group.high)}"
