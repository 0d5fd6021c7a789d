"""Results of the bundled model in a few words; those of Hub models are in `test_hub_models`."""

from demos.core.media import decode_image
from demos.core.results import Outcome
from demos.core.samples import Sample, SampleKind, samples
from demos.core.settings import Settings
from demos.healthcare_imaging import SPEC
from demos.healthcare_imaging.brief import brief, calibrated
from demos.healthcare_imaging.classifier import Classification, Model, predict
from demos.healthcare_imaging.modalities import BLOOD_CELLS, CHEST_XRAY

SAMPLES = samples(SPEC.slug, "blood_cells")
METRICS = {"accuracy": 0.985, "n": 1711, "split": "validation"}


def result_of(model: Model, sample: Sample) -> Classification:
    return predict(model, decode_image(sample.read(), sample.path.name, Settings()))


def test_an_answer_has_its_label_its_scores_and_its_quality(model: Model) -> None:
    result = result_of(model, SAMPLES[0])
    words = brief(SPEC.model("blood_cells"), result, METRICS)
    assert words.says == result.candidates and len(words.says) == 1
    assert words.headline == words.vocabulary[words.says[0]] == words.scores[0][0]
    assert len(words.scores) == len(words.vocabulary) == 8
    assert words.quality == "accuracy 98.5 % on 1,711 validation images"
    assert "calibrated" in words.kind


def test_a_refused_image_has_no_scores(model: Model) -> None:
    sample = next(each for each in SAMPLES if each.kind is SampleKind.OUT_OF_SCOPE)
    words = brief(SPEC.model("blood_cells"), result_of(model, sample), {})
    assert words.outcome is Outcome.REFUSED
    assert words.scores == () and words.says == ()
    assert words.quality == "not measured here"


def test_probabilities_say_what_they_were_calibrated_on() -> None:
    assert calibrated(BLOOD_CELLS) == "probabilities, calibrated on the validation images"
    assert "equally common" in calibrated(CHEST_XRAY) and "harder" in calibrated(CHEST_XRAY)
