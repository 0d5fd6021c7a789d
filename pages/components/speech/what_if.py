"""What if the sound were worse? Noise, speed, a telephone: what is then heard, and along a slider.

Nothing runs until a control is touched. What the model then hears is kept in the session, so going
back and forth along a slider asks it once per position.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from demos.core.audio.alter import UNCHANGED, Change, alter
from demos.core.audio.encode import to_compressed, to_wav
from demos.core.audio.sound import DecodedAudio
from demos.core.errors import UserError
from demos.core.results import Outcome
from demos.core.spec import ModelSpec
from demos.core.speech.error_rate import ErrorRates, compare
from demos.core.speech.transcript import Transcription
from demos.core.wording import counted, duration, percent
from pages.components.prediction import show_problem
from pages.components.recommend.kept import kept
from pages.components.result import OUTCOMES
from pages.components.speech.aligned import show_marked, sides
from pages.components.speech.recording import Recording
from pages.components.speech.what_if_chart import CONTROLS, Control, Point, show_points
from pages.components.speech.what_if_run import (
    Heard,
    Subject,
    agreed,
    read,
    remember_sweep,
    subject_of,
)
from pages.components.tables import unbroken
from pages.components.text import plain

UNCOMPRESSED_SECONDS = 6.0
"""Longer sounds are compressed on the way to the browser."""


def show_what_if(
    spec: ModelSpec, recording: Recording, transcription: Transcription, reference: str
) -> None:
    """The controls, what is heard under them beside the untouched, and a chart along one of them.

    `reference` is what was said, "" if unknown.
    """
    st.header("What if the sound were worse?", anchor=False)
    subject = subject_of(spec, recording.audio, transcription, reference)
    if not subject.whole:
        start, length = subject.start, subject.audio.seconds
        st.caption(
            f":material/content_cut: The recording is long: only {duration(length)} of it, from "
            f"{start:.1f} to {start + length:.1f} s, are altered and heard again."
        )
    panel(subject)


@st.fragment
def panel(subject: Subject) -> None:
    change, along = ask(subject.key)
    if change == UNCHANGED and along is None:
        st.caption(
            ":material/touch_app: Touch a control: the altered sound is transcribed again, and a "
            "chart shows what becomes of the transcript along the slider."
        )
        return
    sweep = [] if along is None else along.changes(change)
    wanted = [UNCHANGED, change, *(sweep if agreed(subject, sweep) else [])]
    try:
        readings = read(subject, wanted)
    except UserError as error:
        show_problem(error, "what_if")
        return
    untouched = readings[UNCHANGED]
    show_both(subject, change, untouched, readings[change])
    if along is not None:
        known = [each for each in {*sweep, change} if each in readings]
        base = subject.reference or untouched.text
        points = [point(each, along, base, readings[each]) for each in known]
        points.sort(key=lambda each: each.place)
        if not all(each in readings for each in sweep):
            offer_sweep(subject, sweep, readings)
        if len(points) > 1:
            show_points(subject.key, points, along, change, bool(subject.reference))


def ask(key: str) -> tuple[Change, Control | None]:
    """The change asked for, and the slider to look along: the one touched last, or chosen."""
    values: dict[str, Any] = {}
    places = st.columns([3, 3, 2], gap="medium", vertical_alignment="bottom")
    for place, control in zip(places, CONTROLS, strict=False):
        with place:
            st.session_state.setdefault(f"{key}.{control.name}", control.neutral)
            values[control.name] = st.select_slider(
                control.title,
                control.options,
                format_func=control.told,
                key=f"{key}.{control.name}",
                on_change=follow,
                args=(key, control.name),
                help=control.help,
                persist_state="session",
            )
    st.session_state.setdefault(f"{key}.telephone", False)
    values["telephone"] = places[-1].toggle(
        "Telephone band",
        key=f"{key}.telephone",
        help="Only 300 to 3,400 Hz get through, as on an ordinary telephone line.",
        persist_state="session",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = st.segmented_control(
            "Look along",
            [each.name for each in CONTROLS],
            format_func=lambda name: control_of(name).title,
            key=f"{key}.along",
            persist_state="session",
        )
        change = Change(**values)
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            on_click=reset,
            args=(key,),
            key=f"{key}.reset",
            disabled=name is None and change == UNCHANGED,
            help="Back to the untouched recording.",
        )
    return change, None if name is None else control_of(str(name))


def control_of(name: str) -> Control:
    return next(each for each in CONTROLS if each.name == name)


def follow(key: str, name: str) -> None:
    st.session_state[f"{key}.along"] = name


def reset(key: str) -> None:
    for each in CONTROLS:
        st.session_state[f"{key}.{each.name}"] = each.neutral
    st.session_state[f"{key}.telephone"] = False
    st.session_state[f"{key}.along"] = None


def offer_sweep(
    subject: Subject, sweep: Sequence[Change], readings: Mapping[Change, Heard]
) -> None:
    left = [each for each in sweep if each not in readings]
    st.button(
        f"Hear the whole slider: {counted(len(left), 'run')}, about "
        f"{duration(subject.costs * len(left))}",
        icon=":material/show_chart:",
        on_click=remember_sweep,
        args=(subject.key, tuple(sweep)),
        key=f"{subject.key}.sweep",
    )


def show_sound(subject: Subject, change: Change, title: str) -> None:
    """The sound to listen to; the session keeps the last one under each title."""
    about = (subject.audio.sha256, subject.audio.seconds, change)
    key = f"{subject.spec.demo}.about.what_if.{title}"
    address = kept(key, about, lambda: address_of(alter(subject.audio, change)))
    st.audio(address, alt=f"{title}: {described(change)}")


def address_of(audio: DecodedAudio) -> str:
    """The sound in its address: a file of its own would be gone once the slider has moved on."""
    if audio.seconds > UNCOMPRESSED_SECONDS:
        data, kind = to_compressed(audio)
    else:
        data, kind = to_wav(audio.pcm), "audio/wav"
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def described(change: Change) -> str:
    """The change in words."""
    done = [
        f"{each.title.lower()} {each.told(getattr(change, each.name))}"
        for each in CONTROLS
        if getattr(change, each.name) != each.neutral
    ]
    done += ["telephone band"] if change.telephone else []
    return ", ".join(done) or "the recording as it is"


def show_both(subject: Subject, change: Change, untouched: Heard, altered: Heard) -> None:
    """Both transcripts side by side with what changed marked, and by how much."""
    between = compare(untouched.text, altered.text)
    texts = sides(between.alignment)
    heard = ((untouched, UNCHANGED, "Untouched"), (altered, change, "Altered"))
    for place, (each, done, title), words in zip(st.columns(2), heard, texts, strict=True):
        with place, st.container(border=True, height="stretch"):
            st.markdown(f"**{title}**  \n:small[{OUTCOMES[each.outcome]}]")
            show_sound(subject, done, title)
            if each.text:
                show_marked(each.text, words, f"{title} transcript")
            if each.outcome is not Outcome.ANSWER:
                st.markdown(plain(each.reason))
            if subject.reference:
                st.caption(
                    unbroken(f"Word error rate {rate(compare(subject.reference, each.text))}")
                )
    st.caption(unbroken(changed(between)))


def changed(between: ErrorRates) -> str:
    if between.exact:
        return "No word changed."
    if between.wer is None:
        told = f"{counted(between.insertions, 'word')} came up where there was none."
    else:
        told = f"{counted(between.errors, 'change')} in {counted(between.words, 'word')}."
    return f"{told} Underlined: what is not the same in both."


def rate(rates: ErrorRates) -> str:
    return "–" if rates.wer is None else percent(rates.wer)


def point(change: Change, along: Control, base: str, heard: Heard) -> Point:
    value = getattr(change, along.name)
    return Point(along.place(value), value, compare(base, heard.text).wer, heard.text)
