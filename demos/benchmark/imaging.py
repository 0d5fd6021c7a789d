"""The imaging demo's part. Measured is its default model."""

from demos import catalog
from demos.healthcare_imaging.modalities import modality

DEMO = catalog.demo("healthcare_imaging")
SPEC = DEMO.models[0]
KIND = modality(SPEC.name)
