"""Established speech models on the Hugging Face Hub: where they are and what they can do.

Each was chosen for a stated license, weights as safetensors, and a commit and file list that could
be looked up in several public sources. Only what is read is fetched: no pickles, no tokenizer code.
"""

from dataclasses import dataclass
from typing import Literal

from demos.core.settings import MIB
from demos.core.spec import Hub, ModelSpec
from demos.speech_recognition.languages import CANTONESE, ENGLISH, WHISPER_LANGUAGES

SLUG = "speech_recognition"
GROUP = "commands"
"""All models take the samples of the bundled one, whose name this is."""

Family = Literal["whisper", "moonshine", "wav2vec2", "classical"]

WRITER_FILES = (
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "preprocessor_config.json",
    "tokenizer.json",
)
"""Of a model that writes text token by token."""


@dataclass(frozen=True, slots=True)
class KnownSpeech:
    """A speech model on the Hub beyond its files.

    `languages` are ISO 639-1 codes (longer where there is none); of several, the model detects
    which is spoken. `translates` is whether it can write English whatever the language,
    `word_times` whether it tells when each word was said. `published` quotes its authors: measured
    on other recordings than yours.
    """

    spec: ModelSpec
    family: Family
    languages: tuple[str, ...]
    translates: bool
    word_times: bool
    parameters: int
    trained_on: str
    published: str


def known(
    name: str,
    title: str,
    source: Hub,
    license: str,
    summary: str,
    *,
    family: Family,
    parameters: int,
    trained_on: str,
    published: str,
    languages: tuple[str, ...] = (ENGLISH,),
    translates: bool = False,
    word_times: bool = True,
) -> KnownSpeech:
    """An entry of the catalog. The store reckons with float32, as models are loaded."""
    memory = 4 * parameters + 16 * MIB
    spec = ModelSpec(SLUG, name, title, source, memory, license, summary, GROUP)
    return KnownSpeech(
        spec, family, languages, translates, word_times, parameters, trained_on, published
    )


WHISPER_HOURS = "680,000 hours of recordings from the web, a third of them not in English"

WHISPER_TINY = known(
    "whisper_tiny",
    "Whisper tiny",
    Hub(
        "openai/whisper-tiny",
        "169d4a4341b33bc18d8881c4b69c2e104e1cc0af",
        WRITER_FILES,
        153_732_858,
        "7ebd0e69e78190ffe1438491fa05cc1f5c1aa3a4c4db3bc1723adbb551ea2395",
    ),
    "Apache 2.0",
    "The smallest Whisper: 99 languages, quick on any computer, the most mistakes.",
    family="whisper",
    parameters=37_760_640,
    languages=WHISPER_LANGUAGES,
    translates=True,
    trained_on=WHISPER_HOURS,
    published="word error rate 7.5 % on LibriSpeech test-clean, by its model card",
)

WHISPER_BASE = known(
    "whisper_base",
    "Whisper base",
    Hub(
        "openai/whisper-base",
        "e37978b90ca9030d5170a5c07aadb050351a65bb",
        WRITER_FILES,
        293_075_182,
        "07cadb9f25677c8d50df603e66a98fbd842cce45047139baeb16e6219a1e807b",
    ),
    "Apache 2.0",
    "Twice the size of tiny, a third fewer mistakes in English.",
    family="whisper",
    parameters=72_593_920,
    languages=WHISPER_LANGUAGES,
    translates=True,
    trained_on=WHISPER_HOURS,
    published="word error rate 5.0 % on LibriSpeech test-clean, 12.8 % on test-other, by its model "
    "card",
)

WHISPER_SMALL = known(
    "whisper_small",
    "Whisper small",
    Hub(
        "openai/whisper-small",
        "973afd24965f72e36ca33b3055d56a652f456b4d",
        WRITER_FILES,
        969_666_371,
        "1d7734884874f1a1513ed9aa760a4f8e97aaa02fd6d93a3a85d27b2ae9ca596b",
    ),
    "Apache 2.0",
    "A good compromise for many languages where there is no GPU.",
    family="whisper",
    parameters=241_734_912,
    languages=WHISPER_LANGUAGES,
    translates=True,
    trained_on=WHISPER_HOURS,
    published="word error rate 3.4 % on LibriSpeech test-clean, by its model card",
)

WHISPER_TURBO = known(
    "whisper_turbo",
    "Whisper large-v3-turbo",
    Hub(
        "openai/whisper-large-v3-turbo",
        "41f01f3fe87f28c78e2fbf8b568835947dd65ed9",
        WRITER_FILES,
        1_620_310_000,
        "542566a422ae4f3fd23f1ba11add198fca01bbf82e66e6a2857b3f608b1eb9d1",
    ),
    "MIT",
    "The most accurate here, in 100 languages; wants a GPU or patience. Does not translate.",
    family="whisper",
    parameters=808_878_080,
    languages=(*WHISPER_LANGUAGES, CANTONESE),
    trained_on="more than 5 million hours, most of them transcribed by an earlier Whisper",
    published="word error rate 7.3 % on short and 10.3 % on long English recordings of other "
    "collections than it was trained on, by Distil-Whisper's model card",
)

DISTIL_SMALL = known(
    "distil_whisper_small",
    "Distil-Whisper small",
    Hub(
        "distil-whisper/distil-small.en",
        "9e4a67ca4569c30be43a3fe7fba1621e504f0093",
        WRITER_FILES,
        335_000_000,
    ),
    "MIT",
    "Whisper small with a third of its decoder: quicker at writing. English only.",
    family="whisper",
    parameters=166_132_224,
    trained_on="22,000 hours of English, transcribed by Whisper",
    published="see Gandhi et al. 2023, arXiv:2311.00430",
)

DISTIL_LARGE = known(
    "distil_whisper_large",
    "Distil-Whisper large-v3.5",
    Hub(
        "distil-whisper/distil-large-v3.5",
        "728a7691f3ff1d3d971528d3203a6e9559165d41",
        WRITER_FILES,
        3_028_172_859,
        "76ec9f754fc4b4810845dc36b71d1897c1342e702810c179e1569690084cfb0c",
    ),
    "MIT",
    "The encoder of Whisper large-v3 with two decoder layers. English only.",
    family="whisper",
    parameters=756_405_760,
    trained_on="98,000 hours of English, transcribed by Whisper",
    published="word error rate 7.1 % on short and 11.4 % on long recordings of other collections "
    "than it was trained on, by its model card",
)

MOONSHINE_TINY = known(
    "moonshine_tiny",
    "Moonshine tiny",
    Hub(
        "moonshine-ai/moonshine-tiny",
        "390624ed33d594443aa4aa221f5b9f283b545b5a",
        WRITER_FILES,
        110_376_023,
        "867cd2215804859c55aa972d740bd5002be149b4e7526328c895d2408848c736",
    ),
    "MIT",
    "Made for short utterances on small computers: less speech is less work. English only.",
    family="moonshine",
    parameters=27_092_736,
    word_times=False,
    trained_on="200,000 hours of English, by its authors' account",
    published="word error rate 4.6 % on LibriSpeech test-clean, by its model card",
)

MOONSHINE_BASE = known(
    "moonshine_base",
    "Moonshine base",
    Hub(
        "moonshine-ai/moonshine-base",
        "7a73d8d55ac0ba2ef3ae761593f6784b51f96dcf",
        WRITER_FILES,
        248_080_000,
        "e020c79d0a979a7ec099f718ff1cd2f19e92aead230d69654bca5975a8e1b862",
    ),
    "MIT",
    "Twice the size of Moonshine tiny, more accurate. English only.",
    family="moonshine",
    parameters=61_513_920,
    word_times=False,
    trained_on="200,000 hours of English, by its authors' account",
    published="word error rate 3.3 % on LibriSpeech test-clean, by its authors (arXiv:2410.15608)",
)

WAV2VEC2 = known(
    "wav2vec2_base",
    "wav2vec 2.0 base",
    Hub(
        "facebook/wav2vec2-base-960h",
        "22aad52d435eb6dbaf354bdad9b0da84ce7d6156",
        ("config.json", "model.safetensors", "preprocessor_config.json", "vocab.json"),
        377_609_947,
        "8aa76ab2243c81747a1f832954586bc566090c83a0ac167df6f31f0fa917d74a",
    ),
    "Apache 2.0",
    "Spells what it hears, letter by letter, and cannot invent sentences. English capitals only.",
    family="wav2vec2",
    parameters=94_396_320,
    trained_on="LibriSpeech: 960 hours of read English",
    published="word error rate 3.4 % on LibriSpeech test-clean, 8.6 % on test-other, by its model "
    "card",
)

HUB_SPEECH = (
    WHISPER_TINY,
    WHISPER_BASE,
    WHISPER_SMALL,
    WHISPER_TURBO,
    DISTIL_SMALL,
    DISTIL_LARGE,
    MOONSHINE_TINY,
    MOONSHINE_BASE,
    WAV2VEC2,
)
HUB_MODELS = tuple(each.spec for each in HUB_SPEECH)
"""The specifications, for `SPEC.models`."""


def hub_speech(name: str) -> KnownSpeech:
    """What is known of the Hub model called `name`. Raises `KeyError` for an unknown one."""
    return {each.spec.name: each for each in HUB_SPEECH}[name]
