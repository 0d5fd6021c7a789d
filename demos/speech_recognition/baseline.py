"""Speech recognition as it was before deep learning, to compare with; never to be relied on.

PocketSphinx (Huggins-Daines et al. 2006): Gaussian mixtures over cepstra, hidden Markov models of
phones in context, a dictionary of 134,000 pronunciations and trigrams of US English. All of it is
in its package.
"""

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demos.core.audio.sound import SAMPLE_RATE, to_pcm
from demos.core.devices import CPU, Device
from demos.core.packaged import checked
from demos.core.settings import MIB
from demos.core.spec import ModelSpec, Packaged
from demos.core.speech.transcript import Options, Word
from demos.speech_recognition.hearing import Heard, TellText
from demos.speech_recognition.hub_catalog import GROUP, SLUG, KnownSpeech
from demos.speech_recognition.hub_models import HubSpeech
from demos.speech_recognition.languages import ENGLISH

PACKAGE = "pocketsphinx"
LANGUAGE_MODEL = Packaged(
    PACKAGE,
    "pocketsphinx/model/en-us/en-us.lm.bin",
    "db21d0642286677699e6dbc859d2e5395570222361999387ce60f6e1d01995d6",
)
DICTIONARY = Packaged(
    PACKAGE,
    "pocketsphinx/model/en-us/cmudict-en-us.dict",
    "20b5c293e1f311fb375fe067e500ec5636f4fc7af5594967263696def9b23bfe",
)
ACOUSTIC = tuple(
    Packaged(PACKAGE, f"pocketsphinx/model/en-us/en-us/{name}", sha256)
    for name, sha256 in (
        ("mdef", "2360f9a86889c1cfee8bd618a0269387911e5fb2920a594f506b18b8c79683b0"),
        ("means", "832019e32cac12eb318964f96f469034acb12d0348eeddc3831831a100cb4dd4"),
        ("variances", "b00d696f85e96834fc10f8e5f06428d8c4db6bffdbe5845b6f69bf6efbc48fa5"),
        ("sendump", "8c9564c0d5bef69ca9d9bf1014abe162f071644cf02cf1fa8a483c3dc165a7a8"),
        ("transition_matrices", "c1f7f28ea43177be734be1f88bd7f1b9a853d0e660f8599c67c6eaeca8bb539a"),
    )
)
BASELINE = ModelSpec(
    demo=SLUG,
    name="pocketsphinx",
    title="PocketSphinx (classical baseline, before deep learning)",
    source=LANGUAGE_MODEL,
    memory_bytes=96 * MIB,
    license="BSD-2-Clause",
    summary="Gaussian mixtures and hidden Markov models with a dictionary of US English, as speech "
    "was recognized before deep learning. It is here to compare with, not to rely on.",
    group=GROUP,
)
KNOWN = KnownSpeech(
    spec=BASELINE,
    family="classical",
    languages=(ENGLISH,),
    translates=False,
    word_times=True,
    parameters=2_387_712,
    trained_on="recordings that its authors do not name",
    published="no error rate",
)
"""`parameters` are those of the acoustic model: 16,128 Gaussians, and how 5,126 states mix them."""

LONGEST = 12.0
"""Seconds heard at once: the second pass over them holds up every other thread."""
BLOCK = SAMPLE_RATE // 10
"""Samples handed over at once. PocketSphinx lets no other thread of Python run meanwhile."""
BLOCKS_PER_TELL = 5
FRAMES_PER_SECOND = 100
ANY_PHRASE = "oh mighty computer"
"""Only has to be in the dictionary."""
PRONUNCIATION = re.compile(r"\(\d+\)$")
"""Which of several pronunciations was heard, as the dictionary numbers them."""


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """A loaded decoder, a recognizer as those of the Hub.

    Any number of threads may use it: they take turns, chunk by chunk. `cepstral_mean` is what the
    decoder starts from before it has heard anything.
    """

    decoder: Any
    turn: threading.Lock
    cepstral_mean: str
    engine: str
    memory_bytes: int
    dtype: str = "float32"
    longest: float = LONGEST

    def hear(
        self,
        samples: NDArray[np.float32],
        start: float,
        language: str | None,
        options: Options,
        tell: TellText,
    ) -> Heard:
        """The words in `samples`, in US English whatever was asked for.

        Their scores are posteriors in the decoder's lattice.
        """
        sound = to_pcm(samples)
        blocks = [sound[at : at + BLOCK].tobytes() for at in range(0, len(sound), BLOCK)]
        with self.turn:
            self.measure_level(blocks)
            self.decoder.start_utt()
            try:
                for number, block in enumerate(blocks, start=1):
                    self.decoder.process_raw(block)
                    if number % BLOCKS_PER_TELL == 0:
                        tell(" ".join(each.text for each in self.words(start)))
            finally:
                self.decoder.end_utt()
            return Heard(tuple(self.words(start)), language=ENGLISH)

    def measure_level(self, blocks: Iterable[bytes]) -> None:
        """Have the decoder start from the cepstral mean of these blocks.

        It would else adapt to the microphone while it decodes, and get the beginning wrong. Handing
        it everything at once has the same effect, but holds up every other thread until the end.
        """
        decoder = self.decoder
        decoder.set_cmn(self.cepstral_mean)
        decoder.activate_search(ANY_PHRASE)
        decoder.start_utt()
        for block in blocks:
            decoder.process_raw(block)
        decoder.end_utt()
        decoder.set_cmn(decoder.get_cmn(True))
        decoder.activate_search()

    def words(self, start: float) -> list[Word]:
        """What has been made out of an utterance that begins at `start`, without its noises."""
        return [
            Word(
                PRONUNCIATION.sub("", each.word),
                start + each.start_frame / FRAMES_PER_SECOND,
                start + (each.end_frame + 1) / FRAMES_PER_SECOND,
                min(each.prob, 1.0),
            )
            for each in self.decoder.seg() or ()  # None before it has made out anything
            if not each.word.startswith(("<", "[", "+"))
        ]


def load(spec: ModelSpec, device: Device) -> HubSpeech:
    """Load the decoder from its installed package; it runs on the CPU, whatever the device.

    `hub_models.predict` runs it as it runs the others. Raises `ModelError` if the package is not
    installed, `WeightsMismatch` if its files are others.
    """
    language, dictionary, *acoustic = map(checked, (LANGUAGE_MODEL, DICTIONARY, *ACOUSTIC))
    decoder = new_decoder(acoustic[0].parent, dictionary, language)
    engine = f"PocketSphinx {version(PACKAGE)}"
    return HubSpeech(
        replace(KNOWN, spec=spec),
        Baseline(decoder, threading.Lock(), decoder.get_cmn(), engine, spec.memory_bytes),
        CPU,
    )


def new_decoder(acoustic: Path, dictionary: Path, language: Path) -> Any:
    """PocketSphinx with its defaults, and a second search that does next to nothing."""
    from pocketsphinx import Decoder

    decoder = Decoder(
        hmm=str(acoustic),
        dict=str(dictionary),
        lm=str(language),
        samprate=SAMPLE_RATE,
        frate=FRAMES_PER_SECOND,
        loglevel="FATAL",
    )
    decoder.add_keyphrase(ANY_PHRASE, ANY_PHRASE)
    return decoder
