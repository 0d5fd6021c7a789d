"""A file of messages on a page, in Streamlit's own harness, with a sorter that knows two words."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.jobs import Jobs, State
from demos.core.language.batch import Batch
from demos.core.language.batch_exports import to_csv
from demos.core.language.batch_results import rows_of
from demos.core.spec import Bundled, DemoSpec, ModelSpec
from pages.components import job_progress, table_input
from pages.components.language import many, topic_map
from tests.core.language.messages import NO_INTENT, PATIENCE, SLUG, SPEC, Sorter, csv_of, parquet_of
from tests.pages.harness import finished, job_of, labels, press, query, ran

OTHER = ModelSpec(SLUG, "other", "Other", Bundled("y", "1" * 64), 1, "Apache-2.0", "Sorts too.")
DEMO = DemoSpec(SLUG, "Language", "Operations", "chat", "What do they say?", "", (SPEC, OTHER))

SCRIPT = """
import streamlit as st
from pages.components.language.many import follow_many, show_many
from tests.pages.language.test_many import EXAMPLES

state = st.session_state
state["linked"] = follow_many(state["demo"]) or state.get("linked", False)
show_many(state["demo"], state.get("spec", state["demo"].models[0]), state["engine"], EXAMPLES)
st.header("The end of the page")
"""

EXAMPLES = csv_of([f"good {n}" for n in range(25)])
TEXTS = ["good", "bad, cancel it", "torn", "bonjour", "=2+5", "<b>good</b> \N{PILE OF POO}\0"]


@pytest.fixture
def sorter() -> Iterator[Sorter]:
    sorter = Sorter()
    yield sorter
    sorter.gate.set()


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch, sorter: Sorter) -> Iterator[Jobs]:
    """A board of this test's own."""
    board = Jobs(2, waiting_limit=1)
    for module in (many, topic_map, table_input, job_progress):
        monkeypatch.setattr(module, "job_board", lambda: board)
    yield board
    sorter.gate.set()
    board.close(PATIENCE)


Open = Callable[[], AppTest]


@pytest.fixture
def open_page(board: Jobs, sorter: Sorter) -> Open:
    """A page in a session of its own, not drawn yet."""

    def opened() -> AppTest:
        app = AppTest.from_string(SCRIPT, default_timeout=PATIENCE)
        app.session_state["demo"], app.session_state["engine"] = DEMO, sorter.engine()
        return app

    return opened


@pytest.fixture
def page(open_page: Open) -> AppTest:
    return ran(open_page())


def hand_in(app: AppTest, data: bytes, name: str = "may.csv") -> AppTest:
    app.file_uploader[0].set_value((name, data, "text/csv"))
    return ran(app)


def sorted_page(app: AppTest, board: Jobs, data: bytes, name: str = "may.csv") -> AppTest:
    press(hand_in(app, data, name), "Start")
    return finished(app, board)


def text(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.warning, app.info, app.subheader)
    return "\n".join(each.value for kind in kinds for each in kind).replace("\\", "")


def html(app: AppTest) -> list[str]:
    return [each.proto.body for each in app.get("html")]


def grid(app: AppTest) -> Any:
    """The messages, which are the last table of the page."""
    return app.dataframe[-1].value


def metrics(app: AppTest) -> dict[str, str]:
    return {each.label.split(": ")[1]: each.value for each in app.metric}


def by_label(widgets: Any, label: str) -> Any:
    return next(each for each in widgets if each.label == label)


def test_a_file_is_looked_at_and_waits_for_the_start(page: AppTest, sorter: Sorter) -> None:
    assert page.header[0].value == "The end of the page"
    hand_in(page, csv_of(TEXTS))
    assert "**may.csv** · less than 0.1 MB · CSV with commas" in text(page)
    assert by_label(page.selectbox, "Column with the messages").value == "message"
    assert list(grid(page).columns) == ["message", "id"]
    assert not sorter.asked and not query(page)


def test_every_message_is_a_row(page: AppTest, board: Jobs) -> None:
    sorted_page(page, board, csv_of(TEXTS))
    assert "**Done.** 6 messages of may.csv" in text(page)
    assert metrics(page)["Answer"] == "3" and metrics(page)["Unsure"] == "2"
    assert metrics(page)["Mean score"] == "0.933"
    rows = grid(page)
    assert list(rows["Label"])[:3] == ["Positive", "Negative", "Positive"]
    assert list(rows["Outcome"]) == [
        *("✓ Answer", "✓ Answer", "? Unsure", "⊘ Refused", "? Unsure", "✓ Answer")
    ]
    assert rows["Why"][3] == "This looks like French." and rows["Language"][3] == "French"
    assert rows["Message"][5] == "<b>good</b> \N{PILE OF POO}␀"
    assert "- **1** · This looks like French." in text(page)
    assert set(query(page)) == {"job", "model"} and page.header
    assert [each.label for each in page.download_button][-4:] == [
        *("Results (CSV)", "Report (HTML)", "Results (Parquet)", "Counts (JSON)")
    ]


def test_another_column_and_one_kept(page: AppTest, board: Jobs) -> None:
    hand_in(page, b"id,text,other\n1,bad,good\n2,bad,good\n")
    by_label(page.selectbox, "Column with the messages").set_value("other")
    ran(page)
    by_label(page.multiselect, "Also keep in the results").set_value(["id"])
    press(ran(page), "Start")
    finished(page, board)
    batch: Batch = job_of(page, board).result
    lines = list(csv.reader(io.StringIO(to_csv(rows_of(batch)).decode("utf-8-sig"))))
    assert [line[:3] for line in lines] == [
        ["row", "text", "id"],
        ["1", "good", "1"],
        ["2", "good", "2"],
    ]


def test_the_first_row_can_be_a_message(page: AppTest, board: Jobs) -> None:
    hand_in(page, b"text\ngood\n", "lines.txt")
    page.checkbox[0].uncheck()
    press(ran(page), "Start")
    finished(page, board)
    assert list(grid(page)["Message"]) == ["text", "good"]


def test_only_some_tasks(page: AppTest, board: Jobs) -> None:
    hand_in(page, csv_of(["good"]))
    tasks = by_label(page.button_group, "What to find out about each message")
    tasks.set_value([])
    ran(page)
    assert "at least one thing" in text(page)
    assert by_label(page.button, "Start").disabled
    by_label(page.button_group, "What to find out about each message").set_value(
        [next(iter(SPEC_TASKS))]
    )
    press(ran(page), "Start")
    finished(page, board)
    assert job_of(page, board).result.tasks == (next(iter(SPEC_TASKS)),)


SPEC_TASKS = tuple(Sorter().engine().rules)


def test_the_other_task(page: AppTest, board: Jobs) -> None:
    sorted_page(page, board, csv_of(TEXTS))
    by_label(page.button_group, "Look at").set_value(SPEC_TASKS[1])
    ran(page)
    assert list(grid(page)["Label"])[1] == "Cancel" and metrics(page)["Answer"] == "1"


def test_filters_and_order(page: AppTest, board: Jobs) -> None:
    sorted_page(page, board, csv_of([*TEXTS, *(f"good {n}" for n in range(200))]))
    assert len(grid(page)) == 50 and "206 of 206 messages" in text(page)
    by_label(page.text_input, "Message contains").set_value("CANCEL")
    assert list(grid(ran(page))["Row"]) == [2] and "1 of 206 messages" in text(page)
    by_label(page.text_input, "Message contains").set_value("no such words")
    assert "No message matches" in text(ran(page))
    by_label(page.text_input, "Message contains").set_value("")
    by_label(page.multiselect, "Label").set_value(["negative"])
    assert list(grid(ran(page))["Row"]) == [2]
    by_label(page.multiselect, "Label").set_value([])
    by_label(page.selectbox, "Order").set_value("Least sure first")
    assert grid(ran(page))["Row"][0] == 3
    by_label(page.toggle, "Show as a plain list").set_value(True)
    ran(page)
    assert not page.dataframe or "Message" not in grid(page).columns
    assert "**Unsure:** Nearly tied: Positive 0.52 and Negative 0.48." in text(page)


def test_a_message_in_full(page: AppTest, board: Jobs) -> None:
    sorted_page(page, board, csv_of([*TEXTS, "good " + "x" * 9000]))
    page.session_state[page.dataframe[-1].key] = {"selection": {"rows": [6], "columns": []}}
    ran(page)
    assert "The first 4,000 of 9,005 characters" in text(page)
    (found,) = (each for each in html(page) if "What was found" in each)
    assert ">Intent<" in found and NO_INTENT in found
    assert ">No known request<" not in found and ">0.8<" not in found, "what is refused has none"
    assert "longer than 8,192 characters" in text(page)


def test_progress_cancel_and_going_on(
    page: AppTest, open_page: Open, board: Jobs, sorter: Sorter
) -> None:
    texts = [f"good {n}" for n in range(1500)]
    texts[1100] += " wait"
    press(hand_in(page, csv_of(texts)), "Start")
    assert sorter.held.wait(PATIENCE)
    ran(page)
    assert "Cancel" in labels(page) and len(grid(page)) == 50, "rows appear while it runs"
    refreshed = open_page()
    refreshed.query_params["job"] = query(page)["job"]
    ran(refreshed)
    assert refreshed.session_state["linked"] and "Cancel" in labels(refreshed)
    press(page, "Cancel")
    sorter.gate.set()
    finished(page, board)
    assert "**Canceled** after 1,280 messages of 1,500 of may.csv" in text(page)
    assert "kept with it, so that the rest can be done" in text(page)
    before = query(page)["job"]
    press(ran(refreshed), "Draw the map of topics")
    drawing = board.find(job_of(refreshed, board).result.map_job)
    assert drawing is not None and drawing.wait(PATIENCE)
    press(ran(refreshed), "Go on with 220 messages")
    finished(refreshed, board)
    assert board.find(drawing.id) is None, "a map of some of the messages is not one of all"
    assert "Draw the map of topics" in labels(refreshed)
    assert "**Done.** 1,500 messages" in text(refreshed)
    assert "The file itself is not kept" in text(refreshed)
    assert board.find(before) is None and "no longer kept" in text(ran(page))


def test_a_model_that_is_gone_and_comes_back(page: AppTest, board: Jobs, sorter: Sorter) -> None:
    sorter.gone = True
    sorted_page(page, board, csv_of(TEXTS))
    assert "The model is gone" in text(page) and job_of(page, board).state is State.FAILED
    sorter.gone = False
    press(page, "Go on with 6 messages")
    finished(page, board)
    assert "**Done.** 6 messages" in text(page)


def test_a_file_that_is_none_says_so(page: AppTest) -> None:
    hand_in(page, b"PK\x03\x04 xl/workbook", "may.xlsx")
    assert "Excel workbook" in text(page) and "Start" not in labels(page)


def test_our_example_messages(page: AppTest, board: Jobs) -> None:
    press(page, "Try it with our example messages")
    finished(page, board)
    assert "25 messages of example-messages.csv" in text(page)


def test_parquet_and_another_model(page: AppTest, board: Jobs) -> None:
    sorted_page(page, board, parquet_of(TEXTS), "may.parquet")
    page.session_state["spec"] = OTHER
    assert "sorted by Sorter" in text(ran(page))


def test_delete(page: AppTest, board: Jobs) -> None:
    sorted_page(page, board, csv_of(TEXTS))
    id = query(page)["job"]
    press(page, "Delete all of it now")
    assert board.find(id) is None and not query(page)
    assert "Try it with our example messages" in labels(page)


def test_the_map_of_topics(page: AppTest, board: Jobs) -> None:
    texts = [f"{what} number {n} came" for n in range(30) for what in ("parcel", "refund", "login")]
    sorted_page(page, board, csv_of(texts))
    press(page, "Draw the map of topics")
    job = board.find(job_of(page, board).result.map_job)
    assert job is not None and job.wait(PATIENCE) and job.state is State.DONE, job.error
    ran(page)
    assert "Of all 90 different messages" in text(page)
    (topics,) = (each for each in html(page) if "All topics" in each)
    assert topics.count('<tr role="row">') == 1 + 3
    for word in ("parcel", "refund", "login"):
        assert word in topics
    assert "33.3" in topics


def test_too_few_messages_for_a_map(page: AppTest, board: Jobs) -> None:
    sorted_page(page, board, csv_of(TEXTS))
    (draw,) = (each for each in page.button if each.label == "Draw the map of topics")
    assert draw.disabled and "takes 20 messages" in text(page)
