"""Speech recognition: a recording in; what was said and when, or that nothing was, out."""

from demos.core.spec import Bundled, DemoSpec, ModelSpec
from demos.speech_recognition.baseline import BASELINE
from demos.speech_recognition.hub_catalog import GROUP, HUB_MODELS, SLUG

SPEC = DemoSpec(
    slug=SLUG,
    title="Speech recognition",
    industry="Contact centers",
    icon="graphic_eq",
    question="What was said, when, and how sure is that?",
    summary="Hears commands and digits with no network, or any speech with a model from the Hub: "
    "words with their times and confidence, subtitles, and a voice assistant.",
    models=(
        ModelSpec(
            demo=SLUG,
            name="commands",
            title="Commands and digits, our network",
            source=Bundled(
                "speech_recognition/weights/commands.safetensors",
                "29fe821e9df25f338f04270e13267eb5a3ec37a18f2731683dccf884fb16b23d",
            ),
            memory_bytes=24 * 1024**2,
            license="CC BY-SA 4.0",
            summary="Hears 35 words, digits among them, alone or in a row; turns away all else.",
            group=GROUP,
        ),
        *HUB_MODELS,
        BASELINE,
    ),
)
