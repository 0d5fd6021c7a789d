"""From the recommendations' measurements to the rows people read, beside their targets."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from demos import catalog
from demos.benchmark.recommendations import SLUG
from demos.benchmark.recommendations_contest import (
    ALS,
    NUMPY,
    OURS,
    REQUESTS,
    Measured,
    measure,
    prepared,
)
from demos.benchmark.table import Part, Row, median_row, quantile, ratios
from demos.core.settings import read_settings
from demos.core.store import ModelStore

REQUEST_MS = 5.0
USERS_PER_SECOND = 2_000.0
PEERS = {ALS: "implicit's ALS", NUMPY: "brute-force numpy"}


def measure_recommendations(users: int, rounds: int) -> Part:
    """Every catalog: requests one by one, and `users` in `rounds` equal parts."""
    demo = catalog.demo(SLUG)
    store = ModelStore.from_settings(catalog.load, read_settings())
    found = [
        measure(prepared(store, spec), max(1, users // rounds), rounds) for spec in demo.models
    ]
    return Part(
        title=f"{demo.title}: {len(found)} catalogs, {REQUESTS} requests and {rounds} rounds of "
        f"{max(1, users // rounds):,} users each",
        rows=[row for each in found for row in summarize(each)],
        measured={each.title: asdict(each) for each in found},
        problem=fault(found),
    )


def summarize(found: Measured) -> Iterator[Row]:
    """The rows of one catalog."""
    title, requests, rounds = found.title, found.requests, found.rounds
    for percentile, q, target in ((50, 0.5, REQUEST_MS), (95, 0.95, None)):
        value = 1000 * quantile(requests[OURS], q)
        yield Row(f"{title}: request, p{percentile}", value, "ms", target=target)
    for name, told in PEERS.items():
        for percentile, q in ((50, 0.5), (95, 0.95)):
            value = 1000 * quantile(requests[name], q)
            yield Row(f"{title}: request, {told}, p{percentile}", value, "ms")
    per_second = len(requests[OURS]) / sum(requests[OURS])
    yield Row(f"{title}: one by one", per_second, "requests/s")
    for name, told in PEERS.items():
        pairs = ratios(requests[OURS], requests[name])
        yield Row(f"{title}: request, ours / {told}", quantile(pairs, 0.5), "x")
    for name, told in (
        (OURS, "batch"),
        *((name, f"batch, {told}") for name, told in PEERS.items()),
    ):
        target, least = (USERS_PER_SECOND, True) if name == OURS else (None, False)
        speed = [found.users / each for each in rounds[name]]
        yield median_row(f"{title}: {told}", speed, "users/s", target, least)
    for name, told in PEERS.items():
        faster = ratios(rounds[name], rounds[OURS])
        yield median_row(f"{title}: users/s, ours / {told}", faster, "x")


def fault(found: Sequence[Measured]) -> str | None:
    """What to say when somebody did not do the work."""
    bad = [each for each in found if each.faults]
    if not bad:
        return None
    told = ", ".join(f"{each.faults:,} of {each.title}" for each in bad)
    return (
        f"FAILED: lists are not ten different new items each, or differ between one request and a "
        f"batch ({told}), so the times above do not compare like with like."
    )
