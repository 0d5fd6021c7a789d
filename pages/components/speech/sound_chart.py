"""The sound itself, above what was heard in it: waveform, voice, words and mel spectrogram.

    show_sound(recording.audio, heard, "sound")

What is drawn is in `sound_figure.py`.
"""

from collections.abc import Sequence

import streamlit as st

from demos.core.audio.sound import DecodedAudio
from demos.core.speech.transcript import Transcription, Word
from pages.components.recommend.kept import kept
from pages.components.speech.sound_figure import drawn, in_sentences, look

WHOLE_SECONDS = 10.0
"""A recording no longer than this is shown whole at first, of others this much."""
MARGIN = 0.5
"""Seconds around a word that is zoomed to."""
SHORTEST = 0.1
"""Seconds."""


def show_sound(audio: DecodedAudio, heard: Transcription, key: str) -> None:
    """The chart, and what part of the recording it shows; `key` is its place on the page."""
    st.header("What it sounds like", anchor=False)
    panel(audio, heard, key)


@st.fragment
def panel(audio: DecodedAudio, heard: Transcription, key: str) -> None:
    start, end = choose_part(audio.seconds, heard.words, f"{key}.{audio.sha256[:12]}")
    about = (audio.sha256, start, end)
    seen = kept(f"{key}.seen", about, lambda: look(audio, start, end))
    st.plotly_chart(
        drawn(seen, heard),
        config={"displayModeBar": False},
        alt=in_sentences(heard, start, end),
        key=f"{key}.chart",
    )
    st.caption(
        "Time runs to the right in all of them. In the spectrogram, low tones are at the bottom: "
        "vowels are stacks of bands, hisses such as s lie high up."
    )


def choose_part(total: float, words: Sequence[Word], key: str) -> tuple[float, float]:
    """From when to when, in seconds: a slider for what is long enough, and words to go to."""
    if total <= SHORTEST:
        return 0.0, total
    part, name = f"{key}.part", f"{key}.word"
    st.session_state.setdefault(part, (0.0, min(total, WHOLE_SECONDS)))
    slider, choice = st.columns([2, 1], gap="medium")
    slider.slider(
        "Part shown", 0.0, total, key=part, step=0.01, format="%.1f s", persist_state="session"
    )
    if words:
        choice.selectbox(
            "Zoom to a word",
            range(len(words)),
            index=None,
            format_func=lambda index: f"{words[index].text} ({words[index].start:.1f} s)",
            placeholder="Choose a word",
            key=name,
            on_change=zoom,
            args=(name, part, words, total),
        )
    start, end = st.session_state[part]
    return around(start, end, SHORTEST, total) if end - start < SHORTEST else (start, end)


def zoom(name: str, part: str, words: Sequence[Word], total: float) -> None:
    """Show a word and a little around it; without a word, what is shown at first."""
    index: int | None = st.session_state[name]
    if index is None:
        st.session_state[part] = (0.0, min(total, WHOLE_SECONDS))
    else:
        st.session_state[part] = around(words[index].start, words[index].end, MARGIN, total)


def around(start: float, end: float, margin: float, total: float) -> tuple[float, float]:
    """A stretch with a margin on either side, inside the recording."""
    return max(start - margin, 0.0), min(end + margin, total)
