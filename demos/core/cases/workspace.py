"""What a team decides on the cases of one table, with the whole history of how it came to that.

    workspace.mark({case.key: case.score}, Mark.CLEARED, basis)
    workspace.undo()

The history is a journal to which every change is added, undoing one included; nothing in it is
ever changed.
"""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from demos.core.cases.case import Basis, CaseKey, Decision, Mark, cleaned_note
from demos.core.errors import UserError

Now = Callable[[], datetime]

MAX_CHANGES = 10_000
"""Of cases, in a journal: more than a year of a team that looks at 25 cards a day."""
MAX_CHARACTERS = 500_000
"""Of cards and notes together, in a journal."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class Action(StrEnum):
    MARK = "mark"
    NOTE = "note"
    LOAD = "load"
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True, slots=True)
class Change:
    """Of one case; `None` is no decision."""

    case: CaseKey
    before: Decision | None
    after: Decision | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal: what somebody did, to however many cases, at `when` (UTC).

    `number` counts from 1. `of` is the entry that an `UNDO` or `REDO` is about.
    """

    number: int
    when: datetime
    action: Action
    changes: tuple[Change, ...]
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All there is at one moment. `undoable` and `redoable` are what comes next in either way."""

    decisions: Mapping[CaseKey, Decision]
    journal: tuple[Entry, ...]
    undoable: Entry | None
    redoable: Entry | None


@dataclass(frozen=True, slots=True)
class Loaded:
    """Decisions from a file: how many were `taken`, and how many were `older` than those here."""

    taken: int
    older: int


class WorkspaceFull(UserError):
    """The journal holds as much as it may."""

    def __init__(self) -> None:
        super().__init__(
            "The history of these decisions is full, so nothing more can be changed here.",
            "Download the decisions, open this page anew, and load them there.",
        )


class Workspace:
    """Decisions by case, with notes, undo and redo. Thread-safe; several people may share it.

    Raises `WorkspaceFull` from whatever would add more than `max_changes` or `max_characters` to
    the journal; what is there then stays as it is.
    """

    def __init__(
        self,
        *,
        now: Now = utc_now,
        max_changes: int = MAX_CHANGES,
        max_characters: int = MAX_CHARACTERS,
    ) -> None:
        self._now = now
        self._changes_left = max_changes
        self._characters_left = max_characters
        self._lock = threading.Lock()
        self._decisions: dict[CaseKey, Decision] = {}
        self._journal: list[Entry] = []
        self._done: list[Entry] = []
        self._undone: list[Entry] = []

    @property
    def untouched(self) -> bool:
        """Whether nothing was ever decided here."""
        return not self._journal

    def snapshot(self) -> Snapshot:
        with self._lock:
            return Snapshot(
                decisions=dict(self._decisions),
                journal=tuple(self._journal),
                undoable=self._done[-1] if self._done else None,
                redoable=self._undone[-1] if self._undone else None,
            )

    def mark(
        self, scores: Mapping[CaseKey, float], mark: Mark | None, basis: Basis
    ) -> Entry | None:
        """Mark the cases, which have these scores, or with `None` take their marks away.

        Notes stay. One entry however many cases; none (`None`) if it changes nothing.
        """
        with self._lock:
            when = self._now()
            changes = []
            for case, score in scores.items():
                before = self._decisions.get(case)
                note = before.note if before else ""
                after = Decision(case, mark, note, when, score, basis) if mark or note else None
                if not same(before, after):
                    changes.append(Change(case, before, after))
            return self._add(Action.MARK, changes, when, text=0)

    def annotate(self, case: CaseKey, score: float, note: str, basis: Basis) -> Entry | None:
        """Write a note on a case, or with an empty one take it away. A mark stays as it was made.

        Raises `TooLarge` for a note that is too long.
        """
        note = cleaned_note(note)
        with self._lock:
            when = self._now()
            before = self._decisions.get(case)
            after: Decision | None
            if before is not None and before.mark is not None:
                after = replace(before, note=note)
            else:
                after = Decision(case, None, note, when, score, basis) if note else None
            changes = [] if same(before, after) else [Change(case, before, after)]
            return self._add(Action.NOTE, changes, when, text=len(note))

    def load(self, decisions: Iterable[Decision]) -> Loaded:
        """Take over decisions made elsewhere, but for those that are older than the ones here."""
        with self._lock:
            changes, older, text = [], 0, 0
            for case, after in {each.case: each for each in decisions}.items():
                before = self._decisions.get(case)
                if before is not None and before.when > after.when:
                    older += 1
                elif before != after:
                    changes.append(Change(case, before, after))
                    text += len(after.note)
            self._add(Action.LOAD, changes, self._now(), text)
            return Loaded(len(changes), older)

    def undo(self, number: int | None = None) -> Entry | None:
        """Take the latest change back that has not been; `None` if there is none.

        With `number`, only if that is the entry: another tab may have been faster.
        """
        with self._lock:
            return self._step(Action.UNDO, self._done, self._undone, number)

    def redo(self, number: int | None = None) -> Entry | None:
        """Make the change again that was taken back last, unless something else was done since."""
        with self._lock:
            return self._step(Action.REDO, self._undone, self._done, number)

    def _step(
        self, action: Action, source: list[Entry], target: list[Entry], number: int | None
    ) -> Entry | None:
        """`_lock` is held."""
        if not source or number not in (None, source[-1].number):
            return None
        entry = source[-1]
        changes = entry.changes
        if action is Action.UNDO:
            changes = tuple(Change(each.case, each.after, each.before) for each in changes)
        made = self._write(action, changes, self._now(), 0, entry.number)
        target.append(source.pop())
        return made

    def _add(
        self, action: Action, changes: Sequence[Change], when: datetime, text: int
    ) -> Entry | None:
        """A change that can be undone; what had been undone is gone. `_lock` is held."""
        if not changes:
            return None
        entry = self._write(action, tuple(changes), when, text, None)
        self._done.append(entry)
        self._undone.clear()
        return entry

    def _write(
        self,
        action: Action,
        changes: tuple[Change, ...],
        when: datetime,
        text: int,
        of: int | None,
    ) -> Entry:
        """`_lock` is held."""
        text += sum(len(each.case.card) for each in changes if of is None)
        if len(changes) > self._changes_left or text > self._characters_left:
            raise WorkspaceFull
        self._changes_left -= len(changes)
        self._characters_left -= text
        entry = Entry(len(self._journal) + 1, when, action, changes, of)
        self._journal.append(entry)
        for each in changes:
            if each.after is None:
                self._decisions.pop(each.case, None)
            else:
                self._decisions[each.case] = each.after
        return entry


def same(before: Decision | None, after: Decision | None) -> bool:
    """Whether nothing is decided anew, whenever that was."""
    if before is None or after is None:
        return before is after
    return before == replace(after, when=before.when)
