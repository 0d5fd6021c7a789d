"""Hub speech models end to end: tiny networks with the real file formats, fetched through the real
client.

What is random here is only what the networks learned. Where there is a voice is scripted: none of
them would hear one in noise.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import load as read_tensors
from safetensors.torch import save

from demos.core.audio.sound import SAMPLE_RATE
from demos.core.devices import CPU, Device
from demos.core.download import download
from demos.core.errors import HubUnavailable, UnsupportedType, WeightsMismatch
from demos.core.jobs import Canceled
from demos.core.results import Outcome
from demos.core.spec import ModelSpec
from demos.core.speech.transcript import Options, Region, Transcription, Word
from demos.speech_recognition import hub_catalog, hub_models, moonshine, whisper
from demos.speech_recognition.heard_text import NO_SPEECH
from demos.speech_recognition.hearing import Heard
from demos.speech_recognition.hub_catalog import (
    DISTIL_SMALL,
    GROUP,
    HUB_SPEECH,
    MOONSHINE_TINY,
    WAV2VEC2,
    WHISPER_TINY,
    KnownSpeech,
    hub_speech,
)
from demos.speech_recognition.hub_models import HubSpeech, load, predict, warm_up
from tests.hub_server import HubServer, serving
from tests.speech_recognition.tiny_speech import (
    LANGUAGES,
    moonshine_files,
    sound,
    wav2vec2_files,
    whisper_files,
)

MAKE: dict[str, Callable[[Path], dict[str, bytes]]] = {
    WHISPER_TINY.spec.name: whisper_files,
    DISTIL_SMALL.spec.name: partial(whisper_files, multilingual=False),
    MOONSHINE_TINY.spec.name: moonshine_files,
    WAV2VEC2.spec.name: wav2vec2_files,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    return {name: make(tmp_path_factory.mktemp("made")) for name, make in MAKE.items()}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random networks hardly ever come to an end by themselves."""
    monkeypatch.setattr(whisper, "MOST_TOKENS", 24)
    monkeypatch.setattr(moonshine, "TOKENS_PER_SECOND", 3)


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch) -> list[Region]:
    """Where there is a voice, to be changed by the test; by default the first six seconds."""
    regions = [Region(0.5, 6.0)]
    monkeypatch.setattr(hub_models, "voice_regions", lambda audio, tell: tuple(regions))
    return regions


def pin(known: KnownSpeech, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> ModelSpec:
    """Make a model of the catalog come from a server, with the languages of the tiny one."""
    spec = replace(known.spec, source=hub.source)
    languages = LANGUAGES if len(known.languages) > 1 else known.languages
    tiny = replace(known, spec=spec, languages=languages)
    monkeypatch.setattr(hub_catalog, "HUB_SPEECH", (tiny,))
    return spec


@pytest.fixture
def fetched(
    made: dict[str, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], ModelSpec]:
    """Downloads a model of the catalog; the server is gone afterwards."""

    def fetch(name: str) -> ModelSpec:
        with serving(made[name], tmp_path / "cache", monkeypatch) as hub:
            known = hub_speech(name)
            assert set(known.spec.source.files) == set(hub.files)
            spec = pin(known, hub, monkeypatch)
            download(spec.source, lambda *_: None, hub.endpoint)
        return spec

    return fetch


@pytest.fixture(params=list(MAKE))
def spec(request: pytest.FixtureRequest, fetched: Callable[[str], ModelSpec]) -> ModelSpec:
    return fetched(request.param)


@pytest.fixture
def whisper_model(fetched: Callable[[str], ModelSpec]) -> HubSpeech:
    return load(fetched(WHISPER_TINY.spec.name), CPU, quantize=False)


def test_every_model_reads_a_recording_from_disk_alone(
    spec: ModelSpec, voice: list[Region]
) -> None:
    model = load(spec, CPU, quantize=False)
    warm_up(model)
    told: list[Transcription] = []
    audio = sound(8)
    done = predict(model, audio, tell=told.append)
    assert done.outcome is not Outcome.REFUSED and done.text
    assert done.seconds == done.done == audio.seconds == 8.0
    assert done.regions == tuple(voice) and not done.calibrated and done.rejected == ()
    assert done.language in ((None,) if len(model.known.languages) == 1 else LANGUAGES)
    assert bool(done.words) == model.known.word_times
    for word in done.words:
        assert 0.5 <= word.start <= word.end <= 6.0 and 0 < word.score <= 1
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert any(each.text and each.done < 6 for each in told)  # before the chunk was over
    assert all(each.outcome is not Outcome.REFUSED for each in told)
    record = done.provenance
    assert (record.weights, record.input_sha256) == (spec.source.revision, audio.sha256)
    assert (record.engine, record.device, record.dtype) == ("PyTorch", "cpu", "float32")
    assert model.memory_bytes == pytest.approx(len_of_weights(spec), rel=0.06)


def len_of_weights(spec: ModelSpec) -> int:
    files = Path(constants.HF_HUB_CACHE).rglob(spec.source.weights)
    return next(files).stat().st_size


def test_the_same_recording_gives_the_same_text(spec: ModelSpec, voice: list[Region]) -> None:
    model = load(spec, CPU, quantize=False)
    first, second = predict(model, sound(8)), predict(model, sound(8))
    assert first.segments == second.segments
    assert predict(model, sound(8, seed=7)).segments != first.segments


def test_segment_times_alone(spec: ModelSpec, voice: list[Region]) -> None:
    done = predict(load(spec, CPU, quantize=False), sound(8), Options(word_times=False))
    assert done.words == () and done.segments
    assert all(0.5 <= each.start <= each.end <= 6.0 for each in done.segments)


def test_tokens_are_those_of_transformers(whisper_model: HubSpeech) -> None:
    """And the language."""
    recognizer: Any = whisper_model.recognizer
    engine = recognizer.engine_of
    network, said = engine.network, recognizer.vocabulary
    mel = recognizer.mel(sound(8).samples())
    given = torch.from_numpy(mel)[None]
    encoded = engine.encode(mel)
    shares = engine.languages(encoded)
    assert said.languages[max(shares, key=shares.get)] == int(network.detect_language(given))
    assert sum(shares.values()) == pytest.approx(1)
    prompt = said.prompt("de", Options(translate=True), timestamps=False)
    ours = engine.write(encoded, prompt, 20, lambda ids: None)
    written = network.generate(given, language="de", task="translate", max_new_tokens=20)
    # Random timestamps among the last ones can make it go on from there with another window.
    assert list(ours.ids[:15]) == written[0, :15].tolist()
    assert len(set(ours.ids[:15])) > 5


def test_timestamps_are_those_of_transformers(whisper_model: HubSpeech) -> None:
    recognizer: Any = whisper_model.recognizer
    engine, said = recognizer.engine_of, recognizer.vocabulary
    mel = recognizer.mel(sound(8).samples())
    prompt = said.prompt("en", Options(), timestamps=True)
    ours = engine.write(engine.encode(mel), prompt, 20, lambda ids: None)
    theirs = first_window(
        engine.network, torch.from_numpy(mel)[None], language="en", return_timestamps=True
    )
    assert any(said.seconds(each) is not None for each in ours.ids)
    assert list(ours.ids) == theirs


def first_window(network: Any, given: Any, **options: Any) -> list[int]:
    """The first 20 tokens that transformers writes, before it goes on with another window."""
    written = network.generate(
        given, max_new_tokens=20, return_segments=True, return_dict_in_generate=True, **options
    )
    return written["segments"][0][0]["result"]["sequences"].tolist()[-20:]


def test_moonshines_tokens_are_those_of_transformers(
    fetched: Callable[[str], ModelSpec], voice: list[Region]
) -> None:
    model = load(fetched(MOONSHINE_TINY.spec.name), CPU)
    recognizer: Any = model.recognizer
    samples = sound(5).samples()
    heard = recognizer.hear(samples, 2.0, None, Options(), lambda text: None)
    written = recognizer.network.generate(
        input_values=torch.from_numpy(samples)[None], max_new_tokens=15
    )
    (segment,) = heard.segments
    assert segment.text == recognizer.decode(written[0].tolist()[1:])
    assert (segment.start, segment.end) == (2.0, 7.0)


def test_letters_are_those_of_transformers(fetched: Callable[[str], ModelSpec]) -> None:
    from transformers import Wav2Vec2CTCTokenizer, Wav2Vec2FeatureExtractor

    spec = fetched(WAV2VEC2.spec.name)
    recognizer: Any = load(spec, CPU).recognizer
    folder = next(Path(constants.HF_HUB_CACHE).rglob("vocab.json")).parent
    samples = sound(5).samples()
    given = Wav2Vec2FeatureExtractor.from_pretrained(folder)(
        samples, sampling_rate=SAMPLE_RATE, return_tensors="pt"
    )
    with torch.inference_mode():
        logits = recognizer.network(given.input_values).logits[0]
    tokenizer = Wav2Vec2CTCTokenizer(str(folder / "vocab.json"), word_delimiter_token="|")
    theirs = tokenizer.decode(logits.argmax(-1).tolist(), skip_special_tokens=True)
    heard = recognizer.hear(samples, 0.0, None, Options(), lambda text: None)
    assert " ".join(each.text for each in heard.words) == " ".join(theirs.split())
    ours = recognizer.log_probabilities(samples)
    assert np.allclose(ours, logits.log_softmax(-1).numpy(), atol=1e-4)
    assert len(ours) == pytest.approx(5 * 50, abs=2)


def test_silence_says_so_and_asks_no_model(
    fetched: Callable[[str], ModelSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load(fetched(WAV2VEC2.spec.name), CPU)
    monkeypatch.setattr(type(model.recognizer), "hear", None)
    quiet = replace(sound(3), pcm=np.zeros(3 * SAMPLE_RATE, np.int16))
    done = predict(model, quiet)
    assert (done.outcome, done.reason, done.text) == (Outcome.REFUSED, NO_SPEECH, "")
    assert done.done == 3.0 and done.regions == ()


def test_stopping_stops_within_a_token(whisper_model: HubSpeech, voice: list[Region]) -> None:
    told: list[str] = []

    def stop(so_far: Transcription) -> None:
        told.append(so_far.text)
        if len(told) == 5:
            raise Canceled

    with pytest.raises(Canceled):
        predict(whisper_model, sound(8), tell=stop)
    assert len(told) == 5
    assert predict(whisper_model, sound(8)).text  # nothing is left behind


def test_a_long_recording_is_heard_in_chunks_that_overlap(
    whisper_model: HubSpeech, voice: list[Region]
) -> None:
    """With a recognizer that hears a word a second, whatever the sound."""

    class Counting:
        engine, dtype, memory_bytes, longest = "script", "none", 0, 30.0
        heard: list[tuple[float, float, str | None]] = []  # noqa: RUF012

        def hear(
            self, samples: Any, start: float, language: str | None, options: Options, tell: Any
        ) -> Heard:
            end = start + len(samples) / SAMPLE_RATE
            self.heard.append((start, end, language))
            words = [
                Word(f"w{n}", n + 0.1, n + 0.6, 0.5)
                for n in range(round(start), int(end))
                if n >= start and n + 1 <= end
            ]
            tell("...")
            return Heard(words=tuple(words), language="de", certainty=0.9)

    scripted = replace(whisper_model, recognizer=Counting())
    voice[:] = [Region(0.0, 100.0), Region(110.0, 120.0)]
    told: list[Transcription] = []
    done = predict(scripted, sound(130), tell=told.append)
    wanted = [f"w{n}" for n in (*range(100), *range(110, 120))]
    assert [each.text for each in done.words] == wanted
    chunks = Counting.heard
    assert all(end - start <= 30 for start, end, _ in chunks)
    assert [language for *_, language in chunks] == [None, *["de"] * (len(chunks) - 1)]
    assert done.language == "de" and done.outcome is Outcome.ANSWER
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert told[-1].text == done.text


def test_a_language_is_taken_as_given_or_not_at_all(
    whisper_model: HubSpeech, voice: list[Region]
) -> None:
    assert predict(whisper_model, sound(8), Options(language="ja")).language == "ja"
    with pytest.raises(UnsupportedType, match="does not know the language “Welsh”"):
        predict(whisper_model, sound(8), Options(language="cy"))
    english = replace(whisper_model, known=replace(whisper_model.known, languages=("en",)))
    assert predict(english, sound(8), Options(language="cy")).language is None


def test_a_chunk_of_one_sample_is_no_error(spec: ModelSpec) -> None:
    recognizer = load(spec, CPU, quantize=False).recognizer
    recognizer.hear(np.zeros(1, np.float32), 0.0, "en", Options(), lambda text: None)


def test_the_precision_and_the_device_are_those_that_devices_choose(
    fetched: Callable[[str], ModelSpec], voice: list[Region], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = fetched(WHISPER_TINY.spec.name)
    asked: list[str] = []

    def choose(device: Device) -> str:
        asked.append(str(device))
        return "bfloat16"

    monkeypatch.setattr("demos.speech_recognition.hub_networks.choose_dtype", choose)
    monkeypatch.setattr(torch.nn.Module, "to", lambda self, *_, **__: self)
    model = load(spec, Device("cuda", 1))
    assert asked == ["cuda:1"] and model.recognizer.engine == "PyTorch"
    assert model.recognizer.dtype == "bfloat16"
    recognizer: Any = model.recognizer
    on_cpu = replace(recognizer, engine_of=replace(recognizer.engine_of, device=CPU))
    assert predict(replace(model, recognizer=on_cpu, device=CPU), sound(8)).text


def test_a_model_that_was_not_downloaded_does_not_load(
    made: dict[str, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(made[WHISPER_TINY.spec.name], tmp_path, monkeypatch) as hub:
        spec = pin(WHISPER_TINY, hub, monkeypatch)
        with pytest.raises(HubUnavailable, match="Download it first"):
            load(spec, CPU)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
        with pytest.raises(HubUnavailable, match="stay offline"):
            download(spec.source, lambda *_: None, hub.endpoint)
        assert hub.asked == []


@pytest.mark.parametrize(
    ("name", "file", "old", "new"),
    [
        (WHISPER_TINY.spec.name, "config.json", b'"whisper"', b'"moonshine"'),
        (WHISPER_TINY.spec.name, "config.json", b'"decoder_ffn_dim": 64', b'"decoder_ffn_dim": 65'),
        (WHISPER_TINY.spec.name, "generation_config.json", b"no_timestamps_token_id", b"other"),
        (WHISPER_TINY.spec.name, "generation_config.json", b"<|ja|>", b"<|xx|>"),
        (WHISPER_TINY.spec.name, "generation_config.json", b"{", b"["),
        (WHISPER_TINY.spec.name, "tokenizer.json", b'"BPE"', b'"XYZ"'),
        (WHISPER_TINY.spec.name, "preprocessor_config.json", b"80", b"81"),
        (MOONSHINE_TINY.spec.name, "preprocessor_config.json", b"false", b"true"),
        (WAV2VEC2.spec.name, "vocab.json", b'"|"', b'"%"'),
    ],
)
def test_files_of_another_model_are_refused(
    name: str,
    file: str,
    old: bytes,
    new: bytes,
    made: dict[str, dict[str, bytes]],
    fetched: Callable[[str], ModelSpec],
) -> None:
    assert old in made[name][file]
    changed = {**made[name], file: made[name][file].replace(old, new, 1)}
    original = made[name]
    made[name] = changed
    try:
        spec = fetched(name)
    finally:
        made[name] = original
    with pytest.raises(WeightsMismatch, match="do not fit"):
        load(spec, CPU, quantize=False)


@pytest.mark.parametrize("name", [WHISPER_TINY.spec.name, WAV2VEC2.spec.name])
def test_weights_that_lack_a_layer_are_refused(
    name: str, made: dict[str, dict[str, bytes]], fetched: Callable[[str], ModelSpec]
) -> None:
    """What is missing would otherwise be made up at random."""
    original = made[name]
    tensors = read_tensors(original["model.safetensors"])
    tensors.pop(next(each for each in tensors if each.endswith("layer_norm.weight")))
    made[name] = {**original, "model.safetensors": save(tensors, {"format": "pt"})}
    try:
        spec = fetched(name)
    finally:
        made[name] = original
    with pytest.raises(WeightsMismatch, match="do not fit"):
        load(spec, CPU, quantize=False)


def test_the_catalog_names_its_sources_in_full() -> None:
    assert len({each.spec.name for each in HUB_SPEECH}) == len(HUB_SPEECH) == 9
    for each in HUB_SPEECH:
        spec = each.spec
        assert spec.group == GROUP and spec.license and each.published and each.trained_on
        assert spec.memory_bytes > 4 * each.parameters
        assert set(each.languages) <= set(hub_models.LANGUAGES)
        assert each.translates <= (len(each.languages) > 1)
        # Weights are in 2 or 4 bytes a parameter; the rest is small.
        assert 1.9 < spec.source.download_bytes / each.parameters < 4.2


def test_a_model_is_found_by_its_name() -> None:
    assert hub_speech("whisper_tiny") is WHISPER_TINY
    with pytest.raises(KeyError):
        hub_speech("whisper_huge")
