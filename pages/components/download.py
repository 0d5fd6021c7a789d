"""What a page shows of a Hub model that is not on this server: what it is, and how to get it."""

from collections import deque

import streamlit as st

from demos.core.downloads import Downloads
from demos.core.errors import UserError
from demos.core.hub import CARRY_IN, STAYS_OFFLINE, stays_offline
from demos.core.jobs import Job, Progress, State
from demos.core.spec import Hub, ModelSpec
from demos.core.wording import duration, file_size, memory
from pages.components.job_board import job_board
from pages.components.models import at_hand
from pages.components.text import plain, told

REFRESH_SECONDS = 0.5
SAMPLES = 10
"""Refreshes over which the speed is averaged."""
SHORT_HASH = 12

_downloads = Downloads(job_board())


def downloads() -> Downloads:
    """The downloads of this process: two sessions that want the same model share one."""
    return _downloads


def available(spec: ModelSpec) -> bool:
    """Whether the model is on this server; if not, the page now shows how to get it."""
    if at_hand(spec):
        return True
    assert isinstance(spec.source, Hub)
    with st.container(border=True, key="download"):
        st.header(f"{spec.title} is not on this server yet", anchor=False)
        st.markdown(spec.summary)
        st.markdown(facts(spec, spec.source))
        job = downloads().find(spec.source)
        if job is not None and not (job.finished or job.canceling):
            watch(job)
        else:
            offer(spec.source, job)
    return False


def facts(spec: ModelSpec, source: Hub) -> str:
    """License, size, origin and needs, as a Markdown table."""
    page = f"https://huggingface.co/{source.repo}"
    rows = (
        ("License", plain(spec.license)),
        ("Download", f"{file_size(source.download_bytes)}, once, for everyone on this server"),
        ("From", f"[{plain(source.repo)}]({page}/tree/{source.revision}) on Hugging Face"),
        ("Version", f"commit {source.revision[:SHORT_HASH]}, and no other"),
        ("Needs", f"{memory(spec.memory_bytes)} of memory; no account"),
        ("What you upload", "stays here: only the files of the model are fetched"),
    )
    return "\n".join(
        ["| Property | Value |", "|:--|:--|", *(f"| {name} | {text} |" for name, text in rows)]
    )


def offer(source: Hub, last: Job | None) -> None:
    """The button, what came of the last attempt, and why there may be no button."""
    refusal = f"{source.repo}.refusal"
    problem: UserError | None = st.session_state.pop(refusal, None)
    if problem is None and last is not None:
        problem = last.error
    if problem is not None:
        st.warning(told(problem), icon=":material/cloud_off:")
    elif last is not None and last.state is not State.DONE:
        st.info(
            "The download was canceled. What has arrived is kept for the next one.",
            icon=":material/pause_circle:",
        )
    if stays_offline():
        st.warning(told(UserError(STAYS_OFFLINE, CARRY_IN)), icon=":material/cloud_off:")
        return
    st.button(
        f"Download {file_size(source.download_bytes)}",
        icon=":material/download:",
        type="primary",
        on_click=begin,
        args=(source, refusal),
        key="begin_download",
    )


def begin(source: Hub, refusal: str) -> None:
    try:
        downloads().start(source)
    except UserError as error:
        st.session_state[refusal] = error


@st.fragment(run_every=REFRESH_SECONDS)
def watch(job: Job) -> None:
    """How far the download is; it refreshes by itself, and ends in a rerun of the page."""
    if job.finished or job.canceling:
        st.rerun()
    progress = job.progress
    samples = st.session_state.setdefault(f"{job.id}.samples", deque(maxlen=SAMPLES))
    samples.append((progress.seconds, progress.done))
    share = min(progress.done / progress.total, 1.0) if progress.total else 0.0
    st.progress(share, text=state_of(job, progress, pace(samples)))
    st.button(
        "Cancel",
        icon=":material/close:",
        help="Others who wait for this model wait for the same download.",
        on_click=job.cancel,
        key="cancel_download",
    )


def pace(samples: deque[tuple[float, int]]) -> float | None:
    """Bytes per second over the samples (seconds, bytes); None where there is no telling."""
    (began, before), (now, done) = samples[0], samples[-1]
    return (done - before) / (now - began) if now > began and done > before else None


def state_of(job: Job, progress: Progress, rate: float | None) -> str:
    """Bytes, speed and time left in one line; or what else is going on."""
    if job.state is State.WAITING:
        return "Waiting: other jobs of this server come first"
    if progress.note or not progress.total:
        note = progress.note or "starting"
        return f"{note[0].upper()}{note[1:]} …"
    words = f"{file_size(progress.done)} of {file_size(progress.total)}"
    if rate is not None:
        left = duration(max(round((progress.total - progress.done) / rate), 1))
        words += f" · {file_size(round(rate))} per second · about {left} left"
    return words
