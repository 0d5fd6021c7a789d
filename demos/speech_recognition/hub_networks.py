"""Building what the Hub's speech models are made of from downloaded files, and from those alone.

Networks come from transformers' classes, weights from safetensors, tokenizers from their JSON.
"""

from pathlib import Path
from typing import Any

from demos.core.devices import Device, choose_dtype, turn
from demos.core.hub_files import read_json, unfit
from demos.speech_recognition.hub_catalog import KnownSpeech

CLASSES = {
    "whisper": "WhisperForConditionalGeneration",
    "moonshine": "MoonshineForConditionalGeneration",
    "wav2vec2": "Wav2Vec2ForCTC",
}
MAY_BE_MISSING = {"wav2vec2.masked_spec_embed"}
"""Used in training only, and not in the file of wav2vec2-base-960h."""


def network(known: KnownSpeech, folder: Path, device: Device) -> Any:
    """The network of the model on `device`, ready to run. Raises `WeightsMismatch` if its files
    hold another one."""
    import torch
    import transformers
    from transformers.utils import logging

    # It would draw one on the server's console.
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    kind: Any = getattr(transformers, CLASSES[known.family])
    if read_json(known, folder, "config.json").get("model_type") != known.family:
        raise unfit(known)
    try:
        loaded, report = kind.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            dtype=getattr(torch, choose_dtype(device)),
            output_loading_info=True,
        )
    except (RuntimeError, ValueError, TypeError) as error:  # shapes that no such network has
        raise unfit(known) from error
    report["missing_keys"] = set(report["missing_keys"]) - MAY_BE_MISSING
    if any(report.values()):  # what is missing would be made up
        raise unfit(known)
    loaded.requires_grad_(False).eval()
    with turn(device):
        loaded.to(str(device))
    return loaded


def size_of(loaded: Any) -> int:
    """Bytes that a network occupies."""
    return sum(each.nbytes for each in [*loaded.parameters(), *loaded.buffers()])


def tokenizer(known: KnownSpeech, folder: Path, most: int) -> Any:
    """The tokenizer of the model, whose network knows `most` tokens."""
    from tokenizers import Tokenizer

    try:
        loaded: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # the library raises nothing more particular
        raise unfit(known) from error
    if loaded.get_vocab_size() > most:
        raise unfit(known)
    return loaded
