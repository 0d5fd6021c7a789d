"""The table of many files: fills while a job works through them, then sorts, filters and exports.

chosen = choose_input(...)
if isinstance(chosen, Many):
    show_batch(SPEC, spec, chosen, kind.title_of, kind.subject)
"""

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NoReturn

import streamlit as st

from demos import catalog
from demos.core.batch import PROBABILITY, Batch, Words, classify, describe, run
from demos.core.batch_files import Given, count_files, expanded
from demos.core.errors import UserError
from demos.core.jobs import Job, State
from demos.core.media import DecodedImage
from demos.core.settings import read_settings
from demos.core.spec import DemoSpec, ModelSpec
from demos.core.wording import duration, significant
from pages.components.batch_table import show_table, show_totals
from pages.components.input import Many, choose
from pages.components.job_board import job_board
from pages.components.job_progress import show_job
from pages.components.model_store import model_store
from pages.components.prediction import show_problem
from pages.components.text import told
from pages.components.uploads import drop, held

STATUS_SECONDS = 1.0
TABLE_SECONDS = 2.0
"""The table is sent whole each time, with its pictures: megabytes for hundreds of rows."""

WordsOf = Callable[..., Words]


def show_batch(
    demo: DemoSpec,
    spec: ModelSpec,
    many: Many,
    title_of: Callable[[str], str],
    subject: str,
    *,
    measure: str = PROBABILITY,
    words_of: WordsOf = describe,
) -> NoReturn:
    """Start the batch of new files, or show the one there is, in place of the rest of the page.

    `title_of` names a label, `subject` what is in scope, `measure` the figure beside an answer;
    `words_of(result, title_of, subject)` puts a result into the words of its row.
    """
    words = partial(words_of, title_of=title_of, subject=subject)
    begin = partial(start, Batch(spec, title_of, measure), many.files, words)
    job = begun_or_found(demo.slug, many.job, begin)
    if many.job is None:
        choose(demo.slug, Many((), job.id))
    write_link(demo, job)
    offer_other_model(demo, spec, job)
    finished = job.finished
    st.fragment(run_every=None if finished else STATUS_SECONDS)(show_status)(job, finished)
    st.fragment(run_every=None if finished else TABLE_SECONDS)(show_table)(demo, job)
    if finished:
        show_keeping(demo, job)
    st.stop()


def begun_or_found(slug: str, id: str | None, begin: Callable[[], Job]) -> Job:
    """The batch of this id; without one, a new one in place of the last that this session began.

    Stops the page where there is none: it says why, or runs once more if it was forgotten.
    """
    if id is not None:
        found = job_board().find(id)
        if found is None:  # it was forgotten since the input was chosen
            st.rerun()
        job = found
    else:
        try:
            job = begin()
        except UserError as error:
            show_problem(error, "batch")
            st.stop()
        begun = f"{slug}.begun"  # here: a batch that a link led to is somebody else's
        previous = job_board().find(st.session_state.get(begun, ""))
        if previous is not None:
            previous.cancel()  # nobody looks at it any more
        st.session_state[begun] = job.id
    st.session_state[f"{slug}.batch"] = job.id
    return job


def start(batch: Batch, files: Sequence[Given], words_of: Callable[[Any], Words]) -> Job:
    """Begin a batch in the background. Raises `TooLarge`, and `Busy` if too many wait already."""
    spec, settings = batch.spec, read_settings()
    batch.total = count_files(files, settings)
    left = deque(files)

    def predict(images: Sequence[DecodedImage]) -> Sequence[Any]:
        inference = catalog.inference(spec.demo)
        return model_store().run(spec, lambda model: classify(inference, model, images))

    def work(job: Job) -> Batch:
        return run(batch, expanded(left, settings), predict, words_of, settings, job)

    return job_board().start(work, batch)


def write_link(demo: DemoSpec, job: Job) -> None:
    """Put the job into the address bar, where a refresh finds it again."""
    name = job.result.spec.name
    link = {"job": job.id, "model": name}
    if st.query_params.to_dict() != link:
        st.query_params.from_dict(link)
    st.session_state[f"{demo.slug}.linked_job"] = job.id
    st.session_state[f"{demo.slug}.linked"] = (None, name)


def offer_other_model(demo: DemoSpec, spec: ModelSpec, job: Job) -> None:
    """Where another model is chosen than the table's: say so, and run it if the files are here."""
    batch: Batch = job.result
    if batch.spec == spec:
        return
    st.info(f"This table is of {batch.spec.title}.", icon=":material/model_training:")
    files = tuple(held(demo.slug))
    if files:
        st.button(
            f"Run the files with {spec.title}",
            icon=":material/play_arrow:",
            on_click=choose,
            args=(demo.slug, Many(files)),
            key=f"{demo.slug}.batch_again",
        )


def show_status(job: Job, was_finished: bool) -> None:
    """How far it is, or how it ended; reruns by itself, without the page."""
    if job.finished and not was_finished:
        st.rerun()  # once more as a whole, without the clock
    with st.container(border=True, key="batch_status"):
        if job.finished:
            show_end(job)
        else:
            show_progress(job)
        show_totals(job.result.rows)


def show_progress(job: Job) -> None:
    """The bar, the time left, and the way out."""
    done, total = job.progress.done, job.progress.total
    show_job(job, f"{done:,} files so far" if total is None else f"{done:,} of {total:,} files")


def show_end(job: Job) -> None:
    """How it ended, in one line."""
    batch: Batch = job.result
    count, seconds = len(batch.rows), job.progress.seconds
    speed = f" · {significant(count / seconds, 2)} files per second" if seconds else ""
    done = f"{count:,} {'file' if count == 1 else 'files'} in {duration(seconds)}{speed}"
    of = "" if batch.total is None else f" of {batch.total:,}"
    if job.state is State.DONE:
        st.markdown(f":material/done_all: **Done.** {done} · {batch.spec.title}")
    elif job.state is State.CANCELED:
        st.markdown(f":material/cancel: **Canceled** after {count:,}{of} files.")
    elif job.error is not None:
        st.warning(told(job.error), icon=":material/error:")
        st.markdown(f"It ended after {count:,}{of} files.")


def show_keeping(demo: DemoSpec, job: Job) -> None:
    """How long the results stay, and how to have them gone now."""
    minutes = round(job_board().keep_seconds / 60)
    st.caption(
        ":material/lock_clock: These results stay in the server's memory until nobody has looked "
        f"at them for {minutes} minutes, for whoever has the address of this page. The files are "
        "not kept with them."
    )
    st.button(
        "Delete these results",
        icon=":material/delete:",
        on_click=forget,
        args=(demo, job),
        key=f"delete_{job.id}",
    )


def forget(demo: DemoSpec, job: Job) -> None:
    """Keep nothing: not the rows, not the uploaded files, not the link."""
    job_board().forget(job.id)
    drop(demo.slug)
    for name in ("chosen", "batch"):
        st.session_state.pop(f"{demo.slug}.{name}", None)
    st.query_params.clear()
