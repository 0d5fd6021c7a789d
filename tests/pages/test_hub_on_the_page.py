"""The page of healthcare imaging with a model from the Hub: before, while and after it is here.

A tiny network with random weights comes from a server shaped like the Hub; the bundled model beside
it is the tiny one of `test_healthcare_imaging`.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import demos.healthcare_imaging as demo
from demos import catalog
from demos.core.batch import Batch
from demos.core.devices import Device
from demos.core.download import download
from demos.core.errors import Busy
from demos.core.jobs import Jobs
from demos.core.media import DecodedImage
from demos.core.spec import Bundled, Hub, ModelSpec
from demos.core.store import ModelStore
from demos.healthcare_imaging import SPEC, hub_catalog, hub_models
from demos.healthcare_imaging.hub_catalog import CHEST_FINDINGS, CHEST_PNEUMONIA
from demos.healthcare_imaging.modalities import CHEST_XRAY
from pages.components import batch, compare, input, prediction, what_if
from tests.hub_server import HubServer, serving
from tests.pages import test_healthcare_imaging as harness
from tests.pages.test_healthcare_imaging import PAGE, SLUG, answer, cell, encoded, query, ran, text
from tests.tiny_networks import densenet_files, shrink_timm

folder = harness.folder
FINDINGS, AWAY = CHEST_FINDINGS.spec.name, CHEST_PNEUMONIA.spec.name
PATIENCE = 30.0
FILES = [(f"{k}.png", encoded(cell(k)), "image/png") for k in range(2)]


@dataclass
class Hospital:
    """A model on the Hub that can be fetched, and the jobs of the server."""

    spec: ModelSpec
    hub: HubServer
    board: Jobs

    def fetch(self) -> None:
        assert isinstance(self.spec.source, Hub)
        download(self.spec.source, lambda *_: None, self.hub.endpoint)


def load(spec: ModelSpec, device: Device) -> Any:
    if not isinstance(spec.source, Bundled):
        return hub_models.load(spec, device)
    model = harness.tiny_model(harness.Calls(), spec.source.sha256)

    def two_classes(images: Any) -> Any:
        logits, maps, style = model.forward(images)
        return logits[:, :2], maps, style

    return replace(model, kind=CHEST_XRAY, forward=two_classes, head=model.head[:2])


@pytest.fixture
def hospital(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hospital]:
    shrink_timm(monkeypatch)
    listing = folder / "samples" / "samples.json"
    entries = json.loads(listing.read_text())
    chest = [each | {"model": CHEST_XRAY.key, "label": None} for each in entries]
    listing.write_text(json.dumps(chest))
    store, board = ModelStore(load, Device("cpu"), 10**9, 900, 5, 4), Jobs()
    for module in (prediction, what_if, compare, batch):
        monkeypatch.setattr(module, "model_store", lambda: store)
    for module in (batch, input):
        monkeypatch.setattr(module, "job_board", lambda: board)
    with serving(densenet_files(), tmp_path / "cache", monkeypatch) as hub:
        spec = replace(CHEST_FINDINGS.spec, source=hub.source)
        assert CHEST_FINDINGS.preparation is not None
        small = replace(CHEST_FINDINGS.preparation, crop=64, resize=72)
        known = replace(CHEST_FINDINGS, spec=spec, preparation=small)
        monkeypatch.setattr(hub_catalog, "HUB_IMAGING", (known, CHEST_PNEUMONIA))
        models = (SPEC.model(CHEST_XRAY.key), spec, CHEST_PNEUMONIA.spec)
        monkeypatch.setattr(demo, "SPEC", replace(SPEC, models=models))
        monkeypatch.setattr(catalog, "DEMOS", (demo.SPEC,))
        yield Hospital(spec, hub, board)
    board.close()
    store.close()


@pytest.fixture
def open_page(hospital: Hospital) -> Callable[..., AppTest]:
    def opened(**link: str) -> AppTest:
        app = AppTest.from_file(str(PAGE), default_timeout=60)
        app.query_params.update(link)
        return ran(app)

    return opened


def pick(app: AppTest, model: str) -> AppTest:
    app.radio(f"{SLUG}.member").set_value(model)
    return ran(app)


def hand_in(app: AppTest, hospital: Hospital) -> AppTest:
    app.file_uploader(f"{SLUG}.upload").set_value(FILES)
    ran(app)
    job = hospital.board.find(query(app)["job"])
    assert job is not None and job.wait(PATIENCE)
    return ran(app)


def test_a_link_to_a_model_that_is_away_offers_it_and_then_shows_its_result(
    open_page: Callable[..., AppTest], hospital: Hospital
) -> None:
    link = {"sample": "torn", "model": FINDINGS}
    app = open_page(**link)
    assert "is not on this server yet" in answer(app)
    assert query(app) == link
    hospital.fetch()
    ran(app)
    assert answer(app).startswith("Raised most: ")
    assert query(app) == link
    shown = text(app)
    assert "not calibrated" in shown and "probability" not in shown.lower()
    assert "Which of 14 findings" in shown and "Is there pneumonia" not in shown
    assert "The bundled model refuses this image" in shown
    app.selectbox(f"{FINDINGS}.second").set_value(CHEST_XRAY.key)
    assert "One of the two refuses this image" in text(ran(app))


def test_an_image_handed_in_before_the_download_is_answered_after_it(
    open_page: Callable[..., AppTest], hospital: Hospital
) -> None:
    app = open_page(model=FINDINGS)
    app.file_uploader(f"{SLUG}.upload").set_value(FILES[0])
    ran(app)
    assert query(app) == {}
    hospital.fetch()
    ran(app)
    assert answer(app).startswith("Raised most: ")
    assert "0.png" in text(app)


def test_many_files_get_model_scores_and_no_percentages(
    open_page: Callable[..., AppTest], hospital: Hospital
) -> None:
    hospital.fetch()
    app = hand_in(open_page(model=FINDINGS), hospital)
    table = app.dataframe[0].value
    assert "Model score" in table and "Probability" not in table
    assert not table["Candidates or reason"].str.contains("%").any()


def test_a_table_keeps_its_link_while_a_model_that_is_away_is_looked_at(
    open_page: Callable[..., AppTest], hospital: Hospital
) -> None:
    app = hand_in(open_page(model=CHEST_XRAY.key), hospital)
    link = query(app)
    pick(app, AWAY)
    assert "is not on this server yet" in answer(app) and not app.dataframe
    assert query(app) == link
    assert len(pick(app, CHEST_XRAY.key).dataframe[0].value) == len(FILES)
    again = open_page(**link)
    assert len(again.dataframe[0].value) == len(FILES)


def test_who_follows_a_link_to_a_running_batch_does_not_end_it_with_their_own(
    open_page: Callable[..., AppTest], hospital: Hospital
) -> None:
    theirs = hospital.board.start(
        lambda job: job.pause(PATIENCE), Batch(SPEC.model(CHEST_XRAY.key))
    )
    app = open_page(job=theirs.id, model=CHEST_XRAY.key)
    hand_in(app, hospital)
    assert query(app)["job"] != theirs.id
    assert not theirs.canceling


def test_where_two_parts_of_the_page_wait_for_a_model_each_offers_to_try_again(
    open_page: Callable[..., AppTest], hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = prediction.run

    def busy(spec: ModelSpec, image: DecodedImage) -> prediction.Finding:
        if spec.name == CHEST_XRAY.key:
            raise Busy(1)
        return run(spec, image)

    monkeypatch.setattr(prediction, "run", busy)
    hospital.fetch()
    app = open_page(sample="torn", model=FINDINGS)
    app.selectbox(f"{FINDINGS}.second").set_value(CHEST_XRAY.key)
    ran(app)
    assert [each.label for each in app.button].count("Try again") == 2
