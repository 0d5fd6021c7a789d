"""How tests are shared out: two processes, one of which drives the browser first.

A file's tests stay together, for what they share is made once. The browser tests are one group and
begin first, for they are the longest; while they run, Playwright keeps an event loop in their
process, where no other test could start one.
"""

import gc
import os
from typing import Any

import pytest

BROWSER = "tests/browser/"

if "PYTEST_XDIST_WORKER" in os.environ:
    # Each process has one core: threads of two in one another's way take longer than one.
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


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
            return BROWSER if nodeid.startswith(BROWSER) else nodeid.partition("::")[0]

    return ByFile(config, log)
