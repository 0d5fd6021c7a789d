"""The peer: the handbook's features in pandas, scored by XGBoost, as one would write it by hand."""

from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from numpy.typing import NDArray
from xgboost import XGBClassifier

from demos.benchmark.measure import Stopwatch, threads
from demos.fraud_scoring.baselines import XGBOOST

WINDOWS = (1, 7, 30)  # days
DELAY = 7  # days until a label is known
STAGES = ("read", "features", "XGBoost")

Floats = NDArray[np.float64]


def trained(path: Path) -> XGBClassifier:
    """XGBoost as in the protocol's baseline, with our threads, fitted to a file's transactions."""
    transactions = read(path)
    model = XGBClassifier(**XGBOOST, random_state=0, n_jobs=threads())
    return model.fit(features(transactions), transactions["TX_FRAUD"])


def score(model: XGBClassifier, path: Path) -> tuple[dict[str, float], NDArray[np.bool_], Floats]:
    """Seconds per stage, and the frauds and scores (n,) of a file's transactions."""
    watch = Stopwatch.started("read")
    transactions = read(path)
    watch.enter("features")
    x = features(transactions)
    watch.enter("XGBoost")
    found = model.predict_proba(x)[:, 1]
    seconds = watch.seconds()
    return seconds, transactions["TX_FRAUD"].to_numpy() == 1, found


def read(path: Path) -> pd.DataFrame:
    """The transactions of a CSV file, sorted by time."""
    transactions = pd.read_csv(path, parse_dates=["TX_DATETIME"])
    return transactions.sort_values("TX_DATETIME", kind="stable", ignore_index=True)


def features(transactions: pd.DataFrame) -> Floats:
    """The 15 features (n, 15) that `demos.fraud_scoring.handbook` describes.

    Grouped rolling windows: the book itself makes a data frame of every card and every terminal
    and rolls over each, which takes several times as long.
    """
    clock = transactions["TX_DATETIME"].dt
    out = [transactions["TX_AMOUNT"], clock.day_of_week >= 5, clock.hour <= 6]
    by_time = transactions.set_index("TX_DATETIME")

    order = np.argsort(transactions["CUSTOMER_ID"].to_numpy(), kind="stable")
    amounts = by_time.groupby("CUSTOMER_ID")["TX_AMOUNT"]
    for days in WINDOWS:
        window = amounts.rolling(f"{days}D")
        out += [restored(window.count(), order), restored(window.mean(), order)]

    order = np.argsort(transactions["TERMINAL_ID"].to_numpy(), kind="stable")
    labels = by_time.groupby("TERMINAL_ID")["TX_FRAUD"]
    unknown = labels.rolling(f"{DELAY}D")
    recent, recent_frauds = unknown.count(), unknown.sum()
    for days in WINDOWS:
        window = labels.rolling(f"{DELAY + days}D")
        number = window.count() - recent
        share = (window.sum() - recent_frauds) / number.clip(lower=1)
        out += [restored(number, order), restored(share, order)]
    return np.column_stack(out).astype(np.float64)


def restored(rolled: pd.Series, order: NDArray[np.int64]) -> Floats:
    """What came out group by group, back in the order of the transactions."""
    values = np.empty(len(rolled))
    values[order] = rolled.to_numpy()
    return values
