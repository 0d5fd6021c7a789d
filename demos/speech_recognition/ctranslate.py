"""Whisper in CTranslate2 on the CPU, in 8-bit integers: a third of torch's time per token.

The library tells of no token before it is done, and cannot be stopped. So the first words of a
chunk are asked for by themselves, and whoever wants to stop need not wait: what is being written
then is finished in the library's own thread, and forgotten.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.settings import read_settings
from demos.core.threads import available_cores
from demos.speech_recognition.alignment import SECONDS_PER_FRAME
from demos.speech_recognition.greedy import TellTokens
from demos.speech_recognition.whisper_engine import Aligned, Draft
from demos.speech_recognition.whisper_vocabulary import Vocabulary

FIRST_TOKENS = 16
"""Written before the rest of a chunk. They are gone through once more with the rest."""
POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class CTranslateWhisper:
    """A converted model as an engine."""

    model: Any
    vocabulary: Vocabulary
    name: str
    dtype: str
    memory_bytes: int

    def encode(self, features: NDArray[np.float32]) -> Any:
        import ctranslate2

        given = np.ascontiguousarray(features[None])
        return self.model.encode(ctranslate2.StorageView.from_array(given))

    def languages(self, encoded: Any) -> dict[str, float]:
        (found,) = self.model.detect_language(encoded)
        return {name.strip("<|>"): share for name, share in found}

    def write(self, encoded: Any, prompt: Sequence[int], most: int, tell: TellTokens) -> Draft:
        ids: list[int] = []
        total, no_speech = 0.0, 0.0
        # A beginning with timestamps would not be continued as it was begun.
        timed = prompt[-1] != self.vocabulary.no_timestamps
        for limit in [most] if timed or most <= FIRST_TOKENS else [FIRST_TOKENS, most]:
            (coming,) = self.model.generate(
                encoded,
                [[*prompt, *ids]],
                beam_size=1,
                max_length=2 * limit,  # the library writes half of that, what it is given included
                suppress_blank=not ids,
                max_initial_timestamp_index=self.vocabulary.latest_first,
                return_scores=True,
                return_no_speech_prob=True,
                asynchronous=True,
            )
            while not coming.done():
                time.sleep(POLL_SECONDS)
                tell(ids)
            done = coming.result()
            no_speech = no_speech if ids else done.no_speech_prob
            ids = done.sequences_ids[0]
            total += done.scores[0] * len(ids)  # that of what it was given is 0
            tell(ids)
            if len(ids) < limit:
                break
        return Draft(tuple(ids), total / (len(ids) + 1), no_speech)

    def align(
        self, encoded: Any, prompt: Sequence[int], ids: Sequence[int], seconds: float
    ) -> Aligned:
        start = [each for each in prompt if each != self.vocabulary.no_timestamps]
        frames = max(round(2 * seconds / SECONDS_PER_FRAME), 2)  # of mel, two to the encoder's one
        (found,) = self.model.align(encoded, start, [list(ids)], frames)
        return Aligned(
            starts(found.alignments, len(ids)),
            tuple(math.log(max(each, 1e-12)) for each in found.text_token_probs),
        )


def starts(alignments: Sequence[tuple[int, int]], count: int) -> tuple[float, ...]:
    """Seconds at which each of `count` tokens begins, and last when they end."""
    first: dict[int, int] = {}
    for token, frame in alignments:
        first.setdefault(token, frame)
    latest = alignments[-1][1] if alignments else 0
    return tuple(SECONDS_PER_FRAME * first.get(n, latest) for n in range(count + 1))


def ctranslate_whisper(
    folder: Path, vocabulary: Vocabulary, compute_type: str
) -> CTranslateWhisper:
    """An engine of the converted model in `folder`."""
    import ctranslate2

    model = ctranslate2.models.Whisper(
        str(folder),
        device="cpu",
        compute_type=compute_type,
        intra_threads=read_settings().threads or available_cores(),
    )
    size = (folder / "model.bin").stat().st_size
    return CTranslateWhisper(model, vocabulary, "CTranslate2", compute_type, size)
