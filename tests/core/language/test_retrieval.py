"""Retrieval: the passage that answers is among the first three, by meaning and by words."""

from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, distribution

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.devices import CPU
from demos.core.language import retrieval
from demos.core.language.retrieval import CHUNK, Index, Vectors, index, search, terms, words_of
from demos.core.sentence_encoder import SOURCE, load
from tests.core.language.handbook import QUESTIONS, document, handbook, hashed


def installed() -> bool:
    try:
        distribution(SOURCE.distribution)
    except PackageNotFoundError:
        return False
    return True


needs_weights = pytest.mark.skipif(not installed(), reason=f"{SOURCE.distribution} is missing")


@pytest.fixture(scope="module")
def vectors() -> Iterator[Vectors]:
    yield load(CPU).encode


@pytest.fixture(scope="module")
def indexed(vectors: Vectors) -> Index:
    return index([handbook()], vectors, {})


@needs_weights
def test_the_passage_that_answers_is_among_the_first_three(
    indexed: Index, vectors: Vectors
) -> None:
    hits = [
        any(words in each.passage.text for each in search(indexed, question, vectors, 3))
        for question, words in QUESTIONS
    ]
    assert sum(hits) >= 19, [q for (q, _), hit in zip(QUESTIONS, hits, strict=True) if not hit]


@needs_weights
def test_what_has_nothing_to_do_with_it_is_far(indexed: Index, vectors: Vectors) -> None:
    near = search(indexed, "How long is the warranty on lamps?", vectors, 1)[0]
    far = search(indexed, "Which planets have rings of ice?", vectors, 1)[0]
    assert near.cosine > 0.4
    assert far.cosine < 0.2


def test_names_and_numbers_are_found_by_their_words() -> None:
    def blind(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.full((len(texts), 384), 384**-0.5, np.float32)

    found = index([handbook()], blind, {})
    for asked, words in [("Okoro", "Adaeze Okoro"), ("39 euros", "39 euros")]:
        assert words in search(found, asked, blind, 1)[0].passage.text


def test_words_count_more_where_they_are_rare_and_the_passage_is_short() -> None:
    texts = ["red apple", "red pear", "red plum and a very long tail of other fruit", "plum"]
    found = index([document(each, f"{n}.txt") for n, each in enumerate(texts)], hashed, {})
    scores = found.words.scores("red plums?")
    assert scores.argmax() == 3
    assert scores[2] > scores[0] == scores[1] > 0
    assert not found.words.scores("what is it").any()
    assert not found.words.scores("").any()


def test_plurals_and_capitals_do_not_matter() -> None:
    assert terms("The Returns, a RETURN; glass bus") == ["return", "return", "glass", "bus"]
    assert terms("<b>\x00\ud83d</b>") == ["b", "b"]


def test_what_was_read_before_is_not_read_again() -> None:
    asked: list[int] = []

    def counting(texts: Sequence[str]) -> NDArray[np.float32]:
        asked.append(len(texts))
        return hashed(texts)

    known: dict[tuple[str, int, int], NDArray[np.float32]] = {}
    reports: list[tuple[int, int]] = []
    long = document(" ".join(f"Sentence {n} says a few words more." for n in range(1_000)))
    first = index([long], counting, known, lambda done, total: reports.append((done, total)))
    assert max(asked) == CHUNK
    assert reports[0] == (0, len(first.passages)) and reports[1][0] == CHUNK
    asked.clear()
    both = index([long, handbook()], counting, known)
    assert sum(asked) == len(both.passages) - len(first.passages)
    assert np.array_equal(both.vectors[: len(first.passages)], first.vectors)


def test_an_interrupted_reading_goes_on() -> None:
    known: dict[tuple[str, int, int], NDArray[np.float32]] = {}
    long = document(" ".join(f"Sentence {n} says a few words more." for n in range(1_000)))

    def stop(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index([long], hashed, known, stop)
    assert len(known) == CHUNK


def test_nothing_is_found_in_nothing() -> None:
    empty = index([], hashed, {})
    assert search(empty, "anything", hashed, 3) == ()
    assert words_of([]).scores("anything").size == 0
    assert retrieval.ranks(np.array([0.2, 0.9], np.float32)).tolist() == [2, 1]
