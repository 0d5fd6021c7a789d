"""Running a model for a page: memory that runs out once is not the end of it."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from demos import catalog
from demos.core.devices import CPU
from demos.core.media import DecodedImage
from demos.core.store import ModelStore
from pages.components import prediction

SPEC = catalog.DEMOS[0].models[0]
IMAGE = DecodedImage(np.zeros((96, 96, 3), np.uint8), "0" * 64, "x", "PNG", "RGB", (96, 96), ())


@dataclass
class ShortOfMemory:
    """Fails for want of memory as often as it is told to."""

    failures: int

    def predict(self, model: object, image: DecodedImage) -> SimpleNamespace:
        if self.failures:
            self.failures -= 1
            raise MemoryError
        return SimpleNamespace(scores=[SimpleNamespace(label="basophil")])

    def explain(self, model: object, result: object, label: str) -> str:
        return f"because of {label}"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    store = ModelStore(lambda spec, device: object(), CPU, 10**9, 60, 1, 4)
    monkeypatch.setattr(prediction, "model_store", lambda: store)
    return store


def test_memory_running_out_once_costs_a_retry(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    inference = ShortOfMemory(failures=1)
    monkeypatch.setattr(catalog, "inference", lambda slug: inference)
    found = prediction.run(SPEC, IMAGE)
    assert found.explanations == {"basophil": "because of basophil"}
    assert inference.failures == 0


def test_memory_running_out_twice_is_said(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "inference", lambda slug: ShortOfMemory(failures=2))
    with pytest.raises(prediction.UserError, match="ran out of memory"):
        prediction.run(SPEC, IMAGE)
