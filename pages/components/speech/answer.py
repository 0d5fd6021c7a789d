"""The answer first: what was said, how sure that is, and the recording to play beside it."""

import streamlit as st

from demos.core.results import Outcome
from demos.core.speech.transcript import Transcription
from demos.core.wording import counted, duration, model_score, percent
from pages.components.result import OUTCOMES
from pages.components.speech.recording import Recording
from pages.components.speech.transcript import show_transcript
from pages.components.text import plain

LONGEST = 120
"""Characters of a text that is said in large type; a longer one is below, with its times."""


def show_answer_first(heard: Transcription, chosen: Recording) -> None:
    """Headline, certainty, and the transcript under the recording.

    The transcript takes the place of the one that grew while the recording was heard.
    """
    with st.container(key=f"verdict_{heard.outcome.value}", gap="xsmall"):
        if heard.outcome is Outcome.ANSWER:  # the others are said with their reason
            st.markdown(f"**{OUTCOMES[heard.outcome]}**")
        st.header(headline(heard), anchor=False)
        st.markdown(plain(how_sure(heard)))
    show_transcript(chosen.audio, heard, chosen.title, "answer.transcript")
    if notes := chosen.audio.notes:
        st.caption("  \n".join(f":material/info: {plain(each)}" for each in notes))


def headline(heard: Transcription) -> str:
    """What was said, if it is short enough; else how much."""
    if not heard.text:
        return "Nothing to read" if heard.regions else "No speech"
    if len(heard.text) <= LONGEST:
        return plain(f"“{heard.text}”")
    words = counted(len(heard.words) or len(heard.text.split()), "word")
    return f"{words} in {duration(heard.seconds)}"


def how_sure(heard: Transcription) -> str:
    """The least certain word, and what was turned away."""
    scored = [each for each in heard.words if each.score is not None]
    said = []
    if scored:
        least = min(scored, key=lambda each: each.score or 0)
        assert least.score is not None
        if heard.calibrated:
            figure = f"probability {percent(least.score)}"
        else:
            figure = f"model score {model_score(least.score)} of 1"
        said.append(f"Least certain word: {least.text}, {figure}.")
    if heard.rejected:
        places = len(heard.rejected)
        stretches = "1 stretch" if places == 1 else f"{places:,} stretches"
        said.append(f"Turned away: {stretches} of speech that no known word fits.")
    elif heard.outcome is Outcome.REFUSED and not heard.regions:
        said.append("No voice was found, so no words are made up.")
    return " ".join(said)
