"""Groups of messages: found, named, laid out; and what there is too little or too much of."""

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.errors import InputError
from demos.core.jobs import Canceled, Jobs, State
from demos.core.language.answers import Task
from demos.core.language.batch_answers import names
from demos.core.language.batch_results import rows_of
from demos.core.language.batch_topics import TopicMap, commonest, different_messages, topic_map
from demos.core.language.topic_words import first_different, words_of_groups
from demos.core.language.topics import Topics, sample, topics_of
from tests.core.language.messages import PATIENCE, Sorter, batch_of, csv_of, worked

GROUPS = ("parcels late", "refund wanted", "login broken")
TEXTS = [f"{group} again, number {n}" for n in range(40) for group in GROUPS]
ONES = np.ones(len(TEXTS))


def found_in(texts: list[str], weights: NDArray[np.float64]) -> Topics:
    return topics_of(texts, Sorter.vectors(texts), weights, lambda done, total, what: None)


def test_groups_are_found_and_named() -> None:
    found = found_in(TEXTS, ONES)
    assert {topic.words[0] for topic in found.topics} <= {
        *("parcels", "late", "refund", "wanted", "login", "broken")
    }
    assert len(found.topics) == 3 and found.silhouette > 0.3
    assert sum(topic.share for topic in found.topics) == pytest.approx(1)
    assert "again" not in {word for topic in found.topics for word in topic.words[:2]}
    for number, topic in enumerate(found.topics):
        inside = [TEXTS[at] for at in np.flatnonzero(found.of == number)]
        assert len(inside) == topic.size == 40 and len({text[:5] for text in inside}) == 1
        assert all(found.of[at] == number for at in topic.typical) and len(topic.typical) == 5
    assert np.abs(found.places).max() == pytest.approx(1)
    again = found_in(TEXTS, ONES)
    assert (again.of == found.of).all() and again.topics == found.topics


def test_a_message_that_comes_often_counts_as_often() -> None:
    weights = np.where([text.startswith("login") for text in TEXTS], 10.0, 1.0)
    first, *_ = found_in(TEXTS, weights).topics
    assert set(first.words[:2]) == {"login", "broken"}
    assert first.share == pytest.approx(10 / 12)


def test_messages_that_all_mean_the_same_are_one_group() -> None:
    texts = [f"copies {n}" for n in range(30)]
    vectors = np.tile(np.eye(1, 8, dtype=np.float32), (30, 1))
    found = topics_of(texts, vectors, np.ones(30), lambda *so_far: None)
    assert len(found.topics) == 1 and found.silhouette == 0 and found.topics[0].share == 1
    assert found.topics[0].words == ("copies",)


def test_messages_without_words_have_no_name() -> None:
    texts = [f"{n} 12 !" for n in range(30)]
    assert found_in(texts, np.ones(30)).topics[0].name == "(no words of its own)"


def test_too_few_and_stopping() -> None:
    with pytest.raises(InputError, match="a map takes 20"):
        found_in(TEXTS[:10], ONES[:10])

    def stop(done: int, total: int, what: str) -> None:
        raise Canceled

    with pytest.raises(Canceled):
        topics_of(TEXTS, Sorter.vectors(TEXTS), ONES, stop)


def test_a_sample_stands_for_all() -> None:
    some = np.ones(100, np.int64)
    assert sample(some, 100)[0].tolist() == list(range(100))
    some[[3, 50]] = 1000
    chosen, counts = sample(some, 20)
    assert len(set(chosen.tolist())) == 20 and (np.diff(chosen) > 0).all()
    assert {3, 50} <= set(chosen.tolist()), "what comes often is there for certain"
    assert counts.sum() == pytest.approx(some.sum()) and counts[chosen == 3] == 1000
    assert (chosen == sample(some, 20)[0]).all()


def test_words_of_groups() -> None:
    texts = ["The refund, the refund!"] * 3 + ["A parcel’s lost"] * 3 + ["x" * 40, "été 12 a"]
    of = np.array([0, 0, 0, 1, 1, 1, 2, 2])
    assert words_of_groups(texts, of, 3) == [("refund",), ("lost", "parcel"), ("été",)]
    assert first_different(["refund", "refunds", "money", "back", "late"]) == (
        *("refund", "money", "back"),
    )


@pytest.fixture
def board() -> Jobs:
    return Jobs(2)


def test_the_map_of_a_batch(board: Jobs) -> None:
    texts = [*("bonjour", " "), *(f"{text} good" for text in TEXTS), *(["parcels late bad"] * 50)]
    sorter = Sorter()
    batch = batch_of(csv_of(texts))
    assert worked(board, batch, sorter.engine()).state is State.DONE
    rows = rows_of(batch)
    first, weights = different_messages(rows)
    assert len(first) == 121 and weights.tolist()[-1] == 50 and first[0] == 2
    job = board.start(lambda job: topic_map(rows, Sorter.vectors, job))
    assert job.wait(PATIENCE) and job.state is State.DONE, job.error
    found: TopicMap = job.result
    assert found.different == 121 and found.texts[0].startswith("parcels late again")
    assert found.topics.topics[0].share == pytest.approx(90 / 170)
    label, _, _, _, outcome = names(Task.SENTIMENT)
    answers = commonest(rows, found, label, outcome)
    assert answers[0] == ("negative", pytest.approx(50 / 90))
    assert answers[1] == ("positive", 1.0)


def test_the_map_of_nothing(board: Jobs) -> None:
    batch = batch_of(csv_of(["good"]))
    job = board.start(lambda job: topic_map(rows_of(batch), Sorter.vectors, job))
    assert job.wait(PATIENCE) and "0 different messages" in str(job.error)
