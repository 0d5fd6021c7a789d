"""A file of transactions to scores, by stage, and what memory that takes."""

import json
import subprocess
import sys
from pathlib import Path

from demos import catalog
from demos.benchmark.fraud import SPEC
from demos.benchmark.measure import Stopwatch, peak_memory
from demos.core.devices import process_memory
from demos.core.settings import read_settings
from demos.core.spec import PACKAGE
from demos.core.store import ModelStore
from demos.core.tables import preview, read
from demos.fraud_scoring.columns import COLUMNS
from demos.fraud_scoring.inference import predict
from demos.fraud_scoring.scored import Scored

STAGES = ("read", "features", "network", "drift")


def score(store: ModelStore, path: Path) -> tuple[dict[str, float], Scored]:
    """Seconds per stage, and the result: what an upload goes through, from its bytes on.

    `read` is to tell the file's layout, read, check and sort it.
    """
    watch = Stopwatch.started("read")
    settings, data = read_settings(), path.read_bytes()
    seen = preview(data, path.name, COLUMNS, settings)
    table = read(data, path.name, COLUMNS, seen.layout, seen.mapping, settings)
    scored = store.run(
        SPEC,
        lambda model: predict(model, table, lambda done, total, stage: watch.enter(stage)),
    )
    return dict(zip(STAGES, watch.seconds().values(), strict=True)), scored


def memory(path: Path) -> dict[str, int]:
    """Bytes that a new process occupies before and at the peak of scoring a file."""
    program = "from demos.benchmark.fraud_ours import report_memory; report_memory()"
    command = [sys.executable, "-c", program, str(path)]
    done = subprocess.run(command, cwd=PACKAGE.parent, stdout=subprocess.PIPE, check=True)
    found: dict[str, int] = json.loads(done.stdout)
    return found


def report_memory() -> None:
    """What `memory` runs: everything is imported, and the model loaded, before the file is."""
    store = ModelStore.from_settings(catalog.load, read_settings())
    store.run(SPEC, lambda model: model.log_odds(model.baseline[None]))
    before = process_memory()
    score(store, Path(sys.argv[1]))
    print(json.dumps({"before": before, "peak": peak_memory()}))
