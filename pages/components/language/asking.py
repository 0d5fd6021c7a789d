"""Having a text read: at once where that is quick, else in the background, with a way to stop it.

    answer = ask(spec, request, predict, slug)
    if answer is None:
        st.stop()  # the page shows how far it is, or what went wrong

The session remembers the last answers; nobody else sees them.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from demos.core.errors import UserError
from demos.core.jobs import Job, State
from demos.core.language.answers import Answer, Request
from demos.core.spec import ModelSpec
from pages.components.job_board import text_board
from pages.components.job_progress import show_job
from pages.components.language.marked import show_marked
from pages.components.model_store import model_store
from pages.components.prediction import STAGES, show_problem
from pages.components.text import told

KEPT = 8
"""Answers a session remembers."""
INLINE_SECONDS = 1.5
"""What finishes in this time is shown at once, without a progress bar."""
LOOK_SECONDS = 0.02
REFRESH_SECONDS = 0.5
TICKS = 100

Tell = Callable[[float, str], None]
Predict = Callable[[Any, Request, Tell], Answer]
Key = tuple[str, Request]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is being asked, what was written so far, and in the end the answer."""

    key: Key
    partial: str = ""
    answer: Answer | None = None


def ask(slug: str, spec: ModelSpec, request: Request, predict: Predict) -> Answer | None:
    """What the model says, from the session, from a job, or from a new one.

    None while it is at work and when it could not answer; the page then shows why.
    """
    # A place of its own, used or not: what comes below would be drawn anew if it moved.
    with st.container():
        return answered(slug, (spec.source.version, request), spec, predict)


def answered(slug: str, key: Key, spec: ModelSpec, predict: Predict) -> Answer | None:
    found: OrderedDict[Key, Answer] = st.session_state.setdefault(f"{slug}.answers", OrderedDict())
    if key not in found:
        job = job_of(slug, key)
        if job is None:
            try:
                job = begin(slug, key, spec, predict)
            except UserError as error:
                show_problem(error, f"{slug}.answer")
                return None
            wait_shortly(job)
        if not job.finished:
            watch(job)
            return None
        if job.state is not State.DONE:
            show_end(slug, job)
            return None
        found[key] = job.result.answer
        forget(slug)
        if len(found) > KEPT:
            found.popitem(last=False)
    found.move_to_end(key)
    return found[key]


def job_of(slug: str, key: Key) -> Job | None:
    """The one of this session, if it is for this."""
    job = text_board().find(st.session_state.get(f"{slug}.reading", ""))
    return job if job is not None and job.result.key == key else None


def begin(slug: str, key: Key, spec: ModelSpec, predict: Predict) -> Job:
    """Start to read, in place of what this session began before. Raises `Busy`."""
    forget(slug)
    request = key[1]

    def work(job: Job) -> Reading:
        def tell(fraction: float, partial: str) -> None:
            job.share(Reading(key, partial))
            job.report(round(TICKS * fraction), TICKS)

        def run(model: Any) -> Answer:
            job.report(0, TICKS)
            return predict(model, request, tell)

        def stage(name: str) -> None:
            job.report(0, TICKS, STAGES[name])

        return Reading(key, answer=model_store().run(spec, run, on_stage=stage))

    job = text_board().start(work, Reading(key))
    st.session_state[f"{slug}.reading"] = job.id
    return job


def forget(slug: str) -> None:
    """Stop what is at work, if anything is, and keep nothing of it."""
    text_board().forget(st.session_state.pop(f"{slug}.reading", ""))


def wait_shortly(job: Job) -> None:
    began = time.monotonic()
    with st.spinner("Reading …"):
        while not job.wait(LOOK_SECONDS):
            if time.monotonic() - began > INLINE_SECONDS:
                return


@st.fragment(run_every=REFRESH_SECONDS)
def watch(job: Job) -> None:
    """How far it is and what was written so far; ends in a rerun of the page."""
    if job.finished:
        st.rerun()
    reading: Reading = job.result
    show_job(job, f"{job.progress.done} % read")
    if reading.partial:
        show_marked(reading.partial, (), "Written so far")


def show_end(slug: str, job: Job) -> None:
    """It was canceled, or failed, and a way to try again."""
    if job.error is not None:
        st.warning(told(job.error), icon=":material/error:")
    else:
        st.info("Canceled.", icon=":material/cancel:")
    st.button(
        "Try again",
        icon=":material/refresh:",
        type="primary",
        on_click=forget,
        args=(slug,),
        key=f"{slug}.try_again",
    )
