"""A transcript as something to keep: its record, the code that repeats it, a report; and what is
known of how good a model is."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from demos.core.audio.picture import sound_png
from demos.core.audio.sound import DecodedAudio
from demos.core.devices import Device
from demos.core.report import Figure
from demos.core.spec import Bundled, DemoSpec, Hub, ModelSpec
from demos.core.speech.error_rate import compare
from demos.core.speech.report import SpeechReport
from demos.core.speech.transcript import Options, Transcription
from demos.core.wording import duration, percent, score, significant
from demos.speech_recognition.hub_catalog import hub_speech

PICTURE = "Waveform, words and mel spectrogram of the recording"

SNIPPET = """\
from pathlib import Path

from demos.core.audio.decoding import decode_audio
from demos.core.devices import Device
from demos.core.settings import read_settings
from demos.core.speech.transcript import Options
from demos.{demo} import SPEC
from demos.{demo}.inference import load, predict

# Run in the project's folder. SHA-256 of the file:
# {sha256}
file = Path({file!r})
audio = decode_audio(file.read_bytes(), file.name, read_settings())
model = load(SPEC.model({model!r}), {device!r})
heard = predict(model, audio, {options!r})
print(heard.outcome, heard.text)
"""


def snippet(spec: ModelSpec, heard: Transcription, file: str) -> str:
    """Python that repeats the transcript; `file` is where the recording lies."""
    return SNIPPET.format(
        demo=spec.demo,
        sha256=heard.provenance.input_sha256,
        file=file,
        model=spec.name,
        device=Device.parse(heard.provenance.device),
        options=heard.options,
    )


def facts(spec: ModelSpec, heard: Transcription) -> tuple[tuple[str, str], ...]:
    """The provenance as rows of a table."""
    record = heard.provenance
    weights = "Revision" if isinstance(spec.source, Hub) else "Weights SHA-256"
    return (
        ("Input SHA-256", record.input_sha256),
        ("Model", f"{spec.title} ({record.model}), {spec.license}"),
        (weights, record.weights),
        ("Preprocessing", record.preprocessing),
        ("Options", asked(heard.options)),
        ("Engine", record.setting),
        ("Time", f"{duration(record.seconds)} for {duration(heard.seconds)} of sound"),
        (
            "Thresholds",
            ", ".join(f"{name} {score(value)}" for name, value in record.thresholds) or "none",
        ),
    )


def asked(options: Options) -> str:
    """What was asked for besides the text."""
    language = options.language or "language detected"
    times = "times of words" if options.word_times else "times of sentences"
    return ", ".join([language, times, *(["translated to English"] if options.translate else [])])


def report(
    demo: DemoSpec,
    spec: ModelSpec,
    heard: Transcription,
    name: str,
    file: str,
    reference: str,
    doubtful: float,
    audio: DecodedAudio,
    permalink: str | None,
) -> SpeechReport:
    """The report of a transcript. `name` is what the recording is called, `file` where it lies."""
    return SpeechReport(
        title=f"{demo.title}: {spec.title}",
        question=demo.question,
        name=name,
        heard=heard,
        doubtful=doubtful,
        comparison=compare(reference, heard.text) if reference else None,
        figures=(Figure(sound_png(audio, heard), PICTURE, PICTURE),),
        facts=facts(spec, heard),
        snippet=snippet(spec, heard, file),
        model_card=f"Model card: demos/{demo.slug}/cards/{spec.name}.md, also shown on the page. "
        f"{spec.summary}"
        if isinstance(spec.source, Bundled)
        else spec.summary,
        disclaimer=demo.disclaimer,
        made=datetime.now(UTC),
        permalink=permalink,
    )


def quality(spec: ModelSpec, metrics: Mapping[str, Any]) -> str:
    """How good a model was found to be, by whom, on what."""
    if isinstance(spec.source, Hub):
        known = hub_speech(spec.name)
        return f"not measured here; {known.published}. Trained on {known.trained_on}"
    if "exact" in metrics:
        return (
            f"{percent(metrics['exact'])} of {metrics['n']:,} {metrics['split']} recordings of "
            "single words, by people it never heard"
        )
    if "wer" in metrics:
        return f"word error rate {percent(metrics['wer'])} on {metrics['n']:,} {metrics['split']}"
    return "not measured here"


def trust(metrics: Mapping[str, Any]) -> str:
    """How far the picture of a word's evidence can be trusted, where that was measured."""
    measured = metrics.get("evidence")
    if not measured:
        return ""
    return (
        f"Measured on {measured['n']:,} words: hiding the {percent(measured['share'])} of a word "
        f"that the picture ranks highest takes {significant(measured['by_map'], 2)} from the "
        f"logarithm of its score on average, a random {percent(measured['share'])} takes "
        f"{significant(measured['by_chance'], 2)}."
    )
