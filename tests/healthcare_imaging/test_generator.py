"""The bundled generator: the file, and that it draws what it is asked for."""

import json

import pytest
import torch

from demos.core.devices import CPU
from demos.core.explain import png
from demos.core.media import decode_image
from demos.core.settings import Settings
from demos.core.weights import read_weights
from demos.healthcare_imaging import GENERATORS, SPEC
from demos.healthcare_imaging.classifier import load, predict
from demos.healthcare_imaging.evaluate import METRICS
from demos.healthcare_imaging.generator import SIDE, draw, load_generator
from demos.healthcare_imaging.modalities import MODALITIES, Modality, modality

every_modality = pytest.mark.parametrize("kind", MODALITIES, ids=lambda kind: kind.key)


@pytest.mark.parametrize("kind", [modality(key) for key in GENERATORS], ids=list(GENERATORS))
def test_it_draws_the_class_it_is_asked_for(kind: Modality) -> None:
    network = load_generator(read_weights(GENERATORS[kind.key]), len(kind.classes))
    seen: list[int] = []
    images = draw(
        network,
        torch.tensor([1]),
        SIDE,
        seed=1,
        steps=12,
        on_step=lambda step, guess: seen.append(step),
    )
    assert seen == list(range(12))
    pixels = (images[0].permute(1, 2, 0) * 255).round().to(torch.uint8).numpy()
    model = load(SPEC.model(kind.key), CPU)
    result = predict(model, decode_image(png(pixels), "drawn.png", Settings()))
    assert result.scores[0].label == kind.classes[1]


@every_modality
def test_the_recorded_batch_meets_its_promises(kind: Modality) -> None:
    """What `draw_samples` measured before it selected anything."""
    measured = json.loads(METRICS.read_text())[kind.key]["generator"]
    assert measured["n"] == 50 * len(kind.classes)
    assert measured["intended_class"] >= 0.9
    # New photographs are as near to the training images as drawn ones may be.
    drawn = measured["highest_training_pixel_correlation"]
    held_out = measured["same_correlation_for_validation_images"]
    assert drawn["max"] <= held_out["max"], "a copy of a training image"
    drawn = measured["nearest_training_feature_distance"]
    held_out = measured["same_distance_for_validation_images"]
    assert drawn["min"] >= 0.9 * held_out["min"], "a copy of a training image"
