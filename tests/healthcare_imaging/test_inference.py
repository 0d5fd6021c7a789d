from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from demos.core.devices import CPU
from demos.core.errors import WeightsMismatch
from demos.core.explain import png
from demos.core.media import DecodedImage, decode_image
from demos.core.results import Outcome
from demos.core.samples import Sample, SampleKind, samples
from demos.core.settings import Settings
from demos.core.spec import Bundled
from demos.healthcare_imaging import SPEC
from demos.healthcare_imaging.classifier import (
    Classification,
    Model,
    explain,
    load,
    predict,
    predict_batch,
)
from demos.healthcare_imaging.engines import onnx_forward, torch_forward
from demos.healthcare_imaging.modalities import BLOOD_CELLS
from demos.healthcare_imaging.nonsense import KINDS, nonsense
from demos.healthcare_imaging.preprocessing import normalize, preprocess

MODEL_SPEC = SPEC.model("blood_cells")
SAMPLES = samples(SPEC.slug, MODEL_SPEC.name)


def decoded(data: bytes) -> DecodedImage:
    return decode_image(data, "test.png", Settings())


def of_kind(kind: SampleKind) -> list[Sample]:
    return [sample for sample in SAMPLES if sample.kind is kind]


@pytest.fixture(scope="module")
def seen() -> np.ndarray:
    """All samples as the network sees them."""
    return np.stack([preprocess(decoded(each.read()).pixels, BLOOD_CELLS) for each in SAMPLES])


@pytest.fixture(scope="module")
def first(model: Model) -> Classification:
    return predict(model, decoded(SAMPLES[0].read()))


@pytest.mark.parametrize("size", [(96, 96), (360, 363), (40, 300), (17, 16)])
def test_any_size_becomes_the_input_size(size: tuple[int, int]) -> None:
    seen = preprocess(np.zeros((*size, 3), dtype=np.uint8), BLOOD_CELLS)
    assert seen.shape == (BLOOD_CELLS.input, BLOOD_CELLS.input, 3)


def test_the_center_of_a_wide_image_is_what_counts() -> None:
    wide = np.zeros((96, 200, 3), dtype=np.uint8)
    wide[:, 52:148] = 200
    assert (preprocess(wide, BLOOD_CELLS) == 200).all()


def test_normalization_centers_and_scales_each_channel() -> None:
    seen = np.zeros((2, 4, 4, 3), dtype=np.uint8)
    images = normalize(seen, BLOOD_CELLS)
    assert images.shape == (2, 3, 4, 4)
    expected = -np.array(BLOOD_CELLS.mean) / np.array(BLOOD_CELLS.std)
    assert np.allclose(images[0, :, 0, 0], expected, atol=1e-5)


def test_replaced_weights_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.safetensors"
    file.write_bytes(b"not the weights")
    spec = replace(MODEL_SPEC, source=Bundled(str(file), "0" * 64))
    with pytest.raises(WeightsMismatch, match="Restore"):
        load(spec, CPU)


def test_both_engines_say_the_same(seen: np.ndarray) -> None:
    assert isinstance(MODEL_SPEC.source, Bundled)
    tensors = load_file(MODEL_SPEC.source.path)
    images = normalize(seen, BLOOD_CELLS)
    for ours, theirs in zip(
        onnx_forward(tensors)(images),
        torch_forward(tensors, BLOOD_CELLS, CPU)(images),
        strict=True,
    ):
        assert np.allclose(ours, theirs, rtol=1e-3, atol=1e-3)


def test_a_batch_says_what_single_images_say(model: Model) -> None:
    images = [decoded(each.read()) for each in SAMPLES[:6]]
    for alone, together in zip(
        [predict(model, image) for image in images], predict_batch(model, images), strict=True
    ):
        assert alone.outcome == together.outcome
        assert [s.label for s in alone.scores[:1]] == [s.label for s in together.scores[:1]]
        assert alone.score_of("ig") == pytest.approx(together.score_of("ig"), abs=1e-4)


@pytest.mark.parametrize("sample", of_kind(SampleKind.TYPICAL), ids=lambda each: each.key)
def test_typical_samples_are_answered_as_drawn(model: Model, sample: Sample) -> None:
    result = predict(model, decoded(sample.read()))
    assert result.outcome is Outcome.ANSWER
    assert result.candidates == (sample.label,)


def test_every_class_has_four_typical_samples() -> None:
    labels = [sample.label for sample in of_kind(SampleKind.TYPICAL)]
    assert {label: labels.count(label) for label in BLOOD_CELLS.classes} == dict.fromkeys(
        BLOOD_CELLS.classes, 4
    )


def test_the_hard_sample_leaves_the_model_unsure(model: Model) -> None:
    (sample,) = of_kind(SampleKind.HARD)
    result = predict(model, decoded(sample.read()))
    assert result.outcome is Outcome.UNSURE
    assert sample.label in result.candidates and len(result.candidates) > 1


def test_the_known_failure_is_one(model: Model) -> None:
    (sample,) = of_kind(SampleKind.FAILURE)
    result = predict(model, decoded(sample.read()))
    assert result.outcome is Outcome.ANSWER
    assert result.candidates != (sample.label,)


@pytest.mark.parametrize("sample", of_kind(SampleKind.OUT_OF_SCOPE), ids=lambda each: each.key)
def test_samples_out_of_scope_are_refused(model: Model, sample: Sample) -> None:
    result = predict(model, decoded(sample.read()))
    assert result.outcome is Outcome.REFUSED
    assert result.candidates == () and result.scope > 1


@pytest.mark.parametrize("kind", KINDS)
def test_nonsense_is_refused(model: Model, kind: str) -> None:
    images = [decoded(png(pixels)) for pixels in nonsense(kind, 40, seed=11)]
    assert all(result.outcome is Outcome.REFUSED for result in predict_batch(model, images))


def test_scores_are_probabilities_in_order(first: Classification) -> None:
    scores = [each.score for each in first.scores]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1, abs=1e-4)
    assert {each.label for each in first.scores} == set(BLOOD_CELLS.classes)


def test_provenance_names_input_weights_and_thresholds(first: Classification) -> None:
    assert isinstance(MODEL_SPEC.source, Bundled)
    record = first.provenance.as_dict()
    assert record["weights"] == MODEL_SPEC.source.sha256
    assert record["input_sha256"] == decoded(SAMPLES[0].read()).sha256
    assert set(record["thresholds"]) == {"prediction set", "scope"}


def test_the_explanation_is_grad_cam(model: Model, seen: np.ndarray) -> None:
    """Against gradients computed by torch at the last stage, which is Grad-CAM's definition."""
    import torch

    from demos.healthcare_imaging.network import Classifier

    assert isinstance(MODEL_SPEC.source, Bundled)
    state = {
        name: torch.from_numpy(value)
        for name, value in load_file(MODEL_SPEC.source.path).items()
        if name.startswith("backbone.")
    }
    network = Classifier(len(BLOOD_CELLS.classes)).eval()
    network.load_state_dict(state, strict=False)
    logits, maps, _ = network(torch.from_numpy(normalize(seen[:1], BLOOD_CELLS)))
    for k, label in enumerate(BLOOD_CELLS.classes[:3]):
        gradient = torch.autograd.grad(logits[0, k], maps, retain_graph=True)[0]
        cam = (gradient.mean(dim=(2, 3), keepdim=True) * maps).sum(1).clamp(min=0)[0]
        evidence = np.maximum(np.tensordot(model.head[k], maps[0].detach().numpy(), axes=1), 0)
        cells = maps.shape[-1] * maps.shape[-2]
        assert np.allclose(evidence / cells, cam.detach().numpy(), atol=1e-5), label


def test_heatmaps_cover_the_seen_image(model: Model, first: Classification) -> None:
    for each in first.scores:
        heatmap = explain(model, first, each.label).heatmap
        assert heatmap.shape == first.seen.shape[:2]
        assert heatmap.min() >= 0 and heatmap.max() <= 1
    assert explain(model, first, first.scores[0].label).heatmap.max() == pytest.approx(1)
