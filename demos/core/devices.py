"""Which device models run on, and how much memory they may take.

Importing torch takes seconds, so nothing here does before a cheap look at the machine has made a
GPU plausible, or a GPU was asked for by name.
"""

import gc
import logging
import os
import platform
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Self

import psutil

from demos.core.errors import ModelError, UserError
from demos.core.settings import MIB, Settings

MINIMUM_BUDGET = 256 * MIB
"""Bytes for models even where the reserve alone would take all: enough for one bundled model."""

LINUX_GPU_FILES = (
    "dev/nvidiactl",  # NVIDIA's driver
    "dev/nvmap",  # NVIDIA Jetson
    "dev/dxg",  # Windows Subsystem for Linux 2
    "dev/kfd",  # AMD's compute driver; torch calls its GPUs cuda
)

# limit, usage, and the entry of memory.stat for page cache that the kernel drops on demand
CGROUP_V2 = ("memory.max", "memory.current", "inactive_file")
CGROUP_V1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")

# torch says so in a RuntimeError or a subclass of it, ONNX Runtime in an exception of its own
OUT_OF_MEMORY_PHRASES = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "failed to allocate memory",
    "bad_alloc",
)


log = logging.getLogger(__name__)

_mps_turn = threading.RLock()


@dataclass(frozen=True, slots=True)
class Device:
    """`kind` is `cpu`, `cuda` or `mps`; `index` counts GPUs."""

    kind: str
    index: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """The device that `str` wrote as `text`."""
        kind, _, index = text.partition(":")
        return cls(kind, int(index or 0))

    def __str__(self) -> str:
        return f"cuda:{self.index}" if self.kind == "cuda" else self.kind


CPU = Device("cpu")


def gpu_plausible(
    system: str = sys.platform, machine: str = platform.machine(), root: Path | None = None
) -> bool:
    """Whether this machine may have a GPU that torch can use, judged by driver files alone.

    `root` stands for `/`, on Windows for the folder of the system.
    """
    if system == "darwin":
        return machine == "arm64"
    if system == "win32":
        root = root or Path(os.environ.get("SYSTEMROOT", "C:/Windows"))
        return (root / "System32/nvcuda.dll").exists()
    return any(((root or Path("/")) / name).exists() for name in LINUX_GPU_FILES)


def torch_accelerators() -> list[Device]:
    """The GPUs torch can use, empty without one. Imports torch."""
    import torch

    current = torch.accelerator.current_accelerator(check_available=True)
    if current is None or current.type not in ("cuda", "mps"):
        return []
    found = (Device(current.type, index) for index in range(torch.accelerator.device_count()))
    return [device for device in found if computes(device)]


def computes(device: Device) -> bool:
    """Whether this build of torch has kernels for a GPU; for old ones it may have none."""
    import torch

    try:
        return float(torch.ones(1, device=str(device)).mul(2).sum()) == 2.0
    except RuntimeError as error:
        log.warning("%s is there, but this torch cannot use it: %s", device, error)
        return False


def choose_device(
    preference: str,
    probe: Callable[[], Sequence[Device]] = torch_accelerators,
    plausible: Callable[[], bool] = gpu_plausible,
) -> Device:
    """The device that `auto`, `cpu`, `cuda`, `cuda:N` or `mps` stands for on this machine.

    `auto` takes the first GPU, else the CPU. Raises `ModelError` naming what there is when the
    machine does not have the device asked for.
    """
    if preference == "cpu" or (preference == "auto" and not plausible()):
        return CPU
    accelerators = probe()
    if preference == "auto":
        return next(iter(accelerators), CPU)
    for device in accelerators:
        if preference in (str(device), device.kind):
            return device
    names = ", ".join(str(device) for device in (CPU, *accelerators))
    raise ModelError(
        f"There is no device '{preference}' on this machine, which has: {names}.",
        "Set DLW_DEVICE to one of these, or to auto.",
    )


def choose_dtype(device: Device) -> str:
    """The precision models are loaded in: float32 on every kind of device.

    Thresholds, calibration and the refusal gates are fitted on float32 outputs and must hold
    wherever the model runs. Halving the memory is a decision for one model after measuring it;
    bfloat16 is slower than float32 on CPUs without the instructions for it.
    """
    return "float32"


def available_memory(device: Device, root: Path = Path("/")) -> int:
    """Bytes that models and their activations could still take on `device`.

    On the CPU what the machine has left, or this process's control groups if that is less;
    `root` stands for `/` there. Never negative.
    """
    if device.kind == "cuda":
        import torch

        free, _total = torch.cuda.mem_get_info(device.index)
        return int(free)
    if device.kind == "mps":
        import torch

        most, allocated = torch.mps.recommended_max_memory(), torch.mps.current_allocated_memory()
        return max(int(most) - int(allocated), 0)
    return max(min([psutil.virtual_memory().available, *_cgroup_memory(root)]), 0)


def _cgroup_memory(root: Path) -> Iterator[int]:
    """Bytes left under each memory limit on this process, of control groups version 1 and 2.

    A limit may sit on any ancestor, and in a container the path seen may be the host's while the
    folder mounted is the container's own: every level is read, and those absent are passed over.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _number, controllers, path = line.split(":", 2)
        if not controllers:
            mount, names = root / "sys/fs/cgroup", CGROUP_V2
        elif "memory" in controllers.split(","):
            mount, names = root / "sys/fs/cgroup/memory", CGROUP_V1
        else:
            continue
        group = PurePosixPath(path.lstrip("/"))
        for level in (group, *group.parents):
            left = _left_in_cgroup(mount / level, *names)
            if left is not None:
                yield left


def _left_in_cgroup(folder: Path, limit: str, usage: str, reclaimable: str) -> int | None:
    """Bytes left in one control group, None where it sets no limit."""
    try:
        most = (folder / limit).read_text().strip()
        if most == "max":
            return None
        used = int((folder / usage).read_text())
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
    except OSError:
        return None
    return int(most) - max(used - int(stat.get(reclaimable, 0)), 0)


def memory_budget(
    settings: Settings,
    device: Device,
    available: Callable[[Device], int] = available_memory,
) -> int:
    """Bytes of models to hold on `device`: the setting, or what is available less the reserve."""
    if settings.memory_budget:
        return settings.memory_budget
    return max(available(device) - settings.activation_reserve, MINIMUM_BUDGET)


def process_memory() -> int:
    """Bytes of RAM this process occupies (its resident set)."""
    return int(psutil.Process().memory_info().rss)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a framework raised `error` for want of memory, on any device."""
    if isinstance(error, UserError):
        return False
    message = str(error).lower()
    return isinstance(error, MemoryError) or any(
        phrase in message for phrase in OUT_OF_MEMORY_PHRASES
    )


def reclaim_memory(device: Device) -> None:
    """Give back the memory of models just dropped, from reference cycles and torch's own cache."""
    gc.collect()
    if device.kind != "cpu" and "torch" in sys.modules:
        with turn(device):
            sys.modules["torch"].accelerator.empty_cache()


def turn(device: Device) -> AbstractContextManager[object]:
    """Held while torch works on `device`: on MPS by one thread at a time, elsewhere by any number.

    Two threads that run operations on MPS at once can abort the process (pytorch issue 197805).
    """
    return _mps_turn if device.kind == "mps" else nullcontext()
