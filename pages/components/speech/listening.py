"""Having a recording transcribed: at once where it is short, else in the background, word by word.

    heard = listen(spec, recording, options)
    if heard is None:
        st.stop()  # the page shows how far it is, or what went wrong

The session remembers what was heard. A person's own recording can be found again under the address
of the page, also by whoever else has it.
"""

import time
from collections import OrderedDict
from dataclasses import replace
from typing import Any

import streamlit as st

from demos import catalog
from demos.core.errors import UserError
from demos.core.jobs import Job, State
from demos.core.spec import ModelSpec
from demos.core.speech.transcript import Options, Transcription
from pages.components import permalink
from pages.components.job_board import job_board
from pages.components.job_progress import show_job
from pages.components.model_store import model_store
from pages.components.prediction import STAGES, show_problem
from pages.components.speech.recording import (
    Key,
    Listening,
    ManyRecordings,
    Recording,
    jobs_of,
)
from pages.components.speech.transcript import clock, show_transcript
from pages.components.text import told
from pages.components.uploads import drop

PLAIN = Options()

KEPT = 8
"""Transcriptions a session remembers."""
INLINE_SECONDS = 1.5
"""What finishes in this time is shown at once, without a progress bar."""
FIRST_SECONDS = 0.3
"""After this time, the wait ends as soon as there is something to read."""
LOOK_SECONDS = 0.02
REFRESH_SECONDS = 0.5
TICKS = 10
"""Of a job's progress, per second of sound."""


def listen(
    spec: ModelSpec, recording: Recording, options: Options = PLAIN, place: str = "answer"
) -> Transcription | None:
    """What the model hears in a recording, from the session, from a job, or from a new one.

    None while it is being listened to and when it could not be; the page then shows why. `place`
    tells the parts of a page that ask for one apart; that of `answer` is in the page's address.
    """
    # A place of its own, used or not: what comes below would be drawn anew if it moved.
    with st.container():
        heard = heard_or_shown(Listening(spec, recording, options), place)
    if place == "answer":
        keep_link(spec, recording, options)
    return heard


def heard_or_shown(asked: Listening, place: str) -> Transcription | None:
    slug = asked.spec.demo
    heard = remembered(slug)
    if asked.key not in heard:
        job = job_board().find(jobs_of(slug).get(asked.key, ""))
        if job is None:
            try:
                job = start(asked)
            except UserError as error:
                show_problem(error, place)
                return None
            take_place(asked, place, job)
            wait_shortly(job)
        if not job.finished:
            watch(job, place)
            return None
        if job.state is not State.DONE:
            show_end(job, place)
            return None
        keep(asked, job.result.heard)
    heard.move_to_end(asked.key)
    return heard[asked.key]


def remembered(slug: str) -> OrderedDict[Key, Transcription]:
    """What this session has heard, the latest last."""
    found: OrderedDict[Key, Transcription]
    found = st.session_state.setdefault(f"{slug}.heard", OrderedDict())
    return found


def keep(asked: Listening, transcription: Transcription) -> None:
    """Remember a transcription; that of a sample needs its job no more."""
    slug = asked.spec.demo
    heard = remembered(slug)
    heard[asked.key] = transcription
    if len(heard) > KEPT:
        heard.popitem(last=False)
    if asked.recording.sample is not None:
        job_board().forget(jobs_of(slug).pop(asked.key, ""))


def start(asked: Listening) -> Job:
    """Begin to listen in the background. Raises `Busy` if too many jobs wait already."""
    spec, audio = asked.spec, asked.recording.audio
    total = ticks(audio.seconds)

    def work(job: Job) -> Listening:
        inference: Any = catalog.inference(spec.demo)

        def tell(heard: Transcription) -> None:
            job.share(replace(asked, heard=heard))
            job.report(ticks(heard.done), total)

        def run(model: Any) -> Transcription:
            job.report(0, total)
            heard: Transcription = inference.predict(model, audio, asked.options, tell)
            return heard

        def stage(name: str) -> None:
            job.report(0, total, STAGES[name])

        job.weigh(audio.pcm.nbytes)
        return replace(asked, heard=model_store().run(spec, run, on_stage=stage))

    return job_board().start(work, asked)


def ticks(seconds: float) -> int:
    return round(TICKS * seconds)


def take_place(asked: Listening, place: str, job: Job) -> None:
    """Remember the job. What this session began here before is stopped: nobody looks at it."""
    slug = asked.spec.demo
    begun = f"{slug}.{place}.begun"
    previous = job_board().find(st.session_state.get(begun, ""))
    if previous is not None and not previous.finished:
        job_board().forget(previous.id)
    st.session_state[begun] = job.id
    jobs_of(slug)[asked.key] = job.id


def wait_shortly(job: Job) -> None:
    """Until it has finished, or there is a first text and the rest takes longer than a moment."""
    began = time.monotonic()
    with st.spinner("Listening …"):
        while not job.wait(LOOK_SECONDS):
            waited = time.monotonic() - began
            if waited > INLINE_SECONDS or (waited > FIRST_SECONDS and job.result.heard is not None):
                return


@st.fragment(run_every=REFRESH_SECONDS)
def watch(job: Job, place: str) -> None:
    """How far it is and what was heard so far; ends in a rerun of the page."""
    if job.finished:
        st.rerun()
    asked: Listening = job.result
    done = asked.heard.done if asked.heard else 0.0
    show_job(job, f"{clock(done)} of {clock(asked.recording.audio.seconds)} heard")
    show_so_far(asked, place)


def show_so_far(asked: Listening, place: str) -> None:
    if asked.heard is not None:
        recording = asked.recording
        show_transcript(recording.audio, asked.heard, recording.title, f"{place}.transcript")


def show_end(job: Job, place: str) -> None:
    """It was canceled, or failed: what there is all the same, and a way to try again."""
    asked: Listening = job.result
    if job.error is not None:
        st.warning(told(job.error), icon=":material/error:")
    else:
        done = asked.heard.done if asked.heard else 0.0
        st.info(
            f"Canceled after {clock(done)} of {clock(asked.recording.audio.seconds)}.",
            icon=":material/cancel:",
        )
    st.button(
        "Try again",
        icon=":material/refresh:",
        type="primary",
        on_click=forget,
        args=(asked,),
        key=f"try_again_{place}",
    )
    show_so_far(asked, place)


def forget(asked: Listening) -> None:
    """Keep neither the job nor what was heard."""
    slug = asked.spec.demo
    job_board().forget(jobs_of(slug).pop(asked.key, ""))
    remembered(slug).pop(asked.key, None)


def keep_link(
    spec: ModelSpec, recording: Recording | ManyRecordings, options: Options = PLAIN
) -> str | None:
    """Have the address name the sample, or the job of a person's own recording.

    Returns the permalink of a sample; a recording of one's own has none that lasts. Many have that
    of their table, which stays.
    """
    if isinstance(recording, ManyRecordings):
        return None
    slug = spec.demo
    if recording.sample is not None:
        return permalink.write(catalog.demo(slug), spec, recording.sample)
    id = jobs_of(slug).get(Listening(spec, recording, options).key, "")
    if job_board().find(id) is None:  # asking for it has kept it
        id = ""
    permalink.put({"job": id, "model": spec.name} if id else {})
    st.session_state[f"{slug}.linked_job"] = id or None
    st.session_state[f"{slug}.linked"] = (None, spec.name) if id else None
    return None


def show_keeping(spec: ModelSpec, recording: Recording, options: Options = PLAIN) -> None:
    """How long a person's own recording stays, and how to have it gone now; nothing for samples."""
    if recording.sample is not None:
        return
    minutes = round(job_board().keep_seconds / 60)
    st.caption(
        ":material/lock_clock: The recording and its transcript stay in this server's memory until "
        f"nobody has looked at them for {minutes} minutes, for whoever has the address of this "
        "page. They are written to no disk."
    )
    st.button(
        "Delete the recording",
        icon=":material/delete:",
        on_click=delete,
        args=(Listening(spec, recording, options),),
        key="delete_recording",
    )


def delete(asked: Listening) -> None:
    """Keep nothing: not the sound, not what any model heard in it, not the file, not the link."""
    slug, sha256 = asked.spec.demo, asked.recording.sha256
    for key in [key for key in {**jobs_of(slug), **remembered(slug)} if key[2] == sha256]:
        job_board().forget(jobs_of(slug).pop(key, ""))
        remembered(slug).pop(key, None)
    drop(slug)
    for name in [str(each) for each in st.session_state]:
        if name.endswith(".sound") or name.startswith(f"{slug}.about."):
            del st.session_state[name]
    st.session_state.pop(f"{slug}.chosen", None)
    permalink.put({})
