"""Hearing a recording again, altered: which part of it, what is known already, what that costs."""

import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from demos import catalog
from demos.core.audio.alter import UNCHANGED, Change, alter
from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio
from demos.core.results import Outcome
from demos.core.spec import ModelSpec
from demos.core.speech.transcript import Options, Region, Transcription
from pages.components.model_store import model_store
from pages.components.prediction import STAGES
from pages.components.recommend.kept import kept

LONGEST = 20.0
"""Seconds of sound that are altered."""
LEAD_IN = 0.2
"""Seconds kept before the first speech and after the last."""
PATIENCE = 3.0
"""Seconds of computing that a touched slider may cost; more is asked for with a button."""
SHOWN = 0.5
"""Seconds after which a bar says how far it is."""
KEPT = 200
"""Readings a session remembers."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the model heard under one change."""

    text: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is altered: a recording, or from `start` on the beginning of its speech if it is long.

    `untouched` is what is heard in it as it is, None until asked; `reference` what was said in it,
    "" if that is unknown; `second` what one second of it is expected to cost in computing.
    """

    spec: ModelSpec
    audio: DecodedAudio
    start: float
    whole: bool
    options: Options
    untouched: Heard | None
    reference: str
    second: float

    @property
    def key(self) -> str:
        return f"{self.spec.demo}.about.{self.audio.sha256}.{self.spec.name}.what_if"

    @property
    def costs(self) -> float:
        """Seconds that hearing it once takes, about."""
        return self.second * self.audio.seconds


def subject_of(
    spec: ModelSpec, audio: DecodedAudio, transcription: Transcription, reference: str
) -> Subject:
    """The recording, or its part if it is long; `reference` is of the whole, "" if unknown."""
    start, end = excerpt(audio.seconds, transcription.regions)
    whole = end - start >= audio.seconds
    return Subject(
        spec=spec,
        audio=audio if whole else cut(audio, start, end),
        start=start,
        whole=whole,
        options=transcription.options,
        untouched=heard_in(transcription) if whole else None,
        reference=reference if whole else "",
        second=transcription.provenance.seconds / max(audio.seconds, 0.1),
    )


def excerpt(seconds: float, regions: Sequence[Region]) -> tuple[float, float]:
    """The part to alter: all, or from the first speech on to a pause, if one comes in time."""
    if seconds <= LONGEST:
        return 0.0, seconds
    start = max(regions[0].start - LEAD_IN, 0.0) if regions else 0.0
    end = min(start + LONGEST, seconds)
    pauses = [each.end + LEAD_IN for each in regions]
    return start, max((each for each in pauses if end - LONGEST / 2 <= each <= end), default=end)


def cut(audio: DecodedAudio, start: float, end: float) -> DecodedAudio:
    pcm = audio.pcm[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
    return replace(audio, pcm=pcm)


def heard_in(transcription: Transcription) -> Heard:
    return Heard(transcription.text, transcription.outcome, transcription.reason)


def memory(subject: Subject) -> OrderedDict[Change, Heard]:
    """What has been heard of this recording by this model so far."""
    fresh: OrderedDict[Change, Heard] = OrderedDict()
    if subject.untouched is not None:
        fresh[UNCHANGED] = subject.untouched
    about = (subject.spec.source.version, subject.audio.sha256, subject.options)
    return kept(f"{subject.spec.demo}.about.what_if", about, lambda: fresh)


def unknown(subject: Subject, changes: Sequence[Change]) -> list[Change]:
    known = memory(subject)
    return [each for each in dict.fromkeys(changes) if each not in known]


def agreed(subject: Subject, sweep: Sequence[Change]) -> bool:
    """Whether to hear all of a sweep: it is quick, or the button was pressed."""
    asked = tuple(sweep) in st.session_state.get(f"{subject.key}.sweeps", ())
    return asked or subject.costs * len(unknown(subject, sweep)) <= PATIENCE


def remember_sweep(key: str, sweep: tuple[Change, ...]) -> None:
    st.session_state.setdefault(f"{key}.sweeps", set()).add(sweep)


def read(subject: Subject, changes: Sequence[Change]) -> dict[Change, Heard]:
    """What is heard under each change; the model is borrowed for what it has not heard yet.

    What was heard before an interruption stays known. Raises `UserError`.
    """
    known = memory(subject)
    new = unknown(subject, changes)
    if new:
        inference: Any = catalog.inference(subject.spec.demo)
        bar, began = st.empty(), time.monotonic()

        def tell(stage: str) -> None:
            bar.progress(0.0, f"{STAGES[stage]} …")

        def work(model: Any) -> None:
            for number, each in enumerate(new):
                if time.monotonic() - began > SHOWN:
                    bar.progress(number / len(new), f"Listening, {number + 1} of {len(new)} …")
                audio = alter(subject.audio, each)
                known[each] = heard_in(inference.predict(model, audio, subject.options))

        try:
            model_store().run(subject.spec, work, on_stage=tell)
        finally:
            bar.empty()
    found = dict(known)
    while len(known) > KEPT:
        known.popitem(last=False)
    return found
