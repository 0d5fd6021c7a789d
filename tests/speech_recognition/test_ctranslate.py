"""Whisper in CTranslate2: the same tokens and times as in torch, and what happens if it cannot be
had."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from demos.core.devices import CPU, Device
from demos.core.download import download
from demos.core.errors import WeightsMismatch
from demos.core.jobs import Canceled
from demos.core.spec import ModelSpec
from demos.core.speech.transcript import Options, Region
from demos.speech_recognition import conversion, hub_catalog, hub_models, whisper
from demos.speech_recognition.conversion import convert, converted_folder
from demos.speech_recognition.ctranslate import CTranslateWhisper, ctranslate_whisper
from demos.speech_recognition.hub_catalog import WHISPER_TINY
from demos.speech_recognition.hub_models import load, predict
from demos.speech_recognition.hub_networks import network
from demos.speech_recognition.whisper import Whisper, feature_extractor
from demos.speech_recognition.whisper_torch import TorchWhisper, heads_of, torch_whisper
from demos.speech_recognition.whisper_vocabulary import vocabulary
from tests.hub_server import serving
from tests.speech_recognition.tiny_speech import LANGUAGES, sound, whisper_files

pytest.importorskip("ctranslate2")

KNOWN = replace(WHISPER_TINY, languages=LANGUAGES)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for each other cost more than layers this small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLW_THREADS", "1")
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return whisper_files(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def engines(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Whisper, TorchWhisper, CTranslateWhisper]:
    """The same tiny model in both libraries, in float32."""
    folder = tmp_path_factory.mktemp("both")
    whisper_files(folder)
    said, loaded = vocabulary(KNOWN, folder), network(KNOWN, folder, CPU)
    loaded.generation_config.alignment_heads = [list(each) for each in heads_of(loaded)]
    convert(loaded, said.tokenizer, folder, folder / "converted", "float32")
    ours = torch_whisper(loaded, said, CPU)
    theirs = ctranslate_whisper(folder / "converted", said, "float32")
    return Whisper(ours, said, feature_extractor(KNOWN, folder)), ours, theirs


@pytest.mark.parametrize("timestamps", [False, True])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_both_libraries_write_the_same(engines: Any, timestamps: bool, seed: int) -> None:
    recognizer, ours, theirs = engines
    mel = recognizer.mel(sound(6, seed=seed).samples())
    prompt = recognizer.vocabulary.prompt("de", Options(), timestamps)
    told: list[int] = []
    first = ours.write(ours.encode(mel), prompt, 60, lambda ids: None)
    second = theirs.write(theirs.encode(mel), prompt, 60, lambda ids: told.append(len(ids)))
    assert first.ids == second.ids and len(set(first.ids)) > 5
    assert first.mean_log_probability == pytest.approx(second.mean_log_probability, abs=1e-4)
    assert first.no_speech == pytest.approx(second.no_speech, abs=1e-5)
    assert told == sorted(told) and told[-1] == 60
    if not timestamps:
        assert 16 in told  # the beginning comes before the whole


def test_both_libraries_find_the_same_times(engines: Any) -> None:
    recognizer, ours, theirs = engines
    said = recognizer.vocabulary
    mel = recognizer.mel(sound(6).samples())
    prompt = said.prompt("de", Options(), timestamps=False)
    ids = said.tokenizer.encode(" the quick brown fox said hello to the dog").ids
    first = ours.align(ours.encode(mel), prompt, ids, 6.0)
    second = theirs.align(theirs.encode(mel), prompt, ids, 6.0)
    assert first.times == pytest.approx(second.times)
    assert len(set(first.times)) > 3 and max(first.times) <= 6.0
    assert first.log_probabilities == pytest.approx(second.log_probabilities, abs=1e-4)
    assert len(first.times) == len(first.log_probabilities) + 1 == len(ids) + 1


def test_both_libraries_find_the_same_language(engines: Any) -> None:
    recognizer, ours, theirs = engines
    mel = recognizer.mel(sound(3).samples())
    first, second = ours.languages(ours.encode(mel)), theirs.languages(theirs.encode(mel))
    assert first == pytest.approx(second, abs=1e-4) and set(first) == set(LANGUAGES)


def test_stopping_does_not_wait_for_the_library(engines: Any) -> None:
    recognizer, _ours, theirs = engines
    encoded = theirs.encode(recognizer.mel(sound(6).samples()))
    prompt = recognizer.vocabulary.prompt("de", Options(), timestamps=False)

    def stop(ids: Any) -> None:
        raise Canceled

    with pytest.raises(Canceled):
        theirs.write(encoded, prompt, 200, stop)
    assert len(theirs.write(encoded, prompt, 40, lambda ids: None).ids) == 40


@pytest.fixture
def spec(
    files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ModelSpec]:
    """The tiny model in place of the catalog's, downloaded."""
    monkeypatch.setattr(whisper, "MOST_TOKENS", 24)
    monkeypatch.setattr(hub_models, "voice_regions", lambda audio, tell: (Region(0.5, 4.0),))
    with serving(files, tmp_path, monkeypatch) as hub:
        spec = replace(KNOWN.spec, source=hub.source)
        monkeypatch.setattr(hub_catalog, "HUB_SPEECH", (replace(KNOWN, spec=spec),))
        download(spec.source, lambda *_: None, hub.endpoint)
    yield spec


def folder_of(spec: ModelSpec) -> Path:
    library = conversion.installed()
    assert library is not None and not isinstance(spec.source, str)
    return converted_folder(spec.source, library)  # type: ignore[arg-type]


ENGLISH = Options(language="en")
RECORDING = sound(4)


def test_on_the_cpu_it_is_converted_once(spec: ModelSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    model = load(spec, CPU)
    assert (model.recognizer.engine, model.recognizer.dtype) == ("CTranslate2", "int8")
    done = predict(model, RECORDING, ENGLISH)
    assert done.words and done.provenance.setting.startswith("CTranslate2 on cpu, int8")
    made = folder_of(spec)
    assert model.memory_bytes == (made / "model.bin").stat().st_size
    assert model.memory_bytes < 0.6 * weights_size(spec)
    assert [each.name for each in made.parent.iterdir()] == [made.name]

    monkeypatch.setattr(hub_models, "network", None)  # torch is not needed again
    assert predict(load(spec, CPU), RECORDING, ENGLISH).segments == done.segments


def weights_size(spec: ModelSpec) -> int:
    return sum(
        each.stat().st_size
        for each in folder_of(spec).parents[1].glob("snapshots/*/model.safetensors")
    )


def test_a_damaged_conversion_is_made_again(
    spec: ModelSpec, caplog: pytest.LogCaptureFixture
) -> None:
    load(spec, CPU)
    (folder_of(spec) / "model.bin").write_bytes(b"no model")
    model = load(spec, CPU)
    assert model.recognizer.engine == "CTranslate2" and "is made again" in caplog.text
    assert predict(model, RECORDING, ENGLISH).words


def test_what_cannot_be_converted_runs_in_torch(
    spec: ModelSpec, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(conversion, "convert", full)
    model = load(spec, CPU)
    assert model.recognizer.engine == "PyTorch"
    assert "runs in torch" in caplog.text and "No space left" in caplog.text
    assert not folder_of(spec).exists()
    assert predict(model, RECORDING, ENGLISH).words


def test_without_the_library_it_runs_in_torch(
    spec: ModelSpec, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(conversion, "installed", lambda: None)
    with caplog.at_level(logging.INFO):
        assert load(spec, CPU).recognizer.engine == "PyTorch"
    assert "not installed" in caplog.text


def test_a_conversion_that_breaks_off_leaves_nothing(
    spec: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ctranslate2.specs.model_spec import ModelSpec as Converted

    def broken(self: Any, folder: str) -> None:
        (Path(folder) / "model.bin").write_bytes(b"half of it")
        raise RuntimeError("power cut")

    monkeypatch.setattr(Converted, "save", broken)
    assert load(spec, CPU).recognizer.engine == "PyTorch"
    assert list(folder_of(spec).parent.iterdir()) == []


def test_files_of_another_model_are_not_converted(
    spec: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(*_: Any) -> None:
        raise WeightsMismatch("These are others.", "Choose another model.")

    monkeypatch.setattr(hub_models, "network", other)
    with pytest.raises(WeightsMismatch):
        load(spec, CPU)


def test_memory_running_out_is_for_the_store_to_settle(
    spec: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(conversion, "convert", full)
    with pytest.raises(MemoryError):
        load(spec, CPU)


def test_a_gpu_is_not_asked_for_integers(spec: ModelSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(conversion, "usable", lambda *args: asked.append(args))
    monkeypatch.setattr("torch.nn.Module.to", lambda self, *_, **__: self)
    assert load(spec, Device("mps")).recognizer.engine == "PyTorch"
    assert asked == []


def test_tokens_keep_their_places(tmp_path: Path) -> None:
    """Also where the tokenizer's file leaves out the one without a name."""
    whisper_files(tmp_path)
    tokenizer = vocabulary(KNOWN, tmp_path).tokenizer
    names = conversion.token_names(tokenizer)
    assert names.count("") == 1 and all(
        tokenizer.token_to_id(name) == token for token, name in enumerate(names) if name
    )
    known = {0: "a", 1: "b", 3: "d"}
    holed = SimpleNamespace(get_vocab=lambda: {"a": 0, "b": 1, "d": 3}, id_to_token=known.get)
    assert conversion.token_names(holed) == ["a", "b", "", "d"]
    twice = SimpleNamespace(get_vocab=lambda: {"a": 2}, id_to_token=lambda token: None)
    with pytest.raises(ValueError, match="by one name"):
        conversion.token_names(twice)


def test_starts_of_tokens_the_path_leaves_out() -> None:
    from demos.speech_recognition.ctranslate import starts

    assert starts([(0, 0), (0, 1), (1, 5), (2, 9)], 2) == pytest.approx((0.0, 0.1, 0.18))
    assert starts([(0, 3)], 2) == pytest.approx((0.06, 0.06, 0.06))
    assert starts([], 1) == (0.0, 0.0)
    assert np.isfinite(starts([(0, 0)], 0)).all()
