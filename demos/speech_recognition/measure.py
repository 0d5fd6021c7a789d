"""Measure the bundled model on everything it was not trained on, and write `metrics.json`.

    python -m demos.speech_recognition.measure --data DIR

As `evaluate` does, on the validation parts of the files in `DIR` (`corpus.py` says which rows those
are), on what is none of our words, on sounds without a voice, and on how faithful the pictures of a
word's evidence are. PocketSphinx is measured beside it on digit strings and on read sentences.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from demos.core.audio.attribution import Faithfulness, faithfulness, quiet_level
from demos.core.devices import CPU
from demos.core.metrics_file import record
from demos.speech_recognition import SPEC, baseline, commands, evidence
from demos.speech_recognition.corpus import RICH, is_held
from demos.speech_recognition.evaluate import (
    CLOSED,
    METRICS,
    SEED,
    evaluate,
    recordings,
    without_voice,
)
from demos.speech_recognition.inference import Loaded, predict

SOUNDS = 560
EXPLAINED = 60
"""Words whose evidence is checked."""
SHARE = 0.2

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    bundled, classical = SPEC.models[0], baseline.BASELINE
    figures = of_commands(commands.load(bundled, CPU), arguments.data)
    record(METRICS, bundled.name, figures)
    figures |= {classical.name: of_baseline(baseline.load(classical, CPU), arguments.data)}
    record(METRICS, classical.name, figures[classical.name])
    print(json.dumps(figures, allow_nan=False))


def of_commands(model: commands.Model, data: Path) -> dict[str, Any]:
    """Figures by what was said, for the card and for the page."""
    known = CLOSED["commands"]
    single = part(model, data / "commands-validation.parquet", lambda row: True, known)
    rich = part(model, data / "commands-validation.parquet", lambda row: row["text"] in RICH, known)
    digits = part(model, data / "digits-train.parquet", held("digits"), known)
    strings = part(model, data / "digit_strings-train.parquet", held("strings"), known)
    sentences = part(model, data / "sentences-sample.parquet", held("sentences"), known)
    silent = without_voice(model, SOUNDS)
    return {
        "split": "validation",
        "seed": SEED,
        "n": single["n"],
        "exact": single["exact"],
        "exact_ci95": single["exact_ci95"],
        "macro_recall": single["macro_recall"],
        "ece": single["reliability"]["ece"],
        "reliability": single["reliability"]["bins"],
        "per_word": single["per_word"],
        "n_rich": rich["n"],
        "exact_rich": rich["exact"],
        "exact_rich_ci95": rich["exact_ci95"],
        "n_digits": digits["n"],
        "exact_digits": digits["exact"],
        "exact_digits_ci95": digits["exact_ci95"],
        "n_strings": strings["n"],
        "wer_strings": strings["wer"],
        "wer_strings_ci95": strings["wer_ci95"],
        "n_sentences": sentences["out_of_vocabulary"]["n"],
        "sentences_rejected": sentences["out_of_vocabulary"]["rejected"],
        "n_sounds": silent["n"],
        "sounds_rejected": silent["rejected"],
        "sounds_by_kind": silent["by_kind"],
        "seconds_per_audio_second": single["seconds_per_audio_second"],
        "evidence": faithful(model, data / "commands-validation.parquet"),
        "weights_sha256": model.weights_sha256,
        "engine": model.engine,
    }


def of_baseline(model: Loaded, data: Path) -> dict[str, Any]:
    strings = part(model, data / "digit_strings-train.parquet", held("strings"), None)
    sentences = part(model, data / "sentences-sample.parquet", lambda row: True, None)
    return {
        "split": "read sentences of LibriSpeech",
        "seed": SEED,
        "n": sentences["n"],
        "wer": sentences["wer"],
        "wer_ci95": sentences["wer_ci95"],
        "n_strings": strings["n"],
        "wer_strings": strings["wer"],
        "wer_strings_ci95": strings["wer_ci95"],
        "seconds_per_audio_second": sentences["seconds_per_audio_second"],
    }


def held(source: str) -> Callable[[Row], bool]:
    """Whether a row is for validation."""
    return lambda row: is_held(source, row)


def part(
    model: Loaded, file: Path, wanted: Callable[[Row], bool], known: frozenset[str] | None
) -> dict[str, Any]:
    """`evaluate` on the rows that are wanted."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = Path(folder) / file.name
        write(chosen, [row for row in pq.read_table(file).to_pylist() if wanted(row)])
        return evaluate(model, chosen, known)


def write(file: Path, rows: Sequence[Row]) -> None:
    pq.write_table(pa.Table.from_pylist(list(rows)), file)


def faithful(model: commands.Model, file: Path) -> dict[str, Any]:
    """How much a word's score rests on what its picture ranks highest, against chance."""
    found: list[Faithfulness] = []
    for text, audio in recordings(file):
        if len(found) == EXPLAINED:
            break
        heard = predict(model, audio)
        if heard.text == text:
            score_of, attribution = evidence.asked(model, heard.words[0], audio)
            fill = quiet_level(attribution.features)
            found.append(faithfulness(score_of, attribution, fill, SHARE))
    return {
        "n": len(found),
        "share": SHARE,
        "by_map": float(np.mean([each.by_map for each in found])),
        "by_chance": float(np.mean([each.by_chance for each in found])),
    }


if __name__ == "__main__":
    main()
