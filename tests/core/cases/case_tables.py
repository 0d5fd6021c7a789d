"""Small hand-made cases for tests."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count

import polars as pl

from demos.core.cases.case import Basis, Case, CaseKey, cases_of
from demos.core.triage.policy import Policy, queue

DAY = date(2026, 3, 14)
START = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
POLICY = Policy(threshold=0.4, capacity=5)
BASIS = Basis(POLICY, "fraud-gru", "ab" * 32)
HASH = "cd" * 32

FORMULA = '=HYPERLINK("http://evil.example","x")'
MARKUP = '<script>alert(1)</script><img src=x onerror="alert(2)">'
MARKDOWN = "# [link](javascript:alert(1)) **bold** $x$ :material/home: | a | b |"
LONG = "x" * 10_000
EMOJI = "👩\u200d💻 ok 🧾"
TURNED = "abc\u202edef\u2066ghi"
HOSTILE = (FORMULA, MARKUP, MARKDOWN, LONG, EMOJI, TURNED, "a\tb\rc\nd", "-1+1", "@SUM(A1)")


class Ticking:
    """A clock that moves on by a second each time it is asked."""

    def __init__(self) -> None:
        self._seconds: Iterator[int] = count()

    def __call__(self) -> datetime:
        return START + timedelta(seconds=next(self._seconds))


def transactions(cards: tuple[str, ...]) -> pl.DataFrame:
    """Scored: each card has two transactions on `DAY`, the first of them the more suspicious."""
    count, times = len(cards), []
    for number in range(count):
        first = datetime(2026, 3, 14, 8) + timedelta(seconds=number)
        times += [first, first + timedelta(hours=4)]
    frame = pl.DataFrame(
        {
            "row": pl.Series(range(2, 2 * count + 2), dtype=pl.UInt32),
            "id": [f"t{number}" for number in range(2 * count)],
            "time": pl.Series(times, dtype=pl.Datetime("us")),
            "card": [card for card in cards for _ in range(2)],
            "terminal": ["T1", "T2"] * count,
            "amount": [100.0 * (count - number // 2) for number in range(2 * count)],
            "fraud": pl.Series([None] * 2 * count, dtype=pl.Int8),
            "scenario": pl.Series([None] * 2 * count, dtype=pl.Int8),
            "score": pl.Series([0.9, 0.1] * count, dtype=pl.Float32),
        }
    )
    return frame.sort("time", "row")


def some_cases(*cards: str) -> tuple[Case, ...]:
    """Ranked in the order of the cards given; A, B and C without any."""
    cards = cards or ("A", "B", "C")
    policy = Policy(threshold=0.4, capacity=len(cards))
    return cases_of(queue(transactions(cards), DAY, policy), DAY)


def key(card: str, row: int = 2) -> CaseKey:
    return CaseKey(card, DAY, row)
