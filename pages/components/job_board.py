"""The one job board of this process, shared by every session; see `demos.core.jobs`.

Held by this module and not by `st.cache_resource`, for the reason given in `model_store`.
"""

from demos.core.jobs import Jobs

WORKERS = 4
"""More than there are cores: a download mostly waits, and must not keep a batch waiting."""

_board = Jobs(WORKERS)


def job_board() -> Jobs:
    """The board. Any thread may ask; it has no threads of its own before its first job."""
    return _board


def close_job_board(timeout: float) -> None:
    """Cancel every job, wait `timeout` seconds at most, and refuse any new one."""
    _board.close(timeout)
