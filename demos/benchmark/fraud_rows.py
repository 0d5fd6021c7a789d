"""From the fraud demo's measurements to the rows people read, beside their targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sklearn.metrics import average_precision_score

from demos import catalog
from demos.benchmark import fraud_ours as ours
from demos.benchmark import fraud_peer as peer
from demos.benchmark.fraud import DAYS, DEMO, MEASURED, SPEC, TAUGHT, write_month
from demos.benchmark.measure import Series
from demos.benchmark.table import Part, Row, median_row, ratios
from demos.core.samples import samples
from demos.core.settings import MIB, read_settings
from demos.core.store import ModelStore

SAMPLE_ROUNDS = 5
MILLION = 1_000_000
SECONDS_PER_MILLION = 30.0
PEAK_MIB = 2048
THROUGHPUT = 3.0
"""Times the peer's."""


@dataclass(frozen=True, slots=True)
class Found:
    """How well a file was told apart: its rows, its frauds, and the average precision."""

    rows: int
    frauds: int
    average_precision: float


def measure_fraud(rows: int, rounds: int) -> Part:
    """Score a file of so many rows `rounds` times, and have the peer do so, in turn."""
    with TemporaryDirectory() as folder:
        month, other = Path(folder, "month.csv"), Path(folder, "other.csv")
        write_month(month, rows, MEASURED)
        write_month(other, rows, TAUGHT)
        model = peer.trained(other)  # and with that, the peer has warmed up
        sizes = ours.memory(month)
        store = ModelStore.from_settings(catalog.load, read_settings())
        sample = samples(DEMO.slug, SPEC.name)[0]
        ours.score(store, sample.path)
        sample_seconds = [
            sum(ours.score(store, sample.path)[0].values()) for _ in range(SAMPLE_ROUNDS)
        ]
        our_seconds: list[dict[str, float]] = []
        peer_seconds: list[dict[str, float]] = []
        for _ in range(rounds):
            seconds, scored = ours.score(store, month)
            our_seconds.append(seconds)
            seconds, fraud, score = peer.score(model, month)
            peer_seconds.append(seconds)
    truth = scored.transactions["fraud"].to_numpy() == 1
    our_found = Found(
        len(truth),
        int(truth.sum()),
        float(average_precision_score(truth, scored.transactions["score"].to_numpy())),
    )
    peer_found = Found(len(fraud), int(fraud.sum()), float(average_precision_score(fraud, score)))
    our_stages, peer_stages = by_stage(our_seconds), by_stage(peer_seconds)
    return Part(
        title=f"{DEMO.title}: a CSV file of {rows:,} rows, {DAYS} days, {our_found.frauds:,} "
        f"frauds; {rounds} rounds",
        rows=summarize(rows, our_stages, peer_stages, our_found, peer_found, sizes, sample_seconds),
        measured={
            "rows": rows,
            "ours": our_stages,
            "peer": peer_stages,
            "average_precision": {
                "ours": our_found.average_precision,
                "peer": peer_found.average_precision,
            },
            "memory": sizes,
            "sample": sample_seconds,
        },
        problem=mismatch(our_found, peer_found),
    )


def by_stage(rounds: Sequence[Mapping[str, float]]) -> Series:
    """Seconds of every round under each stage's name, and in all."""
    series = {stage: [each[stage] for each in rounds] for stage in rounds[0]}
    return series | {"all": [sum(each.values()) for each in rounds]}


def summarize(
    rows: int,
    our_seconds: Series,
    peer_seconds: Series,
    our_found: Found,
    peer_found: Found,
    sizes: Mapping[str, int],
    sample_seconds: Sequence[float],
) -> list[Row]:
    """The table's rows, from what `measure_fraud` measured on a file of `rows` rows."""

    def speed(name: str, seconds: Sequence[float]) -> Row:
        return median_row(name, [rows / each / 1000 for each in seconds], "k rows/s")

    in_all, drift = our_seconds["all"], our_seconds["drift"]
    to_scores = [each - more for each, more in zip(in_all, drift, strict=True)]
    per_million = [each / rows * MILLION for each in in_all]
    return [
        *(speed(f"Fraud, {stage}", our_seconds[stage]) for stage in ours.STAGES),
        speed("Fraud, file to scores", to_scores),
        speed("Fraud, with the drift check", in_all),
        *(speed(f"Peer, {stage}", peer_seconds[stage]) for stage in peer.STAGES),
        speed("Peer, file to scores", peer_seconds["all"]),
        median_row(
            "File to scores, ours / the peer's",
            ratios(peer_seconds["all"], to_scores),
            "x",
            THROUGHPUT,
            least=True,
        ),
        Row(
            "Average precision",
            our_found.average_precision,
            "",
            target=peer_found.average_precision,
            least=True,
        ),
        Row("Average precision of the peer", peer_found.average_precision, ""),
        median_row("A million rows, with the drift check", per_million, "s", SECONDS_PER_MILLION),
        Row("Peak memory of the process", sizes["peak"] / MIB, "MiB", target=PEAK_MIB),
        Row(
            "Memory per million rows",
            (sizes["peak"] - sizes["before"]) / MIB / rows * MILLION,
            "MiB",
        ),
        median_row("Sample month, with the drift check", list(sample_seconds), "s"),
    ]


def mismatch(our_found: Found, peer_found: Found) -> str | None:
    """What to say when the two were not measured on the same rows."""
    if (our_found.rows, our_found.frauds) == (peer_found.rows, peer_found.frauds):
        return None
    return (
        f"FAILED: ours scored {our_found.rows:,} rows with {our_found.frauds:,} frauds, the peer "
        f"{peer_found.rows:,} with {peer_found.frauds:,}, so the times above do not compare like "
        "with like."
    )
