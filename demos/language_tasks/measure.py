"""Measure the bundled models on what they were not trained on, and write `metrics.json`.

    python -m demos.language_tasks.measure --data DIR

As `evaluate` does, on the validation parts of the files in `DIR` (`data.py` says which rows those
are); tasks whose labels say enough by their names are measured of the sentence encoder too, and of
one task the words that explain it. `--tasks` measures some of the tasks only and leaves the figures
of others as they are.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from demos.core.devices import CPU
from demos.core.language.answers import SORTING, Task
from demos.core.metrics_file import record
from demos.language_tasks import data, inference, offered
from demos.language_tasks import evaluate_files as files
from demos.language_tasks.evaluate import METRICS, evaluate, languages_of
from demos.language_tasks.evaluate_evidence import evidence
from demos.language_tasks.evaluate_figures import SEED
from demos.language_tasks.examples import nearest_passages
from demos.language_tasks.tasks import BY_NAME

SPLIT = "validation"
HEADLINES = {
    **dict.fromkeys((*SORTING, Task.ZERO_SHOT), ("accuracy", "ece")),
    Task.INTENT: ("in_scope_accuracy", "oos_recall", "ece"),
    Task.TOXICITY: ("accuracy", "roc_auc", "macro_auc", "ece"),
    Task.ENTITIES: ("f1",),
    Task.QUESTION_ANSWERING: ("f1", "exact_match", "unanswerable_refused"),
    Task.SIMILARITY: ("spearman",),
    Task.SUMMARY: ("rouge1", "rouge1_lead"),
    Task.TRANSLATION: ("bleu_de", "bleu_fr"),
}
"""What the card of a model shows of each task."""
EXPLAINED, EXPLAINED_TEXTS = Task.SENTIMENT, 200
"""What the words' shares are tried on."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    every = [str(each) for each in offered.TEXT_TASKS]
    parser.add_argument("--tasks", nargs="+", choices=every, default=every)
    arguments = parser.parse_args()
    models: dict[str, Any] = {offered.MEANING.name: inference.load(offered.MEANING, CPU)}
    by_name = models[offered.MEANING.name]
    for task in map(Task, arguments.tasks):
        spec = offered.OWN[task]
        if spec.name not in models:
            models[spec.name] = inference.load(spec, CPU)
        languages = languages_of(spec, None) if task is Task.TRANSLATION else ()
        rows = validation(arguments.data, task, languages)
        report = evaluate(task, models[spec.name], rows, languages)
        record(METRICS, spec.name, recorded(spec.name, task, report))
        print(json.dumps({task: report}, allow_nan=False), flush=True)
        if task is EXPLAINED:
            texts = [each.text for each in rows[:EXPLAINED_TEXTS]]
            found = evidence(models[spec.name], task, texts)
            record(METRICS, spec.name, {"evidence": found})
            print(json.dumps({"evidence": found}, allow_nan=False), flush=True)
        if task in BY_NAME:
            report = evaluate(task, by_name, rows)
            record(METRICS, offered.MEANING.name, {f"{task}_{SPLIT}": report})
            print(json.dumps({f"{task}, by names": report}, allow_nan=False), flush=True)


def validation(folder: Path, task: Task, languages: Sequence[str]) -> Sequence[Any]:
    """The rows that a task is measured on; zero-shot sorting on topics, whose labels it is told."""
    match task:
        case Task.ENTITIES:
            return data.tagged(folder)[1]
        case Task.QUESTION_ANSWERING:
            return asked(data.asked(folder)[1])
        case Task.SIMILARITY:
            return files.pairs(folder / f"{task}-validation.parquet")
        case Task.SUMMARY:
            return files.papers(folder / f"{task}-validation.parquet")
        case Task.TRANSLATION:
            return files.captions(folder / f"{task}-validation.parquet", languages)
    of = Task.TOPIC if task is Task.ZERO_SHOT else task
    names = data.labels_of(folder)[of]
    return [files.Labeled(each.text, names[each.label]) for each in data.sorting(folder, of)[1]]


def asked(questions: Sequence[data.Asked]) -> list[files.Question]:
    """Each question of its own passage, and of one that has most words in common with it but not
    the answer."""
    rows = [files.Question(each.question, each.context, (each.answer,)) for each in questions]
    for each, others in zip(questions, nearest_passages(questions), strict=True):
        contexts = (questions[n].context for n in others)
        found = (text for text in contexts if each.answer.lower() not in text.lower())
        rows += [files.Question(each.question, text, ()) for text in islice(found, 1)]
    return rows


def recorded(name: str, task: Task, report: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of a task: everything under its name, and the headlines beside it. A model of
    several tasks has the number of examples of its first."""
    figures: dict[str, Any] = {f"{task}_{SPLIT}": dict(report)}
    for key in HEADLINES[task]:
        for each in (key, f"{key}_ci95"):
            if report.get(each) is not None:
                figures[f"{task}_{each}"] = report[each]
    if task is next(first for first, spec in offered.OWN.items() if spec.name == name):
        figures |= {"split": SPLIT, "seed": SEED, "n": report["n"]}
    return figures


if __name__ == "__main__":
    main()
