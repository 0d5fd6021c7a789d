"""The middleware around every request, outermost first."""

from starlette.middleware import Middleware

from demos.core.settings import Settings
from server.headers import ResponseHeaders, security_headers
from server.origin import WebsocketOrigin, trusted_hosts
from server.quota import StreamlitUploads, UploadQuota
from server.rate import RateLimit


def middleware(settings: Settings) -> list[Middleware]:
    """Headers on every response, refusals included; then the origin, the rate and the bytes."""
    return [
        Middleware(ResponseHeaders, headers=security_headers()),
        Middleware(WebsocketOrigin, trusted=trusted_hosts()),
        Middleware(RateLimit, per_minute=settings.requests_per_minute),
        Middleware(
            UploadQuota, limit=settings.max_session_upload_bytes, uploads=StreamlitUploads()
        ),
    ]
