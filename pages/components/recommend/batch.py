"""A person's own customers: their file, what of it the catalog has, recommendations for them all.

    follow_histories(SPEC)                                   # first of all, before any model
    upload_histories(SPEC, spec, catalog, scores, steering)  # in a tab; never stops the page

`scores` runs in a thread of the job board. A job is in the address as long as it is looked at, so
that a refresh finds it again.
"""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from demos.core.errors import UserError
from demos.core.jobs import Job, State
from demos.core.recommend.batch import Scores
from demos.core.recommend.catalog import Catalog
from demos.core.recommend.history_columns import columns_for
from demos.core.recommend.steering import Steering
from demos.core.spec import DemoSpec, ModelSpec
from demos.core.tables import Layout
from demos.core.wording import counted
from pages.components import permalink
from pages.components.job_board import job_board, linked_job
from pages.components.job_progress import share_done, show_job
from pages.components.recommend.batch_format import show_format
from pages.components.recommend.batch_jobs import (
    Matched,
    Recommended,
    start_matching,
    start_recommending,
)
from pages.components.recommend.batch_matching import show_matching
from pages.components.recommend.batch_results import show_results
from pages.components.table_input import launch, link_to
from pages.components.table_jobs import Underway
from pages.components.table_upload import upload_tab
from pages.components.text import plain, told
from pages.components.uploads import drop

STATUS_SECONDS = 0.5


def place(slug: str, model: str) -> str:
    """Where the session keeps what belongs to the files of one catalog."""
    return f"{slug}.{model}.batch"


def follow_histories(demo: DemoSpec) -> None:
    """Take up the job that a newly opened URL names; say so where it is gone."""
    job = linked_job(demo.slug, job_board().find)
    if (
        job
        and isinstance(job.result, Underway | Matched | Recommended)
        and job.result.demo == demo.slug
    ):
        st.session_state[f"{place(demo.slug, job.result.model)}.running"] = job.id


def has_histories(demo: DemoSpec, spec: ModelSpec) -> bool:
    """Whether a file of histories is being worked on, or has been: the address is then its own."""
    here = place(demo.slug, spec.name)
    return f"{here}.running" in st.session_state or f"{here}.job" in st.session_state


def upload_histories(
    demo: DemoSpec, spec: ModelSpec, catalog: Catalog, scores: Scores, steering: Steering
) -> None:
    """The uploader, and below it how far the file is, what was matched, and the results.

    A file that cannot be used, or was canceled, leaves the result before it where it is.
    """
    here = place(demo.slug, spec.name)
    with st.expander("What the file should look like", icon=":material/help:"):
        show_format(catalog)
    columns = columns_for(catalog)
    upload_tab(here, "histories", columns, partial(begin, demo, spec, catalog))
    settle(here)
    problem: UserError | None = st.session_state.get(f"{here}.problem")
    if problem is not None:
        st.warning(told(problem), icon=":material/error:")
    running = job_board().find(st.session_state.get(f"{here}.running", ""))
    if running is not None:
        link_to(demo, running, spec.name)
        st.fragment(run_every=STATUS_SECONDS)(show_running)(running)
        return
    id = st.session_state.get(f"{here}.job")
    if id is None:
        return
    job = job_board().find(id)
    if job is None:
        st.info("The results of this file are no longer kept. Choose the file again.")
        return
    link_to(demo, job, spec.name)
    if isinstance(job.result, Recommended):
        show_recommended(demo, spec, job, scores, steering)
    else:
        show_matched(demo, spec, job, scores, steering)
    show_keeping(demo, spec, job)


def settle(here: str) -> None:
    """Take up the end of the job that runs: its result is shown, or its problem will be said."""
    id = st.session_state.get(f"{here}.running")
    if id is None:
        return
    job = job_board().find(id)
    if job is not None and not job.finished:
        return
    del st.session_state[f"{here}.running"]
    if job is None:
        return
    before = st.session_state.get(f"{here}.job")
    usable = isinstance(job.result, Matched | Recommended)
    if job.state is State.DONE or (usable and before is None):
        st.session_state[f"{here}.job"] = id
        if before is not None and id == st.session_state.get(f"{here}.begun"):
            job_board().forget(before)  # what it holds of the same file, the new one holds too
    if job.error is not None:
        st.session_state[f"{here}.problem"] = job.error
    elif job.state is State.CANCELED:
        st.toast("Canceled.", icon=":material/cancel:")


def begin(
    demo: DemoSpec,
    spec: ModelSpec,
    catalog: Catalog,
    data: bytes,
    name: str,
    layout: Layout,
    mapping: Mapping[str, str],
) -> None:
    """Start a file in place of the one that may still run."""
    here = place(demo.slug, spec.name)
    launch(here, lambda: start_matching(demo, spec, catalog, data, name, layout, mapping))


def show_running(job: Job) -> None:
    """How far it is; reruns by itself, and the page once it has ended."""
    if job.finished:
        st.rerun()
    underway = job.result  # which the result replaces a moment before the job has finished
    what = f"{job.progress.done:,} of {job.progress.total or 0:,} customers"
    if isinstance(underway, Underway):
        what = f"{plain(underway.name)}: {100 * share_done(job):.0f} %"
    with st.container(border=True, key="histories_status"):
        show_job(job, what)


def show_matched(
    demo: DemoSpec, spec: ModelSpec, job: Job, scores: Scores, steering: Steering
) -> None:
    """What was matched, and the button to go on."""
    matched: Matched = job.result
    show_matching(place(demo.slug, spec.name), matched)
    offer_start(demo, spec, matched, scores, steering, again=False)


def show_recommended(
    demo: DemoSpec, spec: ModelSpec, job: Job, scores: Scores, steering: Steering
) -> None:
    """The results, and below them what they were made from."""
    result: Recommended = job.result
    if result.steering != steering:
        st.info(
            "These recommendations were made with other controls than those set now.",
            icon=":material/tune:",
        )
        offer_start(demo, spec, result.matched, scores, steering, again=True)
    here = place(demo.slug, spec.name)
    show_results(here, spec, result, job.progress.seconds)
    with st.expander("What was matched in the file", icon=":material/fact_check:"):
        show_matching(here, result.matched)


def offer_start(
    demo: DemoSpec,
    spec: ModelSpec,
    matched: Matched,
    scores: Scores,
    steering: Steering,
    *,
    again: bool,
) -> None:
    """The button that starts it, and which of the controls count."""
    users, here = counted(len(matched.histories), "customer"), place(demo.slug, spec.name)
    st.button(
        f"Recommend again for {users}" if again else f"Recommend for {users}",
        icon=":material/play_arrow:",
        type="secondary" if again else "primary",
        on_click=launch,
        args=(here, partial(start_recommending, matched, scores, steering)),
        key=f"{here}.recommend",
    )
    st.caption(
        f"{counted(steering.count, plain(matched.catalog.one))} each, with the controls as they "
        "are now. Diversity is not applied to files: it compares every candidate with every other."
    )


def show_keeping(demo: DemoSpec, spec: ModelSpec, job: Job) -> None:
    """How long the results stay, and how to have them gone now."""
    minutes = round(job_board().keep_seconds / 60)
    st.caption(
        ":material/lock_clock: This stays in the server's memory until nobody has looked at it for "
        f"{minutes} minutes, for whoever has the address of this page: the customers' names or "
        "codes, their histories and the rows not matched. The file itself is not kept."
    )
    st.button(
        "Delete these results",
        icon=":material/delete:",
        on_click=forget,
        args=(demo, spec, job),
        key=f"delete_{job.id}",
    )


def forget(demo: DemoSpec, spec: ModelSpec, job: Job) -> None:
    """Keep nothing: not the results, not the uploaded file, not the link."""
    here = place(demo.slug, spec.name)
    job_board().forget(job.id)
    drop(here)
    for name in ("job", "running", "begun", "pending", "problem", "started", "tab"):
        st.session_state.pop(f"{here}.{name}", None)
    permalink.put({})
