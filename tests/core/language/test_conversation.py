"""A conversation as a file has questions, answers, passages, and what they were made with."""

import json
from dataclasses import replace

from demos.core.language.assistant import ask
from demos.core.language.conversation import LIMITS, to_json, to_txt
from demos.core.language.passages import pages
from demos.core.language.retrieval import index
from tests.core.language.handbook import Scripted, document, handbook, hashed

QUESTION = "When must damage be reported?"


def test_text_to_read() -> None:
    found = index([handbook()], hashed, {})
    first = ask(QUESTION, found, hashed, Scripted("within 7 days of delivery"))
    second = ask("And glass?", found, hashed, Scripted("Broken glass"), [first])
    text = to_txt([first, second], [handbook()])
    assert f"You: {QUESTION}" in text
    assert f"(read as: {QUESTION} And glass?)" in text
    assert "Within 7 days of delivery." in text
    assert "[1] Service handbook.txt: " in text
    assert LIMITS in text
    assert "[1] Service handbook.txt: \n" in to_txt([first], []), "it was removed"


def test_data_to_work_with() -> None:
    found = index([handbook()], hashed, {})
    turn = ask(QUESTION, found, hashed, Scripted("within 7 days of delivery"))
    data = json.loads(to_json([turn], [handbook()]))
    [said] = data["turns"]
    [cited] = said["citations"]
    assert (said["question"], said["outcome"]) == (QUESTION, "answer")
    assert handbook().text[slice(*cited["answer"])] == "within 7 days of delivery"
    assert "within 7 days of delivery" in cited["passage"]
    assert said["provenance"]["model"] == "scripted"
    assert data["documents"][0]["name"] == "Service handbook.txt"


def test_pages_of_a_pdf_are_named() -> None:
    text = "On the first page.\n\nReturns take 30 days."
    printed = replace(document(text, "terms.pdf"), pages=((0, 18), (20, 41)))
    assert pages(printed, 20, 27) == "page 2"
    assert pages(printed, 0, 41) == "pages 1–2"
    assert pages(handbook(), 0, 10) == ""
    found = index([printed], hashed, {})
    turn = ask("How long do returns take?", found, hashed, Scripted("30 days"))
    assert "[1] terms.pdf, pages 1–2: On the first page." in to_txt([turn], [printed])


def test_half_characters_do_not_keep_it_from_being_written() -> None:
    broken = document("The \ud83d box is \x00 here. <b>Bold</b>")
    found = index([broken], hashed, {})
    turn = ask("Where is the \ud83d box?", found, hashed, Scripted("here"))
    to_txt([turn], [broken]).encode()
    to_json([turn], [broken]).encode()
