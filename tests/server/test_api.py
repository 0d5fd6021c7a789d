"""The routes beside the pages."""

import tomllib
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import server
from demos.core.devices import CPU
from demos.core.spec import Bundled, ModelSpec
from demos.core.store import ModelStore
from server.api import routes
from server.warmup import Stage, State

SPEC = ModelSpec("demo", "tiny", "Tiny model", Bundled("tiny", ""), 7, "MIT", "")


class FakeWarmUp:
    def __init__(self, state: State, *stages: Stage) -> None:
        self.state = state
        self.stages = stages


def client(warm_up: FakeWarmUp, store: ModelStore | None = None, uptime: float = 0) -> TestClient:
    times = iter([100.0, 100.0 + uptime])
    return TestClient(Starlette(routes=routes(warm_up, lambda: store, clock=lambda: next(times))))  # type: ignore[arg-type]


def test_health_gives_version_and_uptime_whatever_the_warm_up_does() -> None:
    response = client(FakeWarmUp(State.FAILED), uptime=12.5).get("/api/health")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "version": server.VERSION, "uptime_seconds": 12.5}
    assert response.headers["Cache-Control"] == "no-store"


def test_the_version_is_the_projects() -> None:
    project = Path(__file__).parents[2] / "pyproject.toml"
    assert tomllib.loads(project.read_text())["project"]["version"] == server.VERSION


def test_warming_is_503_with_the_stage_and_no_store_made() -> None:
    warm_up = FakeWarmUp(
        State.RUNNING, Stage("One", State.DONE, 1.23456), Stage("Two", State.RUNNING)
    )
    response = client(warm_up).get("/api/ready")
    assert response.status_code == 503
    assert response.json() == {
        "status": "warming",
        "stage": "Two",
        "stages": [
            {"name": "One", "state": "done", "seconds": 1.235, "problem": ""},
            {"name": "Two", "state": "running", "seconds": 0.0, "problem": ""},
        ],
        "problems": [],
        "store": None,
    }


def test_warm_is_200_with_what_the_store_holds() -> None:
    store = ModelStore(lambda spec, device: "model", CPU, 10, 60, 1, 1)
    with store.borrow(SPEC):
        pass
    response = client(FakeWarmUp(State.DONE), store).get("/api/ready")
    assert response.status_code == 200
    assert response.json()["status"] == "ready"
    assert response.json()["store"] == {
        "device": "cpu",
        "budget_bytes": 10,
        "used_bytes": 7,
        "models": ["Tiny model"],
        "waiting": 0,
    }


def test_failed_is_500_with_the_sentence() -> None:
    warm_up = FakeWarmUp(State.FAILED, Stage("One", State.FAILED, 1.0, "One failed. Restore it."))
    response = client(warm_up).get("/api/ready")
    assert response.status_code == 500
    assert response.json()["status"] == "failed"
    assert response.json()["problems"] == ["One failed. Restore it."]


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/health/x"])
def test_an_unknown_route_is_not_answered_with_the_dashboard(path: str) -> None:
    response = client(FakeWarmUp(State.DONE)).get(path)
    assert response.status_code == 404
    assert "error" in response.json()
