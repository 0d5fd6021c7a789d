"""The model store: one per process, shared by every session, page and API call.

A model is borrowed for the length of a `with` block, loaded on first use, and kept until its room
is needed or it has been idle too long:

    with store.borrow(spec) as model:
        result = predict(model, image)

`cachetools` and `st.cache_resource` cannot pin an entry in use, wait for room, or count what is
still loading, so the books are our own (`demos.core.ledger`).

Three locks, always taken in this order: `construction_lock` while a model is built, `_disposal`
while evicted models are closed, `_changed` for the books. Nothing slow happens under the last, so
loaded models are lent while another loads.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeVar

from demos.core import devices
from demos.core.devices import Device
from demos.core.errors import Busy, ModelError, ModelTooLarge
from demos.core.ledger import Ledger, ModelKey, ModelState, Request, Slot, State
from demos.core.settings import GIB, Settings
from demos.core.spec import ModelSpec

log = logging.getLogger(__name__)

T = TypeVar("T")
Stage = Literal["waiting", "loading"]

construction_lock = threading.RLock()
"""Held while a model is built or a framework is imported: both patch process-wide state.
Do not borrow a model while holding it."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The store at one moment; models in the order of eviction, sizes in bytes.

    `hits` counts loans that needed no load, `evictions` every model let go (for room, for
    idleness, by hand), `process_bytes` what the whole process has in RAM.
    """

    device: Device
    dtype: str
    budget: int
    used: int
    models: tuple[ModelState, ...]
    hits: int
    loads: int
    evictions: int
    waiting: int
    process_bytes: int


class ModelStore:
    """Models within `budget` bytes on one device, lent to any number of threads.

    `load(spec, device)` builds a model and must not borrow from the store; if what it returns
    has `memory_bytes`, that size replaces the one of the spec. `close(model)` is called with each
    model let go, then `reclaim(device)`. `clock` is in seconds.
    """

    def __init__(
        self,
        load: Callable[[ModelSpec, Device], Any],
        device: Device,
        budget: int,
        idle_seconds: float,
        wait_seconds: float,
        queue_limit: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        close: Callable[[Any], None] = lambda model: None,
        reclaim: Callable[[Device], None] = devices.reclaim_memory,
        out_of_memory: Callable[[BaseException], bool] = devices.is_out_of_memory,
        process_memory: Callable[[], int] = devices.process_memory,
    ) -> None:
        self.device = device
        self.dtype = devices.choose_dtype(device)
        self._load_model = load
        self._wait_seconds = wait_seconds
        self._queue_limit = queue_limit
        self._clock = clock
        self._close_model = close
        self._reclaim = reclaim
        self._out_of_memory = out_of_memory
        self._process_memory = process_memory

        self._ledger = Ledger(budget, idle_seconds)
        self._changed = threading.Condition()
        self._disposal = threading.Lock()
        self._closed = threading.Event()
        self._sweeper: threading.Thread | None = None

    @classmethod
    def from_settings(cls, load: Callable[[ModelSpec, Device], Any], settings: Settings) -> Self:
        """A store on the device and with the limits that `settings` name."""
        device = devices.choose_device(settings.device)
        return cls(
            load,
            device,
            devices.memory_budget(settings, device),
            settings.idle_seconds,
            settings.wait_seconds,
            settings.queue_limit,
        )

    def key(self, spec: ModelSpec) -> ModelKey:
        return ModelKey(spec.demo, spec.name, str(self.device), self.dtype)

    @contextmanager
    def borrow(
        self,
        spec: ModelSpec,
        *,
        exclusive: bool = False,
        on_stage: Callable[[Stage], None] = lambda stage: None,
    ) -> Iterator[Any]:
        """Lend the model of `spec`, loading it first if need be. It is not evicted meanwhile.

        `exclusive` waits until nobody else has it, for hooks and other changes to the model.
        `on_stage` is told once if the loan has to wait, and before this thread loads. Keep no
        reference to the model after the block, and borrow no second one inside it: two sessions
        that each hold what the other wants end in `Busy`.

        Raises `Busy` when the queue is full or the wait takes `wait_seconds` (not counting time
        in which this model loads), `ModelTooLarge`, and whatever loading the model raised.
        """
        with self._changed:
            request = Request(self._ledger.slot(self.key(spec), spec), exclusive)
        try:
            self._wait(request, on_stage)
            if request.slot.state is State.LOADING:
                on_stage("loading")
                self._load(request.slot)
            yield request.slot.model
        finally:
            with self._changed:
                self._ledger.leave(request, self._clock())
                self._update()
            if self._ledger.evicted:
                self._dispose()

    def run(
        self,
        spec: ModelSpec,
        work: Callable[[Any], T],
        *,
        exclusive: bool = False,
        on_stage: Callable[[Stage], None] = lambda stage: None,
    ) -> T:
        """`work(model)` on a borrowed model, once more without idle models if memory runs out."""
        with self.borrow(spec, exclusive=exclusive, on_stage=on_stage) as model:
            return self._with_retry(lambda: work(model))

    def _update(self) -> None:
        """Draw every consequence of a change in the books; `_changed` is held."""
        if self._closed.is_set():
            stopping = ModelError("The server is stopping.", "Reload the page in a minute.")
            self._ledger.refuse(self._ledger.queue, stopping)
            for slot in self._ledger.idle():
                self._ledger.evict(slot)
        self._ledger.grant_all()
        self._ledger.evict_stale(self._clock())
        self._changed.notify_all()

    def _wait(self, request: Request, on_stage: Callable[[Stage], None]) -> None:
        """Return once the loan is granted; if the model is LOADING then, it is ours to load."""
        slot, queue = request.slot, self._ledger.queue
        with self._changed:
            if slot.memory_bytes > self._ledger.budget:
                raise self._too_large(slot)
            queue.append(request)
            self._update()
            if request.granted:
                return
            if len(queue) > self._queue_limit:
                raise Busy(self._ledger.withdraw(request))
            stage: Stage = "loading" if slot.state is State.LOADING else "waiting"
            deadline = self._clock() + self._wait_seconds
        on_stage(stage)
        with self._changed:
            while not request.granted:
                if request.error is not None:
                    raise request.error
                if slot.state is State.LOADING:
                    deadline = self._clock() + self._wait_seconds
                left = deadline - self._clock()
                if left <= 0:
                    raise Busy(self._ledger.withdraw(request))
                self._changed.wait(left)

    def _load(self, slot: Slot) -> None:
        """Load a model into the room reserved for it; a failure reaches all who wait for it."""
        try:
            with construction_lock:
                self._dispose()
                started = self._clock()
                model = self._with_retry(lambda: self._load_model(slot.spec, self.device))
            with self._changed:
                slot.memory_bytes = getattr(model, "memory_bytes", slot.memory_bytes)
                if slot.memory_bytes > self._ledger.budget:
                    self._ledger.evicted.append(model)
                    raise self._too_large(slot)
                self._ledger.fill(slot, model, self._clock() - started)
                self._update()
        except Exception as error:
            with self._changed:
                waiting = [each for each in self._ledger.queue if each.slot is slot]
                self._ledger.refuse(waiting, error)
            raise

    def _with_retry(self, work: Callable[[], T]) -> T:
        """`work()`, and once more without the idle models if memory runs out.

        Room is made outside `except`: the exception keeps the tensors of its frames alive.
        """
        for _attempt in range(2):
            try:
                return work()
            except Exception as error:
                if not self._out_of_memory(error):
                    raise
                log.warning("Out of memory on %s: %s", self.device, str(error))
            self.unload_idle()
            self._reclaim(self.device)
        raise ModelError(
            "The device ran out of memory, even without the models nobody was using.",
            "Choose a smaller model or input, or try again when others are done.",
        )

    def _too_large(self, slot: Slot) -> ModelTooLarge:
        return ModelTooLarge(
            f"{slot.spec.title} needs {slot.memory_bytes / GIB:.3g} GiB of memory; models here "
            f"may take {self._ledger.budget / GIB:.3g} GiB.",
            "Choose a smaller model, or raise DLW_MEMORY_BUDGET if the device has more.",
        )

    def _dispose(self) -> None:
        """Close what was evicted. Every load does so first: room that counts as free is free."""
        with self._disposal:
            if not self._ledger.evicted:
                return
            while self._ledger.evicted:
                try:
                    self._close_model(self._ledger.evicted.popleft())
                except Exception:
                    log.exception("A model could not be closed")
            self._reclaim(self.device)

    def unload(self, key: ModelKey) -> bool:
        """Unload one model. False, and nothing happens, if it is not loaded or is in use."""
        return self._unload(lambda slot: slot.key == key) == 1

    def unload_idle(self) -> int:
        """Unload every model not in use; how many that were."""
        return self._unload(lambda slot: True)

    def _unload(self, wanted: Callable[[Slot], bool]) -> int:
        with self._changed:
            slots = [slot for slot in self._ledger.idle() if wanted(slot)]
            for slot in slots:
                self._ledger.evict(slot)
            self._update()
        self._dispose()
        return len(slots)

    def sweep(self) -> None:
        """Unload models idle for too long, and let requests whose deadline passed notice it."""
        with self._changed:
            self._update()
        self._dispose()

    def start_sweeper(self, every_seconds: float = 30.0) -> None:
        """Sweep from a background thread until `close`."""

        def sweep_until_closed() -> None:
            while not self._closed.wait(every_seconds):
                self.sweep()

        if self._sweeper is None:
            self._sweeper = threading.Thread(
                target=sweep_until_closed, name="model-store-sweeper", daemon=True
            )
            self._sweeper.start()

    def close(self) -> None:
        """Refuse new and waiting loans, unload what is idle now, and the rest as it comes back."""
        self._closed.set()
        self.sweep()
        if self._sweeper is not None:
            self._sweeper.join()

    def snapshot(self) -> Snapshot:
        """The store as it is now, after unloading what has been idle for too long."""
        self.sweep()
        with self._changed:
            return Snapshot(
                device=self.device,
                dtype=self.dtype,
                budget=self._ledger.budget,
                used=self._ledger.used(),
                models=self._ledger.states(self._clock()),
                hits=self._ledger.hits,
                loads=self._ledger.loads,
                evictions=self._ledger.evictions,
                waiting=len(self._ledger.queue),
                process_bytes=self._process_memory(),
            )
