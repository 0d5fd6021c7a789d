"""The models of this demo behind one interface: bundled, classical, or from the Hub."""

from demos.core.audio.attribution import Attribution
from demos.core.audio.sound import DecodedAudio
from demos.core.devices import Device
from demos.core.errors import UnsupportedType
from demos.core.spec import Bundled, Hub, ModelSpec
from demos.core.speech.transcript import Options, Transcription
from demos.speech_recognition import baseline, commands, evidence, hub_models
from demos.speech_recognition.hub_models import HubSpeech, Tell, ignore

Loaded = commands.Model | HubSpeech


def load(spec: ModelSpec, device: Device) -> Loaded:
    """Load a bundled model, the classical one, or one of the Hub whose files are on this machine.

    Raises `WeightsMismatch` for files that are not the specification's, `HubUnavailable` for a
    model that has not been downloaded, `ModelError` for a package that is not installed.
    """
    if isinstance(spec.source, Bundled):
        return commands.load(spec, device)
    if isinstance(spec.source, Hub):
        return hub_models.load(spec, device)
    return baseline.load(spec, device)


def warm_up(model: Loaded) -> None:
    """Run once on nothing: the first run of any engine is its slowest."""
    if isinstance(model, commands.Model):
        commands.warm_up(model)
    else:
        hub_models.warm_up(model)


def predict(
    model: Loaded,
    audio: DecodedAudio,
    options: Options = hub_models.DEFAULT,
    tell: Tell = ignore,
) -> Transcription:
    """What is said in a recording.

    `tell` hears of what has been heard so far, and may raise to stop. Raises `UnsupportedType` for
    a language the model does not know.
    """
    if isinstance(model, commands.Model):
        return commands.predict(model, audio, options, tell)
    return hub_models.predict(model, audio, options, tell)


def explain(model: Loaded, heard: Transcription, place: int, audio: DecodedAudio) -> Attribution:
    """Which frames and frequencies moved the score of the word at `place`.

    Raises `UnsupportedType` for a model other than the bundled one.
    """
    if isinstance(model, commands.Model):
        return evidence.explain(model, heard.words[place], audio)
    raise UnsupportedType(
        "The words of this model cannot be explained here.", "Choose the bundled model for that."
    )
