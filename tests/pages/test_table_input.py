"""Tables on a page, in Streamlit's own harness, with a score that adds amounts up.

A card called "wait" holds the scoring until a test lets it go; one called "break" breaks it.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.errors import ModelError
from demos.core.jobs import Jobs, State
from demos.core.samples import Sample, SampleKind
from demos.core.spec import Bundled, DemoSpec, ModelSpec
from demos.core.tables import Table
from pages.components import job_progress, permalink, table_input, table_jobs
from tests.core.tables.small import COLUMNS
from tests.pages.harness import PATIENCE, finished, hand_in, job_of, labels, press, query, ran

SLUG = "a_table_demo"
MODEL = ModelSpec(SLUG, "adder", "Adder", Bundled("x", "0" * 64), 1, "Apache-2.0", "Adds.")
OTHER = ModelSpec(SLUG, "other", "Other", Bundled("y", "1" * 64), 1, "Apache-2.0", "Adds too.")
SPEC = DemoSpec(SLUG, "Adding", "Finance", "add", "How much?", "Adds.", (MODEL, OTHER))

HEAD = b"time,card,amount,id\n"
GOOD = HEAD + b"2018-04-01,a,1.5,1\n2018-04-02,b,2.5,2\n"
WAIT = HEAD + b"2018-04-01,wait,1.5,1\n"
UNKNOWN = b"when;who;how much\n01.02.2018;a;1,50\n02.02.2018;b;2,50\n"
MIXED = GOOD + b"soon,c,1,3\n2018-04-01,=c,-1,4\n"

SCRIPT = """
import streamlit as st
from pages.components import permalink
from pages.components.table_input import choose_sample_table, choose_table

given = st.session_state["given"]
permalink.follow(given.demo, choose_sample_table)
spec = st.session_state.get("spec", given.demo.models[0])
scored = choose_table(given.demo, spec, given.columns, given.shipped, given.score, "payments")
st.header(f"{scored.title}: {scored.result}")
"""


@dataclass
class Adder:
    """Scores tables; what it was asked is counted."""

    gate: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    calls: int = 0

    def __call__(self, table: Table, tell: Callable[[int, int, str], None]) -> float:
        self.calls += 1
        tell(1, 4, "adding up")
        cards = table.frame["card"].to_list()
        if "wait" in cards:
            self.held.set()
            assert self.gate.wait(PATIENCE)
        if "break" in cards:
            raise ModelError("The adder is out of numbers.", "Wait for more.")
        tell(4, 4, "adding up")
        return float(table.frame["amount"].sum())


@dataclass
class Given:
    demo: DemoSpec
    columns: Any
    shipped: tuple[Sample, ...]
    score: Adder


@pytest.fixture
def adder() -> Iterator[Adder]:
    adder = Adder()
    yield adder
    adder.gate.set()


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch, adder: Adder) -> Iterator[Jobs]:
    """A board of this test's own, and no sample scored yet."""
    board = Jobs(2, waiting_limit=1)
    for module in (table_input, table_jobs, job_progress):
        monkeypatch.setattr(module, "job_board", lambda: board)
    monkeypatch.setattr(table_input, "sample_jobs", table_jobs.SampleJobs())
    yield board
    adder.gate.set()
    board.close(PATIENCE)


@pytest.fixture
def samples(tmp_path: Path) -> tuple[Sample, ...]:
    (tmp_path / "one.csv").write_bytes(GOOD)
    (tmp_path / "two.csv").write_bytes(HEAD + b"2018-04-01,a,10,1\n")
    return (
        Sample(
            "one", "", "First", SampleKind.TYPICAL, None, "What is in it.", tmp_path / "one.csv"
        ),
        Sample("two", "", "Second", SampleKind.HARD, None, "", tmp_path / "two.csv"),
    )


Open = Callable[[], AppTest]


@pytest.fixture
def open_page(
    board: Jobs, adder: Adder, samples: tuple[Sample, ...], monkeypatch: pytest.MonkeyPatch
) -> Open:
    """A page in a session of its own, not drawn yet."""
    monkeypatch.setattr(permalink, "samples", lambda slug, model: samples)

    def opened() -> AppTest:
        app = AppTest.from_string(SCRIPT, default_timeout=60)
        app.session_state["given"] = Given(SPEC, COLUMNS, samples, adder)
        return app

    return opened


@pytest.fixture
def page(open_page: Open) -> AppTest:
    return ran(open_page())


def text(app: AppTest) -> str:
    groups = (app.header, app.markdown, app.caption, app.warning, app.info)
    return "\n".join(each.value for group in groups for each in group).replace("\\", "")


def select(app: AppTest, title: str, name: str) -> AppTest:
    box = next(each for each in app.selectbox if each.label == title)
    box.set_value(name)
    return ran(app)


def test_the_first_sample_is_scored_when_the_page_opens(page: AppTest) -> None:
    assert page.header[0].value == "First: 4.0"
    assert "**First** · 2 rows · CSV with commas" in text(page)
    assert "What is in it." in text(page)
    assert query(page) == {"sample": "one", "model": "adder"}
    assert "Delete these results" not in labels(page)


def test_a_sample_is_scored_once_for_everybody(
    page: AppTest, open_page: Open, adder: Adder
) -> None:
    ran(page)
    other = ran(open_page())
    assert other.header[0].value == "First: 4.0" and adder.calls == 1
    other.session_state["spec"] = OTHER
    ran(other)
    assert adder.calls == 2, "other weights, another result"


def test_a_permalink_opens_its_sample(open_page: Open) -> None:
    app = open_page()
    app.query_params.update({"sample": "two", "model": "adder", "case": "abc"})
    assert ran(app).header[0].value == "Second: 10.0"
    assert query(app) == {"sample": "two", "model": "adder", "case": "abc"}
    app.button(f"{SLUG}.sample.one").click()
    assert ran(app).header[0].value == "First: 4.0", "and does not lead back for ever"
    lost = open_page()
    lost.query_params["sample"] = "gone"
    assert "not here" in text(ran(lost)) and lost.header[0].value == "First: 4.0"


def test_another_sample(page: AppTest) -> None:
    page.button(f"{SLUG}.sample.two").click()
    assert ran(page).header[0].value == "Second: 10.0"
    assert query(page)["sample"] == "two"


def test_a_sample_that_cannot_be_scored_says_why(
    open_page: Open, samples: tuple[Sample, ...]
) -> None:
    samples[0].path.write_bytes(HEAD + b"2018-04-01,break,1,1\n")
    app = ran(open_page())
    assert not app.header and "out of numbers" in text(app)
    samples[0].path.write_bytes(GOOD)
    assert ran(app).header, "and is tried again"


def test_an_upload_is_looked_at_and_waits_for_the_start(
    page: AppTest, board: Jobs, adder: Adder
) -> None:
    hand_in(page, GOOD)
    assert "**mine.csv** · less than 0.1 MB · CSV with commas · UTF-8" in text(page)
    assert page.header[0].value == "First: 4.0" and adder.calls == 1, "nothing is read yet"
    press(page, "Start")
    finished(page, board)
    assert page.header[0].value == "mine.csv: 4.0"
    assert set(query(page)) == {"job", "model"}
    assert "for 30 minutes" in text(page)


def test_names_that_nobody_knows_are_asked_for(page: AppTest, board: Jobs) -> None:
    hand_in(page, UNKNOWN)
    assert "called anything like: **Card**, **Amount**" in text(page)
    assert "**Amount** seems to be “how much”: check that. Say which" in text(page)
    start = next(each for each in page.button if each.label == "Start")
    assert start.disabled and "Still to be said: Card." in text(page)
    box = next(each for each in page.selectbox if each.label == "Card")
    assert box.options[2] == "who: a, b", "with some of its values"
    select(page, "Card", "how much")
    assert "Chosen more than once: how much." in text(page)
    select(page, "Card", "who")
    press(page, "Start")
    assert finished(page, board).header[0].value == "mine.csv: 4.0"
    assert "decimal comma" in text(page)
    assert not [each for each in page.warning if "anything like" in each.value]


def test_matched_columns_can_be_changed_and_read_again(page: AppTest, board: Jobs) -> None:
    hand_in(page, GOOD)
    select(page, "Number (optional)", "")
    select(page, "Amount", "id")
    press(page, "Start")
    assert finished(page, board).header[0].value == "mine.csv: 3.0"
    select(page, "Amount", "amount")
    press(page, "Start again")
    assert finished(page, board).header[0].value == "mine.csv: 4.0"


def test_the_order_of_dates_can_be_chosen(page: AppTest, board: Jobs) -> None:
    hand_in(page, b"time,card,amount\n01/02/2018,a,1\n02/02/2018,b,2\n")
    (radio,) = page.radio
    assert radio.label.replace("\\", "") == "Time: what comes first in 01/02/2018?"
    assert radio.options == ["Day", "Month"] and "day first (assumed)" in text(page)
    radio.set_value("month first")
    ran(page)
    assert "dates month first" in text(page) and "assumed" not in text(page)
    press(page, "Start")
    table = finished(page, board).session_state
    job = board.find(table[f"{SLUG}.chosen"])
    assert job is not None and "month first" in job.result.table.described


def test_a_doubtful_decimal_sign_can_be_chosen(page: AppTest, board: Jobs) -> None:
    hand_in(page, b"time;card;amount\n2018-04-01;a;1,234\n")
    (radio,) = page.radio
    radio.set_value(",")
    ran(page)
    press(page, "Start")
    assert finished(page, board).header[0].value == "mine.csv: 1.234"


def test_a_file_without_names(page: AppTest, board: Jobs) -> None:
    hand_in(page, GOOD.removeprefix(HEAD))
    assert "no names above its columns" in text(page)
    select(page, "Card", "column 2")
    press(page, "Start")
    assert finished(page, board).header[0].value == "mine.csv: 4.0"


def test_rows_set_aside_are_counted_explained_and_given_back(page: AppTest, board: Jobs) -> None:
    finished(press(hand_in(page, MIXED), "Start"), board)
    assert page.header[0].value == "mine.csv: 4.0"
    assert "**2 rows set aside**" in text(page)
    assert "| Time is not a date and time | 1 |" in text(page)
    names = [each.label for each in page.download_button]
    assert names == ["Template (CSV)", "Rows set aside (CSV)"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [(b"", "empty"), (b"PK\x03\x04xl/workbook", "Excel"), (b"PAR1" + bytes(99), "damaged")],
)
def test_a_bad_file_leaves_the_result_before_it(
    page: AppTest, board: Jobs, data: bytes, problem: str
) -> None:
    finished(press(hand_in(page, GOOD), "Start"), board)
    hand_in(page, data, "bad.csv")
    assert problem in text(page) and "still the one before" in text(page)
    assert page.header[0].value == "mine.csv: 4.0"


def test_a_file_whose_rows_are_all_bad_leaves_the_result_before_it(
    page: AppTest, board: Jobs
) -> None:
    hand_in(page, HEAD + b"soon,a,1,1\nlater,b,2,2\n")
    finished(press(page, "Start"), board)
    assert "None of the 2 rows can be used" in text(page)
    assert page.header[0].value == "First: 4.0"
    assert query(page)["sample"] == "one"
    press(hand_in(page, GOOD), "Start")
    assert finished(page, board).header[0].value == "mine.csv: 4.0"
    assert "None of the" not in text(page)


def test_progress_and_cancel(page: AppTest, board: Jobs, adder: Adder) -> None:
    press(hand_in(page, WAIT), "Start")
    assert adder.held.wait(PATIENCE)
    ran(page)
    job = job_of(page, board)
    (bar,) = page.get("progress")
    assert bar.proto.text.startswith("mine\\.csv: 32 %") and "adding up" in bar.proto.text
    assert not page.header
    press(page, "Cancel")
    assert job.canceling
    adder.gate.set()
    assert job.wait(PATIENCE) and job.state is State.CANCELED
    ran(page)
    assert page.header[0].value == "First: 4.0"
    assert query(page)["sample"] == "one"


def test_a_refresh_finds_the_job_again_running_and_done(
    page: AppTest, board: Jobs, adder: Adder, open_page: Open
) -> None:
    press(hand_in(page, WAIT), "Start")
    assert adder.held.wait(PATIENCE)
    again = open_page()
    again.query_params["job"] = query(page)["job"]
    ran(again)
    assert again.get("progress") and not again.header
    adder.gate.set()
    assert finished(again, board).header[0].value == "mine.csv: 1.5"
    again.button(f"{SLUG}.sample.two").click()
    assert ran(again).header[0].value == "Second: 10.0", "the link does not lead back for ever"
    assert ran(page).header[0].value == "mine.csv: 1.5"


def test_sessions_do_not_disturb_each_other(page: AppTest, board: Jobs, open_page: Open) -> None:
    other = ran(open_page())
    finished(press(hand_in(page, GOOD), "Start"), board)
    assert ran(other).header[0].value == "First: 4.0"
    finished(press(hand_in(other, HEAD + b"2018-04-01,z,7,1\n", "theirs.csv"), "Start"), board)
    assert other.header[0].value == "theirs.csv: 7.0"
    assert ran(page).header[0].value == "mine.csv: 4.0"
    assert query(page)["job"] != query(other)["job"]


def test_without_its_id_nobody_finds_a_result(page: AppTest, board: Jobs, open_page: Open) -> None:
    finished(press(hand_in(page, GOOD), "Start"), board)
    other = open_page()
    other.query_params["job"] = "guessed"
    ran(other)
    assert other.header[0].value == "First: 4.0" and "no longer kept" in text(other)


def test_a_job_of_another_page_is_not_taken_up(page: AppTest, board: Jobs, open_page: Open) -> None:
    job = board.start(lambda job: "something else")
    assert job.wait(PATIENCE)
    other = open_page()
    other.query_params["job"] = job.id
    assert ran(other).header[0].value == "First: 4.0"


def test_results_that_are_deleted_are_gone(page: AppTest, board: Jobs) -> None:
    finished(press(hand_in(page, GOOD), "Start"), board)
    job = job_of(page, board)
    press(page, "Delete these results")
    assert board.find(job.id) is None
    assert page.header[0].value == "First: 4.0"
    assert "job" not in query(page) and "mine" not in text(page)


def test_results_that_were_forgotten_say_so(page: AppTest, board: Jobs) -> None:
    finished(press(hand_in(page, GOOD), "Start"), board)
    board.forget(query(page)["job"])
    ran(page)
    assert "no longer kept" in text(page) and page.header[0].value == "First: 4.0"
    assert "no longer kept" not in text(ran(page))


def test_what_others_put_into_the_address_stays(page: AppTest, board: Jobs) -> None:
    page.query_params["case"] = "abc"
    ran(page)
    finished(press(hand_in(page, GOOD), "Start"), board)
    assert query(page)["case"] == "abc" and "job" in query(page)


def test_choosing_a_sample_while_an_upload_runs_cancels_it(
    page: AppTest, board: Jobs, adder: Adder
) -> None:
    press(hand_in(page, WAIT), "Start")
    assert adder.held.wait(PATIENCE)
    job = job_of(page, board)
    page.button(f"{SLUG}.sample.two").click()
    assert ran(page).header[0].value == "Second: 10.0" and job.canceling


def test_a_full_board_says_so(page: AppTest, board: Jobs, adder: Adder) -> None:
    for begun in (threading.Event(), threading.Event()):
        board.start(lambda job, begun=begun: (begun.set(), adder.gate.wait(PATIENCE)))
        assert begun.wait(PATIENCE)
    board.start(lambda job: None)
    press(hand_in(page, GOOD), "Start")
    assert "busy with other jobs" in text(page) and page.header[0].value == "First: 4.0"


def test_a_result_of_another_model_is_said_to_be_one(page: AppTest, board: Jobs) -> None:
    finished(press(hand_in(page, GOOD), "Start"), board)
    page.session_state["spec"] = OTHER
    assert "scored with Adder" in text(ran(page))


def test_names_from_the_file_are_no_markdown(page: AppTest, board: Jobs) -> None:
    data = GOOD.replace(b"card", b"[card](http://x)") + b"2018-04-01,**b**,-1,9\n"
    hand_in(page, data, "a*b*[c](d).csv")
    assert "[card](http://x)" not in "".join(each.value for each in page.markdown)
    select(page, "Card", "[card](http://x)")
    finished(press(page, "Start"), board)
    shown = "".join(each.value for each in [*page.markdown, *page.caption])
    assert "[card](" not in shown and "[c](d)" not in shown
