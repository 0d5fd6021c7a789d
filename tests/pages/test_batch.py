"""Many files on a page, in Streamlit's own harness, with a model that looks at colors.

Red is an answer, violet unsure, green refused, and blue holds the model until a test lets it go.
"""

import io
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from pydicom.data import get_testdata_file
from streamlit.testing.v1 import AppTest

from demos.core.batch import Fate
from demos.core.devices import CPU
from demos.core.errors import ModelError
from demos.core.jobs import Jobs, State
from demos.core.media import DecodedImage
from demos.core.results import LabelScore, Outcome, Provenance
from demos.core.spec import ModelSpec
from demos.core.store import ModelStore
from demos.healthcare_imaging import SPEC
from pages.components import batch as batch_component
from pages.components import batch_table
from pages.components import input as input_component
from tests.pages.harness import PATIENCE, finished, job_of, query, ran

SLUG = SPEC.slug
RED, VIOLET, GREEN, BLUE, HEAVY = (
    (200, 0, 0),
    (200, 0, 200),
    (0, 200, 0),
    (0, 0, 200),
    (7, 8, 9),
)

SCRIPT = """
import streamlit as st
from demos.core.samples import samples
from demos.healthcare_imaging import SPEC
from pages.components.batch import show_batch
from pages.components.input import Many, choose_input

spec = st.session_state.get("spec", SPEC.models[0])
chosen = choose_input(SPEC.slug, samples(SPEC.slug, SPEC.models[0].name), whole=False)
if isinstance(chosen, Many):
    show_batch(SPEC, spec, chosen, str.capitalize, "a red picture")
st.header(chosen.title)
"""


def encoded(color: tuple[int, int, int]) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(buffer, "PNG")
    return buffer.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@dataclass
class Colors:
    """A demo's inference module; blue images wait at the gate."""

    gate: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)

    def predict_batch(self, model: Any, images: Sequence[DecodedImage]) -> list[Any]:
        return [self.result(image) for image in images]

    def result(self, image: DecodedImage) -> Any:
        color = tuple(int(value) for value in image.pixels[0, 0])
        if color == HEAVY:
            raise ModelError("The device ran out of memory.", "Choose a smaller model.")
        if color == BLUE:
            self.held.set()
            assert self.gate.wait(PATIENCE)
        outcome = {RED: Outcome.ANSWER, VIOLET: Outcome.UNSURE, GREEN: Outcome.REFUSED}
        found = outcome.get(color, Outcome.ANSWER)
        candidates = {Outcome.ANSWER: ("red",), Outcome.UNSURE: ("red", "blue")}.get(found, ())
        return SimpleNamespace(
            outcome=found,
            scores=(LabelScore("red", 0.9996), LabelScore("blue", 0.0004)),
            candidates=candidates,
            scope=0.5,
            provenance=Provenance(
                image.sha256, "colors", "0" * 64, "none", "numpy", "cpu", "float32", 0.25, ()
            ),
        )


@pytest.fixture
def colors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Colors]:
    colors = Colors()
    monkeypatch.setattr(batch_component.catalog, "inference", lambda slug: colors)
    yield colors
    colors.gate.set()


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch, colors: Colors) -> Iterator[Jobs]:
    """A board and a store of this test's own."""
    board = Jobs(2, waiting_limit=1)
    store = ModelStore(lambda spec, device: object(), CPU, 10**9, 60, 1, 4)
    monkeypatch.setattr(batch_component, "model_store", lambda: store)
    for module in (batch_component, input_component):
        monkeypatch.setattr(module, "job_board", lambda: board)
    yield board
    colors.gate.set()
    board.close(PATIENCE)
    store.close()


Open = Callable[[], AppTest]


@pytest.fixture
def open_page(board: Jobs) -> Open:
    """A page in a session of its own, drawn once."""
    return lambda: AppTest.from_string(SCRIPT, default_timeout=60)


@pytest.fixture
def page(open_page: Open) -> AppTest:
    return ran(open_page())


def text(app: AppTest) -> str:
    groups = (app.header, app.markdown, app.caption, app.warning, app.info)
    return "\n".join(each.value for group in groups for each in group).replace("\\", "")


def hand_in(app: AppTest, files: dict[str, bytes], widget: str = "upload") -> AppTest:
    uploader = app.file_uploader(f"{SLUG}.{widget}")
    uploader.set_value([(name, data, "image/png") for name, data in files.items()])
    return ran(app)


FILES = {
    "red.png": encoded(RED),
    "violet.png": encoded(VIOLET),
    "green.png": encoded(GREEN),
    "cut.png": encoded(RED)[:50],
}


def table(app: AppTest) -> Any:
    (found,) = app.dataframe
    return found.value


def test_several_files_give_one_row_each(page: AppTest, board: Jobs) -> None:
    assert not page.dataframe
    finished(hand_in(page, FILES), board)
    rows = table(page)
    assert list(rows["File"]) == list(FILES)
    assert list(rows["Outcome"]) == ["✓ Answer", "? Unsure", "⊘ Refused", "! Not read"]
    assert rows["Answer"][0] == "Red"
    assert rows["Probability"][0] == 99.9, "never rounded up to a certainty"
    assert rows["Image"][0].startswith("data:image/png;base64,")
    details = list(rows[batch_table.DETAILS])
    assert details[1] == "Red > 99.9 %, Blue < 0.1 %"
    assert "a red picture" in details[2] and "damaged" in details[3]
    assert "**Done.** 4 files" in text(page)
    assert [metric.value for metric in page.metric] == ["1", "1", "1", "1"]
    assert "Answers: Red **1**" in text(page)
    assert not page.header, "the page of a single image is not drawn"
    assert query(page)["model"] == SPEC.models[0].name
    labels = [button.label for button in page.download_button]
    assert labels == ["Report (HTML)", "Table (CSV)", "Data (JSON)"]


def test_a_zip_archive_becomes_its_files(page: AppTest, board: Jobs) -> None:
    data = zipped({"a/1.png": encoded(RED), "a/2.png": encoded(GREEN)})
    finished(hand_in(page, {"cells.zip": data}), board)
    assert list(table(page)["File"]) == ["a/1.png", "a/2.png"]


def test_a_folder_keeps_its_names(page: AppTest, board: Jobs) -> None:
    folder = {"ward/1.png": encoded(RED), "ward/deep/2.png": encoded(RED)}
    finished(hand_in(page, folder, "folder"), board)
    assert list(table(page)["File"]) == list(folder)


def collect(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Files that lie in the widget, as it keeps them: each under an id that does not change."""
    uploader = app.file_uploader(f"{SLUG}.upload")
    uploader.set_value(None)
    uploader._files = [(name, name, data, "image/png") for name, data in files]
    return ran(app)


def test_the_widget_collects_files_and_what_is_added_counts(page: AppTest, board: Jobs) -> None:
    one, two, three = ((f"{n}.png", encoded(RED)) for n in (1, 2, 3))
    cells = ("cells.zip", zipped({"a.png": encoded(RED), "b.png": encoded(RED)}))
    assert collect(page, one).header[0].value == "1.png"
    assert collect(page, one, two).header[0].value == "2.png", "one image after the other"
    finished(collect(page, one, two, cells), board)
    assert list(table(page)["File"]) == ["a.png", "b.png"]
    finished(collect(page, one, cells, three), board)
    names = ["1.png", "cells.zip/a.png", "cells.zip/b.png", "3.png"]
    assert list(table(page)["File"]) == names, "to a table, a file is added"
    job = job_of(page, board)
    collect(page, one, cells)
    assert job_of(page, board) is job, "taking a file out of the widget starts nothing"
    assert list(table(page)["File"]) == names


@pytest.mark.parametrize("widget", ["upload", "folder"])
def test_one_image_is_shown_as_before(page: AppTest, widget: str) -> None:
    hand_in(page, {"mine.png": encoded(RED)}, widget)
    assert page.header[0].value == "mine.png"
    assert "job" not in query(page)


def test_rows_and_progress_are_there_while_it_runs(
    page: AppTest, board: Jobs, colors: Colors
) -> None:
    files = {f"{n}.png": encoded(RED) for n in range(16)} | {"blue.png": encoded(BLUE)}
    hand_in(page, files)
    assert colors.held.wait(PATIENCE)
    ran(page)
    assert len(table(page)) == 16
    (bar,) = page.get("progress")
    assert bar.proto.text.startswith("16 of 17 files") and bar.proto.value == 94
    assert not page.download_button
    colors.gate.set()
    finished(page, board)
    assert len(table(page)) == 17 and not page.get("progress")


def test_cancel_keeps_the_rows_so_far(page: AppTest, board: Jobs, colors: Colors) -> None:
    files = {f"{n}.png": encoded(RED) for n in range(16)} | {"blue.png": encoded(BLUE)}
    files |= {f"more {n}.png": encoded(RED) for n in range(16)}
    hand_in(page, files)
    job = job_of(page, board)
    assert colors.held.wait(PATIENCE)
    page.button(f"cancel_{job.id}").click()
    ran(page)
    assert job.canceling
    assert page.button(f"cancel_{job.id}").disabled
    colors.gate.set()
    finished(page, board)
    assert job.state is State.CANCELED
    assert "**Canceled** after" in text(page) and "of 33 files" in text(page)
    assert 16 <= len(job.result.rows) < 33


def test_other_files_take_the_place_of_a_batch_that_still_runs(
    page: AppTest, board: Jobs, colors: Colors
) -> None:
    hand_in(page, {"1.png": encoded(BLUE), "2.png": encoded(BLUE)})
    first = job_of(page, board)
    assert colors.held.wait(PATIENCE)
    hand_in(page, FILES)
    second = job_of(page, board)
    assert second is not first and first.canceling and not second.canceling
    colors.gate.set()
    assert len(table(finished(page, board))) == 4


def test_a_refresh_finds_the_table_again(page: AppTest, board: Jobs, open_page: Open) -> None:
    finished(hand_in(page, FILES), board)
    again = open_page()
    again.query_params["job"] = query(page)["job"]
    ran(again)
    assert list(table(again)["File"]) == list(FILES)
    ran(again)
    again.button(next(b.key for b in again.button if ".sample." in str(b.key))).click()
    ran(again)
    assert again.header, "the link does not lead back to the table for ever"


def test_without_its_id_nobody_finds_it(page: AppTest, board: Jobs, open_page: Open) -> None:
    finished(hand_in(page, FILES), board)
    other = open_page()
    other.query_params["job"] = "guessed"
    ran(other)
    assert not other.dataframe and other.header
    assert "no longer kept" in text(other)
    assert not ran(open_page()).dataframe


def test_results_that_are_deleted_are_gone(page: AppTest, board: Jobs, open_page: Open) -> None:
    finished(hand_in(page, FILES), board)
    job = job_of(page, board)
    page.button(f"delete_{job.id}").click()
    ran(page)
    assert board.find(job.id) is None
    assert not page.dataframe and page.header
    assert "job" not in query(page)
    assert page.file_uploader[0].value == [], "nor are the files kept"
    assert not [button for button in page.button if "Back to" in button.label]


def test_results_that_expired_are_said_to_be_gone(page: AppTest, board: Jobs) -> None:
    finished(hand_in(page, FILES), board)
    board.forget(job_of(page, board).id)
    ran(page)
    assert "no longer kept" in text(page)
    assert page.header and not page.dataframe


def test_filters_by_outcome_answer_and_name(page: AppTest, board: Jobs) -> None:
    finished(hand_in(page, FILES | {"RED again.png": encoded(RED)}), board)
    id = job_of(page, board).id
    page.pills(f"fates_{id}").set_value([Fate.ANSWER])
    assert list(table(ran(page))["File"]) == ["red.png", "RED again.png"]
    page.text_input(f"name_{id}").set_value(" AGAIN ")
    assert list(table(ran(page))["File"]) == ["RED again.png"]
    page.pills(f"fates_{id}").set_value([])
    page.text_input(f"name_{id}").set_value("nothing like it")
    ran(page)
    assert not page.dataframe and "No file matches" in text(page)
    page.text_input(f"name_{id}").set_value("")
    page.multiselect(f"answers_{id}").set_value(["Red"])
    assert len(table(ran(page))) == 2


def test_the_plain_list_says_the_same_and_names_are_not_markup(page: AppTest, board: Jobs) -> None:
    files = {"**bold** [x](y) | <b>.png": encoded(RED), "violet.png": encoded(VIOLET)}
    finished(hand_in(page, files), board)
    page.toggle(f"list_{job_of(page, board).id}").set_value(True)
    ran(page)
    assert not page.dataframe
    listed = next(each.value for each in page.markdown if each.value.startswith("| File"))
    assert r"\*\*bold\*\* \[x\]\(y\) \| \<b\>\.png" in listed
    assert "**Answer** Red, probability \\> 99\\.9 %" in listed
    assert "**Unsure** Red \\> 99\\.9 %, Blue \\< 0\\.1 %" in listed


def select(app: AppTest, row: int) -> AppTest:
    app.session_state[app.dataframe[0].key] = {"selection": {"rows": [row], "columns": []}}
    return ran(app)


def test_a_row_in_detail_and_opened_on_the_page(page: AppTest, board: Jobs) -> None:
    files = {"cells.zip": zipped({"a/1.png": encoded(GREEN), "a/2.png": encoded(RED)})}
    finished(hand_in(page, files), board)
    job = job_of(page, board)
    refused = next(e for e in select(page, 0).expander if e.label == "Scores withheld")
    assert "mean nothing" in refused.markdown[0].value
    select(page, 1)
    assert "**a/2.png**" in text(page) and job.result.rows[1].sha256 in text(page)
    assert any("| Red | > 99.9 % |" in each.value for each in page.markdown)
    page.button(f"open_{job.id}").click()
    ran(page)
    assert page.header[0].value == "2.png"
    back = next(button for button in page.button if "Back to the table of 2" in button.label)
    back.click()
    ran(page)
    assert list(table(page)["File"]) == ["a/1.png", "a/2.png"]


def test_a_dicom_file_is_opened_by_its_pixels_and_loses_its_name(
    page: AppTest, board: Jobs
) -> None:
    path = get_testdata_file("CT_small.dcm", download=False)
    assert isinstance(path, str)
    data = Path(path).read_bytes()
    finished(hand_in(page, {"cut.dcm": data[:500], "Doe_Jane.dcm": data}), board)
    job = job_of(page, board)
    assert list(table(page)["Outcome"]) == ["! Not read", "✓ Answer"]
    select(page, 1)
    page.button(f"open_{job.id}").click()
    ran(page)
    assert page.header[0].value == job.result.rows[1].public_name
    assert page.header[0].value.startswith("DICOM image ")
    assert "Doe" not in text(page) and "Doe" not in str(query(page))


def test_a_file_that_is_no_longer_here_cannot_be_opened(
    page: AppTest, board: Jobs, open_page: Open
) -> None:
    finished(hand_in(page, FILES), board)
    job = job_of(page, board)
    again = open_page()
    again.query_params["job"] = job.id
    select(ran(again), 0)
    assert "**red.png**" in text(again)
    assert f"open_{job.id}" not in [button.key for button in again.button]


def test_another_model_is_offered_the_same_files(page: AppTest, board: Jobs) -> None:
    finished(hand_in(page, FILES), board)
    first = job_of(page, board)
    other: ModelSpec = replace(SPEC.models[0], name="other", title="Other cells")
    page.session_state["spec"] = other
    ran(page)
    assert f"This table is of {SPEC.models[0].title}" in text(page)
    page.button(f"{SLUG}.batch_again").click()
    finished(ran(page), board)
    second = job_of(page, board)
    assert second is not first and second.result.spec == other
    assert len(second.result.rows) == 4
    assert query(page)["model"] == "other"
    assert "This table is of" not in text(page)


def test_too_many_jobs_at_once_wait_and_then_are_told(
    page: AppTest, board: Jobs, colors: Colors, open_page: Open
) -> None:
    blue = {"1.png": encoded(BLUE), "2.png": encoded(BLUE)}
    hand_in(page, blue)
    others = [hand_in(ran(open_page()), blue) for _ in range(2)]
    (bar,) = others[1].get("progress")
    assert bar.proto.text == "Waiting for other jobs: yours is number 1"
    late = hand_in(ran(open_page()), blue)
    assert "busy with other jobs" in text(late)
    colors.gate.set()
    for app in (page, *others):
        finished(app, board)
    next(button for button in late.button if button.label == "Try again").click()
    finished(ran(late), board)
    assert len(table(late)) == 2


def test_a_model_that_cannot_be_used_is_told_and_the_rows_stay(page: AppTest, board: Jobs) -> None:
    files = {f"{n}.png": encoded(RED) for n in range(16)} | {"heavy.png": encoded(HEAVY)}
    finished(hand_in(page, files), board)
    assert "ran out of memory" in text(page)
    assert "It ended after 16 of 17 files" in text(page)
    assert len(table(page)) == 16


def test_the_camera_is_asked_for_only_when_it_is_turned_on(page: AppTest) -> None:
    assert "HTTPS" in text(page)
    assert not page.camera_input
    page.toggle(f"{SLUG}.camera_on").set_value(True)
    ran(page)
    photo = io.BytesIO()
    Image.new("RGB", (64, 48), RED).save(photo, "JPEG")
    page.camera_input[0].set_value(("shot.jpg", photo.getvalue(), "image/jpeg"))
    ran(page)
    assert page.header[0].value == "shot.jpg"
