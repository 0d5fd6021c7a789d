"""The cases of a day, and all there is to see around one of them."""

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from demos.core.cases.case import Case, cases_of
from demos.core.close_up import CloseUp
from demos.core.reasons import Account
from demos.core.triage.policy import Policy, declined, queue
from demos.fraud_scoring.neighborhood import DAYS, card_lane, network, terminal_lane
from demos.fraud_scoring.transaction import find
from demos.fraud_scoring.what_if import Scene, knobs, scene

EXPLAINED = 300
"""Cases of a day that get reasons beside them: more than a page shows."""
TOP = 2
"""Reasons that a line of the queue has room for."""


def day_cases(
    rows: pl.DataFrame,
    day: date,
    policy: Policy,
    why: Callable[[Sequence[int]], dict[int, Account]],
) -> tuple[Case, ...]:
    """The cards to review on a day, then those declined, each with what raised its score most.

    `why` gives the account of transactions by their row.
    """
    found = pl.concat([queue(rows, day, policy), declined(rows, day, policy)])
    accounts = why(found["row"].head(EXPLAINED).to_list())
    short = {
        row: tuple(each.sentence for each in account.raising[:TOP])
        for row, account in accounts.items()
    }
    return cases_of(found, day, short)


def close_up(rows: pl.DataFrame, row: int, currency: str) -> tuple[CloseUp, Scene]:
    """What surrounds a transaction, and the scene in which it can be edited."""
    case = find(rows, row)
    edited = scene(rows, case)
    around = CloseUp(
        lanes=(card_lane(rows, case), terminal_lane(rows, case)),
        labels_end=case.known_until,
        network=network(rows, case),
        days=DAYS,
        knobs=knobs(edited, currency),
        currency=currency,
    )
    return around, edited
