"""Tiny Hub models, served as the Hub serves them and fetched by its own client."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from demos.core.devices import CPU
from demos.core.download import download
from demos.core.spec import ModelSpec
from demos.language_tasks import hub_catalog
from demos.language_tasks.hub_catalog import HUB_LANGUAGE, hub_language
from demos.language_tasks.hub_known import KnownLanguage
from demos.language_tasks.hub_models import HubLanguage, load
from demos.language_tasks.hub_readers import GO_EMOTIONS
from tests.hub_server import HubServer, serving
from tests.language_tasks import tiny_language

Files = dict[str, bytes]

NLI = ("entailment", "neutral", "contradiction")
MAKE: dict[str, Callable[[Path], Files]] = {
    "distilbert_sst2": tiny_language.sst2_files,
    "roberta_go_emotions": partial(tiny_language.emotion_files, labels=GO_EMOTIONS),
    "toxic_bert": tiny_language.toxic_files,
    "distilbert_ner": tiny_language.entities_files,
    "distilbert_squad": tiny_language.squad_files,
    "mdeberta_squad2": tiny_language.squad2_files,
    "deberta_zero_shot": partial(
        tiny_language.inference_files, labels=("entailment", "not_entailment")
    ),
    "mdeberta_zero_shot": partial(tiny_language.inference_files, labels=NLI),
    "t5_small": tiny_language.t5_files,
    "bart_large_cnn": tiny_language.bart_files,
    "smollm2_135m": tiny_language.chat_files,
}
"""One model of each kind."""

Made = dict[str, Files]
Fetch = Callable[[str], ModelSpec]
Load = Callable[[str], HubLanguage]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return {name: make(tmp_path_factory.mktemp(name)) for name, make in MAKE.items()}


def pin(known: KnownLanguage, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> ModelSpec:
    """Make a model of the catalog come from a server."""
    spec = replace(known.spec, source=hub.source)
    others = [each for each in HUB_LANGUAGE if each is not known]
    monkeypatch.setattr(hub_catalog, "HUB_LANGUAGE", (replace(known, spec=spec), *others))
    return spec


@pytest.fixture
def fetched(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fetch:
    """Downloads a model of the catalog; the server is gone afterwards."""

    def fetch(name: str) -> ModelSpec:
        with serving(made[name], tmp_path / name, monkeypatch) as hub:
            known = hub_language(name)
            assert set(known.source.files) == set(hub.files)
            spec = pin(known, hub, monkeypatch)
            download(spec.source, lambda *_: None, hub.endpoint)
        return spec

    return fetch


@pytest.fixture
def loaded(fetched: Fetch) -> Load:
    return lambda name: load(fetched(name), CPU)
