"""The page of healthcare imaging in Streamlit's own harness.

A tiny model stands in: it tells eight paints apart, is torn between two where a cell has both, and
finds nothing familiar in pictures that are not mostly pale. What the page does with an answer is
what is tested here.
"""

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

import demos.healthcare_imaging as demo
from demos import catalog
from demos.core import samples as samples_module
from demos.core.devices import Device
from demos.core.errors import InputError
from demos.core.media import decode_image
from demos.core.settings import Settings
from demos.core.spec import Bundled, ModelSpec
from demos.core.store import ModelStore
from demos.healthcare_imaging import SPEC, inference, modalities
from demos.healthcare_imaging.classifier import Model, predict
from demos.healthcare_imaging.engines import Outputs
from demos.healthcare_imaging.gate import Gate
from demos.healthcare_imaging.modalities import BLOOD_CELLS as KIND
from pages.components import input as input_component
from pages.components import model_card, prediction
from tests.pages.harness import query, ran

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "pages" / "healthcare" / "healthcare_imaging.py"
SLUG = SPEC.slug

PALE = (235, 215, 215)
PAINTS = np.array(
    [
        [60, 40, 130],
        [220, 110, 90],
        [120, 30, 60],
        [150, 120, 190],
        [60, 90, 220],
        [130, 110, 120],
        [170, 60, 170],
        [200, 170, 60],
    ],
    dtype=np.float32,
)
SET_THRESHOLD = 0.9
TITLES = {"basophil": "Basophil", "platelet": "Platelet", "torn": "Torn"} | {
    "nearly": "Nearly torn",
    "green": "Green",
}


def cell(first: int, second: int | None = None) -> Image.Image:
    """A round cell in one paint, or half and half."""
    image = Image.new("RGB", (96, 96), PALE)
    draw = ImageDraw.Draw(image)
    draw.ellipse([28, 28, 68, 68], fill=tuple(int(v) for v in PAINTS[first]))
    if second is not None:
        draw.pieslice([28, 28, 68, 68], 0, 180, fill=tuple(int(v) for v in PAINTS[second]))
    return image


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@dataclass
class Calls:
    loads: int = 0
    forwards: int = 0


def tiny_model(calls: Calls, sha256: str) -> Model:
    """Eight maps, one per paint: how much of it is in each of 8 x 8 fields."""

    def forward(images: NDArray[np.float32]) -> Outputs:
        calls.forwards += 1
        mean, std = (np.float32(v)[:, None, None] for v in (KIND.mean, KIND.std))
        pixels = (images * std + mean) * 255
        count, side = len(pixels), pixels.shape[2] // 8
        fields = pixels.reshape(count, 3, 8, side, 8, side).mean(axis=(3, 5))  # (N, 3, 8, 8)
        far = np.square(fields[:, None] - PAINTS[None, :, :, None, None]).sum(axis=2)
        maps = np.exp(-far / 2500).astype(np.float32)  # (N, 8, 8, 8)
        return 60 * maps.mean(axis=(2, 3)), maps, pixels.mean(axis=(2, 3))

    gate = Gate(
        style_center=np.array([[205, 185, 185]], np.float32),
        style_whitening=np.eye(3, dtype=np.float32),
        content_center=np.zeros((1, 8), np.float32),
        content_whitening=np.eye(8, dtype=np.float32),
        scales=np.array([80, 10], np.float32),
    )
    head = np.eye(8, dtype=np.float32)
    return Model(KIND, forward, head, 1.0, SET_THRESHOLD, gate, sha256, "numpy", "cpu", 1000)


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def store(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelStore]:
    """A store of tiny models, in place of the process's own."""

    def load(spec: ModelSpec, device: Device) -> Model:
        calls.loads += 1
        assert isinstance(spec.source, Bundled)
        return tiny_model(calls, spec.source.sha256)

    tiny = ModelStore(load, Device("cpu"), 10**9, 900, wait_seconds=0.05, queue_limit=4)
    monkeypatch.setattr(prediction, "model_store", lambda: tiny)
    yield tiny
    tiny.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's folder with samples of ours, in place of the repository's."""
    package = tmp_path / "demos"
    for module in (samples_module, input_component, model_card):
        monkeypatch.setattr(module, "PACKAGE", package)
    shipped = package / SLUG / "samples"
    shipped.mkdir(parents=True)
    pictures = {
        "basophil": (cell(0), "typical", "basophil"),
        "platelet": (cell(7), "typical", "platelet"),
        "torn": (cell(3, 5), "hard", "ig"),
        "nearly": (Image.blend(cell(3), cell(3, 5), 0.6), "hard", "ig"),
        "green": (Image.new("RGB", (120, 90), (20, 120, 40)), "out of scope", None),
    }
    entries = []
    for key, (image, kind, label) in pictures.items():
        image.save(shipped / f"{key}.png")
        entries.append(
            {
                "key": key,
                "model": "blood_cells",
                "title": TITLES[key],
                "kind": kind,
                "label": label,
                "note": f"Note on {key}.",
                "file": f"{key}.png",
            }
        )
    (shipped / "samples.json").write_text(json.dumps(entries))
    for other in catalog.DEMOS:  # whose cards are on the home page
        if other.slug != SLUG:
            (package / other.slug / "samples").mkdir(parents=True)
            (package / other.slug / "samples" / "samples.json").write_text("[]")
    return package / SLUG


@pytest.fixture
def page(store: ModelStore, folder: Path) -> AppTest:
    return AppTest.from_file(str(PAGE), default_timeout=60)


def text(app: AppTest) -> str:
    groups = (app.title, app.header, app.markdown, app.caption, app.warning, app.info)
    return "\n".join(each.value for group in groups for each in group).replace("\\", "")


def answer(app: AppTest) -> str:
    return str(app.header[0].value)


def choose(app: AppTest, key: str) -> AppTest:
    app.button(f"{SLUG}.sample.{key}").click()
    return ran(app)


def of_kind(app: AppTest, kind: str) -> AppTest:
    control = app.segmented_control(f"{SLUG}.kind")
    control.set_value(next(each for each in samples_module.SampleKind if each.value == kind))
    return ran(app)


def upload(app: AppTest, name: str, data: bytes) -> AppTest:
    app.file_uploader(f"{SLUG}.upload").set_value((name, data, "image/png"))
    return ran(app)


def test_a_prediction_is_there_when_the_page_opens(page: AppTest) -> None:
    ran(page)
    assert page.title[0].value == SPEC.title
    assert SPEC.question in text(page)
    assert SPEC.disclaimer in text(page)
    assert answer(page) == "Basophil"
    assert "probability" in text(page)
    assert "synthetic, drawn by our generator" in text(page)
    assert query(page) == {"sample": "basophil", "model": "blood_cells"}


def test_another_sample_gets_its_own_answer(page: AppTest) -> None:
    choose(ran(page), "platelet")
    assert answer(page) == "Platelet"
    assert query(page)["sample"] == "platelet"


def test_unsure_names_the_candidates(page: AppTest) -> None:
    choose(of_kind(ran(page), "hard"), "torn")
    assert set(answer(page).lower().split(" or ")) == {"immature granulocyte", "monocyte"}
    assert "**:material/help: Unsure**" in text(page)
    assert "No type is likely enough to enter the 95 % set" in text(page)


def test_refused_says_why_and_withholds_the_scores(page: AppTest) -> None:
    choose(of_kind(ran(page), "out of scope"), "green")
    assert answer(page) == "This image does not look like a stained blood-cell micrograph"
    assert "**:material/block: Refused**" in text(page)
    assert "accepted up to 1.00" in text(page)
    withheld = next(each for each in page.expander if "withheld" in each.label)
    assert "mean nothing" in withheld.markdown[0].value
    charts = page.main.get("plotly_chart")
    assert len(charts) == len(withheld.get("plotly_chart")) == 1
    assert not page.select_slider
    assert not page.selectbox


def test_the_chart_is_said_in_words(page: AppTest) -> None:
    (chart,) = ran(page).main.get("plotly_chart")
    assert chart.proto.alt.startswith("Probability per class. Basophil: ")
    assert chart.proto.alt.count("in the 95 % set") == 1
    assert all(title in chart.proto.alt for title in KIND.class_titles)


def test_an_upload_is_classified_and_its_pixels_are_let_go(page: AppTest) -> None:
    upload(ran(page), "my_cell.png", encoded(cell(7)))
    assert answer(page) == "Platelet"
    assert "my_cell.png" in text(page)
    assert "An upload has no permalink" in text(page)
    assert query(page) == {}
    assert page.session_state[f"{SLUG}.chosen"].image is None


def test_a_file_name_is_not_markup(page: AppTest) -> None:
    upload(ran(page), "**bold** [x](y).png", encoded(cell(7)))
    shown = next(each.value for each in page.caption if ":material/upload:" in each.value)
    assert r"\*\*bold\*\* \[x\]\(y\)" in shown


def test_a_file_name_is_not_markup_in_a_problem_either(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(data: bytes, name: str, settings: Settings) -> None:
        raise InputError(f"{name} is not read here.", "Choose another file.")

    ran(page)
    monkeypatch.setattr(input_component, "decode_image", refuse)
    upload(page, "**bold**.png", encoded(cell(7)))
    assert r"\*\*bold\*\*" in page.warning[0].value


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("empty.png", b"", "empty"),
        ("cut.png", encoded(cell(1))[:120], "damaged"),
        ("notes.png", b"just some text, not an image at all", "not read here"),
        ("bomb.png", encoded(Image.new("1", (13000, 13000))), "megapixels"),
        ("dot.png", encoded(Image.new("RGB", (4, 4))), "4 x 4"),
    ],
)
def test_a_bad_file_gets_a_sentence_and_the_last_result_stays(
    page: AppTest, name: str, data: bytes, sentence: str
) -> None:
    choose(ran(page), "platelet")
    upload(page, name, data)
    (warning,) = page.warning
    assert sentence in warning.value
    assert answer(page) == "Platelet"
    upload(page, "good.png", encoded(cell(0)))
    assert not page.warning
    assert answer(page) == "Basophil"


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (encoded(cell(0).convert("CMYK"), "JPEG"), "CMYK"),
        (encoded(Image.new("RGBA", (96, 96), (*PALE, 100))), "white"),
        (
            encoded(cell(0), "WEBP", save_all=True, append_images=[cell(1)], lossless=True),
            "2 frames",
        ),
        (encoded(Image.fromarray(np.full((96, 96), 50000, np.uint16))), "16-bit"),
    ],
)
def test_what_was_done_to_an_unusual_file_is_said(page: AppTest, data: bytes, note: str) -> None:
    upload(ran(page), "unusual", data)
    assert not page.warning
    assert any(note in each.value for each in page.caption)


def test_a_permalink_brings_the_result_back(page: AppTest) -> None:
    page.query_params.update({"sample": "torn", "model": "blood_cells"})
    ran(page)
    assert "**:material/help: Unsure**" in text(page)
    assert query(page) == {"sample": "torn", "model": "blood_cells"}
    choose(of_kind(page, "typical"), "platelet")
    assert answer(page) == "Platelet"


@pytest.mark.parametrize(
    ("link", "missing"),
    [
        ({"sample": "gone"}, "names a sample that is not here"),
        ({"sample": "platelet", "model": "gone"}, "names a model that is not here"),
    ],
)
def test_a_permalink_to_nothing_is_said_gently(
    page: AppTest, link: dict[str, str], missing: str
) -> None:
    page.query_params.update(link)
    ran(page)
    assert missing in page.info[0].value
    assert answer(page) == ("Platelet" if link["sample"] == "platelet" else "Basophil")
    assert query(page)["model"] == "blood_cells"
    assert not ran(page).info


def test_controls_act_on_the_finished_result(page: AppTest, calls: Calls) -> None:
    upload(ran(page), "nearly.png", encoded(Image.blend(cell(3), cell(3, 5), 0.6)))
    assert (calls.loads, calls.forwards) == (1, 2)
    assert "**:material/check_circle: Answer**" in text(page)
    page.select_slider("blood_cells.floor").set_value(0.999)
    ran(page)
    assert "**:material/help: Unsure**" in text(page)
    assert "below the 99.9 % asked for" in text(page)
    label = page.selectbox[0]
    assert len(label.options) == len(KIND.classes)
    label.select("eosinophil")
    page.slider("blood_cells.opacity").set_value(100)
    ran(page)
    assert "influenced the score of Eosinophil" in text(page)
    assert (calls.loads, calls.forwards) == (1, 2)


def test_a_result_seen_before_needs_no_model(page: AppTest, calls: Calls) -> None:
    choose(choose(ran(page), "platelet"), "basophil")
    assert calls.forwards == 2


def test_a_session_remembers_only_the_last_results(page: AppTest, calls: Calls) -> None:
    ran(page)
    for shade in range(prediction.KEPT):
        upload(page, "cell.png", encoded(Image.new("RGB", (96, 96), (230, 210, 200 + shade))))
    assert calls.forwards == prediction.KEPT + 1
    assert len(page.session_state[f"{SLUG}.findings"]) == prediction.KEPT
    choose(page, "basophil")
    assert calls.forwards == prediction.KEPT + 2


def test_an_upload_and_its_controls_survive_a_page_switch(
    page: AppTest, calls: Calls, store: ModelStore
) -> None:
    app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=60)
    ran(app.switch_page(str(PAGE)))
    upload(app, "my_cell.png", encoded(cell(7)))
    app.select_slider("blood_cells.floor").set_value(0.95)
    ran(app)
    ran(app.switch_page(str(ROOT / "pages" / "home.py")))
    assert "my_cell.png" not in text(app)
    ran(app.switch_page(str(PAGE)))
    assert "my_cell.png" in text(app)
    assert answer(app) == "Platelet"
    assert app.select_slider("blood_cells.floor").value == 0.95
    assert calls.forwards == 2  # the first sample and the upload


def test_busy_is_said_with_a_way_to_try_again(page: AppTest, store: ModelStore) -> None:
    with store.borrow(SPEC.models[0], exclusive=True):
        ran(page)
        assert "try again" in page.warning[0].value
        assert not page.header
    next(each for each in page.button if each.label == "Try again").click()
    ran(page)
    assert answer(page) == "Basophil"


def test_mistakes_are_told_from_what_was_measured(page: AppTest, folder: Path) -> None:
    assert "mistake" not in text(ran(page))
    confusion = np.diag([90] * 8)
    confusion[3, 0], confusion[0, 5] = 6, 4
    metrics = {
        "n": 730,
        "split": "validation",
        "labels": list(KIND.classes),
        "confusion": confusion.tolist(),
        "reliability": [
            {"from": 0.0, "to": 0.5, "n": 10, "right": 1},
            {"from": 0.5, "to": 1.0, "n": 700, "right": 686},
        ],
    }
    (folder / "metrics.json").write_text(json.dumps({"blood_cells": metrics}))
    (folder / "cards").mkdir()
    (folder / "cards" / "blood_cells.md").write_text("## Intended use\n\nFor learning.\n")
    shown = text(ran(page))
    assert "first choice was **basophil** for 96 validation images, rightly for 90" in shown
    assert "immature granulocyte (6)" in shown
    assert "94 validation images that are a **basophil** and ranked it first for 90" in shown
    assert "monocyte (4)" in shown
    assert "right for 98.0 % of 700 validation images" in shown
    assert "For learning." in shown


def test_figures_fitted_on_the_measured_images_are_marked(page: AppTest, folder: Path) -> None:
    metrics = {
        "n": 1711,
        "split": "validation",
        "coverage_95": 0.9509,
        "cross_fitted_coverage": 0.9474,
        "macro_auc": 0.99978,
        "ece": 0.00631,
        "cross_fitted_ece": 0.00712,
    }
    (folder / "metrics.json").write_text(json.dumps({"blood_cells": metrics}))
    shown = text(ran(page))
    assert "| Macro ROC AUC | > 0.999 |" in shown
    assert "each half fitted on the other | 94.7 % |" in shown
    assert "each half fitted on the other | 0.00712 |" in shown
    assert "gate limits were set on these same images" in shown
    (folder / "metrics.json").write_text(
        json.dumps({"blood_cells": {"n": 3421, "split": "test", "coverage_95": 0.9509}})
    )
    shown = text(ran(page))
    assert "3,421 test examples. In brackets" in shown
    assert "these same images" not in shown
    assert "fitted on the other" not in shown


@pytest.mark.parametrize(("floor", "outcome"), [(SET_THRESHOLD, "answer"), (0.999, "unsure")])
def test_the_snippet_repeats_the_result(
    floor: float,
    outcome: str,
    page: AppTest,
    calls: Calls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    page.query_params.update({"sample": "nearly", "model": "blood_cells"})
    ran(page).select_slider("blood_cells.floor").set_value(floor)
    snippet = next(each.value for each in ran(page).code if "import" in each.value)
    assert f": {outcome.capitalize()}**" in text(page)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(inference, "load", lambda spec, device: tiny_model(calls, "0" * 64))
    exec(compile(snippet, "snippet", "exec"), {})
    assert capsys.readouterr().out.startswith(f"{outcome} ig")
    sample = tmp_path / "demos" / SLUG / "samples" / "nearly.png"
    assert hashlib.sha256(sample.read_bytes()).hexdigest() in snippet


@pytest.fixture
def two_models(monkeypatch: pytest.MonkeyPatch) -> ModelSpec:
    """A second model of the demo, with its own sample."""
    second = replace(
        SPEC.models[0],
        name="other",
        title="Other cells",
        source=Bundled("none", "1" * 64),
        group="other",
    )
    monkeypatch.setattr(demo, "SPEC", replace(SPEC, models=(*SPEC.models, second)))
    kinds = (*modalities.MODALITIES, replace(KIND, key="other", title="Other cells"))
    monkeypatch.setattr(modalities, "MODALITIES", kinds)
    return second


def test_a_second_model_brings_a_picker(
    page: AppTest, folder: Path, calls: Calls, two_models: ModelSpec
) -> None:
    listing = folder / "samples" / "samples.json"
    entries = json.loads(listing.read_text())
    listing.write_text(json.dumps([*entries, entries[1] | {"model": "other", "key": "other"}]))
    ran(page)
    upload(page, "my_cell.png", encoded(cell(1)))
    page.segmented_control(f"{SLUG}.group").set_value("other")
    ran(page)
    assert "my_cell.png" in text(page)
    assert answer(page) == "Eosinophil"
    assert (calls.loads, calls.forwards) == (2, 3)
    choose(page, "other")
    assert query(page) == {"sample": "other", "model": "other"}


def test_an_upload_that_is_gone_is_asked_for_again(
    page: AppTest, folder: Path, two_models: ModelSpec
) -> None:
    listing = folder / "samples" / "samples.json"
    entries = json.loads(listing.read_text())
    listing.write_text(json.dumps([*entries, entries[1] | {"model": "other", "key": "other"}]))
    upload(ran(page), "**my** cell.png", encoded(cell(0)))
    page.file_uploader(f"{SLUG}.upload").set_value(None)
    ran(page)
    assert answer(page) == "Basophil"
    page.segmented_control(f"{SLUG}.group").set_value("other")
    ran(page)
    assert r"\*\*my\*\* cell\.png is no longer here" in page.warning[0].value
    choose(page, "other")
    assert answer(page) == "Platelet"


def test_the_bundled_model_answers_on_its_own_samples() -> None:
    app = ran(AppTest.from_file(str(PAGE), default_timeout=60))
    chosen = app.session_state[f"{SLUG}.chosen"]
    assert answer(app) == KIND.title_of(chosen.sample.label)
    sample = chosen.sample
    model = inference.load(SPEC.models[0], Device("cpu"))
    result = predict(model, decode_image(sample.read(), sample.path.name, Settings()))
    finding = next(iter(app.session_state[f"{SLUG}.findings"].values()))
    assert finding.result.scores == result.scores
