"""The page of fraud scoring in a real browser, with the bundled model and samples."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from demos.core.samples import samples
from demos.fraud_scoring import SPEC
from demos.fraud_scoring.simulate import HANDBOOK, Process, scaled, simulate, to_handbook
from tests.browser.conftest import PHONE, OpenPage, opens_on_a_phone, settled
from tests.browser.test_batch import ours, overflow

pytestmark = pytest.mark.browser

PATH = f"/{SPEC.slug}"
ONE_HANDLED = re.compile(r"^1 of \d+ handled")
REFUSED = next(
    each for each in samples(SPEC.slug, SPEC.models[0].group) if each.kind.value == "out of scope"
)


def a_month() -> bytes:
    """A month of four hundred cards, as a German spreadsheet writes it, with two unusable rows."""
    process = scaled(Process(days=30, start=date(2026, 6, 1)), 0.08)
    table = to_handbook(simulate(process, 77)).rename({HANDBOOK["card"]: "Kartennummer"})
    text = table.write_csv(
        separator=";", decimal_comma=True, datetime_format="%d.%m.%Y %H:%M", float_precision=2
    )
    return "\ufeff".encode() + (text + "x;y;z;t;n;;\n;;;;;;\n").encode()


def queued(page: Page) -> str:
    return page.get_by_test_id("stMain").get_by_role("heading", level=2).first.inner_text()


def test_the_way_from_a_sample_to_ones_own_file(
    open_page: OpenPage, console_errors: list[str]
) -> None:
    page = open_page(PATH)
    assert queued(page).endswith("to review")
    assert "sample=month" in page.url

    mark = page.get_by_role("button", name="Confirmed fraud", exact=True)
    mark.click()
    expect(page.get_by_text(ONE_HANDLED)).to_be_visible()
    settled(page)
    assert "case=" in page.url
    page.reload()
    settled(page)
    expect(page.get_by_text("Last change: card")).to_be_visible()
    expect(page.get_by_text(ONE_HANDLED)).to_be_visible()
    settled(page)

    page.get_by_role("tab", name="Your own file").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(
        {"name": "juni <b>.csv", "mimeType": "text/csv", "buffer": a_month()}
    )
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("button", name="Delete these results")).to_be_visible()
    settled(page)
    expect(page.get_by_text("juni <b>.csv").first).to_be_visible()
    assert "job=" in page.url and "sample=" not in page.url
    assert queued(page).endswith("to review")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    assert overflow(page) <= 0
    assert ours(page) == []
    page.reload()
    settled(page)
    expect(page.get_by_text("juni <b>.csv").first).to_be_visible()
    assert console_errors == []


def unreachable(page: Page) -> list[str]:
    """Tables that scroll sideways but take no focus, so that no key would scroll them.

    Chromium and Firefox give it to scrollers that hold nothing else to focus, which axe cannot see.
    """
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("[class*=st-key-figures_] *")]
            .filter(each => each.scrollWidth > each.clientWidth
                && getComputedStyle(each).overflowX === "auto")
            .filter(each => (each.focus(), document.activeElement !== each))
            .map(each => each.innerText.slice(0, 80))"""
    )
    return found


@pytest.mark.parametrize("path", [PATH, f"{PATH}?sample={REFUSED.key}&model={REFUSED.model}"])
def test_it_fits_a_phone_and_is_accessible(
    open_page: OpenPage, path: str, console_errors: list[str]
) -> None:
    page = open_page(path, width=PHONE, scheme="dark")
    opens_on_a_phone(page)
    assert console_errors == []
    page.get_by_test_id("stMain").locator("summary").evaluate_all("all => all.map(e => e.click())")
    settled(page)
    assert page.locator("details:not([open])").count() < page.locator("details[open]").count()
    assert overflow(page) <= 0
    assert [each for each in ours(page) if each["rule"] != "scrollable-region-focusable"] == []
    assert unreachable(page) == []
