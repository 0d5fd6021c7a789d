"""The set-up shared by the README's two commands, without a network or a real environment."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment() -> ModuleType:
    spec = importlib.util.spec_from_file_location("environment", ROOT / "scripts/environment.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("streamlit==1\n")
    development = tmp_path / "requirements-dev.txt"
    development.write_text("-r requirements.txt\nruff==1\n")
    return development


def fake_python(venv: Path, exit_code: int) -> Path:
    """An interpreter that notes its arguments and exits."""
    python = venv / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text(f'#!/bin/sh\necho "$@" >> "{venv}/calls"\nexit {exit_code}\n')
    python.chmod(0o755)
    return python


def calls(venv: Path) -> list[str]:
    log = venv / "calls"
    return log.read_text().splitlines() if log.exists() else []


def test_a_filled_environment_starts_without_pip(
    environment: ModuleType, requirements: Path, tmp_path: Path
) -> None:
    venv = tmp_path / "venv"
    python = fake_python(venv, 0)
    assert environment.prepare(requirements, venv) == python
    assert calls(venv) == [f"-m pip install --requirement {requirements}"]
    environment.prepare(requirements, venv)
    environment.prepare(tmp_path / "requirements.txt", venv)  # was part of the first
    assert len(calls(venv)) == 1


def test_changed_requirements_are_installed_again(
    environment: ModuleType, requirements: Path, tmp_path: Path
) -> None:
    venv = tmp_path / "venv"
    fake_python(venv, 0)
    environment.prepare(requirements, venv)
    (tmp_path / "requirements.txt").write_text("streamlit==2\n")
    environment.prepare(requirements, venv)
    assert len(calls(venv)) == 2


def test_a_failed_installation_says_so_and_is_tried_again(
    environment: ModuleType, requirements: Path, tmp_path: Path
) -> None:
    venv = tmp_path / "venv"
    fake_python(venv, 1)
    for _ in range(2):
        with pytest.raises(SystemExit, match="Installing failed"):
            environment.prepare(requirements, venv)
    assert len(calls(venv)) == 2


def test_without_ensurepip_the_package_is_named(
    environment: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(environment, "install_debian", lambda package: False)
    version = "{}.{}".format(*sys.version_info[:2])
    with pytest.raises(SystemExit, match=f"sudo apt-get install python{version}-venv"):
        environment.create(tmp_path / "venv")


def test_an_old_python_is_told(environment: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment.sys, "version_info", (3, 9, 1))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 to 3\.14; this is 3\.9"):
        environment.require_python()


def test_apt_is_only_used_as_root_or_with_a_free_sudo(
    environment: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, code in (("apt-get", 0), ("sudo", 1)):
        (tmp_path / name).write_text(
            f'#!/bin/sh\necho {name} "$@" >> "{tmp_path}/calls"\nexit {code}\n'
        )
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setattr(environment.os, "geteuid", lambda: 1000)
    assert environment.install_debian("chromium") is False
    assert calls(tmp_path) == ["sudo -n true"]
    monkeypatch.setattr(environment.os, "geteuid", lambda: 0)
    assert environment.install_debian("chromium") is True
    assert calls(tmp_path)[1:] == [
        "apt-get -q -y update",
        "apt-get -q -y install --no-install-recommends chromium",
    ]
