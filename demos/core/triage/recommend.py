"""Which threshold to review from: the cheapest one that the team can keep up with."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from demos.core.triage.curve import Curve, Floats
from demos.core.triage.figures import costs, expected
from demos.core.triage.policy import money
from demos.core.wording import counted


class Bound(StrEnum):
    """What decides the threshold."""

    COST = "cost"
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The threshold to review from: the higher of the `cheapest` and the lowest that `fits`.

    A threshold fits if its queue, on an average day, is no longer than the capacity.
    """

    threshold: float
    bound: Bound
    cheapest: float
    fits: float


def recommended(curve: Curve) -> Recommendation:
    """By the costs and the capacity of the curve's policy, which also says where to decline.

    The policy's own threshold should be `EVERYONE`, so that it adds no candidate.
    """
    money_at, policy = costs(curve), curve.policy
    cheapest = last_least(money_at.total)
    queues = curve.column("cards")[: curve.rejected + 1]
    room = policy.capacity * len(curve.days)
    fits = int(np.flatnonzero(queues - queues[-1] <= room)[0])
    chosen = max(cheapest, fits)
    return Recommendation(
        threshold=float(money_at.thresholds[chosen]),
        bound=Bound.CAPACITY if fits > cheapest else Bound.COST,
        cheapest=float(money_at.thresholds[cheapest]),
        fits=float(money_at.thresholds[fits]),
    )


def recommended_reject(curve: Curve) -> float:
    """The threshold to decline from that costs least, had the team hands for every review.

    Declining saves a review, and costs the policy's `false_decline_cost` where there is no fraud.
    """
    policy, cards = curve.policy, curve.column("cards")
    declining = policy.false_decline_cost * (cards - curve.column("fraud_cards"))
    saved = policy.review_cost * cards
    reviewing = curve.sums(0).loss - curve.column("loss") + saved
    cheapest_below = np.minimum.accumulate(reviewing)
    return float(curve.thresholds[last_least(cheapest_below + declining - saved)])


def last_least(values: Floats) -> int:
    """Where the values (T,) are least; of several, the highest threshold."""
    near = np.isclose(values, values.min(), rtol=1e-12, atol=0)
    return int(np.flatnonzero(near)[-1])


def reasons(curve: Curve, found: Recommendation) -> tuple[str, ...]:
    """Plain sentences on what decided, and what more capacity would bring."""
    policy = curve.policy
    chosen, cheapest = expected(curve, found.threshold), expected(curve, found.cheapest)
    told = []
    if found.bound is Bound.CAPACITY:
        told.append(
            f"Your team's capacity decides: {counted(policy.capacity, 'card')} a day."
            if policy.capacity
            else "Your team's capacity decides: without a review a day, nothing is reviewed."
        )
        saved = chosen.total - cheapest.total
        told.append(
            f"With {math.ceil(cheapest.queue):,} the expected cost would fall by "
            f"{money(saved, policy.currency)} a day."
        )
    elif chosen.queue == 0:
        told.append("The costs decide: at these, no review is expected to pay.")
    else:
        told.append(
            "The costs decide: below this probability, a review costs more than the loss it is "
            f"expected to prevent. That is {average(chosen.queue)} a day on average, of "
            f"{policy.capacity:,} the team can review."
        )
    over = chosen.busiest - policy.capacity
    if over > 0 and policy.capacity:
        told.append(
            f"On the busiest day {counted(chosen.busiest, 'card')} are above it; the {over:,} with "
            "the least expected loss wait."
        )
    return tuple(told)


def average(n: float) -> str:
    return f"{n:,.1f} cards" if n < 9.95 else f"{n:,.0f} cards"
