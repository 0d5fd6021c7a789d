"""What each model of this demo can be asked for."""

from demos.core.spec import Hub, ModelSpec
from demos.speech_recognition.hub_catalog import hub_speech
from demos.speech_recognition.languages import ENGLISH


def abilities(spec: ModelSpec) -> tuple[tuple[str, ...], bool, bool]:
    """The codes of the languages a model knows, whether it translates them to English, and whether
    it times words where asked to: some always do, some never.
    """
    if not isinstance(spec.source, Hub):
        return (ENGLISH,), False, False
    known = hub_speech(spec.name)
    return known.languages, known.translates, known.word_times and known.family == "whisper"
