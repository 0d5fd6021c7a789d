"""Card transactions with three kinds of fraud: a simulator.

    python -m demos.fraud_scoring.simulate --rows 1000000 --seed 0 --out transactions.parquet

The process is the one of the Fraud Detection Handbook (Le Borgne, Siblini, Lebichot, Bontempi
2022, "Reproducible Machine Learning for Credit Card Fraud Detection", chapter 3, "Transaction data
simulator"), written anew from its description; where that leaves a choice, ours is what their
published transactions show:

- Customers and terminals lie at random in a square. A customer buys at any of the terminals within
  reach, so many times a day (Poisson), mostly around noon, for amounts around a mean of their own.
- Scenario 1: every amount over 220 is fraud. A floor that any detector should clear.
- Scenario 2: every day two terminals fall to criminals; from that midnight on, for 28 days, every
  transaction there is fraud, of whatever amount.
- Scenario 3: every day the details of three cards are stolen; of what is bought with them in the 14
  days from that midnight, a third (of the three together, at random) is five times as expensive,
  and fraud.

A later scenario takes over a transaction from an earlier one. Nothing is known here of the delay
with which frauds are noticed: the columns say what happened, not when it was known.
"""

import argparse
import gzip
import io
import math
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

DAY_SECONDS = 24 * 60 * 60
NONE, OVER_LIMIT, TERMINAL, CARD = range(4)
"""The scenarios."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Process:
    """What is simulated; the defaults are the handbook's.

    `side` and `radius` are in one unit of length. `lowest_mean` to `highest_mean` are the mean
    amounts of customers in the currency, `spread` the standard deviation as a share of them.
    `busiest` is the most transactions a day that a customer makes on average, `rush` the standard
    deviation of the time of day around noon in seconds. `terminals_a_day` and `cards_a_day` fall
    into criminals' hands, for `terminal_days` and `card_days`; one of 0.5 is one every other day.
    """

    customers: int = 5_000
    terminals: int = 10_000
    days: int = 183
    start: date = date(2018, 4, 1)
    side: float = 100.0
    radius: float = 5.0
    lowest_mean: float = 5.0
    highest_mean: float = 100.0
    spread: float = 0.5
    busiest: float = 4.0
    rush: float = 20_000.0
    limit: float = 220.0
    terminals_a_day: float = 2
    terminal_days: int = 28
    cards_a_day: float = 3
    card_days: int = 14
    stolen_share: float = 1 / 3
    stolen_factor: float = 5.0

    @property
    def transactions_a_day(self) -> float:
        """Expected; customers without a terminal in reach, who buy nothing, are left out."""
        inside = math.erf(DAY_SECONDS / 2 / self.rush / math.sqrt(2))
        return self.customers * self.busiest / 2 * inside


def scaled(process: Process, factor: float) -> Process:
    """As many times the people, places and crimes, on so much more ground: as dense as before."""
    return replace(
        process,
        customers=max(round(process.customers * factor), 1),
        terminals=max(round(process.terminals * factor), 1),
        side=process.side * math.sqrt(factor),
        terminals_a_day=process.terminals_a_day * factor,
        cards_a_day=process.cards_a_day * factor,
    )


def for_rows(process: Process, rows: int, days: int | None = None) -> Process:
    """Sized for `rows` transactions with hardly any to spare; in few, chance may leave some short.

    It lasts as many days as that takes, or `days` with as many people as that takes.
    """
    if days is None:
        spared = 1 + spare(process.customers)
        days = math.ceil(spared * rows / process.transactions_a_day)
        return replace(process, days=days)
    factor = rows / (process.transactions_a_day * days)
    spared = 1 + spare(max(process.customers * factor, 1))
    return replace(scaled(process, spared * factor), days=days)


def spare(customers: float) -> float:
    """Three standard deviations of what all customers together buy a day, as a share of it."""
    return 3 / math.sqrt(3 * customers)


def simulate(process: Process, seed: int) -> pl.DataFrame:
    """The transactions of all days, sorted by time; the same for the same process and seed.

    Columns `row` (UInt32, from 1), `id` (String), `time` (Datetime, µs), `card`, `terminal`
    (String), `amount` (Float64), `fraud`, `scenario` (Int8).
    """
    rng = np.random.default_rng(seed)
    buyer, day, second = purchases(process, rng)
    terminal, reached = chosen_terminals(process, buyer, rng)
    amount = amounts(process, buyer, rng)
    order = np.flatnonzero(reached)
    order = order[np.argsort((day * DAY_SECONDS + second)[order], kind="stable")]
    buyer, day, second, terminal = buyer[order], day[order], second[order], terminal[order]
    amount = amount[order]
    scenario = np.where(amount > process.limit, OVER_LIMIT, NONE)
    scenario[in_compromised_terminal(process, terminal, day, rng)] = TERMINAL
    stolen = with_stolen_card(process, buyer, day, rng)
    scenario[stolen] = CARD
    amount[stolen] = np.round(amount[stolen] * process.stolen_factor, 2)
    midnight = np.datetime64(process.start, "us")
    seconds = (day * DAY_SECONDS + second).astype("timedelta64[s]")
    return pl.DataFrame({"time": midnight + seconds, "amount": amount}).select(
        pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).alias("row"),
        pl.int_range(pl.len(), dtype=pl.UInt32).cast(pl.String).alias("id"),
        "time",
        pl.Series("card", buyer).cast(pl.String),
        pl.Series("terminal", terminal).cast(pl.String),
        "amount",
        pl.Series("fraud", scenario != NONE).cast(pl.Int8),
        pl.Series("scenario", scenario).cast(pl.Int8),
    )


def purchases(process: Process, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Who buys on which day at which second of it; what falls outside the day does not happen."""
    daily = rng.uniform(0, process.busiest, process.customers)
    counts = rng.poisson(np.repeat(daily, process.days))  # (customers * days,)
    place = np.repeat(np.arange(len(counts)), counts)
    # As whole seconds; the lower end counts from the first of them on.
    second = rng.normal(DAY_SECONDS / 2, process.rush, len(place))
    happens = (second > 0) & (second < DAY_SECONDS)
    place, second = place[happens], second[happens]
    return place // process.days, place % process.days, second.astype(np.int64)


def chosen_terminals(
    process: Process, buyer: Ints, rng: np.random.Generator
) -> tuple[Ints, NDArray[np.bool_]]:
    """A terminal within the buyer's reach, and whether there is any."""
    customers = rng.uniform(0, process.side, (process.customers, 2))
    terminals = rng.uniform(0, process.side, (process.terminals, 2))
    first, near = within_reach(customers, terminals, process.radius)
    count = np.diff(first)[buyer]
    pick = first[buyer] + (rng.random(len(buyer)) * count).astype(np.int64)
    reached = count > 0
    return near[np.where(reached, pick, 0)] if len(near) else pick, reached


def within_reach(customers: Floats, terminals: Floats, radius: float) -> tuple[Ints, Ints]:
    """The terminals nearer than `radius` to each customer, in CSR form.

    Customer `i` reaches `near[first[i]:first[i + 1]]` of `first` (customers + 1,) and `near`. The
    ground is cut into bands as high as `radius`, laid end to end with a gap, so that only terminals
    in three short stretches of one line are measured.
    """
    gap = customers[:, 0].max() + terminals[:, 0].max() + 2 * radius
    along = np.floor(terminals[:, 1] / radius) * gap + terminals[:, 0]
    order = np.argsort(along, kind="stable")
    bands = np.floor(customers[:, 1:] / radius) + np.array([-1, 0, 1])
    middle = (bands * gap + customers[:, :1]).ravel()  # (customers * 3,)
    low = np.searchsorted(along[order], middle - radius)
    length = np.searchsorted(along[order], middle + radius) - low
    stretch = np.repeat(np.arange(len(length)), length)
    offset = np.arange(len(stretch)) - np.repeat(np.cumsum(length) - length, length)
    candidate, owner = order[low[stretch] + offset], stretch // 3
    inside = ((customers[owner] - terminals[candidate]) ** 2).sum(axis=1) < radius**2
    first = np.concatenate([[0], np.cumsum(np.bincount(owner[inside], minlength=len(customers)))])
    return first, candidate[inside]


def amounts(process: Process, buyer: Ints, rng: np.random.Generator) -> Floats:
    """Normal around the buyer's mean; a negative one is drawn again, evenly up to twice that."""
    mean = rng.uniform(process.lowest_mean, process.highest_mean, process.customers)[buyer]
    drawn = rng.normal(mean, process.spread * mean)
    negative = drawn < 0
    drawn[negative] = rng.uniform(0, 2 * mean[negative])
    return np.round(drawn, 2)


def fallen_each_day(days: int, rate: float, of: int, rng: np.random.Generator) -> list[Ints]:
    """For every day, `rate` different ones of `of`; a fraction adds up to one more now and then."""
    total = np.floor(rate * np.arange(days + 1) + 1e-9).astype(np.int64)
    return [rng.choice(of, min(count, of), replace=False) for count in np.diff(total).tolist()]


def in_compromised_terminal(
    process: Process, terminal: Ints, day: Ints, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """The transactions at terminals in criminals' hands."""
    held = np.zeros((process.terminals, process.days), dtype=bool)
    fallen = fallen_each_day(process.days, process.terminals_a_day, process.terminals, rng)
    for since, victims in enumerate(fallen):
        held[victims, since : since + process.terminal_days] = True
    return held[terminal, day]


def with_stolen_card(
    process: Process, buyer: Ints, day: Ints, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """The purchases of thieves: a share of each day's victims' in the days that follow."""
    stolen = np.zeros(len(buyer), dtype=bool)
    by_buyer = np.argsort(buyer, kind="stable")  # and by time, within a buyer
    first = np.searchsorted(buyer[by_buyer], np.arange(process.customers + 1))
    fallen = fallen_each_day(process.days, process.cards_a_day, process.customers, rng)
    for theft, victims in enumerate(fallen):
        rows = np.concatenate(
            [by_buyer[:0], *(by_buyer[first[each] : first[each + 1]] for each in victims)]
        )
        window = rows[(day[rows] >= theft) & (day[rows] < theft + process.card_days)]
        taken = int(len(window) * process.stolen_share)
        stolen[rng.choice(window, taken, replace=False)] = True
    return stolen


HANDBOOK = {
    "id": "TRANSACTION_ID",
    "time": "TX_DATETIME",
    "card": "CUSTOMER_ID",
    "terminal": "TERMINAL_ID",
    "amount": "TX_AMOUNT",
    "fraud": "TX_FRAUD",
    "scenario": "TX_FRAUD_SCENARIO",
}
"""Our columns and the handbook's names for them."""


def to_handbook(transactions: pl.DataFrame) -> pl.DataFrame:
    """The same with the handbook's names, without `row`."""
    return transactions.select(pl.col(ours).alias(theirs) for ours, theirs in HANDBOOK.items())


def write(transactions: pl.DataFrame, path: Path) -> None:
    """Write them with the handbook's names, as the ending of `path` says.

    `.parquet`, or `.csv`, of which both may be packed: `.gz` or `.zst`. The same transactions give
    the same bytes. Raises `ValueError` for another ending.
    """
    table = to_handbook(transactions)
    kind, packing = path.suffix, ""
    if kind in (".gz", ".zst"):
        kind, packing = Path(path.stem).suffix, kind
    plain = io.BytesIO()
    if kind == ".parquet":
        table.write_parquet(plain)
    elif kind == ".csv":
        table.write_csv(plain, datetime_format="%Y-%m-%d %H:%M:%S", float_precision=2)
    else:
        raise ValueError(f"{path.name} ends neither in .parquet nor in .csv, .gz or .zst after it")
    path.write_bytes(packed(plain.getvalue(), packing))


def packed(content: bytes, packing: str) -> bytes:
    if packing == ".gz":
        return gzip.compress(content, compresslevel=6, mtime=0)
    if packing == ".zst":
        import pyarrow as pa

        return bytes(pa.Codec("zstd", 3).compress(content))
    return content


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--days", type=int, help="so many days, with as many customers as they need for the rows"
    )
    parser.add_argument("--start", type=date.fromisoformat, default=Process().start)
    parser.add_argument("--out", type=Path, required=True, help="FILE.{parquet,csv}[.gz|.zst]")
    asked = parser.parse_args(arguments)
    process = for_rows(replace(Process(), start=asked.start), asked.rows, asked.days)
    transactions = simulate(process, asked.seed).head(asked.rows)
    write(transactions, asked.out)
    print(f"{transactions.height:,} transactions, {transactions['fraud'].sum():,} frauds")


if __name__ == "__main__":
    main()
