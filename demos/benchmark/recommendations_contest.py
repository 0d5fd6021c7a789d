"""How fast histories become lists of ten, by us and by the peers: one by one, and many at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from demos.benchmark.measure import Series, seconds_of
from demos.benchmark.recommendations import LENGTHS, as_file, drawn_histories
from demos.benchmark.recommendations_peers import (
    COUNT,
    BruteForce,
    als_recommend,
    rows_of,
    trained_als,
)
from demos.core.recommend.batch import recommend
from demos.core.recommend.histories import Histories
from demos.core.recommend.steering import Steering, steer
from demos.core.spec import ModelSpec
from demos.core.store import ModelStore
from demos.recommendations.inference import predict

TAUGHT = 5_000
"""Histories that ALS is trained on, of another seed."""
REQUESTS = 300
WARM_UP = 20
OURS, ALS, NUMPY = "ours", "ALS", "numpy"

Lists = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of each contestant: `requests` one history each, `rounds` of `users` at once.

    `faults`: lists that are not ten different new items, or that differ from those of the same
    histories one by one (ours).
    """

    title: str
    users: int
    requests: Series
    rounds: Series
    faults: int


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """Ours through the store, as the page asks; the peers are given their matrices ready-made."""

    store: ModelStore
    spec: ModelSpec
    als: Any
    brute_force: BruteForce

    @property
    def one_by_one(self) -> dict[str, Callable[[Sequence[int], csr_matrix], Lists]]:
        return {
            OURS: lambda history, row: self.ours(history),
            ALS: lambda history, row: als_recommend(self.als, row),
            NUMPY: lambda history, row: self.brute_force.recommend(row),
        }

    def ours(self, history: Sequence[int]) -> Lists:
        """Network, blend and ranking of one history."""

        def work(model: Any) -> list[int]:
            return steer(model.catalog, predict(model, history).scores, history, Steering())

        return np.array(self.store.run(self.spec, work))

    def ours_at_once(self, read: Histories) -> Lists:
        """As the page does with a file that it has read."""

        def work(model: Any) -> Lists:
            return recommend(model.catalog, read, model.scores, Steering()).items

        return self.store.run(self.spec, work)


def prepared(store: ModelStore, spec: ModelSpec) -> Contest:
    """The contestants on one catalog; ALS is trained here."""

    def work(model: Any) -> tuple[Any, BruteForce]:
        taught = drawn_histories(model.catalog, LENGTHS[spec.name], TAUGHT, seed=1)
        als = trained_als(rows_of(taught, model.catalog.size))
        return als, BruteForce(model.catalog.vectors)

    return Contest(store, spec, *store.run(spec, work))


def measure(contest: Contest, users: int, rounds: int, requests: int = REQUESTS) -> Measured:
    """Requests in turn, then `rounds` of `users` each; every round has users of its own."""
    spec = contest.spec
    catalog = contest.store.run(spec, lambda model: model.catalog)
    drawn = drawn_histories(catalog, LENGTHS[spec.name], requests + WARM_UP, seed=2)
    singles: Series = {name: [] for name in contest.one_by_one}
    for place, history in enumerate(drawn):
        row = rows_of([history], catalog.size)
        for name, answer in contest.one_by_one.items():
            seconds = seconds_of(partial(answer, history, row))
            if place >= WARM_UP:
                singles[name].append(seconds)
    batches: Series = {name: [] for name in singles}
    faults = 0
    for number in range(rounds):
        histories = drawn_histories(catalog, LENGTHS[spec.name], users, seed=3 + number)
        rows = rows_of(histories, catalog.size)
        parts: dict[str, Callable[[], Lists]] = {
            OURS: partial(contest.ours_at_once, as_file(catalog, histories)),
            ALS: partial(als_recommend, contest.als, rows),
            NUMPY: partial(contest.brute_force.recommend, rows),
        }
        for name, part in parts.items():
            lists: list[Lists] = []
            batches[name].append(seconds_of(lambda part=part, lists=lists: lists.append(part())))  # type: ignore[misc]
            faults += faulty(lists[0], histories)
            if name == OURS:
                checked = range(0, users, max(1, users // 20))
                faults += sum(
                    sorted(lists[0][k]) != sorted(contest.ours(histories[k])) for k in checked
                )
    return Measured(spec.title, users, singles, batches, faults)


def faulty(lists: Lists, histories: Sequence[Sequence[int]]) -> int:
    """How many lists are not ten different items that are new to their history."""
    return sum(
        len(set(row) - {0} - set(history)) != COUNT
        for row, history in zip(lists.tolist(), histories, strict=True)
    )
