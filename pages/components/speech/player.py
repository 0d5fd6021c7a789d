"""A recording to listen to with its words to click on, and replies in the browser's voice.

Streamlit has neither, so this is a small component of our own, the files in `frontend`: it runs
under the content security policy, and makes no HTML of any text.
"""

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
import streamlit.components.v1 as components
from numpy.typing import NDArray
from streamlit import runtime

from demos.core.audio.encode import to_compressed, to_wav
from demos.core.audio.sound import DecodedAudio
from demos.core.errors import Busy
from demos.core.jobs import Job, State
from pages.components.job_board import job_board

FRONTEND = Path(__file__).parent / "frontend"
UNCOMPRESSED_SECONDS = 300.0
"""Longer recordings are compressed for the browser, which takes up to ten seconds: they have 2 MB a
minute, in the memory of the server, too."""

File = tuple[bytes, str]
"""What a browser plays, and its MIME type."""

Part = tuple[str, float, float, str, str]
"""What can be clicked on: text, start and end in seconds, kind, score in words."""


@dataclass(frozen=True, slots=True)
class Line:
    """Parts that are read together; `clock` says when the first of them begins."""

    clock: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """What is shown under a recording.

    `measure` is what scores are called, `legend` what each kind of part means, `language` an ISO
    639-1 code. `partial` while more is to come; `empty` is said in place of lines.
    """

    lines: tuple[Line, ...] = ()
    measure: str = ""
    legend: tuple[tuple[str, str], ...] = ()
    language: str | None = None
    partial: bool = False
    empty: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """What the browser plays of `pcm`, or the job that makes it."""

    pcm: NDArray[np.int16]
    file: File | Job


def show_player(audio: DecodedAudio, label: str, key: str, script: Script | None = None) -> None:
    """The recording, and its transcript if there is one: a click on a word plays from there.

    `label` names the recording to whoever cannot see it.
    """
    script = script or Script()
    component()(
        kind="player",
        url=address(audio, key, patient=not script.partial),
        label=label,
        lines=[{"clock": line.clock, "parts": line.parts} for line in script.lines],
        measure=script.measure,
        legend=script.legend,
        language=script.language,
        partial=script.partial,
        empty=script.empty,
        key=key,
    )


def speak(text: str, id: str, language: str = "en") -> None:
    """Show a reply and have the browser say it, once per `id`; where it has no voices it is read.

    One reply is on the page at a time. Browsers speak only after a person has clicked or typed.
    """
    component()(kind="reply", text=text, id=id, language=language, key="speech.reply")


@cache
def component() -> Any:
    """Asked for while a page is drawn: only then is a component made known to the server."""
    return components.declare_component("speech", path=FRONTEND)


def address(audio: DecodedAudio, key: str, patient: bool = True) -> str:
    """Where the browser finds a recording, as long as it is on the page; empty without a server.

    The session keeps what is sent of the last recording at each place, by `key`. What takes long to
    make is waited for, unless not `patient`: it is empty until then, too.
    """
    if not runtime.exists():
        return ""
    name = f"{key}.sound"
    kept: Sound | None = st.session_state.get(name)
    if kept is None or kept.pcm is not audio.pcm:
        kept = Sound(audio.pcm, prepared(audio))
    if isinstance(kept.file, Job) and (patient or kept.file.finished):
        with st.spinner("Preparing the sound for your browser …"):
            kept = Sound(audio.pcm, made(kept.file, audio))
    st.session_state[name] = kept
    if isinstance(kept.file, Job):
        return ""
    return runtime.get_instance().media_file_mgr.add(*kept.file, name)


def prepared(audio: DecodedAudio) -> File | Job:
    """A recording as browsers play it; a long one is compressed in the background."""
    if audio.seconds > UNCOMPRESSED_SECONDS:
        with suppress(Busy):
            return job_board().start(lambda job: to_compressed(audio))
    return to_wav(audio.pcm), "audio/wav"


def made(job: Job, audio: DecodedAudio) -> File:
    """What came of the job, which is not kept; what it could not make is sent as it is."""
    job.wait()
    job_board().forget(job.id)
    if job.state is State.DONE:
        file: File = job.result
        return file
    return to_wav(audio.pcm), "audio/wav"
