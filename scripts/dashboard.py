"""The dashboard as a person meets it: its own process, and Chromium in front of it.

Shared by the browser tests and `screenshots.py`.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_SECONDS = 60.0
WARM_SECONDS = 300.0
STOP_SECONDS = 20.0


def find_chromium() -> str | None:
    """Chromium's path: `CHROMIUM_PATH`, else the first of the usual names that is installed."""
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return os.environ.get("CHROMIUM_PATH") or next((path for path in found if path), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_dashboard(*, warm: bool = True) -> Iterator[str]:
    """The address of a dashboard started for the length of the block.

    `warm` waits for the warm-up, too. Raises `RuntimeError` with the server's log when it stops
    or is not ready in time.
    """
    port = free_port()
    url = f"http://localhost:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += ["--server.port", str(port), "--server.headless", "true"]
    with tempfile.NamedTemporaryFile("w+", suffix=".log") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(f"{url}/_stcore/health", START_SECONDS, server, Path(log.name))
            if warm:
                wait_for(f"{url}/api/ready", WARM_SECONDS, server, Path(log.name))
            yield url
        finally:
            stop(server)


def wait_for(url: str, seconds: float, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return once `url` answers 200. A 500, an exit or the deadline raises `RuntimeError`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        status = http_status(url)
        if status == 200:
            return
        if status == 500:
            break
        time.sleep(0.2)
    raise RuntimeError(f"{url} did not become ready. The server's log:\n{log.read_text()}")


def http_status(url: str) -> int | None:
    """The status of a GET, `None` while nothing listens."""
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ask the server to finish as a service manager does, and end it if it does not."""
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
