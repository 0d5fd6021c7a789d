"""An answer as something to keep: its record, the code that repeats it, a report; and what is known
of how good a model is at a task."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from demos.core.devices import Device
from demos.core.language.answers import Answer, Request, Task
from demos.core.language.report import LanguageReport, Weighed
from demos.core.language.rows import Table
from demos.core.language.terms import TASKS
from demos.core.language.words import detected
from demos.core.spec import DemoSpec, Hub, ModelSpec
from demos.core.wording import duration, percent, score, significant
from demos.language_tasks.hub_catalog import hub_language

FIGURES = {
    "accuracy": "accuracy {}",
    "in_scope_accuracy": "{} of requests sorted rightly",
    "oos_recall": "{} of what is no request noticed",
    "roc_auc": "ROC AUC {}",
    "f1": "F1 {}",
    "exact_match": "{} word for word",
    "unanswerable_refused": "{} of those without an answer noticed",
    "spearman": "rank correlation {} with what people say",
    "rouge1": "ROUGE-1 {}",
    "rouge1_lead": "the first sentences alone {}",
    "bleu_de": "BLEU {} into German",
    "bleu_fr": "BLEU {} into French",
}
"""What is said of each figure, in this order."""
SHARES = frozenset(
    {"accuracy", "in_scope_accuracy", "oos_recall", "exact_match", "unanswerable_refused"}
)
BLEU = "bleu"
MEASURED = "validation"

SNIPPET = """\
import json
from pathlib import Path

from demos.core.devices import Device
from demos.core.language.answers import Request, Task
from demos.core.language.exports import answer_document
from demos.language_tasks.inference import load, predict
from demos.language_tasks.offered import models_for

# Run in the project's folder. SHA-256 of the text:
# {sha256}
{text}
request = Request({options})
spec = next(each for each in models_for(request.task) if each.name == {model!r})
answer = predict(load(spec, {device!r}), request)
print(json.dumps(answer_document(answer, {name!r})["result"], indent=1))
"""
LONGEST = 2_000
"""Characters of a text that is spelled out in the code."""
WRITTEN = "text = {!r}"
SAMPLE = 'text = Path({!r}).read_text(encoding="utf-8").strip("\\n")'
SAMPLE_JSON = 'text = json.loads(Path({!r}).read_text(encoding="utf-8"))["text"].strip("\\n")'
ELSEWHERE = 'text = Path("text.txt").read_text(encoding="utf-8")  # save the text as this file'


def snippet(spec: ModelSpec, answer: Answer, name: str, file: str | None) -> str:
    """Python that repeats the answer to the text called `name`; `file` is where a sample lies, None
    for a person's own text."""
    request, record = answer.request, answer.provenance
    return SNIPPET.format(
        sha256=record.input_sha256,
        text=spelled(request.text, file),
        options=options(request),
        model=spec.name,
        device=Device.parse(record.device),
        name=name,
    )


def spelled(text: str, file: str | None) -> str:
    """The lines that get hold of the text."""
    if file is not None:
        return (SAMPLE_JSON if file.endswith(".json") else SAMPLE).format(file)
    return WRITTEN.format(text) if len(text) <= LONGEST else ELSEWHERE


def options(request: Request) -> str:
    """The arguments of a request, those alone that its task looks at."""
    asked = [f"Task({request.task.value!r})", "text"]
    match request.task:
        case Task.QUESTION_ANSWERING | Task.SIMILARITY:
            asked.append(f"query={request.query!r}")
        case Task.ZERO_SHOT:
            asked.append(f"labels={request.labels!r}")
        case Task.SUMMARY:
            asked.append(f"sentences={request.sentences}")
        case Task.TRANSLATION:
            asked.append(f"language={request.language!r}")
    return ", ".join(asked)


def facts(spec: ModelSpec, answer: Answer) -> tuple[tuple[str, str], ...]:
    """The provenance as rows of a table."""
    record = answer.provenance
    weights = "Revision" if isinstance(spec.source, Hub) else "Weights SHA-256"
    limits = ", ".join(f"{name} {score(value)}" for name, value in record.thresholds)
    return (
        ("Input SHA-256", record.input_sha256),
        ("Task", TASKS[answer.request.task]),
        ("Text", detected(answer) or "No language detected for sure."),
        ("Model", f"{spec.title} ({record.model}), {spec.license}"),
        (weights, record.weights),
        ("Preprocessing", record.preprocessing),
        ("Engine", record.setting),
        ("Time", duration(record.seconds)),
        ("Thresholds", limits or "none"),
    )


def report(
    demo: DemoSpec,
    spec: ModelSpec,
    answer: Answer,
    name: str,
    file: str | None,
    permalink: str | None,
    why: Callable[[], Weighed] | None = None,
    tried: Table | None = None,
) -> LanguageReport:
    """The report of an answer. `name` is what the text is called, `file` where a sample lies; `why`
    lays out what each word adds, `tried` is what changes of the text do, where that was asked."""
    card = f"Model card: demos/{demo.slug}/cards/{spec.name}.md, also shown on the page. "
    return LanguageReport(
        title=f"{demo.title}: {spec.title}",
        question=demo.question,
        name=name,
        answer=answer,
        facts=facts(spec, answer),
        snippet=snippet(spec, answer, name, file),
        model_card=spec.summary if isinstance(spec.source, Hub) else f"{card}{spec.summary}",
        disclaimer=demo.disclaimer,
        made=datetime.now(UTC),
        permalink=permalink,
        why=why() if why else None,
        tried=tried,
    )


def of_task(metrics: Mapping[str, Any], task: Task) -> Mapping[str, Any]:
    """What was measured of a model at one task; empty where nothing was."""
    found = metrics.get(f"{task}_{MEASURED}")
    return {"split": MEASURED} | found if found else {}


def quality(spec: ModelSpec, metrics: Mapping[str, Any], task: Task) -> str:
    """How good a model was found to be at a task, by whom, on what."""
    if isinstance(spec.source, Hub):
        known = hub_language(spec.name)
        return f"not measured here; {known.published}. Trained on {known.trained_on}"
    measured = of_task(metrics, task)
    told = [
        words.format(figure(name, measured[name]))
        for name, words in FIGURES.items()
        if measured.get(name) is not None
    ]
    if not told:
        return "not measured here"
    return f"{', '.join(told)}, on {measured['n']:,} {measured['split']} texts"


def figure(name: str, value: float) -> str:
    if name.startswith(BLEU):
        return f"{value:.1f}"
    return percent(value) if name in SHARES else score(value)


def trust(metrics: Mapping[str, Any]) -> str:
    """How far the shares of words can be trusted, where that was measured."""
    measured = metrics.get("evidence")
    if not measured:
        return ""
    return (
        f"Measured on {measured['n']:,} texts: leaving out the {percent(measured['share'])} of a "
        f"text's words that rank highest takes {significant(measured['by_shares'], 2)} from the "
        f"log-odds of its label on average, a random {percent(measured['share'])} takes "
        f"{significant(measured['by_chance'], 2)}."
    )
