"""Who may open the websocket: pages of this server, and no other web page.

Streamlit refuses foreign pages too, but before it does it asks an outside service for its own
address, inside the event loop: a page anywhere on the web could stall everybody's session. So the
decision is made here, and Streamlit only sees what passes its own check without that question.

Behind a proxy that rewrites `Host`, pages of this server look foreign, and `X-Forwarded-Host` is
not believed, for anyone can send it: `browser.serverAddress` names the host visitors see.
"""

import logging
from collections.abc import Collection
from urllib.parse import ParseResult, urlparse

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit import config
from streamlit.url_util import get_hostname

logger = logging.getLogger(__name__)

LOOPBACK = ("localhost", "127.0.0.1", "::1")
POLICY_VIOLATION = 1008


def trusted_hosts() -> set[str]:
    """Hosts whose pages may connect whatever `Host` says: this machine and those configured."""
    named = [
        config.get_option("browser.serverAddress"),
        *config.get_option("server.corsAllowedOrigins"),
    ]
    hosts = {get_hostname(each.strip()) for each in named}
    return {*LOOPBACK, *(host for host in hosts if host)}


class WebsocketOrigin:
    """ASGI middleware: closes websockets that pages of other hosts ask for, with 1008.

    Scripts send no `Origin` and pass.
    """

    def __init__(self, app: ASGIApp, trusted: Collection[str]) -> None:
        self.app = app
        self.trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "websocket" else Headers()
        origin, host = headers.get("origin"), headers.get("host")
        if origin is None:
            await self.app(scope, receive, send)
            return
        page = parse(origin)
        if page is None or (page.netloc != host and page.hostname not in self.trusted):
            logger.warning(
                "Websocket refused to a page of %r, asked for at %r. If visitors should see the "
                "dashboard there, name that host in browser.serverAddress.",
                origin,
                host,
            )
            await WebSocketClose(POLICY_VIOLATION)(scope, receive, send)
            return
        if page.netloc != host:
            # Streamlit would look its own address up before it looks at the trusted ones.
            kept = [pair for pair in scope["headers"] if pair[0] != b"origin"]
            scope = {**scope, "headers": kept}
        await self.app(scope, receive, send)


def parse(origin: str) -> ParseResult | None:
    """An `Origin` header taken apart as Streamlit does it; None if it is malformed."""
    try:
        return urlparse(origin)
    except ValueError:
        return None
