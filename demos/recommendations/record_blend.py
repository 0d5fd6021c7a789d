"""Measure what steering would do to everybody's recommendations, and store it for the page.

    python -m demos.recommendations.record_blend --catalog movies --data DIR --run DIR

adds `blend_curve`'s figures to `metrics.json`: on the last item of every user's training history,
with the model that `train` made without these items (`NAME-validation.safetensors` in --run).
"""

import argparse
from pathlib import Path

from demos.core.metrics_file import record
from demos.recommendations.blend_curve import blend_curve
from demos.recommendations.evaluate import METRICS, read
from demos.recommendations.interactions import read_histories, without_last
from demos.recommendations.recipes import CATALOGS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--catalog", required=True, choices=CATALOGS)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/recommendations"))
    parser.add_argument("--run", type=Path, default=Path("runs/recommendations"))
    arguments = parser.parse_args()
    name: str = arguments.catalog
    model = read(arguments.run, name)
    before, last = without_last(read_histories(arguments.data / f"{name}-interactions.parquet"))
    histories = [items.tolist() for items in before.values()]
    found = blend_curve(model.scores, model.catalog, histories, list(last.values()))
    record(METRICS, name, {"blend": found})


if __name__ == "__main__":
    main()
