"""From costs and capacity to the policy that is acted by, with what it rests on."""

from dataclasses import dataclass, replace

from demos.core.operating_curve import EVERYONE
from demos.core.triage.curve import Curve, curve
from demos.core.triage.days import CardDays
from demos.core.triage.policy import NEVER, Policy
from demos.core.triage.recommend import Recommendation, recommended, recommended_reject


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """The policy in force, its curve, and what is recommended at its costs and capacity.

    `advised` is the curve that the recommendation rests on. It differs from `curve` only where a
    threshold of one's own has moved up the one to decline from.
    """

    policy: Policy
    curve: Curve
    recommendation: Recommendation
    advised: Curve

    @property
    def follows(self) -> bool:
        """Whether the threshold to review from is the recommended one."""
        return self.policy.threshold == self.recommendation.threshold


def decide(
    table: CardDays, stakes: Policy, threshold: float | None = None, reject: float | None = None
) -> Decision:
    """Decide by the costs and the capacity in `stakes`, whose own thresholds do not matter.

    Without a `threshold` or a `reject` of one's own they are the recommended ones; a `threshold`
    above where declines would start raises that to it. Raises `InvalidPolicy`.
    """
    stakes = replace(stakes, threshold=EVERYONE, reject=NEVER)
    found = curve(table, stakes)
    stakes = replace(stakes, reject=recommended_reject(found) if reject is None else reject)
    if stakes.reject != NEVER:
        found = curve(table, stakes)
    best = recommended(found)
    advised = replace(found, policy=replace(stakes, threshold=best.threshold))
    if threshold is None:
        return Decision(advised.policy, advised, best, advised)
    policy = replace(stakes, threshold=threshold, reject=max(stakes.reject, threshold))
    named = (best.threshold, best.cheapest, best.fits)
    return Decision(policy, curve(table, policy, named), best, advised)
