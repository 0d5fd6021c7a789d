"""The two things to do on the page: have recordings transcribed, or speak to it."""

from collections.abc import Sequence

import streamlit as st

from demos.core.samples import Sample

TRANSCRIBE, ASSISTANT = "Transcribe", "Voice assistant"
ICONS = {TRANSCRIBE: ":material/graphic_eq:", ASSISTANT: ":material/record_voice_over:"}
COMMAND = "say-"
"""How the keys of samples begin that are commands for the assistant."""


def choose_mode(slug: str) -> str:
    """Which of them; transcribing to begin with."""
    return st.segmented_control(
        "What to do",
        list(ICONS),
        default=TRANSCRIBE,
        format_func=lambda name: f"{ICONS[name]} {name}",
        required=True,
        key=f"{slug}.mode",
        persist_state="session",
        label_visibility="collapsed",
    )


def split(shipped: Sequence[Sample]) -> tuple[tuple[Sample, ...], tuple[Sample, ...]]:
    """Samples to transcribe, and those that are commands for the assistant."""
    commands = tuple(each for each in shipped if each.key.startswith(COMMAND))
    return tuple(each for each in shipped if each not in commands), commands
