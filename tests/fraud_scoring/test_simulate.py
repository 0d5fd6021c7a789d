import gzip
import math
import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from demos.fraud_scoring.simulate import (
    HANDBOOK,
    Process,
    for_rows,
    main,
    scaled,
    simulate,
    within_reach,
    write,
)

START = datetime(2018, 4, 1)
TOWN = Process(customers=500, terminals=1000, days=60, side=100 * math.sqrt(0.1))
"""As dense as the handbook's, with ten times as much crime for its size."""
QUIET = replace(TOWN, terminals_a_day=0, cards_a_day=0)


@pytest.fixture(scope="module")
def town() -> pl.DataFrame:
    return with_day(simulate(TOWN, seed=0))


@pytest.fixture(scope="module")
def quiet() -> pl.DataFrame:
    return with_day(simulate(QUIET, seed=0))


def with_day(transactions: pl.DataFrame) -> pl.DataFrame:
    return transactions.with_columns(day=(pl.col("time") - START).dt.total_days())


def test_columns_are_those_of_the_brief(town: pl.DataFrame) -> None:
    assert dict(town.drop("day").schema) == {
        "row": pl.UInt32(),
        "id": pl.String(),
        "time": pl.Datetime("us"),
        "card": pl.String(),
        "terminal": pl.String(),
        "amount": pl.Float64(),
        "fraud": pl.Int8(),
        "scenario": pl.Int8(),
    }
    assert town["row"].to_list() == list(range(1, town.height + 1))
    assert town["time"].is_sorted()
    assert sum(town.null_count().row(0)) == 0


def test_the_same_seed_gives_the_same_transactions_and_another_does_not(town: pl.DataFrame) -> None:
    assert town.drop("day").equals(simulate(TOWN, seed=0))
    assert not town.drop("day").equals(simulate(TOWN, seed=1))


def test_as_many_transactions_as_the_process_expects(quiet: pl.DataFrame) -> None:
    # 500 customers' mean rates, U(0, 4): the standard deviation of their sum is 2.6 % of it.
    assert quiet.height / QUIET.days == pytest.approx(QUIET.transactions_a_day, rel=0.08)
    assert quiet["day"].min() == 0
    assert quiet["day"].max() == QUIET.days - 1


def test_a_day_peaks_at_noon_and_is_cut_at_midnight(quiet: pl.DataFrame) -> None:
    hour = (quiet["time"] - quiet["time"].dt.truncate("1d")).dt.total_seconds() / 3600
    assert hour.mean() == pytest.approx(12, abs=0.1)
    # A normal of 5.56 hours, cut 12 hours either way.
    assert hour.std() == pytest.approx(5.09, abs=0.08)


def test_amounts_vary_around_each_customers_mean(quiet: pl.DataFrame) -> None:
    amounts = quiet.group_by("card").agg(
        pl.col("amount").mean().alias("mean"), pl.col("amount").std().alias("sd"), pl.len()
    )
    amounts = amounts.filter(pl.col("len") >= 50)
    mean = amounts["mean"]
    assert 4 < mean.min() < 12 and 92 < mean.max() < 115  # type: ignore[operator]
    assert mean.mean() == pytest.approx(53, abs=4)
    # A normal of half its mean with the negative 2.3 % drawn again evenly from 0 to 2 means.
    ratio = quiet.join(amounts, on="card").select(pl.col("amount") / pl.col("mean")).to_series()
    assert ratio.std() == pytest.approx(0.465, abs=0.01)
    assert (ratio < 0.05).mean() == pytest.approx(0.0066, abs=0.0015)
    assert quiet["amount"].min() >= 0  # type: ignore[operator]
    cents = quiet["amount"] * 100
    assert (cents - cents.round()).abs().max() < 1e-6  # type: ignore[operator]


def test_negative_amounts_are_drawn_again_evenly_up_to_twice_the_mean() -> None:
    wild = replace(QUIET, lowest_mean=50, highest_mean=50, spread=1e6)  # half of them negative
    again = simulate(wild, seed=0)["amount"]
    again = again.filter(again < 1000)
    assert 99 < again.max() <= 100  # type: ignore[operator]
    assert again.mean() == pytest.approx(50, abs=1)
    assert again.std() == pytest.approx(100 / math.sqrt(12), abs=0.5)


def test_a_customer_buys_at_every_terminal_in_reach_and_at_no_other() -> None:
    busy = replace(QUIET, customers=40, days=500)
    transactions = simulate(busy, seed=3)
    used = transactions.group_by("card").agg(pl.col("terminal").n_unique(), pl.len())
    used = used.filter(pl.col("len") >= 600)
    # pi * 5 squared, at one terminal per 10 square units: 78.5, fewer at the border.
    assert used["terminal"].max() == pytest.approx(78.5, abs=20)
    assert used["terminal"].min() > 78.5 / 5  # type: ignore[operator]
    spread = replace(busy, radius=10)
    wider = simulate(spread, seed=3).group_by("card").agg(pl.col("terminal").n_unique(), pl.len())
    assert wider["terminal"].max() > 150  # type: ignore[operator]


def test_within_reach_is_what_measuring_every_pair_finds() -> None:
    rng = np.random.default_rng(0)
    customers, terminals = rng.uniform(0, 30, (80, 2)), rng.uniform(0, 30, (200, 2))
    first, near = within_reach(customers, terminals, 4.0)
    measured = np.hypot(*(customers[:, None] - terminals).transpose(2, 0, 1)) < 4.0
    for i in range(80):
        assert set(near[first[i] : first[i + 1]]) == set(np.flatnonzero(measured[i]))


def test_who_reaches_no_terminal_buys_nothing() -> None:
    desert = replace(QUIET, customers=200, terminals=3, days=5)
    found = simulate(desert, seed=0)
    assert 0 < found["card"].n_unique() < 100
    assert simulate(replace(desert, radius=1e-6), seed=0).height == 0


def test_without_crime_the_only_frauds_are_high_amounts(quiet: pl.DataFrame) -> None:
    assert set(quiet["scenario"]) <= {0, 1}
    assert quiet.filter((pl.col("amount") > 220) != (pl.col("fraud") == 1)).height == 0
    assert quiet["fraud"].sum() > 0


def test_legitimate_amounts_never_exceed_the_limit(town: pl.DataFrame) -> None:
    assert town.filter(pl.col("fraud") == 0)["amount"].max() <= 220  # type: ignore[operator]
    assert town.filter(pl.col("scenario") == 1)["amount"].min() > 220  # type: ignore[operator]
    assert ((town["scenario"] > 0) == (town["fraud"] == 1)).all()


def test_a_terminal_is_compromised_from_one_midnight_to_another() -> None:
    # The only terminal falls on the day on which the fractions have added up to one.
    lone = replace(QUIET, customers=100, terminals=1, radius=200, terminals_a_day=1 / 30, days=59)
    for process, last in ((lone, 29 + 27), (replace(lone, terminal_days=7), 29 + 6)):
        found = with_day(simulate(process, seed=0))
        held = found.filter(pl.col("scenario") == 2)
        assert sorted(set(held["day"])) == list(range(29, last + 1))
        assert held.height == found.filter(pl.col("day").is_between(29, last)).height


def test_every_transaction_of_a_compromised_terminal_is_fraud(town: pl.DataFrame) -> None:
    # But for stolen cards used there, a terminal's day is all compromised or not at all.
    days = (
        town.filter(pl.col("scenario") != 3)
        .group_by("terminal", "day")
        .agg((pl.col("scenario") == 2).mean().alias("share"))
    )
    assert set(days["share"]) == {0.0, 1.0}
    spans = (
        town.filter(pl.col("scenario") == 2)
        .group_by("terminal")
        .agg((pl.col("day").max() - pl.col("day").min() + 1).alias("span"))["span"]
    )
    assert spans.filter(spans <= 30).max() == 28
    amount = town.group_by("scenario").agg(pl.col("amount").median()).sort("scenario")["amount"]
    assert amount[2] == pytest.approx(amount[0], rel=0.05)


def test_two_terminals_and_three_cards_fall_every_day(town: pl.DataFrame) -> None:
    # 28 days at a time, of 1000 terminals with 0.97 transactions a day each; 14 of the cards.
    steady = town.filter(pl.col("day") >= 30)
    days = TOWN.days - 30
    held, stolen = ((steady["scenario"] == each).sum() / days for each in (2, 3))
    assert held == pytest.approx(2 * 28 * 0.97, rel=0.12)
    assert stolen == pytest.approx(3 * 14 * 1.94 / 3, rel=0.12)
    first = town.filter(pl.col("day") < 5)
    assert (first["scenario"] == 2).sum() / 5 == pytest.approx(2 * 3 * 0.97, rel=0.5)


def test_stolen_cards_pay_five_times_as_much_for_a_third_of_purchases() -> None:
    # What thieves do is drawn last, so that the rest stays as it was without them.
    calm = simulate(replace(QUIET, customers=50, days=14), seed=1)
    once = simulate(replace(QUIET, customers=50, days=14, cards_a_day=4), seed=1)
    assert once.height == calm.height
    taken = once["scenario"] == 3
    assert taken.any()
    ratio = (once["amount"] / calm["amount"]).filter(calm["amount"] > 0)
    ours = taken.filter(calm["amount"] > 0)
    np.testing.assert_allclose(ratio.filter(ours).to_numpy(), 5, rtol=1e-9)
    np.testing.assert_array_equal(ratio.filter(~ours).to_numpy(), 1)


def test_a_third_is_bought_by_thieves_for_14_days_from_a_midnight_on() -> None:
    lone = replace(QUIET, customers=1, busiest=400, cards_a_day=1 / 30, days=59)
    for process, last in ((lone, 29 + 13), (replace(lone, card_days=2), 29 + 1)):
        found = with_day(simulate(process, seed=0))
        stolen = found.filter(pl.col("scenario") == 3)
        assert sorted(set(stolen["day"])) == list(range(29, last + 1))
        window = found.filter(pl.col("day").is_between(29, last))
        assert stolen.height == window.height // 3 > 10


def test_later_scenarios_take_over() -> None:
    crowded = replace(
        QUIET, terminals=20, radius=200, terminals_a_day=20, cards_a_day=250, days=15, limit=50
    )
    found = simulate(crowded, seed=0)
    assert set(found["scenario"]) == {2, 3}  # all terminals are held, a third of cards stolen from
    assert found.filter((pl.col("scenario") == 2) & (pl.col("amount") > 50)).height > 0


def test_another_bank_has_other_amounts() -> None:
    rich = replace(QUIET, lowest_mean=100, highest_mean=900, limit=2000)
    found = simulate(rich, seed=0)
    assert found["amount"].median() == pytest.approx(430, rel=0.1)
    assert found.filter(pl.col("amount").is_between(220, 2000))["fraud"].sum() == 0


def test_scaling_keeps_density_and_crime_per_head() -> None:
    half = scaled(Process(), 0.5)
    assert (half.customers, half.terminals) == (2500, 5000)
    assert (half.terminals_a_day, half.cards_a_day) == (1, 1.5)
    assert half.terminals / half.side**2 == pytest.approx(1)


@pytest.mark.parametrize(("rows", "days"), [(20_000, None), (50_000, 30), (200_000, 5)])
def test_sized_for_rows(rows: int, days: int | None) -> None:
    process = for_rows(Process(), rows, days)
    found = simulate(process, seed=0)
    assert rows <= found.height < rows * 1.2 + process.transactions_a_day
    assert days is None or process.days == days


def test_the_command_writes_the_handbooks_columns(tmp_path: Path) -> None:
    out = tmp_path / "month.parquet"
    main(["--rows", "3000", "--days", "30", "--start", "2020-02-01", "--out", str(out)])
    table = pl.read_parquet(out)
    assert table.columns == list(HANDBOOK.values())
    assert table.height == 3000
    assert table["TX_DATETIME"].dt.date().min() == date(2020, 2, 1)


@pytest.mark.parametrize("ending", ["parquet", "csv", "csv.gz", "csv.zst"])
def test_the_same_transactions_give_the_same_bytes(tmp_path: Path, ending: str) -> None:
    transactions = simulate(replace(QUIET, customers=20, days=3), seed=0)
    first, second = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
    write(transactions, first)
    write(transactions, second)
    assert first.read_bytes() == second.read_bytes()
    read = pl.read_parquet if ending == "parquet" else pl.read_csv
    table = read(first)
    assert table["TX_AMOUNT"].to_list() == transactions["amount"].to_list()


def test_packed_files_are_what_their_ending_says(tmp_path: Path) -> None:
    transactions = simulate(replace(QUIET, customers=20, days=3), seed=0)
    write(transactions, tmp_path / "a.csv")
    write(transactions, tmp_path / "a.csv.gz")
    plain = (tmp_path / "a.csv").read_bytes()
    assert gzip.decompress((tmp_path / "a.csv.gz").read_bytes()) == plain
    lines = plain.decode().splitlines()
    assert lines[0].split(",") == list(HANDBOOK.values())
    assert re.match(r"0,2018-04-01 \d\d:\d\d:\d\d,\d+,\d+,\d+\.\d\d,0,0$", lines[1])


def test_another_ending_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"a\.xlsx"):
        write(simulate(replace(QUIET, customers=5, days=1), seed=0), tmp_path / "a.xlsx")
