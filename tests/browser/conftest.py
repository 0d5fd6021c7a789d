"""The dashboard in its own process and Chromium in front of it, shared by all browser tests.

A test asks for `open_page` and calls it: `open_page("/healthcare_imaging", width=390,
scheme="dark")` is a Playwright page in a session of its own.
"""

import os
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, Protocol

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright

from scripts.dashboard import CHROMIUM_ARGUMENTS, find_chromium, running_dashboard

Scheme = Literal["light", "dark"]

TIMEOUT_MS = 60_000  # a busy machine with two cores, and a model that may still have to load
HEIGHT, PHONE = 900, 390
# Under a page's address the frontend first looks for its server there, and only then at the root.
PROBE = re.compile(r"/[a-z_]+/_stcore/(health|host-config)$")


class OpenPage(Protocol):
    """Open `path` of the running dashboard, once its script has run to the end.

    `scheme` is what the visitor's system prefers; `url` opens another server than the shared one.
    """

    def __call__(
        self, path: str = "/", *, width: int = 1280, scheme: Scheme = "light", url: str = ""
    ) -> Page: ...


@pytest.fixture(scope="package")
def chromium() -> str:
    path = find_chromium()
    if path is None:
        reason = "BROWSER TESTS NOT RUN: no Chromium; install it or set CHROMIUM_PATH"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="package")
def server_url(chromium: str) -> Iterator[str]:
    """The address of the dashboard, warm. Without a browser to test with, it is not started."""
    with running_dashboard() as url:
        yield url


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=[*CHROMIUM_ARGUMENTS])
        yield running
        running.close()


@pytest.fixture
def console_errors() -> list[str]:
    """Errors on the console of every page opened in this test, but for the frontend's probes."""
    return []


@pytest.fixture
def open_page(server_url: str, browser: Browser, console_errors: list[str]) -> Iterator[OpenPage]:
    contexts = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not PROBE.search(message.location.get("url", "")):
            console_errors.append(f"{message.text} {message.location}")

    def open_one(
        path: str = "/", *, width: int = 1280, scheme: Scheme = "light", url: str = ""
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHT}, color_scheme=scheme
        )
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: console_errors.append(str(error)))
        page.goto((url or server_url) + path)
        settled(page)
        return page

    expect.set_options(timeout=TIMEOUT_MS)
    yield open_one
    for context in contexts:
        context.close()


def opens_on_a_phone(page: Page) -> None:
    """A page as it opens at the width of a phone: it scrolls one way only, its headings descend one
    level at a time, and the sidebar is out of the way."""
    main = page.get_by_test_id("stMain")
    assert main.evaluate("element => element.scrollWidth") <= PHONE
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    expect(page.locator(".st-key-resources")).not_to_be_in_viewport()
    headings = main.locator("h1, h2, h3, h4, h5, h6")
    levels = [int(name[1]) for name in headings.evaluate_all("all => all.map(e => e.tagName)")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def at_rest(element: Locator) -> None:
    """Wait until nothing in the element moves: a click on what opens may meet what was there."""
    element.evaluate(
        "e => Promise.all(e.getAnimations({subtree: true}).map(a => a.finished)).then(() => true)"
    )


def settled(page: Page) -> None:
    """Wait until the page has a title, its script is not running, and every element is drawn.

    The frontend fetches the code of an element when it first meets one, and shows a skeleton until
    then, on which a click is lost.
    """
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
