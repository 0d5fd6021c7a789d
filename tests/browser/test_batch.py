"""Many files in a real browser, with the bundled model."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from demos.core.samples import SampleKind, samples
from demos.healthcare_imaging import SPEC
from tests.browser.conftest import PHONE, OpenPage, Scheme, settled
from tests.browser.test_shell import violations

pytestmark = pytest.mark.browser

PATH = f"/{SPEC.slug}"
EVIL = "=HYPERLINK(1) <b>&.png"

SHIPPED = samples(SPEC.slug, SPEC.models[0].name)
GOOD = [each for each in SHIPPED if each.kind is SampleKind.TYPICAL][:20]
OUT_OF_SCOPE = next(each for each in SHIPPED if each.kind is SampleKind.OUT_OF_SCOPE)


def mixed_zip() -> bytes:
    """Twenty cells, one picture out of scope, one damaged file, one with an evil name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, sample in enumerate(GOOD):
            archive.writestr(f"ward {number % 3}/{number}.png", sample.read())
        archive.writestr("page.png", OUT_OF_SCOPE.read())
        archive.writestr("cut.png", GOOD[0].read()[:300])
        archive.writestr(EVIL, GOOD[1].read())
    return buffer.getvalue()


def hand_in(page: Page, *files: tuple[str, bytes]) -> None:
    page.get_by_role("tab", name="Your own files").click()
    chosen: list[Any] = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        for name, data in files
    ]
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(chosen)


def done(page: Page, count: int) -> None:
    expect(page.get_by_text(f"Done. {count} files")).to_be_visible()
    settled(page)


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return int(
        page.evaluate(
            "() => Math.max(...[document.documentElement, ...document.querySelectorAll("
            "'[data-testid=stMain]')].map(each => each.scrollWidth - each.clientWidth))"
        )
    )


def ours(page: Page) -> list[dict[str, Any]]:
    """Violations but for that of Streamlit's own uploader, a focusable element without a role."""
    return [each for each in violations(page) if each["rule"] != "presentation-role-conflict"]


def download(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as started:
        page.get_by_role("button", name=button).click()
    file = folder / started.value.suggested_filename
    started.value.save_as(file)
    return file


def test_an_archive_becomes_a_table_with_exports(
    open_page: OpenPage, browser: Browser, tmp_path: Path, console_errors: list[str]
) -> None:
    page = open_page(PATH)
    hand_in(page, ("cells.zip", mixed_zip()))
    done(page, 23)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    expect(page.get_by_test_id("stElementToolbar").get_by_label("Download as CSV")).to_be_hidden()
    assert "job=" in page.url

    lines = list(csv.DictReader(download(page, "Table (CSV)", tmp_path).open(encoding="utf-8-sig")))
    assert len(lines) == 23
    assert {line["outcome"] for line in lines} >= {"answer", "refused", "failed"}
    assert lines[-1]["file"] == f"'{EVIL}"
    document = json.loads(download(page, "Data (JSON)", tmp_path).read_text())
    assert sum(document["outcomes"].values()) == 23
    assert document["disclaimer"] == SPEC.disclaimer

    report = browser.new_page(viewport={"width": PHONE, "height": 900})
    requests: list[str] = []
    report.on("request", lambda request: requests.append(request.url))
    report.goto(download(page, "Report (HTML)", tmp_path).as_uri())
    expect(report.get_by_text(EVIL)).to_be_visible()
    expect(report.get_by_text(SPEC.disclaimer).first).to_be_visible()
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert overflow(report) <= 0
    assert violations(report) == []
    report.close()
    assert console_errors == []


def test_a_refresh_keeps_the_table_and_another_session_does_not_see_it(open_page: OpenPage) -> None:
    page = open_page(PATH)
    hand_in(page, *((f"{n}.png", sample.read()) for n, sample in enumerate(GOOD[:4])))
    done(page, 4)
    page.reload()
    done(page, 4)
    expect(open_page(PATH).get_by_text("Done.")).to_have_count(0)

    page.get_by_role("button", name="Delete these results").click()
    expect(page.locator("[class*=st-key-verdict_]")).to_be_visible()
    settled(page)
    assert "job=" not in page.url


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (PHONE, "dark")])
def test_it_fits_and_is_accessible(open_page: OpenPage, width: int, scheme: Scheme) -> None:
    page = open_page(PATH, width=width, scheme=scheme)
    hand_in(page, ("cells.zip", mixed_zip()))
    done(page, 23)
    assert overflow(page) <= 0
    assert ours(page) == []
    page.get_by_text("Show as a plain list").click()
    expect(page.locator(".st-key-batch_list")).to_contain_text(EVIL)
    settled(page)
    assert overflow(page) <= 0
    assert ours(page) == []


def test_a_row_by_keyboard_filters_and_the_way_to_its_page(open_page: OpenPage) -> None:
    page = open_page(PATH)
    hand_in(page, ("cells.zip", mixed_zip()))
    done(page, 23)
    page.get_by_label("File name contains").fill("ward 1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("7 of 23 files")).to_be_visible()
    settled(page)
    table = page.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 150, box["y"] + 20)  # by file name
    expect(table.get_by_role("columnheader", name="↑ File", include_hidden=True)).to_have_count(1)
    first, second = table.get_by_test_id("glide-cell-1-0"), table.get_by_test_id("glide-cell-1-1")
    first.focus()
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(second).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Shift+Space")
    row = page.locator(".st-key-batch_row")
    expect(row).to_contain_text("ward 1/10.png")  # the second as sorted
    row.get_by_role("button", name="Open this image on the page").click()
    expect(page.locator("[class*=st-key-verdict_]")).to_be_visible()
    page.get_by_role("button", name="Back to the table of 23 files").click()
    done(page, 23)
