"""From what a file calls its items to the items of a catalog, each distinct name once.

By the catalog's own code or item number, by title, or by a title misspelt. A wrong item is worse
than none: what fits several items, or hardly one, is left unmatched.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.near_titles import YEARS_APART, Asked, near_titles
from demos.core.recommend.normal import names_of, normalized, year_of
from demos.core.recommend.search_index import Index, index_of

Report = Callable[[int, int, str], None]
"""Called with what is done, of how much, and the name of the stage. What it raises passes."""

STAGE = "matching titles"
NUMBER = re.compile(r"^\s*0*([1-9][0-9]{0,8})(?:\.0+)?\s*$")
BARE_YEAR = re.compile(r"^(.+) ((?:19|20)[0-9]{2})$")
FLOAT = re.compile(r"^([0-9]+)\.0+$")
FOREIGN = 0.02
"""Of the numbers: where more are beyond the catalog's last, they are another catalog's."""


class How(IntEnum):
    """How a name was matched, or why not."""

    CODE = 0
    NUMBER = 1
    TITLE = 2
    SIMILAR = 3
    SEVERAL = 4
    UNKNOWN = 5

    @property
    def told(self) -> str:
        """Of an unmatched name; it completes "The title ..."."""
        return "fits several items" if self is How.SEVERAL else "is not in the catalog"


MATCHED = (How.CODE, How.NUMBER, How.TITLE, How.SIMILAR)


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """Distinct names (n,) and what they were taken for.

    `items` (n,) is 0 where nothing was. `how` (n,) holds values of `How`; `scores` (n,) how much of
    the title agrees, from 0 to 1. `nearest` (n,) is the item that comes nearest to an unmatched
    name, 0 where none does. `foreign`: its numbers go beyond the catalog's, and were not used.
    """

    catalog: Catalog
    names: tuple[str, ...]
    items: NDArray[np.uint32]
    how: NDArray[np.uint8]
    scores: NDArray[np.float32]
    nearest: NDArray[np.uint32]
    foreign: bool

    def __len__(self) -> int:
        return len(self.names)

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        arrays = self.items.nbytes + self.how.nbytes + self.scores.nbytes + self.nearest.nbytes
        return arrays + sum(50 + len(name) for name in self.names)

    def told(self, name: int) -> str:
        """Why a name was not matched, and what comes nearest."""
        how, near = How(int(self.how[name])), int(self.nearest[name])
        if not near:
            return how.told
        said = "such as" if how is How.SEVERAL else "nearest is"
        return f"{how.told}; {said} “{self.catalog.titles[near]}”"


@dataclass(frozen=True, slots=True)
class Found:
    """One name's answer, as `Matching` has it."""

    how: How
    item: int = 0
    score: float = 0.0
    nearest: int = 0


UNKNOWN = Found(How.UNKNOWN)


def match(catalog: Catalog, names: Sequence[str], report: Report | None = None) -> Matching:
    """What each of the distinct `names` is in the catalog.

    Numbers are item numbers where most of the names are numbers, unless all of these are titles.
    """
    index = index_of(catalog)
    written = [FLOAT.sub(r"\1", name.strip()) for name in names]
    found: dict[int, Found] = {}
    for place, name in enumerate(written):
        coded = index.codes.get(name.casefold())
        if coded is not None:
            found[place] = Found(How.CODE, coded, 1.0)
    numbers = {
        place: int(given[1])
        for place, name in enumerate(written)
        if place not in found and (given := NUMBER.match(name))
    }
    meant = numbers_meant(index, written, numbers, len(found))
    beyond = sum(number > catalog.size for number in numbers.values())
    foreign = meant and beyond > FOREIGN * len(numbers)
    if meant:
        for place, number in numbers.items():
            known = number <= catalog.size and not foreign
            found[place] = Found(How.NUMBER, number, 1.0) if known else UNKNOWN
    asked: dict[int, Asked] = {}
    for place, name in enumerate(written):
        if place not in found:
            asked[place], answer = by_title(catalog, index, name)
            if answer is not None:
                found[place] = answer
    found |= by_likeness(
        catalog, {place: each for place, each in asked.items() if place not in found}, report
    )
    answers = [found.get(place, UNKNOWN) for place in range(len(names))]
    return Matching(
        catalog=catalog,
        names=tuple(names),
        items=np.array([each.item for each in answers], np.uint32),
        how=np.array([each.how for each in answers], np.uint8),
        scores=np.array([each.score for each in answers], np.float32),
        nearest=np.array([each.nearest for each in answers], np.uint32),
        foreign=foreign,
    )


def numbers_meant(
    index: Index, written: Sequence[str], numbers: Mapping[int, int], coded: int
) -> bool:
    """Whether numbers are those of items, and not titles such as 300."""
    if 2 * len(numbers) <= len(written) - coded:
        return False
    return any(written[place] not in index.names for place in numbers)


def by_title(catalog: Catalog, index: Index, name: str) -> tuple[Asked, Found | None]:
    """What is asked for, and the item of just that title, if the catalog has it."""
    asked = Asked(normalized(name), year_of(name))
    items = index.names.get(asked.title, ())
    bare = BARE_YEAR.match(asked.title)
    if not items and asked.year is None and bare:  # "Matrix 1999"
        asked = Asked(bare[1], int(bare[2]))
        items = tuple(
            each for each in index.names.get(bare[1], ()) if year_of(catalog.titles[each])
        )
    if not items:
        return asked, None
    return asked, chosen(catalog, asked, items)


def chosen(catalog: Catalog, asked: Asked, items: Sequence[int]) -> Found:
    """Of items with the title asked for, the one meant: that of the year, or of no other name."""
    fitting = list(items)
    if asked.year is not None:
        years = {item: year_of(catalog.titles[item]) for item in items}
        apart = {item: abs((year or asked.year) - asked.year) for item, year in years.items()}
        least = min(apart.values())
        fitting = [item for item in items if apart[item] == least]
        if least > YEARS_APART:
            return Found(How.UNKNOWN, nearest=fitting[0])
    whole = [item for item in fitting if names_of(catalog.titles[item])[0] == asked.title]
    fitting = whole or fitting
    if len(fitting) > 1:
        return Found(How.SEVERAL, nearest=fitting[0])
    return Found(How.TITLE, fitting[0], 1.0)


def by_likeness(
    catalog: Catalog, asked: Mapping[int, Asked], report: Report | None
) -> dict[int, Found]:
    """The items whose titles are almost what is asked for."""
    places = list(asked)
    tell = None if report is None else lambda done, total: report(done, total, STAGE)
    found = {}
    for number, near in near_titles(catalog, [asked[place] for place in places], tell).items():
        if near.sure:
            answer = Found(How.SIMILAR, near.item, near.score)
        else:
            how = How.SEVERAL if near.several else How.UNKNOWN
            answer = Found(how, nearest=near.item)
        found[places[number]] = answer
    return found
