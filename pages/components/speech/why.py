"""Why a word was heard: which moments and frequencies moved its score.

show_why(slug, transcription, about, explain, measured)

`explain(i)` asks the model about word `i` of the transcript, with parts of the sound hidden.
"""

from collections.abc import Callable, Hashable

import streamlit as st

from demos.core.audio.attribution import Attribution, where
from demos.core.errors import UserError
from demos.core.reasons import NO_EFFECT, times
from demos.core.speech.transcript import Transcription, Word
from demos.core.wording import percent, significant
from pages.components.prediction import show_problem
from pages.components.recommend.kept import kept
from pages.components.speech.why_chart import bands_table, drawn
from pages.components.tables import show_table, unbroken
from pages.components.text import plain

METHOD = """
Occlusion: the model hears the recording again and again, each time with one small patch of time
and frequency replaced by the recording's own quiet level. What the word's score loses is what that
patch was worth (Zeiler & Fergus 2014, [“Visualizing and Understanding Convolutional
Networks”](https://arxiv.org/abs/1311.2901)). Where patches overlap, the mean is drawn.

It says what this model used, not what a listener would. A patch whose neighbors say the same may
count for little, and what parts do only together is given to none of them.
"""

Explain = Callable[[int], Attribution]


def show_why(
    slug: str, transcription: Transcription, about: Hashable, explain: Explain, measured: str = ""
) -> None:
    """Choose a word, then see and read what its score rests on; nothing where there is no word.

    `about` tells model, recording and options from all others; the session keeps the latest word.
    `measured` is what is known of how far such maps can be trusted, in a sentence.
    """
    words = transcription.words
    if not words:
        return
    st.header("Why this word", anchor=False)
    panel(slug, words, about, explain, measured)


@st.fragment
def panel(
    slug: str, words: tuple[Word, ...], about: Hashable, explain: Explain, measured: str
) -> None:
    chosen = f"{slug}.about.why.word"
    known: int | None = st.session_state.get(chosen)
    if known is not None and known >= len(words):
        st.session_state[chosen] = None
    place = st.selectbox(
        "Word to explain",
        range(len(words)),
        index=None,
        format_func=lambda place: f"{place + 1}. {words[place].text}, {span(words[place])}",
        placeholder="Choose one: the model is asked again with parts of the sound hidden",
        key=chosen,
        persist_state="session",
    )
    if place is None:
        return
    try:
        with st.spinner("Hiding one part after another …"):
            found = kept(f"{slug}.about.why", (about, place), lambda: explain(place))
    except UserError as error:
        show_problem(error, "why")
        return
    show_attribution(slug, words[place], found, measured)


def span(word: Word) -> str:
    return f"{word.start:.2f} to {word.end:.2f} s"


def show_attribution(slug: str, word: Word, found: Attribution, measured: str) -> None:
    """The sentence, the map over the spectrogram, the method, and the same as a table."""
    st.markdown(unbroken(told(word, found)))
    st.plotly_chart(
        drawn(word, found),
        config={"displayModeBar": False},
        alt=spoken(word, found),
        key=f"{slug}.why.chart",
    )
    st.caption(legend(found))
    with st.popover("How this is computed", icon=":material/menu_book:", type="tertiary"):
        st.markdown(f"{METHOD}\n\n{plain(fine_print(found))}")
        if measured:
            st.markdown(unbroken(plain(measured)))
    with st.expander("The same as a table", icon=":material/table_rows:"):
        header = ("Frequencies", "Speaks for the word", "Speaks against it")
        show_table(f"{slug}_why", header, "lrr", bands_table(found))


def told(word: Word, found: Attribution) -> str:
    """What the score rests on, in sentences for Markdown."""
    name = f"“{plain(word.text)}”"
    evidence = where(found)
    strongest, opposing = found.strongest, found.opposing
    if evidence is None or strongest.drop < NO_EFFECT:
        return (
            f"No single part of the sound carries **{name}**: whichever one is hidden, its score "
            f"stays about the same. Hiding all of it {effect(found.whole)}."
        )
    lines = [
        f"Most of what speaks for **{name}** ({percent(evidence.share)}) lies **between "
        f"{evidence.start:.2f} and {seconds(evidence.end)} and {figure(evidence.low)}–"
        f"{hertz(evidence.high)}**.",
        f"Hiding the one patch that matters most, around {seconds(strongest.seconds)} and "
        f"{hertz(strongest.hertz)}, {effect(strongest.drop)}; hiding the whole word "
        f"{effect(found.whole)}.",
    ]
    if opposing.drop <= -NO_EFFECT:
        lines.append(
            f"What speaks most against it is around {seconds(opposing.seconds)} and "
            f"{hertz(opposing.hertz)}: hiding that {effect(opposing.drop)}."
        )
    return " ".join(lines)


def effect(drop: float) -> str:
    """What hiding a part does to the score, whose logarithm falls by `drop`."""
    if abs(drop) < NO_EFFECT:
        return "leaves its score as it is"
    return f"{'divides' if drop > 0 else 'multiplies'} its score by {times(drop)}"


def seconds(value: float) -> str:
    """With a space at which no line ends."""
    return f"{value:.2f}\u00a0s"


def hertz(value: float) -> str:
    return f"{figure(value)}\u00a0Hz"


def figure(value: float) -> str:
    """A frequency to two figures: a patch is no sharper than that."""
    return significant(value, 2)


def spoken(word: Word, found: Attribution) -> str:
    """The chart in words."""
    evidence = where(found)
    lies = (
        "no part raises the score"
        if evidence is None
        else f"most of the evidence lies between {evidence.start:.2f} and {seconds(evidence.end)} "
        f"and {figure(evidence.low)}–{hertz(evidence.high)}"
    )
    return f"Spectrogram of “{word.text}”, {span(word)}, with what moved its score: {lies}."


def legend(found: Attribution) -> str:
    """The signs of the chart."""
    against = " Amber, dotted: what raises it." if found.values.min() <= -NO_EFFECT else ""
    return (
        "Gray: the sound as the model hears it. Teal with a solid line: what lowers the word's "
        f"score when it is hidden.{against} The lines are at half of the strongest effect. Dashed, "
        "upright: where the word begins and ends."
    )


def fine_print(found: Attribution) -> str:
    """The size of the patches, and by how much their drops miss that of the whole."""
    frames, bands = found.size
    return (
        f"Patches of {1000 * frames * found.axes.step:.0f} ms by {bands} of "
        f"{len(found.axes.hertz)} bands, half a patch apart. Hidden one at a time, they take "
        f"{found.summed:.1f} from the logarithm of the score over all; hidden together, "
        f"{found.whole:.1f}."
    )
