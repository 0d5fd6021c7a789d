"""Signs that a recognizer wrote what nobody said, as Whisper's authors read them.

Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak Supervision", section 4.5
(arXiv:2212.04356), and the defaults of `transcribe` in their code (github.com/openai/whisper).
Where text repeats itself or is improbable they try again at random; here, where the same recording
is to give the same text, the loop is cut off and the reader told.
"""

import zlib
from collections.abc import Sequence

NO_SPEECH = 0.6
"""A chunk that is likelier than this to hold no speech, and improbable as written, is none."""
LEAST_LOG_PROBABILITY = -1.0
"""The mean per token below which a text is improbable."""
MOST_COMPRESSION = 2.4
"""Text that zlib shrinks by more than this repeats itself."""
LOOP_ROUNDS = 3
"""Times that words follow themselves before that counts as a loop."""
LEAST_CERTAINTY = 0.5
"""Of the language: one less probable than all others together is a guess."""
THRESHOLDS = (
    ("no_speech", NO_SPEECH),
    ("log_probability", LEAST_LOG_PROBABILITY),
    ("compression", MOST_COMPRESSION),
    ("language", LEAST_CERTAINTY),
)


def is_silence(no_speech: float, mean_log_probability: float) -> bool:
    """Whether what was written for a chunk should be dropped."""
    return no_speech > NO_SPEECH and mean_log_probability < LEAST_LOG_PROBABILITY


def is_improbable(mean_log_probability: float) -> bool:
    return mean_log_probability < LEAST_LOG_PROBABILITY


def repeats(text: str) -> bool:
    data = text.encode()
    return bool(data) and len(data) / len(zlib.compress(data)) > MOST_COMPRESSION


def before_loop(words: Sequence[str]) -> int:
    """How many words to keep: up to the end of the first round of the first loop, or all.

    A loop is a run of words that follows itself `LOOP_ROUNDS` times or more.
    """
    for first in range(len(words)):
        for length in range(1, (len(words) - first) // LOOP_ROUNDS + 1):
            block = words[first : first + length]
            rounds = range(first, first + LOOP_ROUNDS * length, length)
            if all(words[n : n + length] == block for n in rounds):
                return first + length
    return len(words)
