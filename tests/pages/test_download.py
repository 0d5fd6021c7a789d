"""Getting a Hub model from a page: what is offered, what is shown meanwhile, what comes after."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from huggingface_hub import constants
from streamlit.testing.v1 import AppTest

from demos import catalog
from demos.core import download as core_download
from demos.core import transfer
from demos.core.devices import CPU
from demos.core.downloads import Downloads
from demos.core.jobs import Job, Jobs, State
from demos.core.media import DecodedImage
from demos.core.spec import DemoSpec, ModelSpec
from demos.core.store import ModelStore
from demos.healthcare_imaging import hub_catalog, hub_models
from demos.healthcare_imaging.hub_catalog import CHEST_PNEUMONIA
from pages.components import download, prediction
from pages.components.input import chosen_from
from tests.hub_server import HubServer, serving
from tests.tiny_networks import transformers_files

SCRIPT = """
import streamlit as st
from demos import catalog
from pages.components import prediction
from pages.components.download import available
spec = catalog.DEMOS[0].models[0]
if available(spec):
    finding = prediction.find(spec, st.session_state["chosen"])
    if finding is not None:
        st.write(f"answer: {finding.result.candidates[0]}")
"""
PIXELS = np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8)
IMAGE = DecodedImage(PIXELS, "f" * 64, "x.png", "PNG", "RGB", (50, 40), ())


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    monkeypatch.setattr(transfer, "RETRY_SECONDS", 0)
    monkeypatch.setattr(transfer, "SPARE_BYTES", 0)
    for module in (transfer, core_download):
        monkeypatch.setattr(module, "TICK_SECONDS", 0.005)
    (tmp_path / "made").mkdir()
    files = transformers_files(tmp_path / "made")
    with serving(files, tmp_path / "cache", monkeypatch) as server:
        yield server


@pytest.fixture
def jobs(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    board = Jobs(2)
    monkeypatch.setattr(download, "_downloads", Downloads(board, hub.endpoint))
    yield board
    board.close()


@pytest.fixture
def spec(hub: HubServer, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> ModelSpec:
    """The catalog's model, served tiny; the demo has no other."""
    spec = replace(CHEST_PNEUMONIA.spec, source=hub.source)
    monkeypatch.setattr(hub_catalog, "HUB_IMAGING", (replace(CHEST_PNEUMONIA, spec=spec),))
    demo = DemoSpec(spec.demo, "Imaging", "Health", "x", "What?", "It.", (spec,))
    monkeypatch.setattr(catalog, "DEMOS", (demo,))
    inference = SimpleNamespace(
        load=hub_models.load,
        predict=lambda model, image: hub_models.predict_batch(model, [image])[0],
        explain=hub_models.explain,
    )
    monkeypatch.setattr(catalog, "inference", lambda slug: inference)
    store = ModelStore(hub_models.load, CPU, 10**9, 60, 5, 4)
    monkeypatch.setattr(prediction, "model_store", lambda: store)
    return spec


@pytest.fixture
def at(spec: ModelSpec) -> AppTest:
    app = AppTest.from_string(SCRIPT, default_timeout=30)
    app.session_state["chosen"] = chosen_from(IMAGE)
    return app.run()


def texts(at: AppTest) -> str:
    assert not at.exception
    shown = [*at.header, *at.markdown, *at.warning, *at.info, *at.caption]
    return "\n".join(str(each.value) for each in shown)


def running(spec: ModelSpec) -> Job:
    job = download.downloads().find(spec.source)
    assert job is not None
    return job


def test_the_panel_says_what_is_to_be_had(at: AppTest, spec: ModelSpec) -> None:
    shown = texts(at)
    assert "ViT-B/16, pneumonia is not on this server yet" in shown
    assert "Apache 2\\.0" in shown
    assert f"huggingface.co/owner/tiny/tree/{spec.source.revision}" in shown
    assert "answer:" not in shown
    (button,) = at.button
    assert button.label == f"Download {spec.source.download_bytes / 1e6:.3g} MB"


def test_download_then_prediction(at: AppTest, spec: ModelSpec, hub: HubServer) -> None:
    at.button(key="begin_download").click().run()
    assert running(spec).wait(20) and running(spec).state is State.DONE
    hub.close()
    at.run()
    assert "not on this server" not in texts(at)
    assert "answer: NORMAL" in texts(at) or "answer: PNEUMONIA" in texts(at)


def test_progress_and_cancel(at: AppTest, spec: ModelSpec, hub: HubServer) -> None:
    hub.hold_after = len(hub.files["model.safetensors"]) // 2
    at.button(key="begin_download").click().run()
    assert hub.holding.wait(20)
    at.run()
    assert [button.label for button in at.button] == ["Cancel"]
    at.button(key="cancel_download").click().run()
    assert running(spec).wait(20) and running(spec).state is State.CANCELED
    assert "canceled" in texts(at) and "kept" in texts(at)
    hub.release.set()
    at.button(key="begin_download").click().run()
    assert running(spec).wait(20)
    assert "answer:" in texts(at.run())


def test_another_session_sees_the_same_download(
    at: AppTest, spec: ModelSpec, hub: HubServer
) -> None:
    hub.hold_after = len(hub.files["model.safetensors"]) // 2
    at.button(key="begin_download").click().run()
    assert hub.holding.wait(20)
    other = AppTest.from_string(SCRIPT, default_timeout=30).run()
    assert [button.label for button in other.button] == ["Cancel"]


def test_no_network_is_said(at: AppTest, spec: ModelSpec, hub: HubServer) -> None:
    hub.close()
    at.button(key="begin_download").click().run()
    assert running(spec).wait(20)
    assert "cannot reach the Hugging Face Hub" in texts(at.run())
    assert at.button(key="begin_download")


def test_offline_by_order_offers_no_button(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    at.run()
    assert "set to stay offline" in texts(at)
    assert not at.button


def test_a_full_board_is_said(at: AppTest, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_waiting_limit", 0)
    at.button(key="begin_download").click().run()
    assert "busy with other jobs" in texts(at)
    assert at.button(key="begin_download")


def test_the_line_of_a_download() -> None:
    job = SimpleNamespace(state=State.RUNNING)

    def line(done: int, total: int | None, note: str, rate: float | None) -> str:
        return download.state_of(job, download.Progress(done, total, 1.0, note), rate)

    assert line(0, None, "asking the Hub", None) == "Asking the Hub …"
    assert line(5_000_000, 20_000_000, "", None) == "5 MB of 20 MB"
    assert (
        line(5_000_000, 20_000_000, "", 2_500_000.0)
        == "5 MB of 20 MB · 2.5 MB per second · about 6 s left"
    )
    job.state = State.WAITING
    assert line(0, None, "", None).startswith("Waiting")


def test_pace() -> None:
    assert download.pace(deque([(0.0, 0)])) is None
    assert download.pace(deque([(0.0, 100), (2.0, 100)])) is None
    assert download.pace(deque([(1.0, 100), (2.0, 250), (3.0, 500)])) == 200
