"""What happens when the server starts and when it stops."""

import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import streamlit as st
import uvicorn

from pages.components import readiness
from server.warmup import WarmUp

# Together below the ten seconds that container managers wait between SIGTERM and SIGKILL.
REQUEST_SECONDS = 3
JOB_SECONDS = 1.0
WARM_UP_SECONDS = 5.0

Lifespan = Callable[[st.App], AbstractAsyncContextManager[dict[str, Any] | None]]


def lifespan(
    warm_up: WarmUp, close_jobs: Callable[[float], None], close_store: Callable[[], None]
) -> Lifespan:
    """Start the warm-up with the server; on shutdown stop it and the jobs, and unload every model.

    A step of the warm-up that imports a framework cannot be interrupted, and leaving in the middle
    of one can crash the interpreter, so the shutdown waits for it a while.
    """

    @asynccontextmanager
    async def run(app: st.App) -> AsyncIterator[None]:
        limit_graceful_shutdown(REQUEST_SECONDS)
        readiness.follow(warm_up)
        warm_up.start()
        try:
            yield
        finally:
            close_jobs(JOB_SECONDS)
            warm_up.stop(WARM_UP_SECONDS)
            close_store()

    return run


def limit_graceful_shutdown(seconds: int) -> None:
    """Let uvicorn cancel requests that are still under way so long after a termination signal.

    Its default is to wait for ever: one upload that stalls would keep the process alive. Streamlit
    does not pass the option on, so the running server is found by its signal handler.
    """
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if isinstance(server, uvicorn.Server):
        server.config.timeout_graceful_shutdown = seconds
