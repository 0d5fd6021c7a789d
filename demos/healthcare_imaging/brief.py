"""The results of this demo's models in a few words, whichever kind of model they are from."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from demos.core.batch import PROBABILITY, Words, describe
from demos.core.brief import Brief
from demos.core.results import Outcome
from demos.core.spec import Bundled, Hub, ModelSpec
from demos.core.wording import model_score, percent, significant
from demos.healthcare_imaging.classifier import Classification
from demos.healthcare_imaging.hub_catalog import HubImaging, hub_imaging
from demos.healthcare_imaging.hub_models import HubResult
from demos.healthcare_imaging.modalities import Modality, modality
from demos.healthcare_imaging.verdict import METHOD, own_floor, verdict

NO_GATE = (
    "This model has no gate: it scores any picture it is given, so first be sure that the picture "
    "is of the kind it reads."
)
ANY_PICTURE = "This model has no gate: it scores any picture."
HUB_METHOD = """\
Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391): the last feature maps of the network, or for a
transformer the tokens that enter its last block, weighted by how strongly the score of the class
depends on each. Only what raised the score is drawn, scaled to its own maximum, so overlays of two
classes do not compare in strength. It shows what influenced the score, not what is medically
relevant."""
"""How `hub_models.explain` computes its heatmap, for a reader."""


MEASURES = {Bundled: PROBABILITY, Hub: "Model score"}
METHODS = {Bundled: METHOD, Hub: HUB_METHOD}
"""What a score is called, and how a heatmap is computed, by where a model is from."""


def title_of(spec: ModelSpec) -> Callable[[str], str]:
    """The titles of a model's labels."""
    if isinstance(spec.source, Hub):
        return hub_imaging(spec.name).outputs.__getitem__
    return modality(spec.group).title_of


def question(spec: ModelSpec) -> str:
    """What a model answers."""
    own = hub_imaging(spec.name).question if isinstance(spec.source, Hub) else ""
    return own or modality(spec.group).question


def row_words(
    result: Classification | HubResult, title_of: Callable[[str], str], subject: str
) -> Words:
    """A result as a row among many."""
    if not isinstance(result, HubResult):
        return describe(result, title_of, subject)
    if result.outcome is Outcome.ANSWER:
        return replace(describe(result, title_of, subject), reason=ANY_PICTURE)
    raised = [
        f"{title_of(each)} {model_score(result.score_of(each))}" for each in result.candidates
    ]
    return Words(
        candidates=", ".join(raised), reason=f"Findings are ranked, not decided on. {ANY_PICTURE}"
    )


def brief(
    spec: ModelSpec,
    result: Classification | HubResult,
    metrics: Mapping[str, Any],
    floor: float | None = None,
) -> Brief:
    """A result of the model `spec`; `metrics` is what was measured of it here, maybe nothing.

    `floor` is the probability that was asked for, if not the model's own.
    """
    if isinstance(result, HubResult):
        known = hub_imaging(spec.name)
        return several(known, result) if known.shares else exclusive(known, result)
    return bundled(spec, result, metrics, floor or own_floor(result))


def bundled(
    spec: ModelSpec, result: Classification, metrics: Mapping[str, Any], floor: float
) -> Brief:
    kind = modality(spec.group)
    words = verdict(result, kind, floor, metrics)
    refused = result.outcome is Outcome.REFUSED
    quality = "not measured here"
    if "accuracy" in metrics:
        quality = (
            f"accuracy {percent(metrics['accuracy'])} on {metrics['n']:,} {metrics['split']} images"
        )
    return Brief(
        outcome=result.outcome,
        headline=words.headline,
        figure=words.figure,
        meaning=words.meaning,
        says=result.candidates,
        vocabulary=dict(zip(kind.classes, kind.class_titles, strict=True)),
        scores=()
        if refused
        else tuple((kind.title_of(each.label), percent(each.score)) for each in result.scores),
        kind=calibrated(kind),
        quality=quality,
    )


def calibrated(kind: Modality) -> str:
    """What the probabilities of a bundled model are worth."""
    common = f" where every {kind.noun} is equally common" if kind.balanced else ""
    images = (
        "validation images changed to be harder"
        if kind.harder_elsewhere
        else "the validation images"
    )
    return f"probabilities{common}, calibrated on {images}"


def exclusive(known: HubImaging, result: HubResult) -> Brief:
    """One class out of several."""
    (label,) = result.candidates
    return Brief(
        outcome=result.outcome,
        headline=known.outputs[label],
        figure=f"Model score {model_score(result.score_of(label))} of 1",
        meaning=(
            "The score is not calibrated: it is not how often such answers are right.",
            NO_GATE,
        ),
        says=result.candidates,
        vocabulary={each: known.outputs[each] for each in known.shown},
        scores=tuple(
            (known.outputs[each.label], model_score(each.score)) for each in result.scores
        ),
        kind="model scores that add up to 1, not calibrated",
        quality=quality(known),
    )


def several(known: HubImaging, result: HubResult) -> Brief:
    """Findings of which any number may be there, and no point from which one is."""
    titles = [known.outputs[label] for label in result.candidates]
    if titles:
        headline = f"Raised most: {', '.join([titles[0], *(each.lower() for each in titles[1:])])}"
        figure = "Model scores " + ", ".join(
            model_score(result.score_of(label)) for label in result.candidates
        )
    else:
        headline = "No finding is raised"
        figure = "Every model score is below the share of training images with the finding"
    return Brief(
        outcome=result.outcome,
        headline=headline,
        figure=figure,
        meaning=(
            "It ranks findings by how far the score of each is above the share of training images "
            "that have it. No operating point was published, so none is called present or absent.",
            NO_GATE,
        ),
        says=result.candidates,
        vocabulary={each: known.outputs[each] for each in known.shown},
        scores=tuple(
            (
                known.outputs[each.label],
                f"{model_score(each.score)}, "
                f"{times(each.score / known.shares[each.label])} its share",
            )
            for each in result.scores
        ),
        kind="model scores from 0 to 1, each finding by itself, not calibrated; beside it, how "
        "many times the share of training images with the finding that is",
        quality=quality(known),
    )


def times(ratio: float) -> str:
    return f"{significant(ratio, 2)} ×" if ratio >= 0.01 else "< 0.01 ×"


def quality(known: HubImaging) -> str:
    return f"not measured here; {known.published}. Trained on {known.trained_on}"
