"""The model store under threads, with fake loaders, clocks and memory.

Nothing depends on timing: a visitor's `queued` event is set once its request stands in the queue,
and the fake clock moves only when told to.
"""

import itertools
import random
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from demos.core.devices import Device
from demos.core.errors import Busy, ModelError, ModelTooLarge
from demos.core.settings import Settings
from demos.core.spec import Hub, ModelSpec
from demos.core.store import ModelStore, Stage, construction_lock

CPU = Device("cpu")
PATIENCE = 30.0
"""Seconds after which a test that hangs fails."""


def make_spec(name: str, size: int = 1) -> ModelSpec:
    return ModelSpec(
        "demo",
        name,
        name.title(),
        Hub("owner/name", "0" * 40, ("model.safetensors",), 1),
        size,
        "MIT",
        "",
    )


A, B, C, D = (make_spec(name) for name in "abcd")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Loader:
    """Builds a new object per load, after `gate` opens, and remembers what it was asked for."""

    loaded: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def __call__(self, spec: ModelSpec, device: Device) -> object:
        self.loaded.append(spec.name)
        self.begun.set()
        assert self.gate.wait(PATIENCE)
        return Model(spec.name)


@dataclass(eq=False)
class Model:
    name: str


def make_store(
    load: Callable[[ModelSpec, Device], Any],
    budget: int = 3,
    idle_seconds: float = 900.0,
    wait_seconds: float = PATIENCE,
    queue_limit: int = 64,
    **injected: Any,
) -> ModelStore:
    injected.setdefault("reclaim", lambda device: None)
    return ModelStore(load, CPU, budget, idle_seconds, wait_seconds, queue_limit, **injected)


class Visitor:
    """A session: borrows in its own thread and stays until told to go."""

    def __init__(self, store: ModelStore, spec: ModelSpec, exclusive: bool) -> None:
        self.queued, self.entered, self.leaving = (threading.Event() for _ in range(3))
        self.stages: list[Stage] = []
        self.store, self.spec, self.exclusive = store, spec, exclusive
        self.done: Future[Any]

    def on_stage(self, stage: Stage) -> None:
        self.stages.append(stage)
        self.queued.set()

    def visit(self) -> Any:
        with self.store.borrow(
            self.spec, exclusive=self.exclusive, on_stage=self.on_stage
        ) as model:
            self.entered.set()
            assert self.leaving.wait(PATIENCE)
            return model

    def leave(self) -> Any:
        self.leaving.set()
        return self.done.result(PATIENCE)


Visit = Callable[..., Visitor]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(64) as executor:
        yield executor


@pytest.fixture
def visit(pool: ThreadPoolExecutor) -> Iterator[Visit]:
    """Send a visitor; returns once it has the model or, with `waits`, once it is in the queue."""
    visitors = []

    def send(
        store: ModelStore, spec: ModelSpec, *, exclusive: bool = False, waits: bool = False
    ) -> Visitor:
        visitor = Visitor(store, spec, exclusive)
        visitors.append(visitor)
        visitor.done = pool.submit(visitor.visit)
        assert (visitor.queued if waits else visitor.entered).wait(PATIENCE)
        return visitor

    yield send
    for visitor in visitors:
        visitor.leaving.set()


def names(store: ModelStore) -> list[str]:
    return [each.spec.name for each in store.snapshot().models]


def use(store: ModelStore, spec: ModelSpec) -> Any:
    with store.borrow(spec) as model:
        return model


# Loading


def test_a_model_is_loaded_once_and_then_lent_again() -> None:
    load = Loader()
    store = make_store(load)
    assert use(store, A) is use(store, A)
    assert load.loaded == ["a"]


def test_many_sessions_asking_at_once_cause_one_load(visit: Visit) -> None:
    load = Loader()
    load.gate.clear()
    store = make_store(load)
    visitors = [visit(store, A, waits=True) for _ in range(10)]
    assert store.snapshot().waiting == 9
    load.gate.set()
    models = {id(visitor.leave()) for visitor in visitors}
    assert len(models) == 1
    assert load.loaded == ["a"]
    assert {visitor.stages[0] for visitor in visitors} == {"loading"}


def test_a_failed_load_reaches_all_who_wait_and_is_not_remembered(visit: Visit) -> None:
    failing = Loader()
    failing.gate.clear()
    broken = True

    def load(spec: ModelSpec, device: Device) -> object:
        model = failing(spec, device)
        if broken:
            raise OSError("damaged file")
        return model

    store = make_store(load)
    visitors = [visit(store, A, waits=True) for _ in range(5)]
    failing.gate.set()
    for visitor in visitors:
        with pytest.raises(OSError, match="damaged file"):
            visitor.leave()
    assert failing.loaded == ["a"]
    assert store.snapshot().used == 0
    broken = False
    assert use(store, A).name == "a"


def test_a_session_stopped_while_loading_leaves_the_load_to_the_next(visit: Visit) -> None:
    class Stop(BaseException):
        """As Streamlit ends a script: no error of the model."""

    load = Loader()
    load.gate.clear()
    stopping = threading.Event()

    def stoppable(spec: ModelSpec, device: Device) -> object:
        model = load(spec, device)
        if not stopping.is_set():
            stopping.set()
            raise Stop
        return model

    store = make_store(stoppable)
    first = visit(store, A, waits=True)
    assert load.begun.wait(PATIENCE)
    second = visit(store, A, waits=True)
    load.gate.set()
    with pytest.raises(Stop):
        first.leave()
    assert second.leave().name == "a"
    assert load.loaded == ["a", "a"]


def test_a_session_stopped_while_queued_leaves_no_trace(visit: Visit) -> None:
    class Stop(BaseException):
        pass

    def stop(stage: Stage) -> None:
        raise Stop

    store = make_store(Loader(), budget=1)
    with pytest.raises(Stop), store.borrow(A, on_stage=stop):
        pass
    assert store.snapshot().models == ()
    holder = visit(store, A)
    with pytest.raises(Stop), store.borrow(B, on_stage=stop):
        pass
    assert store.snapshot().waiting == 0
    holder.leave()
    assert use(store, B).name == "b"


def test_loaded_models_are_lent_while_another_loads(visit: Visit) -> None:
    load = Loader()
    store = make_store(load)
    use(store, A)
    load.gate.clear()
    slow = visit(store, B, waits=True)
    assert use(store, A).name == "a"
    load.gate.set()
    assert slow.leave().name == "b"


def test_whoever_holds_the_construction_lock_holds_loads_back(visit: Visit) -> None:
    load = Loader()
    store = make_store(load)
    with construction_lock:
        first, second = (visit(store, spec, waits=True) for spec in (A, B))
        assert load.loaded == []
        assert [each.loading for each in store.snapshot().models] == [True, True]
    assert {first.leave().name, second.leave().name} == {"a", "b"}


def test_loads_do_not_overlap(pool: ThreadPoolExecutor) -> None:
    building = threading.Lock()

    def load(spec: ModelSpec, device: Device) -> object:
        assert building.acquire(blocking=False), "another model is being built"
        time.sleep(0.001)  # room for another to intrude
        building.release()
        return spec.name

    store = make_store(load, budget=20)
    specs = [make_spec(str(number)) for number in range(20)]
    assert list(pool.map(lambda spec: use(store, spec), specs)) == [spec.name for spec in specs]


# Room


def test_the_least_recently_used_model_goes_first() -> None:
    closed: list[str] = []
    store = make_store(Loader(), close=lambda model: closed.append(model.name))
    for spec in (A, B, C, A, D):
        use(store, spec)
    assert closed == ["b"]
    assert names(store) == ["c", "a", "d"]


def test_a_borrowed_model_is_never_evicted(visit: Visit) -> None:
    closed: list[str] = []
    store = make_store(Loader(), budget=2, close=lambda model: closed.append(model.name))
    holder = visit(store, A)
    for spec in (B, C, D):
        use(store, spec)
    assert closed == ["b", "c"]
    holder.leave()


def test_what_is_evicted_is_closed_before_the_next_load_begins() -> None:
    events: list[str] = []

    def load(spec: ModelSpec, device: Device) -> Model:
        events.append(f"load {spec.name}")
        return Model(spec.name)

    store = make_store(
        load,
        budget=1,
        close=lambda model: events.append(f"close {model.name}"),
        reclaim=lambda device: events.append(f"reclaim {device}"),
    )
    use(store, A)
    use(store, B)
    assert events == ["load a", "close a", "reclaim cpu", "load b"]


def test_a_model_that_cannot_be_closed_is_logged_and_does_no_harm(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def close(model: Model) -> None:
        raise OSError("still busy")

    store = make_store(Loader(), budget=1, close=close)
    use(store, A)
    assert use(store, B).name == "b"
    assert "could not be closed" in caplog.text


def test_a_model_larger_than_the_budget_is_refused_without_loading_it() -> None:
    load = Loader()
    store = make_store(load, budget=2**30)
    with pytest.raises(ModelTooLarge, match=r"Huge needs 1\.5 GiB of memory; .* 1 GiB"):
        use(store, make_spec("huge", size=3 * 2**29))
    assert load.loaded == []


@dataclass
class Measured:
    memory_bytes: int


def test_the_measured_size_replaces_the_announced_one_and_idle_models_make_up_for_it() -> None:
    sizes = {"a": 1, "b": 2, "c": 1}
    store = make_store(lambda spec, device: Measured(sizes[spec.name]))
    use(store, A)
    use(store, C)
    with store.borrow(B):
        assert names(store) == ["c", "b"]
        assert store.snapshot().used == 3
    store.unload_idle()
    use(store, C)
    use(store, A)
    use(store, B)
    assert names(store) == ["a", "b"], "the measured size is remembered"


def test_a_model_measured_larger_than_the_budget_is_refused_and_then_not_loaded_again() -> None:
    loads: list[str] = []
    closed: list[Measured] = []

    def load(spec: ModelSpec, device: Device) -> Measured:
        loads.append(spec.name)
        return Measured(4)

    store = make_store(load, close=closed.append)
    for _ in range(2):
        with pytest.raises(ModelTooLarge):
            use(store, A)
    assert loads == ["a"]
    assert closed == [Measured(4)]
    assert store.snapshot().used == 0


# Waiting


def test_a_request_waits_for_room_and_gets_it(visit: Visit) -> None:
    store = make_store(Loader(), budget=1)
    holder = visit(store, A)
    waiting = visit(store, B, waits=True)
    assert store.snapshot().waiting == 1
    assert names(store) == ["a"]
    holder.leave()
    assert waiting.leave().name == "b"
    assert waiting.stages == ["waiting", "loading"]


def test_the_oldest_request_is_served_first(visit: Visit) -> None:
    store = make_store(Loader(), budget=1)
    turns = [visit(store, A)]
    turns += [visit(store, spec, waits=True) for spec in (B, C, D)]
    for now, following in itertools.pairwise(turns):
        now.leave()
        assert following.entered.wait(PATIENCE)
    assert turns[-1].leave().name == "d"


def test_a_full_queue_says_busy_at_once(visit: Visit) -> None:
    store = make_store(Loader(), budget=1, queue_limit=2)
    visit(store, A)
    visit(store, B, waits=True)
    visit(store, C, waits=True)
    with pytest.raises(Busy) as caught:
        use(store, D)
    assert caught.value.position == 3
    assert store.snapshot().waiting == 2


def test_a_full_queue_does_not_hold_up_who_need_not_wait(visit: Visit) -> None:
    store = make_store(Loader(), budget=3, queue_limit=1)
    visit(store, make_spec("old", size=2))
    visit(store, A)
    visit(store, make_spec("large", size=2), waits=True)
    assert use(store, A).name == "a"


def test_waiting_ends_at_the_deadline_with_the_position(visit: Visit) -> None:
    clock = Clock()
    store = make_store(Loader(), budget=1, wait_seconds=20.0, clock=clock)
    holder = visit(store, A)
    first = visit(store, B, waits=True)
    clock.now += 19.0
    store.sweep()
    assert store.snapshot().waiting == 1
    second = visit(store, C, waits=True)
    clock.now += 1.0
    store.sweep()
    with pytest.raises(Busy) as caught:
        first.leave()
    assert caught.value.position == 1
    assert store.snapshot().waiting == 1
    holder.leave()
    assert second.leave().name == "c"


def test_time_in_which_the_model_loads_does_not_count_against_the_deadline(visit: Visit) -> None:
    clock = Clock()
    load = Loader()
    load.gate.clear()
    store = make_store(load, wait_seconds=20.0, clock=clock)
    first, second = (visit(store, A, waits=True) for _ in range(2))
    clock.now += 300.0
    store.sweep()
    assert store.snapshot().waiting == 1
    load.gate.set()
    assert first.leave() is second.leave()


def test_an_exclusive_loan_is_alone(visit: Visit) -> None:
    store = make_store(Loader())
    reader = visit(store, A)
    alone = visit(store, A, exclusive=True, waits=True)
    behind = visit(store, A, waits=True)
    assert store.snapshot().waiting == 2
    reader.leave()
    assert alone.entered.wait(PATIENCE)
    assert store.snapshot().waiting == 1
    assert store.snapshot().models[0].borrowers == 1
    alone.leave()
    assert behind.leave().name == "a"


def test_an_error_of_the_borrower_returns_the_model() -> None:
    store = make_store(Loader())
    with pytest.raises(ZeroDivisionError), store.borrow(A, exclusive=True):
        1 / 0  # noqa: B018
    assert store.snapshot().models[0].borrowers == 0
    assert use(store, A).name == "a"


# Running out of memory


class Tensor:
    """Something large that an exception's frames keep alive."""


@dataclass
class Exhausted:
    """Work that runs out of memory a number of times, keeping a tensor in its frame."""

    failures: int
    calls: int = 0
    last: weakref.ref[Tensor] | None = None
    alive_at_retry: list[bool] = field(default_factory=list)

    def __call__(self, *arguments: object) -> str:
        self.calls += 1
        if self.last is not None:
            self.alive_at_retry.append(self.last() is not None)
        tensor = Tensor()
        self.last = weakref.ref(tensor)
        if self.calls <= self.failures:
            raise MemoryError
        return "done"


def test_a_load_out_of_memory_is_retried_once_without_the_idle_models(visit: Visit) -> None:
    events: list[str] = []
    exhausted = Exhausted(failures=1)

    def load(spec: ModelSpec, device: Device) -> Any:
        events.append(f"load {spec.name}")
        return exhausted() if spec is D else Model(spec.name)

    store = make_store(
        load,
        budget=4,
        close=lambda model: events.append(f"close {model.name}"),
        reclaim=lambda device: events.append("reclaim"),
    )
    visit(store, A)
    use(store, B)
    use(store, C)
    events.clear()
    assert use(store, D) == "done"
    assert events[:3] == ["load d", "close b", "close c"]
    assert events[-2:] == ["reclaim", "load d"]
    assert exhausted.alive_at_retry == [False], "the first failure held its tensors"
    assert names(store) == ["a", "d"]


def test_a_load_out_of_memory_is_not_retried_twice() -> None:
    exhausted = Exhausted(failures=9)
    store = make_store(exhausted)
    with pytest.raises(ModelError, match="ran out of memory") as caught:
        use(store, A)
    assert exhausted.calls == 2
    assert caught.value.__context__ is None, "the cause would hold its tensors"
    assert store.snapshot().used == 0


def test_other_failures_are_not_retried() -> None:
    calls: list[str] = []

    def load(spec: ModelSpec, device: Device) -> object:
        calls.append(spec.name)
        raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes differ"):
        use(make_store(load), A)
    assert calls == ["a"]


def test_inference_out_of_memory_is_retried_once_without_the_idle_models() -> None:
    store = make_store(Loader())
    use(store, B)
    exhausted = Exhausted(failures=1)
    assert store.run(A, exhausted) == "done"
    assert exhausted.calls == 2
    assert exhausted.alive_at_retry == [False]
    assert names(store) == ["a"]
    with pytest.raises(ModelError, match="ran out of memory"):
        store.run(A, Exhausted(failures=2))


# Housekeeping


def test_idle_models_are_unloaded_after_their_time(visit: Visit) -> None:
    clock = Clock()
    store = make_store(Loader(), idle_seconds=900.0, clock=clock)
    use(store, A)
    held = visit(store, B)
    clock.now += 899.0
    use(store, C)
    assert names(store) == ["a", "b", "c"]
    clock.now += 1.0
    store.sweep()
    assert names(store) == ["b", "c"]
    held.leave()
    clock.now += 899.0
    assert names(store) == ["b"], "idle since it was returned, not since it was lent"


def test_a_loan_unloads_stale_models_but_not_the_one_it_wants() -> None:
    clock = Clock()
    load = Loader()
    closed: list[str] = []
    store = make_store(
        load, idle_seconds=900.0, clock=clock, close=lambda model: closed.append(model.name)
    )
    use(store, A)
    use(store, B)
    clock.now += 5000.0
    use(store, A)
    assert load.loaded == ["a", "b"]
    assert closed == ["b"]


def test_unload_frees_an_idle_model_and_refuses_one_in_use(visit: Visit) -> None:
    closed: list[str] = []
    store = make_store(Loader(), close=lambda model: closed.append(model.name))
    assert not store.unload(store.key(A)), "never loaded"
    holder = visit(store, A)
    assert not store.unload(store.key(A)), "in use"
    holder.leave()
    assert store.unload(store.key(A))
    assert not store.unload(store.key(A)), "already gone"
    assert closed == ["a"]
    assert store.snapshot().used == 0


def test_unload_refuses_a_model_that_is_loading(visit: Visit) -> None:
    load = Loader()
    load.gate.clear()
    store = make_store(load)
    visitor = visit(store, A, waits=True)
    assert not store.unload(store.key(A))
    assert store.unload_idle() == 0
    load.gate.set()
    assert visitor.leave().name == "a"


def test_unload_idle_says_how_many(visit: Visit) -> None:
    store = make_store(Loader())
    visit(store, A)
    use(store, B)
    use(store, C)
    assert store.unload_idle() == 2
    assert names(store) == ["a"]


def test_the_store_lets_go_of_what_it_unloads() -> None:
    store = make_store(lambda spec, device: Tensor())
    with store.borrow(A) as model:
        alive = weakref.ref(model)
        del model
    assert alive() is not None
    store.unload_idle()
    assert alive() is None


def test_the_snapshot_tells_the_truth(visit: Visit) -> None:
    clock = Clock()

    def load(spec: ModelSpec, device: Device) -> Model:
        clock.now += 2.5
        return Model(spec.name)

    store = make_store(load, budget=6, clock=clock, process_memory=lambda: 123)
    use(store, A)
    store.unload(store.key(A))
    use(store, A)
    holders = [visit(store, make_spec("big", size=4)) for _ in range(2)]
    visit(store, make_spec("late", size=5), waits=True)
    clock.now += 10.0
    shown = store.snapshot()
    assert (shown.device, shown.dtype) == (CPU, "float32")
    assert (shown.budget, shown.used, shown.process_bytes) == (6, 5, 123)
    assert (shown.hits, shown.loads, shown.evictions, shown.waiting) == (1, 3, 1, 1)
    idle, big = shown.models
    assert (idle.spec, idle.borrowers, idle.loads) == (A, 0, 2)
    assert (idle.idle_seconds, idle.load_seconds) == (12.5, 2.5)
    assert (big.key, big.borrowers, big.idle_seconds) == (store.key(big.spec), 2, 0.0)
    assert (big.memory_bytes, big.loading, big.loads) == (4, False, 1)
    for holder in holders:
        holder.leave()


def test_the_sweeper_unloads_by_itself_until_the_store_closes() -> None:
    clock = Clock()
    gone = threading.Event()
    store = make_store(Loader(), clock=clock, close=lambda model: gone.set())
    use(store, A)
    clock.now += 1000.0
    store.start_sweeper(every_seconds=0.001)
    store.start_sweeper(every_seconds=0.001)
    sweepers = [each for each in threading.enumerate() if each.name == "model-store-sweeper"]
    assert len(sweepers) == 1
    assert gone.wait(PATIENCE)
    store.close()
    assert not sweepers[0].is_alive()


def test_a_closed_store_lends_nothing_and_unloads_all(visit: Visit) -> None:
    closed: list[str] = []
    store = make_store(Loader(), budget=2, close=lambda model: closed.append(model.name))
    use(store, A)
    holder = visit(store, B)
    waiting = visit(store, make_spec("large", size=2), waits=True)
    store.close()
    assert closed == ["a"]
    with pytest.raises(ModelError, match="stopping"):
        waiting.leave()
    with pytest.raises(ModelError, match="stopping"):
        use(store, B)
    holder.leave()
    assert closed == ["a", "b"]


def test_settings_shape_the_store() -> None:
    settings = Settings(device="cpu", memory_budget=5, wait_seconds=0.0, queue_limit=1)
    store = ModelStore.from_settings(Loader(), settings)
    shown = store.snapshot()
    assert (str(shown.device), shown.budget) == ("cpu", 5)
    assert shown.process_bytes > 0
    with store.borrow(make_spec("whole", size=5)), pytest.raises(Busy):
        use(store, A)


# Everything at once

THREADS, MODELS, ROOM = 50, 10, 3


class World:
    """Counts real memory and real borrowers beside the store, and objects to any broken rule."""

    def __init__(self, sizes: dict[str, int], room: int, failure_rate: float = 0.0) -> None:
        self.sizes, self.room, self.failure_rate = sizes, room, failure_rate
        self.lock = threading.Lock()
        self.alive: dict[str, Model] = {}
        self.users: dict[Model, int] = {}
        self.loads = self.failures = 0
        self.most = 0
        self.broken: list[str] = []
        self.chance = random.Random(0)

    def load(self, spec: ModelSpec, device: Device) -> Model:
        with self.lock:
            if spec.name in self.alive:
                self.broken.append(f"{spec.name} was loaded while it was resident")
            if self.chance.random() < self.failure_rate:
                self.failures += 1
                raise self.chance.choice([OSError("damaged"), MemoryError()])
            model = Model(spec.name)
            self.alive[spec.name] = model
            self.users[model] = 0
            self.loads += 1
            used = sum(self.sizes[name] for name in self.alive)
            self.most = max(self.most, used)
            if used > self.room:
                self.broken.append(f"{used} bytes in memory, {self.room} allowed")
            return model

    def close(self, model: Model) -> None:
        with self.lock:
            if self.users.pop(model):
                self.broken.append(f"{model.name} was evicted while borrowed")
            del self.alive[model.name]

    def use(self, model: Model, exclusive: bool) -> None:
        with self.lock:
            self.users[model] += 1
            if exclusive and self.users[model] > 1:
                self.broken.append(f"{model.name} was not alone")
        time.sleep(0)  # let another thread in
        with self.lock:
            if model is not self.alive.get(model.name):
                self.broken.append(f"{model.name} was gone while borrowed")
            self.users[model] -= 1


@pytest.fixture
def eager_switching() -> Iterator[None]:
    """Switch threads a thousand times as often as usual, to meet races."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(usual)


def besiege(store: ModelStore, world: World, specs: list[ModelSpec], loans: int) -> list[Any]:
    """Every thread borrows at random; returns what each loan came to."""
    start = threading.Barrier(THREADS)

    def session(seed: int) -> list[Any]:
        chance = random.Random(seed)
        outcomes: list[Any] = []
        start.wait(PATIENCE)
        for _ in range(loans):
            spec, exclusive = chance.choice(specs), chance.random() < 0.1
            try:
                with store.borrow(spec, exclusive=exclusive) as model:
                    world.use(model, exclusive)
                outcomes.append(model.name == spec.name)
            except (Busy, OSError, ModelError) as error:
                outcomes.append(error)
            if chance.random() < 0.1:
                store.unload(store.key(chance.choice(specs)))
        return outcomes

    with ThreadPoolExecutor(THREADS) as executor:
        sessions = [executor.submit(session, seed) for seed in range(THREADS)]
        return [outcome for each in sessions for outcome in each.result(4 * PATIENCE)]


def assert_at_rest(store: ModelStore, world: World) -> None:
    """Nothing is waiting, borrowed or forgotten, and the books agree with the world."""
    shown = store.snapshot()
    assert world.broken == []
    assert shown.waiting == 0
    assert [each.borrowers for each in shown.models] == [0] * len(shown.models)
    assert not any(each.loading for each in shown.models)
    assert {each.spec.name for each in shown.models} == set(world.alive)
    assert shown.used == sum(world.sizes[name] for name in world.alive) <= world.room
    assert shown.loads == world.loads == shown.evictions + len(shown.models)
    store.close()
    assert world.alive == {}


@pytest.mark.usefixtures("eager_switching")
def test_torture_everyone_is_served_within_the_budget() -> None:
    specs = [make_spec(str(number)) for number in range(MODELS)]
    world = World({spec.name: 1 for spec in specs}, ROOM)
    store = make_store(world.load, ROOM, close=world.close)
    outcomes = besiege(store, world, specs, loans=10)
    assert outcomes == [True] * (THREADS * 10)
    assert world.most == ROOM
    assert store.snapshot().hits + store.snapshot().loads == THREADS * 10
    assert_at_rest(store, world)


@pytest.mark.usefixtures("eager_switching")
def test_torture_a_short_queue_turns_some_away_and_breaks_nothing() -> None:
    specs = [make_spec(str(number)) for number in range(MODELS)]
    world = World({spec.name: 1 for spec in specs}, ROOM)
    store = make_store(world.load, ROOM, queue_limit=4, close=world.close)
    busy = [each for each in besiege(store, world, specs, loans=10) if each is not True]
    assert busy
    assert {type(each) for each in busy} == {Busy}
    assert {each.position for each in busy} == {5}
    assert_at_rest(store, world)


@pytest.mark.usefixtures("eager_switching")
def test_torture_failing_loads_and_unequal_sizes_break_nothing() -> None:
    specs = [make_spec(str(number), size=1 + number % 3) for number in range(MODELS)]
    world = World({spec.name: spec.memory_bytes for spec in specs}, ROOM, failure_rate=0.2)
    store = make_store(world.load, ROOM, close=world.close)
    outcomes = besiege(store, world, specs, loans=10)
    assert world.failures
    assert {type(each) for each in outcomes} <= {bool, OSError, ModelError}
    assert outcomes.count(True) > 0
    assert_at_rest(store, world)
