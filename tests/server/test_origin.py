"""Which pages may open the websocket; `test_process.py` asks a real server."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit import config

from server.origin import WebsocketOrigin, trusted_hosts

HOST = "cells.example:8501"


async def tell_origin(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_json(websocket.headers.get("origin"))
    await websocket.close()


@pytest.fixture
def client() -> TestClient:
    return TestClient(
        Starlette(
            routes=[WebSocketRoute("/stream", tell_origin)],
            middleware=[Middleware(WebsocketOrigin, trusted={"localhost", "::1", "seen.example"})],
        )
    )


@pytest.fixture
def configured() -> Iterator[None]:
    names = ("browser.serverAddress", "server.corsAllowedOrigins")
    before = {name: config.get_option(name) for name in names}
    config.set_option("browser.serverAddress", "Seen.example")
    config.set_option("server.corsAllowedOrigins", [" https://embedding.example:444 "])
    yield
    for name, value in before.items():
        config.set_option(name, value)


def origin_seen(client: TestClient, **headers: str) -> str | None:
    """The `Origin` that reached the application."""
    with client.websocket_connect("/stream", headers={"host": HOST, **headers}) as websocket:
        origin: str | None = websocket.receive_json()
        return origin


def test_our_own_page_and_a_script_pass_untouched(client: TestClient) -> None:
    assert origin_seen(client, origin=f"https://{HOST}") == f"https://{HOST}"
    assert origin_seen(client) is None


@pytest.mark.parametrize(
    "origin", ["http://localhost:3000", "http://[::1]:3000", "https://seen.example"]
)
def test_a_trusted_page_passes_and_streamlit_is_not_asked_again(
    client: TestClient, origin: str
) -> None:
    assert origin_seen(client, origin=origin) is None


@pytest.mark.parametrize(
    "origin",
    [
        "https://elsewhere.example",
        "https://cells.example",
        "https://cells.example:8502",
        "https://localhost.elsewhere.example",
        "https://elsewhere.example/seen.example",
        "null",
        "",
        "http://[",
    ],
)
def test_any_other_page_is_refused(client: TestClient, origin: str) -> None:
    with pytest.raises(WebSocketDisconnect) as refusal:
        origin_seen(client, origin=origin)
    assert refusal.value.code == 1008


def test_a_host_that_streamlit_would_read_differently_is_refused(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect):
        origin_seen(client, host="elsewhere.example/x", origin="http://elsewhere.example/x")


def test_a_forwarded_host_is_not_believed(client: TestClient) -> None:
    forged = {"origin": "https://elsewhere.example", "x-forwarded-host": "elsewhere.example"}
    with pytest.raises(WebSocketDisconnect):
        origin_seen(client, **forged)


def test_the_configuration_names_further_hosts(configured: None) -> None:
    assert trusted_hosts() == {
        *("localhost", "127.0.0.1", "::1", "seen.example", "embedding.example")
    }
