"""What a decision rests on, and where that is seen not to hold."""

import math

import streamlit as st

from demos.core.decision import (
    PEOPLE,
    Agreement,
    Stakes,
    agreement,
    expected_share,
    ideal_threshold,
    index_at,
    policy,
)
from demos.core.operating_curve import Curve
from demos.core.wording import percent, significant
from pages.components.decision_words import count, plain_share, span
from pages.components.tables import show_table


def show_limits(curve: Curve, stakes: Stakes, best: int, title: str) -> None:
    """What the figures assume, and where that is seen not to hold."""
    groups = agreement(curve, stakes.prevalence)
    sentences = [
        correction(curve, stakes, title),
        calibration_holds(groups, curve, stakes),
        against_ideal(curve, stakes, best),
        f"Correcting for how common {title} is assumes that those who have it, and those who do "
        f"not, look as they do in the {curve.split} images, and only their numbers differ.",
        f"The {curve.split} images come from the same source as the training images. People, "
        "machines and habits elsewhere differ: on images from elsewhere, as on the harder test "
        "images in the model card, expect more of both mistakes.",
    ]
    st.markdown("**What this rests on**")
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences if sentence))
    with st.expander("Where the probabilities hold", icon=":material/rule:"):
        show_agreement(groups)
        st.caption(
            f"{curve.positives + curve.negatives:,} {curve.split} images, weighted to "
            f"{plain_share(stakes.prevalence)} with {title}. “Said” is the mean corrected "
            "probability, “found” the share that has it, with its 99 % interval: of several rows, "
            "one would often be outside 95 % by chance."
        )


def correction(curve: Curve, stakes: Stakes, title: str) -> str:
    if stakes.prevalence == curve.prior:
        return (
            f"The model is calibrated for {plain_share(curve.prior)} of people having {title}, as "
            "asked for here, so its probabilities need no correction."
        )
    raw = PEOPLE * expected_share(curve, stakes.prevalence, shifted=False)
    corrected = PEOPLE * expected_share(curve, stakes.prevalence, shifted=True)
    return (
        f"The model’s probabilities hold where {plain_share(curve.prior)} of people have {title}. "
        f"At {plain_share(stakes.prevalence)} they no longer do: they would expect {count(raw)} "
        f"cases among {PEOPLE:,} people instead of {count(PEOPLE * stakes.prevalence)}. Corrected, "
        f"as everywhere in this section, they expect {count(corrected)}."
    )


def calibration_holds(groups: tuple[Agreement, ...], curve: Curve, stakes: Stakes) -> str:
    opening = (
        f"At {plain_share(stakes.prevalence)}, the corrected probabilities agree with what was"
    )
    images = f"{curve.positives + curve.negatives:,} {curve.split} images"
    off = [each for each in groups if not each.holds]
    if not off:
        return f"{opening} found, as far as {images} can tell."
    exceptions = "; ".join(
        f"{ends(each)} it says {percent(each.predicted)} on average where "
        f"{percent(each.observed.value or 0)} have it (99 % interval "
        f"{span(each.observed, percent)}, {each.n:,} images)"
        for each in off
    )
    return f"{opening} found in {images}, except that {exceptions}."


def ends(group: Agreement) -> str:
    return f"from {100 * group.low:g} to {100 * group.high:g} %"


def show_agreement(groups: tuple[Agreement, ...]) -> None:
    rows = [
        (
            f"{100 * each.low:g}–{100 * each.high:g} %",
            f"{each.n:,}",
            percent(each.predicted),
            f"{percent(each.observed.value or 0)} ({span(each.observed, percent)})",
            "yes" if each.holds else "no",
        )
        for each in groups
    ]
    header = ("Probability", "Images", "Said", "Found", "Holds")
    show_table("agreement", header, "lrrrl", rows)


def against_ideal(curve: Curve, stakes: Stakes, best: int) -> str:
    """The threshold that perfect probabilities would have, where it is another one."""
    ideal = ideal_threshold(stakes, curve.prior)
    if ideal is None or stakes.miss == 0 or stakes.alarm == 0:
        return ""
    there = index_at(curve, ideal)
    if there == best:
        return ""
    cost = policy(curve, there, stakes).cost.value or 0
    least = policy(curve, best, stakes).cost.value or 0
    exact = percent(stakes.alarm / (stakes.alarm + stakes.miss))
    more = (
        "the same"
        if math.isclose(cost, least)
        else f"{significant(cost)} instead of {significant(least)}"
    )
    return (
        f"With perfect probabilities, acting would pay from {exact} on: the cost of a false alarm, "
        f"divided by that of both mistakes. On the {curve.split} images that costs {more}."
    )
