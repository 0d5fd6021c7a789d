"""How often one client may call."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LIMITED = ("/api/", "/_stcore/upload_file/")
EXEMPT = ("/api/health",)  # an orchestrator that is told 429 would restart a healthy server
MAX_CLIENTS = 10_000


@dataclass(slots=True)
class Bucket:
    """What a client has left, as of `at` seconds."""

    tokens: float
    at: float


class TokenBuckets:
    """`per_minute` tokens for each client at first, refilled evenly; a call takes one.

    The clients seen least recently are forgotten beyond `MAX_CLIENTS`, so a flood of addresses
    costs no memory. One event loop is the only caller: no lock.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        if per_minute < 1:
            raise ValueError(f"requests_per_minute is {per_minute}; at least 1 is needed")
        self._per_minute = per_minute
        self._per_second = per_minute / 60
        self._clock = clock
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, client: str) -> float:
        """Take a token: 0.0 if there was one, else the seconds until there is."""
        now = self._clock()
        bucket = self._buckets.setdefault(client, Bucket(self._per_minute, now))
        self._buckets.move_to_end(client)
        if len(self._buckets) > MAX_CLIENTS:
            self._buckets.popitem(last=False)
        refilled = bucket.tokens + (now - bucket.at) * self._per_second
        bucket.tokens, bucket.at = min(self._per_minute, refilled), now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self._per_second
        bucket.tokens -= 1
        return 0.0


def client_of(scope: Scope) -> str:
    """The client's address; for IPv6 its /64, as one household or host owns the whole of it.

    Behind a proxy this is the forwarded address if uvicorn trusts the proxy, else the proxy's own,
    and all clients share one bucket. `FORWARDED_ALLOW_IPS` in the environment names the trusted;
    for one on this machine that calls 127.0.0.1 it is `::ffff:127.0.0.1`, as Streamlit listens on
    the dual-stack wildcard, where IPv4 clients look like this.
    """
    host: str = (scope.get("client") or ("unknown", 0))[0]
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return f"{int(address) >> 64:x}::/64"


class RateLimit:
    """ASGI middleware: 429 with `Retry-After` for uploads and API calls over the limit.

    Pages, static files and the websocket are not counted.
    """

    def __init__(
        self, app: ASGIApp, per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.app = app
        self._buckets = TokenBuckets(per_minute, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_limited(scope["path"]):
            wait = math.ceil(self._buckets.take(client_of(scope)))
            if wait:
                unit = "second" if wait == 1 else "seconds"
                sentence = f"Too many requests from this address. Try again in {wait} {unit}."
                headers = {"Retry-After": str(wait)}
                await JSONResponse({"error": sentence}, 429, headers)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def is_limited(path: str) -> bool:
    """Whether a path is counted; it may follow a base path (`server.baseUrlPath`)."""
    return any(part in path for part in LIMITED) and not path.endswith(EXEMPT)
