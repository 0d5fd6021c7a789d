"""Answers over windows, with a reader whose logits are known."""

from typing import Any

import pytest
from tokenizers import Tokenizer

from demos.core.errors import EmptyInput
from demos.core.language.answers import Answered, Request, Task
from demos.core.results import Outcome
from demos.language_tasks.answer_spans import Candidate, shared
from demos.language_tasks.hub_answers import answer
from demos.language_tasks.hub_reading import HubLanguage
from tests.language_tasks.scripted import scripted, words_alone

WORDS = ["when", "was", "it", "built", "in", "1889", "or", "1900", "the", "tower", "iron", "and"]


@pytest.fixture
def tokenizer() -> Tokenizer:
    return words_alone(WORDS)


def reader(
    tokenizer: Tokenizer, null: bool, none: float, reads: int = 60, **likes: float
) -> HubLanguage:
    """Likes these pieces as starts and ends; "no answer" has the logit `none` where the liked are
    not, and a low one where they are."""

    def script(ids: list[int]) -> list[list[float]]:
        pieces = [tokenizer.id_to_token(n) for n in ids]
        there = any(f"y{piece}" in likes for piece in pieces)
        rows = [[likes.get(f"y{piece}", -4.0)] * 2 for piece in pieces]
        rows[0] = [(none - 6 if there else none) / 2] * 2
        return rows

    name = "mdeberta_squad2" if null else "distilbert_squad"
    return scripted(name, tokenizer, script, ["LABEL_0", "LABEL_1"], spans=True, reads=reads)


def asked(model: HubLanguage, text: str, question: str = "when was it built?") -> Answered:
    return answer(model, Request(Task.QUESTION_ANSWERING, text, question))


def test_the_best_place_of_all_windows_wins(tokenizer: Tokenizer) -> None:
    model = reader(tokenizer, null=True, none=3.0, y1889=5.0, y1900=3.0)
    text = (
        "the tower and iron " * 20 + "it was built in 1889 " + "the iron tower " * 30 + "or 1900."
    )
    told = asked(model, text)
    assert [text[each.start : each.end] for each in told.spans[:2]] == ["1889", "1900"]
    assert told.verdict.outcome is Outcome.ANSWER
    assert told.spans[0].score > 0.9 > told.none
    assert sum(each.score for each in told.spans) + told.none == pytest.approx(1, abs=0.01)
    network: Any = model.network
    assert len(network.seen) > 3 and max(map(len, network.seen)) <= 60
    question = [tokenizer.token_to_id(word) for word in ("when", "was", "it", "built", "?")]
    assert all(row[1:6] == question for row in network.seen)


def test_no_answer_is_respected(tokenizer: Tokenizer) -> None:
    model = reader(tokenizer, null=True, none=9.0, y1889=2.0)
    told = asked(model, "the tower was built in 1889")
    assert told.verdict.outcome is Outcome.ANSWER or told.none < told.spans[0].score
    nothing = asked(model, "the iron tower and the tower")
    assert nothing.verdict.outcome is Outcome.REFUSED
    assert nothing.none > 0.99 and nothing.spans  # the candidates are kept


def test_one_window_with_an_answer_outdoes_many_without(tokenizer: Tokenizer) -> None:
    """Each of the others is sure that there is none in it."""
    model = reader(tokenizer, null=True, none=8.0, y1889=4.0)
    text = "the tower and iron " * 60 + "1889"
    told = asked(model, text)
    assert told.verdict.outcome is Outcome.ANSWER
    assert text[told.spans[0].start : told.spans[0].end] == "1889"


def test_a_reader_that_always_answers_has_no_score_of_none(tokenizer: Tokenizer) -> None:
    model = reader(tokenizer, null=False, none=90.0, y1889=2.0)
    told = asked(model, "the iron tower")
    assert told.none == 0.0 and told.spans
    assert told.verdict.outcome is Outcome.UNSURE
    assert asked(model, "it was 1889").verdict.outcome is Outcome.ANSWER


def test_an_answer_found_in_two_windows_is_one(tokenizer: Tokenizer) -> None:
    model = reader(tokenizer, null=True, none=0.0, reads=40, y1889=5.0)
    text = "the tower " * 14 + "1889 " + "the tower " * 14
    told = asked(model, text)
    network: Any = model.network
    twice = [row for row in network.seen if tokenizer.token_to_id("1889") in row]
    assert len(twice) > 1
    assert [text[each.start : each.end] for each in told.spans].count("1889") == 1


def test_places_that_overlap_are_one_answer() -> None:
    found = [Candidate(10, 14, 3.0), Candidate(7, 14, 2.0), Candidate(30, 34, 2.5)]
    spans, none = shared(found, 0.0)
    assert [(each.start, each.end) for each in spans] == [(10, 14), (30, 34)]
    assert none + sum(each.score for each in spans) == pytest.approx(1)
    assert spans[0].score / spans[1].score == pytest.approx(
        (2.718281828**3 + 2.718281828**2) / 2.718281828**2.5
    )


def test_what_has_next_to_no_share_is_no_candidate() -> None:
    spans, _ = shared([Candidate(10, 14, 9.0), Candidate(30, 34, 4.0), Candidate(50, 54, 1.0)], 0.0)
    assert [(each.start, each.end) for each in spans] == [(10, 14), (30, 34)]
    alone, _ = shared([Candidate(50, 54, -9.0)], 0.0)
    assert len(alone) == 1, "the first stays, however unlikely"


def test_an_answer_is_not_longer_than_allowed(tokenizer: Tokenizer) -> None:
    model = reader(tokenizer, null=True, none=-9.0, reads=120, y1889=5.0, y1900=4.0)
    text = "1889 " + "the tower " * 20 + "1900"
    words = [text[each.start : each.end].count(" ") for each in asked(model, text).spans]
    assert max(words) < 30


def test_nothing_to_read_and_nothing_asked(tokenizer: Tokenizer) -> None:
    model = reader(tokenizer, null=True, none=1.0)
    assert asked(model, " ").verdict.outcome is Outcome.REFUSED
    with pytest.raises(EmptyInput, match="There is no question"):
        asked(model, "the tower", "  ")
    assert asked(model, "the tower 1889", "when " * 500).provenance.thresholds == (("sure", 0.5),)


@pytest.mark.parametrize("text", ["\U0001f600 in 1889\u0301 \x00", "<script>1889</script>"])
def test_places_are_right_whatever_stands_before(tokenizer: Tokenizer, text: str) -> None:
    model = reader(tokenizer, null=True, none=-9.0, y1889=5.0)
    first = asked(model, text).spans[0]
    assert "1889" in text[first.start : first.end]
