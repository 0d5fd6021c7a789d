"""How tests are shared out: two processes, one of which drives the browser first.

A file's tests stay together, for what they share is made once. The browser tests are one group and
begin first, for they are the longest; while they run, Playwright keeps an event loop in their
process, where no other test could start one.
"""

import os

import pytest

if "PYTEST_XDIST_WORKER" in os.environ:
    # Each process has one core: threads of two in one another's way take longer than one.
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_itemcollected(item: pytest.Item) -> None:
    group = "browser" if is_browser(item) else item.nodeid.partition("::")[0]
    item.add_marker(pytest.mark.xdist_group(group))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not is_browser(item))


def is_browser(item: pytest.Item) -> bool:
    return item.get_closest_marker("browser") is not None
