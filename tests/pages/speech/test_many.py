"""Many recordings on a page, in Streamlit's own harness, with a model that hears pitches."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.batch import Fate
from demos.core.devices import CPU
from demos.core.jobs import Jobs, State
from demos.core.samples import Sample, SampleKind
from demos.core.spec import Bundled, DemoSpec, ModelSpec
from demos.core.speech.transcript import Options
from demos.core.store import ModelStore
from pages.components import batch, input
from pages.components.cases.export import Download
from pages.components.speech import listening, many, many_table, recording
from pages.components.speech.many_table import HEARD, UNSURE, WRONG
from tests.core.speech.recordings import (
    ANSWER,
    HEAVY,
    LONG,
    PATIENCE,
    SILENCE,
    Ears,
    wav,
    zipped,
)
from tests.core.speech.recordings import UNSURE as HESITANT
from tests.pages.harness import finished, job_of, query, ran

SLUG = "speech_recognition"
EARS = ModelSpec(SLUG, "ears", "Ears", Bundled("ears", "0" * 64), 1, "MIT", "Hears.")
OTHER = ModelSpec(SLUG, "other", "Other ears", Bundled("other", "1" * 64), 1, "MIT", "Hears.")
SPEC = DemoSpec(SLUG, "Speech", "contact_center", "mic", "What was said?", "", (EARS, OTHER))

SCRIPT = """
import streamlit as st
from demos.core.speech.transcript import Options
from pages.components.speech.listening import listen
from pages.components.speech.many import show_many, way_back
from pages.components.speech.recording import ManyRecordings, choose_recording

state = st.session_state
demo, spec, options = state["demo"], state["spec"], state.get("asked", Options())
chosen = choose_recording(demo, state["shipped"])
if isinstance(chosen, ManyRecordings):
    show_many(demo, spec, chosen, options)
way_back(demo.slug)
st.header(chosen.title)
heard = listen(spec, chosen, options)
if heard:
    st.code(heard.text)
"""

FILES = {
    "one.wav": wav(ANSWER),
    "five.wav": wav(HESITANT),
    "silent.wav": wav(SILENCE),
    "cut.flac": b"fLaC" + bytes(40),
}


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ears]:
    ears = Ears()
    for module in (many, listening):
        monkeypatch.setattr(module.catalog, "inference", lambda slug: ears)
        monkeypatch.setattr(module.catalog, "demo", lambda slug: SPEC)
    yield ears
    ears.gate.set()


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch, ears: Ears) -> Iterator[Jobs]:
    """A board and a store of this test's own."""
    board = Jobs(2, waiting_limit=1)
    store = ModelStore(lambda spec, device: object(), CPU, 10**9, 60, 1, 4)
    for module in (many, listening):
        monkeypatch.setattr(module, "model_store", lambda: store)
    for module in (batch, many, input, recording, listening):
        monkeypatch.setattr(module, "job_board", lambda: board)
    yield board
    ears.gate.set()
    board.close(PATIENCE)
    store.close()


Open = Callable[[], AppTest]


@pytest.fixture
def open_page(board: Jobs, tmp_path: Path) -> Open:
    """A page in a session of its own, not drawn yet."""
    path = tmp_path / "sample.wav"
    path.write_bytes(wav(ANSWER, 1.0))
    sample = Sample("first", "ears", "A sample", SampleKind.TYPICAL, None, "", path)

    def open_page() -> AppTest:
        app = AppTest.from_string(SCRIPT, default_timeout=PATIENCE)
        app.session_state["demo"], app.session_state["spec"] = SPEC, EARS
        app.session_state["shipped"] = (sample,)
        return app

    return open_page


@pytest.fixture
def page(open_page: Open) -> AppTest:
    return ran(open_page())


def hand_in(app: AppTest, files: dict[str, bytes]) -> AppTest:
    uploader = app.file_uploader(f"{SLUG}.upload")
    uploader.set_value([(name, data, "audio/wav") for name, data in files.items()])
    return ran(app)


def text(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.info, app.warning)
    return "\n".join(each.value for kind in kinds for each in kind)


def table(app: AppTest) -> Any:
    (found,) = app.dataframe
    return found.value


def select(app: AppTest, row: int) -> AppTest:
    app.session_state[app.dataframe[0].key] = {"selection": {"rows": [row], "columns": []}}
    return ran(app)


def labels(app: AppTest) -> list[str]:
    return [each.label for each in app.download_button]


def test_several_recordings_give_one_row_each(page: AppTest, board: Jobs) -> None:
    assert not page.dataframe and page.header
    finished(hand_in(page, FILES), board)
    rows = table(page)
    assert list(rows["File"]) == list(FILES)
    assert list(rows["Outcome"]) == ["✓ Transcribed", "? Unsure", "⊘ Refused", "! Not read"]
    assert rows[HEARD][0] == "one two three four" and rows[HEARD][2] == "No speech detected."
    assert "damaged" in rows[HEARD][3]
    assert rows["Words"][0] == 4 and rows["Length"][0] == 2.0 and rows[UNSURE][0] == 0
    assert WRONG not in rows, "without a reference, there is no such column"
    assert "**Done.** 4 recordings of 0:06" in text(page)
    assert [metric.value for metric in page.metric] == ["1", "1", "1", "1", "5"]
    assert not page.header, "the page of a single recording is not drawn"
    assert query(page)["model"] == "ears"
    assert labels(page) == ["All transcripts (ZIP)", "Table of all (CSV)", "Data of all (JSON)"]


def test_texts_beside_recordings_give_error_rates(page: AppTest, board: Jobs) -> None:
    files = {"a/one.wav": wav(ANSWER), "a/one.txt": b"one two tree four", "b.wav": wav(ANSWER)}
    finished(hand_in(page, {"calls.zip": zipped(files | {"b.txt": b"one two three four"})}), board)
    assert list(table(page)[WRONG]) == [25, 0]
    assert "Word error rate **12.5 %** (95 % interval" in text(page)
    assert "1 error on 8 words of 2 recordings" in text(page)
    select(page, 0)
    assert any("What was said against" in each.label for each in page.expander)
    select(page, 1)
    assert not any("What was said against" in each.label for each in page.expander)


def test_progress_and_the_last_words_are_there_while_it_runs(
    page: AppTest, board: Jobs, ears: Ears
) -> None:
    hand_in(page, {"a.wav": wav(ANSWER), "**long**.wav": wav(LONG, 60.0), "b.wav": wav(ANSWER)})
    assert ears.held.wait(PATIENCE)
    ran(page)
    assert len(table(page)) == 1
    (bar,) = page.get("progress")
    assert bar.proto.text.startswith("1 of 3 recordings · 0:32 of 1:04 of audio · about ")
    assert bar.proto.value == 50
    assert r"**\*\*long\*\*\.wav**, 0:30 of 1:00: six seven" in text(page)
    assert not page.download_button
    ears.gate.set()
    finished(page, board)
    assert len(table(page)) == 3 and not page.get("progress")


def test_cancel_keeps_the_rows_so_far(page: AppTest, board: Jobs, ears: Ears) -> None:
    hand_in(page, {"a.wav": wav(ANSWER), "long.wav": wav(LONG, 60.0)})
    job = job_of(page, board)
    assert ears.held.wait(PATIENCE)
    ran(page)
    page.button(f"cancel_{job.id}").click()
    finished(ran(page), board)
    assert job.state is State.CANCELED
    assert "**Canceled** after 1 of 2 recordings" in text(page)
    assert len(table(page)) == 1 and labels(page)


def test_a_refresh_and_a_link_find_the_table_again(
    page: AppTest, board: Jobs, open_page: Open
) -> None:
    finished(hand_in(page, FILES), board)
    again = open_page()
    again.query_params["job"] = query(page)["job"]
    ran(again)
    assert list(table(again)["File"]) == list(FILES)
    select(again, 0)
    assert "**one\\.wav**" in text(again)
    assert not [each for each in again.button if "with its sound" in each.label]
    other = open_page()
    other.query_params["job"] = "guessed"
    assert not ran(other).dataframe and "no longer kept" in text(other)


def test_results_that_are_deleted_are_gone(page: AppTest, board: Jobs) -> None:
    finished(hand_in(page, FILES), board)
    job = job_of(page, board)
    page.button(f"delete_{job.id}").click()
    ran(page)
    assert board.find(job.id) is None
    assert not page.dataframe and page.header and "job" not in query(page)
    assert page.file_uploader[0].value == [], "nor are the files kept"
    assert not [each for each in page.button if "Back to" in each.label]


def test_filters_by_outcome_name_and_words(page: AppTest, board: Jobs) -> None:
    finished(hand_in(page, FILES), board)
    id = job_of(page, board).id
    page.pills(f"fates_{id}").set_value([Fate.UNSURE, Fate.REFUSED])
    assert list(table(ran(page))["File"]) == ["five.wav", "silent.wav"]
    assert "2 of 4 recordings" in text(page)
    page.pills(f"fates_{id}").set_value([])
    page.text_input(f"name_{id}").set_value(" THREE f ")
    assert list(table(ran(page))["File"]) == ["one.wav"]
    page.text_input(f"name_{id}").set_value("nothing like it")
    assert not ran(page).dataframe and "No recording matches" in text(page)


def test_the_plain_list_says_the_same_and_names_are_not_markup(page: AppTest, board: Jobs) -> None:
    finished(hand_in(page, {"**x** | <b>.wav": wav(ANSWER), "silent.wav": wav(SILENCE)}), board)
    page.toggle(f"list_{job_of(page, board).id}").set_value(True)
    ran(page)
    assert not page.dataframe
    listed = next(each.value for each in page.markdown if each.value.startswith("| File"))
    assert r"1. \*\*x\*\* \| \<b\>\.wav, 0:02 |" in listed
    assert "**Transcribed:** one two three four" in listed
    assert "**Refused:** No speech detected" in listed


def test_a_row_is_read_in_full_and_opened_with_its_sound_without_hearing_it_again(
    page: AppTest, board: Jobs, ears: Ears
) -> None:
    files = {"calls.zip": zipped({"a/1.wav": wav(SILENCE), "a/2.wav": wav(HESITANT)})}
    finished(hand_in(page, files), board)
    heard = len(ears.calls)
    select(page, 0)
    assert "No speech detected" in text(page) and "Subtitles (SRT)" not in labels(page)
    select(page, 1)
    assert r"**a/2\.wav**" in text(page) and "| 0:00 | five |" in text(page)
    assert labels(page)[:5] == [
        *("Text (TXT)", "Subtitles (SRT)", "Subtitles (WebVTT)", "Data (JSON)", "Words (CSV)")
    ]
    assert job_of(page, board).result.rows[1].sha256 in text(page)
    next(each for each in page.button if "with its sound" in each.label).click()
    ran(page)
    assert page.header[0].value == "2.wav" and page.code[0].value == "five"
    assert len(ears.calls) == heard
    next(each for each in page.button if "Back to the table of 2" in each.label).click()
    assert list(table(ran(page))["File"]) == ["a/1.wav", "a/2.wav"]


def test_another_model_or_other_options_are_offered_the_same_files(
    page: AppTest, board: Jobs
) -> None:
    finished(hand_in(page, FILES), board)
    first = job_of(page, board)
    page.session_state["asked"] = Options(language="de")
    assert "with other options" in text(ran(page))
    page.session_state["spec"] = OTHER
    assert "by Ears" in text(ran(page))
    page.button(f"{SLUG}.batch_again").click()
    finished(ran(page), board)
    second = job_of(page, board)
    assert second is not first and second.result.spec == OTHER
    assert second.result.options.language == "de" and len(second.result.rows) == 4
    assert "This table was" not in text(page)


def test_other_files_take_the_place_of_a_table_that_still_runs(
    page: AppTest, board: Jobs, ears: Ears
) -> None:
    hand_in(page, {"1.wav": wav(LONG, 60.0), "2.wav": wav(ANSWER)})
    first = job_of(page, board)
    assert ears.held.wait(PATIENCE)
    hand_in(page, FILES)
    assert first.canceling and job_of(page, board) is not first
    assert len(table(finished(page, board))) == 4


def test_a_model_that_cannot_be_used_is_told_and_the_rows_stay(page: AppTest, board: Jobs) -> None:
    finished(hand_in(page, {"a.wav": wav(ANSWER), "heavy.wav": wav(HEAVY)}), board)
    assert "ran out of memory" in text(page)
    assert "It ended after 1 of 2 recordings" in text(page) and len(table(page)) == 1


def test_the_downloads_hold_every_recording_whatever_the_filters_show(
    page: AppTest, board: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: dict[str, Callable[[], str | bytes]] = {}

    def downloads(slug: str, stem: str, files: tuple[Download, ...], main: str) -> None:
        offered.update({suffix: make for _, suffix, _, _, make in files})

    monkeypatch.setattr(many_table, "downloads", downloads)
    finished(hand_in(page, FILES), board)
    page.text_input(f"name_{job_of(page, board).id}").set_value("one")
    assert len(table(ran(page))) == 1
    whole, lines, data = (offered[suffix]() for suffix in ("zip", "csv", "json"))
    assert isinstance(whole, bytes) and isinstance(lines, str)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert {"transcripts/one.srt", "transcripts/five.json"} < set(archive.namelist())
    rows = list(csv.DictReader(io.StringIO(lines.removeprefix("\ufeff"))))
    assert [row["text"] for row in rows] == ["one two three four", "five", "", ""]
    assert json.loads(data)["outcomes"] == {"answer": 1, "unsure": 1, "refused": 1, "failed": 1}
