"""What is said of an answer: short, in its own measure, and never surer than it is."""

from dataclasses import replace

import pytest

from demos.core.language.answers import Answer, Request, Sorted, Span, Task, Verdict
from demos.core.language.words import (
    MAX_HEADLINE,
    candidates,
    headline,
    how_sure,
    meaning,
    measure,
    quoted,
    shortened,
)
from demos.core.results import Outcome
from tests.core.language import said
from tests.core.language.said import PLAIN, RECORD, REFUSED, UNSURE, scores


@pytest.mark.parametrize(
    ("answer", "title", "sure"),
    [
        (said.sentiment(), "Positive", "Probability 81.2 %."),
        (said.sentiment(calibrated=False), "Positive", "Model score 0.812 of 1."),
        (said.emotion(), "Joy or Surprise", "Probability: Joy 41.0 %, Surprise 34.0 %."),
        (
            said.entities(),
            "3 places, 2 people and 1 organization",
            "Least sure: “Harbor Freight Lines”, model score 0.734 of 1.",
        ),
        (
            said.answered(),
            "“1 March 2021”",
            "Model score 0.87 of 1; of there being no answer: 0.04.",
        ),
        (said.answered(none=0.0), "“1 March 2021”", "Model score 0.87 of 1."),
        (said.answered(UNSURE), "Perhaps “1 March 2021”", "Model score 0.87 of 1; of there "),
        (
            said.not_found(),
            "Not found in the text",
            "Model score of there being no answer: 0.91, against 0.07 for the best candidate.",
        ),
        (said.answered(REFUSED, none=0.0), "Not answered", ""),
        (
            said.found(),
            "“It is paid back within thirty days.”",
            "Similarity 0.712, the nearest of 3.",
        ),
        (said.similarity(), "Similarity 0.823", ""),
        (said.summarized(), "3 of 5 sentences", "28 of 41 words, 66.8 % of the length."),
        (said.written(), "A lease from March 2021", "12 of 41 words"),
        (said.translation(), "Ein Hund läuft am Strand.", "Least sure of 2 sentences: model "),
    ],
)
def test_the_headline_is_the_answer_and_the_figure_has_its_measure(
    answer: Answer, title: str, sure: str
) -> None:
    assert headline(answer).startswith(title)
    assert how_sure(answer).startswith(sure)


def test_a_percentage_is_a_probability() -> None:
    own = [said.sentiment(calibrated=False), said.entities(), said.answered(), said.found()]
    for answer in [*own, said.similarity(), said.translation()]:
        assert measure(answer) in {"model score", "similarity"}
        assert "%" not in " ".join((headline(answer), how_sure(answer), *meaning(answer)))


@pytest.mark.parametrize("kind", said.of_each_kind())
def test_refused_texts_get_no_answer_and_a_reason(kind: str) -> None:
    refused = replace(said.of_each_kind()[kind], verdict=REFUSED)
    assert headline(refused) in {
        *("Not answered", "Nothing near it in the text", "Not found in the text"),
    }
    assert meaning(refused) == ("This text is not in English.",)


def test_what_follows_is_said() -> None:
    assert meaning(said.sentiment()) == ("Next: Negative, 18.8 %.",)
    assert meaning(said.emotion()) == ("No label reaches 60 %.",)
    assert meaning(said.translation()) == ("1 sentence is marked to be checked.",)
    assert meaning(said.written()) == ("The model wrote this itself: check it against the text.",)
    assert meaning(said.summarized()) == ()


def test_nothing_found_is_an_answer_too() -> None:
    assert headline(replace(said.entities(), spans=())) == "No names"
    assert headline(replace(said.found(), spans=())) == "No passage"
    assert headline(replace(said.sentiment(), scores=())) == "Not answered"
    assert headline(replace(said.written(), summary="")) == "No summary"
    assert headline(replace(said.translation(), translation="")) == "No translation"
    assert headline(replace(said.answered(), spans=())) == "Not answered"


def test_long_answers_are_counted_not_shouted() -> None:
    words = "word " * 100
    assert headline(replace(said.written(), summary=words)) == "A summary of 100 words"
    assert headline(replace(said.translation(), translation=words)) == "2 sentences in German"
    alone = replace(said.translation(), translation=words, sentences=())
    assert headline(alone) == "Translated into German"


def test_it_is_unsure_between_two_or_three() -> None:
    assert len(candidates(scores(a=0.9, b=0.1, c=0.0))) == 2
    assert len(candidates(scores(a=0.25, b=0.25, c=0.25, d=0.25))) == 3
    assert len(candidates(scores(a=1.0))) == 1


def test_labels_of_a_person_stay_as_they_are() -> None:
    labels = scores(**{"my_own LABEL": 0.7, "b": 0.3})
    own = Sorted(Request(Task.ZERO_SHOT, "x"), PLAIN, labels, False, (), RECORD)
    assert headline(own) == "my_own LABEL"
    intent = replace(own, request=Request(Task.INTENT, "x"), scores=scores(card_lost=1.0))
    assert headline(intent) == "Card lost"


def test_a_megabyte_is_shortened_at_once() -> None:
    assert len(shortened("x" * 1_000_000)) == MAX_HEADLINE + 1
    assert shortened("one two " * 100_000).endswith(" two…")
    assert shortened(" a\n\n b ") == "a b"


def test_text_from_right_to_left_turns_nothing_around_it() -> None:
    assert quoted("שלום") == "“\u2068שלום\u2069”"
    assert quoted("\u202eabc") == "“\u2068\u202eabc\u2069”"
    assert quoted("Ünal, 3 %") == "“Ünal, 3 %”"


@pytest.mark.parametrize("answer", said.hostile(), ids=lambda each: type(each).__name__)
def test_what_is_said_of_hostile_text_can_be_sent(answer: Answer) -> None:
    for text in (headline(answer), how_sure(answer), *meaning(answer)):
        text.encode()
        assert "\x00" not in text


def test_a_name_of_an_unknown_kind_is_called_by_its_label() -> None:
    odd = replace(said.entities(), spans=(Span(0, 5, "EVENT", 0.5), Span(6, 8, "MISC", 0.5)))
    assert headline(odd) == "1 event and 1 other name"
    assert headline(replace(odd, verdict=Verdict(Outcome.UNSURE, "x"))) == headline(odd)
