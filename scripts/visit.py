"""Start the dashboard, wait for it as a visitor would, and print one JSON object of what it took.

    python scripts/visit.py            seconds from process start to healthy and to ready
    python scripts/visit.py PAGE       ... to the end of the first run of PAGE, and what it showed

With PAGE, a session connects as soon as the port answers and asks for that page, while the server
still warms up: the worst moment to arrive. Without a browser: this is what the frontend does over
its websocket, less the drawing. `demos/benchmark` runs this in a process of its own.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
from dashboard import START_SECONDS, WARM_SECONDS, Server, fresh_server
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol


def undisturbed() -> dict[str, Any]:
    """Seconds until a server that nobody visits is healthy, and until it is warm."""
    with fresh_server() as server:
        healthy = server.wait_for("/_stcore/health", START_SECONDS)
        ready = server.wait_for("/api/ready", WARM_SECONDS)
    return {"healthy_seconds": healthy, "ready_seconds": ready}


def visited(page: str) -> dict[str, Any]:
    """Seconds until `page` has run for the first session of a server, and the texts it showed.

    `server_bytes` is taken after that run and the warm-up. Raises `RuntimeError` when the run
    did not end well, or the page is not there.
    """
    with fresh_server() as server:
        with connected(server) as stream:
            texts = first_run(stream, page)
            seconds = time.monotonic() - server.started
        server.wait_for("/api/ready", WARM_SECONDS)
        return {"page_seconds": seconds, "texts": texts, "server_bytes": resident_bytes(server)}


def resident_bytes(server: Server) -> int:
    """RAM of the process and its children, where it has any."""
    process = psutil.Process(server.process.pid)
    family = [process, *process.children(recursive=True)]
    return sum(int(each.memory_info().rss) for each in family)


@contextmanager
def connected(server: Server) -> Iterator[ClientConnection]:
    """A session's websocket, opened as soon as the port answers.

    A client without an `Origin` is not asked for the XSRF token, which guards uploads.
    """
    while True:
        try:
            stream = connect(
                f"ws://localhost:{server.port}/_stcore/stream",
                subprotocols=[Subprotocol("streamlit")],
                max_size=None,
                proxy=None,
            )
            break
        except ConnectionRefusedError:
            server.wait("the port", START_SECONDS)
    with stream:
        yield stream


def first_run(stream: ClientConnection, page: str) -> list[str]:
    """Ask for `page`, receive until its script has ended, and return the texts it showed."""
    hello = BackMsg()
    hello.rerun_script.page_name = page
    stream.send(hello.SerializeToString())
    texts: list[str] = []
    while True:
        data = stream.recv(timeout=WARM_SECONDS)
        assert isinstance(data, bytes)
        message = ForwardMsg.FromString(data)
        match message.WhichOneof("type"):
            case "delta":
                texts += text_of(message.delta.new_element)
            case "page_not_found":
                raise RuntimeError(f"There is no page {page!r}.")
            case "script_finished":
                if message.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
                    raise RuntimeError(f"The page ended with status {message.script_finished}.")
                return texts


def text_of(element: Element) -> list[str]:
    """The body of a heading, paragraph or alert; nothing for other elements.

    Raises `RuntimeError` for an exception on the page.
    """
    kind = element.WhichOneof("type")
    if kind is None:
        return []
    if kind == "exception":
        raise RuntimeError(f"The page failed: {element.exception.message}")
    body = getattr(getattr(element, kind), "body", "")
    return [body] if isinstance(body, str) and body else []


if __name__ == "__main__":
    print(json.dumps(visited(sys.argv[1]) if len(sys.argv) > 1 else undisturbed()))
