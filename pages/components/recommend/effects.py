"""What steering brings and what it costs: the list's metrics beside those of the unsteered list.

before = list_metrics(catalog, ranking.scores, steer(..., steering.unsteered))
show_effects(catalog, steering, before, list_metrics(catalog, ranking.scores, items))
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.list_metrics import ListMetrics
from demos.core.recommend.steering import Steering
from demos.core.recommend.steering_words import settings
from demos.core.wording import percent, significant
from pages.components.recommend.style import apply_style
from pages.components.tables import unbroken
from pages.components.text import plain

Tell = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric: its value, and in words how that differs from the unsteered list's."""

    label: str
    now: str
    change: str
    help: str


def show_effects(
    catalog: Catalog, steering: Steering, before: ListMetrics, now: ListMetrics
) -> None:
    """`before` is of the unsteered list of the same length."""
    apply_style()
    st.markdown(unbroken(summary(catalog, steering, before, now)))
    with st.container(key="recommend_effects", gap=None):
        for number, each in enumerate(figures(catalog, before, now)):
            with st.container(gap=None, key=f"recommend_effect_{number}"):
                st.metric(each.label, unbroken(each.now), help=each.help)
                st.caption(unbroken(each.change))


def summary(catalog: Catalog, steering: Steering, before: ListMetrics, now: ListMetrics) -> str:
    """What is set, and its price."""
    one, many = plain(catalog.one), plain(catalog.many)
    asked = settings(catalog, steering)
    if not asked:
        return f"Nothing is set: these are the likeliest {many}."
    loss = 100 * (before.expected - now.expected)
    price = (
        f"That {'costs' if loss > 0 else 'gains'} about {significant(abs(loss), 2)} hits in 100."
    )
    if abs(loss) < 0.05:
        price = "That costs next to nothing."
    return (
        f"Set: {plain('; '.join(asked))}. The next {one} is in this list with a probability of "
        f"**{percent(now.expected)}**, in the unsteered one with **{percent(before.expected)}**. "
        f"{price}"
    )


def figures(catalog: Catalog, before: ListMetrics, now: ListMetrics) -> list[Figure]:
    one, many, group = (plain(each) for each in (catalog.one, catalog.many, catalog.group_word))
    kinds = len(catalog.group_names)
    return [
        Figure(
            "Hit probability",
            told(now.expected, percent),
            change(now.expected, before.expected, percent, points),
            f"The probability that the next {one} is in the list: what the listed {many}'s own "
            "probabilities add up to.",
        ),
        Figure(
            "Diversity",
            told(now.diversity, decimals),
            change(now.diversity, before.diversity, decimals, decimals),
            f"How unlike each other the listed {many} are: the mean of 1 - cosine over all pairs. "
            "0 is all the same; 1 is nothing in common.",
        ),
        Figure(
            "Novelty",
            told(now.novelty, bits),
            change(now.novelty, before.novelty, bits, more_bits),
            f"How rarely the listed {many} are taken, on average: one bit more is half as popular.",
        ),
        Figure(
            "Popularity",
            told(now.popularity, percent),
            change(now.popularity, before.popularity, percent, points),
            f"The share of the catalog that is less popular than the listed {many}, on average.",
        ),
        Figure(
            "In the long tail",
            told(now.long_tail, percent),
            change(now.long_tail, before.long_tail, percent, points),
            f"The share of the list that is no hit: hits are the fewest {many} that make up 80 % "
            "of all that was taken.",
        ),
        Figure(
            "Coverage",
            f"{now.groups} of {kinds}",
            change(now.groups, before.groups, "{:.0f}".format, "{:.0f}".format),
            f"Of how many kinds the listed {many} are, by {group}.",
        ),
    ]


def told(value: float | None, tell: Tell) -> str:
    return "–" if value is None else tell(value)


def change(now: float | None, before: float | None, tell: Tell, tell_change: Tell) -> str:
    """How a value differs from the unsteered one, in words."""
    if told(now, tell) == told(before, tell):
        return "As unsteered"
    if now is None or before is None:
        return f"Unsteered {told(before, tell)}"
    icon, word = ("upward", "higher") if now > before else ("downward", "lower")
    return (
        f":material/arrow_{icon}: {tell_change(abs(now - before))} {word} than unsteered, "
        f"{tell(before)}"
    )


def decimals(value: float) -> str:
    return f"{value:.2f}"


def points(value: float) -> str:
    return f"{significant(100 * value, 2)} points"


def bits(value: float) -> str:
    return f"{significant(value)} bits"


def more_bits(value: float) -> str:
    return f"{significant(value, 2)} bits"
