"""Two models side by side on the same input."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from demos import catalog
from demos.core.brief import Brief, agreement
from demos.core.devices import CPU
from demos.core.media import DecodedImage
from demos.core.results import Outcome, Provenance
from demos.core.spec import Bundled, DemoSpec, Hub, ModelSpec
from demos.core.store import ModelStore
from pages.components import compare, models, prediction
from pages.components.input import chosen_from

PIXELS = np.zeros((32, 32, 3), np.uint8)
IMAGE = DecodedImage(PIXELS, "f" * 64, "x.png", "PNG", "RGB", (32, 32), ())
TITLES = {"ok": "All well", "ill": "Ill"}

SCRIPT = """
import streamlit as st
from demos import catalog
from pages.components import prediction
from pages.components.compare import show_compare
demo = catalog.DEMOS[0]
spec = demo.models[0]
chosen = st.session_state["chosen"]
finding = prediction.find(spec, chosen)
show_compare(demo, spec, chosen, finding, st.session_state["brief_of"])
"""


def model(name: str, source: Bundled | Hub, group: str = "chest") -> ModelSpec:
    return ModelSpec("d", name, f"Model {name}", source, 2**29, "MIT", "It.", group)


def brief_of(spec: ModelSpec, result: SimpleNamespace, metrics: Mapping[str, Any]) -> Brief:
    return Brief(
        outcome=Outcome.ANSWER,
        headline=TITLES[result.label],
        figure="",
        meaning=(),
        says=(result.label,),
        vocabulary=TITLES,
        scores=(("All well", "0.7"), ("Ill", "0.3")),
        kind="model scores, not calibrated",
        quality="accuracy 91 % on 600 test images",
    )


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ModelSpec, ...]:
    """A bundled model, one from the Hub that is here, one that is not, and one of another group."""
    (tmp_path / "own.safetensors").write_bytes(b"x" * 2_000_000)
    monkeypatch.setattr(Bundled, "path", property(lambda self: tmp_path / self.file))
    here = Hub("owner/here", "1" * 40, ("model.safetensors",), 28_300_000)
    (tmp_path / "model.safetensors").write_bytes(b"x" * 28_300_000)
    away = Hub("owner/away", "2" * 40, ("model.safetensors",), 343_000_000)
    for module in (models, compare):
        monkeypatch.setattr(module, "cached", {here: tmp_path}.get)
    return (
        model("own", Bundled("own.safetensors", "0" * 64)),
        model("here", here),
        model("away", away),
        model("cells", Bundled("own.safetensors", "3" * 64), "cells"),
    )


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """What each model says, and through the keys which of them have run."""
    says = {"own": "ok", "here": "ok"}

    def predict(spec: ModelSpec, image: DecodedImage) -> SimpleNamespace:
        record = Provenance(image.sha256, spec.name, "w", "p", "PyTorch", "cpu", "f", 0.25, ())
        label = says[spec.name]
        score = SimpleNamespace(label=label)
        return SimpleNamespace(label=label, scores=[score], provenance=record)

    inference = SimpleNamespace(predict=predict, explain=lambda model, result, label: None)
    monkeypatch.setattr(catalog, "inference", lambda slug: inference)
    store = ModelStore(lambda spec, device: spec, CPU, 2**31, 60, 5, 4)
    for module in (prediction, compare):
        monkeypatch.setattr(module, "model_store", lambda: store)
    yield says
    store.close()


def opened(specs: tuple[ModelSpec, ...], monkeypatch: pytest.MonkeyPatch) -> AppTest:
    demo = DemoSpec("d", "D", "Health", "x", "What?", "It.", specs)
    monkeypatch.setattr(catalog, "DEMOS", (demo,))
    at = AppTest.from_string(SCRIPT, default_timeout=20)
    at.session_state["chosen"] = chosen_from(IMAGE)
    at.session_state["brief_of"] = brief_of
    return at.run()


def texts(at: AppTest) -> str:
    assert not at.exception
    return "\n".join(
        str(each.value) for each in [*at.header, *at.subheader, *at.markdown, *at.caption]
    )


def test_a_model_alone_in_its_group_is_not_compared(
    specs: tuple[ModelSpec, ...], answers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened((specs[0], specs[3]), monkeypatch)
    assert texts(at) == "" and not at.selectbox


def test_nothing_runs_before_a_second_model_is_chosen(
    specs: tuple[ModelSpec, ...], answers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del answers["here"]
    at = opened(specs, monkeypatch)
    assert at.selectbox[0].options == ["Model here"]
    assert at.selectbox[0].value is None
    assert "Model away is not on this server" in texts(at)
    assert "343 MB" in texts(at)


def test_both_answers_with_what_they_cost(
    specs: tuple[ModelSpec, ...], answers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened(specs, monkeypatch)
    at.selectbox[0].select("here").run()
    shown = texts(at)
    assert "Both give the same answer" in shown
    assert [each.value for each in at.subheader] == ["All well", "All well"]
    for figure in ("250 ms", "0.5 GiB", "2 MB", "28.3 MB", "MIT", "91 % on 600 test images"):
        assert figure in shown, figure
    assert "Scores: model scores, not calibrated" in shown


def test_a_difference_is_said(
    specs: tuple[ModelSpec, ...], answers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers["here"] = "ill"
    at = opened(specs, monkeypatch)
    at.selectbox[0].select("here").run()
    assert "They disagree" in texts(at)
    assert [each.value for each in at.subheader] == ["All well", "Ill"]


def test_without_a_second_model_here_there_is_only_the_hint(
    specs: tuple[ModelSpec, ...], answers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened((specs[0], specs[2]), monkeypatch)
    assert not at.selectbox
    assert "choose it at the top to download" in texts(at)


def test_agreement_in_words() -> None:
    one = brief_of(None, SimpleNamespace(label="ok"), {})
    other = replace(one, says=("ill",))
    refused = replace(one, outcome=Outcome.REFUSED, says=())
    torn = replace(one, outcome=Outcome.UNSURE, says=("ok", "ill"))
    assert agreement(one, one) == "Both give the same answer."
    assert agreement(one, other) == "They disagree."
    assert agreement(refused, refused) == "Both refuse this image."
    assert "One of the two refuses" in agreement(one, refused)
    assert agreement(torn, other) == "They agree in part: both name Ill."
    assert agreement(torn, torn) == "Both give the same answer."
    assert agreement(torn, replace(torn, says=())) == "They disagree."
    elsewhere = replace(one, vocabulary={"x": "X"}, says=("x",))
    assert "different labels" in agreement(one, elsewhere)
