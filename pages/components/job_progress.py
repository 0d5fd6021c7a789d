"""A running job on a page: how far it is, how long it will take, and the way out."""

import streamlit as st

from demos.core.jobs import Job, State
from demos.core.wording import duration
from pages.components.job_board import job_board, text_board


def said(job: Job, what: str) -> str:
    """The line above the bar; `what` says how far the work is."""
    if job.canceling:
        return "Stopping …"
    if job.state is State.WAITING:
        places = (board().position(job) for board in (job_board, text_board))
        number = next(filter(None, places), 1)
        return f"Waiting for other jobs: yours is number {number}"
    progress = job.progress
    eta = progress.eta()
    left = f"about {duration(max(round(eta), 1))} left" if eta else ""
    return " · ".join(filter(None, [what, left, progress.note]))


def share_done(job: Job) -> float:
    """From 0 to 1."""
    progress = job.progress
    return min(progress.done / progress.total, 1.0) if progress.total else 0.0


def show_job(job: Job, what: str) -> None:
    """The bar, the time left, and a button to cancel."""
    bar, button = st.columns([5, 1], vertical_alignment="center")
    bar.progress(share_done(job), said(job, what))
    button.button(
        "Cancel",
        icon=":material/cancel:",
        on_click=job.cancel,
        disabled=job.canceling,
        width="stretch",
        key=f"cancel_{job.id}",
    )
