"""A file of messages on a page: handed in, sorted in the background, looked through, taken away.

    linked = follow_many(SPEC)          # first of all: whether the address leads to such a file
    show_many(SPEC, spec, engine, examples)     # in its place on the page; never stops it

`engine` is called in threads of the job board. The job is in the address, so that a refresh, or
whoever is sent it, finds the file again; one that was canceled or failed can go on.
"""

from collections.abc import Callable
from functools import partial

import streamlit as st

from demos.core.errors import UserError
from demos.core.jobs import Job, State
from demos.core.language.batch import Batch, new_batch, run
from demos.core.language.batch_scoring import MOST_CHARACTERS, Engine
from demos.core.settings import read_settings
from demos.core.spec import DemoSpec, ModelSpec
from demos.core.wording import counted, duration, significant
from pages.components import permalink
from pages.components.job_board import job_board, linked_job
from pages.components.job_progress import said
from pages.components.language.many_keep import export
from pages.components.language.many_table import show_results
from pages.components.language.many_upload import Chosen, upload_messages
from pages.components.language.topic_map import show_topics
from pages.components.language.verdict import written
from pages.components.table_input import launch, link_to
from pages.components.text import told
from pages.components.uploads import drop

STATUS_SECONDS = 1.0
TABLE_SECONDS = 3.0


def place(slug: str) -> str:
    """Where the session keeps what belongs to files of messages."""
    return f"{slug}.many"


def follow_many(demo: DemoSpec) -> bool:
    """Take up the file that a newly opened URL names; whether there is one."""
    job = linked_job(demo.slug, job_board().find)
    if job is None or not isinstance(job.result, Batch) or job.result.spec.demo != demo.slug:
        return False
    st.session_state[f"{place(demo.slug)}.running"] = job.id
    return True


def show_many(demo: DemoSpec, spec: ModelSpec, engine: Engine, examples: bytes) -> None:
    """The uploader, and below it the file that is being sorted or has been; `examples` is a file to
    try."""
    here = place(demo.slug)
    upload_messages(here, tuple(engine.rules), examples, partial(begin, here, spec, engine))
    problem: UserError | None = st.session_state.get(f"{here}.problem")
    if problem is not None:
        st.warning(told(problem), icon=":material/error:")
    id = st.session_state.get(f"{here}.running")
    if id is None:
        return
    job = job_board().find(id)
    if job is None:
        st.info("The results of this file are no longer kept. Choose the file again.")
        return
    batch: Batch = job.result
    link_to(demo, job, batch.spec.name)
    if batch.spec != spec:
        st.info(
            f"These messages were sorted by {written(batch.spec.title)}. Start the file again to "
            f"sort them with {written(spec.title)}.",
            icon=":material/model_training:",
        )
    finished = job.finished
    if finished:
        show_end(here, engine, job)
    else:
        st.fragment(run_every=STATUS_SECONDS)(show_running)(job)
    st.fragment(run_every=None if finished else TABLE_SECONDS)(show_results)(here, job)
    if finished and batch.parts:
        st.fragment(show_topics)(here, job, engine.vectors)
        export(here, batch)
    if finished:
        show_keeping(here, job)


def begin(here: str, spec: ModelSpec, engine: Engine, chosen: Chosen) -> None:
    """Start a file in place of the one that may still run."""
    rules = {task: engine.rules[task] for task in chosen.tasks}

    def start() -> Job:
        batch = new_batch(spec, chosen.data, chosen.file, chosen.column, chosen.kept, rules)
        return started(batch, engine)

    before = st.session_state.get(f"{here}.running")
    own = before == st.session_state.get(f"{here}.begun")
    replace_job(here, start, before if own else None)


def replace_job(here: str, start: Callable[[], Job], old: str | None) -> None:
    """Start a job in place of the one shown; nothing stays of the `old` one, if any is given, nor
    of its map, which shows the messages that were there when it was drawn.

    Where it cannot be started, the one shown stays.
    """
    before = st.session_state.get(f"{here}.running")
    launch(here, start)
    if f"{here}.running" in st.session_state:
        ended = job_board().find(old) if old is not None else None
        if ended is not None:
            let_go(ended)
    elif before is not None:
        st.session_state[f"{here}.running"] = before


def started(batch: Batch, engine: Engine) -> Job:
    """A batch as a job, from where it stands. Raises `Busy` if too many jobs wait already."""
    settings = read_settings()
    return job_board().start(lambda job: run(batch, engine, settings, job), batch)


def go_on(here: str, engine: Engine, job: Job) -> None:
    """Do the rest of a batch that was canceled or failed."""
    replace_job(here, lambda: started(job.result, engine), job.id)


def show_running(job: Job) -> None:
    """The bar, of the whole file also where this is the rest of it, and the way out.

    Reruns by itself, and the page once it has ended.
    """
    if job.finished:
        st.rerun()
    with st.container(border=True, key="many_status"):
        show_bar(job)


def show_bar(job: Job) -> None:
    batch: Batch = job.result
    done = batch.begun + job.progress.done
    what = "Reading the file"
    if batch.total is not None:
        what = f"{done:,} of {counted(batch.total, 'message')}"
    bar, button = st.columns([5, 1], vertical_alignment="center")
    share = done / batch.total if batch.total else 0.0
    bar.progress(min(share, 1.0), f"{written(batch.file.name)}: {said(job, what)}")
    button.button(
        "Cancel",
        icon=":material/cancel:",
        on_click=job.cancel,
        disabled=job.canceling,
        width="stretch",
        help="What is done stays, and the rest can be done later.",
        key=f"cancel_{job.id}",
    )


def show_end(here: str, engine: Engine, job: Job) -> None:
    """How it ended, and the way to go on. In no fragment: its button begins another job."""
    batch: Batch = job.result
    with st.container(border=True, key="many_status"):
        say_end(job)
        if batch.source is not None:
            left = "the messages"
            if batch.total:
                left = counted(batch.total - batch.rows, "message")
            st.button(
                f"Go on with {left}",
                icon=":material/play_arrow:",
                type="primary",
                on_click=go_on,
                args=(here, engine, job),
                key=f"go_on_{job.id}",
            )
        for note in notes(batch):
            st.caption(note)


def say_end(job: Job) -> None:
    """In one line."""
    batch: Batch = job.result
    count, name = counted(batch.rows, "message"), written(batch.file.name)
    of = f" of {batch.total:,}" if batch.total else ""
    if job.state is State.DONE:
        pace = f", {significant(batch.rows / batch.seconds, 2)} a second" if batch.seconds else ""
        st.markdown(
            f":material/done_all: **Done.** {count} of {name} in {duration(batch.seconds)}{pace} · "
            f"{written(batch.spec.title)}"
        )
    elif job.state is State.CANCELED:
        st.markdown(f":material/cancel: **Canceled** after {count}{of} of {name}.")
    elif job.error is not None:
        st.warning(told(job.error), icon=":material/error:")
        st.markdown(f"It ended after {count}{of} of {name}.")


def notes(batch: Batch) -> list[str]:
    """What else is to be known of how the file was read."""
    found = []
    if batch.distinct < batch.rows:
        found.append(f"{batch.distinct:,} of them are different; equal ones are sorted once.")
    if batch.long:
        are, its = ("are", "their") if batch.long > 1 else ("is", "its")
        found.append(
            f"{counted(batch.long, 'message')} {are} longer than {MOST_CHARACTERS:,} characters: "
            f"{its} beginning was read."
        )
    return found


def show_keeping(here: str, job: Job) -> None:
    """How long the results stay, and how to have them gone now."""
    minutes = round(job_board().keep_seconds / 60)
    batch: Batch = job.result
    file = (
        "The file itself is not kept."
        if batch.source is None
        else "The file is kept with it, so that the rest can be done."
    )
    st.caption(
        ":material/lock_clock: The messages and what was found of them stay in the server's memory "
        f"until nobody has looked at them for {minutes} minutes, for whoever has the address of "
        f"this page. {file}"
    )
    st.button(
        "Delete all of it now",
        icon=":material/delete:",
        on_click=forget,
        args=(here, job),
        key=f"delete_{job.id}",
    )


def let_go(job: Job) -> None:
    """Of a job and of the map that was drawn of its messages."""
    for id in (job.id, job.result.map_job):
        job_board().forget(id)
    job.result.map_job = ""  # the batch may live on in the job that does the rest of it


def forget(here: str, job: Job) -> None:
    """Keep nothing: not the results, not the map, not the uploaded file, not the link."""
    let_go(job)
    drop(here)
    for name in ("running", "begun", "pending", "problem", "started"):
        st.session_state.pop(f"{here}.{name}", None)
    permalink.put({})
