"""The result of a Hub model as something to keep: its record, and the code that repeats it."""

from demos.core.devices import Device
from demos.core.report import Row
from demos.core.spec import Hub, ModelSpec
from demos.core.wording import duration, model_score
from demos.healthcare_imaging.hub_catalog import hub_imaging
from demos.healthcare_imaging.hub_models import HubResult

SNIPPET = """\
from pathlib import Path

from demos.core.devices import Device
from demos.core.download import download
from demos.core.media import decode_image
from demos.core.settings import read_settings
from demos.healthcare_imaging.hub_catalog import hub_imaging
from demos.healthcare_imaging.hub_models import load, predict_batch

# Run in the project's folder. SHA-256 of the file:
# {sha256}
file = Path({file!r})
image = decode_image(file.read_bytes(), file.name, read_settings())
spec = hub_imaging({model!r}).spec
download(spec.source, lambda done, total, stage: None)
result = predict_batch(load(spec, {device!r}), [image])[0]
print(result.outcome, *[f"{{each.label}} {{each.score:.4f}}" for each in result.scores[:3]])
"""


def snippet(spec: ModelSpec, result: HubResult, file: str) -> str:
    """Python that repeats the prediction; `file` is where the input lies."""
    return SNIPPET.format(
        sha256=result.provenance.input_sha256,
        file=file,
        model=spec.name,
        device=Device.parse(result.provenance.device),
    )


def facts(spec: ModelSpec, result: HubResult) -> tuple[tuple[str, str], ...]:
    """The provenance as rows of a table."""
    assert isinstance(spec.source, Hub)
    record = result.provenance
    return (
        ("Input SHA-256", record.input_sha256),
        ("Model", f"{spec.title} ({record.model}), {spec.license}"),
        ("Weights", f"{spec.source.repo} on Hugging Face"),
        ("Weights revision", record.weights),
        ("Preprocessing", record.preprocessing),
        ("Engine", record.setting),
        ("Time", duration(record.seconds)),
    )


def score_rows(spec: ModelSpec, result: HubResult) -> tuple[Row, ...]:
    """Every score that is shown, the one that says most first."""
    titles = hub_imaging(spec.name).outputs
    return tuple(
        Row(titles[each.label], each, model_score(each.score), marked=False)
        for each in result.scores
    )
