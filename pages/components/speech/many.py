"""The table of many recordings: fills while a job listens to them, then sorts, filters, exports.

chosen = choose_recording(SPEC, samples(SPEC.slug, spec.group))
if isinstance(chosen, ManyRecordings):
    show_many(SPEC, spec, chosen, options)
way_back(SPEC.slug)
"""

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Any, NoReturn

import streamlit as st

from demos import catalog
from demos.core.audio.sound import DecodedAudio
from demos.core.batch_files import Given
from demos.core.jobs import Job, State
from demos.core.settings import read_settings
from demos.core.spec import DemoSpec, ModelSpec
from demos.core.speech.batch import Batch, Hearing, Tell, run, summary
from demos.core.speech.batch_survey import count_recordings
from demos.core.speech.transcript import Options, Transcription
from demos.core.wording import counted, duration, significant
from pages.components.batch import (
    STATUS_SECONDS,
    TABLE_SECONDS,
    begun_or_found,
    show_keeping,
    write_link,
)
from pages.components.job_board import job_board
from pages.components.job_progress import show_job
from pages.components.model_store import model_store
from pages.components.speech.many_table import show_table, show_totals
from pages.components.speech.recording import ManyRecordings, choose
from pages.components.speech.transcript import clock
from pages.components.text import plain, told
from pages.components.uploads import held

LAST_WORDS = 18
"""What is shown of the recording that is being listened to."""


def show_many(demo: DemoSpec, spec: ModelSpec, many: ManyRecordings, options: Options) -> NoReturn:
    """Start on new files, or show the table there is, in place of the rest of the page."""
    begin = partial(start, Batch(spec, options), many.files)
    job = begun_or_found(demo.slug, many.job, begin)
    if many.job is None:
        choose(demo.slug, ManyRecordings((), job.id))
    write_link(demo, job)
    offer_again(demo, spec, options, job)
    finished = job.finished
    st.fragment(run_every=None if finished else STATUS_SECONDS)(show_status)(job, finished)
    st.fragment(run_every=None if finished else TABLE_SECONDS)(show_table)(demo, job)
    if finished:
        show_keeping(demo, job)
    st.stop()


def start(batch: Batch, files: Sequence[Given]) -> Job:
    """Begin in the background. Raises `TooLarge`, and `Busy` if too many jobs wait already."""
    spec, settings = batch.spec, read_settings()
    batch.total = count_recordings(files, settings)
    left = deque(files)

    def hear(audio: DecodedAudio, tell: Tell) -> Transcription:
        inference: Any = catalog.inference(spec.demo)

        def predict(model: Any) -> Transcription:
            heard: Transcription = inference.predict(model, audio, batch.options, tell)
            return heard

        return model_store().run(spec, predict)

    def work(job: Job) -> Batch:
        return run(batch, left, hear, settings, job)

    return job_board().start(work, batch)


def way_back(slug: str) -> None:
    """A button to the table of the last recordings, while there is one."""
    job = job_board().find(st.session_state.get(f"{slug}.batch", ""))
    if job is not None:
        st.button(
            f"Back to the table of {counted(len(job.result.rows), 'recording')}",
            icon=":material/table_rows:",
            on_click=choose,
            args=(slug, ManyRecordings((), job.id)),
            key=f"{slug}.way_back",
        )


def offer_again(demo: DemoSpec, spec: ModelSpec, options: Options, job: Job) -> None:
    """Where another model or other options are chosen than the table's: say so, and offer them."""
    batch: Batch = job.result
    if batch.spec == spec and batch.options == options:
        return
    other = "with other options" if batch.spec == spec else f"by {batch.spec.title}"
    st.info(f"This table was transcribed {plain(other)}.", icon=":material/model_training:")
    files = tuple(held(demo.slug))
    if files:
        st.button(
            f"Transcribe them with {spec.title} as chosen now",
            icon=":material/play_arrow:",
            on_click=choose,
            args=(demo.slug, ManyRecordings(files)),
            key=f"{demo.slug}.batch_again",
        )


def show_status(job: Job, was_finished: bool) -> None:
    """How far it is, or how it ended; reruns by itself, without the page."""
    if job.finished and not was_finished:
        st.rerun()  # once more as a whole, without the clock
    batch: Batch = job.result
    with st.container(border=True, key="batch_status"):
        if job.finished:
            show_end(job)
        else:
            show_job(job, how_far(job))
            show_hearing(batch.hearing)
        show_totals(batch)


def how_far(job: Job) -> str:
    """Recordings, and minutes of them."""
    batch: Batch = job.result
    recordings = f"{len(batch.rows):,} of {counted(batch.total or 0, 'recording')}"
    progress = job.progress
    if not progress.total:
        return recordings
    return (
        f"{recordings} · {clock(progress.done / 1000)} of {clock(progress.total / 1000)} of audio"
    )


def show_hearing(hearing: Hearing | None) -> None:
    """The recording that is being listened to, how far, and the last words of it."""
    if hearing is None:
        st.caption("…")  # keeps the place between two recordings
        return
    far = f"**{plain(hearing.name)}**, {clock(hearing.done)} of {clock(hearing.seconds)}"
    words = hearing.so_far.text.split() if hearing.so_far else []
    shown = " ".join(words[-LAST_WORDS:])
    more = "… " if len(words) > LAST_WORDS else ""
    st.caption(
        f":material/hearing: {far}" + (f": {more}{plain(shown)}" if shown else ": listening …")
    )


def show_end(job: Job) -> None:
    """How it ended, in one line."""
    batch: Batch = job.result
    count, seconds = len(batch.rows), job.progress.seconds
    audio = summary(batch.rows).audio_seconds
    pace = f", {significant(audio / seconds, 2)} times as fast as they play" if seconds else ""
    done = f"{counted(count, 'recording')} of {clock(audio)} altogether in {duration(seconds)}"
    of = "" if batch.total is None else f" of {batch.total:,}"
    if job.state is State.DONE:
        st.markdown(f":material/done_all: **Done.** {done}{pace} · {plain(batch.spec.title)}")
    elif job.state is State.CANCELED:
        st.markdown(f":material/cancel: **Canceled** after {count:,}{of} recordings.")
    elif job.error is not None:
        st.warning(told(job.error), icon=":material/error:")
        st.markdown(f"It ended after {count:,}{of} recordings.")
