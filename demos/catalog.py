"""The demos, listed by hand. The one place that imports a demo's inference, and only when asked.

Importing this module loads no torch, transformers, timm, librosa, pandas, polars or plotly.
"""

import importlib
from typing import Any, cast

from demos.core import sentence_encoder
from demos.core.devices import Device
from demos.core.spec import DemoSpec, Inference, ModelSpec
from demos.fraud_scoring import SPEC as FRAUD_SCORING
from demos.healthcare_imaging import SPEC as HEALTHCARE_IMAGING
from demos.language_tasks import SPEC as LANGUAGE_TASKS
from demos.recommendations import SPEC as RECOMMENDATIONS
from demos.speech_recognition import SPEC as SPEECH_RECOGNITION

DEMOS: tuple[DemoSpec, ...] = (
    HEALTHCARE_IMAGING,
    FRAUD_SCORING,
    RECOMMENDATIONS,
    SPEECH_RECOGNITION,
    LANGUAGE_TASKS,
)


def demo(slug: str) -> DemoSpec:
    """The demo called `slug`. Raises `KeyError` for an unknown one."""
    return {each.slug: each for each in DEMOS}[slug]


def inference(slug: str) -> Inference:
    """The inference module of a demo, imported on first use."""
    return cast(Inference, importlib.import_module(f"demos.{demo(slug).slug}.inference"))


def load(spec: ModelSpec, device: Device) -> Any:
    """Load a model, a demo's or the one that no demo owns: the loader the store is given."""
    if spec == sentence_encoder.ENCODER:
        return sentence_encoder.load(device)
    return inference(spec.demo).load(spec, device)
