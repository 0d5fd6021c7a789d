"""The warm-up: order, locks, failures and stopping, with fakes."""

import gc
import threading
import types
from collections.abc import Callable

import pytest

from demos import catalog
from demos.core.devices import CPU
from demos.core.errors import WeightsMismatch
from demos.core.store import ModelStore, construction_lock
from server.warmup import Stage, State, Step, WarmUp, freeze_heap, house_steps

PATIENCE = 10


def state_of(warm_up: WarmUp) -> State:
    """The state now; a type checker takes an attribute it has seen once as unchanging."""
    return warm_up.state


def append_to(events: list[str], event: str) -> Callable[[], None]:
    return lambda: events.append(event)


def run(warm_up: WarmUp) -> None:
    warm_up.start()
    warm_up.join(PATIENCE)


def test_steps_run_in_order_and_the_heap_is_frozen_last() -> None:
    ran: list[str] = []
    ticks = iter(range(100))
    warm_up = WarmUp(
        [Step(name, append_to(ran, name)) for name in ("one", "two")],
        finish=lambda: ran.append("finish"),
        clock=lambda: float(next(ticks)),
    )
    assert state_of(warm_up) is State.WAITING
    run(warm_up)
    assert ran == ["one", "two", "finish"]
    assert state_of(warm_up) is State.DONE
    assert warm_up.stages == (Stage("one", State.DONE, 1.0), Stage("two", State.DONE, 1.0))


def test_progress_can_be_read_while_a_step_runs() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        assert go_on.wait(PATIENCE)

    warm_up = WarmUp([Step("slow", wait), Step("next", lambda: None)], finish=lambda: None)
    warm_up.start()
    assert begun.wait(PATIENCE)
    assert state_of(warm_up) is State.RUNNING
    assert [stage.state for stage in warm_up.stages] == [State.RUNNING, State.WAITING]
    go_on.set()
    warm_up.join(PATIENCE)
    assert state_of(warm_up) is State.DONE


def test_a_failure_is_loud_and_does_not_stop_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    ran: list[str] = []

    def fail() -> None:
        raise OSError("no such file: /srv/secret/weights")

    warm_up = WarmUp(
        [Step("bad", fail), Step("good", lambda: ran.append("good"))],
        finish=lambda: ran.append("finish"),
    )
    run(warm_up)
    assert ran == ["good", "finish"]
    assert state_of(warm_up) is State.FAILED
    bad, good = warm_up.stages
    assert (bad.state, good.state) == (State.FAILED, State.DONE)
    assert "secret" not in bad.problem
    assert "/srv/secret/weights" in caplog.text
    reference = bad.problem.split()[-1].rstrip(".")
    assert reference in caplog.text


def test_an_error_meant_for_people_is_told(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise WeightsMismatch("The weights were replaced.", "Restore them.")

    warm_up = WarmUp([Step("Loading", fail)], finish=lambda: None)
    run(warm_up)
    assert warm_up.stages[0].problem.startswith(
        "Loading failed. The weights were replaced. Restore them. Reference "
    )


def test_stopping_skips_what_has_not_begun_and_the_freezing() -> None:
    ran: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def first() -> None:
        begun.set()
        assert go_on.wait(PATIENCE)
        ran.append("first")

    warm_up = WarmUp(
        [Step("first", first), Step("second", lambda: ran.append("second"))],
        finish=lambda: ran.append("finish"),
    )
    warm_up.start()
    assert begun.wait(PATIENCE)
    warm_up.stop(timeout=0)
    go_on.set()
    warm_up.join(PATIENCE)
    assert ran == ["first"]
    assert state_of(warm_up) is not State.DONE


def test_stopping_before_the_start_is_harmless() -> None:
    WarmUp([Step("never", lambda: pytest.fail("ran"))]).stop(timeout=0)


def test_the_heap_is_out_of_the_collectors_sight() -> None:
    before = gc.get_freeze_count()
    try:
        freeze_heap()
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()


def test_the_house_imports_then_loads_then_runs_each_default_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    events: list[str] = []

    def held_elsewhere() -> bool:
        """Whether another thread could not take the construction lock now."""
        taken: list[bool] = []

        def attempt() -> None:
            taken.append(construction_lock.acquire(blocking=False))
            if taken[0]:
                construction_lock.release()

        thread = threading.Thread(target=attempt)
        thread.start()
        thread.join()
        return not taken[0]

    def inference(slug: str) -> types.SimpleNamespace:
        events.append(f"import {slug} {held_elsewhere()}")
        return types.SimpleNamespace(
            warm_up=lambda model: events.append(f"run {model} {held_elsewhere()}")
        )

    def load(spec: object, device: object) -> str:
        events.append(f"load {held_elsewhere()}")
        return "model"

    monkeypatch.setattr(catalog, "inference", inference)
    monkeypatch.setattr(catalog, "DEMOS", catalog.DEMOS[:1])
    store = ModelStore(load, CPU, 10**12, idle_seconds=60, wait_seconds=1, queue_limit=1)
    slug = catalog.DEMOS[0].slug
    for step in house_steps(lambda: store):
        step.run()
    assert events == [
        f"import {slug} True",
        "load True",
        f"import {slug} False",
        "run model False",
    ]
    assert [model.spec for model in store.snapshot().models] == [catalog.DEMOS[0].models[0]]
