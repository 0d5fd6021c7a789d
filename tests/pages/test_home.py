"""The gallery, run in Streamlit's own harness: what a card says comes from the demo's folder."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from demos.catalog import DEMOS
from demos.core import samples as samples_module
from demos.core.samples import Sample, SampleKind
from demos.core.spec import Bundled, Hub
from pages.components import gallery, model_card

ROOT = Path(__file__).parents[2]
DEMO = DEMOS[0]
MODEL = DEMO.models[0].name


def home() -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=60).run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    return "\n".join(each.value for each in app.main.markdown)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A demo's folder without samples or figures, in place of the repository's; so are all."""
    for module in (model_card, samples_module):
        monkeypatch.setattr(module, "PACKAGE", tmp_path)
    for demo in DEMOS:
        (tmp_path / demo.slug / "samples").mkdir(parents=True)
        write_samples(tmp_path / demo.slug, [])
    yield tmp_path / DEMO.slug


def write_metrics(folder: Path, model: str, **values: object) -> None:
    metrics = {model: {"n": 1712, "split": "validation"} | values}
    (folder / "metrics.json").write_text(json.dumps(metrics))


def write_samples(folder: Path, labels: list[str]) -> None:
    entries = [
        {
            "key": f"{label}-{number}",
            "model": MODEL,
            "title": f"{label} {number}",
            "kind": "typical",
            "label": label,
            "note": "",
            "file": f"{number}.png",
        }
        for number, label in enumerate(labels)
    ]
    (folder / "samples" / "samples.json").write_text(json.dumps(entries))


def test_home_asks_the_question_of_every_demo() -> None:
    app = home()
    assert [title.value for title in app.title] == ["Deep Learning at Work"]
    assert [each.value for each in app.main.subheader][: len(DEMOS)] == [
        demo.question for demo in DEMOS
    ]
    industries = list(dict.fromkeys(demo.industry for demo in DEMOS))
    assert [each.value for each in app.header] == [*industries, "How to read a prediction"]


def test_the_three_outcomes_are_explained() -> None:
    names = [each.value.split(": ")[-1] for each in home().main.subheader]
    assert names[len(DEMOS) : len(DEMOS) + 3] == ["Answer", "Unsure", "Refused"]


def test_the_headline_is_what_was_measured(folder: Path) -> None:
    write_metrics(folder, MODEL, accuracy=0.98765, accuracy_ci95=[0.9812, 0.9914])
    assert (
        "**98.8 %** accuracy on 1,712 validation examples of Blood-cell microscopy "
        "(95 % interval 98.1 % to 99.1 %)"
    ) in text(home())


def test_a_headline_claims_no_certainty(folder: Path) -> None:
    write_metrics(folder, MODEL, accuracy=0.9997, accuracy_ci95=[0.9987, 0.99995])
    shown = text(home())
    assert "**> 99.9 %** accuracy" in shown
    assert "(95 % interval 99.9 % to > 99.9 %)" in shown


def test_without_a_measurement_there_is_no_figure(folder: Path) -> None:
    assert "%" not in text(home())


def test_figures_of_another_model_are_not_shown(folder: Path) -> None:
    write_metrics(folder, "another", accuracy=0.5)
    assert gallery.read_headline(DEMO) is None


def test_a_card_says_what_is_bundled(folder: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights.safetensors"
    weights.write_bytes(b"0" * 1_234_567)
    local = replace(DEMO.models[0], source=Bundled(str(weights), ""))
    remote = replace(
        local, name="remote", source=Hub("owner/name", "0" * 40, ("model.safetensors",), 1)
    )
    write_samples(folder, ["a", "b"])
    demo = replace(DEMO, models=(local, remote))
    shipped = gallery.shipped_samples(demo)
    assert gallery.bundled_text(demo, shipped) == "1 model (1.23 MB), 2 samples"
    assert gallery.bundled_text(replace(DEMO, models=(remote,)), ()) == ""


def sample(label: str | None, kind: SampleKind, file: str) -> Sample:
    return Sample(file, "model", file, kind, label, "", Path(file))


def test_previews_show_each_label_before_any_twice() -> None:
    typical = SampleKind.TYPICAL
    shipped = tuple(sample(label, typical, f"{n}.png") for n, label in enumerate("aabbccd"))
    shown = gallery.previews(shipped)
    assert [each.label for each in shown] == ["a", "b", "c", "d", "a", "b"]


def test_previews_are_typical_pictures() -> None:
    shipped = (
        sample("a", SampleKind.FAILURE, "1.png"),
        sample(None, SampleKind.OUT_OF_SCOPE, "2.png"),
        sample("a", SampleKind.TYPICAL, "3.wav"),
        sample("a", SampleKind.TYPICAL, "4.WEBP"),
    )
    assert [each.key for each in gallery.previews(shipped)] == ["4.WEBP"]
