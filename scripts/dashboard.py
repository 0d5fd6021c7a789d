"""The dashboard as a person meets it: its own process, and Chromium in front of it.

Shared by the browser tests, `screenshots.py` and `visit.py`. Only the standard library: `test.py`
looks for Chromium before anything is installed.
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
from dataclasses import dataclass
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
POLL_SECONDS = 0.02  # often enough for figures of seconds, and no load on the server


def find_chromium() -> str | None:
    """Chromium's path: `CHROMIUM_PATH`, else the first of the usual names that is installed."""
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return os.environ.get("CHROMIUM_PATH") or next((path for path in found if path), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A dashboard under way; `started` is on the clock of `time.monotonic`."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    started: float

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def wait_for(self, path: str, patience: float) -> float:
        """Seconds from the start of the process until `path` answered 200.

        Raises `RuntimeError` with the log if it answers 500, and as `wait` does.
        """
        while (status := http_status(f"{self.url}{path}")) != 200:
            self.wait(path, 0 if status == 500 else patience)
        return time.monotonic() - self.started

    def wait(self, what: str, patience: float) -> None:
        """A moment. Raises `RuntimeError` with the log once the server ended, or time is up."""
        if self.process.poll() is not None or time.monotonic() > self.started + patience:
            raise RuntimeError(f"Waited in vain for {what}. The log:\n{self.log.read_text()}")
        time.sleep(POLL_SECONDS)


@contextmanager
def fresh_server() -> Iterator[Server]:
    """A dashboard started for the length of the block, not waited for."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with tempfile.NamedTemporaryFile("w+", suffix=".log") as log:
        started = time.monotonic()
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield Server(process, port, Path(log.name), started)
        finally:
            stop(process)


@contextmanager
def running_dashboard(*, warm: bool = True) -> Iterator[str]:
    """The address of a dashboard that answers; `warm` waits for its warm-up, too.

    Raises `RuntimeError` with the server's log when it stops or is not ready in time.
    """
    with fresh_server() as server:
        server.wait_for("/_stcore/health", START_SECONDS)
        if warm:
            server.wait_for("/api/ready", WARM_SECONDS)
        yield server.url


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
