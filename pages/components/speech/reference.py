"""What was really said, and how far the transcript is from it."""

import streamlit as st

from demos.core.errors import TooLarge
from demos.core.speech.error_rate import ErrorRates, compare
from demos.core.speech.transcript import Transcription
from demos.core.wording import counted, percent
from pages.components.prediction import show_problem
from pages.components.recommend.kept import kept
from pages.components.speech.aligned import show_alignment
from pages.components.speech.recording import Recording
from pages.components.tables import unbroken
from pages.components.text import plain

MOST_CHARACTERS = 20_000
MEANING = (
    "The word error rate is the share of the words said that were heard as another or not at all, "
    "with every word added counted too, so it can exceed 100 %; the character error rate is the "
    "same for characters. Case, punctuation and the spelling of numbers do not count."
)


def show_reference(slug: str, recording: Recording, transcription: Transcription) -> str:
    """Ask for the reference text, show the errors against it, and return it; "" if there is none.

    For a sample it is what the sample was made to say. No model runs here.
    """
    st.header("Check it against what was said", anchor=False)
    reference = ask(slug, recording)
    if len(reference) > MOST_CHARACTERS:
        show_problem(too_long(reference), "reference")
        return ""
    if not reference.strip():
        st.caption(
            ":material/edit_note: Type or paste what was really said: the errors are then counted "
            "and shown word by word."
        )
        return ""
    if transcription.options.translate:
        st.caption("The transcript is a translation: compare it with an English text.")
    about = (reference, transcription.text)
    rates = kept(f"{slug}.about.error_rates", about, lambda: compare(*about))
    show_rates(rates)
    return reference


def ask(slug: str, recording: Recording) -> str:
    key = f"{slug}.about.{recording.sha256}.reference"
    own = recording.sample.label if recording.sample else None
    st.session_state.setdefault(key, own or "")
    given: str | None = st.text_area(
        "What was really said",
        max_chars=MOST_CHARACTERS,
        height=84,
        placeholder="The reference text, word for word",
        key=key,
        persist_state="session",
        help="For our own samples this is what they were made to say. It stays in this session.",
    )
    return given or ""


def too_long(reference: str) -> TooLarge:
    return TooLarge(
        f"The reference has {counted(len(reference), 'character')}, and {MOST_CHARACTERS:,} are "
        "compared at most.",
        "Give a shorter recording with its own text.",
    )


def show_rates(rates: ErrorRates) -> None:
    """Both rates, what they mean, and the errors where they were made."""
    with st.container(horizontal=True, gap="large"):
        st.metric("Word error rate", rate(rates.wer), width="content")
        st.metric("Character error rate", rate(rates.cer), width="content")
    st.markdown(unbroken(plain(rates.sentence)))
    if rates.alignment:
        show_alignment(rates.alignment)
    st.caption(unbroken(MEANING))


def rate(value: float | None) -> str:
    return "–" if value is None else unbroken(percent(value))
