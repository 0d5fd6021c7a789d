"""From clips to what the network is trained on: other speeds, rooms, telephones, noise, company.

A batch is of one length, so that the compiled network sees two shapes only: words of up to 1.2 s,
and strings of words of up to 4 s.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from demos.core.audio import noise
from demos.core.audio.sound import FULL_SCALE, SAMPLE_RATE
from demos.speech_recognition import features
from demos.speech_recognition.corpus import RICH, Clip
from demos.speech_recognition.lexicon import DIGITS, PRONUNCIATIONS, WORDS, tokens

WORD_SECONDS, STRING_SECONDS = 1.2, 4.0
WORD_BATCH, STRING_BATCH = 48, 16
WARPS = np.geomspace(0.86, 1.18, 17)
"""Of frequencies, as by vocal tracts of different lengths (Jaitly and Hinton 2013)."""
BANK_SECONDS = 900.0
MARGIN = 0.03
"""Seconds kept around what is loud, at least."""
LOUD = 0.018
"""Of a clip's peak: 35 dB below."""

Samples = NDArray[np.float32]
Mix = Sequence[tuple[str, float]]
"""Kinds of clips and their shares."""

WORD_MIX = (
    ("rich", 0.42),
    ("thin", 0.09),
    ("digits", 0.10),
    ("synthetic words", 0.12),
    ("synthetic unknown", 0.15),
    ("short pieces", 0.07),
    ("noise", 0.05),
)
NEAR_WORD_MIX = (
    ("rich", 0.54),
    ("thin", 0.12),
    ("digits", 0.08),
    ("synthetic words", 0.08),
    ("synthetic unknown", 0.10),
    ("short pieces", 0.05),
    ("noise", 0.03),
)
STRING_MIX = (
    ("strings", 0.18),
    ("synthetic strings", 0.16),
    ("one speaker's digits", 0.18),
    ("any digits", 0.14),
    ("any words", 0.14),
    ("known and unknown", 0.08),
    ("long pieces", 0.09),
    ("noise", 0.03),
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """How hard a sound is made to hear: shares of sounds in `noise`, with an echo in a `room`, over
    a `telephone`; dB of signal to noise; how many `bands` each of two masks may hide, and the share
    of sounds of which a `moment` is hidden. One batch in `strings_every` is of strings; `words` are
    the shares of sources in the others.
    """

    noise: float
    decibels: tuple[float, float]
    room: float
    telephone: float
    bands: int
    moment: float
    strings_every: int
    words: Mix


HARSH = Conditions(0.75, (-2.0, 35.0), 0.3, 0.2, 10, 0.4, 3, WORD_MIX)
MILD = Conditions(0.6, (4.0, 45.0), 0.15, 0.12, 6, 0.2, 3, WORD_MIX)
NEAR = Conditions(0.45, (6.0, 45.0), 0.1, 0.08, 5, 0.1, 4, NEAR_WORD_MIX)
"""For later parts of training: nearer and nearer to what is heard in the end."""
STAGES = {"harsh": HARSH, "mild": MILD, "near": NEAR}


@dataclass(frozen=True, slots=True)
class Batch:
    """`features` (B, frames, BANDS); `targets` of tokens; `words` the place of a single word in
    `WORDS`, -1 for a single word that is none of ours, -2 for anything else."""

    features: torch.Tensor
    targets: list[tuple[int, ...]]
    words: torch.Tensor


def batches(clips: Sequence[Clip], seed: int, conditions: Conditions = HARSH) -> Iterator[Batch]:
    """Without end, all of it new."""
    rng = np.random.default_rng(seed)
    pools = sorted_out(clips)
    bank = noise_bank(pools["synthetic unknown"], rng)
    banks = [features.filters(warp) for warp in WARPS]
    words, strings = (present(mix, pools) for mix in (conditions.words, STRING_MIX))
    n = 0
    while True:
        n += 1
        if n % conditions.strings_every:
            drawn = [word(pools, words, rng) for _ in range(WORD_BATCH)]
            yield batch(drawn, round(WORD_SECONDS * SAMPLE_RATE), bank, banks, conditions, rng)
        else:
            drawn = [string(pools, strings, rng) for _ in range(STRING_BATCH)]
            yield batch(drawn, round(STRING_SECONDS * SAMPLE_RATE), bank, banks, conditions, rng)


def sorted_out(clips: Sequence[Clip]) -> dict[str, list[Clip]]:
    pools: dict[str, list[Clip]] = {}
    for each in clips:
        if each.split != "train":
            continue
        name = each.source
        if name == "commands":
            name = "rich" if each.text in RICH else "thin"
        if name == "sentences":
            name = "short pieces" if len(each.pcm) < SAMPLE_RATE else "long pieces"
        pools.setdefault(name, []).append(each)
        if name == "digits" or (name in ("rich", "thin") and each.text in DIGITS):
            pools.setdefault("any digit", []).append(each)
        if name in ("rich", "thin", "digits", "synthetic words"):
            pools.setdefault(f"word {each.text}", []).append(each)
    for each in pools["digits"]:
        pools.setdefault(f"digits of {each.speaker}", []).append(each)
    return pools


def noise_bank(talkers: Sequence[Clip], rng: Generator) -> Samples:
    """All kinds of noise one after the other, and many voices at once."""
    length = BANK_SECONDS / (len(noise.KINDS) * 6)
    made = [noise.make(kind, length, rng) for kind in noise.KINDS for _ in range(6)]
    babble = np.zeros(60 * SAMPLE_RATE, np.float32)
    for _ in range(600):
        voice = one(talkers, rng).pcm
        at = rng.integers(len(babble) - len(voice))
        babble[at : at + len(voice)] += voice / np.float32(FULL_SCALE)
    return np.concatenate([*made, noise.leveled(babble)])


def present(mix: Mix, pools: dict[str, list[Clip]]) -> Mix:
    """Without synthesized speech of which there is none."""
    return [each for each in mix if each[0] in pools or not each[0].startswith("synthetic")]


def pick(mix: Mix, rng: Generator) -> str:
    names, shares = zip(*mix, strict=True)
    return str(rng.choice(names, p=np.array(shares) / sum(shares)))


def one(pool: Sequence[Clip], rng: Generator) -> Clip:
    return pool[int(rng.integers(len(pool)))]


Drawn = tuple[Samples, str, int]
"""Sound, phones, and the place of the word as in `Batch.words`."""


def word(pools: dict[str, list[Clip]], mix: Mix, rng: Generator) -> Drawn:
    kind = pick(mix, rng)
    if kind == "noise":
        return np.zeros(0, np.float32), "", -2
    clip = one(pools[kind], rng)
    place = -2 if " " in clip.text else WORDS.index(clip.text) if clip.text in WORDS else -1
    if place == -1:
        place = same_sound(clip.phones)
    sound = stretched(clip.pcm, rng)
    if rng.random() < 0.6:
        sound = trimmed(sound, rng.uniform(MARGIN, 0.35), rng)
    return sound, clip.phones, place


def same_sound(phones: str) -> int:
    """A word that sounds as one of ours is one of ours: "to", "for", "know"."""
    found = (n for n, each in enumerate(WORDS) if phones in PRONUNCIATIONS[each])
    return next(found, -1)


def string(pools: dict[str, list[Clip]], mix: Mix, rng: Generator) -> Drawn:
    kind = pick(mix, rng)
    if kind == "noise":
        return np.zeros(0, np.float32), "", -2
    if kind in ("strings", "synthetic strings", "long pieces"):
        clip = one(pools[kind], rng)
        return stretched(clip.pcm, rng), clip.phones, -2
    if kind == "one speaker's digits":
        speaker = one(pools["digits"], rng).speaker
        clips = [one(pools[f"digits of {speaker}"], rng) for _ in range(rng.integers(2, 8))]
    elif kind == "any digits":
        clips = [one(pools["any digit"], rng) for _ in range(rng.integers(2, 6))]
    elif kind == "any words":
        chosen = [WORDS[rng.integers(len(WORDS))] for _ in range(rng.integers(2, 5))]
        clips = [one(pools[f"word {each}"], rng) for each in chosen]
    else:
        chosen = ["rich", "synthetic unknown", "thin", "synthetic unknown", "short pieces"]
        names = [str(rng.choice(chosen)) for _ in range(rng.integers(2, 5))]
        clips = [one(pools[each], rng) for each in names]
    return joined(clips, rng)


def joined(clips: Sequence[Clip], rng: Generator) -> Drawn:
    """Words one after the other, close together or with pauses, as loud as each other or not."""
    room = round(STRING_SECONDS * SAMPLE_RATE)
    close = rng.random() < 0.5
    parts: list[Samples] = []
    phones: list[str] = []
    for clip in clips:
        sound = trimmed(stretched(clip.pcm, rng), rng.uniform(0.01, 0.06), rng)
        gap = np.zeros(round(SAMPLE_RATE * rng.uniform(0, 0.03 if close else 0.4)), np.float32)
        if sum(map(len, parts)) + len(sound) + len(gap) > room:
            break
        loudness = np.sqrt(np.mean(sound**2) + 1e-9)
        parts += [sound * np.float32(0.1 / loudness * 10 ** rng.uniform(-0.3, 0.3)), gap]
        phones.append(clip.phones)
    return np.concatenate(parts or [np.zeros(0, np.float32)]), " | ".join(phones), -2


def stretched(pcm: NDArray[np.int16], rng: Generator) -> Samples:
    """Faster and higher, or slower and lower."""
    sound = pcm.astype(np.float32) / np.float32(FULL_SCALE)
    if rng.random() < 0.2 or not len(sound):
        return sound
    places = np.arange(0, len(sound) - 1, rng.uniform(0.84, 1.2))
    return np.interp(places, np.arange(len(sound)), sound).astype(np.float32)


def trimmed(sound: Samples, margin: float, rng: Generator) -> Samples:
    """Without what is soft at the ends, but for a margin of so many seconds."""
    loud = np.flatnonzero(np.abs(sound) > LOUD * max(np.abs(sound).max(initial=0.0), 1e-4))
    if not len(loud):
        return sound
    before, after = (round(SAMPLE_RATE * margin * rng.uniform(0.3, 1)) for _ in range(2))
    return sound[max(loud[0] - before, 0) : loud[-1] + after]


def batch(
    drawn: Sequence[Drawn],
    length: int,
    bank: Samples,
    banks: Sequence[Samples],
    conditions: Conditions,
    rng: Generator,
) -> Batch:
    made = [heard(sound, length, bank, banks, conditions, rng) for sound, _, _ in drawn]
    targets = [tokens(phones.replace("|", " ")) for _, phones, _ in drawn]
    places = torch.tensor([place for _, _, place in drawn])
    return Batch(torch.from_numpy(np.stack(made)), targets, places)


def heard(
    sound: Samples,
    length: int,
    bank: Samples,
    banks: Sequence[Samples],
    conditions: Conditions,
    rng: Generator,
) -> features.Floats:
    """A sound in its place within `length` samples, in a room, with noise: its features, masked."""
    whole = np.zeros(length, np.float32)
    sound = sound[:length]
    at = rng.integers(length - len(sound) + 1)
    whole[at : at + len(sound)] = sound
    if rng.random() < conditions.room:
        whole = in_a_room(whole, rng)
    loudness = np.sqrt(np.sum(whole**2) / max(len(sound), 1)) if len(sound) else 0.1
    if rng.random() < conditions.noise or not len(sound):
        start = rng.integers(len(bank) - length)
        ratio = 10 ** (-rng.uniform(*conditions.decibels) / 20)
        whole = whole + bank[start : start + length] * np.float32(ratio * loudness / noise.LEVEL)
    else:
        hiss = rng.standard_normal(length, dtype=np.float32)
        whole = whole + hiss * np.float32(loudness * 10 ** rng.uniform(-4.5, -2.5))
    mel = (
        spectrum(whole, rng.random() < conditions.telephone, rng)
        @ banks[int(rng.integers(len(banks)))]
    )
    return masked(features.leveled(mel), conditions, rng)


def in_a_room(sound: Samples, rng: Generator) -> Samples:
    """With an echo that fades by 60 dB in 0.1 to 0.6 s."""
    fade = rng.uniform(0.1, 0.6)
    time = np.arange(round(fade * SAMPLE_RATE)) / SAMPLE_RATE
    echo = rng.standard_normal(len(time)) * 10 ** (-3 * time / fade)
    echo *= rng.uniform(0.1, 0.9) / np.sqrt(np.sum(echo**2))
    echo[0] += 1
    whole: Samples = fftconvolve(sound, echo.astype(np.float32))[: len(sound)].astype(np.float32)
    return whole


def spectrum(sound: Samples, over_telephone: bool, rng: Generator) -> Samples:
    """The power of each frequency over time, of a telephone's band or of all."""
    power = features.power(sound)
    if over_telephone:
        hz = np.arange(power.shape[1]) * SAMPLE_RATE / features.FFT
        outside = (hz < rng.uniform(100, 350)) | (hz > rng.uniform(3300, 4200))
        power[:, outside] *= 1e-5
    return power


def masked(found: features.Floats, conditions: Conditions, rng: Generator) -> features.Floats:
    """Bands and moments hidden (Park et al. 2019, "SpecAugment")."""
    for _ in range(2):
        width = rng.integers(0, conditions.bands)
        at = rng.integers(features.BANDS - width)
        found[:, at : at + width] = features.SILENCE
    if rng.random() < conditions.moment:
        width = rng.integers(1, 9)
        at = rng.integers(len(found) - width)
        found[at : at + width] = features.SILENCE
    return found
