"""How much one session may upload.

Streamlit limits the size of a file, not how many of them a session leaves in memory. What a
session holds is asked of Streamlit's own upload manager each time: removed files and ended sessions
need no bookkeeping here, and there is none to get out of step. Only bytes on their way are counted,
and only those that Streamlit reads: it turns a request away unread if the session is unknown or the
XSRF token wrong. Filling somebody else's quota therefore takes their session id, a random UUID that
never leaves their own websocket and upload URLs.

Not limited here: the number of sessions, so a determined client gets one quota for each.
"""

import logging
import re
from collections import Counter
from typing import Protocol

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from demos.core.settings import MIB

logger = logging.getLogger(__name__)

UPLOAD_PATH = re.compile(r"/_stcore/upload_file/(?P<session>[^/]+)/(?P<file>[^/]+)$")


class Uploads(Protocol):
    """What is known of the files a session has uploaded."""

    def stored_bytes(self, session: str, without_file: str) -> int:
        """Bytes of the session's files, not counting one that is about to be replaced."""

    def forget_if_ended(self, session: str, file: str) -> None:
        """Drop a file that arrived after its session had gone."""


class StreamlitUploads:
    """The running Streamlit server's uploads."""

    def stored_bytes(self, session: str, without_file: str) -> int:
        # A copy: script threads remove files while this one counts.
        files = dict(upload_manager().file_storage.get(session, {}))
        return sum(len(file.data) for key, file in files.items() if key != without_file)

    def forget_if_ended(self, session: str, file: str) -> None:
        # Streamlit removes a session's files when it ends and would keep a later one for good.
        if not runtime.get_instance().is_active_session(session):
            upload_manager().remove_file(session, file)


def upload_manager() -> MemoryUploadedFileManager:
    """Where the running server keeps uploads: in memory, as `st.App` sets it up."""
    manager = runtime.get_instance().uploaded_file_mgr
    assert isinstance(manager, MemoryUploadedFileManager)
    return manager


class QuotaExceededError(Exception):
    """Raised into the application while it reads a body that is too long."""


class UploadQuota:
    """ASGI middleware: 413 for an upload that would take its session over `limit` bytes.

    A declared length is refused at once; since it can be missing or wrong, the bytes are also
    counted as they stream. One event loop is the only caller: no lock.
    """

    def __init__(self, app: ASGIApp, limit: int, uploads: Uploads) -> None:
        self.app = app
        self.limit = limit
        self.uploads = uploads
        self.arriving: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match = UPLOAD_PATH.search(scope["path"]) if scope["type"] == "http" else None
        if match is None or scope["method"] != "PUT":
            await self.app(scope, receive, send)
            return
        session, file = match["session"], match["file"]
        if self._exceeds(session, file, declared_length(scope)):
            await self._refuse(scope, receive, send, session, file)
            return

        received = 0
        started = False

        def settle() -> None:
            nonlocal received
            self.arriving[session] -= received
            received = 0
            if not self.arriving[session]:
                del self.arriving[session]

        async def counted_receive() -> Message:
            nonlocal received
            message = await receive()
            size = len(message.get("body", b""))
            received += size
            self.arriving[session] += size
            if self._exceeds(session, file, 0):
                raise QuotaExceededError
            return message

        async def settling_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                # From here on the file is among the stored ones, or refused.
                settle()
                started = True
            await send(message)

        try:
            await self.app(scope, counted_receive, settling_send)
        except QuotaExceededError:
            settle()
            if started:
                raise
            await self._refuse(scope, receive, send, session, file)
        finally:
            settle()
            self.uploads.forget_if_ended(session, file)

    def _exceeds(self, session: str, file: str, more: int) -> bool:
        held = self.uploads.stored_bytes(session, without_file=file) + self.arriving[session]
        return held + more > self.limit

    async def _refuse(
        self, scope: Scope, receive: Receive, send: Send, session: str, file: str
    ) -> None:
        held = self.uploads.stored_bytes(session, without_file=file)
        logger.warning("Upload refused: its session holds %d of %d bytes", held, self.limit)
        sentence = (
            f"This session may hold {self.limit / MIB:.3g} MiB of uploads and has "
            f"{held / MIB:.3g} MiB. Remove a file, or reload the page, and upload again."
        )
        await JSONResponse({"error": sentence}, 413)(scope, receive, send)


def declared_length(scope: Scope) -> int:
    """The body's length as the client gives it; 0 if it gives none, or nonsense."""
    value = Headers(scope=scope).get("content-length", "")
    return int(value[:18]) if value.isdecimal() else 0
