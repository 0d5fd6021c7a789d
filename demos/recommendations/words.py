"""What the page says of an answer, and of the methods that can be compared."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.list_metrics import list_metrics
from demos.core.recommend.ranking import Ranking
from demos.core.results import Outcome
from demos.core.wording import percent, score

METHODS = (
    ("blend", "The recommender", "The network and windowed EASE, blended: what this page uses."),
    (
        "network",
        "The network alone",
        "A transformer that reads the history in order and predicts what comes next.",
    ),
    (
        "ease",
        "Windowed EASE",
        "A linear model: which items are taken close to the latest ones, learned in closed form.",
    ),
    (
        "transitions",
        "Item transitions",
        "Counting: what others took right after the last item, and of equals the more popular.",
    ),
    ("popularity", "Popularity", "The same list for everybody: what is taken most."),
)
"""Each method's name, its title, and how it works in a sentence."""

MIXED_IN = {name: title for name, title, _ in METHODS[1:]}
"""Titles of what the business view mixes in."""


def answer(
    catalog: Catalog, ranking: Ranking, items: Sequence[int]
) -> tuple[str, str, tuple[str, ...]]:
    """How sure the recommendations `items` are, against the most popular of the catalog.

    A headline, a figure in words, and what else is to be said.
    """
    one, many = catalog.one, catalog.many
    if ranking.outcome is Outcome.REFUSED or not items:
        return "No recommendations", ranking.reason, ()
    headline = f"Next: {catalog.titles[items[0]]}"
    if not ranking.history:
        return f"The most popular {many}", ranking.reason, ()
    ranked = np.argsort(-catalog.counts[1:], kind="stable") + 1
    popular = ranked[~np.isin(ranked, ranking.history)][: len(items)].tolist()
    chance = list_metrics(catalog, ranking.scores, items).expected
    plain = list_metrics(catalog, ranking.scores, popular).expected
    number = f"one of these {len(items)}" if len(items) > 1 else "this one"
    figure = (
        f"The next {one} is {number} with a probability of {percent(chance)}; one of the "
        f"{len(popular)} most popular {many} with {percent(plain)}."
    )
    return headline, figure, (ranking.reason,) if ranking.reason else ()


def figures_of(metrics: Mapping[str, Any], method: str) -> dict[str, str]:
    """The measured figures of a method as the comparison shows them; none where none were."""
    measured = metrics.get("model") if method == "blend" else metrics.get("methods", {}).get(method)
    if not measured:
        return {}
    low, high = measured["ndcg@10_interval"]
    return {
        "NDCG@10": f"{score(measured['ndcg@10'])} ({score(low)} to {score(high)})",
        "Next item among the ten": percent(measured["recall@10"]),
        "Catalog in anybody's ten": percent(measured["coverage"]),
        "From the long tail": percent(measured["long_tail"]),
    }


def compared(metrics: Mapping[str, Any]) -> list[tuple[str, str, str, dict[str, str]]]:
    """Every method with its title, how it works, and what was measured of it."""
    return [(name, title, how, figures_of(metrics, name)) for name, title, how in METHODS]


def measured_on(metrics: Mapping[str, Any]) -> str:
    """On what, to complete "Measured on ..."."""
    if "n" not in metrics:
        return "nothing yet"
    return f"the last item of {metrics['n']:,} users, which the networks compared had not seen"
