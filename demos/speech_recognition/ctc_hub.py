"""wav2vec 2.0: sound to letters, one guess every fiftieth of a second.

Connectionist temporal classification (Graves et al. 2006): the likeliest letter of each frame,
repetitions and blanks left out. So every letter has its time, and every word.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.audio.sound import SAMPLE_RATE
from demos.core.devices import Device, turn
from demos.core.hub_files import read_json, unfit
from demos.core.speech.transcript import Options, Word
from demos.speech_recognition.hearing import Heard, TellText
from demos.speech_recognition.hub_catalog import KnownSpeech
from demos.speech_recognition.hub_networks import network, size_of
from demos.speech_recognition.languages import ENGLISH

LONGEST = 30.0
"""Seconds: the memory of its attention grows with their square."""
WORD_GAP = "|"
SHORTEST = 0.1
"""Seconds. Its first layers need 400 samples; a shorter chunk is filled up with silence."""


@dataclass(frozen=True, slots=True, eq=False)
class Wav2Vec2:
    """A recognizer in torch. `letters` are what each output stands for; `blank` is none."""

    network: Any
    letters: Mapping[int, str]
    blank: int
    normalizes: bool
    device: Device
    dtype: str
    engine: str = "PyTorch"
    longest: float = LONGEST

    @property
    def memory_bytes(self) -> int:
        return size_of(self.network)

    @property
    def seconds_per_frame(self) -> float:
        return float(self.network.config.inputs_to_logits_ratio) / SAMPLE_RATE

    def hear(
        self,
        samples: NDArray[np.float32],
        start: float,
        language: str | None,
        options: Options,
        tell: TellText,
    ) -> Heard:
        logs = self.log_probabilities(samples)
        words = best_words(logs, self.letters, self.blank, self.seconds_per_frame, start)
        tell(" ".join(each.text for each in words))
        return Heard(words=tuple(words), language=ENGLISH)

    def log_probabilities(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of every letter in every frame (frames, letters)."""
        import torch

        missing = max(round(SHORTEST * SAMPLE_RATE) - len(samples), 0)
        given = np.pad(samples, (0, missing))
        if self.normalizes:
            given = (given - given.mean()) / np.sqrt(given.var() + 1e-7)
        with turn(self.device), torch.inference_mode():
            sound = torch.from_numpy(given)[None].to(str(self.device), self.network.dtype)
            logits = self.network(sound).logits[0].float()
            found: NDArray[np.float32] = logits.log_softmax(-1).cpu().numpy()
        return found


def best_words(
    logs: NDArray[np.float32],
    letters: Mapping[int, str],
    blank: int,
    seconds_per_frame: float,
    offset: float,
) -> list[Word]:
    """The words of the likeliest letter in each frame.

    `logs` (frames, letters) are logarithms of probabilities. A word lasts from its first letter's
    first frame to its last one's last; its score is the geometric mean of those of its letters,
    each taken at its best frame.
    """
    best = logs.argmax(axis=1)
    found: list[Word] = []
    spelled: list[tuple[str, int, int, float]] = []

    def close() -> None:
        if spelled:
            text = "".join(letter for letter, *_ in spelled)
            mean = sum(log for *_, log in spelled) / len(spelled)
            begin, end = spelled[0][1] * seconds_per_frame, spelled[-1][2] * seconds_per_frame
            found.append(Word(text, offset + begin, offset + end, math.exp(mean)))
            spelled.clear()

    for token, first, last in runs(best.tolist()):
        letter = letters.get(token, "")
        if letter == WORD_GAP:
            close()
        elif token != blank and letter:
            spelled.append((letter, first, last, float(logs[first:last, token].max())))
    close()
    return found


def runs(values: Sequence[int]) -> list[tuple[int, int, int]]:
    """Each value that repeats itself, the first of its places and one past the last."""
    found, first = [], 0
    for value, group in groupby(values):
        last = first + len(list(group))
        found.append((value, first, last))
        first = last
    return found


def load(known: KnownSpeech, folder: Path, device: Device) -> Wav2Vec2:
    """The model from its files. Raises `WeightsMismatch` if they do not fit."""
    loaded = network(known, folder, device)
    tokens = read_json(known, folder, "vocab.json")
    settings = read_json(known, folder, "preprocessor_config.json")
    blank = loaded.config.pad_token_id
    fits = WORD_GAP in tokens and blank in tokens.values()
    if not fits or max(tokens.values()) >= loaded.config.vocab_size:
        raise unfit(known)
    letters = {token: text for text, token in tokens.items() if len(text) == 1}
    dtype = str(loaded.dtype).removeprefix("torch.")
    return Wav2Vec2(loaded, letters, blank, bool(settings.get("do_normalize")), device, dtype)
