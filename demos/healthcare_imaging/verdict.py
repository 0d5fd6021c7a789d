"""What a classification means in words, and what it becomes under another decision rule.

Everything here works on a finished `Classification`: no model is asked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from demos.core.results import Outcome
from demos.core.wording import percent, scope_score
from demos.healthcare_imaging.classifier import Classification, likeliest_two, prediction_set
from demos.healthcare_imaging.hub_models import HubResult
from demos.healthcare_imaging.modalities import Modality

Result = TypeVar("Result", Classification, HubResult)

FLOORS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
"""Certainty a person may ask for, besides the model's own threshold."""

METHOD = """\
A class activation map: the last feature maps of the network, weighted by what each adds to the
score of the class (Zhou et al. 2016, arXiv:1512.04150). For a network that ends in average pooling
and one linear layer, as this one does, it equals Grad-CAM up to a constant (Selvaraju et al. 2017,
arXiv:1610.02391). Only what raised the score is drawn, scaled to its own maximum, so overlays of
two classes do not compare in strength. It shows what influenced the score, not what is medically
relevant."""
"""How `explain` computes its heatmap, for a reader."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome as a reader meets it: the headline, the figure behind it and what it means."""

    outcome: Outcome
    headline: str
    figure: str
    meaning: tuple[str, ...]


def set_threshold(result: Classification | HubResult) -> float:
    """The probability from which a class belongs to the set; 0 for a model without one."""
    return dict(result.provenance.thresholds).get("prediction set", 0.0)


def own_floor(result: Classification | HubResult) -> float:
    """The probability from which the model itself always answers; 0 for one without a set.

    Below a threshold of one half, an answer needs every other class to stay under it.
    """
    threshold = set_threshold(result)
    return max(threshold, 1 - threshold) if threshold else 0.0


def decide(result: Result, floor: float) -> Result:
    """The classification, had an answer needed the probability `floor` as well.

    A floor takes answers away and never gives one: what the model itself is unsure of, or refuses,
    stays so. The candidates of an answer taken away are the likeliest two.
    """
    raised = floor > own_floor(result)
    if result.outcome is not Outcome.ANSWER or not raised or result.scores[0].score >= floor:
        return result
    return replace(result, outcome=Outcome.UNSURE, candidates=likeliest_two(result.scores))


def verdict(
    result: Classification, kind: Modality, floor: float, metrics: Mapping[str, Any]
) -> Verdict:
    """Put a decided classification into words; figures of merit only where they were measured."""
    likeliest = result.scores[0]
    if result.outcome is Outcome.REFUSED:
        return Verdict(
            result.outcome,
            f"This image does not look like {kind.subject}",
            f"Scope score {scope_score(result.scope)}; accepted up to 1.00",
            (
                f"A classifier names one of its {kind.noun}s for any picture it is given, so this "
                "one gets no answer.",
            ),
        )
    if result.outcome is Outcome.ANSWER:
        return Verdict(
            result.outcome,
            kind.title_of(likeliest.label),
            f"{percent(likeliest.score)} probability",
            track_record(likeliest.score, metrics),
        )
    figures = [f"{kind.title_of(c)} {percent(result.score_of(c))}" for c in result.candidates]
    return Verdict(
        result.outcome,
        either(result.candidates, kind),
        ", ".join(figures),
        meaning_of_set(result, kind, floor, metrics),
    )


def meaning_of_set(
    result: Classification, kind: Modality, floor: float, metrics: Mapping[str, Any]
) -> tuple[str, ...]:
    """Why there is no answer, and what the candidates promise."""
    typical = prediction_set(result.scores, set_threshold(result))
    if len(typical) > 1:
        share = "95 of 100 images, by construction"
        if "coverage_95" in metrics:
            share = (
                f"{percent(metrics['coverage_95'])} of {metrics['n']:,} {metrics['split']} images"
            )
        return (
            f"More than one {kind.noun} is likely enough to be the right one.",
            f"Sets made this way held the true {kind.noun} for {share}.",
        )
    if typical:
        why = f"The likeliest {kind.noun} stays below the {percent(floor)} asked for."
    else:
        why = f"No {kind.noun} is likely enough to enter the 95 % set."
    if len(kind.classes) == 2:
        return (why, f"That leaves both {kind.noun}s open.")
    return (why, f"These are the likeliest two; the true {kind.noun} may be another one.")


def either(candidates: tuple[str, ...], kind: Modality) -> str:
    """The candidates as one phrase: "Monocyte, lymphocyte or platelet"."""
    first, *between, last = (kind.title_of(label) for label in candidates)
    return f"{', '.join([first, *(name.lower() for name in between)])} or {last.lower()}"


def track_record(probability: float, metrics: Mapping[str, Any]) -> tuple[str, ...]:
    """How often answers of this confidence were right, from the measured bin it falls into."""
    for each in metrics.get("reliability", ()):
        inside = each["from"] <= probability < each["to"] or probability == each["to"] == 1
        if inside and each["n"]:
            share = percent(each["right"] / each["n"])
            return (
                f"At this confidence the model was right for {share} of {each['n']:,} "
                f"{metrics['split']} images.",
            )
    return ()


def mistakes(
    result: Classification | HubResult, kind: Modality, metrics: Mapping[str, Any]
) -> tuple[str, ...]:
    """What confusing the likeliest label costs, in words, from the measured confusion matrix."""
    if "confusion" not in metrics:
        return ()
    label = result.scores[0].label
    labels, confusion, split = metrics["labels"], metrics["confusion"], metrics["split"]
    k, name = labels.index(label), kind.title_of(label).lower()
    called = {labels[j]: confusion[j][k] for j in range(len(labels))}
    truly = dict(zip(labels, confusion[k], strict=True))
    return (
        f"Its first choice was **{name}** for {sum(called.values()):,} {split} images, rightly for "
        f"{called[label]:,} of them. {others(called, label, kind, 'The others were')}",
        f"It was shown {sum(truly.values()):,} {split} images that are a **{name}** and "
        f"ranked it first for {truly[label]:,}. "
        f"{others(truly, label, kind, 'For the others it ranked first')}",
    )


def others(counts: Mapping[str, int], label: str, kind: Modality, opening: str) -> str:
    """The confusions, most frequent first."""
    wrong = sorted(((n, each) for each, n in counts.items() if n and each != label), reverse=True)
    if not wrong:
        return "No mistake was seen, which does not mean that there are none."
    return f"{opening}: " + ", ".join(f"{kind.title_of(e).lower()} ({n:,})" for n, e in wrong) + "."
