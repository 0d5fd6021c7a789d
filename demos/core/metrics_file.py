"""The figures measured for a demo's models: its `metrics.json`, keyed by model."""

import json
from pathlib import Path
from typing import Any


def record(
    file: Path, model: str, figures: dict[str, Any], replacing: tuple[str, ...] = ()
) -> None:
    """Add figures of a model to `file`, in place of all that begin with `replacing`."""
    measured = json.loads(file.read_text()) if file.exists() else {}
    former = measured.get(model, {})
    kept = {name: each for name, each in former.items() if not name.startswith(replacing)}
    measured[model] = kept | figures
    file.write_text(json.dumps(measured, indent=1, allow_nan=False) + "\n")
