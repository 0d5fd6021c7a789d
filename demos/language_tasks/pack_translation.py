"""From a trained translator to its weights file, in half precision, its vocabulary within.

    python -m demos.language_tasks.pack_translation --data DIR --run runs/translation

Reads `vocabulary.json` and `translator.safetensors` of `train_translation.py`. Writes
`weights/translator.safetensors`; prints its SHA-256, and the scores of validation captions and of
news in each language, between which `translating.FLOORS` have to be.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save

from demos.core.devices import CPU
from demos.core.language.answers import Request, Task
from demos.core.spec import Bundled, ModelSpec
from demos.language_tasks.translating import FLOORS, VOCABULARY, Model, loaded, predict

WEIGHTS = Path(__file__).parent / "weights" / "translator.safetensors"
MOST = 200
"""Texts of a kind that are scored."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    encoded = packed(arguments.run)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_bytes(encoded)
    sha256 = hashlib.sha256(encoded).hexdigest()
    model = loaded(
        encoded,
        ModelSpec("language_tasks", "translator", "", Bundled("", ""), 0, "", ""),
        sha256,
        CPU,
    )
    kinds = {
        "captions": column(arguments.data / "translation-validation.parquet", "en"),
        "news": column(arguments.data / "topic-train.parquet", "text"),
    }
    said = {
        language: {
            kind: told(scores(model, texts, language), floor) for kind, texts in kinds.items()
        }
        for language, floor in FLOORS.items()
    }
    print(json.dumps({"sha256": sha256, "bytes": len(encoded)} | said, indent=1))


def packed(run: Path) -> bytes:
    """The weights file of a run."""
    tensors = {
        name: each.astype(np.float16)
        for name, each in load_file(run / "translator.safetensors").items()
    }
    plain = json.dumps(json.loads((run / "vocabulary.json").read_text("utf-8")))
    return save(tensors | {VOCABULARY: np.frombuffer(plain.encode(), dtype=np.uint8)})


def column(file: Path, name: str) -> list[str]:
    import polars as pl

    found: list[str] = pl.read_parquet(file, columns=[name])[name].head(MOST).to_list()
    return found


def scores(model: Model, texts: Sequence[str], language: str) -> list[float]:
    """The mean score of the sentences of each text that is not refused."""
    answers = [
        predict(model, Request(Task.TRANSLATION, each, language=language)).sentences
        for each in texts
    ]
    return [float(np.mean([each.score for each in rows])) for rows in answers if rows]


def told(found: Sequence[float], floor: float) -> dict[str, float]:
    """How many are sure enough, and the scores that 5, 50 and 95 in 100 are below."""
    low, middle, high = np.quantile(found, (0.05, 0.5, 0.95)).round(3).tolist()
    sure = round(float((np.array(found) >= floor).mean()), 3)
    return {"sure": sure, "5_percent": low, "median": middle, "95_percent": high}


if __name__ == "__main__":
    main()
