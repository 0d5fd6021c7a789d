"""Reading the files of a pinned Hub model over the network, in a thread that can be left behind.

Through the Hub's own client: addresses, credentials, connections, errors and the layout of the
cache are its. Only the loop that reads a file is ours: the client's own drops a partial file
instead of resuming it, reports every 10 MB, and with Xet cannot be stopped at all. So files come
over plain HTTP, from Xet repositories too.
"""

import contextlib
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import filelock
import httpx2
from huggingface_hub import (
    constants,
    get_hf_file_metadata,
    get_session,
    hf_hub_download,
    hf_hub_url,
    hf_raise_for_status,
)
from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

from demos.core.errors import DiskFull, WeightsMismatch
from demos.core.hub import checksum, repository
from demos.core.spec import Hub
from demos.core.wording import file_size

ANSWER_SECONDS = 3.0
"""The Hub answers a first question within this, or counts as out of reach."""
SILENCE_SECONDS = 10.0
"""A server that sends nothing for so long has dropped the connection."""
ATTEMPTS = 3
"""Connections tried for one file before the person has to ask again."""
RETRY_SECONDS = 1.0
TICK_SECONDS = 0.2
SPARE_BYTES = 100 * 10**6
"""Left free on the disk."""


class Stage(StrEnum):
    WAITING = "waiting for an earlier download of the same model"
    ASKING = "asking the Hub"
    FETCHING = ""
    CHECKING = "checking what has arrived"


class Stopped(Exception):
    """Ends the thread; nobody waits for it any more."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file as the Hub describes it. `etag` is its SHA-256, or for a small file its git hash."""

    name: str
    url: str
    etag: str
    size: int


@dataclass(slots=True)
class Transfer:
    """What the reading thread is doing, as far as others may look.

    Once `over` is set, `error` says why there is no model, if there is none. Setting `stop` ends
    the thread at the next bytes that arrive, or once the server has been silent for long.
    """

    source: Hub
    endpoint: str | None
    stage: Stage = Stage.WAITING
    answers: int = 0
    done: int = 0
    total: int | None = None
    error: BaseException | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        try:
            with self._alone():
                self._fetch_all()
        except BaseException as error:
            self.error = error
        finally:
            self.over.set()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Held by one download of this model at a time, in any thread or process."""
        folder = Path(constants.HF_HUB_CACHE) / ".locks" / repository(self.source).name
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as held:
            while True:
                self._check_stop()
                lock = filelock.FileLock(folder / f"{self.source.revision}.lock", TICK_SECONDS)
                with contextlib.suppress(filelock.Timeout):
                    held.enter_context(lock)
                    break
            yield

    def _check_stop(self) -> None:
        if self.stop.is_set():
            raise Stopped

    def _fetch_all(self) -> None:
        """Every file into `blobs`, checked, then linked into the snapshot of the revision."""
        self.stage = Stage.ASKING
        files = [self._ask(name) for name in self.source.files]
        blobs = repository(self.source) / "blobs"
        blobs.mkdir(parents=True, exist_ok=True)
        self.total = sum(each.size for each in files)
        check_room(blobs, self.total - sum(arrived(blobs, each) for each in files))
        for each in files:
            before = self.done
            if not (blobs / each.etag).exists():
                self._fetch(each, partial(blobs, each))
                self.stage = Stage.CHECKING
                check(each, partial(blobs, each))
                partial(blobs, each).replace(blobs / each.etag)
            self.done = before + each.size
        for each in files:  # the client finds the content in place and links to it
            hf_hub_download(
                self.source.repo,
                each.name,
                revision=self.source.revision,
                endpoint=self.endpoint,
                etag_timeout=ANSWER_SECONDS,
            )

    def _ask(self, name: str) -> RemoteFile:
        """What the Hub has under this name; nothing but the pinned content will do."""
        self._check_stop()
        source = self.source
        url = hf_hub_url(source.repo, name, revision=source.revision, endpoint=self.endpoint)
        found = get_hf_file_metadata(
            url, timeout=ANSWER_SECONDS, headers=build_hf_headers(), endpoint=self.endpoint
        )
        self.answers += 1
        if found.etag is None or found.size is None or found.commit_hash != source.revision:
            raise WeightsMismatch(
                f"What answers for the Hub does not vouch for the pinned version of {source.repo}.",
                "Check HF_ENDPOINT and the proxy of this server.",
            )
        if name == source.weights and source.sha256 and found.etag != source.sha256:
            raise WeightsMismatch(
                f"The Hub names other weights for {source.repo} than this dashboard was made for.",
                "Choose another model: nothing was downloaded.",
            )
        return RemoteFile(name, url, found.etag, found.size)

    def _fetch(self, file: RemoteFile, target: Path) -> None:
        """Read the file from where the last attempt ended; a lost connection is tried again."""
        before = self.done
        for attempt in range(1, ATTEMPTS + 1):
            self.stage, self.done = Stage.FETCHING, before
            try:
                self._read(file, target)
                break
            except httpx2.TransportError:
                if attempt == ATTEMPTS:
                    raise
            self.stop.wait(RETRY_SECONDS)
            self._check_stop()

    def _read(self, file: RemoteFile, target: Path) -> None:
        headers = build_hf_headers() | {"Accept-Encoding": "identity"}
        timeout = httpx2.Timeout(SILENCE_SECONDS, connect=ANSWER_SECONDS)
        with target.open("ab") as kept:
            if kept.tell() == file.size:
                return
            if kept.tell():
                headers["Range"] = f"bytes={kept.tell()}-"
            with get_session().stream(
                "GET", file.url, headers=headers, timeout=timeout
            ) as response:
                hf_raise_for_status(response)
                if response.status_code != httpx2.codes.PARTIAL_CONTENT:
                    kept.truncate(0)
                self.done += kept.seek(0, 2)
                for chunk in response.iter_bytes():
                    self._check_stop()
                    kept.write(chunk)
                    self.done += len(chunk)
                    if kept.tell() > file.size:
                        break


def partial(blobs: Path, file: RemoteFile) -> Path:
    return blobs / f"{file.etag}.partial.incomplete"


def arrived(blobs: Path, file: RemoteFile) -> int:
    """Bytes of the file that are on the disk already."""
    present = (each for each in (blobs / file.etag, partial(blobs, file)) if each.exists())
    return next((min(each.stat().st_size, file.size) for each in present), 0)


def check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed + SPARE_BYTES > free:
        raise DiskFull(
            f"The disk has {file_size(free)} left; this model needs {file_size(needed)} and some "
            "room to spare.",
            "Free some space, or set HF_HOME to a folder on another disk.",
        )


def check(file: RemoteFile, path: Path) -> None:
    """Keep the file only if it is what the Hub says it is. Raises `WeightsMismatch`."""
    if path.stat().st_size == file.size and checksum(path, file.etag) == file.etag:
        return
    path.unlink()
    raise WeightsMismatch(
        f"{file.name} arrived damaged: it is not the file whose checksum the Hub states.",
        "Download it again; if this repeats, something between here and the Hub changes files.",
    )
