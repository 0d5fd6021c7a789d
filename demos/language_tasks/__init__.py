"""Language: a text in; its tone, topic, names, an answer, a summary or a translation out."""

from demos.core.sentence_encoder import SOURCE
from demos.core.settings import MIB
from demos.core.spec import Bundled, DemoSpec, ModelSpec, Packaged
from demos.language_tasks.hub_catalog import HUB_MODELS
from demos.language_tasks.hub_known import SLUG

SHA256 = {
    "reader": "afddbbd2a40f4fd82590a75986b98cc340b3160e8137091ee391317de21a9db6",
    "summary": "dbe22bfc69e0f8500c1a616cf5201ad11d6ace96dd5de59ab6e742209e1e8933",
    "translator": "3c4f0169366859d01b3add978b77668c3467ca08c347a3842decc847c229219a",
}


def bundled(name: str, beside: Packaged | None = None) -> Bundled:
    return Bundled(f"{SLUG}/weights/{name}.safetensors", SHA256[name], beside)


SPEC = DemoSpec(
    slug=SLUG,
    title="Language",
    industry="Operations",
    icon="article",
    question="What does this text say, and how sure is that?",
    summary="Tells the tone, topic, intent and names of a text; answers questions about it, finds, "
    "shortens and translates; sorts files of messages, and looks things up in your documents.",
    models=(
        ModelSpec(
            demo=SLUG,
            name="reader",
            title="Reader, our network",
            source=bundled("reader", SOURCE),
            memory_bytes=116 * MIB,
            license="CC BY-SA 4.0; some of the data for research only",
            summary="One small encoder for seven tasks: sentiment, topic, intent, emotion, "
            "toxicity, names, and answers to questions. English.",
            group="reader",
        ),
        ModelSpec(
            demo=SLUG,
            name="summary",
            title="Sentence encoder and scorer",
            source=bundled("summary", SOURCE),
            memory_bytes=96 * MIB,
            license="Apache 2.0",
            summary="Compares texts by what they mean: finds passages, sorts into labels of your "
            "own, and chooses the sentences that say most of a text. English.",
            group="summary",
        ),
        ModelSpec(
            demo=SLUG,
            name="translator",
            title="Translator, our network",
            source=bundled("translator"),
            memory_bytes=24 * MIB,
            license="research only, as the captions it learned from",
            summary="A small Transformer from English into German and French, trained on captions "
            "of pictures: plain sentences about what people do, and little else.",
            group="translation",
        ),
        *HUB_MODELS,
    ),
)
