"""Pinned models from the Hugging Face Hub: fetched when asked for, then read from disk only.

They lie in the cache of the Hub's own client, where `hf download` puts and finds the same files.
Looking there loads nothing of the client but its settings.
"""

import hashlib
from pathlib import Path

from huggingface_hub import constants

from demos.core.errors import HubUnavailable, WeightsMismatch
from demos.core.spec import Hub

SHA256_DIGITS = 64

STAYS_OFFLINE = "This server is set to stay offline (HF_HUB_OFFLINE)."
CARRY_IN = (
    "Connect it and try again, or run “hf download” for this repository and revision on another "
    "computer and copy the folder into this one's Hub cache."
)


def repository(source: Hub) -> Path:
    """The folder of the repository in the cache, whether it is there or not."""
    name = constants.REPO_ID_SEPARATOR.join(["models", *source.repo.split("/")])
    return Path(constants.HF_HUB_CACHE) / name


def cached(source: Hub) -> Path | None:
    """The folder that holds every file of the model, or None. Asks the disk only."""
    folder = repository(source) / "snapshots" / source.revision
    return folder if all((folder / name).is_file() for name in source.files) else None


def checked(source: Hub) -> Path:
    """As `cached`, with the weights compared to their checksum.

    Raises `HubUnavailable` if the model is not here, `WeightsMismatch` if its file has changed.
    """
    folder = cached(source)
    if folder is None:
        raise HubUnavailable("This model is not on this server.", "Download it first.")
    file = folder / source.weights
    # The cache calls a file by its checksum and links to it; a copy in its place has no such name.
    expected = source.sha256 or (file.readlink().name if file.is_symlink() else "")
    if expected and checksum(file, expected) != expected:
        raise WeightsMismatch(
            f"The file {source.weights} of this model is damaged or was replaced.",
            f"Delete {source.repo} from the Hub cache of this server, and download it again.",
        )
    return folder


def checksum(path: Path, like: str) -> str:
    """The hash of a file of the kind that `like` is: SHA-256, else git's for a blob."""
    with path.open("rb") as file:
        if len(like) == SHA256_DIGITS:
            return hashlib.file_digest(file, "sha256").hexdigest()
        content = file.read()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def stays_offline() -> bool:
    """Whether this server has been told not to use the Hub (`HF_HUB_OFFLINE`)."""
    return constants.is_offline_mode()
