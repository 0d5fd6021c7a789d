"""Downloading a pinned Hub model: watched, stoppable, and every failure in a sentence."""

import errno
import threading
from collections.abc import Callable
from pathlib import Path

import httpx2
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from demos.core.errors import DiskFull, HubUnavailable, ModelError, UserError
from demos.core.hub import CARRY_IN, STAYS_OFFLINE, cached, checked
from demos.core.spec import Hub
from demos.core.transfer import ANSWER_SECONDS, TICK_SECONDS, Stage, Stopped, Transfer

Report = Callable[[int, int | None, str], None]
"""Told the bytes here, the bytes in all and what is going on; may raise to stop the download."""


def download(source: Hub, report: Report, endpoint: str | None = None) -> Path:
    """Fetch what is missing of the model and give its folder; `report` hears of it all along.

    What has arrived when the download stops, for whatever reason, is kept and not fetched again.
    Raises `HubUnavailable` (out of reach, within seconds; no such model; no access), `DiskFull`,
    `WeightsMismatch` (not what the specification or the Hub names), and what `report` raises.
    """
    here = cached(source)
    if here is not None:
        return here
    transfer = Transfer(source, endpoint)
    threading.Thread(target=transfer.run, name="hub-transfer", daemon=True).start()
    silent, answers = 0.0, 0
    try:
        while not transfer.over.wait(TICK_SECONDS):
            report(transfer.done, transfer.total, transfer.stage)
            silent = silent + TICK_SECONDS if transfer.stage is Stage.ASKING else 0.0
            if transfer.answers > answers:
                silent, answers = 0.0, transfer.answers
            if silent > 2 * ANSWER_SECONDS:  # looking up a name can block for longer than that
                raise out_of_reach()
    finally:
        transfer.stop.set()
    if transfer.error is not None:
        raise explained(transfer.error, transfer) from transfer.error
    report(transfer.done, transfer.total, "")
    return checked(source)


def out_of_reach() -> HubUnavailable:
    return HubUnavailable("This server cannot reach the Hugging Face Hub.", CARRY_IN)


def explained(error: BaseException, transfer: Transfer) -> BaseException:
    """What went wrong as a person can use it; a defect of ours as it is."""
    match error:
        case UserError() | Stopped():
            return error
        case OfflineModeIsEnabled():
            return HubUnavailable(STAYS_OFFLINE, CARRY_IN)
        case httpx2.ConnectError() | httpx2.ConnectTimeout() | httpx2.ProxyError():
            return out_of_reach()
        case httpx2.TransportError() if transfer.stage is Stage.ASKING:
            return out_of_reach()
        case httpx2.TransportError():
            return HubUnavailable(
                "The connection to the Hub broke off.",
                "What has arrived is kept: download again to go on from there.",
            )
        case HfHubHTTPError():
            return refused(error, transfer.source)
        case OSError(errno=errno.ENOSPC):
            return DiskFull(
                "The disk is full.", "Free some space, or set HF_HOME to a folder on another disk."
            )
        case OSError():
            return ModelError(
                "The Hub cache of this server cannot be written.",
                "Set HF_HOME to a folder that this server may write to.",
            )
    return error


def refused(error: HfHubHTTPError, source: Hub) -> HubUnavailable:
    """The Hub was reached and said no."""
    status = error.response.status_code
    if isinstance(error, GatedRepoError) or status in (401, 403):
        return HubUnavailable(
            f"The Hub does not give {source.repo} to everyone.",
            "Ask for access on its page, and set HF_TOKEN where this server runs.",
        )
    if isinstance(error, RevisionNotFoundError | EntryNotFoundError | RepositoryNotFoundError):
        return HubUnavailable(
            f"The Hub no longer has this version of {source.repo}.", "Choose another model."
        )
    return HubUnavailable(f"The Hub answered with error {status}.", "Try again in a few minutes.")
