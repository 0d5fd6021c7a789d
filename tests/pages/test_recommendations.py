"""The page of recommendations in Streamlit's own harness, with the bundled models and personas.

What each part of the page does is tested beside the part; here, that they work as one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from demos import catalog
from demos.core.devices import CPU
from demos.core.jobs import Jobs
from demos.core.recommend.steering import Steering, steer
from demos.core.store import ModelStore
from demos.recommendations import SPEC, inference
from demos.recommendations.inference import predict
from pages.components import job_progress, model_store
from pages.components.recommend import batch, batch_jobs, encoder
from tests.pages.harness import PATIENCE, finished, query, ran

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "pages" / "retail" / "recommendations.py"
SLUG = SPEC.slug
FILE = "customer,title\nanna,Toy Story (1995)\nanna,Aladdin (1992)\nben,Alien (1979)\nben,Qwfp\n"


@dataclass
class Calls:
    """How often the page had a model rank one history, and score several."""

    predicted: int = 0
    scored: int = 0


@pytest.fixture(scope="module")
def store() -> Iterator[ModelStore]:
    store = ModelStore(catalog.load, CPU, 10**9, 900, wait_seconds=5, queue_limit=4)
    yield store
    store.close()


@pytest.fixture(scope="module")
def board() -> Iterator[Jobs]:
    board = Jobs(2)
    yield board
    board.close(PATIENCE)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    calls, scores = Calls(), inference.Model.scores

    def counted(*given: Any, **named: Any) -> Any:
        calls.predicted += 1
        return predict(*given, **named)

    def counted_too(*given: Any, **named: Any) -> Any:
        calls.scored += 1
        return scores(*given, **named)

    monkeypatch.setattr(inference, "predict", counted)
    monkeypatch.setattr(inference.Model, "scores", counted_too)
    return calls


@pytest.fixture
def page(store: ModelStore, board: Jobs, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    for module in (batch, batch_jobs, job_progress):
        monkeypatch.setattr(module, "job_board", lambda: board)
    for module in (model_store, encoder):
        monkeypatch.setattr(module, "model_store", lambda: store)
    return AppTest.from_file(str(PAGE), default_timeout=60)


def text(app: AppTest) -> str:
    groups = (app.title, app.header, app.markdown, app.caption, app.warning, app.info)
    found = [each.value for group in groups for each in group]
    return "\n".join(found).replace("\\", "").replace("\u00a0", " ")


def press(app: AppTest, key: str) -> AppTest:
    app.button(f"{SLUG}.{key}").click()
    return ran(app)


def choose(app: AppTest, name: str) -> AppTest:
    """Another catalog."""
    picker: Any = app.get("button_group")[0]
    picker.set_value(name)
    return ran(app)


def titles(app: AppTest) -> list[str]:
    """What is recommended, as it is listed."""
    rows = [each.value for each in app.markdown if each.value.startswith("### ")]
    return [row.split("\n")[0].replace("\\", "").split(". ", 1)[1].split(" :")[0] for row in rows]


def headline(app: AppTest) -> str:
    """What the answer is headed with: the header after the history's."""
    return app.header[1].value


def test_it_opens_with_a_persona_and_what_the_model_says(page: AppTest, store: ModelStore) -> None:
    shown = text(ran(page))
    model, history = SPEC.models[0], page.session_state[f"{SLUG}.movies.history"].items
    with store.borrow(model) as borrowed:
        ranking = predict(borrowed, history)
        items = steer(borrowed.catalog, ranking.scores, history, Steering())
        expected = [borrowed.catalog.titles[item] for item in items]
    assert SPEC.question in shown
    assert [each.strip() for each in titles(page)] == expected
    assert headline(page) == f"Next: {expected[0]}"
    assert query(page)["model"] == "movies" and "sample" in query(page)
    headers = [each.value for each in page.header]
    assert {"The history", "Why this one", "Map of all films", "About the model"} <= set(headers)


def test_controls_and_feedback_change_the_list_but_run_no_model(
    page: AppTest, calls: Calls
) -> None:
    before = titles(ran(page))
    calls.predicted = calls.scored = 0
    page.slider(f"{SLUG}.movies.steering.novelty").set_value(100)
    after = titles(ran(page))
    assert len(after) == len(before) == 10 and after != before
    assert "novelty 100 %" in text(page)
    press(page, "movies.steering.reset")
    assert titles(page) == before
    genres = page.multiselect(f"{SLUG}.movies.steering.excluded")
    genres.set_value(["Action", "Sci-Fi"])
    ran(page)
    assert len(titles(page)) == 10 and before[0] not in titles(page)
    press(page, "movies.steering.reset")
    less = next(each for each in page.button if each.label.startswith("Less "))
    less.click()
    ran(page)
    assert before[0] not in titles(page)
    assert (calls.predicted, calls.scored) == (0, 0)


def test_why_opens_in_front_once_and_asks_no_model(page: AppTest, calls: Calls) -> None:
    third = titles(ran(page))[2].strip()
    calls.predicted = calls.scored = 0
    why = [each for each in page.button if each.label.startswith("Why ")]
    why[2].click()
    ran(page)
    assert sum(f"**{third}**: " in each.value.replace("\\", "") for each in page.markdown) == 2
    ran(page)
    assert sum(f"**{third}**: " in each.value.replace("\\", "") for each in page.markdown) == 1
    assert (calls.predicted, calls.scored) == (0, 0)


def test_a_history_out_of_scope_is_refused(page: AppTest) -> None:
    press(ran(page), "sample.reader")
    assert headline(page) == "No recommendations"
    shown = text(page)
    assert "None of these titles is among the films of this catalog." in shown
    assert "another catalog" in shown and "not in the catalog" in shown
    assert titles(page) == []
    assert "Why this one" not in [each.value for each in page.header]


def test_without_a_history_the_most_popular_are_shown_and_that_is_said(page: AppTest) -> None:
    press(ran(page), "movies.history.clear")
    assert headline(page) == "The most popular films"
    assert "The history is empty" in text(page) and len(titles(page)) == 10
    press(page, "movies.history.undo")
    assert headline(page).startswith("Next: ")


def test_what_is_recommended_can_be_added_and_asks_the_model_again(
    page: AppTest, calls: Calls
) -> None:
    first = titles(ran(page))[0].strip()
    before = calls.predicted
    next(each for each in page.button if each.label.startswith("Add ")).click()
    ran(page)
    assert first not in [each.strip() for each in titles(page)]
    assert f"the latest first:] **{first}**" in text(page)
    assert calls.predicted == 2 * before, "as often as for the first history"
    assert "sample" not in query(page)


def test_another_catalog_and_back_keeps_what_was_done(page: AppTest) -> None:
    next(each for each in ran(page).button if each.label.startswith("Add ")).click()
    mine = titles(ran(page))
    choose(page, "retail")
    assert "products" in text(page) and titles(page) != mine and len(titles(page)) == 10
    assert titles(choose(page, "movies")) == mine


def test_a_link_opens_its_persona(page: AppTest) -> None:
    page.query_params.update({"sample": "birthday-present", "model": "books"})
    assert "picture books" in text(ran(page))
    assert len(titles(page)) == 10


def test_histories_are_matched_and_recommended(page: AppTest, board: Jobs) -> None:
    before = titles(ran(page))
    page.file_uploader[0].set_value(("mine.csv", FILE.encode(), "text/csv"))
    start = next(each for each in ran(page).button if each.label == "Start")
    start.click()
    ran(page)
    assert query(page).get("job"), [each.value for each in page.warning]
    finished(page, board)
    assert "Qwfp" in text(page) or any("Qwfp" in str(each.value) for each in page.dataframe)
    next(each for each in page.button if each.label == "Recommend for 2 customers").click()
    finished(ran(page), board)
    downloads: Any = page.get("download_button")
    labels = [each.label for each in downloads]
    assert "Recommendations (CSV)" in labels and "Recommendations (JSON)" in labels
    assert titles(page) == before, "the persona's, beside the file's"


@pytest.mark.parametrize(("name", "data"), [("a.csv", b""), ("a.csv", b"\x89PNG\r\n\x1a\n" * 9)])
def test_a_bad_file_leaves_the_result(page: AppTest, name: str, data: bytes) -> None:
    before = titles(ran(page))
    page.file_uploader[0].set_value((name, data, "text/csv"))
    ran(page)
    assert page.warning or page.error
    assert titles(page) == before
