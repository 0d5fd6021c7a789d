"""The page of healthcare imaging in a real browser, with the bundled model and samples."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from demos.core.samples import Sample, SampleKind, samples
from demos.healthcare_imaging import SPEC
from tests.browser.conftest import PHONE, OpenPage, Scheme, opens_on_a_phone, settled
from tests.browser.test_shell import violations

pytestmark = pytest.mark.browser

PATH = f"/{SPEC.slug}"
OUTCOMES = ("Answer", "Unsure", "Refused")


def first(kind: SampleKind) -> Sample:
    return next(s for s in samples(SPEC.slug, SPEC.models[0].name) if s.kind is kind)


def link(sample: Sample) -> str:
    return f"{PATH}?sample={sample.key}&model={sample.model}"


def headline(page: Page) -> str:
    return page.locator("[class*=st-key-verdict_] h2").inner_text()


def outcome(page: Page) -> str:
    text = page.locator("[class*=st-key-verdict_]").inner_text()
    return next(each for each in OUTCOMES if each in text)


def upload(page: Page, name: str, data: bytes) -> None:
    page.get_by_role("tab", name="Your own files").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": data}
    )


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return int(
        page.evaluate(
            "() => Math.max(...[document.documentElement, ...document.querySelectorAll("
            "'[data-testid=stMain]')].map(each => each.scrollWidth - each.clientWidth))"
        )
    )


def noise() -> bytes:
    pixels = np.random.default_rng(0).integers(0, 255, (128, 128, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_prediction_is_there_when_the_page_opens(
    open_page: OpenPage, console_errors: list[str]
) -> None:
    page = open_page(PATH)
    expect(page.locator("[class*=st-key-verdict_] h2")).to_be_visible()
    assert outcome(page) == "Answer"
    expect(page.get_by_text(SPEC.disclaimer)).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    assert "sample=" in page.url
    assert console_errors == []


def test_a_permalink_brings_the_same_result_to_someone_else(open_page: OpenPage) -> None:
    page = open_page(link(first(SampleKind.HARD)))
    shown = page.locator("[class*=st-key-verdict_]").inner_text()
    permalink = page.get_by_test_id("stCode").filter(has_text="sample=").inner_text()
    assert permalink == page.url
    again = open_page(permalink.removeprefix(permalink.split(PATH)[0]))
    assert again.locator("[class*=st-key-verdict_]").inner_text() == shown


def test_uploads_good_and_bad_and_the_report_of_one(
    open_page: OpenPage, browser: Browser, tmp_path: Path
) -> None:
    page = open_page(PATH)
    before = headline(page)
    sample = first(SampleKind.HARD)
    upload(page, "broken.png", sample.read()[:300])
    expect(page.get_by_text("damaged")).to_be_visible()
    expect(page.get_by_text("still the one before")).to_be_visible()
    assert headline(page) == before

    name = "<b>cell & co.png"
    data = sample.read()
    upload(page, name, data)
    expect(page.locator(".st-key-preview").get_by_text(name)).to_be_visible()
    settled(page)
    assert "sample=" not in page.url
    expect(page.get_by_text("An upload has no permalink")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("button", name="Report (HTML)").click()
    file = tmp_path / "report.html"
    download.value.save_as(file)
    html = file.read_text()
    assert hashlib.sha256(data).hexdigest() in html
    assert SPEC.disclaimer in html
    with page.expect_download() as download:
        page.get_by_role("button", name="Data (JSON)").click()
    document = json.loads(Path(download.value.path()).read_text())
    assert document["input"]["sha256"] == hashlib.sha256(data).hexdigest()
    assert document["outcome"].capitalize() == outcome(page)

    report = browser.new_page(viewport={"width": PHONE, "height": 900})
    requests: list[str] = []
    report.on("request", lambda request: requests.append(request.url))
    report.goto(file.as_uri())
    expect(report.get_by_role("heading", name=document["headline"])).to_be_visible()
    expect(report.get_by_text(name).first).to_be_visible()
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert overflow(report) <= 0
    assert violations(report) == []
    report.close()


def test_an_upload_survives_a_visit_to_another_page(open_page: OpenPage) -> None:
    page = open_page(PATH)
    upload(page, "noise.png", noise())
    expect(page.get_by_text("does not look like")).to_be_visible()
    navigation = page.get_by_test_id("stSidebarNav")
    navigation.get_by_role("link", name="All demos").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(SPEC.title)
    navigation.get_by_role("link", name=SPEC.title).click()
    expect(page.get_by_text("does not look like")).to_be_visible()
    assert outcome(page) == "Refused"


def test_a_sample_is_chosen_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(PATH)
    last = page.locator("[class*=st-key-sample_] button").last
    title = last.inner_text().splitlines()[0]
    last.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-preview").get_by_text(title, exact=True)).to_be_visible()


def test_the_whole_card_of_a_sample_can_be_clicked(open_page: OpenPage) -> None:
    page = open_page(PATH)
    card = page.locator("[class*=st-key-sample_]").nth(1)
    title = card.get_by_role("button").inner_text().splitlines()[0]
    box = card.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    expect(page.locator(".st-key-preview").get_by_text(title, exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("kind", "width", "scheme"),
    [
        (SampleKind.TYPICAL, 1280, "light"),
        (SampleKind.TYPICAL, PHONE, "dark"),
        (SampleKind.HARD, PHONE, "light"),
        (SampleKind.OUT_OF_SCOPE, 1280, "dark"),
    ],
)
def test_it_fits_and_is_accessible(
    open_page: OpenPage, scheme: Scheme, width: int, kind: SampleKind, console_errors: list[str]
) -> None:
    page = open_page(link(first(kind)), width=width, scheme=scheme)
    if width == PHONE:
        opens_on_a_phone(page)
        assert console_errors == []
    expect(page.locator("[class*=st-key-verdict_] h2")).to_be_visible()
    for summary in page.get_by_test_id("stMain").locator("summary").all():
        summary.click()
    settled(page)
    assert overflow(page) <= 0
    assert violations(page) == []
