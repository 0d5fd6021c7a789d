import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: they are the slowest, and while Playwright's synchronous interface
    is open, an event loop runs in this thread, where no other test could start one."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
