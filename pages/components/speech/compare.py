"""Two models on the same recording: what each heard, and what each costs."""

from collections.abc import Callable

import streamlit as st

from demos.core.results import Outcome
from demos.core.spec import DemoSpec, ModelSpec
from demos.core.speech.error_rate import ErrorRates, compare
from demos.core.speech.transcript import Transcription
from demos.core.wording import counted, duration, percent, significant
from pages.components.compare import choose_second, ran, show_properties
from pages.components.recommend.kept import kept
from pages.components.result import OUTCOMES
from pages.components.speech.aligned import show_marked, sides
from pages.components.speech.listening import listen
from pages.components.speech.recording import Recording
from pages.components.tables import unbroken
from pages.components.text import plain


def show_compare(
    demo: DemoSpec,
    spec: ModelSpec,
    recording: Recording,
    transcription: Transcription,
    reference: str,
    quality_of: Callable[[ModelSpec], str],
) -> None:
    """Offer the other models for the same recording; nothing where there is none.

    `reference` is what was said, "" if unknown; `quality_of` says how good a model was found to
    be, by whom, on what. A second model runs once it is chosen.
    """
    second = choose_second(demo, spec, "Choose one: it listens to the same recording")
    if second is None:
        return
    other = listen(second, recording, transcription.options, "compare")
    if other is None:
        return
    between = rates(demo.slug, "between", transcription.text, other.text)
    st.markdown(f":material/compare_arrows: **{plain(agreement(between))}**")
    pair = ((spec, transcription), (second, other))
    texts = sides(between.alignment)
    for place, (each, heard), words in zip(st.columns(2), pair, texts, strict=True):
        with place, st.container(border=True, key=f"compared_{each.name}", height="stretch"):
            st.markdown(f"**{plain(each.title)}**  \n:small[{OUTCOMES[heard.outcome]}]")
            if heard.text:
                show_marked(heard.text, words, f"Transcript by {each.title}")
            if heard.outcome is not Outcome.ANSWER:
                st.markdown(plain(heard.reason))
            run = [("This run", ran(heard.provenance)), ("Real-time factor", speed(heard))]
            if reference:
                wrong = rates(demo.slug, each.name, reference, heard.text)
                run.insert(0, ("Word error rate", against(wrong)))
            show_properties(each, run, quality_of(each))
    st.caption(
        "Underlined: words that the other did not hear at that place. Real-time factor: seconds "
        "of computing per second of sound, here and now; below 1 it keeps up with a speaker."
    )


def rates(slug: str, place: str, reference: str, heard: str) -> ErrorRates:
    about = (reference, heard)
    return kept(f"{slug}.about.rates.{place}", about, lambda: compare(*about))


def agreement(between: ErrorRates) -> str:
    """How far the second transcript is from the first, in a sentence."""
    heard = between.hits + between.substitutions + between.insertions
    if between.exact:
        return "Both heard the same words." if heard else "Neither heard any words."
    if not between.words or not heard:
        which = "second" if between.words else "first"
        return f"The {which} heard no words, the other {counted(between.words or heard, 'word')}."
    share = percent(between.wer or 0.0)
    return unbroken(
        f"They differ in {counted(between.errors, 'word')}: {share} of the "
        f"{counted(between.words, 'word')} that the first heard."
    )


def against(wrong: ErrorRates) -> str:
    if wrong.wer is None:
        return "–"
    return unbroken(f"{percent(wrong.wer)}, {counted(wrong.errors, 'error')}")


def speed(heard: Transcription) -> str:
    """Computing seconds per second of sound."""
    if not heard.seconds:
        return "–"
    factor = significant(heard.provenance.seconds / heard.seconds, 2)
    return f"{factor}, for {duration(heard.seconds)} of sound"
