"""Set up what is missing, Chromium and espeak-ng included, then run all tests.

    python3 scripts/test.py [options of pytest]

Where Chromium is missing and cannot be installed, the browser tests are left out and the last
line says so; with `CI=true` that is a failure instead.
"""

import os
import shutil
import subprocess
import sys

from environment import ROOT, install_debian, prepare, require_python

MISSING = (
    "Chromium is missing and could not be installed here. On Debian: sudo apt-get install chromium"
)
PROCESSES = 2
"""Tests that run at a time: what most machines have cores for, and memory."""


def main() -> None:
    require_python()
    from dashboard import find_chromium  # needs the Python just required

    browser = find_chromium() is not None or install_debian("chromium", "fonts-liberation")
    if not browser and os.environ.get("CI") == "true":
        sys.exit(MISSING)
    if shutil.which("espeak-ng") is None:
        install_debian("espeak-ng")  # without it, only the tests of synthesized speech are left out
    python = prepare(ROOT / "requirements-dev.txt")
    selection = [] if browser else ["-m", "not browser"]
    pytest = [str(python), "-m", "pytest", f"-n{PROCESSES}", *selection, *sys.argv[1:]]
    failed = subprocess.run(pytest, cwd=ROOT, check=False).returncode
    if not browser:
        print(f"\nATTENTION: THE BROWSER TESTS WERE NOT RUN. {MISSING}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
