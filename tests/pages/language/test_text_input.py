"""Choosing what is read: samples, the box, documents and their parts."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.runtime.state import QueryParamsProxy
from streamlit.testing.v1 import AppTest

from demos import catalog
from demos.core.samples import Sample, SampleKind
from demos.core.spec import Bundled, DemoSpec, ModelSpec
from pages.components.language import chosen_text
from tests.core.language.papers import docx, paragraph, pdf
from tests.pages.harness import labels, press, query, ran

SLUG = "language"
SCRIPT = """
import streamlit as st
from demos import catalog
from pages.components import permalink
from pages.components.language.chosen_text import choose_sample_text
from pages.components.language.text_input import choose_text

demo = catalog.DEMOS[0]
permalink.follow(demo, choose_sample_text)
shipped = st.session_state["shipped"]
chosen = choose_text(demo, shipped)
permalink.write(demo, demo.models[0], chosen.sample)
st.header(chosen.title)
st.code(chosen.text)
st.json([chosen.file, chosen.query, chosen.labels, chosen.sha256, chosen.part])
"""
HOSTILE = "N\0UL <script>alert(1)</script>\r\nمرحبا 🙂"
CLEANED = "NUL <script>alert(1)</script>\nمرحبا 🙂"


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Sample, ...]:
    texts = {
        "plain.txt": "The parcel came late.\r\n",
        "asking.json": json.dumps(
            {"text": "Ann lives in Rome.", "query": "Where?", "labels": ["a", "b"]}
        ),
    }
    found = []
    for name, text in texts.items():
        path = tmp_path / name
        path.write_bytes(text.encode())
        key, kind = path.stem, SampleKind.TYPICAL
        found.append(Sample(key, "", f"The {key} one", kind, None, f"It is {key}.", path))
    monkeypatch.setattr("pages.components.permalink.samples", lambda slug, model: tuple(found))
    monkeypatch.setattr(chosen_text, "PACKAGE", tmp_path / "demos")
    return tuple(found)


@pytest.fixture(autouse=True)
def demo(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ModelSpec(SLUG, "reader", "Reader", Bundled("x", "reader"), 2**20, "MIT", "It.")
    demo = DemoSpec(SLUG, "Language", "Any", "article", "What?", "It.", (model,))
    monkeypatch.setattr(catalog, "DEMOS", (demo,))


Open = Callable[..., AppTest]


@pytest.fixture
def open_page(shipped: tuple[Sample, ...]) -> Open:
    def opened(**address: str) -> AppTest:
        app = AppTest.from_string(SCRIPT, default_timeout=60)
        app.session_state["shipped"] = shipped
        for name, value in address.items():
            app.query_params[name] = value
        return ran(app)

    return opened


def write(app: AppTest, text: str) -> AppTest:
    app.text_area[0].set_value(text)
    return press(app, "Read this text")


def give(app: AppTest, data: bytes, name: str) -> AppTest:
    app.file_uploader[0].set_value((name, data, "application/octet-stream"))
    return ran(app)


def told(app: AppTest) -> str:
    return "\n".join(each.value for each in (*app.caption, *app.warning, *app.info))


def facts(app: AppTest) -> list[object]:
    found: list[object] = json.loads(app.json[0].value)
    return found


def test_it_opens_with_a_sample_in_the_box(open_page: Open) -> None:
    app = open_page()
    assert app.header[0].value == "The plain one"
    assert app.text_area[0].value == app.code[0].value == "The parcel came late."
    assert facts(app)[0] == "plain.txt"
    assert "Up to 20,000 characters" in told(app) and "It is plain." in told(app)
    assert query(app) == {"sample": "plain", "model": "reader"}


def test_a_sample_may_ask_something(open_page: Open) -> None:
    app = open_page(sample="asking")
    assert app.header[0].value == "The asking one"
    assert app.text_area[0].value == "Ann lives in Rome."
    assert facts(app)[1:3] == ["Where?", ["a", "b"]]
    app.button[0].click()
    assert ran(app).text_area[0].value == "The parcel came late."


def test_a_text_of_ones_own_is_cleaned_and_kept(open_page: Open) -> None:
    app = write(open_page(), HOSTILE)
    assert (app.header[0].value, app.code[0].value) == ("Your text", CLEANED)
    assert app.text_area[0].value == CLEANED
    assert facts(app)[0] is None and not app.query_params
    assert ran(app).code[0].value == CLEANED


def test_a_sample_that_was_not_changed_stays_one(open_page: Open) -> None:
    app = press(open_page(), "Read this text")
    assert app.header[0].value == "The plain one"
    assert write(app, "The parcel came late!").header[0].value == "Your text"


@pytest.mark.parametrize(("text", "problem"), [(" \n", "no text"), ("x" * 20_001, "20,001")])
def test_a_text_that_cannot_be_read_says_why(open_page: Open, text: str, problem: str) -> None:
    app = write(open_page(), text)
    assert problem in app.warning[0].value
    assert app.code[0].value == "The parcel came late.", "what was read before stays"
    assert app.text_area[0].value == text, "and what was written can be corrected"
    assert not write(app, "Better.").warning


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (pdf([["One page."], ["Another."]]), "One page.\n\nAnother."),
        (docx(paragraph("A letter.")), "A letter."),
        ("Grüße 🙂".encode("utf-16"), "Grüße 🙂"),
        (HOSTILE.encode(), CLEANED),
    ],
    ids=["pdf", "docx", "utf-16", "hostile"],
)
def test_a_document_is_read_whatever_it_is_called(open_page: Open, data: bytes, text: str) -> None:
    app = give(open_page(), data, "letter.bin")
    assert (app.header[0].value, app.code[0].value) == ("letter.bin", text)
    assert f"{len(text):,} characters" in told(app)
    assert not app.query_params and facts(app)[0] == "letter.bin"


def test_a_long_document_is_read_in_parts(open_page: Open) -> None:
    text = "".join(f"Sentence number {n} of a long report. " for n in range(1_500))
    app = give(open_page(), text.encode(), "report.txt")
    assert app.header[0].value == "report.txt, part 1"
    part = app.selectbox[0]
    assert len(part.options) == 3 and part.options[0].startswith("1 of 3: Sentence number 0")
    assert f"{len(text):,} characters" in told(app)
    part.set_value(2)
    ran(app)
    assert app.header[0].value == "report.txt, part 3" and facts(app)[-1] == 2
    assert app.code[0].value.strip().endswith("number 1499 of a long report.")
    again = give(app, b"Short.", "short.txt")
    assert again.header[0].value == "short.txt" and not again.selectbox


def test_parts_of_a_pdf_name_their_pages(open_page: Open) -> None:
    lines = [f"Line {n} of a page that is full of text." for n in range(50)]
    app = give(open_page(), pdf([lines] * 20), "report.pdf")
    assert app.selectbox[0].options[0].startswith("1 of 2, pages 1–10: Line 0")


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4", b"PK\x03\x04"])
def test_a_bad_document_is_a_sentence_and_the_former_choice_stays(
    open_page: Open, data: bytes
) -> None:
    app = give(open_page(), data, "x.pdf")
    assert app.warning and "still the one before" in told(app)
    assert app.header[0].value == "The plain one"
    app.button[1].click()
    assert not ran(app).warning


def test_what_was_given_can_be_deleted(open_page: Open) -> None:
    app = give(open_page(), b"A secret letter.", "letter.txt")
    press(app, "Delete my texts and results")
    assert app.header[0].value == "The plain one" and not app.file_uploader[0].value
    kept = app.session_state._state.filtered_state
    assert "secret" not in repr([value for value in kept.values() if value != SCRIPT])
    app = press(write(app, "My own words."), "Delete my texts and results")
    assert app.text_area[0].value == "The parcel came late."
    assert not [each for each in labels(app) if "Delete" in each]


def test_leaving_the_box_is_enough_and_a_sample_leaves_what_is_mine_to_delete(
    open_page: Open,
) -> None:
    app = open_page()
    assert not [each for each in labels(app) if "Delete" in each]
    app.text_area[0].set_value("My own words.")
    assert ran(app).header[0].value == "Your text"
    app.button[1].click()
    assert ran(app).header[0].value == "The asking one"
    assert "Delete my texts and results" in labels(app)


def test_a_document_can_be_read_again_and_stays_when_a_bad_one_replaces_it(
    open_page: Open,
) -> None:
    app = give(open_page(), b"A letter.", "letter.txt")
    app.button[1].click()
    assert ran(app).header[0].value == "The asking one"
    assert press(app, "Read this document").header[0].value == "letter.txt"
    app.file_uploader[0].set_value(None)  # as the browser does before it hands in another
    assert ran(app).header[0].value == "letter.txt"
    app = give(app, b"\x89PNG\r\n\x1a\n" + bytes(64), "notes.txt")
    assert "PNG image" in told(app) and app.header[0].value == "letter.txt"
    assert press(app, "Delete my texts and results").header[0].value == "The plain one"


def test_the_address_forgets_a_sample_even_where_the_browser_has_not_told_it_yet(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[dict[str, str]] = []
    from_dict = QueryParamsProxy.from_dict

    def noted(proxy: QueryParamsProxy, address: dict[str, str]) -> None:
        said.append(dict(address))
        from_dict(proxy, address)

    monkeypatch.setattr(QueryParamsProxy, "from_dict", noted)
    app = open_page(sample="asking")
    assert query(app)["sample"] == "asking"
    said.clear()
    app.query_params.clear()
    write(app, "My own words.")
    assert said == [{}]
    write(app, "Other words of mine.")
    assert said == [{}], "once"


def test_another_task_keeps_the_sample_that_it_has_too(
    open_page: Open, shipped: tuple[Sample, ...]
) -> None:
    app = open_page(sample="asking")
    app.session_state["shipped"] = tuple(replace(each, title="Otherwise") for each in shipped)
    assert ran(app).header[0].value == "Otherwise" and facts(app)[1] == "Where?"
