"""The business view in sentences, and its charts in words."""

from collections.abc import Sequence

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.trade_off import Curve, Point, hits_changed
from demos.core.wording import counted, percent, score, significant
from pages.components.recommend.business_charts import Measure, setting


def lead(catalog: Catalog, curve: Curve, now: Point) -> str:
    """What everybody's ten do to the catalog."""
    shown = round(now.coverage * catalog.size)
    return (
        f"At novelty {setting(now)}, the ten {catalog.many} of {curve.users:,} people show "
        f"{percent(now.coverage)} of the catalog, {shown:,} of {catalog.size:,}; "
        f"{percent(now.long_tail)} of what is recommended comes from the long tail."
    )


def cost(catalog: Catalog, start: Point, now: Point) -> str:
    """What this setting costs against none, in hits."""
    base = significant(1000 * start.recall)
    if not now.weight:
        return (
            f"Without novelty, {base} of 1,000 people find the {catalog.one} they took next among "
            "their ten. Move the novelty control to see what another mix would cost."
        )
    shown = f"{percent(now.coverage)} of the catalog is shown instead of {percent(start.coverage)}"
    if not hits(start, now):
        return f"It costs nothing to speak of: {base} hits per 1,000 people, and {shown}."
    low, high = (per_thousand(each) for each in now.change)
    chance = ", so that may be chance" if now.change[0] <= 0 <= now.change[1] else ""
    return (
        f"Of 1,000 people, about {per_thousand(now.recall - start.recall)} than without novelty "
        f"find the {catalog.one} they took next among their ten (95 % interval: {low} to {high}"
        f"{chance}). In return, {shown}."
    )


def hits(start: Point, now: Point) -> int:
    """Hits per 1,000 users more or fewer, in whole ones."""
    return round(hits_changed(start, now))


def per_thousand(change: float) -> str:
    """A change of recall as so many hits more or fewer of 1,000 users."""
    number = round(1000 * change)
    return f"{abs(number)} {'more' if number > 0 else 'fewer'}" if number else "none fewer"


def worth(change: int, each: float) -> str:
    """So many hits more or fewer per 1,000 users, as money."""
    if not change or not each:
        return "In money: no difference."
    return (
        f"In money: {counted(abs(change), 'hit')} x {significant(each)} = about "
        f"{significant(abs(change) * each)} {'won' if change > 0 else 'lost'} per 1,000 users."
    )


def spoken_trade_off(
    novelty: Sequence[Point], now: Point, measure: Measure, other: Sequence[Point], title: str
) -> str:
    """The lines of hits against a measure in words: their ends, and where the control stands."""
    ways = [f"Novelty from {ends(novelty, measure)}"]
    if other:
        ways.append(f"mixing in {title} from {ends(other, measure)}")
    here = f"now, at novelty {setting(now)}: {both(now, measure)}"
    return f"NDCG@10 against {measure.title.lower()}. {'; '.join([*ways, here])}."


def ends(points: Sequence[Point], measure: Measure) -> str:
    first, last = points[0], points[-1]
    return (
        f"{setting(first)}, with {both(first, measure)}, to {setting(last)}, "
        f"with {both(last, measure)}"
    )


def both(each: Point, measure: Measure) -> str:
    return f"NDCG@10 {score(each.ndcg)} and {measure.tell(each)}"


def spoken_lorenz(catalog: Catalog, curve: Curve, now: Point) -> str:
    """What the most recommended tenth and hundredth get."""
    parts = []
    for name, held in (("recommendations", now.lorenz), ("what people take", curve.taken)):
        by_share = dict(zip(curve.shares, held, strict=True))
        parts.append(
            f"of {name}, the top 10 % of {catalog.many} get {percent(1 - by_share[0.9])} and the "
            f"top 1 % {percent(1 - by_share[0.99])}"
        )
    return f"Lorenz curves: {'; '.join(parts)}."
