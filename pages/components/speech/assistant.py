"""A voice assistant: say a command, and the page does it.

    show_assistant(Assistant(slug, samples, listen, panels), spoken)

What was heard, what was understood and how surely are always there to read, beside the reply that
the browser speaks. Whoever has no microphone has the spoken samples.
"""

from collections.abc import Sequence

import streamlit as st

from demos.core.audio.sound import SAMPLE_RATE
from demos.core.samples import Sample
from demos.core.settings import read_settings
from demos.core.speech.commands import EVERY_COMMAND, MOST_DIGITS, SURE
from demos.core.wording import model_score, percent
from pages.components.routes import PAGES
from pages.components.speech.assistant_state import FLOORS, LONGEST, Assistant, Turn
from pages.components.speech.microphone import microphone_tab
from pages.components.speech.player import speak
from pages.components.tables import show_table, unbroken
from pages.components.text import plain, told

CLOSE = {"picture": "Close the picture", "card": "Close the card"}


def show_assistant(assistant: Assistant, spoken: Sequence[Sample]) -> None:
    """The assistant; `spoken` are recordings of commands, to try it without a microphone."""
    if st.session_state.pop(assistant.key("leaving"), False):
        st.switch_page(PAGES / "home.py")
    ask, answer = st.columns(2, gap="medium")
    with ask:
        microphone_tab(assistant.key("voice"), read_settings(), assistant.hear_microphone, LONGEST)
    with answer:
        show_turn(assistant)
    show_spoken(assistant, spoken)
    show_effects(assistant)
    show_panel(assistant)
    show_log(assistant.turns)
    with st.expander("What can I say?", icon=":material/record_voice_over:", expanded=True):
        show_commands(assistant)


def show_spoken(assistant: Assistant, spoken: Sequence[Sample]) -> None:
    """A button for each spoken command."""
    if not spoken:
        return
    st.markdown("No microphone? Let one of these voices speak:")
    with st.container(horizontal=True, gap="small", key="spoken_commands"):
        for sample in spoken:
            st.button(
                plain(sample.title),
                icon=":material/graphic_eq:",
                key=assistant.key(f"spoken.{sample.key}"),
                on_click=assistant.hear_sample,
                args=(sample,),
                help=plain(sample.note) or None,
            )


def show_turn(assistant: Assistant) -> None:
    """The last thing said: the words, the command, how surely, and the reply."""
    problem = assistant.problem
    if problem is not None:
        st.warning(told(problem), icon=":material/error:")
        return
    if not assistant.turns:
        st.info(
            "Record a command, such as “Marvin, right” or “four seven one one”. What was heard, "
            "what it was taken for and what came of it will be here.",
            icon=":material/mic:",
        )
        return
    turn = assistant.turns[0]
    with st.container(border=True, key="assistant_turn", gap="small"):
        st.markdown(unbroken(f":gray[Heard from {plain(turn.source)}:] {said(turn)}"))
        icon = ":material/check_circle:" if turn.intent.understood else ":material/help:"
        st.header(f"{icon} {plain(turn.intent.title)}{slots(turn)}", anchor=False)
        if turn.intent.words:
            st.markdown(unbroken(certainty(turn)))
        if turn.aloud:
            speak(turn.reply, turn.id)
        else:
            st.markdown(plain(turn.reply))


def said(turn: Turn) -> str:
    """The words with the score of each, as Markdown."""
    words = turn.intent.words
    if not words:
        return "no word"
    return " ".join(
        f"**{plain(each.text)}**"
        + ("" if each.score is None else f" :small[{plain(figure(each.score, turn.calibrated))}]")
        for each in words
    )


def slots(turn: Turn) -> str:
    """What the command was given, to be put after its name."""
    return "".join(f": {plain(value)}" for _, value in turn.intent.slots)


def certainty(turn: Turn) -> str:
    """How sure the command is, in a sentence."""
    confidence = turn.intent.confidence
    if confidence is None:
        return "The model gives no score for these words."
    kind = "Probability" if turn.calibrated else "Model score"
    return f"{kind} of the least certain word: {plain(figure(confidence, turn.calibrated))}"


def figure(score: float, calibrated: bool) -> str:
    return percent(score) if calibrated else model_score(score)


def show_effects(assistant: Assistant) -> None:
    """What commands change here: the chosen recording and whether it plays, the PIN, the demand."""
    chosen, pin, floor = st.columns(3, gap="medium")
    with chosen:
        show_chosen(assistant)
    with pin:
        show_pin(assistant)
    with floor:
        key = assistant.key("floor")
        if key not in st.session_state:
            st.session_state[key] = SURE
        st.select_slider(
            "A command's words must score",
            FLOORS,
            key=key,
            persist_state="session",
            format_func=lambda score: f"{score:g}",
            help="Below it, nothing is done. “Up” and “down” move it; it runs no model.",
        )


def show_chosen(assistant: Assistant) -> None:
    """The recording the page works on, with its own controls; it plays once it was told to."""
    recording = assistant.recording
    if recording is None:
        st.markdown("Many recordings are chosen; “right” chooses the first sample.")
        return
    where = "your own"
    if recording.sample in assistant.samples:
        place = assistant.samples.index(recording.sample) + 1
        where = f"sample {place} of {len(assistant.samples)}"
    st.markdown(f":small[Chosen recording, {where}]  \n**{plain(recording.title)}**")
    started = st.session_state.get(assistant.key("started"), 0)
    playing = assistant.flag("playing")
    alt = f"Recording: {recording.title}"
    # A browser begins to play only what is new on the page, and Streamlit only what has not been
    # played: every start is another element, which differs in its description.
    with st.container(key=assistant.key(f"start.{started}" if playing else "still")):
        st.audio(
            recording.audio.pcm,
            sample_rate=SAMPLE_RATE,
            autoplay=playing,
            alt=f"{alt}, start {started}" if playing else alt,
        )


def show_pin(assistant: Assistant) -> None:
    key = assistant.key("pin")
    st.text_input(
        "PIN",
        max_chars=MOST_DIGITS,
        placeholder=f"Say 1 to {MOST_DIGITS} digits",
        key=key,
        persist_state="session",
        on_change=assistant.put,
        args=("confirmed", False),
    )
    if st.session_state[key]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            confirmed = assistant.flag("confirmed")
            st.badge(
                "Confirmed" if confirmed else "Not confirmed",
                icon=":material/lock:" if confirmed else ":material/lock_open:",
                color="primary" if confirmed else "gray",
            )
            st.button(
                "Clear",
                icon=":material/backspace:",
                key=assistant.key("clear"),
                on_click=assistant.clear_pin,
                type="tertiary",
            )


def show_panel(assistant: Assistant) -> None:
    """What "visual" or "learn" opened, until it is closed."""
    name: str | None = st.session_state.get(assistant.key("panel"))
    if name is None or name not in assistant.panels:
        return
    with st.container(border=True, key="assistant_panel"):
        assistant.panels[name]()
        st.button(
            CLOSE[name],
            icon=":material/close:",
            key=assistant.key("close"),
            on_click=assistant.put,
            args=("panel", None),
        )


def show_log(turns: Sequence[Turn]) -> None:
    """The last commands, the latest first."""
    if not turns:
        return
    with st.expander(f"The last {len(turns)} of what was said", icon=":material/history:"):
        show_table(
            "assistant_log",
            ("From", "Heard", "Command", "Score", "Reply"),
            "lllrl",
            (
                (
                    plain(turn.source),
                    plain(" ".join(each.text for each in turn.intent.words)) or "–",
                    plain(turn.intent.title) + slots(turn),
                    "–"
                    if turn.intent.confidence is None
                    else plain(figure(turn.intent.confidence, turn.calibrated)),
                    plain(turn.reply),
                )
                for turn in turns
            ),
        )


def show_commands(assistant: Assistant) -> None:
    """Every command that is offered, and what it does."""
    offered = [each for each in EVERY_COMMAND if assistant.offers(each)]
    show_table(
        "assistant_commands",
        ("Say", "What it does"),
        "ll",
        ((f"**{plain(each.said)}**", plain(each.effect)) for each in offered),
    )
    st.caption(
        "One command at a time. Words are matched exactly, never by likeness; what is in no row "
        "does nothing, and no command deletes, sends or pays anything."
    )
