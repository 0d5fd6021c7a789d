"""The models of this demo behind one interface, whether bundled or from the Hub."""

from collections.abc import Sequence

from demos.core.devices import Device
from demos.core.media import DecodedImage
from demos.core.spec import Bundled, ModelSpec
from demos.healthcare_imaging import classifier, hub_models
from demos.healthcare_imaging.classifier import Classification, Explanation, Model
from demos.healthcare_imaging.hub_models import HubNetwork, HubResult

Loaded = Model | HubNetwork
Result = Classification | HubResult


def load(spec: ModelSpec, device: Device) -> Loaded:
    """Load a bundled model, or one of the Hub whose files are on this machine.

    Raises `WeightsMismatch` for files that are not the specification's and `HubUnavailable` for a
    model that has not been downloaded.
    """
    if isinstance(spec.source, Bundled):
        return classifier.load(spec, device)
    return hub_models.load(spec, device)


def warm_up(model: Loaded) -> None:
    """Run once on nothing: the first run of any engine is its slowest."""
    if isinstance(model, Model):
        classifier.warm_up(model)


def predict(model: Loaded, image: DecodedImage) -> Result:
    """Classify one image."""
    return predict_batch(model, [image])[0]


def predict_batch(model: Loaded, images: Sequence[DecodedImage]) -> Sequence[Result]:
    """Classify several images in one pass; the time is shared out evenly among them."""
    if isinstance(model, Model):
        return classifier.predict_batch(model, images)
    return hub_models.predict_batch(model, images)


def explain(model: Loaded, result: Result, label: str) -> Explanation:
    """Where the evidence for `label` lies, by the method of the model."""
    if isinstance(model, Model):
        assert isinstance(result, Classification)
        return classifier.explain(model, result, label)
    assert isinstance(result, HubResult)
    return hub_models.explain(model, result, label)
