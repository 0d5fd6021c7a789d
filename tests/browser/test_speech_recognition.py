"""The page of speech recognition in a real browser, with the bundled model, samples and a voice at
Chromium's microphone."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from demos.core.samples import samples
from demos.speech_recognition import SPEC
from scripts.dashboard import CHROMIUM_ARGUMENTS
from tests.browser.conftest import PHONE, TIMEOUT_MS, OpenPage, opens_on_a_phone, settled
from tests.browser.test_batch import download, ours, overflow
from tests.browser.test_shell import violations

pytestmark = pytest.mark.browser

PATH = f"/{SPEC.slug}"
KEYS = {each.key: each for each in samples(SPEC.slug, SPEC.models[0].name)}
PIN = ["four", "one", "seven", "nine"]
SPOKEN = ["four", "two", "seven", "one"]
RATE = 48_000
"""Hz, of the file that stands in for a microphone."""
BEFORE, AFTER = 0.5, 8.0
"""Seconds of silence around the voice; the browser begins again where the file ends."""
SPEAKS_MS = 4_000
OF_WHOLE_PAGES = {"landmark-one-main", "page-has-heading-one", "region"}
"""Rules that a frame within a page does not have to keep."""


def player(page: Page) -> FrameLocator:
    """Recording and transcript, which are in a frame of their own."""
    return page.frame_locator("iframe[title$=speech]").first


def words(page: Page) -> Locator:
    """What was heard, without the speech that was turned away."""
    return player(page).locator("button.word:not(.rejected)")


def hand_in(page: Page, name: str, data: bytes) -> None:
    page.get_by_role("tab", name="Your own files").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(
        {"name": name, "mimeType": "audio/flac", "buffer": data}
    )


def choose_mode(page: Page, mode: str) -> None:
    page.get_by_test_id("stButtonGroup").get_by_text(mode).click()
    settled(page)


def record(page: Page) -> None:
    """Click on the microphone, wait for the voice to have spoken, and click again."""
    microphone = page.get_by_test_id("stAudioInput").filter(visible=True)
    microphone.get_by_role("button", name="Record", exact=True).click()
    stop = microphone.get_by_role("button", name="Stop recording")
    expect(stop).to_be_visible()
    page.wait_for_timeout(SPEAKS_MS)
    stop.click()


@pytest.fixture
def speaking_page(
    browser: Browser, chromium: str, server_url: str, tmp_path: Path, console_errors: list[str]
) -> Iterator[Page]:
    """The page in a browser at whose microphone somebody says four digits."""
    voice, rate = soundfile.read(KEYS["say-four-two-seven-one"].path)
    before, after = (np.zeros(round(seconds * RATE)) for seconds in (BEFORE, AFTER))
    file = tmp_path / "voice.wav"
    sound = np.concatenate([before, soxr.resample(voice, rate, RATE), after])
    soundfile.write(file, sound, RATE, subtype="PCM_16")
    running = browser.browser_type.launch(
        executable_path=chromium,
        args=[
            *CHROMIUM_ARGUMENTS,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={file}",
        ],
    )
    page = running.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    expect.set_options(timeout=TIMEOUT_MS)
    page.on("pageerror", lambda error: console_errors.append(str(error)))
    page.goto(server_url + PATH)
    settled(page)
    yield page
    running.close()


def test_a_sample_is_read_listened_to_and_taken_away(
    open_page: OpenPage, tmp_path: Path, console_errors: list[str]
) -> None:
    page = open_page(PATH)
    expect(words(page)).to_have_text(PIN)
    assert "sample=pin" in page.url
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    assert overflow(page) <= 0
    assert ours(page) == []
    frame: Any = next(each for each in page.frames if "component" in each.url)
    assert [each for each in violations(frame) if each["rule"] not in OF_WHOLE_PAGES] == []

    word = words(page).nth(2)
    start, end = word.evaluate("each => [each.start, each.end]")
    word.click()
    expect(word).to_have_attribute("aria-current", "true")
    audio = player(page).locator("audio")
    assert start - 0.1 <= audio.evaluate("audio => audio.currentTime") <= end + 0.1
    expect(words(page).nth(3)).to_have_attribute("aria-current", "true")  # it plays on
    audio.evaluate("audio => audio.pause()")
    words(page).nth(0).press("ArrowRight")
    expect(words(page).nth(1)).to_be_focused()

    number, times, text = download(page, "Subtitles (SRT)", tmp_path).read_text().splitlines()[:3]
    assert (number, text) == ("1", " ".join(PIN))
    assert re.fullmatch(r"00:00:0\d,\d{3} --> 00:00:0\d,\d{3}", times)
    head, blank, times, text = (
        download(page, "Subtitles (WebVTT)", tmp_path).read_text().split("\n")[:4]
    )
    assert (head, blank, text) == ("WEBVTT", "", " ".join(PIN))
    assert re.fullmatch(r"00:00:0\d\.\d{3} --> 00:00:0\d\.\d{3}", times)
    document = json.loads(download(page, "Data (JSON)", tmp_path).read_text())
    assert document["text"] == " ".join(PIN)
    html = download(page, "Report (HTML)", tmp_path).read_text()
    assert " ".join(PIN) in html and "sample=pin" in html

    word = page.get_by_role("combobox", name="Word to explain")
    word.click()
    word.press_sequentially("seven")
    page.get_by_role("option", name="seven").click()
    expect(page.get_by_text(re.compile("hiding the whole word|No single part"))).to_be_visible()
    page.get_by_text("Telephone band").click()
    expect(page.get_by_text("Altered", exact=True)).to_be_visible()
    settled(page)
    assert ours(page) == []
    assert console_errors == []


def test_a_recording_of_ones_own_is_there_after_a_reload_and_a_bad_one_changes_nothing(
    open_page: OpenPage, console_errors: list[str]
) -> None:
    page = open_page(PATH)
    hand_in(page, "call <b>.flac", KEYS["commands"].read())
    expect(words(page)).to_have_text(["go", "left", "stop"])
    settled(page)
    assert "job=" in page.url and "sample=" not in page.url
    expect(page.get_by_text("stay in this server's memory until")).to_be_visible()
    page.reload()
    settled(page)
    expect(words(page)).to_have_text(["go", "left", "stop"])
    hand_in(page, "letter.wav", b"Dear Sir or Madam, this is no recording at all.")
    expect(page.get_by_text("not read here")).to_be_visible()
    expect(page.get_by_text("still the one before")).to_be_visible()
    expect(words(page)).to_have_text(["go", "left", "stop"])
    page.get_by_role("button", name="Delete the recording").click()
    expect(words(page)).to_have_text(PIN)
    settled(page)
    assert "job=" not in page.url
    assert console_errors == []


def test_what_is_said_at_the_microphone_is_transcribed_and_obeyed(
    speaking_page: Page, console_errors: list[str]
) -> None:
    page = speaking_page
    page.get_by_role("tab", name="Microphone").click()
    record(page)
    expect(words(page)).to_have_text(SPOKEN)
    settled(page)
    assert "job=" in page.url

    choose_mode(page, "Voice assistant")
    record(page)
    expect(page.get_by_label("PIN", exact=True)).to_have_value("4271")
    reply = page.frame_locator("iframe[title$=speech]").get_by_role("status")
    expect(reply.filter(has_text="Is that right?")).to_be_visible()
    expect(page.locator(".st-key-assistant_turn")).to_contain_text("the microphone")
    assert console_errors == []


def test_it_fits_a_phone_and_is_accessible(open_page: OpenPage, console_errors: list[str]) -> None:
    page = open_page(PATH, width=PHONE, scheme="dark")
    opens_on_a_phone(page)
    assert console_errors == []
    expect(words(page)).to_have_text(PIN)
    assert overflow(page) <= 0
    assert ours(page) == []
    choose_mode(page, "Voice assistant")
    page.get_by_role("button", name="“four two seven one”").click()
    expect(page.get_by_label("PIN", exact=True)).to_have_value("4271")
    settled(page)
    assert overflow(page) <= 0
    assert ours(page) == []
