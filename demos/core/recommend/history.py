"""What somebody has taken before, in order: as it is edited, and what is to be said of it."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from io import StringIO

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.search import exact_matches
from demos.core.wording import counted

LIMIT = 500
"""Entries kept, the latest ones."""
LONGEST_NAME = 200
"""Characters kept of a name that the catalog does not have."""
NAMED = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """An item, or a name that the catalog does not have and the item put in its place, if any."""

    item: int | None
    name: str = ""

    @property
    def identity(self) -> int | str:
        """What another entry of the same has too."""
        return self.name.casefold() if self.item is None else self.item


@dataclass(frozen=True, slots=True)
class History:
    """Entries oldest first; an item is in it once, at its latest place.

    `before` is what `undo` brings back: the entries before the last removal or clearing, until
    something else is changed. `notes` say what the last change did beyond what was asked for.
    """

    entries: tuple[Entry, ...] = ()
    before: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[int, ...]:
        """The items that a model can read, oldest first."""
        return tuple(each.item for each in self.entries if each.item is not None)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names without an item, oldest first."""
        return tuple(each.name for each in self.entries if each.item is None)

    def add(self, catalog: Catalog, item: int) -> "History":
        """With an item as the latest."""
        return self.extended(catalog, Entry(item))

    def add_name(self, catalog: Catalog, name: str) -> "History":
        """With a name as the latest, which is an item where the catalog has it."""
        return self.extended(catalog, entry_of(catalog, name))

    def extended(self, catalog: Catalog, entry: Entry) -> "History":
        others = tuple(each for each in self.entries if each.identity != entry.identity)
        if len(others) == len(self.entries):
            return arranged(catalog, [*others, entry])
        note = (
            f"{listed([called(catalog, entry)])} was in the history already; it is now the latest."
        )
        return History((*others, entry), notes=(note,))

    def place(self, catalog: Catalog, position: int, item: int) -> "History":
        """With an item in place of the unknown name at `position`, from 0 for the oldest."""
        entries = list(self.entries)
        entries[position] = replace(entries[position], item=item)
        return arranged(catalog, entries)

    def remove(self, position: int) -> "History":
        """Without the entry at `position`, which can be undone."""
        return History(self.entries[:position] + self.entries[position + 1 :], self.entries)

    def move(self, position: int, by: int) -> "History":
        """With the entry at `position` so many places later, or earlier if `by` is negative."""
        entries = list(self.entries)
        moved = entries.pop(position)
        entries.insert(min(max(position + by, 0), len(entries)), moved)
        return History(tuple(entries))

    def clear(self) -> "History":
        """Empty, which can be undone."""
        return History(before=self.entries)

    def undo(self) -> "History":
        """As it was before the last removal or clearing; itself if there is none to undo."""
        return History(self.before) if self.before else self


def read_names(data: bytes) -> list[str]:
    """The names in the column `item` of a small CSV file of ours, oldest first."""
    return [row["item"] for row in csv.DictReader(StringIO(data.decode("utf-8")))]


def history_of(catalog: Catalog, names: Iterable[str]) -> History:
    """The history of titles or codes, oldest first; those the catalog does not have stay text."""
    return arranged(catalog, [entry_of(catalog, each) for each in names if each.strip()])


def entry_of(catalog: Catalog, name: str) -> Entry:
    """The item of exactly this title or code, the most popular of several; else the name."""
    name = " ".join(name.split())[:LONGEST_NAME]
    items = exact_matches(catalog, name)
    return Entry(items[0]) if items else Entry(None, name)


def called(catalog: Catalog, entry: Entry) -> str:
    """The title of its item, or the name that has none."""
    return entry.name if entry.item is None else catalog.titles[entry.item]


def arranged(catalog: Catalog, entries: Sequence[Entry]) -> History:
    """Each entry once, at its latest place, and the latest `LIMIT` of them; notes say so."""
    seen: set[int | str] = set()
    kept: list[Entry] = []
    repeated: list[str] = []
    for each in reversed(entries):
        if each.identity in seen:
            repeated.append(called(catalog, each))
        else:
            seen.add(each.identity)
            kept.append(each)
    notes = []
    if repeated:
        notes.append(
            f"{listed(list(dict.fromkeys(reversed(repeated))))} came more than once; each "
            f"{catalog.one} counts once, at its latest place."
        )
    if len(kept) > LIMIT:
        notes.append(
            f"A history holds {LIMIT} {catalog.many} at most; the oldest {len(kept) - LIMIT:,} "
            f"of {len(kept):,} were left out."
        )
    return History(tuple(kept[:LIMIT][::-1]), notes=tuple(notes))


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence or two about a history; `caution` where the answer may disappoint for it."""

    text: str
    caution: bool


def remarks(history: History, catalog: Catalog, read: int = 100) -> tuple[Remark, ...]:
    """What a reader should know of a history before its answer; `read` items reach the network.

    The texts hold titles and names from outside as they are.
    """
    one, many = catalog.one, catalog.many
    known, unknown = len(history.items), history.unknown
    found = []
    if not history.entries:
        empty = "The history is empty. Without one, everybody is recommended the same: what is "
        return (Remark(f"{empty}popular. Add a {one} to make it personal.", True),)
    if not known:
        text = (
            f"None of these {counted(len(unknown), 'title')} is among the {catalog.size:,} {many} "
            f"of this catalog: {listed(unknown)}. They may belong to another one. Nothing is known "
            "of this person, so nothing is recommended."
        )
        return (Remark(text, True),)
    if unknown:
        are, they = ("is", "it is") if len(unknown) == 1 else ("are", "they are")
        text = f"{listed(unknown)} {are} not in this catalog; {they} left out of the answer."
        if len(unknown) >= known:
            text += (
                f" Only {known} of {len(history.entries)} are known: the history may belong to "
                "another catalog, and the answer rests on little."
            )
        found.append(Remark(text, len(unknown) >= known))
    if known == 1:
        text = f"One {one} says little about a taste: the answer is what mostly followed that one."
        found.append(Remark(text, True))
    if known > read:
        text = (
            f"The network reads the latest {read} of these {known:,} {many}; none of them is "
            "recommended again unless you ask for it."
        )
        found.append(Remark(text, False))
    return tuple(found)


def listed(names: Sequence[str]) -> str:
    """The first few names in quotation marks, and how many more there are."""
    quoted = [f"“{each}”" for each in names[:NAMED]]
    more = len(names) - len(quoted)
    if more:
        return f"{', '.join(quoted)} and {more:,} more"
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
