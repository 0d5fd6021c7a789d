"""Speech of our own making, for words of which there are few recordings. For recipes and samples.

Needs the program `espeak-ng` (Debian's package of that name). Its formant voices sound like
machines, but there are many of them, and each says any word: accents of English times variants
that differ in the length of the vocal tract, breath, roughness and pitch.
"""

import io
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from demos.core.audio.sound import SAMPLE_RATE, to_pcm

ACCENTS = (
    *("en-us", "en-us", "en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland", "en-gb-x-gbclan"),
    *("en-gb-x-gbcwmd", "en-029", "en-us-nyc"),
)
"""American English more often than others: so are the recordings."""
VARIANTS = (
    *("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f3", "f4", "f5", "Alex"),
    *("Alicia", "Andrea", "Andy", "Annie", "AnxiousAndy", "Denis", "Diogo", "Gene", "Gene2"),
    *("Henrique", "Hugo", "Jacky", "Lee", "Marco", "Mario", "Michael", "Mike", "Nguyen", "Storm"),
    *("Tweaky", "adam", "anika", "announcer", "antonio", "aunty", "belinda", "benjamin", "boris"),
    *("caleb", "croak", "david", "ed", "edward", "edward2", "grandma", "grandpa", "gustave"),
    *("iven", "iven2", "iven3", "iven4", "john", "kaukovalta", "klatt", "klatt2", "klatt3"),
    *("klatt4", "klatt5", "klatt6", "linda", "marcelo", "max", "michel", "miguel", "norbert"),
    *("pablo", "paul", "pedro", "quincy", "rob", "robert", "sandro", "shelby", "steph", "steph2"),
    *("steph3", "travis", "victor", "zac", "RicishayMax", "RicishayMax2", "RicishayMax3"),
)
SECONDS = 30.0
"""That a program which says a few words may take at most."""
QUIET = 0.003
"""Of full scale: what is softer at the beginning and end is cut off."""


@dataclass(frozen=True, slots=True)
class Voice:
    """`pitch` from 0 to 99, `speed` in words a minute, `gap` in units of 10 ms between words."""

    accent: str
    variant: str
    pitch: int
    speed: int
    gap: int = 0


def any_voice(random: Random) -> Voice:
    return Voice(
        random.choice(ACCENTS),
        random.choice(VARIANTS),
        random.randint(15, 90),
        random.randint(95, 240),
        random.choice((0, 0, 2, 5, 10)),
    )


def say(text: str, voice: Voice) -> NDArray[np.int16]:
    """`text` as spoken, mono at 16 kHz, without the silence around it.

    Raises `FileNotFoundError` without the program, `CalledProcessError` if it fails.
    """
    name = f"{voice.accent}+{voice.variant}"
    numbers = ("-s", str(voice.speed), "-p", str(voice.pitch), "-g", str(voice.gap))
    command = ["espeak-ng", "-v", name, *numbers, "--stdout", "--", text]
    done = subprocess.run(command, capture_output=True, check=True, timeout=SECONDS)
    samples, rate = soundfile.read(io.BytesIO(done.stdout), dtype="float32")
    samples = soxr.resample(samples, rate, SAMPLE_RATE)
    loud = np.flatnonzero(np.abs(samples) > QUIET)
    return to_pcm(samples[loud[0] : loud[-1] + 1] if len(loud) else samples[:0])


def say_all(texts: Sequence[str], voices: Sequence[Voice], workers: int) -> list[NDArray[np.int16]]:
    """As `say`, several at a time."""
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(say, texts, voices))
