"""Measure start, speed and memory, beside the same weights in torch eager, all in one run.

    python -m demos.benchmark [--rounds N] [--json FILE]

Prints a table; `--json` writes it with the figures behind it. `docs/benchmark.md` explains the
rows. Ends with status 1 if ours and the peer disagree on a prediction; a target that is missed is
shown as such and fails nothing. Run it on a machine with nothing else to do.
"""

from demos.core.threads import available_cores, prepare_environment

prepare_environment()  # as the dashboard does, and before numpy and its threads come in

import argparse  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import platform  # noqa: E402
import sys  # noqa: E402
from dataclasses import asdict  # noqa: E402
from importlib.metadata import version  # noqa: E402
from pathlib import Path  # noqa: E402

import psutil  # noqa: E402

from demos import catalog  # noqa: E402
from demos.benchmark import DEMO, SPEC  # noqa: E402
from demos.benchmark.contest import (  # noqa: E402
    BATCH,
    drawn_files,
    max_difference,
    new_image_seconds,
    play,
    prepare_contest,
    threads,
)
from demos.benchmark.starts import STARTS, measure_starts  # noqa: E402
from demos.benchmark.table import disagreement, summarize, table  # noqa: E402
from demos.core.samples import samples  # noqa: E402
from demos.core.settings import GIB, read_settings  # noqa: E402
from demos.core.spec import Bundled  # noqa: E402
from demos.core.store import ModelStore  # noqa: E402

DRAWN = 160
SEED = 0
LIBRARIES = ("numpy", "onnxruntime", "pillow", "streamlit", "timm", "torch")
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OMP_WAIT_POLICY",
    "GOMP_SPINCOUNT",
    "OPENBLAS_NUM_THREADS",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=positive, default=15, help=f"of {BATCH} images each")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    arguments = parser.parse_args()

    facts = machine()
    print(*(f"{name}: {value}" for name, value in facts.items()), sep="\n", flush=True)
    starts = measure_starts()
    files = [*drawn_files(DRAWN, SEED), *(each.read() for each in samples(DEMO.slug, SPEC.name))]
    store = ModelStore.from_settings(catalog.load, read_settings())
    new_images = {
        spec.title: new_image_seconds(store, spec, files)
        for spec in DEMO.models
        if isinstance(spec.source, Bundled)
    }
    contest = prepare_contest(store, files)
    difference = max_difference(contest)  # and with that, both have warmed up
    rounds = play(contest, arguments.rounds)

    rows = summarize(starts, new_images, rounds, difference)
    print(f"\n{len(files)} images, {arguments.rounds} rounds, {STARTS} starts of each kind\n")
    print(table(rows))
    if arguments.json:
        report = {
            "machine": facts,
            "rows": [asdict(row) | {"met": row.met} for row in rows],
            "measured": {"starts": starts, "new_image": new_images, "rounds": rounds},
        }
        arguments.json.write_text(json.dumps(report, indent=1) + "\n")
    problem = disagreement(difference)
    if problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    return 0


def positive(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError("at least 1 is needed")
    return int(text)


def machine() -> dict[str, str]:
    """What the figures depend on. The load is the average of the minute before."""
    cpuinfo = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    names = [line.partition(": ")[2] for line in cpuinfo.splitlines() if "model name" in line]
    variables = " ".join(f"{name}={os.environ.get(name, 'unset')}" for name in THREAD_VARIABLES)
    weights = SPEC.source.sha256 if isinstance(SPEC.source, Bundled) else SPEC.source.revision
    return {
        "CPU": f"{names[0] if names else platform.machine()}, {available_cores()} cores",
        "memory": f"{psutil.virtual_memory().total / GIB:.1f} GiB",
        "load before": f"{os.getloadavg()[0]:.2f}",
        "threads": f"{threads()} per inference, ours and the peer's ({variables})",
        "system": platform.platform(),
        "versions": ", ".join(
            [
                f"Python {platform.python_version()}",
                *(f"{each} {version(each)}" for each in LIBRARIES),
            ]
        ),
        "weights": f"{SPEC.name} {weights[:12]}",
    }


if __name__ == "__main__":
    sys.exit(main())
