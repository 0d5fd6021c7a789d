"""The what-if view in Streamlit's own harness, with a model that judges by brightness alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from demos import catalog
from demos.core.devices import CPU
from demos.core.media import DecodedImage
from demos.core.results import LabelScore, Outcome
from demos.core.spec import Hub, ModelSpec
from demos.core.store import ModelStore
from pages.components import what_if
from pages.components.input import chosen_from
from pages.components.prediction import Finding
from tests.pages.harness import ran

SPEC = catalog.DEMOS[0].models[0]
HUB = replace(SPEC, name="far", source=Hub("somebody/model", "1" * 40, ("model.safetensors",), 1))
KIND = SimpleNamespace(title_of=str.capitalize, subject="a pale square")
PALE = 150


def image(level: int = PALE, sha256: str = "0" * 64) -> DecodedImage:
    pixels = np.full((96, 96, 3), level, np.uint8)
    return DecodedImage(pixels, sha256, "x.png", "PNG", "RGB", (96, 96), ())


@dataclass
class Judge:
    """Pale up to 100 in the middle of unsure, dark below; refused above 200. Counts its batches."""

    batches: list[int] = field(default_factory=list)
    singles: int = 0

    def judged(self, given: DecodedImage) -> SimpleNamespace:
        mean = float(given.pixels.mean())
        pale = min(max((mean - 80) / 40, 0.0), 1.0)
        scores = sorted(
            (LabelScore("pale", pale), LabelScore("dark", 1 - pale)), key=lambda each: -each.score
        )
        outcome = Outcome.ANSWER if scores[0].score >= 0.75 else Outcome.UNSURE
        outcome = Outcome.REFUSED if mean > 200 else outcome
        return SimpleNamespace(outcome=outcome, scores=tuple(scores), seen=given.pixels)

    def predict_batch(self, model: Any, images: Sequence[DecodedImage]) -> list[SimpleNamespace]:
        self.batches.append(len(images))
        return [self.judged(each) for each in images]

    def predict(self, model: Any, given: DecodedImage) -> SimpleNamespace:
        self.singles += 1
        return self.judged(given)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    store = ModelStore(lambda spec, device: object(), CPU, 10**9, 60, 0.05, 4)
    monkeypatch.setattr(what_if, "model_store", lambda: store)
    return store


@pytest.fixture
def judge(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> Judge:
    judge = Judge()
    monkeypatch.setattr(catalog, "inference", lambda slug: judge)
    return judge


def page(
    given: DecodedImage, spec: ModelSpec = SPEC, floor: float = 0.0, keep: bool = True
) -> AppTest:
    def script(**given: object) -> None:
        from pages.components.what_if import show_what_if

        show_what_if(**given)

    chosen = chosen_from(given)
    app = AppTest.from_function(
        script,
        default_timeout=60,
        kwargs={
            "spec": spec,
            "chosen": chosen if keep else replace(chosen, image=None),
            "finding": Finding(Judge().judged(given), {}),
            "kind": KIND,
            "floor": floor,
        },
    )
    return ran(app)


def text(app: AppTest) -> str:
    groups = (app.markdown, app.caption, app.info, app.warning)
    return "\n".join(each.value for group in groups for each in group).replace("\u00a0", " ")


def slider(app: AppTest, name: str, spec: ModelSpec = SPEC) -> Any:
    return app.slider(f"{SPEC.demo}.{spec.name}.{'0' * 64}.what_if.{name}")


def move(app: AppTest, name: str, value: float) -> AppTest:
    slider(app, name).set_value(value)
    return ran(app)


def test_untouched_it_is_the_page_s_own_result_and_runs_nothing(judge: Judge) -> None:
    app = page(image())
    assert judge.batches == []
    assert "**Pale** 100 % probability" in text(app)
    assert "untouched image, as the model saw it" in text(app)
    assert "Move a slider" in text(app)
    assert not app.get("plotly_chart")


def test_a_slider_moved_shows_the_answer_and_where_it_flips(judge: Judge) -> None:
    app = move(page(image()), "brightness", -40.0)
    assert judge.batches[:2] == [1, 16]  # the altered image; the sweep, but for the untouched one
    shown = text(app)
    assert "**Dark** 75.0 % probability" in shown
    assert "Untouched: Pale 100 %" in shown
    # 150 levels less 28, 34 and 40 per cent; 200 levels are passed 34 per cent above.
    assert "The first choice flips to Dark at brightness −34 %." in shown
    assert "unsure (Pale first) from −28 % down" in shown
    assert "Dark from −40 % down" in shown
    assert "refused from 34 % up" in shown
    assert len(app.get("plotly_chart")) == 1
    assert "| −34 % | unsure (Dark first) | 47.5 % | 52.5 % |" in shown
    assert "| 60 % | refused | refused | refused |" in shown


def test_going_back_and_forth_asks_once_per_position(judge: Judge) -> None:
    app = move(page(image()), "brightness", -40.0)
    before = len(judge.batches)
    move(app, "brightness", -41.0)
    assert judge.batches[before:] == [1]
    move(app, "brightness", -40.0)
    assert judge.batches[before + 1 :] == [1]  # only for what the model saw, of which one is kept
    ran(app)
    assert len(judge.batches) == before + 2


def test_another_slider_is_swept_with_the_first_as_it_is(judge: Judge) -> None:
    app = move(move(page(image()), "brightness", -40.0), "rotation", 90.0)
    assert "The answer does not flip along rotation, from −180° to 180°" in text(app)
    assert "**Dark** 75.0 % probability" in text(app)


def test_reset_goes_back_to_the_untouched_image(judge: Judge) -> None:
    app = move(page(image()), "brightness", -40.0)
    asked = len(judge.batches)
    next(each for each in app.button if each.label == "Reset").click()
    ran(app)
    assert slider(app, "brightness").value == 0
    assert "**Pale** 100 % probability" in text(app)
    assert not app.get("plotly_chart")
    assert len(judge.batches) == asked


def test_a_control_can_be_looked_along_without_moving_it(judge: Judge) -> None:
    app = page(image())
    app.segmented_control[0].set_value("noise")
    assert "Where it is not" not in text(ran(app))
    assert "The answer does not flip along noise, from 0 % to 30 %." in text(app)
    assert "**Pale** 100 % probability" in text(app)


def test_what_is_refused_gets_no_answer(judge: Judge) -> None:
    app = move(page(image()), "brightness", 50.0)
    assert ":material/block: Refused" in text(app)
    assert "no longer looks like a pale square" in text(app)
    assert "probability" not in text(app).split("Untouched")[0]


def test_a_raised_floor_holds_here_too(judge: Judge) -> None:
    assert ":material/check_circle: Answer" in text(page(image(113)))
    app = page(image(113), floor=0.9)
    assert ":material/help: Unsure" in text(app)


def test_a_model_from_the_hub_is_asked_one_by_one_and_gives_scores(judge: Judge) -> None:
    app = page(image(), spec=HUB)
    slider(app, "brightness", HUB).set_value(-40.0)
    shown = text(ran(app))
    assert judge.batches == []
    assert judge.singles > 8
    assert "**Dark** 0.75 model score" in shown
    assert "probability" not in shown
    assert "nsure" not in shown
    assert "flips to Dark at brightness −34 %." in shown


def test_an_upload_that_is_gone_is_asked_for(judge: Judge) -> None:
    app = page(image(), keep=False)
    assert r"x\.png is no longer here" in app.info[0].value
    assert not app.slider


def test_a_busy_store_is_said(judge: Judge, store: ModelStore) -> None:
    app = page(image())
    with store.borrow(SPEC, exclusive=True):
        move(app, "blur", 2.0)
        assert "try again" in app.warning[0].value
    next(each for each in app.button if each.label == "Try again").click()
    assert "**Pale** 100 % probability" in text(ran(app))


def test_a_session_remembers_so_much_and_no_more(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what_if, "KEPT", 20)
    app = page(image())
    for value in (-10.0, -20.0, -30.0):
        move(app, "brightness", value)
        move(app, "rotation", value)
    assert len(app.session_state[f"{SPEC.demo}.what_if.readings"]) == 20
    assert "Untouched: Pale 100 %" in text(app)
