"""The server as it is run: `streamlit run app.py` in a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from demos.catalog import DEMOS
from server.headers import security_headers

ROOT = Path(__file__).parents[2]
PATIENCE = 60
QUOTA = 300_000
GRACEFUL = (0, -signal.SIGTERM)  # uvicorn shuts down, then repeats the signal to itself


@dataclass
class Server:
    """A running server; `output` grows while it runs."""

    process: subprocess.Popen[str]
    output: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def address(self) -> tuple[str, int]:
        return "localhost", int(self.url.rpartition(":")[2])

    def __post_init__(self) -> None:
        announced = threading.Event()

        def read() -> None:
            assert self.process.stdout is not None
            for line in self.process.stdout:
                self.output.append(line)
                if found := re.search(r"http://localhost:\d+", line):
                    self.url = found[0]
                    announced.set()
            announced.set()

        self.reader = threading.Thread(target=read, daemon=True)
        self.reader.start()
        announced.wait(PATIENCE)
        assert self.url, "".join(self.output)

    def tracebacks(self) -> int:
        """How many were printed, but for those of failed warm-ups, which have their own test."""
        output = "".join(self.output)
        return output.count("Traceback (") - output.count("Warm-up failed")

    def terminate(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return code


def start(**environment: str) -> Server:
    """A server on a port that the system chooses."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "0"]
    return Server(
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    )


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = start(DLW_MAX_SESSION_UPLOAD_BYTES=str(QUOTA))
    yield running
    if running.process.poll() is None:
        running.terminate()


@pytest.fixture
def http(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        yield client


@contextmanager
def open_session(url: str, http: httpx.Client, origin: str = "") -> Iterator[str]:
    """A visitor's websocket, opened as the frontend does, after the page ran. Its session id."""
    http.get("/_stcore/health")
    with connect(
        url.replace("http", "ws") + "/_stcore/stream",
        origin=Origin(origin or url),
        subprotocols=[Subprotocol("streamlit"), Subprotocol(http.cookies["_streamlit_xsrf"])],
        max_size=None,
    ) as stream:
        hello = BackMsg()
        hello.rerun_script.query_string = ""
        stream.send(hello.SerializeToString())
        session = ""
        while True:
            data = stream.recv(timeout=PATIENCE)
            assert isinstance(data, bytes)
            message = ForwardMsg.FromString(data)
            if message.WhichOneof("type") == "new_session":
                session = message.new_session.initialize.session_id
            elif message.WhichOneof("type") == "script_finished":
                yield session
                return


@pytest.mark.parametrize(
    "path, status",
    [
        ("/", 200),
        ("/a/deep/link", 200),
        ("/favicon.png", 200),
        ("/_stcore/health", 200),
        ("/api/health", 200),
        ("/api/nothing", 404),
        ("/media/nothing.png", 404),
    ],
)
def test_responses_carry_the_headers(http: httpx.Client, path: str, status: int) -> None:
    response = http.get(path)
    expected = security_headers()
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in expected} == expected


def test_the_server_becomes_ready(http: httpx.Client) -> None:
    deadline = time.monotonic() + PATIENCE
    while (response := http.get("/api/ready")).status_code == 503:
        assert time.monotonic() < deadline, response.text
        time.sleep(0.1)
    assert response.status_code == 200, response.text
    body = response.json()
    assert body["status"] == "ready"
    assert body["store"]["models"] == [demo.models[0].title for demo in DEMOS]
    assert str(ROOT) not in response.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_page_of_this_server_gets_a_session(
    server: Server, http: httpx.Client, host: str
) -> None:
    with open_session(server.url.replace("localhost", host), http) as session:
        assert session


def test_a_page_of_another_host_is_refused_before_streamlit_looks_at_it(
    server: Server, http: httpx.Client
) -> None:
    with (
        pytest.raises(InvalidStatus) as refusal,
        open_session(server.url, http, origin="http://elsewhere.example"),
    ):
        pass
    assert refusal.value.response.status_code == 403
    deadline = time.monotonic() + PATIENCE
    while not any("Websocket refused" in line for line in server.output):
        assert time.monotonic() < deadline, "".join(server.output)
        time.sleep(0.1)
    assert not any("Rejecting WebSocket" in line for line in server.output)


def test_uploads_count_against_the_session_until_they_are_removed(
    server: Server, http: httpx.Client
) -> None:
    with open_session(server.url, http) as session:
        path = f"/_stcore/upload_file/{session}"
        token = {"X-Xsrftoken": http.cookies["_streamlit_xsrf"]}

        def put(file: str, headers: dict[str, str] = token) -> int:
            files = {"file": ("x.bin", b"x" * (QUOTA * 2 // 3))}
            return http.put(f"{path}/{file}", files=files, headers=headers).status_code

        assert put("a", headers={}) == 403, "the XSRF token is asked for"
        assert put("a") == 204
        assert put("b") == 413
        assert http.delete(f"{path}/a", headers=token).status_code == 204
        assert put("b") == 204


def test_a_termination_signal_ends_it_with_a_visitor_connected(
    server: Server, http: httpx.Client
) -> None:
    with open_session(server.url, http):
        before = server.tracebacks()
        assert server.terminate() in GRACEFUL
    assert server.tracebacks() == before


def test_a_stalled_upload_does_not_keep_it_alive() -> None:
    server = start()
    with httpx.Client(base_url=server.url) as http, open_session(server.url, http) as session:
        token = http.cookies["_streamlit_xsrf"]
        before = server.tracebacks()
        with socket.create_connection(server.address, PATIENCE) as upload:
            head = (
                f"PUT /_stcore/upload_file/{session}/a HTTP/1.1\r\nHost: localhost\r\n"
                f"Cookie: _streamlit_xsrf={token}\r\nX-Xsrftoken: {token}\r\n"
                "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n"
                "Expect: 100-continue\r\n\r\n"
            )
            upload.sendall(head.encode())
            assert b" 100 " in upload.recv(1000), "the upload has begun"
            assert server.terminate() in GRACEFUL
            assert b" 503 " in upload.recv(1000)
    assert server.tracebacks() == before


def test_a_termination_signal_ends_it_in_the_middle_of_the_warm_up() -> None:
    server = start()
    assert httpx.get(server.url + "/api/health", timeout=PATIENCE).status_code == 200
    assert server.terminate() in GRACEFUL
    assert server.tracebacks() == 0
