"""What fraud and reviews cost and what the team can do; from these, where the line is drawn.

table = gathered(slug, scored.transactions)
decision = choose_policy(slug, table)
day = show_answer_first(slug, scored.transactions, table, decision)
show_decision(table, decision, scenarios)

No control runs the model: all of it is arithmetic on the scored table.
"""

from collections.abc import Callable
from weakref import ref

import polars as pl
import streamlit as st

from demos.core.errors import InputError
from demos.core.triage.days import CardDays, card_days
from demos.core.triage.decision import Decision, decide
from demos.core.triage.policy import MOST_CARDS, MOST_MONEY, NEVER, Policy
from pages.components.prediction import show_problem
from pages.components.triage.words import probability

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "INR", "BRL", "CNY")
DEFAULT = Policy()
BY_COSTS, OWN, OFF = "Where it costs least", "From a probability of your own", "Never"


def gathered(slug: str, transactions: pl.DataFrame) -> CardDays:
    """The scored table by card and day, gathered once while the session shows the same one.

    The session does not keep the table itself: that is forgotten with its job, whoever is here.
    """
    key = f"{slug}.triage.gathered"
    kept = st.session_state.get(key)
    if kept is None or kept[0]() is not transactions:
        kept = st.session_state[key] = (ref(transactions), card_days(transactions))
    table: CardDays = kept[1]
    return table


def choose_policy(slug: str, table: CardDays) -> Decision:
    """Controls for costs, capacity and thresholds.

    The threshold follows the recommendation until it is moved, and again once told to. Entries
    that cannot be decided by are explained, and what was decided before stands.
    """
    with st.expander(
        "Costs, capacity and thresholds", icon=":material/tune:", key=f"{slug}.triage.controls"
    ):
        try:
            stakes = ask_stakes(slug)
            reject = ask_reject(slug)
            decision = decided(slug, table, stakes, own_threshold(slug), reject)
        except InputError as error:
            show_problem(error, "triage")
            kept = st.session_state.get(f"{slug}.triage.decided")
            if kept is None or kept[0] is not table:
                st.stop()
            decision = kept[2]
            st.caption("Until then, everything stays as it was decided before.")
        show_threshold(slug, decision)
    return decision


def decided(
    slug: str, table: CardDays, stakes: Policy, threshold: float | None, reject: float | None
) -> Decision:
    """What `decide` says, kept while nothing that it depends on changes."""
    key, asked = f"{slug}.triage.decided", (stakes, threshold, reject)
    kept = st.session_state.get(key)
    if kept is None or kept[0] is not table or kept[1] != asked:
        kept = st.session_state[key] = (table, asked, decide(table, *asked))
    decision: Decision = kept[2]
    return decision


def ask_stakes(slug: str) -> Policy:
    left, right = st.columns(2, gap="medium")
    with left:
        currency = st.selectbox(
            "Currency of the amounts",
            CURRENCIES,
            key=f"{slug}.triage.currency",
            persist_state="session",
            accept_new_options=True,
            help="Stated beside every amount; nothing is converted. Any three-letter code can be "
            "typed in.",
        )
        loss_share = number(
            slug,
            "loss_share",
            "Share of the amount lost with a missed fraud (%)",
            100 * DEFAULT.loss_share,
            most=100.0,
            step=5.0,
            help="Less than 100 % where some of it is recovered.",
        )
        loss_fixed = number(
            slug,
            "loss_fixed",
            "Loss per missed fraud beyond its amount",
            DEFAULT.loss_fixed,
            step=5.0,
            help="A chargeback fee, or the work of putting it right.",
        )
    with right:
        capacity = st.number_input(
            "Cards the team can review a day",
            min_value=0,
            max_value=MOST_CARDS,
            value=DEFAULT.capacity,
            step=5,
            key=f"{slug}.triage.capacity",
            persist_state="session",
        )
        review_cost = number(
            slug,
            "review_cost",
            "Cost of reviewing a card",
            DEFAULT.review_cost,
            least=0.01,
            step=1.0,
            help="One review is of a card on a day, with all its transactions of that day.",
        )
        false_decline_cost = number(
            slug,
            "false_decline_cost",
            "Cost of declining a card wrongly",
            DEFAULT.false_decline_cost,
            least=0.01,
            step=10.0,
            help="What it costs to decline, without a review, a card that had no fraud that day: "
            "lost fees, the call, the customer who leaves.",
        )
    return Policy(
        currency=str(currency or "").strip().upper(),
        loss_share=loss_share / 100,
        loss_fixed=loss_fixed,
        review_cost=review_cost,
        false_decline_cost=false_decline_cost,
        capacity=int(capacity),
    )


def number(
    slug: str,
    name: str,
    label: str,
    value: float,
    *,
    least: float = 0.0,
    most: float = MOST_MONEY,
    step: float,
    help: str,
    on_change: Callable[[], None] | None = None,
) -> float:
    return st.number_input(
        label,
        min_value=least,
        max_value=most,
        value=value,
        step=step,
        format="%.10g",
        key=f"{slug}.triage.{name}",
        persist_state="session",
        help=help,
        on_change=on_change or "rerun",
    )


def ask_reject(slug: str) -> float | None:
    """The probability to decline from; None for the one that costs least."""
    mode = st.selectbox(
        "Decline without a review",
        (BY_COSTS, OWN, OFF),
        key=f"{slug}.triage.reject_mode",
        persist_state="session",
        help="Declining saves the review; it costs where the card had no fraud that day.",
    )
    if mode == OFF:
        return NEVER
    if mode == BY_COSTS:
        return None
    return (
        number(
            slug,
            "reject",
            "Decline from a probability of (%)",
            100 * DEFAULT.reject,
            most=100.0,
            step=1.0,
            help="Of a card's likeliest transaction that day.",
        )
        / 100
    )


def own_threshold(slug: str) -> float | None:
    """The probability that the user chose to review from; None while none is chosen."""
    chosen: float | None = st.session_state.get(f"{slug}.triage.own_threshold")
    return chosen


def show_threshold(slug: str, decision: Decision) -> None:
    """The threshold in force, which can be moved, and the way back to the recommended one."""
    widget, own = f"{slug}.triage.threshold", f"{slug}.triage.own_threshold"
    best = decision.recommendation.threshold

    def move() -> None:
        st.session_state[own] = st.session_state[widget] / 100

    def follow() -> None:
        st.session_state.pop(own, None)

    in_force = decision.policy.threshold
    st.session_state[widget] = min(round(100 * in_force, 5), 100.0)
    field, back = st.columns(2, gap="medium", vertical_alignment="bottom")
    with field:
        st.number_input(
            "Review from a probability of (%)",
            min_value=0.0,
            max_value=100.0,
            step=1.0,
            format="%.4g",
            key=widget,
            on_change=move,
            help="Of a card's likeliest transaction that day. Follows the recommendation until "
            "it is moved.",
        )
    with back:
        st.button(
            f"Back to the recommended {probability(best)}",
            icon=":material/undo:",
            key=f"{slug}.triage.follow",
            on_click=follow,
            disabled=own_threshold(slug) is None,
        )
    if own_threshold(slug) is None:
        st.caption("This is the recommended threshold; it follows the costs and the capacity.")
    else:
        st.caption("This is your own threshold; costs and capacity do not move it.")
