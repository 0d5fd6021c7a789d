"""Headers on every response, crashes included, and a policy that fits the installed frontend."""

import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit import file_util

from server.headers import (
    ResponseHeaders,
    content_security_policy,
    inline_script_hashes,
    security_headers,
)


def plain(request: Request) -> Response:
    return PlainTextResponse("hello")


def own_policy(request: Request) -> Response:
    return PlainTextResponse("hello", headers={"X-Frame-Options": "DENY"})


def crash(request: Request) -> Response:
    raise RuntimeError("the password is hunter2")


@pytest.fixture
def client() -> TestClient:
    app = Starlette(
        routes=[Route("/plain", plain), Route("/own", own_policy), Route("/crash", crash)],
        middleware=[Middleware(ResponseHeaders, headers=security_headers())],
    )
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize("path, status", [("/plain", 200), ("/nowhere", 404), ("/crash", 500)])
def test_every_response_has_every_header(client: TestClient, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    expected = security_headers()
    assert {name: response.headers.get(name) for name in expected} == expected


def test_a_response_may_set_its_own(client: TestClient) -> None:
    assert client.get("/own").headers.get_list("x-frame-options") == ["DENY"]


def test_a_crash_is_logged_under_the_reference_shown_and_not_told(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    text = client.get("/crash").text
    reference = re.search(r"reference (\w{8})", text)
    assert reference and reference[1] in caplog.text
    assert "hunter2" in caplog.text
    assert "hunter2" not in text


def test_the_policy_allows_the_inline_script_by_its_hash() -> None:
    # The digest of the five bytes `a + b`, computed with openssl.
    assert inline_script_hashes("<script>a + b</script><script src='x.js'></script>") == [
        "'sha256-yyP2Y1pYF4b5cBhPqrH4Fsh+iQWEfFEIYLrKT2OqJhk='"
    ]


def test_the_policy_covers_the_installed_frontend_and_is_strict() -> None:
    page = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    policy = dict(
        directive.split(" ", 1) for directive in content_security_policy(page).split("; ")
    )
    assert page.count("<script>") == policy["script-src"].count("'sha256-")
    assert "unsafe" not in policy["script-src"] and "blob:" not in policy["script-src"]
    assert policy["default-src"] == policy["frame-ancestors"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == "'none'"
    assert "http" not in " ".join(policy.values())
