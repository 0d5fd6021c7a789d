"""The page of language in a real browser, with the bundled models and samples."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from demos.language_tasks import SPEC
from demos.language_tasks.offered import HANDBOOK_QUESTIONS
from tests.browser.conftest import PHONE, OpenPage, Scheme, opens_on_a_phone, settled
from tests.browser.test_batch import download, ours, overflow
from tests.core.language.papers import docx, paragraph

pytestmark = pytest.mark.browser

PATH = f"/{SPEC.slug}"
SUMMARY = f"{PATH}?task=summary"
"""The task that shows every text, whatever it says."""
REPORT = "The lift stops between floors. It was repaired twice. Nobody has told us why."
LETTER = "Thank you for the lovely evening. The soup was perfect, and so was the music."
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
HOSTILE = (
    "I love this place, <script>ran=1</script> and all were <b>kind</b>. It is <img src=x "
    "onerror=ran=1> the best \U0001f600 of all\0, \u202eturned\u202c \u0634\u0643\u0631\u0627. "
    "We come back :smile: $x$ [soon](javascript:ran=1)."
)
WRITTEN = ("<script>ran=1</script>", "<b>kind</b>", "<img src=x onerror=ran=1>", "[soon](java")
CAPTION = "A dog is running on the beach. Two children play with a ball."
ROWS = 600
FORMULA = "=HYPERLINK(1) The clerk at the desk was rude to me."
SAFE = b"The code word of the safe is Kestrel. It is changed on every first of May."


def shown(page: Page) -> Locator:
    """The text that was read, with the sentences of its summary marked."""
    return page.get_by_role("group", name="The text summarized")


def hand_in(page: Page, name: str, data: bytes) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": data}
    )


def choose_mode(page: Page, mode: str) -> None:
    page.get_by_test_id("stButtonGroup").get_by_text(mode, exact=True).click()
    settled(page)


def messages() -> bytes:
    """A file of different messages, one of them a formula; enough to be canceled in time."""
    places = ("hall", "cellar", "kitchen", "library", "garage", "attic")
    lines = [
        f"Please send somebody to the {places[number % 6]} of house {number}: the lamp there has "
        f"been flickering for {number % 9 + 2} days, and I am tired of calling you about it. The "
        "neighbors say that it was the same with theirs."
        for number in range(ROWS - 1)
    ]
    return "\n".join(["message", *(f'"{each}"' for each in [FORMULA, *lines])]).encode()


def ask(page: Page, question: str) -> Locator:
    """Type a question; the reply to it, once it is there."""
    box = page.get_by_test_id("stChatInput").locator("textarea")
    before = page.get_by_test_id("stChatMessage").count()
    box.fill(question)
    # Not before a file that was handed in has arrived.
    expect(page.get_by_test_id("stChatInputSubmitButton")).to_be_enabled()
    box.press("Enter")
    expect(page.get_by_test_id("stChatMessage")).to_have_count(before + 2)
    settled(page)
    return page.get_by_test_id("stChatMessage").last


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (PHONE, "dark")])
def test_it_opens_with_an_answer_and_fits(
    open_page: OpenPage, width: int, scheme: Scheme, console_errors: list[str]
) -> None:
    page = open_page(PATH, width=width, scheme=scheme)
    if width == PHONE:
        opens_on_a_phone(page)
    expect(page.locator("[class*=st-key-verdict_]")).to_be_visible()
    assert "sample=" in page.url and "task=sentiment" in page.url
    page.get_by_test_id("stMain").locator("summary").evaluate_all("all => all.map(e => e.click())")
    settled(page)
    assert overflow(page) <= 0
    assert ours(page) == []
    for mode in ("Messages", "Assistant"):
        choose_mode(page, mode)
        assert overflow(page) <= 0
    assert console_errors == []


def test_a_document_is_read_and_a_bad_one_changes_nothing(
    open_page: OpenPage, console_errors: list[str]
) -> None:
    page = open_page(SUMMARY)
    page.get_by_role("tab", name="Document").click()
    hand_in(page, "lift <b>.txt", REPORT.encode())
    expect(shown(page)).to_contain_text("The lift stops between floors.")
    settled(page)
    expect(page.get_by_text("lift <b>.txt").filter(visible=True).first).to_be_visible()
    assert "sample=" not in page.url
    hand_in(page, "letter.docx", docx(paragraph(LETTER)))
    expect(shown(page)).to_contain_text("The soup was perfect")
    settled(page)
    hand_in(page, "notes.txt", PICTURE)
    expect(page.get_by_text("This looks like a PNG image, not like text.")).to_be_visible()
    expect(page.get_by_text("still the one before")).to_be_visible()
    expect(shown(page)).to_contain_text("The soup was perfect")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    settled(page)
    page.get_by_role("button", name="Delete my texts and results").click()
    expect(page.get_by_text("The soup was perfect")).to_have_count(0)
    settled(page)
    assert "sample=" in page.url
    assert console_errors == []


def test_markup_in_a_text_stays_text(open_page: OpenPage, console_errors: list[str]) -> None:
    page = open_page(SUMMARY)
    page.get_by_label("The text: change it").fill(HOSTILE)
    page.get_by_role("button", name="Read this text").click()
    for each in WRITTEN:
        expect(shown(page)).to_contain_text(each)
    settled(page)
    assert page.evaluate("() => typeof ran") == "undefined"
    assert page.locator("a[href^=javascript], img[src=x]").count() == 0
    assert overflow(page) <= 0
    assert console_errors == []


def test_a_translation_stands_beside_its_text(
    open_page: OpenPage, console_errors: list[str]
) -> None:
    page = open_page(f"{PATH}?task=translation", width=PHONE)
    page.get_by_label("The text: change it").fill(CAPTION)
    page.get_by_role("button", name="Read this text").click()
    german = page.locator("[lang=de]").filter(has_text="Hund").first
    expect(german).to_be_visible()
    settled(page)
    page.get_by_text("French", exact=True).first.click()
    expect(page.locator("[lang=fr]").filter(has_text="chien").first).to_be_visible()
    settled(page)
    assert overflow(page) <= 0
    assert ours(page) == []
    assert console_errors == []


def test_a_file_of_messages_is_canceled_goes_on_and_is_taken_away(
    open_page: OpenPage, tmp_path: Path, console_errors: list[str]
) -> None:
    page = open_page(f"{PATH}?task=messages")
    hand_in(page, "lamps.csv", messages())
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text(re.compile(rf"\d+ of {ROWS} messages"))).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    canceled, go_on = page.get_by_text("Canceled after"), page.get_by_role("button", name="Go on")
    expect(canceled).to_be_visible()
    settled(page)
    page.reload()
    settled(page)
    expect(canceled).to_be_visible()
    go_on.click()
    expect(page.get_by_text(f"Done. {ROWS} messages of lamps.csv")).to_be_visible()
    settled(page)
    assert overflow(page) <= 0
    assert ours(page) == []
    page.reload()
    settled(page)
    expect(page.get_by_text(f"{ROWS} of {ROWS} messages", exact=True)).to_be_visible()

    with download(page, "Results (CSV)", tmp_path).open(encoding="utf-8-sig") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == ROWS
    assert lines[0]["text"] == f"'{FORMULA}"
    assert {line["sentiment_outcome"] for line in lines} <= {"answer", "unsure", "refused"}
    page.get_by_role("button", name="Delete all of it now").click()
    expect(page.get_by_role("button", name="Try it with our example messages")).to_be_visible()
    settled(page)
    assert "job=" not in page.url
    assert console_errors == []


def test_the_assistant_answers_from_documents_and_forgets_them(
    open_page: OpenPage, console_errors: list[str]
) -> None:
    page = open_page(f"{PATH}?task=chat", width=PHONE, scheme="dark")
    reply = ask(page, HANDBOOK_QUESTIONS[0])
    expect(reply.get_by_text(re.compile(r"\[1\] Service handbook\.txt"))).to_be_visible()
    page.get_by_test_id("stChatInput").locator("input[type=file]").set_input_files(
        {"name": "safe.txt", "mimeType": "text/plain", "buffer": SAFE}
    )
    reply = ask(page, "What is the code word of the safe?")
    expect(reply.get_by_text(re.compile(r"\[1\] safe\.txt"))).to_be_visible()
    expect(reply.locator(".dlw-text").first).to_contain_text("Kestrel")
    expect(page.get_by_text("2 documents to look in")).to_be_visible()
    assert overflow(page) <= 0
    assert ours(page) == []
    page.get_by_role("button", name="Delete everything now").click()
    expect(page.get_by_test_id("stChatMessage")).to_have_count(0)
    expect(page.get_by_text("0 documents to look in")).to_be_visible()
    assert console_errors == []
