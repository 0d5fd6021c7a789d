"""The two things to do, and which samples are for which."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from demos.core.samples import Sample, SampleKind
from pages.components.speech.modes import ASSISTANT, TRANSCRIBE, split
from tests.pages.harness import ran

SCRIPT = """
import streamlit as st
from pages.components.speech.modes import choose_mode
st.write(choose_mode("speech"))
"""


def test_transcribing_comes_first_and_the_choice_stays() -> None:
    app = ran(AppTest.from_string(SCRIPT))
    assert app.markdown[0].value == TRANSCRIBE
    app.segmented_control[0].set_value(ASSISTANT)
    assert ran(app).markdown[0].value == ASSISTANT
    assert ran(app).markdown[0].value == ASSISTANT


def test_commands_are_told_from_other_samples_by_their_keys() -> None:
    first, command, second = (
        Sample(key, "m", key, SampleKind.TYPICAL, None, "", Path(f"{key}.flac"))
        for key in ("pin", "say-go", "silence")
    )
    assert split([first, command, second]) == ((first, second), (command,))
    assert split([]) == ((), ())
