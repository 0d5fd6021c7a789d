"""What the voice assistant hears and does: in callbacks, before the page is drawn.

A command changes the page as a click would: the chosen sample, the PIN field, what plays. The
session keeps the last few commands, and no sound of anybody's voice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_urlsafe

import streamlit as st

from demos.core.audio.decoding import decode_audio
from demos.core.audio.sound import DecodedAudio
from demos.core.errors import TooLarge, UserError
from demos.core.samples import Sample
from demos.core.settings import read_settings
from demos.core.speech.commands import (
    CANCEL,
    CHOOSE,
    NOT_UNDERSTOOD,
    PIN,
    SURE,
    Command,
    Intent,
    understand,
)
from demos.core.speech.transcript import Transcription
from demos.core.wording import counted, duration
from pages.components.speech.recording import Recording, choose_sample_recording, current
from pages.components.uploads import added

MICROPHONE = "the microphone"
KEPT = 8
"""Commands in the log."""
PANELS = ("picture", "card")
"""Commands for which the page draws something."""
LONGEST = 20.0
"""Seconds of one command."""
FLOORS = tuple(round(0.05 * step, 2) for step in range(6, 20))
"""Scores that can be asked of a command's words, 0.3 to 0.95."""

Listen = Callable[[DecodedAudio], Transcription]
"""The recognizer. May raise `UserError`."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said, what was understood, and the reply.

    `source` is the title of a sample, or `MICROPHONE`; `id` tells the turn from all others.
    """

    id: str
    source: str
    intent: Intent
    calibrated: bool
    reply: str

    @property
    def aloud(self) -> bool:
        """Whether to speak the reply: a recording that begins to play is enough of one."""
        return self.intent.name != "start"


@dataclass(frozen=True, slots=True, eq=False)
class Assistant:
    """The assistant of one demo: samples it chooses from, the recognizer it hears with.

    `panels` draw what "picture" and "card" ask for; without one, that command is not offered.
    """

    slug: str
    samples: tuple[Sample, ...]
    listen: Listen
    panels: Mapping[str, Callable[[], None]]

    def key(self, part: str) -> str:
        return f"{self.slug}.assistant.{part}"

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The last commands, the latest first."""
        found: tuple[Turn, ...] = st.session_state.get(self.key("turns"), ())
        return found

    @property
    def problem(self) -> UserError | None:
        """Why nothing was heard the last time."""
        found: UserError | None = st.session_state.get(self.key("problem"))
        return found

    @property
    def recording(self) -> Recording | None:
        """What the page works on; `None` where that is a table of many."""
        chosen = current(self.slug)
        return chosen if isinstance(chosen, Recording) else None

    def flag(self, part: str) -> bool:
        return bool(st.session_state.get(self.key(part)))

    def hear_microphone(self, key: str) -> None:
        """Callback of the microphone, whose widget has this key."""
        for file in added(key):
            self.hear(file.read(), file.name, MICROPHONE)

    def hear_sample(self, sample: Sample) -> None:
        """Callback of a spoken sample."""
        self.hear(sample.read(), sample.path.name, sample.title)

    def hear(self, data: bytes, name: str, source: str) -> None:
        """Listen to a recording, and do what it asks for."""
        state = st.session_state
        state[self.key("problem")] = None
        try:
            audio = decode_audio(data, name, read_settings())
            if audio.seconds > LONGEST:
                raise TooLarge(
                    f"This is {duration(audio.seconds)} long; a command may take "
                    f"{duration(LONGEST)}.",
                    "Say one command, and stop the recording.",
                )
            heard = self.listen(audio)
        except UserError as error:
            state[self.key("problem")] = error.bare()
            return
        intent = understand(heard, state.get(self.key("floor"), SURE))
        turn = Turn(token_urlsafe(6), source, intent, heard.calibrated, self.obey(intent))
        state[self.key("turns")] = (turn, *self.turns)[:KEPT]

    def obey(self, intent: Intent) -> str:
        """Do it, and say so."""
        return EFFECTS[intent.name](self, intent)

    def offers(self, command: Command) -> bool:
        return command.name not in PANELS or command.name in self.panels

    def clear_pin(self) -> None:
        """Callback: what "no" does."""
        self.obey(Intent(CANCEL, ()))

    def put(self, part: str, value: object) -> None:
        st.session_state[self.key(part)] = value


Effect = Callable[[Assistant, Intent], str]


def start(assistant: Assistant, intent: Intent) -> str:
    recording = assistant.recording
    if recording is None:
        return "There is no single recording to play: choose a sample first."
    assistant.put("playing", True)
    assistant.put("started", st.session_state.get(assistant.key("started"), 0) + 1)
    return f"Playing “{recording.title}”."


def stop(assistant: Assistant, intent: Intent) -> str:
    if not assistant.flag("playing"):
        return "Nothing is playing."
    assistant.put("playing", False)
    return "Stopped."


def step(by: int) -> Effect:
    """The effect of going so many samples on."""

    def go(assistant: Assistant, intent: Intent) -> str:
        samples, recording = assistant.samples, assistant.recording
        place = None
        if recording is not None and recording.sample in samples:
            place = samples.index(recording.sample)
        first = 0 if by > 0 else len(samples) - 1
        return take(assistant, first if place is None else (place + by) % len(samples))

    return go


def follow(assistant: Assistant, intent: Intent) -> str:
    number = int(intent.slot("number"))
    if not 1 <= number <= len(assistant.samples):
        return f"There are {counted(len(assistant.samples), 'sample')}, but no number {number}."
    return take(assistant, number - 1)


def take(assistant: Assistant, place: int) -> str:
    """Make a sample, by its place, the one the page works on."""
    sample = assistant.samples[place]
    choose_sample_recording(assistant.slug, sample)
    assistant.put("playing", False)
    return f"Sample {place + 1} of {len(assistant.samples)}: {sample.title}."


def demand(by: int) -> Effect:
    """The effect of asking for so many steps more certainty."""

    def change(assistant: Assistant, intent: Intent) -> str:
        now = FLOORS.index(st.session_state.get(assistant.key("floor"), SURE))
        then = min(max(now + by, 0), len(FLOORS) - 1)
        assistant.put("floor", FLOORS[then])
        if then == now:
            return f"It cannot go {'higher' if by > 0 else 'lower'} than {FLOORS[now]:g}."
        return f"A word now needs a score of {FLOORS[then]:g}."

    return change


def fill(assistant: Assistant, intent: Intent) -> str:
    digits = intent.slot("digits")
    assistant.put("pin", digits)
    assistant.put("confirmed", False)
    return f"{' '.join(digits)}. Is that right? Say yes or no."


def confirm(assistant: Assistant, intent: Intent) -> str:
    digits = st.session_state.get(assistant.key("pin"), "")
    if not digits:
        return "There is nothing to confirm: say some digits first."
    assistant.put("confirmed", True)
    return f"Thank you. The PIN of {counted(len(digits), 'digit')} is confirmed."


def clear(assistant: Assistant, intent: Intent) -> str:
    assistant.put("pin", "")
    assistant.put("confirmed", False)
    return "The PIN field is empty."


def show(panel: str, reply: str) -> Effect:
    """The effect of opening a panel of the page."""

    def opened(assistant: Assistant, intent: Intent) -> str:
        if panel not in assistant.panels:
            return "There is none on this page."
        assistant.put("panel", panel)
        return reply

    return opened


def leave(assistant: Assistant, intent: Intent) -> str:
    assistant.put("leaving", True)
    return "Back to all demos."


def answer(assistant: Assistant, intent: Intent) -> str:
    return "Yes? I am listening."


def ask_again(assistant: Assistant, intent: Intent) -> str:
    return intent.reason


EFFECTS: Mapping[str, Effect] = {
    "start": start,
    "stop": stop,
    "next": step(1),
    "previous": step(-1),
    CHOOSE: follow,
    "higher": demand(2),
    "lower": demand(-2),
    PIN: fill,
    "confirm": confirm,
    CANCEL: clear,
    "picture": show("picture", "Here is a picture of the recording."),
    "card": show("card", "Here is what there is to know about the model."),
    "home": leave,
    "wake": answer,
    NOT_UNDERSTOOD: ask_again,
}
"""What each command does."""
