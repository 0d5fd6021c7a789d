"""Fetching pinned models through the Hub's own client, from a server shaped like the Hub."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants

from demos.core import download as download_module
from demos.core import transfer
from demos.core.download import download
from demos.core.downloads import Downloads
from demos.core.errors import DiskFull, HubUnavailable, ModelError, WeightsMismatch
from demos.core.hub import cached, checked, stays_offline
from demos.core.jobs import Canceled, Jobs, State
from demos.core.spec import Hub
from tests.hub_server import COMMIT, REPO, HubServer, serving

WEIGHTS = bytes(range(256)) * 2000
HALF = len(WEIGHTS) // 2


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    monkeypatch.setattr(transfer, "RETRY_SECONDS", 0)
    monkeypatch.setattr(transfer, "SPARE_BYTES", 0)
    for module in (transfer, download_module):
        monkeypatch.setattr(module, "TICK_SECONDS", 0.005)
    files = {"config.json": b'{"labels": 2}', "model.safetensors": WEIGHTS}
    with serving(files, tmp_path, monkeypatch) as server:
        yield server


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    board = Jobs(2)
    yield board
    board.close()


def quiet(done: int, total: int | None, note: str) -> None:
    pass


def fetch(hub: HubServer) -> Path:
    return download(hub.source, quiet, hub.endpoint)


def test_a_download_reports_bytes_and_ends_with_every_file(hub: HubServer) -> None:
    told: list[tuple[int, int | None]] = []
    assert cached(hub.source) is None
    folder = download(hub.source, lambda done, total, _: told.append((done, total)), hub.endpoint)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == hub.files
    assert told[-1] == (hub.source.download_bytes, hub.source.download_bytes)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert cached(hub.source) == folder == checked(hub.source)


def test_the_second_call_asks_nobody(hub: HubServer) -> None:
    folder = fetch(hub)
    hub.close()
    assert fetch(hub) == folder


def test_a_download_stops_while_the_server_is_silent_and_goes_on_later(hub: HubServer) -> None:
    hub.hold_after = HALF

    def stop_half_way(done: int, total: int | None, note: str) -> None:
        if done >= HALF:
            raise Canceled

    with pytest.raises(Canceled):
        download(hub.source, stop_half_way, hub.endpoint)
    assert hub.holding.is_set() and not hub.release.is_set()
    assert cached(hub.source) is None

    hub.release.set()
    assert (fetch(hub) / "model.safetensors").read_bytes() == WEIGHTS
    first, second = (span for name, span in hub.downloads if name == "model.safetensors")
    assert first == ""
    assert int(second.removeprefix("bytes=").removesuffix("-")) >= HALF


def test_a_lost_connection_is_taken_up_where_it_broke(hub: HubServer) -> None:
    hub.cut_after = HALF
    assert (fetch(hub) / "model.safetensors").read_bytes() == WEIGHTS
    assert [s for n, s in hub.downloads if n == "model.safetensors"] == ["", f"bytes={HALF}-"]


def test_a_connection_that_keeps_breaking_is_said_and_what_came_is_kept(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "ATTEMPTS", 1)
    hub.cut_after = HALF
    with pytest.raises(HubUnavailable, match=r"broke off.*kept"):
        fetch(hub)
    fetch(hub)
    assert hub.downloads[-1] == ("model.safetensors", f"bytes={HALF}-")


def test_no_server_is_said_within_seconds(hub: HubServer) -> None:
    hub.close()
    began = time.monotonic()
    with pytest.raises(HubUnavailable, match=r"cannot reach the Hugging Face Hub.*hf download"):
        fetch(hub)
    assert time.monotonic() - began < 10  # the client's own retries would take far longer


def test_a_server_that_never_answers_is_said(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.mute = True
    monkeypatch.setattr(transfer, "ANSWER_SECONDS", 0.05)
    with pytest.raises(HubUnavailable, match="cannot reach"):
        fetch(hub)


def test_a_name_lookup_that_hangs_is_not_waited_for(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()
    monkeypatch.setattr(transfer, "get_hf_file_metadata", lambda *a, **k: answered.wait())
    monkeypatch.setattr(download_module, "ANSWER_SECONDS", 0.02)
    with pytest.raises(HubUnavailable, match="cannot reach"):
        fetch(hub)
    answered.set()


def test_offline_mode_is_said_and_asks_nobody(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not stays_offline()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert stays_offline()
    with pytest.raises(HubUnavailable, match="HF_HUB_OFFLINE"):
        fetch(hub)
    assert hub.asked == []


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (401, "GatedRepo", "does not give owner/tiny to everyone.*HF_TOKEN"),
        (401, "", "does not give owner/tiny to everyone.*HF_TOKEN"),
        (403, "", "does not give owner/tiny to everyone.*HF_TOKEN"),
        (404, "RevisionNotFound", "no longer has this version.*Choose another"),
        (404, "RepoNotFound", "no longer has this version.*Choose another"),
        (404, "EntryNotFound", "no longer has this version.*Choose another"),
        (500, "", "error 500.*few minutes"),
        (429, "", "error 429.*few minutes"),
    ],
)
def test_every_refusal_has_its_sentence(
    hub: HubServer, status: int, code: str, sentence: str
) -> None:
    hub.status, hub.code = status, code
    with pytest.raises(HubUnavailable, match=sentence):
        fetch(hub)
    assert hub.downloads == []


def test_damaged_content_is_thrown_away(hub: HubServer) -> None:
    hub.corrupt = True
    with pytest.raises(WeightsMismatch, match="arrived damaged"):
        fetch(hub)
    assert cached(hub.source) is None
    hub.corrupt = False
    fetch(hub)
    assert all(span == "" for _, span in hub.downloads)


def test_another_commit_than_the_pinned_one_is_refused(hub: HubServer) -> None:
    hub.commit = "f" * 40
    with pytest.raises(WeightsMismatch, match="does not vouch for the pinned version"):
        fetch(hub)
    assert hub.downloads == []


def test_other_weights_than_the_specified_are_refused_before_they_are_fetched(
    hub: HubServer,
) -> None:
    known = Hub(REPO, COMMIT, tuple(hub.files), 1, sha256="a" * 64)
    with pytest.raises(WeightsMismatch, match="other weights"):
        download(known, quiet, hub.endpoint)
    assert hub.downloads == []


def test_a_full_disk_is_said_before_anything_is_fetched(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "SPARE_BYTES", 10**18)
    with pytest.raises(DiskFull, match=r"this model needs 0.512 MB"):
        fetch(hub)
    assert hub.downloads == []


def test_a_cache_that_cannot_be_written_is_said(
    hub: HubServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "file"))
    with pytest.raises(ModelError, match=r"cannot be written.*HF_HOME"):
        fetch(hub)


def test_a_file_changed_on_the_disk_is_noticed(hub: HubServer) -> None:
    folder = fetch(hub)
    (folder / "model.safetensors").resolve().write_bytes(WEIGHTS[:-1] + b"?")
    with pytest.raises(WeightsMismatch, match="damaged or was replaced"):
        checked(hub.source)


def test_a_model_that_is_not_here_is_not_fetched_silently(hub: HubServer) -> None:
    with pytest.raises(HubUnavailable, match="Download it first"):
        checked(hub.source)
    assert hub.asked == []


def test_two_who_ask_at_once_share_one_download(hub: HubServer, jobs: Jobs) -> None:
    hub.hold_after = HALF
    downloads = Downloads(jobs, hub.endpoint)
    assert downloads.find(hub.source) is None
    first = downloads.start(hub.source)
    assert hub.holding.wait(10)
    assert downloads.start(hub.source) is first is downloads.find(hub.source)
    hub.release.set()
    assert first.wait(10) and first.state is State.DONE
    assert first.result == cached(hub.source)
    assert len([name for name, _ in hub.downloads if name == "model.safetensors"]) == 1


def test_a_canceled_download_can_be_started_again_at_once(hub: HubServer, jobs: Jobs) -> None:
    hub.hold_after = HALF
    downloads = Downloads(jobs, hub.endpoint)
    first = downloads.start(hub.source)
    assert hub.holding.wait(10)
    first.cancel()
    assert first.wait(10) and first.state is State.CANCELED
    second = downloads.start(hub.source)
    assert second is not first
    hub.release.set()
    assert second.wait(10) and second.state is State.DONE


@pytest.mark.parametrize(
    ("revision", "files"),
    [
        ("main", ("model.safetensors",)),
        (COMMIT[:7], ("model.safetensors",)),
        (COMMIT, ("pytorch_model.bin",)),
        (COMMIT, ("model.safetensors", "model.pt")),
        (COMMIT, ("model.safetensors", "../config.json")),
        (COMMIT, ("model.safetensors", "tokenizer.py")),
        (COMMIT, ("config.json",)),
    ],
)
def test_branches_and_pickles_cannot_even_be_specified(
    revision: str, files: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match=REPO):
        Hub(REPO, revision, files, 1)
