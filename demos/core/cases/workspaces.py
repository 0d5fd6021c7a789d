"""The workspaces of everybody who works on this server now, each behind an id to hand around.

In memory: one that nobody has opened for a while is forgotten, and all are with the server.
"""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from demos.core.cases.workspace import Now, Workspace, utc_now

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a workspace is. The id alone is not enough: it is that of one table's cases."""

    id: str
    slug: str
    table_sha256: str


@dataclass(slots=True)
class Held:
    workspace: Workspace
    used: float


class Workspaces:
    """Keeps workspaces for `keep_seconds` after they were last opened, `limit` at most.

    One id may have a workspace for each of several tables. Beyond the limit those go first in
    which nothing was ever decided, then the ones that were not opened for longest. Thread-safe.
    """

    def __init__(
        self,
        keep_seconds: float = 12 * 3600.0,
        limit: int = 100,
        *,
        clock: Clock = time.monotonic,
        now: Now = utc_now,
    ) -> None:
        self.keep_seconds = keep_seconds
        self._limit = limit
        self._clock = clock
        self._now = now
        self._lock = threading.Lock()
        self._held: OrderedDict[Place, Held] = OrderedDict()  # the latest opened last

    def __len__(self) -> int:
        with self._lock:
            self._forget_stale()
            return len(self._held)

    def knows(self, id: str) -> bool:
        """Whether there is a workspace of this id, for whichever table."""
        with self._lock:
            self._forget_stale()
            return self._knows(id)

    def worth_a_link(self, id: str) -> bool:
        """Whether something was decided under this id, on whichever table."""
        with self._lock:
            return any(
                not held.workspace.untouched for place, held in self._held.items() if place.id == id
            )

    def open(self, id: str | None, slug: str, table_sha256: str) -> tuple[str, Workspace]:
        """The workspace of this id for this table, new if there is none; and its id.

        An id that this store has not given out, or has forgotten, is replaced by a new one that
        cannot be guessed: nobody may choose an id for somebody else.
        """
        with self._lock:
            self._forget_stale()
            if id is None or not self._knows(id):
                id = secrets.token_urlsafe(16)
            place = Place(id, slug, table_sha256)
            held = self._held.get(place)
            if held is None:
                held = self._held[place] = Held(Workspace(now=self._now), self._clock())
                self._make_room(place)
            held.used = self._clock()
            self._held.move_to_end(place)
            return id, held.workspace

    def forget(self, id: str) -> None:
        """Keep nothing under this id. Unknown ids are fine."""
        with self._lock:
            for place in [each for each in self._held if each.id == id]:
                del self._held[place]

    def _knows(self, id: str) -> bool:
        """`_lock` is held."""
        return any(place.id == id for place in self._held)

    def _make_room(self, wanted: Place) -> None:
        """`_lock` is held."""
        while len(self._held) > self._limit:
            others = [place for place in self._held if place != wanted]
            unused = (place for place in others if self._held[place].workspace.untouched)
            del self._held[next(unused, others[0])]

    def _forget_stale(self) -> None:
        """`_lock` is held."""
        oldest = self._clock() - self.keep_seconds
        while self._held:
            place, held = next(iter(self._held.items()))
            if held.used > oldest:
                return
            del self._held[place]
