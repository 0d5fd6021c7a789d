"""Which columns a demo needs, and which of a file's columns they are."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds, and the polars type it becomes."""

    TEXT = "text"  # String
    NUMBER = "number"  # Float64, finite
    INTEGER = "whole number"  # Int64
    TIME = "date and time"  # Datetime("us") without a zone
    FLAG = "yes or no"  # Int8, 1 or 0


@dataclass(frozen=True, slots=True)
class Column:
    """One column that a demo reads.

    `name` is that of the validated table, `title` what people call it, `synonyms` other names it
    goes by in files, the likeliest first. A file without a `required` column cannot be read; of
    the others, a cell may be empty. No two rows share the value of a `unique` one. Numbers keep
    within `minimum` and `maximum`, whole ones to `allowed`. `true_words` and `false_words` are
    what a flag may say besides 1/0, true/false, yes/no. `example` fills the template, one cell
    per row.
    """

    name: str
    title: str
    kind: Kind
    required: bool
    synonyms: tuple[str, ...]
    example: tuple[str, ...]
    note: str = ""
    unique: bool = False
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[int, ...] = ()
    true_words: tuple[str, ...] = ()
    false_words: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.synonyms)


def normalized(name: str) -> str:
    """A name without case, accents, spaces and signs: "Card No." and "card_no" are one."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[\W_]", "", "".join(c for c in letters if not unicodedata.combining(c)))


def matched(
    names: Sequence[str],
    columns: Sequence[Column],
    fits: Callable[[Column, str], bool] | None = None,
) -> dict[str, str]:
    """Which of a file's columns `names` each column is, as far as names tell.

    Likelier synonyms go first over all columns, and no column of the file is used twice. With
    `fits`, those come first whose values `fits(column, name)`: of "date" and "time" in one file,
    either may hold the whole moment.
    """
    found: dict[str, str] = {}
    free = {normalized(name): name for name in reversed(names)}  # of two alike, the first counts
    longest = max((len(column.names) for column in columns), default=0)
    for strict in (True, False) if fits else (False,):
        for place in range(longest):
            for column in columns:
                if column.name in found or place >= len(column.names):
                    continue
                known = normalized(column.names[place])
                if known in free and (not strict or fits is None or fits(column, free[known])):
                    found[column.name] = free.pop(known)
    return found
