"""Building what the Hub's language models are made of from downloaded files, and from those alone.

Networks come from transformers' classes, weights from safetensors, tokenizers from their JSON.
"""

from pathlib import Path
from typing import Any

from demos.core.devices import Device, choose_dtype, turn
from demos.core.hub_files import read_json, unfit
from demos.core.language.answers import Task
from demos.core.sentence_encoder import vocabulary
from demos.language_tasks.entity_spans import OUTSIDE
from demos.language_tasks.hub_known import CLASSES, TOKENIZER, KnownLanguage

ENTAILMENT = "entailment"


def network(known: KnownLanguage, folder: Path, device: Device) -> Any:
    """The network of the model on `device`, ready to run. Raises `WeightsMismatch` if its files
    hold another one."""
    import torch
    import transformers
    from transformers.utils import logging

    # It would draw one on the server's console.
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    if read_json(known, folder, "config.json").get("model_type") != known.architecture:
        raise unfit(known)
    kind: Any = getattr(transformers, CLASSES[known.tasks[0]])
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
    # Tensors that nobody asked for do no harm; what is missing would be made up.
    if any(each for name, each in report.items() if name != "unexpected_keys"):
        raise unfit(known)
    if not fits(known, loaded.config):
        raise unfit(known)
    loaded.requires_grad_(False).eval()
    with turn(device):
        loaded.to(str(device))
    return loaded


def fits(known: KnownLanguage, config: Any) -> bool:
    """Whether the outputs are those that the catalog names, and texts as long can be read."""
    places = getattr(config, "max_position_embeddings", None)
    if places is not None and places < known.reads:
        return False
    names = output_names(config)
    match known.tasks[0]:
        case Task.SENTIMENT | Task.EMOTION | Task.TOXICITY:
            return sorted(names) == sorted(each.lower() for each in known.labels)
        case Task.ZERO_SHOT:
            return ENTAILMENT in names and len(names) > 1
        case Task.ENTITIES:
            tags = [name for name in names if name != OUTSIDE.lower()]
            return len(tags) < len(names) and all(tag[:2] in ("b-", "i-") for tag in tags)
        case Task.QUESTION_ANSWERING:
            return len(names) == 2
    return True


def output_names(config: Any) -> tuple[str, ...]:
    """What the configuration calls the outputs, in their order, in small letters."""
    return tuple(str(config.id2label[n]).lower() for n in range(config.num_labels))


def size_of(loaded: Any) -> int:
    """Bytes that a network occupies."""
    return sum(each.nbytes for each in [*loaded.parameters(), *loaded.buffers()])


def tokenizer(known: KnownLanguage, folder: Path, most: int) -> Any:
    """The tokenizer of the model, whose network knows `most` tokens."""
    from tokenizers import Tokenizer

    if not known.own_vocabulary:
        loaded: Any = vocabulary()
    else:
        try:
            loaded = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:  # the library raises nothing more particular
            raise unfit(known) from error
        # Set once: one that is set anew with every call can be used by one thread only.
        loaded.no_truncation()
        loaded.no_padding()
    if loaded.get_vocab_size() > most:
        raise unfit(known)
    return loaded
