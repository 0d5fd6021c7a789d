"""Measure a model of language on a file and print one JSON object.

    python -m demos.language_tasks.evaluate --task sentiment --data FILE.parquet
    ... --task translation --language fr
    ... --task zero_shot --labels "World=world news" "Sports=sports"

`data.py` says which columns a file has for each task. Texts go through the same windows, models and
verdicts as the dashboard's. Labels are names, or their numbers where it is certain what these stand
for. `--labels` says what the labels of zero-shot sorting are called when asked for; `--language`
measures one language of translation alone. `--write --split NAME` stores the figures in
`metrics.json`.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.devices import choose_device
from demos.core.errors import UnsupportedType, UserError
from demos.core.language.answers import SORTING, Request, Task, Verdict
from demos.core.metrics_file import record
from demos.core.results import LabelScore
from demos.core.settings import read_settings
from demos.core.spec import ModelSpec
from demos.language_tasks import evaluate_files as files
from demos.language_tasks import hub_sorting, inference, meaning, offered, reading
from demos.language_tasks.evaluate_figures import SEED
from demos.language_tasks.evaluate_reading import entities, questions
from demos.language_tasks.evaluate_sorting import Sorter, sorting, zero_shot
from demos.language_tasks.evaluate_writing import similarity, summary, translation
from demos.language_tasks.hub_reading import HubLanguage
from demos.language_tasks.tasks import BY_NAME

METRICS = Path(__file__).parent / "metrics.json"
FIRST = Request(
    Task.SENTIMENT,
    "This is a short text. It is read before the clock starts.",
    "What is this?",
    ("a text", "a meal"),
    sentences=1,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", required=True, choices=[str(each) for each in offered.TEXT_TASKS])
    parser.add_argument("--model", default=None, help="if not the bundled one")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--language", default=None, help="of translation: de or fr")
    parser.add_argument(
        "--labels", type=description, nargs="*", default=[], metavar="LABEL=DESCRIPTION"
    )
    parser.add_argument("--split", default=None, help="name of the split, for metrics.json")
    parser.add_argument("--write", action="store_true", help="store in metrics.json")
    arguments = parser.parse_args()
    task, split = Task(arguments.task), arguments.split or arguments.data.stem
    try:
        spec = chosen(task, arguments.model)
        model = inference.load(spec, choose_device(read_settings().device))
        languages = languages_of(spec, arguments.language) if task is Task.TRANSLATION else ()
        rows = rows_of(task, model, arguments.data, languages)
        report = {"task": task, "model": spec.name, "split": split}
        report |= evaluate(task, model, rows, languages, dict(arguments.labels))
    except UserError as error:
        sys.exit(str(error))
    if arguments.write:
        record(METRICS, spec.name, {f"{task}_{split}": report})
    print(json.dumps(report, allow_nan=False))


def description(text: str) -> tuple[str, str]:
    """A label and what it is called."""
    label, sign, words = text.partition("=")
    if not sign or not words.strip():
        raise argparse.ArgumentTypeError(f"“{text}” is not LABEL=DESCRIPTION")
    return label, words.strip()


def chosen(task: Task, name: str | None) -> ModelSpec:
    """The model called `name`, the bundled one by default. Raises `UnsupportedType` for one that
    does not do the task."""
    able = offered.models_for(task)
    for each in able:
        if name in (None, each.name):
            return each
    raise UnsupportedType(
        f"“{name}” is no model for the task “{task}”.",
        f"These are: {', '.join(each.name for each in able)}.",
    )


def languages_of(spec: ModelSpec, language: str | None) -> tuple[str, ...]:
    """What to translate into: the language asked for, or all that our files have."""
    able = offered.languages(spec)
    if language is None:
        return tuple(each for each in offered.OWN_TARGETS if each in able)
    if language not in able:
        raise UnsupportedType(
            f"{spec.title} does not translate into “{language}”.",
            f"It translates into: {', '.join(able)}.",
        )
    return (language,)


def rows_of(task: Task, model: Any, file: Path, languages: Sequence[str]) -> Sequence[Any]:
    """The rows of a file, as `evaluate` takes them. Raises `Unreadable`."""
    match task:
        case Task.ZERO_SHOT:
            return files.labeled(file, task, ())
        case Task.ENTITIES:
            return files.tagged(file)
        case Task.QUESTION_ANSWERING:
            return files.questions(file)
        case Task.SIMILARITY:
            return files.pairs(file)
        case Task.SUMMARY:
            return files.papers(file)
        case Task.TRANSLATION:
            return files.captions(file, languages)
    return files.labeled(file, task, files.LABELS.get(task) or inference.labels(model, task))


def evaluate(
    task: Task,
    model: Any,
    rows: Sequence[Any],
    languages: Sequence[str] = (),
    described: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """All figures of one task."""
    first = inference.predict(model, request_of(task, languages))
    began = time.perf_counter()
    report = figures(task, model, rows, languages, described or {})
    seconds = time.perf_counter() - began
    return report | {
        "seed": SEED,
        "seconds_per_row": seconds / len(rows) if rows else None,
        "engine": first.provenance.engine,
        "weights": first.provenance.weights,
    }


def request_of(task: Task, languages: Sequence[str]) -> Request:
    """The first one, which warms up and tells what the model runs on."""
    language = languages[0] if languages else FIRST.language
    return Request(task, FIRST.text, FIRST.query, FIRST.labels, language, FIRST.sentences)


def figures(
    task: Task,
    model: Any,
    rows: Sequence[Any],
    languages: Sequence[str],
    described: Mapping[str, str],
) -> dict[str, Any]:
    ask: Any = partial(inference.predict, model)
    if isinstance(model, meaning.Meaning) and task in BY_NAME:
        return zero_shot(ask, rows, {name: name for name in BY_NAME[task]})
    match task:
        case Task.ZERO_SHOT:
            return zero_shot(ask, rows, called(rows, described))
        case Task.ENTITIES:
            return entities(ask, rows)
        case Task.QUESTION_ANSWERING:
            return questions(ask, rows)
        case Task.SIMILARITY:
            return similarity(partial(inference.vectors, model), rows)
        case Task.SUMMARY:
            return summary(ask, rows)
        case Task.TRANSLATION:
            return translation(ask, rows, languages)
    assert task in SORTING
    return sorting(task, sorter(task, model), rows)


def called(rows: Sequence[files.Labeled], described: Mapping[str, str]) -> dict[str, str]:
    """What each label of the rows is called: as described, else by its own words."""
    names = dict.fromkeys(each.label for each in rows)
    return {name: described.get(name, name.replace("_", " ")) for name in names}


def sorter(task: Task, model: Any) -> Sorter:
    def scores(texts: Sequence[str]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = inference.scores(model, [task], texts)[task]
        return found

    def verdict(text: str, whole: tuple[LabelScore, ...]) -> Verdict:
        if isinstance(model, HubLanguage):
            return hub_sorting.verdict(model, whole, task)
        return reading.judged(model, Request(task, text), whole)

    return Sorter(inference.labels(model, task), scores, verdict)


if __name__ == "__main__":
    main()
