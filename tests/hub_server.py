"""A server shaped like the Hugging Face Hub, on loopback, with one repository at one commit.

Large files redirect to another host name, as the Hub sends them to its storage.
"""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub import constants

from demos.core.spec import Hub

REPO = "owner/tiny"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class HubServer:
    """What it serves, how it misbehaves, and what it has been asked.

    `status` and `code` refuse every request; `corrupt` changes a byte of every body; `cut_after`
    drops the connection of the next download there; with `hold_after` every download waits there
    for `release`, having set `holding`; `mute` answers nothing before `release`.
    """

    files: dict[str, bytes]
    commit: str = COMMIT
    status: int = 0
    code: str = ""
    corrupt: bool = False
    mute: bool = False
    cut_after: int = 0
    hold_after: int = 0
    holding: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    server: ThreadingHTTPServer = field(init=False)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def source(self) -> Hub:
        total = sum(len(each) for each in self.files.values())
        return Hub(REPO, COMMIT, tuple(self.files), total)

    @property
    def downloads(self) -> list[tuple[str, str]]:
        """The bodies fetched: path and range."""
        return [(path, span) for method, path, span in self.asked if method == "GET"]

    def etag(self, name: str) -> str:
        content = self.files[name]
        if name.endswith(".json"):
            return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        return hashlib.sha256(content).hexdigest()

    def close(self) -> None:
        self.release.set()
        self.server.shutdown()
        self.server.server_close()


def handler_of(hub: HubServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def answer(self, body: bool) -> None:
            if hub.mute:
                hub.release.wait()
            stored = self.path.startswith("/storage/")
            name = self.path.rsplit("/", 1)[-1]
            if body and (stored or name.endswith(".json")):
                hub.asked.append(("GET", name, self.headers.get("Range", "")))
            elif not body:
                hub.asked.append(("HEAD", name, ""))
            known = name in hub.files and f"/{REPO}/resolve/{COMMIT}/" in self.path
            if hub.status:
                self.head(hub.status, {"X-Error-Code": hub.code, "Content-Length": "0"})
            elif stored:
                self.content(name, body)
            elif not known:
                self.head(404, {"X-Error-Code": "RevisionNotFound", "Content-Length": "0"})
            elif name.endswith(".json"):
                self.content(name, body)
            else:
                size = str(len(hub.files[name]))
                self.head(
                    302,
                    {
                        "Location": f"http://localhost:{hub.server.server_port}/storage/{name}",
                        "X-Repo-Commit": hub.commit,
                        "X-Linked-Etag": f'"{hub.etag(name)}"',
                        "X-Linked-Size": size,
                        "Content-Length": "0",
                    },
                )

        def head(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for key, value in headers.items():
                if value:
                    self.send_header(key, value)
            self.end_headers()

        def content(self, name: str, body: bool) -> None:
            content = hub.files[name]
            start = int(self.headers.get("Range", "bytes=0-")[6:-1])
            headers = {
                "ETag": f'"{hub.etag(name)}"',
                "X-Repo-Commit": hub.commit,
                "Content-Length": str(len(content) - start),
            }
            self.head(206 if start else 200, headers)
            if not body:
                return
            if hub.corrupt:
                content = content[:-1] + bytes([content[-1] ^ 1])
            breaks = {each for each in (hub.cut_after, hub.hold_after) if 0 < each < len(content)}
            at = start
            for stop in sorted(breaks | {len(content)}):
                self.wfile.write(content[at:stop])
                self.wfile.flush()
                at = max(at, stop)
                if stop == hub.cut_after:
                    hub.cut_after = 0
                    self.close_connection = True
                    return
                if stop == hub.hold_after:
                    hub.holding.set()
                    hub.release.wait()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@contextmanager
def serving(
    files: dict[str, bytes], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[HubServer]:
    """A running server, and a client with an empty cache that talks to nobody else."""
    hub = HubServer(files)
    hub.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(hub))
    hub.server.daemon_threads = True
    threading.Thread(target=hub.server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("NO_PROXY", "*")
    huggingface_hub.close_session()
    yield hub
    hub.close()
    huggingface_hub.close_session()
