"""Start, speed and memory, measured beside the same weights in torch eager: one run, one table.

`python -m demos.benchmark`. Measured is the default model of the first demo.
"""

from demos import catalog
from demos.healthcare_imaging.modalities import modality

DEMO = catalog.demo("healthcare_imaging")
SPEC = DEMO.models[0]
KIND = modality(SPEC.name)

Series = dict[str, list[float]]
"""Repeated measurements under their names: seconds, or bytes."""
