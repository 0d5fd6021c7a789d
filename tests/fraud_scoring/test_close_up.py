"""The cases of a day, and what is around one."""

from collections.abc import Sequence
from datetime import timedelta

import polars as pl
import pytest

from demos.core.reasons import Account, Reason
from demos.core.triage.policy import Band, Policy
from demos.fraud_scoring import close_up as module
from demos.fraud_scoring.close_up import close_up, day_cases
from tests.fraud_scoring.tables import BEGAN, busy_month, table

POLICY = Policy(threshold=0.4, reject=0.9, capacity=2)
ROWS = table(
    [
        (0.1, "sure", "t", 500, None),
        (0.2, "low", "t", 10, None),
        (0.3, "mid", "t", 100, None),
        (0.4, "high", "t", 300, None),
        (0.5, "third", "t", 50, None),
        (1.5, "tomorrow", "t", 50, None),
    ],
    scores=(0.95, 0.1, 0.5, 0.6, 0.45, 0.8),
)


class Accounts:
    """Stands in for the model: three reasons that raise, one that lowers, per row."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, rows: Sequence[int]) -> dict[int, Account]:
        self.asked += rows
        values = (("b", 2.0), ("a", 1.5), ("lower", -1.0), ("c", 0.5))
        return {
            row: Account(
                tuple(Reason(name.upper(), name, f"{name} of {row}", v) for name, v in values),
                -5.0,
                -2.0,
                0.0,
            )
            for row in rows
        }


def test_a_days_cases_are_those_to_review_and_then_those_declined() -> None:
    accounts = Accounts()
    cases = day_cases(ROWS, BEGAN.date(), POLICY, accounts)
    assert [(each.key.card, each.band) for each in cases] == [
        ("high", Band.REVIEW),
        ("mid", Band.REVIEW),
        ("sure", Band.REJECT),
    ]
    assert accounts.asked == [each.key.row for each in cases]
    row = cases[0].key.row
    assert cases[0].reasons == (f"b of {row}", f"a of {row}"), "two that raise it, at most"


def test_of_a_long_queue_only_the_first_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXPLAINED", 1)
    accounts = Accounts()
    cases = day_cases(ROWS, BEGAN.date(), POLICY, accounts)
    assert len(accounts.asked) == 1
    assert cases[0].reasons and not cases[1].reasons


def test_a_day_without_cases_asks_for_nothing() -> None:
    accounts = Accounts()
    assert day_cases(ROWS, BEGAN.date() + timedelta(days=9), POLICY, accounts) == ()
    assert accounts.asked == []


def test_a_close_up_is_of_the_case_at_its_moment() -> None:
    rows = busy_month(1500)
    row = int(rows["row"][1200])
    own = rows.row(1200, named=True)
    around, edited = close_up(rows, row, "CHF")
    assert around.currency == "CHF" and around.days == module.DAYS
    assert around.labels_end == own["time"] - timedelta(days=7)
    names = [lane.title for lane in around.lanes]
    assert own["card"] in names[0] and own["terminal"] in names[1]
    for lane, key in zip(around.lanes, ("card", "terminal"), strict=True):
        (case,) = [event for event in lane.events if event.case]
        assert (case.time, case.amount) == (own["time"], own["amount"])
        before = rows.head(1200).filter(pl.col(key) == own[key]).height
        past = [event for event in lane.events if event.time <= own["time"] and not event.case]
        assert len(past) + lane.earlier == before
    assert own["card"] in around.network.nodes[0].name
    assert edited.case.row == row
    assert len(around.knobs) > 2


def test_a_row_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        close_up(ROWS, 99, "EUR")
