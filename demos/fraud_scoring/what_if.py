"""One transaction, had it been of another amount, at another hour, or at a safer terminal.

The edited row goes through the same `features` as the table did, among the rows its features come
from; nothing is written into the features themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from demos.core.knobs import Knob, Setting
from demos.core.reasons import probability
from demos.core.shapley import Score
from demos.fraud_scoring.features import LABEL_DELAY, WINDOWS, features
from demos.fraud_scoring.history import DAY
from demos.fraud_scoring.reasons import LARGE
from demos.fraud_scoring.transaction import DELAY, Transaction, surroundings

AMOUNT, HOUR, FRAUDS = "amount", "hour", "frauds"
SPAN = timedelta(days=max(WINDOWS))
MOST_MORE = 10
"""How many confirmed frauds can be made up beyond the real ones."""
MOST_ROWS = 120_000
"""Of all copies of the surroundings in one go: a few tenths of a second."""
FEWEST_POINTS, MOST_POINTS = 7, 41
MOST_AMOUNT = 1e9


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A transaction and the rows its features come from, up to the end of its day.

    `frauds` is how many at its terminal were known in the latest 30 known days, and `more` how
    many other purchases there could have been.
    """

    case: Transaction
    rows: pl.DataFrame
    frauds: int
    more: int


def scene(transactions: pl.DataFrame, case: Transaction) -> Scene:
    """What is needed to edit `case`, far smaller than the table. Sorted by time, then row."""
    midnight = case.time.replace(hour=0, minute=0, second=0, microsecond=0)
    tonight = midnight + timedelta(days=1, microseconds=-1)
    there = transactions.filter(
        (pl.col("terminal") == case.terminal)
        & (pl.col("time") > midnight - DELAY - SPAN)
        & (pl.col("time") <= tonight - DELAY)
    )
    # Whichever hour is asked for, these are the purchases that would be made out to be fraud.
    spare = there.filter((pl.col("card") != case.card) & (pl.col("fraud") != 1).fill_null(True))
    by_day = pl.col("time") <= midnight - DELAY
    touched = pl.concat([spare.filter(by_day).tail(MOST_MORE), spare.filter(~by_day)])
    rows = surroundings(
        transactions, case, until=tonight, cards=touched["card"].cast(pl.String).to_list()
    )
    at = there.filter(in_time(case.time))
    return Scene(
        case=case,
        rows=rows.with_columns(pl.col("card").cast(pl.String), pl.col("terminal").cast(pl.String)),
        frauds=int((at["fraud"] == 1).sum()),
        more=min(spare.filter(in_time(case.time)).height, MOST_MORE),
    )


def in_time(moment: datetime) -> pl.Expr:
    """Whether a label counts, at `moment`, among the latest 30 known days."""
    return (pl.col("time") <= moment - DELAY) & (pl.col("time") > moment - DELAY - SPAN)


def knobs(scene: Scene, currency: str) -> tuple[Knob, ...]:
    """What can be edited: the amount, along which the score is drawn, the hour, the terminal."""
    case = scene.case
    points = min(max(MOST_ROWS // max(scene.rows.height, 1), FEWEST_POINTS), MOST_POINTS)
    return (
        Knob(
            AMOUNT,
            f"Amount ({currency})",
            low=0.0,
            high=max(MOST_AMOUNT, case.amount),
            start=case.amount,
            step=10.0,
            format="%.2f",
            help="What the purchase cost.",
            exact=True,
            grid=grid(case.amount, points),
        ),
        Knob(
            HOUR,
            "Hour of the day",
            low=0,
            high=23,
            start=case.time.hour,
            step=1,
            format="%d h",
            help="Of the same day; the minutes stay. What came before it changes with the hour.",
        ),
        Knob(
            FRAUDS,
            "Confirmed frauds at the terminal",
            low=0,
            high=scene.frauds + scene.more,
            start=scene.frauds,
            step=1,
            format="%d",
            help=frauds_help(scene),
        ),
    )


def frauds_help(scene: Scene) -> str:
    days = LABEL_DELAY // DAY
    if not scene.frauds + scene.more:
        return (
            f"No purchase at this terminal, from {SPAN.days + days} to {days} days before, could "
            "have been confirmed as fraud by then."
        )
    return (
        f"In {SPAN.days} days (labels take {days} days to come in). More: its latest known "
        "purchases with other cards are taken to be fraud. Fewer: the oldest frauds are taken to "
        "be legitimate."
    )


def grid(amount: float, points: int) -> tuple[float, ...]:
    """Even amounts from 0 to beyond the transaction's own and to where all is fraud."""
    top = max(1.5 * amount, 1.5 * LARGE)
    return tuple(np.linspace(0, top, points).round(2).tolist())


def probabilities(log_odds: Score, scene: Scene, settings: Sequence[Setting]) -> list[float]:
    """The probability of fraud under each setting; all of them in one go through the model.

    Every setting gets a copy of the rows with cards and terminals of its own, so that no copy is
    part of another's history.
    """
    if not settings:
        return []
    copies = pl.concat(
        [
            edited(scene, setting).with_columns(
                pl.format("{}/{}", pl.lit(index), "card").alias("card"),
                pl.format("{}/{}", pl.lit(index), "terminal").alias("terminal"),
                copy=pl.lit(index, pl.UInt32),
            )
            for index, setting in enumerate(settings)
        ]
    ).sort("time", "row", maintain_order=True)
    here = copies.with_row_index("place").filter(pl.col("row") == scene.case.row).sort("copy")
    found = log_odds(features(copies)[here["place"].to_numpy()])
    return [probability(float(each)) for each in found]


def edited(scene: Scene, setting: Setting) -> pl.DataFrame:
    """The rows, had the transaction been so."""
    case = scene.case
    is_case = pl.col("row") == case.row
    moment = case.time.replace(hour=int(setting[HOUR]))
    rows = scene.rows.with_columns(
        amount=pl.when(is_case).then(pl.lit(float(setting[AMOUNT]))).otherwise("amount"),
        time=pl.when(is_case).then(pl.lit(moment, pl.Datetime("us"))).otherwise("time"),
    )
    wanted = int(setting[FRAUDS])
    if wanted == scene.frauds:
        return rows
    there = rows.filter((pl.col("terminal") == case.terminal) & in_time(moment))
    frauds = there.filter(pl.col("fraud") == 1)["row"]
    spare = there.filter((pl.col("card") != case.card) & (pl.col("fraud") != 1).fill_null(True))
    made = spare["row"].tail(max(wanted - len(frauds), 0))
    cleared = frauds.head(max(len(frauds) - wanted, 0))
    return rows.with_columns(
        fraud=pl.when(pl.col("row").is_in(made.implode()))
        .then(pl.lit(1, pl.Int8))
        .when(pl.col("row").is_in(cleared.implode()))
        .then(pl.lit(0, pl.Int8))
        .otherwise("fraud")
    )
