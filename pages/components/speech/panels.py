"""The voice assistant of a demo, with what it can bring up: a picture and the model's card."""

from functools import partial

import streamlit as st

from demos.core.audio.picture import sound_png
from demos.core.errors import TooLarge, UserError
from demos.core.samples import Sample
from demos.core.spec import PACKAGE, DemoSpec
from demos.core.wording import duration
from pages.components.prediction import show_problem
from pages.components.recommend.kept import kept
from pages.components.speech.assistant_state import Assistant, Listen
from pages.components.speech.recording import Recording, current

LONGEST = 120.0
"""Seconds of a recording that is drawn here: it is heard for that, while the page waits."""


def assistant(demo: DemoSpec, shipped: tuple[Sample, ...], listen: Listen) -> Assistant:
    """An assistant that chooses among the samples `shipped` and hears with `listen`."""
    panels = {
        "picture": partial(show_picture, demo.slug, listen),
        "card": partial(show_card, demo),
    }
    return Assistant(demo.slug, shipped, listen, panels)


def show_picture(slug: str, listen: Listen) -> None:
    """Waveform, words and spectrogram of the recording that the page works on."""
    chosen = current(slug)
    if not isinstance(chosen, Recording):
        return
    about = (chosen.sha256, chosen.title)
    try:
        picture, alt = kept(f"{slug}.about.picture", about, lambda: drawn(chosen, listen))
    except UserError as error:
        show_problem(error, "picture")
        return
    st.image(picture, width="stretch", output_format="PNG", alt=alt)


def drawn(chosen: Recording, listen: Listen) -> tuple[bytes, str]:
    """A PNG file, and the same in words. Raises `UserError`."""
    length = chosen.audio.seconds
    if length > LONGEST:
        raise TooLarge(
            f"This recording is {duration(length)} long; a picture here takes {duration(LONGEST)}.",
            "Under “Transcribe”, a longer one is drawn too, part by part.",
        )
    heard = listen(chosen.audio)
    alt = f"Waveform and spectrogram of {chosen.title}. Heard: {heard.text or 'no words'}."
    return sound_png(chosen.audio, heard), alt


def show_card(demo: DemoSpec) -> None:
    """The whole card of the demo's own model."""
    card = PACKAGE / demo.slug / "cards" / f"{demo.models[0].name}.md"
    st.markdown(card.read_text(encoding="utf-8"), anchors=False)
