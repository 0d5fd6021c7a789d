"""The models as they are shipped, on the samples they are shipped with."""

import contextlib
import io

import numpy as np
import pytest

from demos.core.audio.decoding import decode_audio
from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio
from demos.core.devices import CPU
from demos.core.errors import UnsupportedType, WeightsMismatch
from demos.core.results import Outcome
from demos.core.samples import Sample, SampleKind, samples
from demos.core.settings import Settings
from demos.core.spec import Bundled, ModelSpec
from demos.core.speech.transcript import Options
from demos.speech_recognition import SPEC, baseline, commands, inference
from demos.speech_recognition.abilities import abilities
from demos.speech_recognition.record import facts, quality, report, snippet, trust

SHIPPED = {each.key: each for each in samples(SPEC.slug, SPEC.models[0].name)}
SAYING = [each for each in SHIPPED.values() if each.key.startswith("say-") or each.key in ("pin",)]


@pytest.fixture(scope="module")
def model() -> commands.Model:
    loaded = inference.load(SPEC.models[0], CPU)
    assert isinstance(loaded, commands.Model)
    inference.warm_up(loaded)
    return loaded


def sound(sample: Sample) -> DecodedAudio:
    return decode_audio(sample.read(), sample.path.name, Settings())


@pytest.mark.parametrize("sample", SAYING, ids=lambda sample: sample.key)
def test_what_is_easy_is_heard(model: commands.Model, sample: Sample) -> None:
    heard = inference.predict(model, sound(sample))
    assert heard.text == sample.label
    assert heard.outcome is not Outcome.REFUSED
    starts = [each.start for each in heard.words]
    assert starts == sorted(starts)
    assert all(0 <= w.start < w.end <= heard.seconds for w in heard.words)


@pytest.mark.parametrize("key", ["silence", "music"])
def test_where_nobody_speaks_no_word_is_heard(model: commands.Model, key: str) -> None:
    heard = inference.predict(model, sound(SHIPPED[key]))
    assert (heard.outcome, heard.text) == (Outcome.REFUSED, "")


def test_a_sentence_of_other_words_is_turned_away(model: commands.Model) -> None:
    heard = inference.predict(model, sound(SHIPPED["sentence"]))
    assert heard.outcome is Outcome.REFUSED
    assert heard.rejected


def test_the_known_failure_is_one(model: commands.Model) -> None:
    (sample,) = [each for each in SHIPPED.values() if each.kind is SampleKind.FAILURE]
    assert inference.predict(model, sound(sample)).text != sample.label


def test_a_sound_too_short_for_a_word_is_no_trouble(model: commands.Model) -> None:
    for count in (1, 100, 3_000):
        audio = DecodedAudio(np.full(count, 9, np.int16), "0", "a", "WAV", SAMPLE_RATE, 1)
        assert inference.predict(model, audio).text == ""


def test_a_word_is_explained_by_what_of_it_is_hidden(model: commands.Model) -> None:
    audio = sound(SHIPPED["say-stop"])
    heard = inference.predict(model, audio)
    found = inference.explain(model, heard, 0, audio)
    word = heard.words[0]
    assert found.base > found.hidden  # all of it hidden, little is left of its score
    assert found.whole > 3
    first, last = (found.axes.start + place * found.axes.step for place in found.region)
    assert first == pytest.approx(word.start, abs=0.02)
    assert last == pytest.approx(word.end, abs=0.02)
    assert found.axes.hertz[0] < 100 and found.axes.hertz[-1] > 7000
    assert word.start <= found.strongest.seconds <= word.end


def test_what_cannot_be_explained_says_so() -> None:
    model = baseline.load(baseline.BASELINE, CPU)
    audio = sound(SHIPPED["say-stop"])
    with pytest.raises(UnsupportedType, match="cannot be explained"):
        inference.explain(model, inference.predict(model, audio), 0, audio)


def test_weights_that_are_others_are_refused() -> None:
    spec = SPEC.models[0]
    assert isinstance(spec.source, Bundled)
    others = ModelSpec(
        spec.demo, spec.name, "", Bundled(spec.source.file, "f" * 64), 1, "", "", spec.group
    )
    with pytest.raises(WeightsMismatch):
        inference.load(others, CPU)


def test_on_a_gpu_torch_hears_what_onnx_does(model: commands.Model) -> None:
    from safetensors.numpy import load

    spec = SPEC.models[0]
    assert isinstance(spec.source, Bundled)
    tensors = load(spec.source.path.read_bytes())
    weights = {n: t.astype(np.float32) for n, t in tensors.items() if n.startswith("network.")}
    features = np.random.default_rng(0).uniform(-1, 1, (1, 150, 64)).astype(np.float32)
    by_torch = commands.torch_forward(weights, CPU)(features)
    np.testing.assert_allclose(model.forward(features), by_torch, atol=1e-3)


def test_the_snippet_repeats_the_transcript(model: commands.Model) -> None:
    sample = SHIPPED["pin"]
    heard = inference.predict(model, sound(sample), Options())
    code = snippet(SPEC.models[0], heard, str(sample.path))
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code, "snippet", "exec"), {})
    assert said.getvalue().strip() == f"{heard.outcome} {heard.text}"


def test_the_record_and_the_report(model: commands.Model) -> None:
    sample, spec = SHIPPED["pin"], SPEC.models[0]
    audio = sound(sample)
    heard = inference.predict(model, audio)
    rows = dict(facts(spec, heard))
    assert rows["Input SHA-256"] == audio.sha256
    assert rows["Weights SHA-256"] == spec.source.version
    assert rows["Options"] == "language detected, times of words"
    made = report(SPEC, spec, heard, "A PIN", "pin.flac", "four one seven", 0.6, audio, None)
    assert made.comparison is not None and made.comparison.insertions == 1
    assert made.figures[0].png.startswith(b"\x89PNG")


def test_quality_is_said_of_every_model() -> None:
    for spec in SPEC.models:
        assert quality(spec, {})
    figures = {"exact": 0.97, "n": 1000, "split": "validation"}
    assert "97.0 % of 1,000 validation" in quality(SPEC.models[0], figures)
    assert "30.0 %" in quality(baseline.BASELINE, {"wer": 0.3, "n": 100, "split": "sentences"})
    assert trust({}) == ""
    measured = {"n": 60, "share": 0.2, "by_map": 9.0, "by_chance": 3.0}
    assert "20.0 %" in trust({"evidence": measured})


def test_models_can_be_asked_for_what_they_can_do() -> None:
    assert abilities(SPEC.models[0]) == (("en",), False, False)
    assert abilities(baseline.BASELINE) == (("en",), False, False)
    languages, translates, times = abilities(SPEC.model("whisper_tiny"))
    assert len(languages) > 90 and translates and times
    assert abilities(SPEC.model("moonshine_tiny"))[2] is False
