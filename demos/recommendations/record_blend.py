"""Measure what steering would do to everybody's recommendations, and store it for the page.

    python -m demos.recommendations.record_blend --catalog movies --data DIR --run DIR

adds `blend_curve`'s figures to `metrics.json`: on the last item of every user's training history,
with the model that `train` made without these items (`NAME-validation.safetensors` in --run).
"""

import argparse
import hashlib
from pathlib import Path

from demos.core.devices import choose_device
from demos.core.metrics_file import record
from demos.core.settings import read_settings
from demos.recommendations import SPEC
from demos.recommendations.blend_curve import blend_curve
from demos.recommendations.inference import loaded
from demos.recommendations.interactions import read_histories, without_last

METRICS = Path(__file__).parent / "metrics.json"


def main() -> None:
    specs = {each.name: each for each in SPEC.models}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--catalog", required=True, choices=specs)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/recommendations"))
    parser.add_argument("--run", type=Path, default=Path("runs/recommendations"))
    arguments = parser.parse_args()
    name: str = arguments.catalog
    encoded = (arguments.run / f"{name}-validation.safetensors").read_bytes()
    device = choose_device(read_settings().device)
    model = loaded(encoded, specs[name], hashlib.sha256(encoded).hexdigest(), device)
    before, last = without_last(read_histories(arguments.data / f"{name}-interactions.parquet"))
    histories = [items.tolist() for items in before.values()]
    found = blend_curve(model.scores, model.catalog, histories, list(last.values()))
    record(METRICS, name, {"blend": found})


if __name__ == "__main__":
    main()
