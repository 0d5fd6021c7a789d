"""A list of recommendations as something to keep: its record, the code that repeats it, a report.

facts(spec, ranking, settings(catalog, steering)); snippet(ranking, steering, len(history.unknown))
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime

import numpy as np

from demos.core.devices import Device
from demos.core.recommend.catalog import Catalog
from demos.core.recommend.influence import Influence, reason
from demos.core.recommend.list_metrics import list_metrics
from demos.core.recommend.ranking import Ranking
from demos.core.recommend.report import Line, ListReport
from demos.core.recommend.steering import Steering, steer
from demos.core.recommend.steering_words import settings
from demos.core.spec import DemoSpec, ModelSpec
from demos.core.wording import counted, duration, percent

SNIPPET = """\
from demos.core.devices import Device
from demos.core.recommend.steering import Steering, steer
from demos.recommendations import SPEC
from demos.recommendations.inference import load, predict

# Run in the project's folder.
history = {history}
model = load(SPEC.model({model!r}), {device!r})
ranking = predict(model, history, unknown={unknown}, method={method!r})
# SHA-256 of the history: {sha256}
assert ranking.provenance.input_sha256 == {sha256!r}
steering = {steering}
for item in steer(model.catalog, ranking.scores, ranking.history, steering):
    print(f"{{ranking.scores[item]:7.3f}}  {{model.catalog.titles[item]}}")
"""


def snippet(ranking: Ranking, steering: Steering, unknown: int = 0) -> str:
    """Python that repeats the list shown; `unknown`: names of the history without an item."""
    record = ranking.provenance
    model, _, method = record.model.partition(", ")
    return SNIPPET.format(
        history=list(ranking.history),
        model=model,
        device=Device.parse(record.device),
        unknown=unknown,
        method=method,
        sha256=record.input_sha256,
        steering=spelled(steering),
    )


def spelled(steering: Steering) -> str:
    """The call that makes it, with what is not as by default; sets in order."""
    asked = []
    for field in fields(steering):
        value = getattr(steering, field.name)
        if value == field.default:
            continue
        if isinstance(value, frozenset):
            value = f"frozenset({{{', '.join(repr(each) for each in sorted(value))}}})"
        asked.append(f"{field.name}={value}")
    return f"Steering({', '.join(asked)})"


def facts(spec: ModelSpec, ranking: Ranking, told: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The provenance as rows of a table; `told` is what is steered, in words."""
    record = ranking.provenance
    _, _, method = record.model.partition(", ")
    floors = "; ".join(f"{name} {percent(value)}" for name, value in record.thresholds)
    return (
        ("Input SHA-256", record.input_sha256),
        ("History", counted(len(ranking.history), "item")),
        ("Model", f"{spec.title} ({spec.name}), {spec.license}"),
        ("Method", method),
        ("Steering", "; ".join(told) or "none"),
        ("Weights SHA-256", record.weights),
        ("Preprocessing", record.preprocessing),
        ("Least hit probability for an answer", floors),
        ("Engine", record.setting),
        ("Time", duration(record.seconds)),
    )


def list_report(
    demo: DemoSpec,
    spec: ModelSpec,
    catalog: Catalog,
    ranking: Ranking,
    items: Sequence[int],
    steering: Steering,
    influence: Influence,
    unknown: Sequence[str] = (),
) -> ListReport:
    """The report of `items`, those that `steer` gave, best first.

    `influence` is asked for their reasons; `unknown` are the names of the history that the catalog
    does not have.
    """
    told = settings(catalog, steering)
    usual = steer(catalog, ranking.scores, ranking.history, steering.unsteered)
    chances = np.exp(ranking.scores[list(items)], dtype=np.float64)
    return ListReport(
        title=demo.title,
        question=demo.question,
        catalog=spec.title,
        one=catalog.one,
        group_word=catalog.group_word,
        lines=tuple(
            Line(
                rank=rank,
                item=int(item),
                code=catalog.codes[item],
                title=catalog.titles[item],
                details=catalog.details[item],
                groups=catalog.groups[item],
                probability=float(chance),
                reason=reason(catalog, influence, item),
            )
            for rank, (item, chance) in enumerate(zip(items, chances, strict=True), start=1)
        ),
        history=tuple((item, catalog.titles[item]) for item in ranking.history),
        unknown=tuple(unknown),
        outcome=ranking.outcome,
        reason=ranking.reason,
        settings=tuple(told),
        metrics=list_metrics(catalog, ranking.scores, items),
        unsteered=list_metrics(catalog, ranking.scores, usual),
        facts=facts(spec, ranking, told),
        provenance=ranking.provenance,
        snippet=snippet(ranking, steering, len(unknown)),
        license=spec.license,
        disclaimer=demo.disclaimer,
        made=datetime.now(UTC),
    )
