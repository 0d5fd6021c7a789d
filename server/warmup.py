"""Getting ready in the background: imports, default models, then a frozen heap.

The server answers from its first second; the warm-up only spares the first visitors the wait. It
works in small steps, and between two of them it holds no lock, so somebody who arrives meanwhile
waits for the step under way at most, and joins a model load rather than starting a second one.
"""

import gc
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

from demos import catalog
from demos.core.errors import UserError
from demos.core.spec import ModelSpec
from demos.core.store import ModelStore, construction_lock

logger = logging.getLogger(__name__)


class State(StrEnum):
    """Of the whole warm-up, or of one stage."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do, under a name a visitor may read."""

    name: str
    run: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a step is. `seconds` is 0 until it ends; `problem` is a sentence if it failed."""

    name: str
    state: State = State.WAITING
    seconds: float = 0.0
    problem: str = ""


def house_steps(get_store: Callable[[], ModelStore]) -> list[Step]:
    """The house's own warm-up: every demo's frameworks and default model, in the catalog's order.

    Imports happen under the construction lock, for frameworks patch globals while they import and
    while they build; loads take that lock themselves. What else pages import is cheap, or Streamlit
    has imported it already.
    """
    steps: list[Step] = []
    for demo in catalog.DEMOS:
        model = demo.models[0]
        steps += [
            Step(f"Importing {demo.title}", partial(import_inference, demo.slug)),
            Step(f"Loading {model.title}", partial(load_and_run, get_store, model)),
        ]
    return steps


def import_inference(slug: str) -> None:
    """Import a demo's inference module and with it its frameworks."""
    with construction_lock:
        catalog.inference(slug)


def load_and_run(get_store: Callable[[], ModelStore], model: ModelSpec) -> None:
    """Load a model, and let it run once if its inference module says how: `warm_up(model)`.

    First runs are slow: libraries allocate arenas and choose kernels.
    """

    def run_once(loaded: Any) -> None:
        warm_up = getattr(catalog.inference(model.demo), "warm_up", None)
        if warm_up is not None:
            warm_up(loaded)

    get_store().run(model, run_once)


def freeze_heap() -> None:
    """Take everything alive out of the garbage collector's sight.

    A full collection walks a million objects of the frameworks, holding the interpreter for half a
    second; they live as long as the process does.
    """
    gc.collect()
    gc.freeze()


class WarmUp:
    """Runs steps in a daemon thread and knows how far it is. Any thread may ask."""

    def __init__(
        self,
        steps: Iterable[Step],
        finish: Callable[[], None] = freeze_heap,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._steps = tuple(steps)
        self._finish = finish
        self._clock = clock
        self._stages = [Stage(step.name) for step in self._steps]
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="warm-up", daemon=True)

    @property
    def stages(self) -> tuple[Stage, ...]:
        return tuple(self._stages)

    @property
    def state(self) -> State:
        """`DONE` means warm. A failed step does not keep later ones from running."""
        if not self._ended.is_set():
            return State.RUNNING if self._thread.ident else State.WAITING
        done = all(stage.state is State.DONE for stage in self._stages)
        return State.DONE if done else State.FAILED

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Begin no further step, and wait for the one under way, `timeout` seconds at most."""
        self._stopping.set()
        self.join(timeout)

    def join(self, timeout: float) -> None:
        """Wait until it has ended, `timeout` seconds at most; not at all if it never started."""
        if self._thread.ident:
            self._thread.join(timeout)

    def _run(self) -> None:
        started = self._clock()
        for index, step in enumerate(self._steps):
            if self._stopping.is_set():
                return
            self._run_step(index, step)
        self._finish()
        self._ended.set()
        logger.info("Warm-up: %s after %.1f s", self.state, self._clock() - started)

    def _run_step(self, index: int, step: Step) -> None:
        started = self._clock()
        stage = self._stages[index] = replace(self._stages[index], state=State.RUNNING)
        try:
            step.run()
        except Exception as error:
            reference = secrets.token_hex(4)
            logger.exception("Warm-up failed at %r, reference %s", step.name, reference)
            # Only a UserError is written for visitors; any other text may name paths or hosts.
            reason = str(error) if isinstance(error, UserError) else "The server's log says why."
            problem = f"{step.name} failed. {reason} Reference {reference}."
            stage = replace(stage, state=State.FAILED, problem=problem)
        else:
            stage = replace(stage, state=State.DONE)
        self._stages[index] = replace(stage, seconds=self._clock() - started)
