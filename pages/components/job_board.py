"""The job boards of this process, shared by every session; see `demos.core.jobs`.

Held by this module and not by `st.cache_resource`, for the reason given in `model_store`.
"""

import time
from collections.abc import Callable

import streamlit as st

from demos.core.jobs import Job, Jobs

WORKERS = 4
"""More than there are cores: a download mostly waits, and must not keep a batch waiting."""

_board = Jobs(WORKERS)
_texts = Jobs(WORKERS)


def job_board() -> Jobs:
    """The board. Any thread may ask; it has no threads of its own before its first job."""
    return _board


def text_board() -> Jobs:
    """A board for single texts and replies, which must not wait for the files of others."""
    return _texts


def close_job_boards(timeout: float) -> None:
    """Cancel every job, wait `timeout` seconds at most, and refuse any new one."""
    ends = time.monotonic() + timeout
    for board in (_board, _texts):
        board.close(0.0)
    for board in (_board, _texts):
        board.close(max(ends - time.monotonic(), 0.0))


def linked_job(slug: str, find: Callable[[str], Job | None]) -> Job | None:
    """The job that a newly opened URL names, whatever its result; says so where it is gone.

    Who opens a URL that this page has written itself is not led back to the job for ever.
    """
    id = st.query_params.get("job")
    if id is None or id == st.session_state.get(f"{slug}.linked_job"):
        return None
    st.session_state[f"{slug}.linked_job"] = id
    job = find(id)
    if job is None:
        st.info("The link names results that are no longer kept.")
    return job
