"""What to do with speech, as far as the model can: language, translation, times of words."""

from collections.abc import Mapping, Sequence

import streamlit as st

from demos.core.speech.transcript import Options
from pages.components.text import plain

DETECT = ""


def choose_options(
    slug: str,
    languages: Sequence[str],
    translates: bool,
    word_times: bool,
    name_of: Mapping[str, str],
) -> Options:
    """The options, asked for as far as the model leaves a choice.

    `languages` are the codes the model knows, `name_of` their names. A link to a recording under
    way sets them in the session, under `<slug>.options`.
    """
    linked: Options | None = st.session_state.pop(f"{slug}.options", None)
    if linked is not None:
        st.session_state[f"{slug}.language"] = linked.language or DETECT
        st.session_state[f"{slug}.translate"] = linked.translate
        st.session_state[f"{slug}.word_times"] = linked.word_times
    several = len(languages) > 1
    if not (several or translates or word_times):
        return Options()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        language = DETECT
        if several:
            language = st.selectbox(
                "Language spoken",
                [DETECT, *languages],
                format_func=lambda code: plain(name_of.get(code, code)) if code else "Detect it",
                key=f"{slug}.language",
                persist_state="session",
                width=220,
            )
        translate = translates and st.toggle(
            "Translate to English",
            key=f"{slug}.translate",
            persist_state="session",
            help="The transcript is in English, whatever language is spoken.",
        )
        st.session_state.setdefault(f"{slug}.word_times", True)
        times = word_times and st.toggle(
            "Times for every word",
            key=f"{slug}.word_times",
            persist_state="session",
            help="Without them, sentences have times, and listening takes a little less.",
        )
    return Options(language or None, bool(translate), bool(times) or not word_times)
