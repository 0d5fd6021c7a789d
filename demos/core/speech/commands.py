"""Spoken commands: the few words that mean something here, and what a transcript asks for.

Whoever made the transcript, its words are looked up in `COMMANDS`, by exact match and never by
likeness: a word that is none of them does nothing. No command deletes, sends or pays anything.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from demos.core.speech.transcript import Rejected, Transcription, Word

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
MOST_DIGITS = 8
SURE = 0.5
"""A word with a lower score is not acted on."""

PIN = "pin"
CHOOSE = "choose"
CANCEL = "cancel"
NOT_UNDERSTOOD = "not understood"
Slots = tuple[tuple[str, str], ...]

PARTS = re.compile(r"[a-z']+|[0-9]")


@dataclass(frozen=True, slots=True)
class Command:
    """What can be said: any one of `words`, then a digit where `number` says so.

    `title` names it, `effect` says in a sentence what it does; `say`, how to say it where that is
    no single word.
    """

    name: str
    words: tuple[str, ...]
    title: str
    effect: str
    number: bool = False
    say: str = ""

    @property
    def said(self) -> str:
        """How to say it."""
        return self.say or " or ".join(self.words)


COMMANDS = (
    Command("start", ("go", "on"), "Start", "Plays the chosen recording."),
    Command("stop", ("stop", "off"), "Stop", "Stops the recording."),
    Command("next", ("right", "forward"), "Next", "Chooses the next sample."),
    Command("previous", ("left", "backward"), "Previous", "Chooses the sample before."),
    Command(
        CHOOSE,
        ("follow",),
        "Choose",
        "Chooses the sample of that number.",
        True,
        "follow and a digit",
    ),
    Command("higher", ("up",), "Stricter", "Asks for more certainty before a command is obeyed."),
    Command("lower", ("down",), "Less strict", "Is content with less certainty."),
    Command("confirm", ("yes",), "Yes", "Confirms the digits in the PIN field."),
    Command(CANCEL, ("no",), "No", "Clears the PIN field."),
    Command("picture", ("visual",), "Picture", "Shows the recording as waveform and spectrogram."),
    Command("card", ("learn",), "Learn", "Opens what there is to know about the model."),
    Command("home", ("house",), "Home", "Leaves for the page with all demos."),
)
"""In the order in which they are explained."""
PIN_COMMAND = Command(
    PIN, DIGITS, "PIN", "Puts them into the PIN field.", say=f"one to {MOST_DIGITS} digits"
)
WAKE_COMMAND = Command(
    "wake",
    ("marvin", "sheila"),
    "Name",
    "Answers that it listens; may come before any command.",
)
EVERY_COMMAND = (*COMMANDS, PIN_COMMAND, WAKE_COMMAND)


class Unclear(Exception):
    """What was said is in the table, but asks for nothing in particular; the text says why."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What was asked for. `name` is that of a command, or `NOT_UNDERSTOOD` with a `reason`.

    `slots` are what it was asked with: `digits` of a PIN, the `number` of a sample. `confidence` is
    the score of the least certain of its words, None where the model gives none; `words` are all
    that was heard, in order.
    """

    name: str
    words: tuple[Word, ...]
    confidence: float | None = None
    slots: Slots = ()
    reason: str = ""

    @property
    def understood(self) -> bool:
        return self.name != NOT_UNDERSTOOD

    @property
    def title(self) -> str:
        names = {each.name: each.title for each in EVERY_COMMAND}
        return names.get(self.name, "Not understood")

    def slot(self, name: str) -> str:
        """What was given for it. Raises `KeyError` where nothing was."""
        return dict(self.slots)[name]


def understand(heard: Transcription, floor: float = SURE) -> Intent:
    """The one command in what was heard, provided each of its words scores `floor` or more.

    Two commands at once, a word that is none, too many digits: nothing is guessed, and `reason`
    says what was the matter.
    """
    words = heard.words or tuple(Word(each.text, each.start, each.end) for each in heard.segments)
    spoken = [(part, word) for word in words for part in PARTS.findall(word.text.lower())]
    if not spoken:
        return Intent(NOT_UNDERSTOOD, words, reason=heard.reason or "No word was heard.")
    known = [(meaning(part), word) for part, word in spoken]
    unknown = [word for part, word in known if part is None]
    strange: list[Word | Rejected] = [*unknown, *heard.rejected]
    used = [(part, word) for part, word in known if part is not None]
    confidence = least([word for _, word in used or known])
    told = f"“{' '.join(word.text for word in words)}”"

    def not_understood(reason: str) -> Intent:
        return Intent(NOT_UNDERSTOOD, words, confidence, reason=reason)

    if not used:
        return not_understood(f"{told} is no command.")
    if sum(each.end - each.start for each in strange) > sum(w.end - w.start for _, w in used):
        return not_understood(f"Besides {told}, more was said that is no command.")
    if confidence is not None and confidence < floor:
        return not_understood(f"It may have been {told}, but that is not certain enough.")
    try:
        command, slots = asked([part for part, _ in used])
    except Unclear as unclear:
        return not_understood(str(unclear))
    return Intent(command.name, words, confidence, slots)


def meaning(part: str) -> str | None:
    """A word or a figure as the table has it; None where it is not in it."""
    word = DIGITS[int(part)] if part.isdigit() else part
    return word if any(word in each.words for each in EVERY_COMMAND) else None


def least(words: Sequence[Word]) -> float | None:
    """The lowest score among words; None where none has one."""
    return min((each.score for each in words if each.score is not None), default=None)


def asked(words: Sequence[str]) -> tuple[Command, Slots]:
    """The command that words of the table make up. Raises `Unclear` where they make up none."""
    rest = [word for word in words if word not in WAKE_COMMAND.words]
    if not rest:
        return WAKE_COMMAND, ()
    digits = "".join(str(DIGITS.index(word)) for word in rest if word in DIGITS)
    others = [word for word, _ in groupby(word for word in rest if word not in DIGITS)]
    if len(others) > 1:
        raise Unclear(f"“{others[0]}” and “{others[1]}” are two commands: say one at a time.")
    if not others and len(digits) > MOST_DIGITS:
        raise Unclear(f"{len(digits)} digits were heard; the field takes {MOST_DIGITS}.")
    if not others:
        return PIN_COMMAND, (("digits", digits),)
    [word] = others
    [command] = [each for each in COMMANDS if word in each.words]
    if command.number and len(digits) != 1:
        raise Unclear(f"After “{word}” say one digit.")
    if digits and not command.number:
        raise Unclear(f"“{word}” takes no number.")
    return command, (("number", digits),) if command.number else ()
