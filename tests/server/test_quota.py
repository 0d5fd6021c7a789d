"""The upload quota: bytes counted as they stream, given back, and kept apart by session."""

import asyncio
from collections.abc import Iterable

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from server.quota import UploadQuota

LIMIT = 100


class FakeServer:
    """Stands in for Streamlit: its upload manager, its sessions and its upload route."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, bytes]] = {}
        self.sessions = {"alice", "bob"}
        self.read = 0

    def stored_bytes(self, session: str, without_file: str) -> int:
        files = self.files.get(session, {})
        return sum(len(data) for file, data in files.items() if file != without_file)

    def forget_if_ended(self, session: str, file: str) -> None:
        if session not in self.sessions:
            self.files.get(session, {}).pop(file, None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        *_, session, file = scope["path"].split("/")
        if scope["method"] == "DELETE":
            self.files.get(session, {}).pop(file, None)
            await Response(status_code=204)(scope, receive, send)
            return
        if session not in self.sessions:
            await Response(status_code=400)(scope, receive, send)
            return
        data = b""
        async for chunk in Request(scope, receive).stream():
            self.read += len(chunk)
            data += chunk
        self.files.setdefault(session, {})[file] = data
        await Response(status_code=204)(scope, receive, send)


class Upload:
    """One request whose chunks arrive when the test says so."""

    def __init__(self, quota: UploadQuota, session: str, file: str, method: str = "PUT") -> None:
        self.quota = quota
        self.scope: Scope = {
            "type": "http",
            "method": method,
            "path": f"/_stcore/upload_file/{session}/{file}",
            "headers": [],
        }
        self.chunks: asyncio.Queue[Message] = asyncio.Queue()
        self.sent: list[Message] = []

    def declare(self, length: str) -> "Upload":
        self.scope["headers"] = [(b"content-length", length.encode())]
        return self

    def feed(self, size: int, more: bool = True) -> None:
        self.chunks.put_nowait({"type": "http.request", "body": b"x" * size, "more_body": more})

    async def run(self) -> int:
        async def send(message: Message) -> None:
            self.sent.append(message)

        await self.quota(self.scope, self.chunks.get, send)
        status: int = self.sent[0]["status"]
        return status

    def put(self, sizes: Iterable[int]) -> int:
        for size in sizes:
            self.feed(size)
        self.feed(0, more=False)
        return asyncio.run(self.run())


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def quota(server: FakeServer) -> UploadQuota:
    return UploadQuota(server, LIMIT, server)


def test_a_session_may_fill_its_quota_exactly(quota: UploadQuota) -> None:
    assert Upload(quota, "alice", "1").put([60]) == 204
    assert Upload(quota, "alice", "2").put([40]) == 204
    assert Upload(quota, "alice", "3").put([1]) == 413


def test_a_body_without_a_length_is_cut_off_as_soon_as_it_is_too_long(
    quota: UploadQuota, server: FakeServer
) -> None:
    assert Upload(quota, "alice", "1").put([30] * 1000) == 413
    assert server.read == 90
    assert server.files == {}
    assert not quota.arriving


def test_a_false_length_does_not_help(quota: UploadQuota) -> None:
    assert Upload(quota, "alice", "1").declare("1").put([60, 60]) == 413


@pytest.mark.parametrize("length", ["101", "9" * 5000])
def test_an_honest_length_is_refused_before_anything_is_read(
    quota: UploadQuota, server: FakeServer, length: str
) -> None:
    assert Upload(quota, "alice", "1").declare(length).put([101]) == 413
    assert server.read == 0


def test_the_refusal_says_what_to_do(quota: UploadQuota, server: FakeServer) -> None:
    quota.limit = 3 * 1024**2
    server.files["alice"] = {"1": bytes(2 * 1024**2)}
    upload = Upload(quota, "alice", "2").declare(str(2 * 1024**2))
    assert upload.put([]) == 413
    assert (
        upload.sent[1]["body"]
        == JSONResponse(
            {
                "error": "This session may hold 3 MiB of uploads and has 2 MiB. "
                "Remove a file, or reload the page, and upload again."
            }
        ).body
    )


def test_a_removed_file_gives_its_bytes_back(quota: UploadQuota) -> None:
    assert Upload(quota, "alice", "1").put([90]) == 204
    assert Upload(quota, "alice", "2").put([90]) == 413
    assert Upload(quota, "alice", "1", "DELETE").put([]) == 204
    assert Upload(quota, "alice", "2").put([90]) == 204


def test_replacing_a_file_does_not_count_it_twice(quota: UploadQuota) -> None:
    assert Upload(quota, "alice", "1").put([90]) == 204
    assert Upload(quota, "alice", "1").put([95]) == 204


def test_sessions_do_not_share_a_quota(quota: UploadQuota) -> None:
    assert Upload(quota, "alice", "1").put([100]) == 204
    assert Upload(quota, "bob", "1").put([100]) == 204


def test_an_unknown_session_is_not_read_and_leaves_nothing(
    quota: UploadQuota, server: FakeServer
) -> None:
    assert Upload(quota, "forged", "1").put([50]) == 400
    assert server.read == 0
    assert not quota.arriving


def test_uploads_under_way_at_once_count_together(quota: UploadQuota, server: FakeServer) -> None:
    async def both() -> list[int]:
        first, second = Upload(quota, "alice", "1"), Upload(quota, "alice", "2")
        running = asyncio.create_task(first.run())
        first.feed(70)
        while quota.arriving["alice"] < 70:
            await asyncio.sleep(0)
        second.feed(70, more=False)
        statuses = [await second.run()]
        first.feed(10, more=False)
        return [*statuses, await running]

    assert asyncio.run(both()) == [413, 204]
    assert len(server.files["alice"]["1"]) == 80
    assert not quota.arriving


def test_a_client_that_goes_away_takes_its_bytes_along(quota: UploadQuota) -> None:
    async def leave() -> None:
        upload = Upload(quota, "alice", "1")
        running = asyncio.create_task(upload.run())
        upload.feed(70)
        while not quota.arriving:
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(leave())
    assert not quota.arriving
    assert Upload(quota, "alice", "2").put([100]) == 204


def test_a_file_that_outlives_its_session_is_forgotten(
    quota: UploadQuota, server: FakeServer
) -> None:
    async def end_meanwhile() -> None:
        upload = Upload(quota, "alice", "1")
        running = asyncio.create_task(upload.run())
        upload.feed(50)
        while not quota.arriving:
            await asyncio.sleep(0)
        server.sessions.remove("alice")
        upload.feed(0, more=False)
        await running

    asyncio.run(end_meanwhile())
    assert server.files == {"alice": {}}
