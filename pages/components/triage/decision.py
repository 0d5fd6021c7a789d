"""Where to draw the line: what the threshold comes to, its neighbors, and what it would miss."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from demos.core.intervals import Estimate
from demos.core.triage.days import CardDays
from demos.core.triage.decision import Decision
from demos.core.triage.figures import (
    Expected,
    Measured,
    expected,
    measured,
    missed_by_scenario,
)
from demos.core.triage.recommend import reasons
from pages.components.tables import show_table
from pages.components.text import plain
from pages.components.triage.chart import triage_chart
from pages.components.triage.day_chart import day_chart
from pages.components.triage.words import cash, interval, per_day, probability, reviewed, share

QUEUES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Of the capacity: lengths of queues whose thresholds are shown in the table."""
SOME_CARDS = 25
"""A day, where there is no capacity to be a part or a multiple of."""


def show_decision(
    table: CardDays, decision: Decision, scenarios: Mapping[int, str] | None = None
) -> None:
    """The recommendation and its reasons, the curve, a table, what is missed, and the days.

    `scenarios` names those of the file.
    """
    st.header("Where to draw the line", anchor=False)
    policy, found = decision.policy, decision.curve
    hoped, seen = expected(found, policy.threshold), measured(found, policy.threshold)
    with st.container(border=True, key="decision"):
        show_recommendation(decision, hoped)
    show_figures(hoped, seen, decision)
    triage_chart(decision)
    show_thresholds(decision)
    st.subheader("What the model would miss", anchor=False)
    show_missed(table, decision, hoped, scenarios or {})
    st.subheader("Day by day", anchor=False)
    day_chart(decision)


def show_recommendation(decision: Decision, hoped: Expected) -> None:
    """The recommended threshold and why, and what another one costs beside it."""
    policy, best = decision.policy, decision.recommendation
    st.markdown("**:material/balance: Recommended**")
    best_policy = decision.advised.policy
    st.subheader(f"Review {reviewed(best.threshold, best_policy)}", anchor=False)
    st.markdown(plain(" ".join(reasons(decision.advised, best))))
    if not decision.follows:
        other = expected(decision.advised, best.threshold)
        gap = hoped.total - other.total
        words = f"{cash(abs(gap), policy.currency)} {'more' if gap > 0 else 'less'} a day"
        st.markdown(
            f"Yours is to review **{reviewed(policy.threshold, policy)}**: "
            f"{per_day(hoped.queue)} cards a day instead of {per_day(other.queue)}, and {words} in "
            "expected cost."
        )
    over = hoped.queue - policy.capacity
    if over > 0:
        st.warning(
            f"On average that is {per_day(over)} cards a day more than the team can review. The "
            "figures below hold only if all of them are.",
            icon=":material/group_off:",
        )
    st.markdown(plain(declining(decision, hoped)))


def declining(decision: Decision, hoped: Expected) -> str:
    policy = decision.policy
    if not hoped.declined:
        return "No card is declined without a review."
    return (
        f"Cards from {probability(policy.reject)} are declined without a review: "
        f"{per_day(hoped.declined)} a day, of which {per_day(hoped.false_declines)} are expected "
        "to have had no fraud that day."
    )


def show_figures(hoped: Expected, seen: Measured | None, decision: Decision) -> None:
    """What the threshold in force comes to, as expected and as labels measure it."""
    currency = decision.policy.currency
    none = Estimate(None, 0, 1)
    lines: list[tuple[str, str, Estimate, str]] = [
        (
            "Precision",
            share(hoped.precision),
            seen.precision if seen else none,
            f"{seen.hits:,} of {seen.known:,}" if seen and not seen.frauds_only else "",
        ),
        (
            "Precision by money",
            share(hoped.precision_money),
            seen.precision_money if seen else none,
            "",
        ),
        (
            "Recall",
            share(hoped.recall),
            seen.recall if seen else none,
            f"{seen.stopped:,} of {seen.bad:,}" if seen else "",
        ),
        (
            "Recall by money",
            share(hoped.recall_money),
            seen.recall_money if seen else none,
            "",
        ),
    ]
    costs = (
        ("Loss let through", hoped.let_through, seen.let_through if seen else none),
        ("Total cost", hoped.total, seen.total if seen else none),
    )
    header = ["At this threshold", "Expected"]
    rows = [[name, value] for name, value, _, _ in lines]
    rows += [[name, cash(value, currency)] for name, value, _ in costs]
    if seen:
        header += ["Measured", "95 % interval", "Counted"]
        for row, (_, _, estimate, counts) in zip(rows, lines, strict=False):
            row += [share(estimate.value), interval(estimate), counts]
        for row, (_, _, estimate) in zip(rows[len(lines) :], costs, strict=True):
            value = "none" if estimate.value is None else cash(estimate.value, currency)
            row += [value, interval(estimate, currency), ""]
    show_table("triage", header, "l" + "r" * (len(header) - 1), rows)
    st.caption(meaning(hoped, seen, decision))


def meaning(hoped: Expected, seen: Measured | None, decision: Decision) -> str:
    currency, curve = decision.policy.currency, decision.curve
    told = (
        "Precision: cards with fraud, of those reviewed; by money, what is fraudulent of the "
        "amount on them. Recall: cards stopped, of those with fraud; by money, the loss stopped, "
        "of all. Money is per day. Expected: from the calibrated probabilities, as an average "
        f"over {len(curve.days):,} days; the total is the loss let through, "
        f"{cash(hoped.reviews, currency)} for reviews and {cash(hoped.declines, currency)} for "
        "cards wrongly declined. Reviews are taken to stop every fraud they look at, and the "
        "transactions of a card to be independent; every card above the threshold is taken to be "
        "reviewed, on busy days too."
    )
    if seen is None:
        return f"{told} The file has no labels to measure by."
    everything = curve.sums(0)
    told += " Measured: from the labels in the file"
    if everything.known < everything.cards:
        told += (
            f", over the {everything.known:,.0f} of {everything.cards:,.0f} cards and days for "
            f"which they tell, on {curve.known_days:,} days"
        )
    if seen.frauds_only:
        told += (
            ". Only frauds are labeled there: how many cards would be reviewed or declined in vain "
            "is not known, and so neither precision nor the total"
        )
    return f"{told}."


def show_thresholds(decision: Decision) -> None:
    """A few thresholds around the capacity, the one in force and the recommended among them."""
    policy, best = decision.policy, decision.recommendation
    names: dict[float, list[str]] = {}
    for threshold, name in (
        (policy.threshold, "in force"),
        (best.threshold, "recommended"),
        (best.cheapest, "cheapest"),
        (best.fits, "fits the capacity"),
    ):
        names.setdefault(threshold, []).append(name)
    for threshold in (*by_queue(decision), policy.reject):
        names.setdefault(threshold, [])
    rows = []
    labeled = False
    for threshold in sorted(names):
        hoped, seen = expected(decision.curve, threshold), measured(decision.curve, threshold)
        labeled = seen is not None
        said = reviewed(threshold, policy)
        called = f"**{said}**, {', '.join(names[threshold])}" if names[threshold] else said
        row = [called, per_day(hoped.queue), f"{hoped.total:,.0f}"]
        row += [share(hoped.precision), share(hoped.recall), share(hoped.recall_money)]
        if seen:
            row += [share(e.value) for e in (seen.precision, seen.recall, seen.recall_money)]
        rows.append(row)
    header = ["Review", "Cards a day", f"{policy.currency} a day"]
    header += ["Precision", "Recall", "Recall by money"]
    if labeled:
        header += ["Measured: precision", "recall", "by money"]
    with st.expander("Some thresholds as a table", icon=":material/table_rows:"):
        show_table("thresholds", header, "l" + "r" * (len(header) - 1), rows)


def by_queue(decision: Decision) -> list[float]:
    """The lowest thresholds whose queues are a part or a few times the capacity, on average."""
    curve = decision.curve
    queues = curve.column("cards")[: curve.rejected + 1]
    queues = (queues - queues[-1]) / len(curve.days)
    wanted = [part * (decision.policy.capacity or SOME_CARDS) for part in QUEUES]
    found = [int(np.flatnonzero(queues <= each)[0]) for each in wanted]
    return [float(curve.thresholds[i]) for i in found]


def show_missed(
    table: CardDays, decision: Decision, hoped: Expected, scenarios: Mapping[int, str]
) -> None:
    """What is let through below the threshold: expected, and measured by scenario."""
    currency, n = decision.policy.currency, len(decision.curve.days)
    st.markdown(
        plain(
            f"Below this threshold, {per_day(hoped.missed)} fraudulent transactions a day are "
            f"expected to pass, with an amount of {cash(hoped.missed_amount, currency)} and a "
            f"loss of {cash(hoped.let_through, currency)}. Over the {n:,} days of the file that "
            f"is a loss of {cash(n * hoped.let_through, currency)}."
        )
    )
    found = missed_by_scenario(table, decision.policy.threshold)
    if not found:
        st.caption("No transaction in the file is labeled fraudulent, so this cannot be measured.")
        return
    rows = [
        (
            plain(name_of(each.scenario, scenarios)),
            f"{each.missed:,} of {each.all:,}",
            share(each.share.value),
            interval(each.share),
            f"{each.missed_amount:,.0f} of {each.amount:,.0f}",
        )
        for each in found
    ]
    header = ("Labeled fraudulent", "Missed", "Share", "95 % interval", f"Missed, {currency}")
    show_table("missed", header, "lrrrr", rows)
    st.caption(
        "Transactions; one counts as missed if its card passes that day. The intervals take them "
        "to be independent."
    )


def name_of(scenario: int | None, scenarios: Mapping[int, str]) -> str:
    if scenario is None:
        return "scenario not named"
    return scenarios.get(scenario, f"scenario {scenario}")
