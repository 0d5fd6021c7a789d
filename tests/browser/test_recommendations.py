"""The page of recommendations in a real browser, with the bundled models and personas."""

import pytest
from playwright.sync_api import Page, expect

from demos.recommendations import SPEC
from tests.browser.conftest import PHONE, OpenPage, opens_on_a_phone, settled
from tests.browser.test_batch import ours, overflow

pytestmark = pytest.mark.browser

PATH = f"/{SPEC.slug}"
FILE = b"customer,title\nanna,Toy Story (1995)\nanna,Aladdin (1992)\nben,Alien (1979)\n"


def listed(page: Page) -> list[str]:
    return page.locator(".st-key-recommend_list h3").all_inner_texts()


def test_the_way_from_a_persona_to_ones_own_histories(
    open_page: OpenPage, console_errors: list[str]
) -> None:
    page = open_page(PATH)
    first = listed(page)
    assert len(first) == 10 and "sample=" in page.url
    assert overflow(page) <= 0
    assert ours(page) == []

    page.get_by_role("slider", name="Novelty").press("End")
    expect(page.get_by_text("Set: novelty 100 %")).to_be_visible()
    settled(page)
    assert listed(page) != first

    page.get_by_role("button", name="Why ").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("because of")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.get_by_role("tab", name="Your own history").click()
    page.get_by_role("searchbox", name="Add a film").fill("toy storry")
    page.get_by_role("button", name="Toy Story (1995)").first.click()
    expect(page.locator(".st-key-history strong").first).to_have_text("Toy Story (1995)")
    settled(page)

    page.get_by_role("tab", name="Upload histories").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(
        {"name": "mine <b>.csv", "mimeType": "text/csv", "buffer": FILE}
    )
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("button", name="Recommend for 2 customers").click()
    button = page.get_by_role("button", name="Recommendations (CSV)")
    expect(button).to_be_enabled()
    settled(page)
    assert "job=" in page.url
    with page.expect_download() as download:
        button.click()
    assert "anna" in download.value.path().read_text()
    assert console_errors == []


def test_it_fits_a_phone_and_is_accessible(open_page: OpenPage, console_errors: list[str]) -> None:
    page = open_page(PATH, width=PHONE, scheme="dark")
    opens_on_a_phone(page)
    assert console_errors == []
    page.locator(".st-key-history summary").click()
    settled(page)
    assert overflow(page) <= 0
    assert [each for each in ours(page) if each["rule"] != "scrollable-region-focusable"] == []
