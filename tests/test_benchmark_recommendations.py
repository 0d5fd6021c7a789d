"""The recommendations' part of the benchmark: its protocol and arithmetic, never its times."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.benchmark import recommendations
from demos.benchmark.table import table
from tests.core.recommend import tiny

pytest.importorskip("implicit")

from demos.benchmark import recommendations_contest as contests
from demos.benchmark import recommendations_peers as peers
from demos.benchmark import recommendations_rows as rows

CATALOG = tiny.catalog()
LENGTH = recommendations.Length(3, 5, 8)
SPEC = SimpleNamespace(name="tiny", title="Films")


class Store:
    """Lends one model, without loading or counting."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def run(self, spec: object, work: Callable[[Any], Any]) -> Any:
        return work(self.model)


def model() -> SimpleNamespace:
    def scores(histories: Sequence[Sequence[int]], method: str = "blend") -> NDArray[np.float32]:
        return np.stack([tiny.ranking(each).scores for each in histories])

    return SimpleNamespace(
        catalog=CATALOG,
        scores=scores,
        floor=0.0,
        name="tiny",
        length=100,
        weights_sha256="0" * 64,
        engine="numpy",
        device="cpu",
    )


@pytest.fixture
def contest(monkeypatch: pytest.MonkeyPatch) -> contests.Contest:
    monkeypatch.setitem(recommendations.LENGTHS, "tiny", LENGTH)
    monkeypatch.setattr(contests, "TAUGHT", 50)
    monkeypatch.setattr(peers, "FACTORS", 8)
    monkeypatch.setattr(peers, "threads", lambda: 1)
    return contests.prepared(Store(model()), SPEC)  # type: ignore[arg-type]


def test_histories_are_as_long_as_the_catalogs_and_prefer_what_is_popular() -> None:
    drawn = recommendations.drawn_histories(CATALOG, recommendations.Length(4, 6, 9), 4_000)
    lengths = [len(each) for each in drawn]
    assert min(lengths) >= 1 and np.quantile(lengths, 0.5) == pytest.approx(6, abs=1)
    assert all(len(set(each)) == len(each) for each in drawn)
    often = np.bincount([item for each in drawn for item in each], minlength=41)
    assert often[0] == 0 and often[1] > often[15] > often[39] > 0
    assert drawn == recommendations.drawn_histories(CATALOG, recommendations.Length(4, 6, 9), 4_000)


def test_the_middle_half_of_the_lengths_is_between_the_quartiles() -> None:
    movies = recommendations.LENGTHS["movies"]
    lengths = np.exp(np.random.default_rng(0).normal(np.log(movies.middle), movies.spread, 50_000))
    low, high = np.quantile(lengths, (0.25, 0.75))
    assert high / low == pytest.approx(movies.high / movies.low, rel=0.05)


def test_as_a_file_each_customer_has_their_history() -> None:
    found = recommendations.as_file(CATALOG, [[3, 1], [], [7]])
    assert [found.of(k).tolist() for k in range(len(found))] == [[3, 1], [], [7]]
    assert found.lengths.tolist() == [2, 0, 1]


def test_brute_force_ranks_what_is_new_by_the_product_of_vectors() -> None:
    brute = peers.BruteForce(CATALOG.vectors)
    histories = [[1, 2], [30]]
    found = brute.recommend(peers.rows_of(histories, CATALOG.size))
    for items, history in zip(found, histories, strict=True):
        scores = CATALOG.vectors @ CATALOG.vectors[history].sum(axis=0)
        scores[[0, *history]] = -np.inf
        assert items.tolist() == np.argsort(-scores)[:10].tolist()


def test_everybody_answers_every_request_and_every_round(contest: contests.Contest) -> None:
    found = contests.measure(contest, users=30, rounds=2, requests=4)
    assert found.faults == 0
    assert {name: len(each) for name, each in found.requests.items()} == dict.fromkeys(
        (contests.OURS, contests.ALS, contests.NUMPY), 4
    )
    assert {name: len(each) for name, each in found.rounds.items()} == dict.fromkeys(
        (contests.OURS, contests.ALS, contests.NUMPY), 2
    )
    table(list(rows.summarize(found)))


def test_als_recommends_ten_new_items_to_people_it_never_saw(contest: contests.Contest) -> None:
    histories = [[1, 2, 3], [40]]
    found = peers.als_recommend(contest.als, peers.rows_of(histories, CATALOG.size))
    assert contests.faulty(found, histories) == 0


def test_a_list_that_is_short_repeats_or_is_old_is_a_fault() -> None:
    good = list(range(1, 11))
    lists = np.array([good, [*good[:9], 0], [*good[:9], 1], good])
    assert contests.faulty(lists, [[11], [11], [11], [5]]) == 3
    with pytest.raises(ValueError):
        contests.faulty(lists, [[11]])


def test_a_batch_that_differs_from_single_requests_is_a_fault(
    contest: contests.Contest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        contests.Contest,
        "ours_at_once",
        lambda self, read: peers.BruteForce(-CATALOG.vectors).recommend(
            peers.rows_of([read.of(k).tolist() for k in range(len(read))], CATALOG.size)
        ),
    )
    found = contests.measure(contest, users=30, rounds=1, requests=1)
    assert found.faults > 10
    problem = rows.fault([found])
    assert problem is not None and "FAILED" in problem


FOUND = contests.Measured(
    title="Films",
    users=1_000,
    requests={"ours": [0.004, 0.006, 0.005], "ALS": [0.002] * 3, "numpy": [0.001] * 3},
    rounds={"ours": [0.4, 0.6], "ALS": [0.8, 0.6], "numpy": [0.2, 0.2]},
    faults=0,
)


def test_the_rows_are_told_beside_their_targets() -> None:
    found = {row.name: row for row in rows.summarize(FOUND)}
    request = found["Films: request, p50"]
    assert (request.value, request.target, request.met) == (pytest.approx(5), 5, True)
    assert found["Films: request, implicit's ALS, p95"].value == pytest.approx(2)
    assert found["Films: one by one"].value == pytest.approx(200)
    assert found["Films: request, ours / implicit's ALS"].value == pytest.approx(2.5)
    batch = found["Films: batch"]
    assert batch.value == pytest.approx((2_500 + 1_000 / 0.6) / 2)
    assert (batch.target, batch.least, batch.met) == (2_000, True, True)
    assert found["Films: users/s, ours / implicit's ALS"].value == pytest.approx(1.5)
    assert found["Films: users/s, ours / brute-force numpy"].value == pytest.approx(
        (0.5 + 0.2 / 0.6) / 2
    )
    assert rows.fault([FOUND]) is None
