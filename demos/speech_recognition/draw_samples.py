"""Make the samples the page opens with, by the program `espeak-ng`: no recording of anybody.

    python -m demos.speech_recognition.draw_samples

Writes `samples/*.flac` and `samples.json`, the same ones every time. What is called a known failure
is one that the bundled model gets wrong: the first of `FAILURES` it does. Needs the weights.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from demos.core.audio.alter import through_telephone
from demos.core.audio.noise import LEVEL, make
from demos.core.audio.sound import FULL_SCALE, SAMPLE_RATE, DecodedAudio, to_pcm
from demos.core.devices import CPU
from demos.core.samples import SampleKind
from demos.speech_recognition import SPEC
from demos.speech_recognition.inference import load, predict
from demos.speech_recognition.synthesize import Voice, say

FOLDER = Path(__file__).parent / "samples"
SEED = 7
AROUND = 0.4
"""Seconds of near silence before, between and after what is said."""
HISS = 0.0004
"""Of full scale: no room is quite silent."""

MAN, WOMAN = Voice("en-us", "Mike", 40, 150), Voice("en-gb", "f2", 60, 145)
SCOT, ELDER = Voice("en-gb-scotland", "Andy", 45, 140), Voice("en-us", "grandma", 50, 125)
CHILD = Voice("en-us", "f5", 95, 150)
FAILURES = (
    ("three tree", Voice("en-029", "croak", 20, 210)),
    ("off up", Voice("en-gb-x-gbclan", "klatt4", 15, 230)),
    ("four forward", Voice("en-gb-x-gbcwmd", "kaukovalta", 20, 235)),
    ("no go", Voice("en-us-nyc", "croak", 25, 230)),
    ("nine five", Voice("en-029", "klatt5", 20, 240)),
    ("bed bird", Voice("en-gb-scotland", "robert", 20, 235)),
    ("learn wow", Voice("en-029", "gustave", 20, 235)),
)

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Planned:
    """`parts` are texts with their voices, one after the other; `noise` dB of signal to noise."""

    key: str
    title: str
    kind: SampleKind
    note: str
    parts: tuple[tuple[str, Voice], ...] = ()
    noise: float | None = None
    sound: str = ""
    over_telephone: bool = False
    label: str | None = None
    pause: float = AROUND

    @property
    def said(self) -> str:
        return " ".join(text for text, _ in self.parts) if self.label is None else self.label


def one(text: str, voice: Voice) -> tuple[tuple[str, Voice], ...]:
    return ((text, voice),)


def words(text: str, voice: Voice) -> tuple[tuple[str, Voice], ...]:
    """Word by word, with pauses."""
    return tuple((word, voice) for word in text.split())


PLANNED = (
    Planned(
        "pin",
        "A PIN, digit by digit",
        SampleKind.TYPICAL,
        "A synthetic American voice reads four digits in a row.",
        words("four one seven nine", MAN),
    ),
    Planned(
        "commands",
        "Three commands",
        SampleKind.TYPICAL,
        "A synthetic British voice says three commands, with pauses.",
        words("go left stop", WOMAN),
    ),
    Planned(
        "call",
        "A call with small talk",
        SampleKind.HARD,
        "Two synthetic voices; only some of what they say are words the bundled model knows. The "
        "rest is turned away rather than forced into a word.",
        (
            ("good morning, how may I help you", WOMAN),
            ("yes", ELDER),
            ("my customer reference is", ELDER),
            *words("six zero two eight", ELDER),
            ("thank you, please hold the line", WOMAN),
            ("no", ELDER),
        ),
        pause=0.8,
    ),
    Planned(
        "noisy",
        "Digits in the rain",
        SampleKind.HARD,
        "A synthetic Scottish voice, five times as strong as the noise of rain.",
        words("five three eight", SCOT),
        noise=7.0,
        sound="rain",
    ),
    Planned(
        "telephone",
        "Over the telephone",
        SampleKind.HARD,
        "A synthetic child's voice through a telephone: nothing below 300 or above 3,400 Hz.",
        words("seven two right", CHILD),
        over_telephone=True,
    ),
    Planned(
        "sentence",
        "Words it does not know",
        SampleKind.OUT_OF_SCOPE,
        "An English sentence of other words. The bundled model turns it away; a model from the Hub "
        "reads it.",
        one("I would like to cancel my subscription, please", WOMAN),
    ),
    Planned(
        "silence",
        "Silence",
        SampleKind.OUT_OF_SCOPE,
        "Three seconds of an empty room: no speech, so no words.",
        label="",
    ),
    Planned(
        "music",
        "Music",
        SampleKind.OUT_OF_SCOPE,
        "Chords and drums from a generator: no speech, so no words.",
        sound="music",
        label="",
    ),
)
SPOKEN = tuple(
    Planned(
        f"say-{text.replace(' ', '-')}",
        f"“{text}”",
        SampleKind.TYPICAL,
        "For the voice assistant.",
        words(text, voice),
    )
    for text, voice in (
        ("forward", MAN),
        ("go", WOMAN),
        ("stop", MAN),
        ("visual", WOMAN),
        ("learn", MAN),
        ("up", WOMAN),
        ("four two seven one", MAN),
        ("no", WOMAN),
    )
)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.flac"):
        old.unlink()
    planned = [*PLANNED, known_failure(), *SPOKEN]
    listed = []
    for number, each in enumerate(planned):
        pcm = drawn(each, SEED + number)
        file = f"{each.key}.flac"
        soundfile.write(FOLDER / file, pcm, SAMPLE_RATE, subtype="PCM_16")
        listed.append(
            {
                "key": each.key,
                "model": SPEC.models[0].name,
                "title": each.title,
                "kind": each.kind.value,
                "label": each.said,
                "note": each.note,
                "file": file,
            }
        )
    text = json.dumps(listed, indent=1, ensure_ascii=False)
    (FOLDER / "samples.json").write_text(f"{text}\n", encoding="utf-8")
    print(f"{len(listed)} samples")


def drawn(planned: Planned, seed: int) -> NDArray[np.int16]:
    """The sample as 16-bit samples."""
    rng = np.random.default_rng(seed)
    pause = np.zeros(round(planned.pause * SAMPLE_RATE), np.float32)
    sound = np.concatenate(
        [pause, *(part for text in planned.parts for part in (said(text), pause))]
    )
    if not planned.parts:
        sound = np.zeros(3 * SAMPLE_RATE, np.float32)
        if planned.sound:
            sound = make(planned.sound, 4.0, rng)
    elif planned.noise is not None:
        level = np.sqrt(np.mean(sound**2)) * 10 ** (-planned.noise / 20) / LEVEL
        seconds = len(sound) / SAMPLE_RATE
        sound = sound + make(planned.sound, seconds, rng)[: len(sound)] * np.float32(level)
    if planned.over_telephone:
        sound = through_telephone(sound)
    return to_pcm(sound + rng.normal(0, HISS, len(sound)).astype(np.float32))


def said(text: tuple[str, Voice]) -> Samples:
    pcm = say(*text)
    sound = pcm.astype(np.float32) / np.float32(FULL_SCALE)
    return sound * np.float32(0.5 / np.abs(sound).max())


def known_failure() -> Planned:
    """The first of `FAILURES` that is heard wrong. Raises `LookupError` if none is."""
    model = load(SPEC.models[0], CPU)
    for text, voice in FAILURES:
        planned = Planned("failure", "", SampleKind.FAILURE, "", words(text, voice))
        audio = DecodedAudio(drawn(planned, SEED + len(PLANNED)), "", "", "", SAMPLE_RATE, 1)
        heard = predict(model, audio)
        if heard.text != text and heard.words:
            return Planned(
                "failure",
                "A voice it mishears",
                SampleKind.FAILURE,
                f"A hoarse, hasty synthetic voice says “{text}”. The model gets it wrong: such "
                "voices are far from those it learned from.",
                planned.parts,
            )
    raise LookupError("every sample that was to fail is heard right: think of harder ones")


if __name__ == "__main__":
    main()
