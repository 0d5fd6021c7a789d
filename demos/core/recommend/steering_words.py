"""What a reader has set, and what became of it, in words."""

from collections.abc import Sequence

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.steering import Steering


def amount(catalog: Catalog, number: int) -> str:
    """So many items of the catalog."""
    return f"{number:,} {catalog.one if number == 1 else catalog.many}"


def settings(catalog: Catalog, steering: Steering) -> list[str]:
    """Everything that differs from the model's own ranking; empty where nothing does."""
    told = [
        f"{name} {100 * value:.0f} %"
        for name, value in (("novelty", steering.novelty), ("diversity", steering.diversity))
        if value
    ]
    told += [f"{name} first" for name in sorted(steering.pinned)]
    told += [f"never {name}" for name in sorted(steering.excluded)]
    if steering.seen:
        told.append("the history not left out")
    if steering.more:
        told.append(f"more like {amount(catalog, len(steering.more))}")
    if steering.less:
        told.append(f"less like {amount(catalog, len(steering.less))}")
    return told


def remarks(catalog: Catalog, steering: Steering, items: Sequence[int]) -> list[str]:
    """What the settings could not bring about, as `items` of `steer` show."""
    told = [
        f"{name} is set both to be shown first and never to be shown: it is not shown."
        for name in sorted(steering.pinned & steering.excluded)
    ]
    if not items:
        told.append(
            f"No {catalog.one} is left to recommend under these settings. "
            f"{way_out(catalog, steering)}."
        )
    elif len(items) < steering.count:
        told.append(
            f"Only {amount(catalog, len(items))} may be shown under these settings, not "
            f"{steering.count}. {way_out(catalog, steering)} for more."
        )
    if wanted := steering.pinned - steering.excluded:
        found = sum(not wanted.isdisjoint(catalog.groups[item]) for item in items)
        if found < len(items):
            left = f"Only {amount(catalog, found)}" if found else f"No {catalog.one}"
            told.append(
                f"{left} of a {catalog.group_word} to be shown first "
                f"{'are' if found > 1 else 'is'} left; others follow."
            )
    return told


def way_out(catalog: Catalog, steering: Steering) -> str:
    """What makes a short list longer."""
    if steering.excluded:
        return f"Allow a {catalog.group_word} again"
    return "Take a mark back" if steering.seen else f"Show {catalog.many} of the history too"


def ordinal(number: int) -> str:
    """A place in a ranking."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    teens = 11 <= number % 100 <= 13
    return f"{number:,}{'th' if teens else endings.get(number % 10, 'th')}"


def moved(now: int, was: int, count: int) -> str:
    """How the item at place `now` of a list of `count` got there from place `was` unsteered."""
    if was > count:
        return f"new, was {ordinal(was)}"
    if was == now:
        return ""
    return f"{'up' if was > now else 'down'}, was {ordinal(was)}"
