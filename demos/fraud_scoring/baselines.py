"""The baselines of the protocol: logistic regression and XGBoost on the book's own features."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from demos.core.threads import available_cores

XGBOOST = {"n_estimators": 50, "learning_rate": 0.1, "max_depth": 9}
"""Of the book's grid (25, 50, 100 trees; rates 0.1, 0.3; depths 3, 6, 9), the best mean average
precision on the selection folds; `evaluate --protocol selection` prints all of them."""
GRID = tuple(
    {"n_estimators": trees, "learning_rate": rate, "max_depth": depth}
    for trees in (25, 50, 100)
    for rate in (0.1, 0.3)
    for depth in (3, 6, 9)
)

Floats = NDArray[np.floating]


def logistic_regression(x: Floats, fraud: NDArray[np.bool_], tested: Floats) -> Floats:
    """Scores of `tested` after a fit to `x`."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=1000))
    found: Floats = model.fit(x, fraud).predict_proba(tested)[:, 1]
    return found


def xgboost(
    x: Floats, fraud: NDArray[np.bool_], tested: Floats, options: dict[str, Any] = XGBOOST
) -> Floats:
    """Scores of `tested` after a fit to `x`. Raises `SystemExit` where XGBoost is not installed."""
    try:
        from xgboost import XGBClassifier
    except ImportError as error:
        raise SystemExit("XGBoost is missing: pip install -r requirements-dev.txt") from error
    model = XGBClassifier(**options, random_state=0, n_jobs=available_cores())
    found: Floats = model.fit(x, fraud).predict_proba(tested)[:, 1]
    return found
