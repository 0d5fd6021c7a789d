"""A classification as something to keep: its record, the code that repeats it, and a report."""

from collections.abc import Sequence
from datetime import UTC, datetime

from demos.core.brief import Brief
from demos.core.devices import Device
from demos.core.report import Figure, Report, Row
from demos.core.results import Outcome
from demos.core.spec import DemoSpec, ModelSpec
from demos.core.wording import duration, percent, scope_score, score
from demos.healthcare_imaging import hub_record
from demos.healthcare_imaging.brief import MEASURES, question
from demos.healthcare_imaging.classifier import Classification, prediction_set
from demos.healthcare_imaging.hub_models import HubResult
from demos.healthcare_imaging.modalities import modality
from demos.healthcare_imaging.verdict import own_floor, set_threshold

SET_NAME = "in the 95 % set"

SNIPPET = """\
from pathlib import Path

from demos.core.devices import Device
from demos.core.media import decode_image
from demos.core.settings import read_settings
from demos.{demo} import SPEC
from demos.{demo}.inference import load, predict
{decision_import}
# Run in the project's folder. SHA-256 of the file:
# {sha256}
file = Path({file!r})
image = decode_image(file.read_bytes(), file.name, read_settings())
result = predict(load(SPEC.model({model!r}), {device!r}), image)
{decision}scores = [f"{{each.label}} {{each.score:.4f}}" for each in result.scores[:3]]
print(result.outcome, *scores)
"""


def snippet(spec: ModelSpec, result: Classification | HubResult, floor: float, file: str) -> str:
    """Python that repeats prediction and decision; `file` is where the input lies."""
    if isinstance(result, HubResult):
        return hub_record.snippet(spec, result, file)
    raised = floor > own_floor(result)
    return SNIPPET.format(
        demo=spec.demo,
        decision_import=f"from demos.{spec.demo}.verdict import decide\n" if raised else "",
        decision=f"result = decide(result, {floor})\n" if raised else "",
        sha256=result.provenance.input_sha256,
        file=file,
        model=spec.name,
        device=Device.parse(result.provenance.device),
    )


def facts(
    spec: ModelSpec, result: Classification | HubResult, floor: float
) -> tuple[tuple[str, str], ...]:
    """The provenance as rows of a table, and what was decided with it."""
    if isinstance(result, HubResult):
        return hub_record.facts(spec, result)
    record = result.provenance
    thresholds = ", ".join(f"{name} {score(value)}" for name, value in record.thresholds)
    return (
        ("Input SHA-256", record.input_sha256),
        ("Model", f"{spec.title} ({record.model}), {spec.license}"),
        ("Weights SHA-256", record.weights),
        ("Preprocessing", record.preprocessing),
        ("Engine", record.setting),
        ("Time", duration(record.seconds)),
        ("Thresholds", thresholds),
        ("Certainty asked for", percent(floor)),
        ("Scope score", f"{scope_score(result.scope)} (accepted up to 1.00)"),
    )


def score_rows(spec: ModelSpec, result: Classification | HubResult) -> tuple[Row, ...]:
    """Every class, most probable first, with the 95 % set marked; a refused image has none."""
    if isinstance(result, HubResult):
        return hub_record.score_rows(spec, result)
    kind = modality(spec.group)
    refused = result.outcome is Outcome.REFUSED
    marked = () if refused else prediction_set(result.scores, set_threshold(result))
    return tuple(
        Row(kind.title_of(each.label), each, percent(each.score), each.label in marked)
        for each in result.scores
    )


def report(
    demo: DemoSpec,
    spec: ModelSpec,
    result: Classification | HubResult,
    words: Brief,
    floor: float,
    name: str,
    file: str,
    figures: Sequence[Figure],
    permalink: str | None,
) -> Report:
    """The report of a decided result. `name` is what the input is called, `file` where it lies."""
    scope = result.scope if isinstance(result, Classification) else None
    return Report(
        title=f"{demo.title}: {spec.title}",
        question=question(spec),
        input_name=name,
        outcome=words.outcome,
        headline=words.headline,
        figure=words.figure,
        meaning=words.meaning,
        rows=score_rows(spec, result),
        measure=MEASURES[type(spec.source)],
        set_name="" if scope is None else SET_NAME,
        candidates=result.candidates,
        floor=None if scope is None else floor,
        scope=scope,
        figures=tuple(figures),
        facts=facts(spec, result, floor),
        provenance=result.provenance,
        snippet=snippet(spec, result, floor, file),
        model_card=(
            f"Model card: demos/{demo.slug}/cards/{spec.name}.md, also shown on the page. "
            f"{spec.summary}"
        ),
        disclaimer=demo.disclaimer,
        made=datetime.now(UTC),
        permalink=permalink,
    )
