"""The answer of a scored table: whom to look at on a day, and how much money is at risk."""

from collections.abc import Sequence
from datetime import date

import polars as pl
import streamlit as st

from demos.core.cases.case import shown_name
from demos.core.triage.days import Alerts, CardDays, alerts, last_complete_day
from demos.core.triage.decision import Decision
from demos.core.triage.policy import NEVER, Band, Policy, queue
from demos.core.wording import counted, significant
from pages.components.tables import show_table
from pages.components.text import plain
from pages.components.triage.words import cash, day_words, probability, reviewed, short_day

NAMED = 3
"""Cards that the answer names."""
NAMES = {
    Band.PASS: ":material/check: Pass",
    Band.REVIEW: ":material/search: Review",
    Band.REJECT: ":material/block: Decline",
}


def show_answer_first(
    slug: str, transactions: pl.DataFrame, table: CardDays, decision: Decision
) -> date:
    """The queue, the money and the bands of a day, which is returned.

    It is the last complete day of the file until another is picked.
    """
    header = st.container()
    day = choose_day(slug, table)
    policy = decision.policy
    bands = alerts(table, day, policy)
    waiting = queue(transactions, day, policy)
    at_risk = float(waiting["expected_loss"].sum())
    with header, st.container(key="verdict_answer", gap="xsmall"):
        st.markdown(f"**:material/call: {day_words(day)}**")
        st.header(f"{counted(waiting.height, 'card')} to review", anchor=False)
        st.markdown(sentence(bands, waiting["card"].to_list(), at_risk, policy))
    if not sum(each.cards for each in bands.values()):
        st.info("The file has no transactions on this day.", icon=":material/event_busy:")
        return day
    in_queue, in_declined, in_all = st.columns(3, gap="medium")
    all_day = sum(each.expected_loss for each in bands.values())
    in_queue.metric(
        "Money at risk in this queue",
        cash(at_risk, policy.currency),
        help="The loss expected if none of it is reviewed: probability times loss, summed over "
        "the transactions of these cards that day.",
        border=True,
    )
    in_declined.metric(
        "On the cards declined",
        cash(bands[Band.REJECT].expected_loss, policy.currency),
        help="The same over the cards that are declined without a review: so likely to be "
        "fraudulent that a review would cost more than it spares.",
        border=True,
    )
    in_all.metric(
        "That day in all",
        cash(all_day, policy.currency),
        help="The same over all cards of that day, those that pass included.",
        border=True,
    )
    show_bands(bands, policy)
    st.caption(footnote(table, decision))
    return day


def choose_day(slug: str, table: CardDays) -> date:
    """A day of the file; another file, with other days, starts with its own."""
    first, last = table.days[0], table.days[-1]
    usual = last_complete_day(table)
    chosen = st.date_input(
        "Day",
        value=usual,
        min_value=first,
        max_value=last,
        key=f"{slug}.triage.day.{first}.{last}",
        persist_state="session",
        help=f"The file covers {short_day(first)} to {short_day(last)}.",
        width=240,
    )
    if usual != last:
        st.caption(
            f"{short_day(last)} has less than half the usual number of transactions, so it is "
            "taken to be cut short."
        )
    return chosen if isinstance(chosen, date) else usual


def sentence(
    bands: dict[Band, Alerts], waiting: Sequence[str], at_risk: float, policy: Policy
) -> str:
    """Whom to call first of the `waiting` cards, why there are so many, and who is declined."""
    above, n = bands[Band.REVIEW].cards, len(waiting)
    enough = f"{counted(above, 'card')} {'is' if above == 1 else 'are'} likely enough to be worth"
    enough += " a review"
    if not above:
        told = "No card is in the range for a review."
        if not policy.capacity:
            told = "The team can review none, so no card is put in the range for a review."
    elif not n:
        told = f"{enough}, but the team can do none."
    elif above == 1:
        told = f"{first_calls(waiting)} No other is in the range for a review."
    elif above > n:
        most = "this is the one" if n == 1 else f"these are the {n:,}"
        told = (
            f"{first_calls(waiting)} {enough}; {most} that would lose most, as many as the team "
            "can do."
        )
    else:
        told = (
            f"{first_calls(waiting)} These are all that are likely enough; the team can do "
            f"{policy.capacity:,}."
        )
    if at_risk:
        them = "it is" if n == 1 else "they are"
        told += f" Unreviewed, {them} expected to lose **{cash(at_risk, policy.currency)}**."
    if declined := bands[Band.REJECT].cards:
        told += f" Besides, {counted(declined, 'card')} {'is' if declined == 1 else 'are'} likely"
        told += " enough to decline without a review."
    return told


def first_calls(waiting: Sequence[str]) -> str:
    """The most urgent cards by name; the list of cases below has all of them."""
    first, *then = (f"**{plain(shown_name(card))}**" for card in waiting[:NAMED])
    after = f", then {' and '.join(then)}" if then else ""
    return f"Call card {first}{' first' if then else ''}{after}."


def show_bands(bands: dict[Band, Alerts], policy: Policy) -> None:
    where = {
        Band.PASS: below(policy.threshold),
        Band.REVIEW: reviewed(policy.threshold, policy),
        Band.REJECT: "never" if policy.reject == NEVER else f"from {probability(policy.reject)}",
    }
    rows = [
        (
            NAMES[band],
            where[band],
            f"{found.cards:,}",
            f"{found.transactions:,}",
            f"{found.amount:,.0f}",
            f"{found.expected_loss:,.0f}",
        )
        for band, found in bands.items()
    ]
    whole = list(bands.values())
    rows.append(
        (
            "**All**",
            "",
            f"{sum(each.cards for each in whole):,}",
            f"{sum(each.transactions for each in whole):,}",
            f"{sum(each.amount for each in whole):,.0f}",
            f"{sum(each.expected_loss for each in whole):,.0f}",
        )
    )
    sums = (f"Amount, {policy.currency}", f"Expected loss, {policy.currency}")
    header = ("Band", "Probability", "Cards", "Transactions", *sums)
    show_table("bands", header, "llrrrr", rows)


def below(threshold: float) -> str:
    return "any" if threshold == NEVER else f"below {probability(threshold)}"


def footnote(table: CardDays, decision: Decision) -> str:
    """The base rate and the currency."""
    rate = (
        f"Base rate: {significant(100 * table.base_rate)} % of {table.transactions:,} transactions "
        "in the file are expected to be fraudulent"
    )
    if table.measured_rate is not None:
        rate += (
            f"; labels say {table.missable.height:,} of {table.labeled:,} "
            f"({significant(100 * table.measured_rate)} %)"
        )
    return (
        f"{rate}. A card's band is that of its likeliest transaction that day; declined means "
        f"without a review. Amounts are taken to be in {decision.policy.currency}; nothing is "
        "converted."
    )
