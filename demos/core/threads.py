"""The process environment that numerical libraries read once, when they are first imported.

Call `prepare_environment` before anything can import torch: an entry point's first line. What the
operator set stays as it is.
"""

import logging
import os
import site
import stat
import sys
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

from demos.core.settings import read_settings

logger = logging.getLogger(__name__)

CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")

DEFAULTS = {
    # Idle OpenMP workers sleep instead of spinning. Spinning wins microseconds on an idle machine
    # and costs a busy one an order of magnitude: with two threads on two contended cores, one
    # resnet18 image went from about 650 ms to about 100 ms.
    "OMP_WAIT_POLICY": "PASSIVE",
    "GOMP_SPINCOUNT": "0",
    # numpy's own matrix products are tiny here: its threads would spin and gain nothing.
    "OPENBLAS_NUM_THREADS": "1",
    # Sessions are threads already, and the tokenizers' own pool warns and deadlocks after a fork.
    "TOKENIZERS_PARALLELISM": "false",
    # Nothing is reported anywhere, and a machine without a network learns so in seconds.
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_ETAG_TIMEOUT": "3",
    "HF_HUB_DOWNLOAD_TIMEOUT": "10",
}


def prepare_environment(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set what is not set yet: OpenMP's waiting and threads, telemetry off, numba's cache.

    Raises `ValueError` for a malformed `DLW_*` setting.
    """
    if "torch" in sys.modules:
        logger.warning("torch is already imported: OpenMP's settings come too late.")
    for name, value in DEFAULTS.items():
        environment.setdefault(name, value)
    threads = read_settings(environment).threads or available_cores()
    environment.setdefault("OMP_NUM_THREADS", str(threads))
    if "NUMBA_CACHE_DIR" not in environment and not numba_can_cache():
        environment["NUMBA_CACHE_DIR"] = str(private_directory("numba"))


def available_cores(quota: Path = CPU_QUOTA) -> int:
    """Cores this process may use: its affinity, within the container's quota (cgroup v2).

    A container given 4 of 64 cores sees all 64; a thread for each would only fight over the 4.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    try:
        limit, period = quota.read_text().split()
        return cores if limit == "max" else max(1, min(cores, int(limit) // int(period)))
    except (OSError, ValueError):
        return cores


def numba_can_cache() -> bool:
    """Whether numba finds a place of its own: beside the installed sources, or in the home."""
    places = [*map(Path, site.getsitepackages()), Path.home() / ".cache", Path.home()]
    return any(place.is_dir() and os.access(place, os.W_OK) for place in places)


def private_directory(name: str, parent: Path | None = None) -> Path:
    """A directory only this user can write, kept between runs.

    numba executes what it finds in its cache, so one that somebody else made is not used.
    """
    parent = parent or Path(tempfile.gettempdir())
    path = parent / f"deep-learning-at-work-{name}-{os.getuid()}"
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
        if (
            stat.S_ISDIR(found.st_mode)
            and found.st_uid == os.getuid()
            and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        ):
            return path
    except FileExistsError:
        pass
    return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))
