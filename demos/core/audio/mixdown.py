"""Blocks of a recording, of any rate and number of channels, to one channel at 16 kHz.

Nothing is done silently: `Mixdown.notes` says what was. Memory is that of the result and one block.
"""

from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from demos.core.audio.sound import FULL_SCALE, SAMPLE_RATE, to_pcm
from demos.core.errors import InputError, Unreadable

FLAT_TOP = 0.98
"""Of full scale: a sample above that repeats the one before it has been cut off."""
CLIPPED = 0.005
"""The share of such samples above which it is said."""
FAR_TOO_LOUD = 4.0
MUCH = 0.01
"""Where more than this share is beyond that many times full scale, it means something else."""
LARGEST = 1e10
"""What is larger is as little a sample as what is no number."""
OFFSET = 0.01
"""Of full scale: a mean beyond it is told, and taken away."""
CONSTANT = 1e-4
"""Of full scale: what varies less does not vary."""
CANCELED = 0.1
"""The share of power, times the number of channels, below which their average is no use."""
AUDIBLE = 1e-3
"""Root mean square, of full scale."""
NOT_NUMBERS = 0.1
"""The share of samples that are no numbers at which a file is refused."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How channels become one: their average, or one of them alone; and what is multiplied."""

    channel: int | None = None
    gain: float = 1.0


AVERAGE = Plan()


class Mixdown:
    """Give it blocks with `add`, then take `pcm`."""

    def __init__(self, plan: Plan = AVERAGE) -> None:
        self.plan = plan
        self.frames = self.samples = 0
        self.clipped = self.not_numbers = 0
        self.far_too_loud = 0
        self.total = self.power = 0.0
        self.powers = np.zeros(0)
        self.lowest, self.highest, self.peak = np.inf, -np.inf, 0.0
        self._last = np.zeros((1, 0), np.float32)
        self._rate = SAMPLE_RATE
        self._resampler: soxr.ResampleStream | None = None
        self._pcm = bytearray()

    @property
    def seconds(self) -> float:
        """Length of what came out so far."""
        return len(self._pcm) / 2 / SAMPLE_RATE

    def add(self, block: NDArray[np.float32], rate: int) -> None:
        """Take samples (n, channels) at `rate`, a rate that may change on the way."""
        if not len(block):
            return
        block = self._numbers(block)
        if self.plan.gain != 1.0:
            block = block * np.float32(self.plan.gain)
        self._measure(block)
        if self.plan.channel is not None and self.plan.channel < block.shape[1]:
            mono = block[:, self.plan.channel]
        else:
            mono = block.mean(axis=1, dtype=np.float32)
        mono = np.ascontiguousarray(mono)
        self.frames += len(mono)
        self.total += float(np.clip(mono, -1, 1).sum(dtype=np.float64))
        self.power += float(np.square(mono).sum(dtype=np.float64))
        self.lowest = min(self.lowest, float(mono.min()))
        self.highest = max(self.highest, float(mono.max()))
        self._keep(mono, rate)

    def pcm(self) -> NDArray[np.int16]:
        """All of it (n,), read-only, its offset taken away. Nothing can be added any more.

        Raises `Unreadable` for a file of no numbers, `InputError` for one that never changes.
        """
        self._flush()
        if self.samples and self.not_numbers > NOT_NUMBERS * self.samples:
            share = self.not_numbers / self.samples
            raise Unreadable(
                f"{share:.0%} of the samples of this recording are not numbers.",
                "Export it again, as 16-bit WAV for example.",
            )
        if self.frames > 1 and self.highest - self.lowest < CONSTANT and abs(self.offset) > OFFSET:
            raise InputError(
                f"This recording is a constant {self.offset:.0%} of full scale: it has no sound.",
                "Check the microphone and its cable, and record again.",
            )
        pcm = np.frombuffer(self._pcm, np.int16)
        if abs(self.offset) > OFFSET:
            step = round(self.offset * FULL_SCALE)
            for start in range(0, len(pcm), SAMPLE_RATE):
                part = pcm[start : start + SAMPLE_RATE].astype(np.int32) - step
                pcm[start : start + SAMPLE_RATE] = np.clip(part, -FULL_SCALE, FULL_SCALE - 1)
        pcm.flags.writeable = False
        return pcm

    @property
    def offset(self) -> float:
        return self.total / self.frames if self.frames else 0.0

    def better_plan(self) -> Plan | None:
        """Another way to mix them that would keep more, now that all has been heard; or None."""
        if self.plan != AVERAGE:
            return None
        channels = len(self.powers)
        mean = float(self.powers.sum()) / max(channels, 1)
        canceled = (
            channels > 1
            and mean > AUDIBLE**2 * self.frames
            and self.power < CANCELED / channels * mean
        )
        loud = self.far_too_loud > MUCH * self.samples
        if not canceled and not loud:
            return None
        channel = int(self.powers.argmax()) if canceled else None
        return Plan(channel, 1 / self.peak if loud else 1.0)

    def notes(self, rate: int, channels: int) -> tuple[str, ...]:
        """What was done to a recording stored at `rate` in so many channels."""
        told = []
        if self.plan.channel is not None:
            told.append(
                "Mixed into one, the channels cancel each other out; "
                f"only channel {self.plan.channel + 1} of {channels} was used."
            )
        elif channels > 1:
            told.append(f"{channels} channels were mixed into one: their average.")
        if rate != SAMPLE_RATE:
            loss = f": it holds nothing above {rate / 2000:g} kHz" if rate < SAMPLE_RATE else ""
            told.append(f"Resampled from {rate / 1000:g} kHz to 16 kHz{loss}.")
        if self.plan.gain != 1.0:
            told.append(f"Its values go up to {1 / self.plan.gain:,.0f} and were scaled to 1.")
        if self.samples and self.clipped > CLIPPED * self.samples:
            share = self.clipped / self.samples
            told.append(f"Clipped: {share:.1%} of its samples are cut off at full scale.")
        if abs(self.offset) > OFFSET:
            told.append(f"A constant offset of {self.offset:.0%} of full scale was removed.")
        if self.not_numbers:
            told.append(f"{self.not_numbers:,} samples that are not numbers were set to zero.")
        return tuple(told)

    def _numbers(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        self.samples += block.size
        with np.errstate(invalid="ignore"):
            usable = np.abs(block) <= LARGEST
        if usable.all():
            return block
        self.not_numbers += block.size - int(np.count_nonzero(usable))
        return np.where(usable, block, np.float32(0))

    def _measure(self, block: NDArray[np.float32]) -> None:
        """Peaks, flat tops and the power of every channel."""
        channels = block.shape[1]
        if channels != len(self.powers):
            self.powers, self._last = np.zeros(channels), block[:1]
        size = np.abs(block)
        highest = float(size.max())
        self.peak = max(self.peak, highest)
        if highest > FLAT_TOP:
            repeated = np.diff(block, axis=0, prepend=self._last) == 0
            self.clipped += int(np.count_nonzero((size > 1) | (repeated & (size > FLAT_TOP))))
            self.far_too_loud += int(np.count_nonzero(size > FAR_TOO_LOUD))
        self.powers += np.einsum("nc,nc->c", block, block, dtype=np.float64)
        self._last = block[-1:].copy()

    def _keep(self, mono: NDArray[np.float32], rate: int) -> None:
        if rate != self._rate:
            self._flush()
            self._rate = rate
            if rate != SAMPLE_RATE:
                self._resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, np.float32)
        if self._resampler is not None:
            mono = self._resampler.resample_chunk(mono)
        self._pcm += to_pcm(mono).tobytes()

    def _flush(self) -> None:
        """What the resampler still holds back."""
        if self._resampler is not None:
            rest = self._resampler.resample_chunk(np.empty(0, np.float32), last=True)
            self._pcm += to_pcm(rest).tobytes()
            self._resampler = None
