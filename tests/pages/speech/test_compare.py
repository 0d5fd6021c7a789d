"""Two models on the same recording, in Streamlit's harness; the second listens to a script."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.devices import CPU
from demos.core.results import Outcome
from demos.core.spec import Bundled, DemoSpec, Hub, ModelSpec, Packaged
from demos.core.speech.error_rate import compare as compared
from demos.core.speech.transcript import Options, Transcription, Word
from demos.core.store import ModelStore
from pages.components import compare as images
from pages.components import models
from pages.components.speech import compare
from pages.components.speech.recording import Recording
from tests.pages.harness import ran
from tests.pages.speech.heard import segment, tone, transcription


def model(name: str, source: Any) -> ModelSpec:
    return ModelSpec("d", name, f"Model {name}", source, 2**29, "MIT", "It.")


def far(number: int) -> ModelSpec:
    source = Hub("owner/away", str(number) * 40, ("model.safetensors",), 343_000_000)
    return model(f"away{number}", source)


OWN = model("own", Bundled("own.safetensors", "0" * 64))
BASELINE = model("baseline", Packaged("pytest", "pytest/__init__.py", "0" * 64))


def heard(text: str, name: str, seconds: float) -> Transcription:
    words = [Word(each, 0.1, 0.2) for each in text.split()]
    found = (
        transcription((segment(*words),))
        if words
        else transcription(outcome=Outcome.REFUSED, reason="No speech detected.")
    )
    return replace(found, provenance=replace(found.provenance, model=name, seconds=seconds))


class Ears:
    """What each second model says it heard, and what it was asked."""

    def __init__(self) -> None:
        self.says = {"baseline": heard("Seven ate nine.", "baseline", 1.0)}
        self.asked: list[tuple[str, Options, str]] = []

    def listen(
        self, spec: ModelSpec, recording: Recording, options: Options, place: str
    ) -> Transcription | None:
        self.asked.append((spec.name, options, place))
        return self.says.get(spec.name)


@pytest.fixture
def ears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ears:
    (tmp_path / "own.safetensors").write_bytes(b"x" * 2_000_000)
    monkeypatch.setattr(Bundled, "path", property(lambda self: tmp_path / self.file))
    for module in (models, images):
        monkeypatch.setattr(module, "cached", {}.get)
    store = ModelStore(lambda spec, device: spec, CPU, 2**31, 60, 5, 4)
    monkeypatch.setattr(images, "model_store", lambda: store)
    ears = Ears()
    monkeypatch.setattr(compare, "listen", ears.listen)
    return ears


def page(
    specs: tuple[ModelSpec, ...] = (OWN, BASELINE), reference: str = "seven eight nine"
) -> AppTest:
    def script(**given: object) -> None:
        from pages.components.speech.compare import show_compare

        show_compare(**given, quality_of=lambda spec: f"quality of {spec.name}")

    audio = tone()
    kwargs = {
        "demo": DemoSpec("d", "D", "Calls", "x", "What?", "It.", specs),
        "spec": specs[0],
        "recording": Recording(audio.name, audio.sha256, audio, None),
        "transcription": heard("seven eight nine", "own", 0.02),
        "reference": reference,
    }
    return ran(AppTest.from_function(script, default_timeout=60, kwargs=kwargs))


def text(app: AppTest) -> str:
    groups = (app.markdown, app.caption, app.warning)
    told = "\n".join(each.value for group in groups for each in group)
    return told.replace("\u00a0", " ").replace("\\", "")


def choose(app: AppTest, name: str) -> AppTest:
    app.selectbox[0].select(name)
    return ran(app)


def test_nothing_runs_before_a_second_model_is_chosen(ears: Ears) -> None:
    app = page()
    assert app.selectbox[0].value is None
    assert ears.asked == []


def test_a_model_alone_is_not_compared(ears: Ears) -> None:
    app = page((OWN,))
    assert not app.selectbox and not app.header


def test_the_differing_words_are_marked_and_counted(ears: Ears) -> None:
    app = choose(page(), "baseline")
    assert ears.asked == [("baseline", Options(), "compare")]
    assert "They differ in 1 word: 33.3 % of the 3 words that the first heard." in text(app)
    shown = " ".join(each.proto.body for each in app.get("html"))
    assert re.sub("<span.*?</span>", "", shown).count("<mark>") == 2
    assert "<mark>" in shown and "Seven <mark>" in shown and "nine." in shown


def test_what_each_costs_and_is_worth(ears: Ears) -> None:
    shown = text(choose(page(), "baseline"))
    for figure in (
        "| Word error rate | 0.0 %, 0 errors |",
        "| Word error rate | 33.3 %, 1 error |",
        "| This run | 20 ms, numpy on CPU |",
        "| Real-time factor | 0.01, for 2 s of sound |",
        "| Real-time factor | 0.5, for 2 s of sound |",
        "| Memory | 0.5 GiB |",
        "| On disk | 2 MB |",
        "| Quality | quality of own |",
    ):
        assert figure in shown, figure


def test_without_a_reference_there_is_no_error_rate(ears: Ears) -> None:
    assert "Word error rate" not in text(choose(page(reference=""), "baseline"))


def test_a_refusal_is_told_with_its_reason(ears: Ears) -> None:
    ears.says["baseline"] = heard("", "baseline", 1.0)
    shown = text(choose(page(), "baseline"))
    assert "The second heard no words, the other 3 words." in shown
    assert ":material/block: Refused" in shown and "No speech detected." in shown


def test_while_the_second_is_listening_the_page_waits(ears: Ears) -> None:
    ears.says.clear()
    assert "Real-time factor" not in text(choose(page(), "baseline"))


def test_models_that_are_not_here_are_named_with_their_size(ears: Ears) -> None:
    few = page((OWN, BASELINE, far(1)))
    assert "Model away1 is not on this server" in text(few) and "343 MB" in text(few)
    assert not few.expander
    many = page((OWN, BASELINE, *map(far, range(1, 5))))
    assert many.expander[0].label == "4 more models are not on this server"
    assert text(many).count("to download 343 MB") == 4


def test_the_size_of_a_model_in_a_package_is_that_of_the_package() -> None:
    package = images.size_on_disk(BASELINE.source)
    assert package > 100_000
    assert isinstance(BASELINE.source, Packaged)
    own = Bundled("language_tasks/weights/summary.safetensors", "0" * 64)
    both = replace(own, beside=BASELINE.source)
    assert images.size_on_disk(both) == images.size_on_disk(own) + package


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("one two", "One, two!", "Both heard the same words."),
        ("", "", "Neither heard any words."),
        ("", "one", "The first heard no words, the other 1 word."),
        ("one", "", "The second heard no words, the other 1 word."),
        ("one two", "one", "They differ in 1 word: 50.0 % of the 2 words that the first heard."),
    ],
)
def test_agreement_in_words(first: str, second: str, words: str) -> None:
    assert compare.agreement(compared(first, second)).replace("\u00a0", " ") == words
