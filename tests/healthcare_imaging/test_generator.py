"""The bundled generator: the file, and that it draws what it is asked for."""

import json

import pytest
import torch

from demos.core.explain import png
from demos.core.media import decode_image
from demos.core.settings import Settings
from demos.core.weights import read_weights
from demos.healthcare_imaging import GENERATORS
from demos.healthcare_imaging.evaluate import METRICS
from demos.healthcare_imaging.generator import draw, load_generator
from demos.healthcare_imaging.inference import Model, predict
from demos.healthcare_imaging.modalities import MODALITIES, Modality

every_modality = pytest.mark.parametrize("kind", MODALITIES, ids=lambda kind: kind.key)


@every_modality
def test_it_draws_the_class_it_is_asked_for(kind: Modality, model: Model) -> None:
    network = load_generator(read_weights(GENERATORS[kind.key]), len(kind.classes))
    label = kind.classes.index("eosinophil")
    seen: list[int] = []
    images = draw(
        network,
        torch.tensor([label]),
        kind.frame,
        seed=1,
        steps=12,
        on_step=lambda step, guess: seen.append(step),
    )
    assert seen == list(range(12))
    pixels = (images[0].permute(1, 2, 0) * 255).round().to(torch.uint8).numpy()
    result = predict(model, decode_image(png(pixels), "drawn.png", Settings()))
    assert result.scores[0].label == "eosinophil"


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
