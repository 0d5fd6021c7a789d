"""Background jobs, with work that tests hold in hand and a clock that moves only when told to."""

import gc
import logging
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from demos.core.errors import Busy, InputError, ModelError
from demos.core.jobs import Canceled, Job, Jobs, Progress, State

PATIENCE = 30.0
"""Seconds after which a test that hangs fails."""


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Held:
    """Work that begins, waits to be let go, and then returns or raises `outcome`."""

    def __init__(self, outcome: Any = "done") -> None:
        self.begun = threading.Event()
        self.gate = threading.Event()
        self.outcome = outcome

    def __call__(self, job: Job) -> Any:
        self.begun.set()
        assert self.gate.wait(PATIENCE)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


MakeJobs = Callable[..., Jobs]


@pytest.fixture
def make_jobs() -> Iterator[MakeJobs]:
    made: list[Jobs] = []

    def make(*args: Any, **options: Any) -> Jobs:
        made.append(Jobs(*args, **options))
        return made[-1]

    yield make
    for jobs in made:
        jobs.close(PATIENCE)


def test_a_job_runs_in_the_background_and_is_found_by_its_id(make_jobs: MakeJobs) -> None:
    jobs, work = make_jobs(), Held("the result")
    job = jobs.start(work, "nothing yet")
    assert work.begun.wait(PATIENCE)
    assert jobs.find(job.id) is job
    assert job.state is State.RUNNING and job.result == "nothing yet"
    assert not job.finished and not job.wait(0)
    work.gate.set()
    assert job.wait(PATIENCE)
    assert job.state is State.DONE and job.finished and job.result == "the result"
    assert job.error is None
    assert jobs.find("something else") is None


def test_no_thread_before_the_first_job_and_no_more_than_asked_for(make_jobs: MakeJobs) -> None:
    before = threading.active_count()
    jobs = make_jobs(2)
    assert threading.active_count() == before
    works = [Held() for _ in range(3)]
    started = [jobs.start(work) for work in works]
    assert works[0].begun.wait(PATIENCE) and works[1].begun.wait(PATIENCE)
    assert threading.active_count() == before + 2
    assert started[2].state is State.WAITING
    for work in works:
        work.gate.set()
    assert all(job.wait(PATIENCE) for job in started)


def test_ids_cannot_be_guessed(make_jobs: MakeJobs) -> None:
    jobs = make_jobs()
    ids = {jobs.start(lambda job: None).id for _ in range(10)}
    assert len(ids) == 10 and all(len(id) >= 20 for id in ids)


def test_first_come_first_served_and_positions_move_up(make_jobs: MakeJobs) -> None:
    jobs = make_jobs(1)
    order: list[str] = []
    first = Held()
    running = jobs.start(first)
    assert first.begun.wait(PATIENCE)
    a, b = (jobs.start(lambda job, name=name: order.append(name)) for name in "ab")  # type: ignore[misc]
    assert [jobs.position(job) for job in (running, a, b)] == [None, 1, 2]
    a.cancel()
    assert a.state is State.CANCELED and jobs.position(b) == 1
    first.gate.set()
    assert b.wait(PATIENCE)
    assert order == ["b"], "a job canceled while it waits never runs"


def test_too_many_waiting_is_busy_and_a_place_comes_free(make_jobs: MakeJobs) -> None:
    jobs, held = make_jobs(1, waiting_limit=1), Held()
    jobs.start(held)
    assert held.begun.wait(PATIENCE)
    waiting = jobs.start(held)
    with pytest.raises(Busy, match="1 are waiting") as caught:
        jobs.start(held)
    assert caught.value.position == 2 and caught.value.remedy
    waiting.cancel()
    assert jobs.start(held).state is State.WAITING
    held.gate.set()


def test_progress_counts_time_from_the_start_to_the_end(make_jobs: MakeJobs) -> None:
    clock, reported, held = Clock(), threading.Event(), Held()
    jobs = make_jobs(1, clock=clock)

    def work(job: Job) -> None:
        job.report(20, 100, "reading")
        reported.set()
        held(job)
        job.report(100, 100)

    job = jobs.start(work)
    assert reported.wait(PATIENCE)
    clock.now += 4
    assert job.progress == Progress(20, 100, 4.0, "reading")
    assert job.progress.eta() == 16
    held.gate.set()
    assert job.wait(PATIENCE)
    clock.now += 50
    assert job.progress == Progress(100, 100, 4.0)
    assert job.progress.eta() == 0


@pytest.mark.parametrize("progress", [Progress(0, 100, 3.0), Progress(5, None, 3.0)])
def test_no_eta_where_there_is_no_telling(progress: Progress) -> None:
    assert progress.eta() is None


def test_cancel_reaches_the_work_when_it_reports(make_jobs: MakeJobs) -> None:
    jobs, held = make_jobs(), Held()

    def work(job: Job) -> str:
        job.share(["one row"])
        held(job)
        job.report(1, 2)
        return "never"

    job = jobs.start(work)
    assert held.begun.wait(PATIENCE) and not job.canceling
    job.cancel()
    assert job.canceling and job.state is State.RUNNING
    held.gate.set()
    assert job.wait(PATIENCE)
    assert job.state is State.CANCELED and job.error is None
    assert job.result == ["one row"], "what was there before stays"


def test_cancel_ends_a_pause_at_once(make_jobs: MakeJobs) -> None:
    pausing = threading.Event()

    def work(job: Job) -> None:
        pausing.set()
        job.pause(PATIENCE * 100)

    job = make_jobs().start(work)
    assert pausing.wait(PATIENCE)
    job.cancel()
    assert job.wait(PATIENCE) and job.state is State.CANCELED


def test_canceling_what_has_ended_changes_nothing(make_jobs: MakeJobs) -> None:
    job = make_jobs().start(lambda job: 7)
    assert job.wait(PATIENCE)
    job.cancel()
    assert job.state is State.DONE and job.result == 7


def test_a_problem_for_the_user_is_kept_without_its_traceback(make_jobs: MakeJobs) -> None:
    held = Held(InputError("This is no ZIP.", "Choose another file."))
    job = make_jobs().start(held)
    held.gate.set()
    assert job.wait(PATIENCE)
    assert job.state is State.FAILED and job.error is held.outcome
    assert job.error is not None and job.error.__traceback__ is None


def test_a_defect_is_loud_in_the_log_and_has_a_reference(
    make_jobs: MakeJobs, caplog: pytest.LogCaptureFixture
) -> None:
    jobs, held = make_jobs(1), Held(ZeroDivisionError("ours"))
    with caplog.at_level(logging.ERROR):
        job = jobs.start(held)
        held.gate.set()
        assert job.wait(PATIENCE)
    assert job.state is State.FAILED and job.error is not None
    reference = caplog.records[0].getMessage().rsplit(" ", 1)[-1]
    assert caplog.records[0].exc_info and reference in job.error.remedy
    assert "ours" not in str(job.error)
    after = jobs.start(lambda job: "fine")
    assert after.wait(PATIENCE) and after.result == "fine", "the worker lives on"


def test_finished_jobs_are_forgotten_after_their_time(make_jobs: MakeJobs) -> None:
    clock, held = Clock(), Held()
    jobs = make_jobs(2, keep_seconds=60, clock=clock)
    running = jobs.start(held)
    job = jobs.start(lambda job: None)
    assert job.wait(PATIENCE)
    clock.now += 60
    assert jobs.find(job.id) is None
    assert jobs.find(running.id) is running, "whatever still runs is kept"
    held.gate.set()


def test_who_asks_for_a_job_keeps_it_longer(make_jobs: MakeJobs) -> None:
    clock = Clock()
    jobs = make_jobs(1, keep_seconds=60, clock=clock)
    job = jobs.start(lambda job: None)
    assert job.wait(PATIENCE)
    for _ in range(3):
        clock.now += 59
        assert jobs.find(job.id) is job
    clock.now += 60
    assert jobs.find(job.id) is None


def test_heavy_results_push_out_those_that_nobody_asked_for_longest(make_jobs: MakeJobs) -> None:
    clock = Clock()
    jobs = make_jobs(1, keep_bytes=100, clock=clock)

    def weighing(size: int) -> Job:
        clock.now += 1
        job = jobs.start(lambda job: job.weigh(size))
        assert job.wait(PATIENCE)
        return job

    first, second = weighing(40), weighing(40)
    clock.now += 1
    assert jobs.find(first.id) is first
    third = weighing(50)
    kept = [jobs.find(job.id) is job for job in (first, second, third)]
    assert kept == [True, False, True]
    alone = weighing(1000)
    assert [jobs.find(job.id) is job for job in (first, third, alone)] == [False, False, True]


def test_only_the_latest_finished_jobs_are_kept(make_jobs: MakeJobs) -> None:
    clock = Clock()
    jobs = make_jobs(1, keep_limit=2, clock=clock)
    finished = []
    for _ in range(3):
        clock.now += 1
        finished.append(jobs.start(lambda job: None))
        assert finished[-1].wait(PATIENCE)
    assert [jobs.find(job.id) is job for job in finished] == [False, True, True]


class Big:
    """Something whose end a test can watch."""


def test_forgetting_frees_the_result_and_cancels_the_work(make_jobs: MakeJobs) -> None:
    jobs, held = make_jobs(1), Held()
    finished = jobs.start(lambda job: Big())
    assert finished.wait(PATIENCE)
    result = weakref.ref(finished.result)
    running = jobs.start(held)
    assert held.begun.wait(PATIENCE)
    jobs.forget(finished.id)
    jobs.forget(running.id)
    jobs.forget("never heard of")
    assert jobs.find(finished.id) is None and jobs.find(running.id) is None
    assert running.canceling
    del finished
    gc.collect()
    assert result() is None
    held.gate.set()


def test_what_only_the_work_needed_goes_as_soon_as_it_ends(make_jobs: MakeJobs) -> None:
    jobs, held = make_jobs(1), Held()
    jobs.start(held)
    assert held.begun.wait(PATIENCE)

    def needing(big: Big) -> Callable[[Job], str]:
        return lambda job: f"had {big}"

    first, second = Big(), Big()
    freed = [weakref.ref(first), weakref.ref(second)]
    done, canceled = jobs.start(needing(first)), jobs.start(needing(second))
    del first, second
    canceled.cancel()
    held.gate.set()
    assert done.wait(PATIENCE) and canceled.wait(PATIENCE)
    gc.collect()
    assert [ref() for ref in freed] == [None, None]
    assert jobs.find(done.id) is done and jobs.find(canceled.id) is canceled


def test_closing_cancels_everything_and_refuses_more(make_jobs: MakeJobs) -> None:
    jobs, begun = make_jobs(1), threading.Event()

    def work(job: Job) -> None:
        begun.set()
        job.pause(PATIENCE * 100)

    running, waiting = jobs.start(work), jobs.start(work)
    assert begun.wait(PATIENCE)
    jobs.close(PATIENCE)
    assert running.state is State.CANCELED and waiting.state is State.CANCELED
    with pytest.raises(ModelError, match="stopping"):
        jobs.start(work)
    jobs.close()


def test_closing_does_not_wait_for_ever(make_jobs: MakeJobs) -> None:
    jobs, held = make_jobs(1), Held()
    job = jobs.start(held)
    assert held.begun.wait(PATIENCE)
    jobs.close(0)
    assert job.state is State.RUNNING and job.canceling
    held.gate.set()
    assert job.wait(PATIENCE)


def test_work_may_not_report_past_a_cancel(make_jobs: MakeJobs) -> None:
    seen: list[type[Exception]] = []

    def work(job: Job) -> None:
        job.cancel()
        try:
            job.report(1, 1)
        except Canceled as stop:
            seen.append(type(stop))
            raise

    job = make_jobs().start(work)
    assert job.wait(PATIENCE)
    assert seen == [Canceled] and job.state is State.CANCELED


def test_even_a_panic_ends_the_job_and_not_the_worker(
    make_jobs: MakeJobs, caplog: pytest.LogCaptureFixture
) -> None:
    class Panic(BaseException):
        pass

    def work(job: Job) -> None:
        raise Panic

    jobs = make_jobs(1)
    job = jobs.start(work)
    assert job.wait(PATIENCE) and job.state is State.FAILED
    after = jobs.start(lambda job: "fine")
    assert after.wait(PATIENCE) and after.result == "fine"
