"""What customers took, one row each, as a table tells it: a history per customer, oldest first.

table = read(data, name, columns_for(catalog), layout, mapping, settings)
histories = histories_of(table.frame, catalog)
histories.of(0), histories.notes, histories.unknown
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demos.core.errors import InputError
from demos.core.recommend.catalog import Catalog
from demos.core.recommend.history_columns import COLUMNS
from demos.core.recommend.matching import MATCHED, How, Matching, Report, match
from demos.core.tables import BadRow, Quarantine
from demos.core.wording import counted, percent

MAX_USERS = 100_000
MAX_ITEMS = 500
"""Of a history; no recommender here reads more."""
FEWEST_KNOWN = 0.1
"""Of the rows: a file of which less is known is of another catalog, or its columns are mixed up."""
NAMES_SHOWN = 3
SHOWN_LENGTH = 60
STORED_AS_FLOAT = r"^[0-9]+\.0+$"
"""How programs write whole numbers of a column that has gaps."""


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """What each of n customers took, oldest first, as far as the catalog has it.

    `users` (n,) in order of appearance. The items of customer i are those from `starts[i]` to
    `starts[i + 1]` of `items`; none where nothing of theirs is known. `lost` (n,) counts the rows
    of each that name no item of the catalog; `unknown` holds these rows, each with its line and
    reason. `rows` (names,) says how many rows have each name of `matching`.
    """

    users: pl.Series
    starts: NDArray[np.int64]
    items: NDArray[np.uint32]
    lost: NDArray[np.int32]
    matching: Matching
    rows: NDArray[np.int64]
    unknown: Quarantine
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.users)

    def of(self, user: int) -> NDArray[np.uint32]:
        return self.items[self.starts[user] : self.starts[user + 1]]

    @property
    def lengths(self) -> NDArray[np.int64]:
        return np.diff(self.starts)

    @property
    def size(self) -> int:
        """Bytes, roughly."""
        arrays = self.starts.nbytes + self.items.nbytes + self.lost.nbytes + self.rows.nbytes
        return int(arrays + self.users.estimated_size()) + self.matching.size


def histories_of(frame: pl.DataFrame, catalog: Catalog, report: Report | None = None) -> Histories:
    """Match the items of a checked table of `COLUMNS`, and gather each customer's.

    Ordered by time, then by place, then as in the file; rows without a time count as the oldest. Of
    an item taken again the latest time counts. Raises `InputError` if hardly anything is known.
    """
    notes: list[str] = []
    users, frame = numbered_users(frame, notes)
    names = frame.group_by("item", maintain_order=True).len()
    matching = match(catalog, names["item"].to_list(), report)
    rows = names["len"].to_numpy().astype(np.int64)
    refuse_another_catalog(catalog, matching, rows)
    codes = names.select("item", name=pl.int_range(pl.len(), dtype=pl.UInt32))
    frame = frame.join(codes, on="item", how="left", maintain_order="left").drop("item")
    item = matching.items[frame["name"].to_numpy()]
    frame = frame.with_columns(item=pl.Series(item, dtype=pl.UInt32))
    unknown, lost = set_aside(frame.filter(pl.col("item") == 0), users, matching)
    known = frame.filter(pl.col("item") > 0).select(
        "user", "item", *(each for each in ("time", "position") if frame[each].count()), "row"
    )
    del frame
    starts, items = gathered(known, len(users), notes)
    return Histories(users, starts, items, lost, matching, rows, unknown, tuple(notes))


def numbered_users(frame: pl.DataFrame, notes: list[str]) -> tuple[pl.Series, pl.DataFrame]:
    """Who there is, in order of appearance, and the rows with their numbers in place of them."""
    if frame["user"].str.contains(STORED_AS_FLOAT).all():
        frame = frame.with_columns(pl.col("user").str.replace(r"\.0+$", ""))
    users = frame["user"].unique(maintain_order=True)
    kept = users.head(MAX_USERS)
    if len(users) > len(kept):
        notes.append(
            f"The file has {len(users):,} customers; the first {MAX_USERS:,} are used, the limit. "
            "Upload the others as a file of their own."
        )
    numbers = pl.DataFrame({"user": kept, "number": np.arange(len(kept), dtype=np.uint32)})
    joined = frame.join(numbers, on="user", how="inner", maintain_order="left")
    return kept, joined.drop("user").rename({"number": "user"})


def refuse_another_catalog(catalog: Catalog, matching: Matching, rows: NDArray[np.int64]) -> None:
    """Raise `InputError` where too few of the rows name an item of the catalog."""
    known = int(rows[matching.items > 0].sum())
    total = int(rows.sum())
    if known >= max(FEWEST_KNOWN * total, 1):
        return
    few = [shortened(name) for name in matching.names[:NAMES_SHOWN]]
    how_many = f"Only {known:,} ({percent(known / total)})" if known else "None"
    remedy = (
        f"Its numbers go beyond {catalog.size:,}, so they are another catalog's: name the column "
        "of titles or codes instead."
        if matching.foreign
        else "Choose the catalog that the file is of, or the column that holds the "
        f"{catalog.one}'s title, code or number."
    )
    raise InputError(
        f"{how_many} of the {counted(total, 'row')} name{'s' if known == 1 else ''} one of the "
        f"{catalog.size:,} {catalog.many} that this model knows; the file says, for example: "
        f"{', '.join(few)}.",
        remedy,
    )


def shortened(name: str) -> str:
    return f"“{name}”" if len(name) <= SHOWN_LENGTH else f"“{name[:SHOWN_LENGTH]}…”"


def set_aside(
    bad: pl.DataFrame, users: pl.Series, matching: Matching
) -> tuple[Quarantine, NDArray[np.int32]]:
    """The rows whose item is not known, and how many of them each customer has."""
    shown = [each for each in COLUMNS if each.name in ("user", "item") or bad[each.name].count()]
    quarantine = Quarantine(tuple(each.name for each in shown))
    lost = np.bincount(bad["user"].to_numpy(), minlength=len(users)).astype(np.int32)
    reasons = np.bincount(matching.how[bad["name"].to_numpy()], minlength=len(How))
    title = next(each.title for each in COLUMNS if each.name == "item")
    for how in How:
        if how not in MATCHED and reasons[how]:
            quarantine.counts[title, how.told] = int(reasons[how])
    kept = bad.head(quarantine.room)
    texts = {
        "user": users.gather(kept["user"]),
        "item": pl.Series([matching.names[name] for name in kept["name"]], dtype=pl.String),
        "time": kept["time"].dt.to_string("%Y-%m-%d %H:%M:%S").fill_null(""),
        "position": kept["position"].cast(pl.String).fill_null(""),
    }
    fields: Sequence[tuple[str, ...]] = pl.DataFrame(
        {each.name: texts[each.name] for each in shown}
    ).rows()
    for line, name, row in zip(kept["row"], kept["name"], fields, strict=True):
        said = matching.told(name)
        quarantine.rows.append(BadRow(line, title, said, matching.names[name], row))
    return quarantine, lost


def gathered(
    known: pl.DataFrame, users: int, notes: list[str]
) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """The histories as `starts` (users + 1,) and `items`, from the rows of known items."""
    keys = [each for each in known.columns if each != "item"]
    ordered = known.sort(keys, nulls_last=False).select("user", "item")
    once = ordered.unique(keep="last", maintain_order=True)
    again = len(ordered) - len(once)
    if again:
        verb = "repeats" if again == 1 else "repeat"
        notes.append(
            f"{counted(again, 'row')} {verb} an item of the same customer: its latest time counts."
        )
    user = once["user"].to_numpy()
    ends = np.cumsum(np.bincount(user, minlength=users))
    recent = ends[user] - np.arange(len(user)) <= MAX_ITEMS
    if not recent.all():
        many = len(np.unique(user[~recent]))
        have = "1 customer has" if many == 1 else f"{many:,} customers have"
        notes.append(f"{have} more than {MAX_ITEMS} items: the latest {MAX_ITEMS} are used.")
    items = once["item"].to_numpy()[recent]
    kept = np.bincount(user[recent], minlength=users)
    return np.concatenate([[0], np.cumsum(kept)]).astype(np.int64), items
