"""Transcripts for tests."""

from collections.abc import Iterable

from demos.core.results import Outcome, Provenance
from demos.core.speech.transcript import Options, Region, Rejected, Segment, Transcription, Word

RECORD = Provenance(
    input_sha256="ab" * 32,
    model="commands",
    weights="cd" * 32,
    preprocessing="test/1",
    engine="torch",
    device="cpu",
    dtype="float32",
    seconds=0.25,
    thresholds=(("word", 0.5),),
)

OPTIONS = Options()


def said(text: str, start: float = 0.0, each: float = 0.4, score: float | None = 0.9) -> list[Word]:
    """Words of a text one after the other, each taking so many seconds."""
    return [
        Word(word, round(start + each * place, 3), round(start + each * (place + 1), 3), score)
        for place, word in enumerate(text.split())
    ]


def segment(text: str, start: float = 0.0, each: float = 0.4) -> Segment:
    words = said(text, start, each)
    return Segment(text, words[0].start, words[-1].end, tuple(words))


def transcription(
    segments: Iterable[Segment] = (),
    outcome: Outcome = Outcome.ANSWER,
    reason: str = "",
    rejected: Iterable[Rejected] = (),
    seconds: float = 10.0,
    calibrated: bool = False,
    options: Options = OPTIONS,
) -> Transcription:
    segments = tuple(segments)
    return Transcription(
        outcome=outcome,
        reason=reason,
        segments=segments,
        regions=tuple(Region(each.start, each.end) for each in segments),
        rejected=tuple(rejected),
        language="en",
        calibrated=calibrated,
        seconds=seconds,
        done=seconds,
        options=options,
        provenance=RECORD,
    )


def silence() -> Transcription:
    return transcription(outcome=Outcome.REFUSED, reason="No speech detected.")
