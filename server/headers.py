"""Response headers that tell the browser what these pages may do."""

import asyncio
import base64
import hashlib
import logging
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

logger = logging.getLogger(__name__)


def inline_script_hashes(page: str) -> list[str]:
    """CSP sources, `'sha256-…'`, of the scripts written inside an HTML page."""
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def content_security_policy(page: str) -> str:
    """A policy under which Streamlit's frontend, whose index page is given, works and no more.

    Neither `unsafe-eval` nor inline scripts: Plotly charts work; Vega charts (`st.line_chart`,
    `st.altair_chart`), maps with outside tiles and components whose script is given as text do not.
    """
    directives = {
        "default-src": ["'self'"],
        # The index page's own inline script by its hash.
        "script-src": ["'self'", *inline_script_hashes(page)],
        "worker-src": ["'self'", "blob:"],
        # Emotion and Plotly write style elements; no nonce reaches them.
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        # `'self'` covers the websocket; recordings and chart images are read back from blobs.
        "connect-src": ["'self'", "data:", "blob:"],
        "frame-src": ["'self'", "blob:"],
        "frame-ancestors": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def security_headers() -> dict[str, str]:
    """The headers every response carries, for the installed Streamlit frontend."""
    index = Path(file_util.get_static_dir()) / "index.html"
    return {
        "Content-Security-Policy": content_security_policy(index.read_text(encoding="utf-8")),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), usb=()",
    }


class ResponseHeaders:
    """ASGI middleware: `headers` on every HTTP response, unless the response sets its own.

    The outermost one. What still escapes from below is answered here: a crash, which is logged
    with a reference (Starlette's own answer would go out without the headers), and a request that
    uvicorn cancels because the server stops.
    """

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                response_headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    response_headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except asyncio.CancelledError:
            if started:
                raise
            text = "The server is shutting down. Please try again in a minute."
            await PlainTextResponse(text, 503)(scope, receive, send_with_headers)
        except Exception:
            if started:
                raise
            reference = secrets.token_hex(4)
            logger.exception("Request failed, reference %s", reference)
            text = f"The server could not answer this request. Please report reference {reference}."
            await PlainTextResponse(text, 500)(scope, receive, send_with_headers)
