"""Hub models end to end: tiny networks with the real file formats, fetched through the real client.

What is random here is only what the networks learned.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save

from demos.core.brief import agreement
from demos.core.devices import CPU
from demos.core.download import download
from demos.core.errors import HubUnavailable, WeightsMismatch
from demos.core.media import DecodedImage, decode_image
from demos.core.results import Outcome
from demos.core.settings import Settings
from demos.core.spec import ModelSpec
from demos.healthcare_imaging import hub_catalog
from demos.healthcare_imaging.brief import brief, row_words, title_of
from demos.healthcare_imaging.hub_catalog import (
    CHEST_FINDINGS,
    CHEST_PNEUMONIA,
    HUB_IMAGING,
    LUNG_TISSUE,
    HubImaging,
    Preparation,
)
from demos.healthcare_imaging.hub_models import explain, load, predict_batch, prepare
from demos.healthcare_imaging.hub_record import facts, snippet
from tests.hub_server import HubServer, serving
from tests.tiny_networks import densenet_files, shrink_timm, timm_vit_files, transformers_files


def image(height: int = 50, width: int = 40) -> DecodedImage:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
    return DecodedImage(pixels, "f" * 64, "x.png", "PNG", "RGB", (width, height), ())


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    shrink_timm(monkeypatch)


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes the catalog's model come from a server instead, and small."""

    def pin(known: HubImaging, hub: HubServer) -> ModelSpec:
        spec = replace(known.spec, source=hub.source)
        if known.preparation is not None:
            known = replace(known, preparation=replace(known.preparation, crop=64, resize=72))
        monkeypatch.setattr(hub_catalog, "HUB_IMAGING", (replace(known, spec=spec),))
        return spec

    return pin


@pytest.fixture(params=[each.spec.name for each in HUB_IMAGING])
def spec(
    request: pytest.FixtureRequest,
    tiny: None,
    pinned: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[ModelSpec]:
    """Each model of the catalog, downloaded; the server is gone by then."""
    (tmp_path / "made").mkdir()
    make = {
        CHEST_FINDINGS.spec.name: densenet_files,
        CHEST_PNEUMONIA.spec.name: partial(transformers_files, tmp_path / "made"),
        LUNG_TISSUE.spec.name: timm_vit_files,
    }[request.param]
    known = hub_catalog.hub_imaging(request.param)
    with serving(make(), tmp_path / "cache", monkeypatch) as hub:
        spec = pinned(known, hub)
        assert set(known.spec.source.files) == set(hub.files)
        download(spec.source, lambda *_: None, hub.endpoint)
    yield spec


def test_every_model_predicts_and_explains_from_disk_alone(spec: ModelSpec) -> None:
    known = hub_catalog.hub_imaging(spec.name)
    model = load(spec, CPU)
    result = predict_batch(model, [image()])[0]
    assert {each.label for each in result.scores} == set(known.shown)
    assert all(0 < each.score < 1 for each in result.scores)
    side = model.parts.preparation.crop
    assert result.seen.shape == (side, side, 3)
    assert result.provenance.weights == spec.source.revision
    assert model.memory_bytes == sum(p.nbytes for p in model.parts.module.state_dict().values())
    for label in known.shown:
        heatmap = explain(model, result, label).heatmap
        assert heatmap.shape == (side, side)
        assert heatmap.min() >= 0 and heatmap.max() in (0, pytest.approx(1))
    if not known.shares:
        assert sum(each.score for each in result.scores) == pytest.approx(1, abs=1e-5)
        assert result.outcome is Outcome.ANSWER
        assert result.candidates == (result.scores[0].label,)


def test_a_batch_gives_what_single_images_give(spec: ModelSpec) -> None:
    model = load(spec, CPU)
    images = [image(), image(40, 90)]
    together = predict_batch(model, images)
    for one, both in zip(
        [predict_batch(model, [each])[0] for each in images], together, strict=True
    ):
        assert [each.label for each in one.scores] == [each.label for each in both.scores]
        assert one.scores[0].score == pytest.approx(both.scores[0].score, abs=1e-5)


def test_the_parts_are_the_whole(spec: ModelSpec) -> None:
    parts = load(spec, CPU).parts
    given = torch.rand(2, 3, parts.preparation.crop, parts.preparation.crop)
    with torch.inference_mode():
        whole = parts.module(given)
        logits = whole if isinstance(whole, torch.Tensor) else whole.logits
        assert torch.allclose(parts.head(parts.trunk(given)), logits, atol=1e-5)


def test_brief_words_promise_no_probability(spec: ModelSpec) -> None:
    result = predict_batch(load(spec, CPU), [image()])[0]
    row = row_words(result, title_of(spec), "an X-ray")
    assert "%" not in row.candidates and "no gate" in row.reason
    words = brief(spec, result, {})
    text = " ".join([words.headline, words.figure, *words.meaning, words.kind])
    assert "probability" not in text.lower() and "%" not in text
    assert "not calibrated" in text or "No operating point" in text
    assert "no gate" in text
    assert "not measured here" in words.quality
    assert agreement(words, words) == "Both give the same answer."


@pytest.fixture
def findings(
    tiny: None, pinned: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[HubServer, ModelSpec]]:
    with serving(densenet_files(), tmp_path, monkeypatch) as hub:
        yield hub, pinned(CHEST_FINDINGS, hub)


def test_findings_are_ranked_against_their_shares(findings: tuple[HubServer, ModelSpec]) -> None:
    hub, spec = findings
    download(spec.source, lambda *_: None, hub.endpoint)
    model = load(spec, CPU)
    logits = torch.full((1, 14), -6.0)
    logits[0, model.parts.labels.index("Hernia")] = -3.0  # 0.047, of 0.2 % of the images
    logits[0, model.parts.labels.index("Infiltration")] = -2.0  # 0.12, of 18 % of them
    tuned = replace(model, parts=replace(model.parts, head=lambda features: logits))
    result = predict_batch(tuned, [image()])[0]
    assert result.outcome is Outcome.UNSURE
    assert result.candidates[0] == "Hernia" and "Infiltration" not in result.candidates
    assert brief(spec, result, {}).headline.startswith("Raised most: Hernia")

    silent = replace(tuned, parts=replace(model.parts, head=lambda f: torch.full((1, 14), -9.0)))
    nothing = predict_batch(silent, [image()])[0]
    assert nothing.candidates == ()
    assert brief(spec, nothing, {}).headline == "No finding is raised"


def test_untrained_outputs_are_not_shown(
    findings: tuple[HubServer, ModelSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, spec = findings
    known = hub_catalog.hub_imaging(spec.name)
    partly = replace(known, outputs={**known.outputs, "Hernia": ""})
    monkeypatch.setattr(hub_catalog, "HUB_IMAGING", (partly,))
    download(spec.source, lambda *_: None, hub.endpoint)
    result = predict_batch(load(spec, CPU), [image()])[0]
    assert len(result.scores) == 13
    assert "Hernia" not in {each.label for each in result.scores}


def test_grad_cam_of_a_pooled_network_is_its_class_activation_map(
    findings: tuple[HubServer, ModelSpec],
) -> None:
    hub, spec = findings
    download(spec.source, lambda *_: None, hub.endpoint)
    model = load(spec, CPU)
    result = predict_batch(model, [image()])[0]
    weights = model.parts.module.classifier.weight.numpy()
    for k, label in enumerate(model.parts.labels):
        direct = np.maximum(np.tensordot(weights[k], result.features, axes=1), 0)
        heatmap = explain(model, result, label).heatmap
        assert (direct.max() > 0) == (heatmap.max() > 0)
        if direct.max() > 0:
            peak = np.unravel_index(heatmap.argmax(), heatmap.shape)
            cells = [at * side // 64 for at, side in zip(peak, direct.shape, strict=True)]
            assert direct[tuple(cells)] >= 0.5 * direct.max()


def test_a_model_that_was_not_downloaded_does_not_load(
    findings: tuple[HubServer, ModelSpec],
) -> None:
    with pytest.raises(HubUnavailable, match="Download it first"):
        load(findings[1], CPU)


@pytest.mark.parametrize("damage", ["labels", "head", "layer"])
def test_files_of_another_model_are_refused(
    damage: str, pinned: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A head that is missing would otherwise be made up at random."""
    (tmp_path / "made").mkdir()
    files = transformers_files(tmp_path / "made")
    if damage == "labels":
        files["config.json"] = files["config.json"].replace(b"PNEUMONIA", b"LABEL_1")
    else:
        drop = {"head": "classifier.weight", "layer": "vit.layernorm.weight"}[damage]
        from safetensors.torch import load as read

        tensors = read(files["model.safetensors"])
        del tensors[drop]
        files["model.safetensors"] = save(tensors, {"format": "pt"})
    with serving(files, tmp_path / "cache", monkeypatch) as hub:
        spec = pinned(CHEST_PNEUMONIA, hub)
        download(spec.source, lambda *_: None, hub.endpoint)
    with pytest.raises(WeightsMismatch, match="do not fit"):
        load(spec, CPU)


def test_squeezing_and_cropping() -> None:
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[:, :55] = 255  # left of the central square
    squeeze = Preparation(32, 0, "BILINEAR", (0, 0, 0), (1, 1, 1))
    assert prepare(pixels, squeeze).mean() > 60
    crop = replace(squeeze, resize=40)
    assert prepare(pixels, crop).shape == (32, 32, 3)
    assert prepare(pixels, crop).max() == 0


def test_a_strip_is_cut_before_it_is_enlarged() -> None:
    """Resized first, this one would take 30 GB."""
    strip = np.zeros((16, 2_500_000, 3), np.uint8)
    strip[:, 1_249_990:1_250_010] = 255
    seen = prepare(strip, Preparation(224, 256, "BICUBIC", (0, 0, 0), (1, 1, 1)))
    assert seen.shape == (224, 224, 3) and seen.min() == 255


def test_the_catalog_names_its_sources_in_full() -> None:
    assert len({each.spec.name for each in HUB_IMAGING}) == len(HUB_IMAGING) >= 2
    for each in HUB_IMAGING:
        assert each.spec.group and each.spec.license and each.published and each.trained_on
        assert each.names == () or len(each.names) == len(each.outputs)
    shares = CHEST_FINDINGS.shares
    assert set(shares) == set(CHEST_FINDINGS.outputs) and min(shares.values()) > 0
    assert sum(shares.values()) == pytest.approx(81_176 / 112_120)


def test_the_record_repeats_the_result(
    spec: ModelSpec, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.png"
    Image.fromarray(image().pixels).save(file)
    given = decode_image(file.read_bytes(), file.name, Settings())
    result = predict_batch(load(spec, CPU), [given])[0]
    exec(snippet(spec, result, str(file)), {})
    printed = capsys.readouterr().out.split()
    first = result.scores[0]
    assert printed[:3] == [result.outcome.value, first.label, f"{first.score:.4f}"]
    rows = dict(facts(spec, result))
    assert rows["Weights revision"] == spec.source.revision
    assert rows["Input SHA-256"] == given.sha256
