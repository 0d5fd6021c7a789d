"""A file of histories on a page, in Streamlit's own harness, with a model that holds a gate.

The persona view beside it is drawn in every state.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from demos.core.errors import ModelError
from demos.core.jobs import Job, Jobs, State
from demos.core.recommend.catalog import Catalog
from demos.core.recommend.steering import Steering
from demos.core.spec import Bundled, DemoSpec, ModelSpec
from pages.components import job_progress, table_input
from pages.components.recommend import batch, batch_jobs, batch_matching, batch_results
from tests.core.recommend.tiny import catalog, ranking
from tests.pages.harness import PATIENCE, finished, hand_in, job_of, labels, press, query, ran

SLUG = "a_recommender"
MODEL = ModelSpec(SLUG, "tiny", "Tiny", Bundled("x", "0" * 64), 1, "Apache-2.0", "Films.")
SPEC = DemoSpec(SLUG, "Recommending", "Media", "movie", "What next?", "Films.", (MODEL,))

GOOD = b"""customer,title,date
anna,Star Lanterns (1977),2025-01-01
anna,"Matrx Garden, The",2025-01-03
anna,The Matrix Gardens,2025-01-02
ben,Toy Parade,2025-01-01
ben,Star Lanterns,2025-01-01
=cleo,Nothing Known,2025-01-01
=cleo,,2025-01-01
"""
OTHER = b"user,item\na,White Metal Lantern\nb,Pink Cherry Lights\n"

SCRIPT = """
import streamlit as st
from pages.components.recommend.batch import (
    follow_histories, has_histories, upload_histories
)

given = st.session_state["given"]
follow_histories(given.demo)
st.header("A persona")
steering = st.session_state.get("steering", given.steering)
upload_histories(given.demo, given.demo.models[0], given.films, given.scores, steering)
st.text(f"histories: {has_histories(given.demo, given.demo.models[0])}")
"""


@dataclass
class Recommender:
    """Scores histories; waits for the gate when it is closed, breaks when told to."""

    gate: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    broken: bool = False

    def __call__(self, histories: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        self.held.set()
        assert self.gate.wait(PATIENCE)
        if self.broken:
            raise ModelError("The model has lost its weights.", "Load it again.")
        return np.stack([ranking(each).scores for each in histories])


@dataclass
class Given:
    demo: DemoSpec
    films: Catalog
    scores: Recommender
    steering: Steering


@pytest.fixture
def model() -> Iterator[Recommender]:
    model = Recommender()
    model.gate.set()
    yield model
    model.gate.set()


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch, model: Recommender) -> Iterator[Jobs]:
    board = Jobs(2, waiting_limit=1)
    for module in (batch, batch_jobs, job_progress, table_input):
        monkeypatch.setattr(module, "job_board", lambda: board)
    yield board
    model.gate.set()
    board.close(PATIENCE)


Open = Callable[[], AppTest]


@pytest.fixture
def open_page(board: Jobs, model: Recommender) -> Open:
    def opened() -> AppTest:
        app = AppTest.from_string(SCRIPT, default_timeout=60)
        app.session_state["given"] = Given(SPEC, catalog(), model, Steering(count=3))
        return app

    return opened


@pytest.fixture
def page(open_page: Open) -> AppTest:
    return ran(open_page())


def text(app: AppTest) -> str:
    groups = (app.markdown, app.caption, app.warning, app.info, app.text)
    return "\n".join(each.value for group in groups for each in group).replace("\\", "")


@pytest.fixture
def matched(page: AppTest, board: Jobs) -> AppTest:
    """A page with a file read and matched."""
    press(hand_in(page, GOOD), "Start")
    return finished(page, board)


def recommended(app: AppTest, board: Jobs) -> AppTest:
    press(app, "Recommend for 3 customers")
    return finished(app, board)


def test_it_opens_with_what_a_file_should_look_like(page: AppTest) -> None:
    assert page.header[0].value == "A persona"
    assert "One row for each film that a customer took" in text(page)
    assert "| anna | Star Lanterns (1977) | 2026-01-03 19:30:00 |" in text(page)
    assert "histories: False" in text(page)
    assert "job" not in query(page)
    assert labels(page) == []


def test_a_file_is_matched_and_what_came_of_it_is_said(matched: AppTest) -> None:
    said = text(matched)
    assert "**mine.csv** · 6 rows" in said and "1 row set aside" in said
    assert "**3 customers**, a median of 2 known films. 1 customer gets what is most" in said
    assert "| By title | 3 | 3 |" in said
    assert "| By a similar title: check these | 1 | 1 |" in said
    assert "| Not matched: fits several items | 1 | 1 |" in said
    assert "| Not matched: not in the catalog | 1 | 1 |" in said
    assert [each.label for each in matched.expander if "not matched" in each.label] == [
        "See 2 names not matched"
    ]
    tables = [each.value for each in matched.dataframe]
    taken = tables[-2].iloc[0]
    assert taken["In the file"] == "Matrx Garden, The"
    assert taken["Taken for"] == "Matrix Garden, The (1999)"
    assert set(tables[-1]["Nearest"]) == {"Star Lanterns (1977)", ""}
    assert matched.header[0].value == "A persona"
    assert "histories: True" in said


def test_the_rows_not_matched_can_be_taken_away(matched: AppTest) -> None:
    assert "Rows not matched (CSV)" in str(matched.get("download_button"))
    assert "Their customers stay" in text(matched)


def test_recommendations_are_made_and_looked_at(matched: AppTest, board: Jobs) -> None:
    recommended(matched, board)
    said = text(matched)
    assert "**Done.** 3 customers of mine.csv in" in said
    figures = {each.label: each.value for each in matched.metric}
    assert figures["Customers"] == "3"
    assert figures["Of them with nothing known"] == "1"
    result = job_of(matched, board).result
    assert int(result.found.items[0, 0]) > 0
    titles = catalog().titles
    expected = [titles[item] for item in result.found.items[0]]
    assert all(f"{rank}. {title}" in said for rank, title in enumerate(expected, 1))
    assert "- Matrix Garden, The (1999)" in said, "the history, latest first"
    assert "histories: True" in said and "Delete these results" in labels(matched)


def test_one_customer_is_found_by_part_of_the_name(matched: AppTest, board: Jobs) -> None:
    recommended(matched, board)
    matched.text_input[0].set_value("CLEO")
    ran(matched)
    box = next(each for each in matched.selectbox if each.label.startswith("Customer: "))
    assert (box.label, box.options) == ("Customer: 1 found", ["=cleo"])
    assert "None of this customer's films is known." in text(matched)
    assert "Recommended: the most popular" in text(matched)
    assert "1 row more could not be matched." in text(matched)
    matched.text_input[0].set_value("nobody")
    assert "No customer is called anything like it." in text(ran(matched))


def test_a_refresh_finds_the_results_again(matched: AppTest, board: Jobs, open_page: Open) -> None:
    recommended(matched, board)
    other = open_page()
    other.query_params["job"] = query(matched)["job"]
    assert "**Done.** 3 customers" in text(ran(other))


def test_a_refresh_finds_a_running_job_and_it_can_be_canceled(
    matched: AppTest, board: Jobs, model: Recommender, open_page: Open
) -> None:
    model.gate.clear()
    model.held.clear()
    press(matched, "Recommend for 3 customers")
    assert model.held.wait(PATIENCE)
    other = open_page()
    other.query_params["job"] = query(matched)["job"]
    ran(other)
    assert "Cancel" in labels(other) and other.header[0].value == "A persona"
    job = job_of(other, board)
    press(other, "Cancel")
    model.gate.set()
    assert job.wait(PATIENCE) and job.state is State.CANCELED
    for app in (matched, other):
        assert "Recommend for 3 customers" in labels(ran(app)), "what was matched is still there"
        assert "Done." not in text(app)


def test_other_controls_are_said_and_can_be_applied(matched: AppTest, board: Jobs) -> None:
    recommended(matched, board)
    before = job_of(matched, board)
    first = before.result.found.items.copy()
    assert "Recommend again for 3 customers" not in labels(matched)
    matched.session_state["steering"] = Steering(count=3, excluded=frozenset({"Sci-Fi"}))
    assert "other controls than those set now" in text(ran(matched))
    press(matched, "Recommend again for 3 customers")
    finished(matched, board)
    after = job_of(matched, board)
    assert (after.result.found.items != first).any()
    assert board.find(before.id) is None, "the results before are gone"
    assert "other controls" not in text(matched)


def test_a_model_that_fails_leaves_what_was_matched(
    matched: AppTest, board: Jobs, model: Recommender
) -> None:
    model.broken = True
    recommended(matched, board)
    assert "lost its weights" in text(matched)
    model.broken = False
    recommended(matched, board)
    assert "**Done.**" in text(matched) and "lost its weights" not in text(matched)


def test_a_file_of_another_catalog_is_refused_and_leaves_the_results(
    matched: AppTest, board: Jobs
) -> None:
    recommended(matched, board)
    press(hand_in(matched, OTHER, "lights.csv"), "Start")
    finished(matched, board)
    assert "None of the 2 rows name one of the 40 films" in text(matched)
    assert "Choose the catalog that the file is of" in text(matched)
    assert "**Done.** 3 customers of mine.csv" in text(matched)


def test_a_file_that_is_no_table_is_refused(page: AppTest) -> None:
    hand_in(page, b"\x89PNG\r\n\x1a\n" + bytes(100), "me.csv")
    assert page.warning and page.header[0].value == "A persona"


def test_titles_and_names_of_a_file_are_no_markup(page: AppTest, board: Jobs) -> None:
    press(hand_in(page, GOOD, "**[x](y)**.csv"), "Start")
    finished(page, board)
    raw = "\n".join(each.value for each in page.markdown)
    assert "[x](y)" not in raw and "\\[x\\]" in raw


def test_results_can_be_deleted(matched: AppTest, board: Jobs) -> None:
    recommended(matched, board)
    id = query(matched)["job"]
    press(matched, "Delete these results")
    assert board.find(id) is None
    assert "job" not in query(matched)
    assert "histories: False" in text(matched) and "mine.csv" not in text(matched)


def test_a_link_to_results_that_are_gone_says_so(open_page: Open) -> None:
    app = open_page()
    app.query_params["job"] = "gone"
    assert "no longer kept" in text(ran(app))
    assert "histories: False" in text(app)


def test_results_forgotten_while_the_page_is_open_are_said_to_be(
    matched: AppTest, board: Jobs
) -> None:
    board.forget(query(matched)["job"])
    assert "no longer kept. Choose the file again" in text(ran(matched))


def test_files_to_take_away_hold_every_customer(matched: AppTest, board: Jobs) -> None:
    recommended(matched, board)
    result = job_of(matched, board).result
    lines = batch_results.csv_of(result).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 3 * 3
    assert lines[-1].startswith("'=cleo,3,")
    about = batch_results.json_of(MODEL, result).decode()
    assert '"weights": "' + "0" * 64 in about and '"file": "mine.csv"' in about


def test_lists_to_check_are_no_formulas_in_a_spreadsheet() -> None:
    frame = pl.DataFrame({"In the file": ["=1+1", "Salt"], "Rows": [1, 2]})
    assert batch_matching.to_csv(frame).decode("utf-8-sig").splitlines() == [
        "In the file,Rows",
        "'=1+1,1",
        "Salt,2",
    ]


def test_of_a_long_list_the_first_are_shown_and_all_can_be_taken_away(
    page: AppTest, board: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_matching, "LISTED", 2)
    names = ["Nothing Known"] * 2 + ["Never Seen", "Not Here", "Salt", "Bees!"]
    rows = "".join(f"a,{name}\n" for name in names)
    press(hand_in(page, f"user,item\n{rows}".encode()), "Start")
    finished(page, board)
    shown = page.dataframe[-1].value
    assert shown["In the file"].tolist() == ["Nothing Known", "Never Seen"]
    assert shown["Rows"].tolist() == [2, 1]
    assert "The first 2 of 3." in text(page)
    assert "All of them (CSV)" in str(page.get("download_button"))


def test_matching_goes_on_where_reading_has_ended(board: Jobs) -> None:
    told: list[float] = []

    def work(job: Job) -> None:
        report = batch_jobs.matching(job)
        for done in (0, 5, 10):
            report(done, 10, "matching titles")
            assert job.progress.total is not None
            told.append(job.progress.done / job.progress.total)

    assert board.start(work).wait(PATIENCE)
    assert told == [0.1, 0.55, 1.0]
