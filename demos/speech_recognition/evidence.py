"""Why a word was heard: what of the sound its score depends on."""

import numpy as np

from demos.core.audio.attribution import Attribution, Axes, ScoreOf, occlusion, quiet_level
from demos.core.audio.sound import SAMPLE_RATE, DecodedAudio
from demos.core.speech.transcript import Word
from demos.speech_recognition.candidates import AROUND
from demos.speech_recognition.commands import FRAME, HUSH, Model, features_of
from demos.speech_recognition.decoder import Floats, scores_of
from demos.speech_recognition.features import HOP, centers
from demos.speech_recognition.lexicon import WORDS

CONTEXT = 0.6
"""Seconds before and after a word that the network is given with it."""
PATCH = 8, 8
"""Frames of 10 ms, and bands: 80 ms, and half an octave or so."""
STEP = HOP / SAMPLE_RATE


def explain(model: Model, word: Word, audio: DecodedAudio) -> Attribution:
    """The drop of the word's log-probability where a patch of what the network is given is quiet.

    See `demos.core.audio.attribution`.
    """
    return asked(model, word, audio)[1]


def asked(model: Model, word: Word, audio: DecodedAudio) -> tuple[ScoreOf, Attribution]:
    """As `explain`, with the function that gives the score of the word."""
    place = WORDS.index(word.text)
    start, end = max(word.start - CONTEXT, 0.0), min(word.end + CONTEXT, audio.seconds)
    features = features_of(audio.samples(start, end))
    start -= HUSH
    first = max(round((word.start - start) / FRAME) - AROUND // 2, 0)
    last = round((word.end - start) / FRAME) + AROUND // 2

    def score_of(batch: Floats) -> Floats:
        found: Floats = scores_of(model.forward(batch)[:, first:last])[:, place]
        return found

    return score_of, occlusion(
        score_of,
        features,
        (round((word.start - start) / STEP), min(round((word.end - start) / STEP), len(features))),
        PATCH,
        quiet_level(features),
        Axes(start, STEP, centers().astype(np.float32)),
    )
