"""Small talk is recognized only where there is nothing else; what leans on the last question is
read with it."""

import pytest

from demos.core.language.dialogue import (
    ABILITIES,
    BYE,
    FINE,
    HELLO,
    NOTED,
    THANKS,
    leans,
    resolved,
    small_talk,
)

LAMP = "How long is the warranty on lamps?"


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("Hello!", HELLO),
        ("hi there", HELLO),
        ("Good morning everyone", HELLO),
        ("Thanks a lot!", THANKS),
        ("OK, thank you very much", THANKS),
        ("thx", THANKS),
        ("Good night", BYE),
        ("How are you today?", FINE),
        ("okay", NOTED),
        ("What can you do?", ABILITIES),
        ("Hi, who are you?", ABILITIES),
        ("help", ABILITIES),
    ],
)
def test_small_talk_is_answered(said: str, reply: str) -> None:
    assert small_talk(said) == reply


@pytest.mark.parametrize(
    "said",
    [
        "",
        "?",
        "Hello, how long is the warranty?",
        "What can you do about broken glass?",
        "Who are you going to send?",
        "Do you help with assembly?",
        "How are returns paid?",
        "Is it good?",
        "\u05e9\u05dc\u05d5\u05dd",
        "\U0001f44b",
        "hello " * 1_000 + "world",
    ],
)
def test_what_asks_for_something_is_no_small_talk(said: str) -> None:
    assert small_talk(said) == ""


@pytest.mark.parametrize(
    "question",
    [
        "And abroad?",
        "What about furniture?",
        "how about sofas",
        "Why?",
        "How long?",
        "How much is it?",
        "What does it cost?",
        "Can they be returned?",
        "Who pays for that?",
        "What does that cost?",
        "What is the purpose of this?",
        "What’s its price?",
        "But what if it's broken?",
    ],
)
def test_it_leans_on_the_last_question(question: str) -> None:
    assert leans(question)
    assert resolved(question, [LAMP]) == f"{LAMP} {question}"
    assert resolved(question, []) == question


@pytest.mark.parametrize(
    "question",
    [
        LAMP,
        "What is the warranty?",
        "Who is Ms. Okoro?",
        "Is there a discount?",
        "Can I return items that were opened?",
        "If the item is damaged in transport, who pays for it?",
        "Android or iOS?",
        "Warranty",
        "",
        "?!",
        "\U0001f600",
        "\u0643\u0645 \u064a\u0643\u0644\u0641",
    ],
)
def test_it_stands_alone(question: str) -> None:
    assert not leans(question)
    assert resolved(question, [LAMP]) == question


def test_the_last_question_that_stands_alone_counts() -> None:
    earlier = ["What does a sofa cost?", LAMP, "And on chairs?", "Thanks!"]
    assert resolved("Why?", earlier) == f"{LAMP} Why?"
