"""The assistant quotes what the reader finds, says "not found" otherwise, and claims no more."""

import pytest

from demos.core.errors import ModelError
from demos.core.language.answers import Answered, Request
from demos.core.language.assistant import (
    LONGEST_QUESTION,
    NOT_FOUND,
    OFFERED,
    READ,
    SURE,
    Told,
    ask,
)
from demos.core.language.dialogue import HELLO
from demos.core.language.retrieval import Index, index
from demos.core.results import Outcome
from tests.core.language.handbook import Scripted, document, handbook, hashed
from tests.core.language.test_passages import HOSTILE

DAMAGE = "When must damage be reported?"


@pytest.fixture(scope="module")
def indexed() -> Index:
    return index([handbook()], hashed, {})


def asked(question: str, indexed: Index, reader: Scripted, *before: Told) -> Told:
    return ask(question, indexed, hashed, reader, before)


def test_it_quotes_the_sentence_and_cites_the_passage(indexed: Index) -> None:
    told = asked(DAMAGE, indexed, Scripted("within 7 days of delivery"))
    assert told.verdict.outcome is Outcome.ANSWER
    assert told.text == (
        "Within 7 days of delivery. “Damage should be reported within 7 days of delivery, with two "
        "photographs: one of the item and one of the box.” [1]"
    )
    [citation], [mark] = told.citations, told.marks
    assert citation.document == "Service handbook.txt"
    assert mark is not None
    text = handbook().text
    assert text[slice(*mark)] == "within 7 days of delivery"
    assert citation.start <= mark[0] < mark[1] <= citation.end
    assert "Damage should" in text[citation.start : citation.end]


def test_the_record_says_what_it_was_made_with(indexed: Index) -> None:
    told = asked(DAMAGE, indexed, Scripted("within 7 days"))
    record = told.provenance
    assert record.model == "scripted"
    assert len(record.input_sha256) == 64
    assert dict(record.thresholds)["sure"] == SURE
    other = asked("Damage?", indexed, Scripted("within 7 days"))
    assert other.provenance.input_sha256 != record.input_sha256


def test_it_reads_a_few_passages_and_no_more(indexed: Index) -> None:
    reader = Scripted("nothing like this")
    asked(DAMAGE, indexed, reader)
    assert 1 < len(reader.asked) <= READ
    assert {each.query for each in reader.asked} == {DAMAGE}


def test_not_found_offers_the_nearest(indexed: Index) -> None:
    told = asked("Is there a discount for students?", indexed, Scripted("student discount"))
    assert told.verdict.outcome is Outcome.REFUSED
    assert told.text.startswith(NOT_FOUND)
    assert len(told.citations) == OFFERED
    assert told.marks == (None,) * OFFERED


@pytest.mark.parametrize(("score", "none"), [(0.2, 0.7), (0.4, 0.45)])
def test_an_answer_less_likely_than_none_is_not_given(
    indexed: Index, score: float, none: float
) -> None:
    told = asked(DAMAGE, indexed, Scripted("within 7 days", score, none))
    assert told.verdict.outcome is Outcome.REFUSED


def test_a_low_score_is_unsure(indexed: Index) -> None:
    told = asked(DAMAGE, indexed, Scripted("within 7 days", SURE - 0.1, 0.05))
    assert told.verdict.outcome is Outcome.UNSURE
    assert "Within 7 days" in told.text


def test_whoever_says_the_same_is_cited_and_whoever_contradicts_is_quoted() -> None:
    texts = ("Returns take 30 days here.", "Returns: 30 days.", "Returns take 14 days here.")
    documents = [document(each, f"{n}.txt") for n, each in enumerate(texts, start=1)]
    alike = ask("How long do returns take?", index(documents[:2], hashed, {}), hashed, READER)
    assert alike.verdict.outcome is Outcome.ANSWER
    assert alike.text == "30 days. “Returns take 30 days here.” [1][2]"
    split = ask("How long do returns take?", index(documents[::2], hashed, {}), hashed, READER)
    assert split.verdict.outcome is Outcome.UNSURE
    assert "Another passage answers: “Returns take" in split.text
    assert {each.document for each in split.citations} == {"1.txt", "3.txt"}


def test_a_contradiction_is_said_however_many_agree() -> None:
    texts = [*(f"Returns take 30 days{sign}" for sign in ".!?"), "Returns take 14 days."]
    documents = [document(each, f"{n}.txt") for n, each in enumerate(texts, start=1)]
    split = ask("How long do returns take?", index(documents, hashed, {}), hashed, READER)
    assert split.verdict.outcome is Outcome.UNSURE and len(split.citations) == OFFERED
    assert "[1][2]\nAnother passage answers:" in split.text or "14 days" in split.text[:10]


READER = Scripted(r"\d+ days", 0.8, 0.1)


def test_a_place_that_two_passages_share_is_one_answer() -> None:
    filler = " ".join(f"Sentence {n} is about parcels and boxes." for n in range(11))
    long = document(f"{filler} Returns take 30 days. {filler}")
    found = index([long], hashed, {})
    assert sum("30 days" in each.text for each in found.passages) == 2
    told = ask("How long do returns take?", found, hashed, READER)
    assert len(told.citations) == 1


def test_a_question_that_leans_is_read_with_the_last(indexed: Index) -> None:
    first = asked("What does a return from abroad cost?", indexed, Scripted("18 euros"))
    reader = Scripted("39 euros")
    told = asked("And furniture?", indexed, reader, first)
    assert told.understood == "What does a return from abroad cost? And furniture?"
    assert told.question == "And furniture?"
    assert reader.asked[0].query == told.understood


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("", "Nothing was asked."),
        (" \n ", "Nothing was asked."),
        ("x" * (LONGEST_QUESTION + 1), "too long"),
        ("Wie lange kann ich die Ware zurückgeben, wenn sie beschädigt ist?", "German"),
        ("¿Cuánto tiempo tengo para devolver un artículo dañado?", "Spanish"),
        ("12345?", "no words"),
    ],
)
def test_what_cannot_be_asked_is_told_without_reading(
    indexed: Index, question: str, said: str
) -> None:
    reader = Scripted(".")
    told = asked(question, indexed, reader)
    assert told.verdict.outcome is Outcome.REFUSED
    assert said in told.text
    assert not told.citations and not reader.asked


def test_small_talk_needs_no_document() -> None:
    empty = index([], hashed, {})
    told = ask("Hello!", empty, hashed, Scripted("."))
    assert (told.verdict.outcome, told.text) == (Outcome.ANSWER, HELLO)
    assert "no document" in ask(DAMAGE, empty, hashed, Scripted(".")).text


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_documents_are_quoted_as_they_are(text: str) -> None:
    found = index([document(text)], hashed, {})
    told = ask("What is the word here?", found, hashed, Scripted(r"\S+"))
    assert told.text
    for citation, mark in zip(told.citations, told.marks, strict=True):
        assert text[citation.start : citation.end].strip()
        assert mark is None or citation.start <= mark[0] < mark[1] <= citation.end


@pytest.mark.parametrize(
    "question",
    ["<script>alert(1)</script> what is this?", "where \x00 is the box?", "why \ud83d the box?"],
)
def test_hostile_questions_are_asked_as_they_are(indexed: Index, question: str) -> None:
    assert asked(question, indexed, Scripted("box")).question == question


def test_a_model_that_fails_says_so(indexed: Index) -> None:
    def broken(request: Request) -> Answered:
        raise ModelError("The model cannot be used.", "Choose another.")

    with pytest.raises(ModelError):
        ask(DAMAGE, indexed, hashed, broken)
