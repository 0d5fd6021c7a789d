"""How well texts are sorted, by labels of a fixed list or by any."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.language.answers import Request, Sorted, Task, Verdict
from demos.core.results import LabelScore, Outcome
from demos.language_tasks import evaluate_figures as figures
from demos.language_tasks.evaluate_files import LABELS, Labeled
from demos.language_tasks.label_scores import ranked
from demos.language_tasks.tasks import OUT_OF_SCOPE

Floats = NDArray[np.float32]
Texts = NDArray[np.object_]

NOTHING_TOXIC = ("neither", "not toxic")
NO_LABEL = ""
"""Given to a text with nothing to read in it."""


@dataclass(frozen=True, slots=True)
class Sorter:
    """A model that sorts: `scores` (n, labels) of texts, nothing but zeros for an empty one, and
    what it says of a text whose labels have these scores, best first."""

    labels: tuple[str, ...]
    scores: Callable[[Sequence[str]], Floats]
    verdict: Callable[[str, tuple[LabelScore, ...]], Verdict]


def sorting(task: Task, sorter: Sorter, rows: Sequence[Labeled]) -> dict[str, Any]:
    """All figures of one task. `accuracy` is that of the likeliest label, unsure or refused as it
    may be; of intents, whatever is refused was taken for out of scope."""
    odds = sorter.scores([each.text for each in rows])
    wanted = np.array([each.label for each in rows], dtype=object)
    verdicts = [
        sorter.verdict(each.text, ranked(sorter.labels, row) if row.any() else ()).outcome
        for each, row in zip(rows, odds, strict=True)
    ]
    answered = np.array([each is Outcome.ANSWER for each in verdicts], dtype=bool)
    refused = np.array([each is Outcome.REFUSED for each in verdicts], dtype=bool)
    report: dict[str, Any] = {"n": len(rows)} | figures.outcomes(answered, refused)
    asked = LABELS.get(task, sorter.labels)
    if set(asked) <= set(sorter.labels):
        report |= right(sorter.labels, odds, asked, wanted, answered, refused)
    if task is Task.TOXICITY:
        report |= toxicity(sorter.labels, odds, wanted)
    return report


def right(
    labels: Sequence[str],
    odds: Floats,
    asked: Sequence[str],
    wanted: Texts,
    answered: NDArray[np.bool_],
    refused: NDArray[np.bool_],
) -> dict[str, Any]:
    """Figures of the best of the labels `asked`: a model of the Hub may know others besides."""
    inner = odds[:, [labels.index(name) for name in asked]]
    names = np.array([*asked, NO_LABEL], dtype=object)
    best = np.where(inner.any(axis=1), inner.argmax(axis=1), len(asked))
    given = names[best]
    whole = len(labels) == len(asked)
    calibration = figures.reliability(inner.max(axis=1), given == wanted) if whole else {}
    if OUT_OF_SCOPE in asked:
        given = np.where(refused, OUT_OF_SCOPE, given)
        report = scoped(wanted, given)
    else:
        report = figures.share("accuracy", given == wanted)
        report |= figures.share("accuracy_answered", (given == wanted)[answered])
    of_labels = figures.per_label(wanted.tolist(), given.tolist())
    macro = [each["f1"] for each in of_labels.values()]
    return report | calibration | {"macro_f1": average(macro), "per_label": of_labels}


def scoped(wanted: Texts, given: Texts) -> dict[str, Any]:
    """Of requests that are in scope those sorted rightly, of the others those refused."""
    outside, refused = wanted == OUT_OF_SCOPE, given == OUT_OF_SCOPE
    return (
        figures.share("in_scope_accuracy", (given == wanted)[~outside])
        | figures.share("oos_recall", refused[outside])
        | figures.share("oos_precision", outside[refused])
        | figures.share("accuracy", given == wanted)
        | {"n_in_scope": int((~outside).sum()), "n_oos": int(outside.sum())}
    )


def toxicity(labels: Sequence[str], odds: Floats, wanted: Texts) -> dict[str, Any]:
    """Areas under the ROC curve: of what is toxic in any way, and the mean of each label against
    the rest; None where there is only one kind of text."""
    from sklearn.metrics import roc_auc_score

    harmless = next(name for name in NOTHING_TOXIC if name in labels)
    toxic = wanted != NOTHING_TOXIC[0]
    found: dict[str, float | None] = {"roc_auc": None, "macro_auc": None}
    if len(set(toxic.tolist())) > 1:
        found["roc_auc"] = float(roc_auc_score(toxic, 1 - odds[:, labels.index(harmless)]))
    present = sorted(set(wanted.tolist()))
    if len(present) > 1 and set(present) <= set(labels):
        areas = [roc_auc_score(wanted == name, odds[:, labels.index(name)]) for name in present]
        found["macro_auc"] = average(areas)
    return found


def zero_shot(
    ask: Callable[[Request], Sorted], rows: Sequence[Labeled], described: Mapping[str, str]
) -> dict[str, Any]:
    """Figures of sorting by labels that nobody trained; `described` is what each is called."""
    called = tuple(described.values())
    names = {text: name for name, text in described.items()}
    found = [ask(Request(Task.ZERO_SHOT, each.text, labels=called)) for each in rows]
    given = [names[each.scores[0].label] if each.scores else NO_LABEL for each in found]
    hits = np.array([a == b.label for a, b in zip(given, rows, strict=True)], dtype=bool)
    best = [each.scores[0].score if each.scores else 0.0 for each in found]
    answered = np.array([each.verdict.outcome is Outcome.ANSWER for each in found], dtype=bool)
    refused = np.array([each.verdict.outcome is Outcome.REFUSED for each in found], dtype=bool)
    of_labels = figures.per_label([each.label for each in rows], given)
    return (
        {"n": len(rows)}
        | figures.share("accuracy", hits)
        | figures.share("accuracy_answered", hits[answered])
        | figures.outcomes(answered, refused)
        | figures.reliability(best, hits)
        | {"labels": dict(described), "per_label": of_labels}
    )


def average(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if len(values) else None
