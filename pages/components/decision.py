"""What mistakes cost decides where to act: the threshold, what follows from it, and its limits.

Everything is arithmetic on a curve measured beforehand; no control runs a model.
"""

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from demos.core.decision import PEOPLE, Policy, Stakes, cheapest, policy, shift
from demos.core.operating_curve import EVERYONE, NO_ONE, Curve, read_curve
from demos.core.results import Outcome
from demos.core.wording import percent, significant
from pages.components.decision_chart import decision_chart
from pages.components.decision_limits import show_limits
from pages.components.decision_words import count, plain_share, shares, span
from pages.components.tables import show_table

MISS, ALARM, PREVALENCE = 500.0, 50.0, 10.0
"""What the controls start with: two costs, and per cent."""
PREVALENCES = (
    *(0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0),
    *(60.0, 70.0, 80.0, 90.0, 95.0),
)
"""Per cent."""


def show_decision(result: Any, kind: Any, curve: Mapping[str, Any] | None) -> None:
    """Costs and prevalence in, a threshold and its consequences out, for this image too.

    `curve` is what `operating_curve` stored for the model; nothing is shown without one. `result`
    is one it made.
    """
    if curve is not None:
        st.header("Where to draw the line", anchor=False)
        weigh(result, kind, curve)


@st.fragment
def weigh(result: Any, kind: Any, curve: Mapping[str, Any]) -> None:
    """The controls and what they come to; reruns without the page."""
    measured = read_curve(curve)
    title = kind.title_of(measured.positive).lower()
    stakes = ask_stakes(kind.key, title)
    best = cheapest(measured, stakes)
    if best is None:
        st.info(
            "Where no mistake costs anything, no threshold is better than another. "
            "Enter what a mistake costs.",
            icon=":material/info:",
        )
        return
    chosen = policy(measured, best, stakes)
    probability = result.score_of(measured.positive)
    with st.container(border=True, key="decision"):
        verdict, image = st.columns([3, 2], gap="medium")
        with verdict:
            show_policy(chosen, measured, stakes, title)
        with image:
            show_image(result.outcome, probability, chosen, measured, stakes, title)
    rules, figures = st.columns(2, gap="medium")
    with rules:
        show_alternatives(chosen, measured, stakes)
    with figures:
        show_figures(chosen, measured, title)
    decision_chart(measured, stakes, chosen, shift(probability, measured.prior, stakes.prevalence))
    show_limits(measured, stakes, best, title)


def ask_stakes(key: str, title: str) -> Stakes:
    left, middle, right = st.columns(3, gap="medium")
    with left:
        miss = st.number_input(
            "Cost of a missed case",
            min_value=0.0,
            max_value=1e9,
            value=MISS,
            step=50.0,
            format="%.10g",
            key=f"{key}.decision.miss",
            persist_state="session",
            help=f"What it costs, all told, to leave someone alone who has {title}.",
        )
    with middle:
        alarm = st.number_input(
            "Cost of a false alarm",
            min_value=0.0,
            max_value=1e9,
            value=ALARM,
            step=10.0,
            format="%.10g",
            key=f"{key}.decision.alarm",
            persist_state="session",
            help=f"What it costs to act on someone who does not have {title}.",
        )
    with right:
        prevalence = st.select_slider(
            f"How many people examined have {title}?",
            PREVALENCES,
            value=PREVALENCE,
            format_func=lambda share: f"{share:g} %",
            key=f"{key}.decision.prevalence",
            persist_state="session",
            help="Among those the model would be used on. It decides what a probability means.",
        )
    st.caption(
        "Costs in one unit of your choice: money, days, points. To act is whatever a positive "
        "answer sets off: a second reading, a test, a treatment. Moving these runs no model."
    )
    return Stakes(miss, alarm, prevalence / 100)


def show_policy(chosen: Policy, curve: Curve, stakes: Stakes, title: str) -> None:
    st.markdown(f"**:material/balance: The cheapest rule on the {curve.split} images**")
    st.subheader(headline(chosen), anchor=False)
    sick = PEOPLE * stakes.prevalence
    st.markdown(
        f"Of {PEOPLE:,} people, **{count(sick)}** have {title}: {count(chosen.caught)} are caught "
        f"and {count(chosen.missed)} missed. Of the **{count(PEOPLE - sick)}** others, "
        f"{count(chosen.spared)} are rightly left alone and {count(chosen.alarms)} raise a false "
        "alarm."
    )
    st.markdown(saving(chosen, stakes))


def headline(chosen: Policy) -> str:
    if chosen.threshold == EVERYONE:
        return "Act on everyone"
    if chosen.threshold == NO_ONE:
        return "Act on no one"
    return f"Act from a probability of {percent(chosen.shifted)}"


def saving(chosen: Policy, stakes: Stakes) -> str:
    """The cost, against the cheaper of the two rules that ask no model."""
    assert chosen.cost.value is not None
    without = PEOPLE * min(stakes.of_all_missed, stakes.of_all_alarmed)
    cost = f"Expected cost: **{significant(chosen.cost.value)}** per {PEOPLE:,} people"
    if chosen.threshold in (EVERYONE, NO_ONE):
        return f"{cost}. At these costs the model does not pay: no threshold is cheaper."
    saved = percent(1 - chosen.cost.value / without)
    return f"{cost}, {saved} less than the cheaper rule without a model."


def show_image(
    outcome: Outcome,
    probability: float,
    chosen: Policy,
    curve: Curve,
    stakes: Stakes,
    title: str,
) -> None:
    """What the rule means for the image on the page."""
    acts = probability >= chosen.threshold
    shifted = shift(probability, curve.prior, stakes.prevalence)
    st.markdown("**:material/image: This image**")
    st.subheader("Act" if acts else "Leave alone", anchor=False)
    side = "at or above" if acts else "below"
    where = f", {side} the threshold" if 0 < chosen.threshold < math.inf else ""
    if stakes.prevalence == curve.prior:
        st.markdown(f"Probability of {title}: **{percent(shifted)}**{where}.")
    else:
        st.markdown(
            f"Probability of {title} where {plain_share(stakes.prevalence)} of people have it: "
            f"**{percent(shifted)}**{where}. As calibrated, where {plain_share(curve.prior)} do: "
            f"{percent(probability)}."
        )
    if outcome is Outcome.UNSURE:
        st.markdown("The model itself is unsure here; a rule on costs decides all the same.")


def show_alternatives(chosen: Policy, curve: Curve, stakes: Stakes) -> None:
    """The rule beside the two that ask no model."""
    rules = [("Act on everyone", policy(curve, 0, stakes))]
    if chosen.threshold not in (EVERYONE, NO_ONE):
        rules.insert(0, (f"**Act from {percent(chosen.shifted)}**", chosen))
    rules.append(("Act on no one", policy(curve, len(curve.thresholds) - 1, stakes)))
    rows = [
        (name, count(rule.missed), count(rule.alarms), significant(rule.cost.value or 0))
        for name, rule in rules
    ]
    header = (f"Per {PEOPLE:,} people", "Missed", "False alarms", "Cost")
    show_table("rules", header, "lrrr", rows)


def show_figures(chosen: Policy, curve: Curve, title: str) -> None:
    rows = (
        ("Sensitivity", chosen.sensitivity),
        ("Specificity", chosen.specificity),
        ("Positive predictive value", chosen.ppv),
        ("Negative predictive value", chosen.npv),
    )
    lines = [(name, *shares(estimate)) for name, estimate in rows]
    cost = (
        f"Cost per {PEOPLE:,}",
        significant(chosen.cost.value or 0),
        span(chosen.cost, significant),
    )
    show_table("rule", ("Of this rule", "Value", "95 % interval"), "lrr", [*lines, cost])
    st.caption(
        f"Sensitivity: the share caught of those with {title}. Specificity: the share left alone "
        f"of the others. Predictive values: the share with {title} of those acted on, and without "
        f"it of those left alone. From {curve.positives:,} {curve.split} images with and "
        f"{curve.negatives:,} without; the threshold was chosen on these same images, so expect "
        "somewhat worse."
    )
