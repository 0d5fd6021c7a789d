"""The shell in a real browser: home, navigation, theme, resource panel, phone, accessibility."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from demos.catalog import DEMOS
from scripts.dashboard import running_dashboard
from tests.browser.conftest import PHONE, OpenPage, Scheme, at_rest, opens_on_a_phone, settled

pytestmark = pytest.mark.browser

DEMO = DEMOS[0]

# Streamlit's own markup, which a page cannot change: the navigation's list holds its items in
# wrappers, and the toolbar of a data frame has an empty header cell.
NOT_OURS = {"list", "listitem", "empty-table-header"}


def background(page: Page) -> str:
    return str(
        page.get_by_test_id("stApp").evaluate(
            "element => getComputedStyle(element).backgroundColor"
        )
    )


def logo(page: Page) -> bytes:
    """The logo as drawn."""
    return page.get_by_test_id("stSidebarLogo").screenshot(animations="disabled")


def violations(page: Page) -> list[dict[str, Any]]:
    found = Axe().run(page).response["violations"]
    return [
        {
            "rule": each["id"],
            "where": [(node["html"][:200], node["failureSummary"]) for node in each["nodes"]],
        }
        for each in found
        if each["id"] not in NOT_OURS
    ]


def test_home_shows_every_demo(open_page: OpenPage, console_errors: list[str]) -> None:
    page = open_page()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deep Learning at Work")
    for demo in DEMOS:
        expect(page.get_by_role("heading", name=demo.question)).to_be_visible()
        expect(page.get_by_test_id("stMain").get_by_role("link", name=demo.title)).to_be_visible()
    assert console_errors == []


def test_the_whole_card_opens_the_demo(open_page: OpenPage, console_errors: list[str]) -> None:
    page = open_page()
    page.locator(f".st-key-card_{DEMO.slug}").click()  # its center, far from the link's text
    page.wait_for_url(f"**/{DEMO.slug}*")
    settled(page)
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Deep Learning at Work")
    expect(page).to_have_title(re.compile(DEMO.title))
    assert console_errors == []


def test_the_navigation_leads_there_and_back(open_page: OpenPage) -> None:
    page = open_page()
    navigation = page.get_by_test_id("stSidebarNav")
    navigation.get_by_role("link", name=DEMO.title).click()
    page.wait_for_url(f"**/{DEMO.slug}*")
    navigation.get_by_role("link", name="All demos").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Deep Learning at Work")


def test_a_deep_link_is_the_first_thing_a_fresh_server_is_asked(open_page: OpenPage) -> None:
    query = f"model={DEMO.models[0].name}"
    with running_dashboard(warm=False) as url:
        page = open_page(f"/{DEMO.slug}?{query}", url=url)
        expect(page).to_have_title(re.compile(DEMO.title))
        assert f"/{DEMO.slug}?" in page.url
        assert query in page.url
        expect(page.get_by_test_id("stSidebarNav")).to_be_visible()


def test_light_and_dark_follow_the_system_until_the_menu_says_otherwise(
    open_page: OpenPage,
) -> None:
    pages = {"Light": open_page(scheme="light"), "Dark": open_page(scheme="dark")}
    backgrounds = {name: background(page) for name, page in pages.items()}
    logos = {name: logo(page) for name, page in pages.items()}
    assert backgrounds == {"Light": "rgb(251, 250, 246)", "Dark": "rgb(18, 24, 27)"}
    assert logos["Light"] != logos["Dark"]
    for system, choice in [("Light", "Dark"), ("Dark", "Light")]:
        page = pages[system]
        page.get_by_test_id("stMainMenu").click()
        page.get_by_role("radio", name=choice).or_(
            page.get_by_role("menuitemradio", name=choice)
        ).click()
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", backgrounds[choice])
        assert logo(page) == logos[choice]


def test_type_is_our_own_and_comes_from_here(open_page: OpenPage, server_url: str) -> None:
    page = open_page()
    loaded = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
    )
    assert "Inter" in {name.strip('"') for name in loaded}
    addresses = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    outside = [each for each in addresses if not each.startswith((server_url, "data:", "blob:"))]
    assert outside == []


def test_the_resource_panel_shows_device_memory_and_models(open_page: OpenPage) -> None:
    panel = open_page().locator(".st-key-resources")
    expect(panel).to_contain_text(re.compile(r"(CPU|CUDA:\d|MPS), float32"))
    expect(panel).to_contain_text(re.compile(r"Models: [<\d.,\s]+GiB of [\d.,]+ GiB"))
    expect(panel.get_by_role("progressbar")).to_be_visible()
    expect(panel).to_contain_text(re.compile(r"Whole process: [\d.]+ GiB"))


def test_unloading_reaches_other_sessions_without_a_rerun(open_page: OpenPage) -> None:
    """The panel of a page nobody touches follows, and what was typed there is not lost."""
    watching, acting = open_page(), open_page(f"/{DEMO.slug}")
    panel = acting.locator(".st-key-resources")
    expect(panel).to_contain_text(re.compile(r"Loaded models: [1-9]"))
    expect(watching.locator(".st-key-resources")).to_contain_text(
        re.compile(r"Loaded models: [1-9]")
    )
    watching.evaluate("document.querySelector('h1').dataset.untouched = 'yes'")
    panel.get_by_text("Loaded models").click()
    at_rest(panel.locator("details"))
    panel.get_by_role("button", name="Unload idle models").click()
    for page in (acting, watching):
        expect(page.locator(".st-key-resources")).to_contain_text("Loaded models: 0")
    expect(panel.get_by_role("button", name="Unload idle models")).to_be_disabled()
    assert watching.evaluate("document.querySelector('h1').dataset.untouched") == "yes"


def test_home_opens_on_a_phone(open_page: OpenPage, console_errors: list[str]) -> None:
    """As the pages of the demos do, whose own tests look at that."""
    opens_on_a_phone(open_page(width=PHONE))
    assert console_errors == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (PHONE, "dark")])
def test_home_is_accessible(open_page: OpenPage, width: int, scheme: Scheme) -> None:
    assert violations(open_page(scheme=scheme, width=width)) == []


def test_focus_is_visible_on_the_accent(open_page: OpenPage) -> None:
    page = open_page()
    link = page.get_by_test_id("stMain").get_by_role("link", name=DEMO.title)
    for _ in range(40):
        page.keyboard.press("Tab")
        if link.evaluate("element => element === document.activeElement"):
            break
    expect(link).to_be_focused()
    expect(link).to_have_css("outline-color", "rgb(11, 97, 105)")
    expect(link).to_have_css("outline-style", "solid")
