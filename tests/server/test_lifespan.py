"""Starting and stopping, in order, with fakes; `test_process.py` does it with a real server."""

import asyncio
import signal
from typing import Any

import pytest
import uvicorn

from pages.components import readiness
from server.lifespan import (
    JOB_SECONDS,
    REQUEST_SECONDS,
    WARM_UP_SECONDS,
    lifespan,
    limit_graceful_shutdown,
)
from server.warmup import Stage


class FakeWarmUp:
    stages = (Stage("One"),)

    def __init__(self, events: list[str]) -> None:
        self.events = events

    def start(self) -> None:
        self.events.append("start")

    def stop(self, timeout: float) -> None:
        self.events.append("stop")


@pytest.fixture(autouse=True)
def nobody_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_followed", [])


@pytest.mark.parametrize("crash", [False, True])
def test_the_store_is_closed_after_the_warm_up_stopped_whatever_happened(crash: bool) -> None:
    events: list[str] = []
    warm_up: Any = FakeWarmUp(events)
    app: Any = None

    def close_jobs(timeout: float) -> None:
        events.append("close jobs")

    async def serve() -> None:
        async with lifespan(warm_up, close_jobs, lambda: events.append("close"))(app):
            events.append("serve")
            assert readiness.stages() == warm_up.stages
            if crash:
                raise RuntimeError

    if crash:
        with pytest.raises(RuntimeError):
            asyncio.run(serve())
    else:
        asyncio.run(serve())
    assert events == ["start", "serve", "close jobs", "stop", "close"]


def test_the_running_server_gets_a_limit_and_anything_else_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = uvicorn.Server(uvicorn.Config("app:app"))
    assert server.config.timeout_graceful_shutdown is None
    monkeypatch.setattr(signal, "getsignal", lambda number: signal.SIG_DFL)
    limit_graceful_shutdown(REQUEST_SECONDS)
    assert server.config.timeout_graceful_shutdown is None
    monkeypatch.setattr(signal, "getsignal", lambda number: server.handle_exit)
    limit_graceful_shutdown(REQUEST_SECONDS)
    assert server.config.timeout_graceful_shutdown == REQUEST_SECONDS


def test_a_container_manager_does_not_lose_patience() -> None:
    assert REQUEST_SECONDS + JOB_SECONDS + WARM_UP_SECONDS < 10
