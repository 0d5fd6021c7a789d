"""Recording with the browser's microphone, and why that may not work."""

from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st

from demos.core.audio.sound import SAMPLE_RATE
from demos.core.settings import Settings
from demos.core.wording import duration
from pages.components.text import plain
from pages.components.uploads import widget_key

BYTES_PER_SECOND = 2 * SAMPLE_RATE
"""Of what the browser sends: 16-bit samples of one channel."""


def microphone_tab(
    slug: str, settings: Settings, take: Callable[[str], None], longest: float | None = None
) -> None:
    """Record, listen, and have it transcribed; `take` is called with the key of the widget.

    `longest` are the seconds that are taken, if less than what the server does.
    """
    url = address()
    if refused(url):
        st.warning(
            "**Your browser gives no microphone to this page.** It came over plain HTTP from "
            f"another machine ({plain(urlsplit(url).hostname or '')}), and browsers let only "
            "pages use a microphone that nobody on the way can have changed.",
            icon=":material/mic_off:",
        )
        st.markdown(WAYS_OUT.format(port=urlsplit(url).port or 80))
        if not st.toggle("My browser allows it all the same", key=f"{slug}.microphone_anyway"):
            return
    key = widget_key(slug, "microphone")
    st.audio_input(
        "Speak", sample_rate=SAMPLE_RATE, key=key, on_change=take, args=(key,), width="stretch"
    )
    most = min(settings.max_audio_seconds, settings.max_audio_bytes / BYTES_PER_SECOND)
    st.caption(
        f":material/mic: Up to {duration(longest or 60 * (most // 60))}. Your browser asks before "
        "it turns the microphone on. The recording is sent to this server when you stop; it stays "
        "in its memory, is written to no disk, and goes nowhere else."
    )


WAYS_OUT = """
- Open the dashboard over **HTTPS**: whoever runs the server puts a certificate in front of it.
- Or open it as **localhost**, on the machine that runs it, or through a tunnel from yours:
  `ssh -L {port}:localhost:{port} THAT-MACHINE`, then `http://localhost:{port}`.
- Or record with another program, and give the file under *Your own files*.
"""


def address() -> str:
    """Of this page, as the browser shows it."""
    return st.context.url or ""


def refused(url: str) -> bool:
    """Whether browsers deny the microphone to a page at this address.

    They ask for a secure context (W3C Secure Contexts, 3.1): HTTPS, or this very machine.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "http" and not is_loopback(host)


def is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
