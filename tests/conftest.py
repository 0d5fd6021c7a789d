"""How tests are shared out: two processes, each of which drives the browser for a while.

A file's tests stay together, for what they share is made once. The browser tests are the longest
and begin, one half in each process; while they run, Playwright keeps an event loop there, where no
other test could start one.
"""

import gc
import os
from typing import Any

import pytest

BROWSER = "tests/browser/"
OTHER = ("test_language_tasks", "test_recommendations", "test_shell", "test_speech_recognition")
"""Files of the other half."""

if "PYTEST_XDIST_WORKER" in os.environ:
    # Each process has one core: threads of two in one another's way take longer than one.
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    halves = {"one": 0, "other": 1, "": 2}
    items.sort(key=lambda item: halves[half_of(item.nodeid)])


def half_of(nodeid: str) -> str:
    """Which half of the browser tests a test is in, if any."""
    if not nodeid.startswith(BROWSER):
        return ""
    return "other" if nodeid.removeprefix(BROWSER).startswith(OTHER) else "one"


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it took most of the time of the hundreds of
    collections that models ask for when they are unloaded."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    gc.unfreeze()  # or libraries complain at the end of what was never collected


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return half_of(nodeid) or nodeid.partition("::")[0]

    return ByFile(config, log)
