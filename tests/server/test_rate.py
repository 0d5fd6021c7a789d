"""The rate limit, on a clock that the test turns."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from server import rate
from server.rate import RateLimit, TokenBuckets, client_of


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_tokens_run_out_and_come_back_evenly() -> None:
    clock = Clock()
    buckets = TokenBuckets(per_minute=6, clock=clock)  # one in ten seconds
    assert [buckets.take("a") for _ in range(6)] == [0.0] * 6
    assert buckets.take("a") == pytest.approx(10)
    assert buckets.take("b") == 0.0
    clock.now += 9
    assert buckets.take("a") == pytest.approx(1)
    clock.now += 1
    assert buckets.take("a") == 0.0
    assert buckets.take("a") == pytest.approx(10)


def test_a_pause_gives_no_more_than_the_whole_allowance() -> None:
    clock = Clock()
    buckets = TokenBuckets(per_minute=2, clock=clock)
    buckets.take("a")
    clock.now += 3600
    assert [buckets.take("a") == 0.0 for _ in range(3)] == [True, True, False]


def test_many_clients_cost_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MAX_CLIENTS", 3)
    buckets = TokenBuckets(per_minute=1, clock=Clock())
    for client in "abcdefgh":
        buckets.take(client)
    assert len(buckets) == 3
    assert buckets.take("h") > 0, "the latest clients are remembered"


def test_a_limit_of_none_at_all_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="requests_per_minute is 0"):
        TokenBuckets(per_minute=0, clock=Clock())


@pytest.mark.parametrize(
    "host, client",
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "20010db800010002::/64"),
        ("2001:db8:1:2:ffff::1", "20010db800010002::/64"),
        ("fe80::1%eth0", "fe80000000000000::/64"),
        ("testclient", "testclient"),
    ],
)
def test_who_a_client_is(host: str, client: str) -> None:
    assert client_of({"type": "http", "client": (host, 1234)}) == client


def test_a_client_without_an_address_is_one_client() -> None:
    assert client_of({"type": "http", "client": None}) == "unknown"


def ok(request: Request) -> Response:
    return PlainTextResponse("ok")


def limited_app(clock: Clock, per_minute: int = 2) -> TestClient:
    return TestClient(
        Starlette(
            routes=[Route("/{path:path}", ok, methods=["GET", "PUT"])],
            middleware=[Middleware(RateLimit, per_minute=per_minute, clock=clock)],
        )
    )


def test_too_many_calls_are_told_when_to_come_back() -> None:
    clock = Clock()
    client = limited_app(clock)
    assert client.get("/api/ready").status_code == 200
    assert client.put("/_stcore/upload_file/session/file").status_code == 200
    refused = client.get("/api/ready")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "30"
    assert refused.json() == {
        "error": "Too many requests from this address. Try again in 30 seconds."
    }
    clock.now += 30
    assert client.get("/api/ready").status_code == 200


@pytest.mark.parametrize("path", ["/", "/static/js/index.js", "/media/x.png", "/api/health"])
def test_pages_files_and_the_liveness_probe_are_not_counted(path: str) -> None:
    client = limited_app(Clock(), per_minute=1)
    assert {client.get(path).status_code for _ in range(5)} == {200}


def test_a_base_path_does_not_escape_the_limit() -> None:
    client = limited_app(Clock(), per_minute=1)
    path = "/base/_stcore/upload_file/session/file"
    assert [client.put(path).status_code for _ in range(2)] == [200, 429]
