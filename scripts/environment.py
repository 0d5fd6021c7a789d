"""What the two commands of the README share: a virtual environment that matches the requirements.

Only the standard library and no syntax newer than Python 3.7, so that an old interpreter gets
a sentence instead of a syntax error.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)
NEWEST = (3, 14)  # of which every pinned package has a build


def require_python() -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.exit(
            "This needs Python {}.{} to {}.{}; this is {}.{}. Install one of those and run this "
            "script with it, for example: python3.12 {}".format(
                *OLDEST, *NEWEST, *sys.version_info[:2], sys.argv[0]
            )
        )


def prepare(requirements: Path, venv: Path = VENV) -> Path:
    """The Python of a virtual environment that holds `requirements`.

    Creates and fills the environment where needed. If it was filled from the same requirements
    before, nothing is run and no network is touched. Exits with a sentence when it cannot.
    """
    python = venv / "bin" / "python"
    wanted = digest(requirements)
    stamp = venv / f"installed-{requirements.stem}"
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    if not python.exists():
        create(venv)
    print(
        f"Installing {requirements.name} into {venv.name}: several GB the first time.", flush=True
    )
    pip = [str(python), "-m", "pip", "install", "--requirement", str(requirements)]
    if subprocess.run(pip, check=False).returncode:
        sys.exit(
            "Installing failed; pip says why above. The first start needs a network connection "
            "and about 8 GB of disk; later starts need neither."
        )
    for each in included(requirements):
        (venv / f"installed-{each.stem}").write_text(digest(each))
    return python


def included(requirements: Path) -> list[Path]:
    """The file itself, then the files its `-r` lines name, all the way down."""
    files = [requirements]
    for line in requirements.read_text().splitlines():
        if line.startswith("-r "):
            files += included(requirements.parent / line[3:].strip())
    return files


def digest(requirements: Path) -> str:
    """Changes with any of the files and with the interpreter's version."""
    parts = [each.read_bytes() for each in included(requirements)]
    version = "{}.{}".format(*sys.version_info[:2]).encode()
    return hashlib.sha256(b"\0".join([version, *parts])).hexdigest()


def create(venv: Path) -> None:
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    if importlib.util.find_spec("ensurepip") is None and not install_debian(package):
        sys.exit(
            "This Python cannot create virtual environments. On Debian and Ubuntu that takes one "
            f"package: sudo apt-get install {package}"
        )
    shutil.rmtree(venv, ignore_errors=True)
    command = [sys.executable, "-m", "venv", str(venv)]
    try:
        failed = subprocess.run(command, check=False).returncode
    except BaseException:
        shutil.rmtree(venv, ignore_errors=True)  # half an environment would look like a whole one
        raise
    if failed:
        shutil.rmtree(venv, ignore_errors=True)
        sys.exit(f"Creating the virtual environment {venv} failed; Python says why above.")


def install_debian(*packages: str) -> bool:
    """Install packages with apt-get, as root or with a sudo that asks for no password."""
    if shutil.which("apt-get") is None:
        return False
    sudo: list[str] = []
    if os.geteuid() != 0:
        sudo = ["sudo", "-n"]
        if shutil.which("sudo") is None or subprocess.run([*sudo, "true"], check=False).returncode:
            return False
    print("Installing {} with apt-get.".format(" and ".join(packages)), flush=True)
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    subprocess.run([*apt, "update"], stdin=subprocess.DEVNULL, check=False)
    install = [*apt, "install", "--no-install-recommends", *packages]
    return subprocess.run(install, stdin=subprocess.DEVNULL, check=False).returncode == 0
