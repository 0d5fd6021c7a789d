"""Rows that could not be used: counted, explained, and given back. None is dropped silently."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from demos.core.spreadsheet import BYTE_ORDER_MARK, neutral
from demos.core.wording import counted

KEPT = 100_000
"""Rows whose text is kept; more are only counted."""
VALUE_SHOWN = 80
WHOLE_ROW = "The row"
FURTHER = "further fields"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used. `column` is the title of the one at fault, or `WHOLE_ROW`."""

    line: int
    column: str
    problem: str
    value: str
    fields: tuple[str, ...]

    @property
    def reason(self) -> str:
        shown = self.value if len(self.value) <= VALUE_SHOWN else f"{self.value[:VALUE_SHOWN]}…"
        return (
            f"{self.column} “{shown}” {self.problem}" if shown else f"{self.column} {self.problem}"
        )


@dataclass(slots=True)
class Quarantine:
    """All rows that cannot be used: `counts` by column and problem, the first `KEPT` in full."""

    names: tuple[str, ...]
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    rows: list[BadRow] = field(default_factory=list)

    def __len__(self) -> int:
        return self.counts.total()

    @property
    def room(self) -> int:
        """How many more rows are kept in full."""
        return max(KEPT - len(self.rows), 0)

    def reasons(self) -> list[tuple[str, int]]:
        """What was wrong and how often, the commonest first."""
        return [
            (f"{column} {problem}", count) for (column, problem), count in self.counts.most_common()
        ]

    def to_csv(self) -> bytes:
        """Line, reason and the original fields, in UTF-8 with a byte order mark; no formulas.

        The names of the file's columns are kept, so that the mended rows can be uploaded again.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        heads = ["line", "reason", *self.names]
        longest = max((len(row.fields) for row in self.rows), default=0)
        heads += [FURTHER] if longest > len(self.names) else []
        writer.writerow(map(neutral, heads))
        for row in sorted(self.rows, key=lambda row: row.line):
            fields: Sequence[str] = row.fields
            if len(fields) > len(self.names):
                within = len(self.names)
                fields = [*fields[:within], " | ".join(fields[within:])]
            cells = [row.line, *map(neutral, [row.reason, *fields])]
            writer.writerow(cells + [""] * (len(heads) - len(cells)))
        if len(self) > len(self.rows):
            more = len(self) - len(self.rows)
            writer.writerow(["", f"{counted(more, 'row')} more, not listed"])
        return (BYTE_ORDER_MARK + text.getvalue()).encode("utf-8")
