"""The books of the model store: which models are held, who has them, who waits, what fits.

Decisions only: no threads, no clock, no loading. The store calls this under its lock, so every
rule about order and room can be read, and tested, one call after another.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from demos.core.spec import ModelSpec


@dataclass(frozen=True, slots=True)
class ModelKey:
    """What tells one loaded model from another."""

    demo: str
    name: str
    device: str
    dtype: str


@dataclass(frozen=True, slots=True)
class ModelState:
    """A model that is loaded or loading. `idle_seconds` is 0 while it is in use."""

    key: ModelKey
    spec: ModelSpec
    memory_bytes: int
    loading: bool
    borrowers: int
    idle_seconds: float
    loads: int
    load_seconds: float


class State(Enum):
    ABSENT = auto()
    LOADING = auto()
    LOADED = auto()


@dataclass(slots=True, eq=False)
class Slot:
    """One model the ledger knows of. Its `memory_bytes` take up budget unless it is ABSENT."""

    key: ModelKey
    spec: ModelSpec
    memory_bytes: int
    state: State = State.ABSENT
    model: Any = None
    borrowers: int = 0
    exclusive: bool = False
    last_used: float = 0.0
    loads: int = 0
    load_seconds: float = 0.0

    @property
    def idle(self) -> bool:
        return self.state is State.LOADED and not self.borrowers

    def lendable(self, exclusive: bool) -> bool:
        shareable = self.state is State.LOADED and not self.exclusive
        return self.idle or (shareable and not exclusive)


@dataclass(slots=True, eq=False)
class Request:
    """A loan asked for: waiting in the queue, then either granted or refused with an error."""

    slot: Slot
    exclusive: bool
    granted: bool = False
    error: Exception | None = None


class Ledger:
    """Models within `budget` bytes. `evicted` collects those let go, for the store to close."""

    def __init__(self, budget: int, idle_seconds: float) -> None:
        self.budget = budget
        self.idle_seconds = idle_seconds
        self.slots: OrderedDict[ModelKey, Slot] = OrderedDict()  # least recently lent first
        self.queue: list[Request] = []  # oldest first
        self.evicted: deque[Any] = deque()
        self.hits = self.loads = self.evictions = 0

    def slot(self, key: ModelKey, spec: ModelSpec) -> Slot:
        return self.slots.setdefault(key, Slot(key, spec, spec.memory_bytes))

    def resident(self) -> list[Slot]:
        """Models that take up budget: loaded, or loading into room reserved for them."""
        return [slot for slot in self.slots.values() if slot.state is not State.ABSENT]

    def idle(self) -> list[Slot]:
        return [slot for slot in self.slots.values() if slot.idle]

    def used(self) -> int:
        return sum(slot.memory_bytes for slot in self.resident())

    def grant_all(self) -> None:
        """Grant every loan that can be granted now, the oldest first.

        A younger request passes an older one only with a model that is already loaded and that
        the older one does not wait for: neither to have it, nor to have its room. So nobody
        starves, and nobody waits without need.
        """
        awaited: set[Slot] = set()
        room_is_awaited = False
        for request in tuple(self.queue):
            slot = request.slot
            if slot in awaited:
                continue
            if slot.lendable(request.exclusive):
                self.hits += 1
                self._grant(request)
                continue
            awaited.add(slot)
            if slot.state is State.ABSENT and not room_is_awaited:
                victims = self._oldest(self.idle(), slot.memory_bytes)
                if victims is None:
                    room_is_awaited = True
                    awaited.update(self._oldest(self.resident(), slot.memory_bytes) or ())
                else:
                    for victim in victims:
                        self.evict(victim)
                    slot.state = State.LOADING
                    self._grant(request)

    def _grant(self, request: Request) -> None:
        request.granted = True
        request.slot.borrowers += 1
        request.slot.exclusive = request.exclusive
        self.queue.remove(request)
        self.slots.move_to_end(request.slot.key)

    def _oldest(self, slots: Iterable[Slot], needed: int) -> list[Slot] | None:
        """The first of `slots` that must go for `needed` bytes to fit; None if all do not do."""
        chosen = []
        free = self.budget - self.used()
        for slot in slots:
            if free >= needed:
                break
            chosen.append(slot)
            free += slot.memory_bytes
        return chosen if free >= needed else None

    def fill(self, slot: Slot, model: Any, seconds: float) -> None:
        """Record a finished load. A model measured larger than its spec may exceed the budget;
        idle ones make up for it at the next `evict_stale`."""
        slot.model = model
        slot.state = State.LOADED
        slot.loads += 1
        slot.load_seconds = seconds
        self.loads += 1

    def leave(self, request: Request, now: float) -> None:
        """End a loan, or withdraw its request. A load that did not finish gives its room back."""
        slot = request.slot
        if request.granted:
            slot.borrowers -= 1
            slot.last_used = now
            if slot.state is State.LOADING:
                slot.state = State.ABSENT
        elif request in self.queue:
            self.withdraw(request)

    def withdraw(self, request: Request) -> int:
        """Take a request off the queue; the place it had, counted from 1."""
        position = self.queue.index(request)
        del self.queue[position]
        return position + 1

    def refuse(self, requests: Iterable[Request], error: Exception) -> None:
        for request in tuple(requests):
            request.error = error
            self.queue.remove(request)

    def evict(self, slot: Slot) -> None:
        """Let an idle model go."""
        self.evicted.append(slot.model)
        self.evictions += 1
        slot.model = None
        slot.state = State.ABSENT

    def evict_stale(self, now: float) -> None:
        """Let go of what has been idle too long, and of idle models over the budget."""
        for slot in self.idle():
            if now - slot.last_used >= self.idle_seconds or self.used() > self.budget:
                self.evict(slot)

    def states(self, now: float) -> tuple[ModelState, ...]:
        """Every resident model, in the order of eviction."""
        return tuple(
            ModelState(
                key=slot.key,
                spec=slot.spec,
                memory_bytes=slot.memory_bytes,
                loading=slot.state is State.LOADING,
                borrowers=slot.borrowers,
                idle_seconds=now - slot.last_used if slot.idle else 0.0,
                loads=slot.loads,
                load_seconds=slot.load_seconds,
            )
            for slot in self.resident()
        )
