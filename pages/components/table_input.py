"""What a page on tables works on: a sample, or a person's own file, read and scored.

scored = choose_table(SPEC, spec, COLUMNS, samples(SPEC.slug, spec.group), score, "transactions")

It returns what `score` made of the table; until there is something to return, it shows how far that
is and stops the page. A file that cannot be used leaves the result before it where it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from demos.core.errors import UserError
from demos.core.jobs import Job, State
from demos.core.samples import Sample
from demos.core.spec import DemoSpec, ModelSpec
from demos.core.tables import Column, Layout
from pages.components import permalink
from pages.components.job_board import job_board, linked_job
from pages.components.job_progress import said, share_done, show_job
from pages.components.prediction import show_problem
from pages.components.sample_gallery import table_gallery
from pages.components.table_jobs import Score, ScoredTable, Underway, sample_jobs, start_upload
from pages.components.table_quality import show_quality, show_quarantine, show_reading
from pages.components.table_upload import upload_tab
from pages.components.text import plain, told
from pages.components.uploads import drop

STATUS_SECONDS = 0.5
SAMPLE_SECONDS = 0.1


def choose_sample_table(slug: str, sample: Sample) -> None:
    """Make a sample the chosen table; also what `permalink.follow` is to be given."""
    st.session_state[f"{slug}.chosen"] = sample
    st.session_state.pop(f"{slug}.problem", None)


def choose_table(
    demo: DemoSpec,
    spec: ModelSpec,
    columns: Sequence[Column],
    shipped: tuple[Sample, ...],
    score: Score,
    subject: str = "rows",
) -> ScoredTable:
    """Samples, or a file of one's own; the first sample is chosen until something else is.

    `score` runs in the background, once per sample and process and once per started upload.
    `subject` names the rows. The address leads back: to a sample for good, to an upload as long as
    its result is kept.
    """
    slug = demo.slug
    follow_job(slug)
    settle(slug)
    chosen = current(slug)
    if chosen is None or (isinstance(chosen, Sample) and chosen not in shipped):
        chosen = shipped[0]
        choose_sample_table(slug, chosen)
    shown = chosen if isinstance(chosen, Sample) else None
    names = [":material/table: Samples", ":material/upload: Your own file"]
    tab = st.session_state.get(f"{slug}.tab", 0 if shown else 1)
    samples_tab, own_tab = st.tabs(names, default=names[tab])
    with samples_tab:
        table_gallery(slug, shipped, shown, take_sample)
    with own_tab:
        upload_tab(slug, subject, columns, partial(begin, demo, spec, columns, score))
    problem: UserError | None = st.session_state.get(f"{slug}.problem")
    if problem is not None:
        st.warning(told(problem), icon=":material/error:")
        st.caption("The result below is still the one before.")
    wait_for_upload(demo)
    if isinstance(chosen, Sample):
        scored = of_sample(demo, spec, chosen, columns, score)
    else:
        scored = chosen.result
        link_to(demo, chosen, scored.model)
    show_quality(scored.table, scored.title, scored.rows)
    with st.container(horizontal=True, gap="small", key="table_details"):
        show_reading(scored.table)
        show_quarantine(scored.table)
        if scored.sample is None:
            show_deletion(demo, scored)
    if scored.sample is None:
        show_keeping(demo, spec, scored)
    return scored


def follow_job(slug: str) -> None:
    """Take up the job that a newly opened URL names."""
    find = job_board().find
    job = linked_job(slug, lambda id: None if sample_jobs.owns(id) else find(id))
    if job and isinstance(job.result, Underway | ScoredTable) and job.result.demo == slug:
        st.session_state[f"{slug}.running"] = job.id
        st.session_state[f"{slug}.tab"] = 1


def settle(slug: str) -> None:
    """Take up the end of the session's job: its result is chosen, or its problem will be said."""
    id = st.session_state.get(f"{slug}.running")
    if id is None:
        return
    job = job_board().find(id)
    if job is not None and not job.finished:
        return
    del st.session_state[f"{slug}.running"]
    if job is not None and job.state is State.DONE:
        st.session_state[f"{slug}.chosen"] = id
        st.session_state.pop(f"{slug}.problem", None)
    elif job is not None and job.error is not None:
        st.session_state[f"{slug}.problem"] = job.error


def current(slug: str) -> Sample | Job | None:
    """The chosen sample, or the finished job of the chosen upload while its result is kept."""
    chosen: Sample | str | None = st.session_state.get(f"{slug}.chosen")
    if not isinstance(chosen, str):
        return chosen
    job = job_board().find(chosen)
    if job is None:
        st.info("The results of this file are no longer kept. Choose the file again.")
    return job


def take_sample(slug: str, sample: Sample) -> None:
    """Choose a sample by hand; an upload that still runs is nobody's any more."""
    choose_sample_table(slug, sample)
    st.session_state[f"{slug}.tab"] = 0
    drop_running(slug)


def drop_running(place: str) -> None:
    """Cancel the upload that runs, if this session has begun it."""
    id = st.session_state.pop(f"{place}.running", None)
    job = job_board().find(id) if id else None
    if job is not None and id == st.session_state.get(f"{place}.begun"):
        job.cancel()


def begin(
    demo: DemoSpec,
    spec: ModelSpec,
    columns: Sequence[Column],
    score: Score,
    data: bytes,
    name: str,
    layout: Layout,
    mapping: Mapping[str, str],
) -> None:
    """Start an upload in place of the one that may still run."""
    launch(demo.slug, lambda: start_upload(demo, spec, data, name, columns, layout, mapping, score))


def launch(place: str, start: Callable[[], Job]) -> None:
    """Start a job in place of the one that this session may still have running.

    `place` is where the session keeps what belongs to it; a problem is left there to be told.
    """
    st.session_state.pop(f"{place}.problem", None)
    drop_running(place)
    try:
        job = start()
    except UserError as error:
        st.session_state[f"{place}.problem"] = error.bare()
        return
    st.session_state[f"{place}.running"] = st.session_state[f"{place}.begun"] = job.id


def wait_for_upload(demo: DemoSpec) -> None:
    """Show how far the session's job is, in place of the rest of the page, until it has ended."""
    job = job_board().find(st.session_state.get(f"{demo.slug}.running", ""))
    if job is None:
        return
    link_to(demo, job, job.result.model)
    st.fragment(run_every=STATUS_SECONDS)(show_running)(job)
    st.stop()


def show_running(job: Job) -> None:
    """How far it is; reruns by itself, and the page once it has ended."""
    underway = job.result  # which the result replaces a moment before the job has finished
    if job.finished or not isinstance(underway, Underway):
        st.rerun()
    with st.container(border=True, key="table_status"):
        show_job(job, f"{plain(underway.name)}: {percent_done(job)}")


def percent_done(job: Job) -> str:
    return f"{100 * share_done(job):.0f} %"


def of_sample(
    demo: DemoSpec, spec: ModelSpec, sample: Sample, columns: Sequence[Column], score: Score
) -> ScoredTable:
    """The result for a sample, at once if anybody has opened it before; else with its stages."""
    url = permalink.write(demo, spec, sample)
    try:
        job = sample_jobs.start(demo, spec, sample, columns, score)
    except UserError as error:
        show_problem(error, "sample")
        st.stop()
    place = st.empty()
    while not job.wait(SAMPLE_SECONDS):
        place.progress(share_done(job), said(job, plain(sample.title)))
    place.empty()
    if job.error is not None:
        show_problem(job.error, "sample")
        st.stop()
    if job.state is not State.DONE:  # the server is stopping
        st.stop()
    return replace(job.result, url=url)


def link_to(demo: DemoSpec, job: Job, model: str) -> None:
    """Put the job into the address bar, where a refresh finds it again."""
    permalink.put({"job": job.id, "model": model})
    st.session_state[f"{demo.slug}.linked_job"] = job.id
    st.session_state[f"{demo.slug}.linked"] = (None, model)


def show_keeping(demo: DemoSpec, spec: ModelSpec, scored: ScoredTable) -> None:
    """How long the results of an upload stay, and of which model they are."""
    if scored.model != spec.name:
        st.info(
            f"This table was scored with {demo.model(scored.model).title}. Start the file once "
            f"more to score it with {spec.title}.",
            icon=":material/model_training:",
        )
    minutes = round(job_board().keep_seconds / 60)
    st.caption(
        ":material/lock_clock: These results stay in the server's memory until nobody has looked "
        f"at them for {minutes} minutes, for whoever has the address of this page. The file is not "
        "kept with them, but for the rows set aside."
    )


def show_deletion(demo: DemoSpec, scored: ScoredTable) -> None:
    st.button(
        "Delete these results",
        icon=":material/delete:",
        on_click=forget,
        args=(demo, scored),
        key=f"delete_{scored.id}",
    )


def forget(demo: DemoSpec, scored: ScoredTable) -> None:
    """Keep nothing: not the result, not the uploaded file, not the link."""
    job_board().forget(scored.id)
    drop(demo.slug)
    for name in ("chosen", "pending", "problem", "started", "tab", "begun"):
        st.session_state.pop(f"{demo.slug}.{name}", None)
    permalink.put({})
