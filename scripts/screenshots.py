"""Draw the README's screenshots anew into docs/screenshots: `python scripts/screenshots.py`."""

import io
import sys
from dataclasses import dataclass
from typing import Literal

from dashboard import CHROMIUM_ARGUMENTS, ROOT, find_chromium, running_dashboard
from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

FOLDER = ROOT / "docs" / "screenshots"
LIMIT = 400_000  # bytes a picture may take in the repository
COLORS = 256
PREDICTION_MS = 120_000
SETTLE_MS = 1500  # fonts and charts finish their entrance animations


@dataclass(frozen=True, slots=True)
class Shot:
    name: str
    path: str
    scheme: Literal["light", "dark"]
    width: int = 1280
    height: int = 900


SHOTS = (
    Shot("home-light", "/", "light"),
    Shot("home-dark", "/", "dark"),
    Shot("imaging-light", "/healthcare_imaging", "light"),
    Shot("imaging-dark", "/healthcare_imaging", "dark"),
    Shot("imaging-mobile", "/healthcare_imaging", "light", 390, 844),
    Shot("fraud-light", "/fraud_scoring", "light"),
    Shot("fraud-dark", "/fraud_scoring", "dark"),
    Shot("fraud-mobile", "/fraud_scoring", "light", 390, 844),
    Shot("recommendations-light", "/recommendations", "light"),
    Shot("recommendations-dark", "/recommendations?sample=epic-fantasy&model=books", "dark"),
    Shot("recommendations-mobile", "/recommendations", "light", 390, 844),
    Shot("speech-light", "/speech_recognition", "light"),
    Shot("speech-dark", "/speech_recognition?sample=call&model=commands", "dark"),
    Shot("speech-mobile", "/speech_recognition", "light", 390, 844),
    Shot("language-light", "/language_tasks", "light"),
    Shot("language-dark", "/language_tasks?sample=ferry&model=reader&task=entities", "dark"),
    Shot("language-mobile", "/language_tasks", "light", 390, 844),
    Shot("xray-dark", "/healthcare_imaging?sample=PNEUMONIA-1&model=chest_xray", "dark"),
)


def take(browser: Browser, url: str, shot: Shot) -> bytes:
    """One page, once its script has run to the end, as PNG."""
    page = browser.new_page(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme=shot.scheme,
    )
    page.goto(url + shot.path)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PREDICTION_MS)
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=PREDICTION_MS)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PREDICTION_MS)
    expect(page.get_by_text("Something went wrong on our side")).to_have_count(0)
    page.wait_for_timeout(SETTLE_MS)
    picture = page.screenshot()
    page.close()
    return picture


def compress(picture: bytes) -> bytes:
    """The PNG with a palette, which such pages need no more than."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    reduced = image.quantize(COLORS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    file = io.BytesIO()
    reduced.save(file, "PNG", optimize=True)
    return file.getvalue()


def main() -> None:
    chromium = find_chromium()
    if chromium is None:
        sys.exit("Chromium is missing. On Debian: sudo apt-get install chromium")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_dashboard() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=list(CHROMIUM_ARGUMENTS)
        )
        for shot in SHOTS:
            file = compress(take(browser, url, shot))
            if len(file) > LIMIT:
                sys.exit(f"{shot.name} takes {len(file):,} bytes, over the limit of {LIMIT:,}.")
            (FOLDER / f"{shot.name}.png").write_bytes(file)
            print(f"{shot.name}.png  {len(file) / 1000:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()
