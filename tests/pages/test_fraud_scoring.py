"""The page of fraud scoring in Streamlit's own harness: bundled model, small tables of our own.

What each part of the page does is tested beside the part; here, that they work as one.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from demos import catalog
from demos.core import samples as samples_module
from demos.core.cases.workspaces import Workspaces
from demos.core.devices import CPU
from demos.core.jobs import Jobs
from demos.core.store import ModelStore
from demos.fraud_scoring import SPEC, inference
from demos.fraud_scoring.draw_samples import labeled_in_time, readings
from demos.fraud_scoring.inference import load, scores
from demos.fraud_scoring.simulate import Process, scaled, simulate, to_handbook
from pages.components import job_progress, model_store, table_input, table_jobs
from pages.components.cases import workspaces
from tests.pages.harness import query, ran

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "pages" / "finance" / "fraud_scoring.py"
SLUG = SPEC.slug
PATIENCE = 60.0
TOWN = replace(
    scaled(Process(days=24, start=date(2026, 5, 1)), 0.1), terminals_a_day=1.0, cards_a_day=2.0
)
TITLES = {"month": "A month", "bare": "Nothing known", "sensors": "Thermometers"}


@dataclass
class Calls:
    """How often the page had the model score a table, and explain transactions."""

    predicted: int = 0
    explained: int = 0


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of demos with small samples, in place of the repository's."""
    package = tmp_path_factory.mktemp("project") / "demos"
    shipped = package / SLUG / "samples"
    shipped.mkdir(parents=True)
    month = simulate(TOWN, 1)
    bare = to_handbook(simulate(TOWN, 2)).drop("TX_FRAUD", "TX_FRAUD_SCENARIO")
    kinds = {"month": "typical", "bare": "hard", "sensors": "out of scope"}
    tables = {"month": labeled_in_time(month), "bare": bare, "sensors": readings(0).head(20_000)}
    listed = []
    for key, table in tables.items():
        table.write_parquet(shipped / f"{key}.parquet")
        listed.append(
            {"key": key, "model": "card_history", "title": TITLES[key], "kind": kinds[key]}
            | {"label": None, "note": f"Note on {key}.", "file": f"{key}.parquet"}
        )
    (shipped / "samples.json").write_text(json.dumps(listed))
    return package


@pytest.fixture(scope="module")
def store() -> Iterator[ModelStore]:
    store = ModelStore(catalog.load, CPU, 10**9, 900, wait_seconds=5, queue_limit=4)
    yield store
    store.close()


@pytest.fixture(scope="module")
def sample_jobs() -> table_jobs.SampleJobs:
    """Whoever opens the page next finds the sample scored: so do these tests."""
    return table_jobs.SampleJobs()


@pytest.fixture(scope="module")
def board() -> Iterator[Jobs]:
    board = Jobs(2)
    yield board
    board.close(PATIENCE)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    calls, predict, explain_all = Calls(), inference.predict, inference.explain_all

    def counted(*given: Any) -> Any:
        calls.predicted += 1
        return predict(*given)

    def counted_too(model: Any, scored: Any, rows: Any, *more: Any) -> Any:
        calls.explained += len(rows)
        return explain_all(model, scored, rows, *more)

    monkeypatch.setattr(inference, "predict", counted)
    monkeypatch.setattr(inference, "explain_all", counted_too)
    return calls


@pytest.fixture
def page(
    package: Path,
    store: ModelStore,
    board: Jobs,
    sample_jobs: table_jobs.SampleJobs,
    calls: Calls,
    monkeypatch: pytest.MonkeyPatch,
) -> AppTest:
    for module in (samples_module, table_jobs):
        monkeypatch.setattr(module, "PACKAGE", package)
    for module in (table_input, table_jobs, job_progress):
        monkeypatch.setattr(module, "job_board", lambda: board)
    monkeypatch.setattr(table_input, "sample_jobs", sample_jobs)
    monkeypatch.setattr(model_store, "model_store", lambda: store)
    monkeypatch.setattr(workspaces, "_workspaces", Workspaces())
    return AppTest.from_file(str(PAGE), default_timeout=PATIENCE)


def text(app: AppTest) -> str:
    groups = (app.title, app.header, app.subheader, app.markdown, app.caption, app.warning)
    found = [each.value for group in (*groups, app.info) for each in group]
    return "\n".join(found).replace("\\", "")


def press(app: AppTest, key: str) -> AppTest:
    app.button(f"{SLUG}.{key}").click()
    return ran(app)


def answer(app: AppTest) -> str:
    return next(each.value for each in app.header if each.value.endswith("to review"))


def queue(app: AppTest) -> Any:
    return next(each.value for each in app.dataframe if "Rank" in each.value)


def marks(app: AppTest) -> list[str]:
    return list(queue(app)["Decision"])


def upload(app: AppTest, data: bytes, name: str = "mine.csv") -> AppTest:
    app.file_uploader[0].set_value((name, data, "text/csv"))
    return ran(app)


def start(app: AppTest, board: Jobs) -> AppTest:
    app = press(app, "start")
    job = board.find(app.session_state[f"{SLUG}.running"])
    assert job is not None and job.wait(PATIENCE)
    return ran(app)


def purchases(n: int = 3000) -> pl.DataFrame:
    return simulate(TOWN, 3).head(n)


def test_the_sample_is_scored_when_the_page_opens(page: AppTest, calls: Calls) -> None:
    shown = text(ran(page))
    assert SPEC.question in shown and SPEC.disclaimer in shown
    assert answer(page).split()[0].isdigit()
    assert len(queue(page)) == int(answer(page).split()[0]) > 0
    assert "Money at risk in this queue" in [each.label for each in page.metric]
    assert "EUR" in shown and "Base rate" in shown
    headers = [each.value for each in page.header]
    assert "Cases" in headers and "How good are the scores on this file?" in headers
    assert "Is this file like the training data?" in headers
    assert all(queue(page)["Main reason"])
    assert calls.predicted == 1
    assert query(page) == {"sample": "month", "model": "card_history"}


def test_what_is_shown_of_a_case_is_what_the_model_says(page: AppTest, package: Path) -> None:
    ran(page)
    first = queue(page).iloc[0]
    rows = labeled_in_time(simulate(TOWN, 1))
    frame = simulate(TOWN, 1).with_columns(fraud=rows["TX_FRAUD"])
    score = scores(load(SPEC.models[0], CPU), frame)
    day = page.date_input[0].value
    own = frame.with_columns(score=pl.Series(score)).filter(
        (pl.col("card") == first["Card"]) & (pl.col("time").dt.date() == day)
    )
    assert first["Probability"] == pytest.approx(min(100 * own["score"].max(), 99.9), abs=0.06)
    assert first["Amount (EUR)"] == pytest.approx(own["amount"].sum(), abs=0.01)


def test_a_sample_seen_before_needs_no_model(page: AppTest, calls: Calls) -> None:
    ran(page)
    assert calls.predicted == 0, "whoever opened the page before had it scored"


def test_another_sample_gets_its_own_answer(page: AppTest) -> None:
    before = queue(ran(page)).to_dict()
    press(page, "sample.bare")
    assert "Note on bare." in text(page)
    assert queue(page).to_dict() != before
    assert "Known to be fraud" not in text(page)
    assert query(page)["sample"] == "bare"
    press(page, "sample.month")
    assert queue(page).to_dict() == before


def test_a_refused_table_shows_why_and_no_queue(page: AppTest) -> None:
    press(ran(page), "sample.sensors")
    shown = text(page)
    assert "Out of scope" in shown and "rows on a typical day" in shown
    assert not any(each.value.endswith("to review") for each in page.header)
    assert not page.dataframe or all("Rank" not in each.value for each in page.dataframe)
    assert not page.metric


def test_a_link_opens_its_sample(page: AppTest) -> None:
    page.query_params.update({"sample": "bare", "model": "card_history"})
    assert "Note on bare." in text(ran(page))


def test_capacity_and_costs_change_the_queue_but_run_no_model(page: AppTest, calls: Calls) -> None:
    ran(page)
    many, calls.predicted = len(queue(page)), 0
    assert many > 2
    page.number_input(f"{SLUG}.triage.capacity").set_value(2)
    ran(page)
    assert len(queue(page)) == 2 and answer(page).startswith("2 ")
    page.number_input(f"{SLUG}.triage.capacity").set_value(25)
    page.number_input(f"{SLUG}.triage.review_cost").set_value(1000.0)
    ran(page)
    dear = int(answer(page).split()[0]) if answer(page)[0].isdigit() else 0
    assert dear < many
    page.number_input(f"{SLUG}.triage.review_cost").set_value(10.0)
    explained = calls.explained
    ran(page)
    assert len(queue(page)) == many
    assert (calls.predicted, calls.explained) == (0, explained), "all of it was known"


def test_a_threshold_of_ones_own_is_kept_and_stored_with_decisions(page: AppTest) -> None:
    ran(page)
    page.number_input(f"{SLUG}.triage.threshold").set_value(20.0)
    ran(page)
    assert "This is your own threshold" in text(page)
    page.toggle(f"{SLUG}.queue.advance").set_value(False)
    press(ran(page), "queue.confirmed")
    assert "and a threshold for review of 20.0 %" in text(page)
    press(page, "triage.follow")
    assert "This is the recommended threshold" in text(page)
    assert "and a threshold for review of 20.0 %" in text(page), "of when it was decided"


def test_impossible_costs_are_explained_and_the_queue_stays(page: AppTest) -> None:
    before = queue(ran(page)).to_dict()
    page.number_input(f"{SLUG}.triage.loss_share").set_value(0.0)
    ran(page)
    assert page.warning
    assert queue(page).to_dict() == before


def test_marks_can_be_made_and_taken_back(page: AppTest) -> None:
    ran(page)
    press(page, "queue.confirmed")
    assert marks(page)[0] == "! Confirmed fraud"
    press(page, "queue.cleared")
    assert marks(page)[1] == "✓ Cleared"
    press(press(page, "queue.undo"), "queue.undo")
    assert set(marks(page)) == {"○ Open"}
    press(page, "queue.redo")
    assert marks(page)[0] == "! Confirmed fraud"


def test_marks_are_of_their_table(page: AppTest) -> None:
    press(ran(page), "queue.confirmed")
    press(page, "sample.bare")
    assert set(marks(page)) == {"○ Open"}
    press(page, "sample.month")
    assert marks(page)[0] == "! Confirmed fraud"


def test_another_day_has_another_queue(page: AppTest) -> None:
    ran(page)
    before, day = list(queue(page)["Card"]), page.date_input[0].value
    page.date_input[0].set_value(date(2026, 5, 18))
    assert day != date(2026, 5, 18)
    assert list(queue(ran(page))["Card"]) != before


def test_every_case_of_the_day_can_be_opened(page: AppTest) -> None:
    ran(page)
    pick = f"{SLUG}.queue.pick"
    seen = set()
    for place in range(min(4, len(page.selectbox(pick).options))):
        page.selectbox(pick).select_index(place)
        ran(page)
        seen.add(next(each.value for each in page.subheader if each.value.startswith("Case ")))
    assert len(seen) > 2


DEFECTS = [
    "c9,not a date,t1,5.00,0",
    "c9,2026-05-02 10:00:00,t1,-5.00,0",
    ",2026-05-02 10:00:00,t1,5.00,0",
    "c9,2026-05-02 10:00:00,t1,many,0",
    "c9,2026-05-02 10:00:00,t1,5.00,perhaps",
]


def as_csv(frame: pl.DataFrame, *more: str) -> bytes:
    buffer = io.BytesIO()
    renamed = frame.select(
        cc_num="card", trans_date="time", merchant="terminal", amt="amount", is_fraud="fraud"
    )
    renamed.write_csv(buffer, datetime_format="%Y-%m-%d %H:%M:%S")
    return buffer.getvalue() + "".join(f"{line}\n" for line in more).encode()


def test_an_upload_with_bad_rows_is_scored_without_them(page: AppTest, board: Jobs) -> None:
    upload(ran(page), as_csv(purchases(), *DEFECTS))
    assert answer(page), "the sample's, until the start"
    start(page, board)
    shown = text(page)
    assert "mine.csv" in shown
    assert "5 rows" in shown and "set aside" in shown.lower()
    assert answer(page)
    assert "job" in page.query_params and "sample" not in page.query_params
    assert any("aside" in each.label.lower() for each in page.get("download_button"))
    press(page, "queue.later")
    assert marks(page)[0] == "… Later"


def test_a_file_that_nothing_is_known_of_is_scored(page: AppTest, board: Jobs) -> None:
    one = b"time,card,terminal,amount\n2026-05-01 10:00,a,b,12.50\n"
    start(upload(ran(page), one), board)
    assert "mine.csv" in text(page)
    assert "No card" in text(page) or len(queue(page)) == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.csv", b""),
        ("page.html", b"<html><body>no table</body></html>"),
        ("cut.parquet", b"PAR1" + b"\0" * 40),
    ],
)
def test_a_bad_file_leaves_the_result(page: AppTest, name: str, data: bytes) -> None:
    before = queue(ran(page)).to_dict()
    upload(page, data, name)
    assert page.warning
    assert "The result below is still the one before." in text(page)
    assert queue(page).to_dict() == before


def test_a_file_without_a_usable_row_leaves_the_result(page: AppTest, board: Jobs) -> None:
    before = queue(ran(page)).to_dict()
    upload(page, b"time,card,terminal,amount\nsoon,a,b,1\nlater,a,b,2\n")
    if f"{SLUG}.start" in [each.key for each in page.button]:
        start(page, board)
    assert page.warning
    assert queue(page).to_dict() == before


def test_the_uploads_results_can_be_deleted(page: AppTest, board: Jobs) -> None:
    start(upload(ran(page), as_csv(purchases())), board)
    next(each for each in page.button if each.label == "Delete these results").click()
    ran(page)
    assert "Note on month." in text(page)
    assert "mine.csv" not in text(page)


def test_the_record_repeats_the_sample_and_the_exports_are_there(page: AppTest) -> None:
    ran(page)
    (code,) = [each.value for each in page.code if "predict(" in each.value]
    assert f"demos/{SLUG}/samples/month.parquet" in code
    labels = [each.label for each in page.get("download_button")]
    assert sum(word in " ".join(labels) for word in ("CSV", "JSON", "HTML")) == 3
