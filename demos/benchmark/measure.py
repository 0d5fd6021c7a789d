"""What all parts measure with."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from demos.core.settings import read_settings
from demos.core.threads import available_cores

Series = dict[str, list[float]]
"""Repeated measurements under their names: seconds, or bytes."""


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Splits one piece of work into stages: the marks are when each began."""

    marks: list[tuple[str, float]]

    @classmethod
    def started(cls, stage: str) -> "Stopwatch":
        return cls([(stage, time.perf_counter())])

    def enter(self, stage: str) -> None:
        """A stage begins, unless it is underway already, and the one before it ends."""
        if stage != self.marks[-1][0]:
            self.marks.append((stage, time.perf_counter()))

    def seconds(self) -> dict[str, float]:
        """How long each stage took; the last has ended now."""
        begins = [began for _, began in self.marks]
        ends = [*begins[1:], time.perf_counter()]
        return {stage: end - began for (stage, began), end in zip(self.marks, ends, strict=True)}


def seconds_of(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def threads() -> int:
    """Threads of one inference, ours and the peer's."""
    return read_settings().threads or available_cores()


def peak_memory() -> int:
    """The most RAM that this process has occupied so far, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux also counts what the parent occupied in `ru_maxrss`
        line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
