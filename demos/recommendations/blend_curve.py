"""What steering would do to everybody's recommendations: hits against novelty, for the page.

`record_blend` stores it in `metrics.json`; `demos.core.recommend.trade_off` reads it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.concentration import gini, lorenz, shown
from demos.core.recommend.steering import Steering, steered_scores
from demos.core.recommend.trade_off import SHARES
from demos.recommendations.ranking_metrics import CUT, History, Ranked, figures, interval, rank

NOVELTY = tuple(step / 10 for step in range(11))
BLEND = "blend"
"""The method that is recommended with: the others are mixed into it."""
TOWARD = ("network", "transitions", "ease", "popularity")
MIXED = (0.25, 0.5, 0.75, 1.0)
DIGITS = 5
BATCH = 256

Floats = NDArray[np.float32]
Scores = Callable[[Sequence[History], str], Floats]
"""Histories and a method to log-probabilities (n, N + 1)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How much novelty counts, or, where `toward` is a method, how much of that is mixed in."""

    weight: float
    toward: str = ""

    def apply(self, catalog: Catalog, scores: Mapping[str, Floats]) -> Floats:
        """Scores (n, N + 1) under this setting, from those of every method.

        Novelty as the page's control has it. Mixing is of probabilities, so that an item that
        either method expects keeps a place.
        """
        if not self.toward:
            return steered_scores(catalog, scores[BLEND], Steering(novelty=self.weight))
        if self.weight == 1:
            return scores[self.toward]
        with np.errstate(divide="ignore"):
            own, other = np.log([1 - self.weight, self.weight], dtype=np.float32)
        return np.logaddexp(scores[BLEND] + own, scores[self.toward] + other)

    def name(self) -> dict[str, str | float]:
        if self.toward:
            return {"toward": self.toward, "share": self.weight}
        return {"novelty_weight": self.weight}


def blend_curve(
    scores: Scores,
    catalog: Catalog,
    histories: Sequence[History],
    targets: Sequence[int],
    toward: Sequence[str] = TOWARD,
) -> dict[str, Any]:
    """The figures of every setting for all `histories`, as JSON; each method is asked once."""
    settings = [Setting(weight) for weight in NOVELTY]
    settings += [Setting(share, method) for method in toward for share in MIXED]
    parts: list[list[Ranked]] = [[] for _ in settings]
    for at in range(0, len(histories), BATCH):
        some, wanted = histories[at : at + BATCH], targets[at : at + BATCH]
        found = {method: scores(some, method) for method in (BLEND, *toward)}
        for setting, kept in zip(settings, parts, strict=True):
            steered = setting.apply(catalog, found)
            kept.append(rank(lambda _, steered=steered: steered, some, wanted))  # type: ignore[misc]
    ranked = [joined(kept) for kept in parts]
    return {
        "users": len(histories),
        "shares": list(SHARES),
        "taken": rounded(lorenz(catalog.counts, SHARES)),
        "taken_gini": rounded([gini(catalog.counts)])[0],
        "points": [
            setting.name() | measured(each, ranked[0], catalog, histories)
            for setting, each in zip(settings, ranked, strict=True)
        ],
    }


def joined(parts: Sequence[Ranked]) -> Ranked:
    return Ranked(
        np.concatenate([each.ranks for each in parts]),
        np.concatenate([each.lists for each in parts]),
    )


def measured(
    ranked: Ranked, start: Ranked, catalog: Catalog, histories: Sequence[History]
) -> dict[str, Any]:
    """The figures of one setting; `recall_change_interval` is of its users' hits less `start`'s."""
    found = figures(ranked, histories, catalog.counts)
    names = ("ndcg@10", "recall@10", "coverage", "long_tail", "novelty", "popularity_bias", "gini")
    change = (ranked.ranks <= CUT).astype(float) - (start.ranks <= CUT)
    return {name: rounded([found[name]])[0] for name in names} | {
        "recall_change_interval": rounded(interval(change)),
        "lorenz": rounded(lorenz(shown(ranked.lists, catalog.size), SHARES)),
    }


def rounded(values: Sequence[Any]) -> list[float]:
    return [round(float(each), DIGITS) for each in values]
