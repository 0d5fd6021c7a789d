"""Whisper's weights in the form that CTranslate2 reads, made here from those that were downloaded.

Made once for each version of the library. They lie beside the downloaded files in the Hub's cache,
so that whoever deletes the model there deletes them too. None are ever fetched.
"""

import logging
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from demos.core import devices
from demos.core.errors import UserError
from demos.core.hub import repository
from demos.core.spec import Hub

log = logging.getLogger(__name__)

INT8 = "int8"


def installed() -> str | None:
    """The version of CTranslate2, None without it."""
    try:
        return version("ctranslate2")
    except PackageNotFoundError:
        return None


def converted_folder(source: Hub, library: str, quantization: str = INT8) -> Path:
    """Where the converted model is, or is to be."""
    name = f"{source.revision}-ctranslate2-{library}-{quantization}"
    return repository(source) / "converted" / name


def convert(
    network: Any, tokenizer: Any, source: Path, target: Path, quantization: str = INT8
) -> None:
    """Write a loaded Whisper to `target`, whole or not at all. `source` has its `config.json`.

    Raises `OSError` where there is no room or no right to write, and what the library raises.
    """
    from ctranslate2.converters import TransformersConverter

    names = token_names(tokenizer)

    class Names:
        def get_vocab(self) -> dict[str, int]:
            return {name: token for token, name in enumerate(names)}

    class Loaded(TransformersConverter):  # type: ignore[misc]
        """Takes what is loaded already: nothing is looked for by name, on disk or elsewhere."""

        def load_model(self, *_: Any, **__: Any) -> Any:
            return network

        def load_tokenizer(self, *_: Any, **__: Any) -> Any:
            return Names()

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="making-") as making:
        made = Path(making) / "model"
        Loaded(str(source)).convert(str(made), quantization=quantization)
        with suppress(FileExistsError):
            made.rename(target)


def token_names(tokenizer: Any) -> list[str]:
    """What each token is called. Raises `ValueError` if two have one name.

    Where Whisper knows several languages, the last of its text tokens is called nothing at all: it
    is how the library tells such a model.
    """
    last = max(tokenizer.get_vocab().values())
    names = [tokenizer.id_to_token(token) or "" for token in range(last + 1)]
    if len(set(names)) != len(names):
        raise ValueError("its tokenizer calls two tokens by one name")
    return names


def usable(source: Hub, open: Callable[[Path], Any], make: Callable[[Path], None]) -> Any | None:
    """`open(folder)` of the converted model, made first if need be; None if that cannot be done.

    One that does not open is made again, once.
    """
    library = installed()
    if library is None:
        log.info("CTranslate2 is not installed: %s runs in torch.", source.repo)
        return None
    target = converted_folder(source, library)
    try:
        if target.is_dir():
            try:
                return open(target)
            except (RuntimeError, OSError, ValueError):
                log.warning("%s is damaged, and is made again.", target, exc_info=True)
                shutil.rmtree(target)
        make(target)
        return open(target)
    except UserError:
        raise
    except Exception as error:
        if devices.is_out_of_memory(error):
            raise
        log.warning("%s runs in torch, for it could not be converted: %s", source.repo, error)
        return None
