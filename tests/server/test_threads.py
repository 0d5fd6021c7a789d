"""The environment that numerical libraries read when they are first imported."""

import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from demos.core import threads
from demos.core.threads import available_cores, prepare_environment, private_directory


def test_the_operators_choice_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"OMP_NUM_THREADS": "3", "OMP_WAIT_POLICY": "ACTIVE"}
    prepare_environment(environment)
    assert environment["OMP_NUM_THREADS"] == "3"
    assert environment["OMP_WAIT_POLICY"] == "ACTIVE"
    assert environment["GOMP_SPINCOUNT"] == "0"


def test_threads_follow_the_setting_else_the_cores() -> None:
    environment = {"DLW_THREADS": "5"}
    prepare_environment(environment)
    assert environment["OMP_NUM_THREADS"] == "5"
    environment = {}
    prepare_environment(environment)
    assert environment["OMP_NUM_THREADS"] == str(available_cores())


@pytest.mark.parametrize(
    "quota, cores",
    [("max 100000", 8), ("250000 100000", 2), ("50000 100000", 1), ("6400000 100000", 8)],
)
def test_cores_within_the_containers_quota(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quota: str, cores: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    (tmp_path / "cpu.max").write_text(quota + "\n")
    assert available_cores(tmp_path / "cpu.max") == cores
    assert available_cores(tmp_path / "absent") == 8


def test_numba_is_given_a_place_only_where_it_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(threads, "numba_can_cache", lambda: True)
    environment: dict[str, str] = {}
    prepare_environment(environment)
    assert "NUMBA_CACHE_DIR" not in environment
    monkeypatch.setattr(threads, "numba_can_cache", lambda: False)
    prepare_environment(environment)
    assert Path(environment["NUMBA_CACHE_DIR"]).is_relative_to(tmp_path)


def test_a_cache_is_reused_only_if_it_is_ours_alone(tmp_path: Path) -> None:
    first = private_directory("numba", tmp_path)
    assert private_directory("numba", tmp_path) == first
    first.chmod(0o777)
    other = private_directory("numba", tmp_path)
    assert other != first and other.stat().st_mode & 0o077 == 0


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    ours = private_directory("numba", tmp_path)
    ours.rmdir()
    (tmp_path / "elsewhere").mkdir()
    ours.symlink_to(tmp_path / "elsewhere")
    assert private_directory("numba", tmp_path) != ours


def test_being_too_late_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "torch", sys)
    with caplog.at_level(logging.WARNING):
        prepare_environment({})
    assert "too late" in caplog.text


def test_it_imports_no_heavy_library() -> None:
    check = (
        "import sys; import demos.core.threads; "
        "print([m for m in ('torch', 'numpy', 'onnxruntime', 'streamlit') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
