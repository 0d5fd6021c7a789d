"""The routes beside the pages: is the server alive, and is it warm?

Both are open to anyone who can reach the server, as the pages are. They name models and stages,
sizes and times, never paths, hosts, settings or texts of unexpected errors.
"""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from demos.core.store import ModelStore
from server import VERSION
from server.warmup import State, WarmUp

NO_STORE = {"Cache-Control": "no-store"}
READY_STATUS = {State.WAITING: 503, State.RUNNING: 503, State.DONE: 200, State.FAILED: 500}


def routes(
    warm_up: WarmUp,
    store: Callable[[], ModelStore | None],
    clock: Callable[[], float] = time.monotonic,
) -> list[BaseRoute]:
    """`GET /api/health` and `GET /api/ready`; anything else under `/api/` is a 404 in JSON.

    `store` gives the store if there is one, and must not make one: an answer here never waits.
    """
    started = clock()

    async def health(request: Request) -> JSONResponse:
        """Alive: 200 with version and uptime, whatever the warm-up does."""
        uptime = round(clock() - started, 3)
        body = {"status": "ok", "version": VERSION, "uptime_seconds": uptime}
        return JSONResponse(body, headers=NO_STORE)

    def ready(request: Request) -> JSONResponse:
        """Warm: 200; 503 with the current stage while warming; 500 with sentences if it failed.

        Even after a failure the server serves: the models in question load, or fail, on demand.
        """
        state = warm_up.state
        stages = warm_up.stages
        body = {
            "status": {State.DONE: "ready", State.FAILED: "failed"}.get(state, "warming"),
            "stage": next((stage.name for stage in stages if stage.state is State.RUNNING), None),
            "stages": [asdict(stage) | {"seconds": round(stage.seconds, 3)} for stage in stages],
            "problems": [stage.problem for stage in stages if stage.problem],
            "store": store_summary(store()),
        }
        return JSONResponse(body, READY_STATUS[state], NO_STORE)

    async def unknown(request: Request) -> JSONResponse:
        # Without this, Streamlit would answer with the dashboard's page and 200.
        return JSONResponse({"error": "There is no such route."}, 404, NO_STORE)

    return [
        Route("/api/health", health),
        Route("/api/ready", ready),
        Route("/api/{path:path}", unknown),
    ]


def store_summary(store: ModelStore | None) -> dict[str, Any] | None:
    """What the store holds, or None while there is no store."""
    if store is None:
        return None
    snapshot = store.snapshot()
    return {
        "device": str(snapshot.device),
        "budget_bytes": snapshot.budget,
        "used_bytes": snapshot.used,
        "models": [model.spec.title for model in snapshot.models if not model.loading],
        "waiting": snapshot.waiting,
    }
