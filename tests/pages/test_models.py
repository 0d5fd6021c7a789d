"""The pickers: what a model reads, and which of several models that read it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from demos import catalog
from demos.core.spec import Bundled, DemoSpec, Hub, ModelSpec
from pages.components import models

SCRIPT = """
import streamlit as st
from demos import catalog
from pages.components.models import choose_model
spec = choose_model(catalog.DEMOS[0], str.title, "Kind of image")
st.write(f"chosen: {spec.name}")
"""


def bundled(name: str, group: str) -> ModelSpec:
    return ModelSpec("d", name, name.title(), Bundled("x", "0"), 1, "MIT", "A model.", group)


def remote(name: str, group: str) -> ModelSpec:
    source = Hub("owner/" + name, "0" * 40, ("model.safetensors",), 28_300_000)
    return ModelSpec("d", name, name.title(), source, 1, "Apache 2.0", "A model.", group)


MODELS = (
    bundled("cells", "cells"),
    bundled("chest", "chest"),
    remote("findings", "chest"),
    remote("vit", "chest"),
)


def app(monkeypatch: pytest.MonkeyPatch, *specs: ModelSpec) -> AppTest:
    demo = DemoSpec("d", "D", "Health", "x", "What?", "It.", specs)
    monkeypatch.setattr(catalog, "DEMOS", (demo,))
    return AppTest.from_string(SCRIPT)


def chosen(at: AppTest) -> str:
    assert not at.exception
    return at.markdown[-1].value


def test_one_model_leaves_nothing_to_pick(monkeypatch: pytest.MonkeyPatch) -> None:
    at = app(monkeypatch, MODELS[0]).run()
    assert chosen(at) == "chosen: cells"
    assert not at.radio and not at.segmented_control


def test_a_group_of_one_has_no_second_picker(monkeypatch: pytest.MonkeyPatch) -> None:
    at = app(monkeypatch, *MODELS).run()
    assert chosen(at) == "chosen: cells"
    assert at.segmented_control[0].options == ["Cells", "Chest"]
    assert not at.radio


def test_each_group_starts_with_its_first_and_remembers_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = app(monkeypatch, *MODELS).run()
    at.segmented_control[0].set_value("chest").run()
    assert chosen(at) == "chosen: chest"
    at.radio[0].set_value("vit").run()
    assert chosen(at) == "chosen: vit"
    at.segmented_control[0].set_value("cells").run()
    assert chosen(at) == "chosen: cells"
    at.segmented_control[0].set_value("chest").run()
    assert chosen(at) == "chosen: vit"
    assert at.radio[0].value == "vit"


def test_a_link_chooses_model_and_group(monkeypatch: pytest.MonkeyPatch) -> None:
    at = app(monkeypatch, *MODELS)
    at.session_state["d.model"] = "findings"  # as a permalink does
    at.run()
    assert chosen(at) == "chosen: findings"
    assert at.segmented_control[0].value == "chest"
    assert at.radio[0].value == "findings"


def test_more_than_a_few_are_a_list_that_says_what_each_costs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    specs = [bundled("own", "speech"), *(remote(f"far{n}", "speech") for n in range(4))]
    monkeypatch.setattr(models, "cached", lambda source: None)
    at = app(monkeypatch, *specs).run()
    assert chosen(at) == "chosen: own"
    assert not at.radio and len(specs) > models.MOST_SIDE_BY_SIDE
    assert at.selectbox[0].options[:2] == [
        "Own · Bundled · works offline",
        "Far0 · From the Hub · 28.3 MB to download",
    ]
    at.selectbox[0].set_value("far2").run()
    assert chosen(at) == "chosen: far2"
    assert at.selectbox[0].value == "far2"
    at = app(monkeypatch, *specs[:4]).run()
    assert at.radio and not at.selectbox


def test_the_picker_says_what_each_model_costs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(models, "cached", {MODELS[3].source: tmp_path}.get)
    assert [models.origin(each) for each in MODELS[1:]] == [
        "Bundled · works offline",
        "From the Hub · 28.3 MB to download",
        "From the Hub · on this server",
    ]
    assert [models.at_hand(each) for each in MODELS[1:]] == [True, False, True]
