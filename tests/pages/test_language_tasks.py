"""The page of language in Streamlit's own harness, in every mode and task.

What each part of the page does is tested beside the part; here, that they work as one. The reader
has random weights: what it answers means nothing.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from demos import catalog
from demos.core.devices import CPU, Device
from demos.core.jobs import Jobs
from demos.core.language.answers import Answer, Request, Task
from demos.core.results import Outcome
from demos.core.spec import ModelSpec
from demos.core.store import ModelStore
from demos.language_tasks import SPEC, inference, translation_network
from demos.language_tasks.offered import (
    HANDBOOK_QUESTIONS,
    MEANING,
    READER,
    TEXT_TASKS,
    TRANSLATOR,
    models_for,
    samples_for,
)
from pages.components import compare, job_board, model_store, models
from pages.components.language import asking, chat_models
from pages.components.language.tasks import ASSISTANT, MESSAGES, TEXT
from pages.components.result import OUTCOMES
from tests.language_tasks.tiny_reader import tiny_reader
from tests.language_tasks.tiny_writers import echo, tiny_meaning, tiny_translator
from tests.pages.harness import PATIENCE, finished, labels, press, query, ran

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "pages" / "operations" / "language_tasks.py"
SLUG = SPEC.slug
MAIL = "late_sofa"
SORTS = (Task.SENTIMENT, Task.TOPIC, Task.INTENT, Task.EMOTION, Task.TOXICITY)


def load(spec: ModelSpec, device: Device) -> Any:
    tiny: dict[str, Callable[[], Any]] = {
        READER.name: tiny_reader,
        MEANING.name: tiny_meaning,
        TRANSLATOR.name: tiny_translator,
    }
    return tiny[spec.name]() if spec.name in tiny else catalog.load(spec, device)


@pytest.fixture(scope="module")
def store() -> Iterator[ModelStore]:
    store = ModelStore(load, CPU, 10**9, 900, wait_seconds=5, queue_limit=4)
    yield store
    store.close()


@pytest.fixture(scope="module")
def board() -> Iterator[Jobs]:
    board = Jobs(2)
    yield board
    board.close(PATIENCE)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What the models were asked, in order."""
    asked: list[Request] = []
    predict = inference.predict

    def predicted(model: Any, request: Request, *tell: Any) -> Answer:
        asked.append(request)
        return predict(model, request, *tell)

    monkeypatch.setattr(inference, "predict", predicted)
    return asked


@pytest.fixture
def page(
    store: ModelStore, board: Jobs, asked: list[Request], monkeypatch: pytest.MonkeyPatch
) -> AppTest:
    for module in (asking, chat_models, compare, model_store):
        monkeypatch.setattr(module, "model_store", lambda: store)
    for name in ("_board", "_texts"):
        monkeypatch.setattr(job_board, name, board)
    monkeypatch.setattr(models, "cached", lambda source: None)
    monkeypatch.setattr(translation_network, "translate", echo)
    monkeypatch.setattr(asking, "INLINE_SECONDS", PATIENCE)  # the machine may be busy
    return AppTest.from_file(str(PAGE), default_timeout=60)


def text(app: AppTest) -> str:
    groups = (app.title, app.header, app.subheader, app.markdown, app.caption)
    found = [each.value for group in (*groups, app.warning, app.info) for each in group]
    return "\n".join(found).replace("\\", "").replace("\u00a0", " ")


def headers(app: AppTest) -> list[str]:
    return [str(each.value).replace("\\", "") for each in app.header]


def address(app: AppTest, **parameters: str) -> AppTest:
    app.query_params.update(parameters)
    return ran(app)


def choose_task(app: AppTest, task: Task) -> AppTest:
    app.pills(f"{SLUG}.task").set_value(task.value)
    return ran(app)


def choose_mode(app: AppTest, mode: str) -> AppTest:
    app.segmented_control(f"{SLUG}.mode").set_value(mode)
    return ran(app)


def write(app: AppTest, words: str) -> AppTest:
    app.text_area(f"{SLUG}.text").set_value(words)
    return press(app, "Read this text")


def test_it_opens_with_a_sample_already_read(page: AppTest, asked: list[Request]) -> None:
    shown = text(ran(page))
    assert SPEC.question in shown
    assert headers(page)[0] in {"Negative", "Positive"}
    assert {"Why this answer", "What if it were written otherwise?", "About the model"} <= set(
        headers(page)
    )
    assert query(page) == {"task": "sentiment", "sample": MAIL, "model": "reader"}
    assert not page.warning and not page.error
    ran(page)
    assert [each.task for each in asked] == [Task.SENTIMENT], "and no model is asked again"


@pytest.mark.parametrize("task", TEXT_TASKS)
def test_every_task_answers_its_samples(page: AppTest, task: Task, asked: list[Request]) -> None:
    address(page, task=task.value)
    for sample in samples_for(task):
        page.button(f"{SLUG}.sample.{sample.key}").click()
        shown = text(ran(page))
        if sample.key == "german":
            assert OUTCOMES[Outcome.REFUSED] in shown
        assert query(page)["sample"] == sample.key and query(page)["task"] == task.value
        assert ("Why this answer" in headers(page)) <= (task in (*SORTS, Task.ZERO_SHOT))
        assert "About the model" in headers(page)
    assert {each.task for each in asked} == {task}


def test_a_link_brings_task_model_and_sample_back(page: AppTest) -> None:
    address(page, task="translation", sample="takeover", model="translator")
    assert "The board rejected" in str(page.text_area(f"{SLUG}.text").value)
    link = next(each.value for each in page.code if "?sample=" in each.value)
    assert link.endswith("?sample=takeover&model=translator&task=translation&into=de")


def test_a_link_to_nothing_is_said(page: AppTest) -> None:
    shown = text(address(page, task="horoscope", sample="nothing"))
    assert "names a task that is not here" in shown
    assert "names a sample that is not here" in shown
    assert query(page)["task"] == "sentiment"


def test_a_text_of_ones_own_goes_from_task_to_task(page: AppTest, asked: list[Request]) -> None:
    own = "Ann Lee of Northline was kind \U0001f642 <script>alert(1)</script>"
    write(ran(page), own)
    assert query(page) == {"task": "sentiment"}
    for task in (Task.ENTITIES, Task.SUMMARY, Task.TOPIC):
        choose_task(page, task)
        assert asked[-1].task is task and asked[-1].text == own
    assert "has no link" in text(page)
    press(page, "Delete my texts and results")
    kept = page.session_state._state.filtered_state
    assert "Northline was kind" not in str(kept)
    assert query(page)["sample"] == "takeover"


def test_a_question_is_asked_of_the_text(page: AppTest, asked: list[Request]) -> None:
    address(page, task="question_answering", sample="two_dates", model="reader")
    assert asked[-1].query == "When did the workshop take place?"
    page.text_input(f"{SLUG}.query").set_value("Where was it?")
    ran(page)
    assert asked[-1].query == "Where was it?"
    page.text_input(f"{SLUG}.query").set_value(" ")
    assert "Type a question" in text(ran(page))
    page.button(f"{SLUG}.sample.handbook").click()
    ran(page)
    assert asked[-1].query == HANDBOOK_QUESTIONS[0]


def test_labels_of_ones_own_are_compared_with_the_text(page: AppTest, asked: list[Request]) -> None:
    address(page, task="zero_shot")
    assert asked[-1].labels[:2] == ("complaint", "praise")
    assert "What if it were written otherwise?" in headers(page)
    page.multiselect(f"{SLUG}.labels").set_value(["complaint"])
    assert "Type two labels or more" in text(ran(page))


def test_the_language_and_the_length_can_be_chosen(page: AppTest, asked: list[Request]) -> None:
    address(page, task="translation")
    page.segmented_control(f"{SLUG}.language").set_value("fr")
    ran(page)
    assert asked[-1].language == "fr"
    choose_task(page, Task.SUMMARY)
    page.slider(f"{SLUG}.sentences").set_value(1)
    ran(page)
    assert asked[-1].sentences == 1


def test_a_model_that_is_not_here_is_offered(page: AppTest) -> None:
    hub = models_for(Task.SENTIMENT)[2]
    page.query_params.update({"task": "sentiment", "sample": "irony", "model": hub.name})
    ran(page)
    assert headers(page)[0] == f"{hub.title} is not on this server yet"
    assert query(page)["model"] == hub.name
    choose_task(page, Task.TOPIC)
    assert query(page)["model"] == "reader"


def test_changes_are_tried_and_words_explained(page: AppTest) -> None:
    address(page, task="sentiment", sample="praise", model="reader")
    assert page.selectbox(f"{SLUG}.about.why.label").value in {"negative", "positive"}
    press(page, "Try all changes")
    assert "Try other typing errors" in labels(page)
    page.text_area(f"{SLUG}.about.edited").set_value("We did not like it at all.")
    assert "As edited" in text(ran(page))


def test_many_messages_are_sorted(page: AppTest, board: Jobs) -> None:
    choose_mode(ran(page), MESSAGES)
    assert query(page) == {"task": MESSAGES}
    press(page, "Try it with our example messages")
    finished(page, board)
    assert "Done." in text(page) and page.dataframe
    link = query(page)
    assert link["task"] == MESSAGES and "job" in link
    choose_mode(page, TEXT)
    assert "job" not in query(page) and query(page)["task"] == "sentiment"
    other = AppTest.from_file(str(PAGE), default_timeout=60)
    assert "Done." in text(address(other, **link)), "the link alone leads to the file"


def test_the_assistant_answers_from_the_handbook(page: AppTest) -> None:
    address(page, task=ASSISTANT)
    press(page, HANDBOOK_QUESTIONS[0])
    assert page.chat_message and query(page) == {"task": ASSISTANT}
    hub = models_for(Task.CHAT)[1]
    page.selectbox(f"{SLUG}.member").set_value(hub.name)
    ran(page)
    assert f"{hub.title} is not on this server yet" in headers(page)


def test_the_snippet_repeats_the_answer(
    page: AppTest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    snippet = next(each.value for each in ran(page).code if "import" in each.value)
    monkeypatch.setattr(inference, "load", load)
    monkeypatch.chdir(ROOT)
    exec(compile(snippet, "snippet", "exec"), {})
    label = headers(page)[0].lower()
    assert f'"label": "{label}"' in capsys.readouterr().out.splitlines()[2]
