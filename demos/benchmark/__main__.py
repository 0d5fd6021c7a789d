"""Measure start, speed and memory of the demos, each beside a peer, all in one run.

    python -m demos.benchmark [--only PART] [--rounds N] [--fraud-rows N] [--users N]
                            [--speech-rounds N] [--language-rounds N] [--json FILE]

Prints a table; `--json` writes it with the figures behind it. `docs/benchmark.md` explains the
rows. Ends with status 1 if ours and a peer did not do the same work; a target that is missed is
shown as such and fails nothing. Run it on a machine with nothing else to do.
"""

from demos.core.threads import available_cores, prepare_environment

prepare_environment()  # as the dashboard does, and before numpy and its threads come in

import argparse  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import platform  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from dataclasses import asdict  # noqa: E402
from importlib.metadata import PackageNotFoundError, version  # noqa: E402
from importlib.util import find_spec  # noqa: E402
from pathlib import Path  # noqa: E402

import psutil  # noqa: E402

from demos import catalog  # noqa: E402
from demos.benchmark.measure import threads  # noqa: E402
from demos.benchmark.table import Part, table  # noqa: E402
from demos.core.settings import GIB  # noqa: E402
from demos.core.spec import Bundled  # noqa: E402

PARTS = ("imaging", "fraud", "recommendations", "speech", "language")
PEERS = (("fraud", "xgboost", "XGBoost"), ("recommendations", "implicit", "implicit"))
"""Parts whose peer is a development dependency: the module, and what it is called."""
LIBRARIES = (
    *("implicit", "numpy", "onnxruntime", "pandas", "pillow", "pocketsphinx", "polars", "pyarrow"),
    *("scipy", "streamlit", "timm", "tokenizers", "torch", "transformers", "xgboost-cpu"),
)
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OMP_WAIT_POLICY",
    "GOMP_SPINCOUNT",
    "OPENBLAS_NUM_THREADS",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=PARTS, help="measure one demo")
    parser.add_argument("--rounds", type=positive, default=15, help="of a batch of images each")
    parser.add_argument("--fraud-rows", type=positive, default=1_000_000, help="of the file scored")
    parser.add_argument("--fraud-rounds", type=positive, default=3, help="of the whole file each")
    parser.add_argument("--users", type=positive, default=100_000, help="recommended to in batches")
    parser.add_argument("--user-rounds", type=positive, default=5, help="they are divided into")
    parser.add_argument("--speech-rounds", type=positive, default=5, help="of a minute each")
    parser.add_argument("--language-rounds", type=positive, default=5, help="of 256 texts each")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    arguments = parser.parse_args()
    for part, module, peer in PEERS:  # rather now than in minutes
        if arguments.only in (None, part) and find_spec(module) is None:
            parser.error(
                f"{peer} is missing, the peer of {part}: pip install -r requirements-dev.txt, or "
                "measure another part with --only."
            )

    facts = machine()
    print(*(f"{name}: {value}" for name, value in facts.items()), sep="\n", flush=True)
    parts = list(measured(arguments))
    rows = [row for part in parts for row in part.rows]
    print("", *(part.title for part in parts), sep="\n")
    print(f"\n{table(rows)}")
    if arguments.json:
        report = {
            "machine": facts,
            "rows": [asdict(row) | {"met": row.met} for row in rows],
            "measured": {part.title: dict(part.measured) for part in parts},
        }
        arguments.json.write_text(json.dumps(report, indent=1) + "\n")
    problems = [part.problem for part in parts if part.problem]
    if problems:
        print("", *problems, sep="\n", file=sys.stderr)
        return 1
    return 0


def measured(arguments: argparse.Namespace) -> Iterator[Part]:
    """The parts that were asked for. A part is imported when its turn comes."""
    if arguments.only in (None, "imaging"):
        from demos.benchmark.imaging_rows import measure_imaging

        yield measure_imaging(arguments.rounds)
    if arguments.only in (None, "fraud"):
        from demos.benchmark.fraud_rows import measure_fraud

        yield measure_fraud(arguments.fraud_rows, arguments.fraud_rounds)
    if arguments.only in (None, "recommendations"):
        from demos.benchmark.recommendations_rows import measure_recommendations

        yield measure_recommendations(arguments.users, arguments.user_rounds)
    if arguments.only in (None, "speech"):
        from demos.benchmark.speech_rows import measure_speech

        yield measure_speech(arguments.speech_rounds)
    if arguments.only in (None, "language"):
        from demos.benchmark.language_rows import measure_language

        yield measure_language(arguments.language_rounds)


def positive(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError("at least 1 is needed")
    return int(text)


def machine() -> dict[str, str]:
    """What the figures depend on. The load is the average of the minute before."""
    cpuinfo = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    names = [line.partition(": ")[2] for line in cpuinfo.splitlines() if "model name" in line]
    variables = " ".join(f"{name}={os.environ.get(name, 'unset')}" for name in THREAD_VARIABLES)
    models = [demo.models[0] for demo in catalog.DEMOS]
    return {
        "CPU": f"{names[0] if names else platform.machine()}, {available_cores()} cores",
        "memory": f"{psutil.virtual_memory().total / GIB:.1f} GiB",
        "load before": f"{os.getloadavg()[0]:.2f}",
        "threads": f"{threads()} per inference, ours and the peer's ({variables})",
        "system": platform.platform(),
        "versions": ", ".join(
            [
                f"Python {platform.python_version()}",
                *(f"{each} {installed(each)}" for each in LIBRARIES),
            ]
        ),
        "weights": ", ".join(
            f"{model.name} {model.source.sha256[:12]}"
            for model in models
            if isinstance(model.source, Bundled)
        ),
    }


def installed(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


if __name__ == "__main__":
    sys.exit(main())
