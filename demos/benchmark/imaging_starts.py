"""From the start of a process to its first prediction, every one in processes of its own."""

import json
import subprocess
import sys
import time
from typing import Any

from demos import catalog
from demos.benchmark.imaging import DEMO, KIND, SPEC
from demos.benchmark.measure import Series
from demos.core.devices import process_memory
from demos.core.media import decode_image
from demos.core.samples import samples
from demos.core.settings import read_settings
from demos.core.spec import PACKAGE
from demos.core.store import ModelStore
from demos.healthcare_imaging import classifier
from demos.healthcare_imaging.verdict import own_floor, verdict

ROOT = PACKAGE.parent
STARTS = 3


def measure_starts() -> Series:
    """`STARTS` times in turn: plain Python, a server left alone, one with an early visitor."""
    series: Series = {}
    for _ in range(STARTS):
        python, alone, visited = python_start(), server_start(), server_start(DEMO.slug)
        headline = python.pop("headline")
        if headline not in visited.pop("texts"):
            raise RuntimeError(f"The page ran, but did not show the answer {headline!r}.")
        for name, value in (python | alone | visited).items():
            series.setdefault(name, []).append(value)
    return series


def server_start(*page: str) -> dict[str, Any]:
    """What `scripts/visit.py` measured: it speaks Streamlit's protocol, which `demos` does not."""
    command = [sys.executable, "scripts/visit.py", *page]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def python_start() -> dict[str, Any]:
    """Seconds from the start of a Python process to its first prediction, and its memory."""
    program = "from demos.benchmark.imaging_starts import first_prediction; first_prediction()"
    command = [sys.executable, "-c", program]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        predicted = process.stdout.readline()
        seconds = time.perf_counter() - began
        details = process.stdout.read()
    if process.returncode:
        raise RuntimeError("The process that was to make a first prediction failed, as said above.")
    assert predicted == b"predicted\n"
    return {"python_seconds": seconds, **json.loads(details)}


def first_prediction() -> None:
    """What `python_start` runs: say when the first sample is classified, then the details."""
    store = ModelStore.from_settings(catalog.load, read_settings())
    sample = samples(DEMO.slug, SPEC.name)[0]
    image = decode_image(sample.read(), sample.path.name, read_settings())
    result = store.run(SPEC, lambda model: classifier.predict(model, image))
    print("predicted", flush=True)
    headline = verdict(result, KIND, own_floor(result), {}).headline
    print(json.dumps({"headline": headline, "python_bytes": process_memory()}))
