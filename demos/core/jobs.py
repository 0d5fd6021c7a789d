"""Long work in the background: it outlives the page that started it, reports and can be canceled.

    job = jobs.start(work)          # work(job) runs in one of a few threads
    jobs.find(job.id).progress      # from anywhere, until it is forgotten

The id cannot be guessed: who has it may see the result, nobody else can. Whatever the work raises
ends its job and nothing more.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from demos.core.errors import Busy, ModelError, UserError
from demos.core.settings import GIB

log = logging.getLogger(__name__)

Clock = Callable[[], float]
Work = Callable[["Job"], Any]


class State(StrEnum):
    """Of a job. The last three are final."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELED = "canceled"
    FAILED = "failed"


FINAL = frozenset({State.DONE, State.CANCELED, State.FAILED})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is: `done` of `total` (`None`: unknown) units after running `seconds`."""

    done: int
    total: int | None
    seconds: float
    note: str = ""

    def eta(self) -> float | None:
        """Seconds still to go at the pace so far; `None` where there is no telling."""
        if not self.done or self.total is None:
            return None
        return self.seconds / self.done * max(self.total - self.done, 0)


class Canceled(Exception):
    """Raised inside the work once somebody has asked to stop it. Let it pass."""


class BoardFull(Busy):
    """As many jobs wait as may."""

    def __init__(self, position: int) -> None:
        UserError.__init__(
            self,
            f"The server is busy with other jobs: {position - 1} are waiting already.",
            "Nothing is lost: try again in a minute.",
        )
        self.position = position


class Job:
    """One piece of work, as those who wait for it and the work itself see it. Thread-safe.

    `result` is what the work returned; before that, what it was started with or has shared since,
    and so it stays if the work is canceled or fails. `error` says why it failed.
    """

    def __init__(self, work: Work, result: Any, changed: threading.Condition, clock: Clock) -> None:
        self.id = secrets.token_urlsafe(16)
        self.state = State.WAITING
        self.result = result
        self.error: UserError | None = None
        self._work: Work | None = work
        self._changed = changed
        self._clock = clock
        self._cancel = threading.Event()
        self._done: tuple[int, int | None, str] = (0, None, "")
        self._bytes = 0
        self._began: float | None = None
        self._ended: float | None = None
        self._wanted = 0.0

    @property
    def finished(self) -> bool:
        return self.state in FINAL

    @property
    def canceling(self) -> bool:
        """Whether it has been asked to stop."""
        return self._cancel.is_set()

    @property
    def progress(self) -> Progress:
        """As last reported; `seconds` counts from its start to now, or to its end."""
        done, total, note = self._done
        until = self._clock() if self._ended is None else self._ended
        return Progress(done, total, 0.0 if self._began is None else until - self._began, note)

    def cancel(self) -> None:
        """Ask it to stop: at once while it waits, else when the work next reports."""
        with self._changed:
            self._cancel.set()
            if self.state is State.WAITING:
                self._end(State.CANCELED)

    def wait(self, timeout: float | None = None) -> bool:
        """Block until it has finished, `timeout` seconds at most; whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: self.finished, timeout)

    def report(self, done: int, total: int | None, note: str = "") -> None:
        """For the work: say how far it is. Raises `Canceled` once it shall stop."""
        self._done = (done, total, note)
        self.pause(0)

    def share(self, result: Any) -> None:
        """For the work: what there is to see of the result so far."""
        self.result = result

    def weigh(self, size: int) -> None:
        """For the work: about how many bytes its result keeps in memory, where that is much."""
        self._bytes = size

    def pause(self, seconds: float) -> None:
        """For the work: wait before trying again. Raises `Canceled` as soon as it shall stop."""
        if self._cancel.wait(seconds) if seconds > 0 else self._cancel.is_set():
            raise Canceled

    def _begin(self) -> None:
        """`_changed` is held."""
        self.state = State.RUNNING
        self._began = self._clock()

    def _run(self) -> None:
        """Do the work, and end the job in whatever way that ends."""
        state, error = State.DONE, None
        assert self._work is not None
        try:
            self.result = self._work(self)
        except Canceled:
            state = State.CANCELED
        except UserError as problem:
            state, error = State.FAILED, problem.bare()
        except BaseException:  # a panic inside a library written in Rust is no `Exception`
            reference = secrets.token_hex(4)
            log.exception("A job failed, reference %s", reference)
            state, error = State.FAILED, unexpected(reference)
        with self._changed:
            self.error = error
            self._end(state)

    def _end(self, state: State) -> None:
        """`_changed` is held. What only the work needed is let go."""
        self.state = state
        self._work = None
        self._ended = self._wanted = self._clock()
        self._changed.notify_all()


def unexpected(reference: str) -> UserError:
    """For a defect of ours: what to tell whoever keeps the server."""
    return UserError(
        "Something went wrong here, and it is not your file's fault.",
        f"Try again; if it stays, report the reference {reference}.",
    )


class Jobs:
    """Runs jobs in `workers` threads, first come, first served; a few more may wait.

    A finished job is kept for whoever comes back with its id: until nobody has asked for it for
    `keep_seconds` (on `clock`), and of all of them those last asked for, `keep_limit` at most and
    together no heavier than `keep_bytes`, though always the last one. Threads start with the first
    job; idle ones do the forgetting.
    """

    def __init__(
        self,
        workers: int = 2,
        waiting_limit: int = 16,
        keep_seconds: float = 1800.0,
        keep_limit: int = 32,
        keep_bytes: int = GIB,
        *,
        clock: Clock = time.monotonic,
    ) -> None:
        self._workers = workers
        self._waiting_limit = waiting_limit
        self.keep_seconds = keep_seconds
        self._keep_limit = keep_limit
        self._keep_bytes = keep_bytes
        self._clock = clock
        self._changed = threading.Condition()
        self._jobs: dict[str, Job] = {}
        self._threads: list[threading.Thread] = []
        self._closed = False

    def start(self, work: Work, result: Any = None) -> Job:
        """Have `work(job)` done. `result` is what there is to see before its first `share`.

        Raises `Busy` if too many wait already, and `ModelError` after `close`.
        """
        with self._changed:
            if self._closed:
                raise ModelError("The server is stopping.", "Reload the page in a minute.")
            self._forget_stale()
            if len(self._waiting()) >= self._waiting_limit:
                raise BoardFull(self._waiting_limit + 1)
            job = Job(work, result, self._changed, self._clock)
            self._jobs[job.id] = job
            if len(self._threads) < self._workers:
                name = f"job-{len(self._threads) + 1}"
                thread = threading.Thread(target=self._run_jobs, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify_all()
            return job

    def find(self, id: str) -> Job | None:
        """The job of this id, unless it has been forgotten. Asking for it keeps it longer."""
        with self._changed:
            self._forget_stale()
            job = self._jobs.get(id)
            if job is not None:
                job._wanted = self._clock()
            return job

    def position(self, job: Job) -> int | None:
        """Its place among those that wait, counted from 1; `None` once it runs."""
        with self._changed:
            waiting = self._waiting()
            return waiting.index(job) + 1 if job in waiting else None

    def forget(self, id: str) -> None:
        """Cancel the job if it still runs, and keep nothing of it. Unknown ids are fine."""
        with self._changed:
            job = self._jobs.pop(id, None)
        if job is not None:
            job.cancel()

    def close(self, timeout: float = 1.0) -> None:
        """Take no more jobs, cancel all there are, and wait for running ones, `timeout` seconds."""
        with self._changed:
            self._closed = True
            for job in self._jobs.values():
                job.cancel()
            self._changed.notify_all()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))

    def _waiting(self) -> list[Job]:
        """In order of arrival; `_changed` is held."""
        return [job for job in self._jobs.values() if job.state is State.WAITING]

    def _run_jobs(self) -> None:
        """A worker: one job after the other until `close`."""
        while True:
            with self._changed:
                job = self._next()
            if job is None:
                return
            job._run()
            del job  # or an idle worker would keep the last result alive

    def _next(self) -> Job | None:
        """Wait for a job and begin it; `None` once closed. `_changed` is held."""
        while not self._closed:
            left = self._forget_stale()
            waiting = self._waiting()
            if waiting:
                waiting[0]._begin()
                return waiting[0]
            self._changed.wait(left)
        return None

    def _forget_stale(self) -> float | None:
        """Forget finished jobs past their time; seconds until the next. `_changed` is held."""
        ended = [job for job in self._jobs.values() if job._ended is not None]
        ended.sort(key=lambda job: job._wanted, reverse=True)
        left, held = None, 0
        for place, job in enumerate(ended):
            remaining = job._wanted + self.keep_seconds - self._clock()
            held += job._bytes
            crowded = place >= self._keep_limit or (place > 0 and held > self._keep_bytes)
            if remaining <= 0 or crowded:
                self._jobs.pop(job.id)
            else:
                left = remaining
        return left
