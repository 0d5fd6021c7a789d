"""What every demo of the catalog promises."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demos import catalog
from demos.core.audio.decoding import decode_audio
from demos.core.language.text import usable
from demos.core.media import decode_image
from demos.core.samples import Sample, SampleKind, samples
from demos.core.settings import Settings
from demos.core.spec import PACKAGE, Bundled, DemoSpec, ModelSpec
from pages.components.language.chosen_text import of_sample

ROOT = PACKAGE.parent
IMAGES = {".png", ".webp", ".tif", ".tiff"}
TABLES = {".parquet", ".csv"}
SOUNDS = {".flac", ".wav", ".ogg"}
TEXTS = {".txt", ".json"}
LIST = "samples.json"

every_demo = pytest.mark.parametrize("spec", catalog.DEMOS, ids=lambda spec: spec.slug)


def bundled(spec: DemoSpec) -> list[ModelSpec]:
    return [model for model in spec.models if isinstance(model.source, Bundled)]


def bundled_models() -> Iterator[ModelSpec]:
    for spec in catalog.DEMOS:
        yield from bundled(spec)


def every_sample() -> Iterator[Sample]:
    for spec in catalog.DEMOS:
        if (PACKAGE / spec.slug / "samples" / "samples.json").exists():
            for model in bundled(spec):
                yield from samples(spec.slug, model.name)


def test_slugs_are_unique() -> None:
    slugs = [spec.slug for spec in catalog.DEMOS]
    assert len(set(slugs)) == len(slugs) > 0


@every_demo
def test_the_slug_names_package_page_and_tests(spec: DemoSpec) -> None:
    assert (PACKAGE / spec.slug / "__init__.py").is_file()
    pages = list((ROOT / "pages").glob(f"*/{spec.slug}.py"))
    assert len(pages) == 1, pages
    assert pages[0].parent.name != "components"
    assert (
        list((ROOT / "tests").rglob(f"test_{spec.slug}*")) or (ROOT / "tests" / spec.slug).is_dir()
    )


@every_demo
def test_the_specification_is_complete(spec: DemoSpec) -> None:
    assert spec.question.endswith("?")
    assert spec.title and spec.industry and spec.icon and spec.summary.endswith(".")
    assert len({model.name for model in spec.models}) == len(spec.models) > 0
    for model in spec.models:
        assert model.demo == spec.slug
        assert model.memory_bytes > 0
        assert model.license and model.title and model.summary
    assert catalog.demo(spec.slug) is spec


@every_demo
def test_inference_offers_the_three_functions(spec: DemoSpec) -> None:
    module = catalog.inference(spec.slug)
    for name in ("load", "predict", "explain"):
        function = getattr(module, name)
        assert callable(function)
        assert function.__doc__, f"{name} has no docstring"


@every_demo
def test_the_default_model_needs_no_network(spec: DemoSpec) -> None:
    assert isinstance(spec.models[0].source, Bundled)


@pytest.mark.parametrize("model", list(bundled_models()), ids=lambda model: model.name)
def test_bundled_weights_are_the_specified_ones(model: ModelSpec) -> None:
    assert isinstance(model.source, Bundled)
    path = model.source.path
    assert path.suffix == ".safetensors"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == model.source.sha256


@every_demo
def test_card_and_metrics(spec: DemoSpec) -> None:
    folder = PACKAGE / spec.slug
    measured = json.loads((folder / "metrics.json").read_text())
    for model in bundled(spec):
        assert len((folder / "cards" / f"{model.name}.md").read_text().split()) > 100
        metrics = measured[model.name]
        assert isinstance(metrics["split"], str)
        assert isinstance(metrics["seed"], int)
        assert metrics["n"] > 0


@every_demo
def test_samples_cover_what_works_and_what_does_not(spec: DemoSpec) -> None:
    for model in bundled(spec):
        kinds = {sample.kind for sample in samples(spec.slug, model.name)}
        assert SampleKind.TYPICAL in kinds
        assert kinds & {SampleKind.HARD, SampleKind.FAILURE}
        assert SampleKind.OUT_OF_SCOPE in kinds


@every_demo
def test_sample_keys_are_unique_and_every_file_is_listed(spec: DemoSpec) -> None:
    listed: list[Path] = []
    for model in bundled(spec):
        of_model = samples(spec.slug, model.name)
        assert len({sample.key for sample in of_model}) == len(of_model)
        listed += [sample.path for sample in of_model]
    folder = PACKAGE / spec.slug / "samples"
    kinds = IMAGES | TABLES | SOUNDS | TEXTS
    present = {path for path in folder.rglob("*") if path.suffix in kinds and path.name != LIST}
    assert present - set(listed) == set()


@pytest.mark.parametrize("sample", list(every_sample()), ids=lambda sample: sample.key)
def test_every_sample_can_be_read(sample: Sample) -> None:
    assert sample.title and (sample.note or sample.kind is SampleKind.TYPICAL)
    data = sample.read()
    if sample.path.suffix in IMAGES:
        image = decode_image(data, sample.path.name, Settings())
        assert image.notes == ()
    if sample.path.suffix in SOUNDS:
        sound = decode_audio(data, sample.path.name, Settings())
        assert sound.notes == ()
    if sample.path.suffix in TEXTS:
        chosen = of_sample(sample)
        assert usable(chosen.text, Settings()) == chosen.text


@every_demo
def test_medical_demos_carry_the_disclaimer(spec: DemoSpec) -> None:
    if spec.industry == "Healthcare":
        for sentence in (
            "Research demonstration.",
            "Not a medical device.",
            "Not for diagnosis or treatment.",
            "Do not upload identifiable patient data.",
        ):
            assert sentence in spec.disclaimer


def test_the_python_example_of_the_readme_runs() -> None:
    readme = (ROOT / "README.md").read_text()
    example = readme.split("```python\n")[1].split("```")[0]
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "input_sha256" in done.stdout
