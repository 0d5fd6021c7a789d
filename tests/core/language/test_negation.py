"""Sentences turned into their opposite, and those for which there is no rule."""

import time

import pytest

from demos.core.language.negation import negated


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("The film is good.", "The film is not good."),
        ("This isn't good.", "This is good."),
        ("I do not agree.", "I do agree."),
        ("We can’t wait – it’s true", "We can wait – it’s true"),
        ("He never calls.", "He calls."),
        ("Never again!", "Again!"),
        ("You cannot park here", "You can park here"),
        ("I WON'T PAY", "I WILL PAY"),
        ("I love this.", "I do not love this."),
        ("She loved it", "She did not love it"),
        ("The soup tastes good", "The soup does not taste good"),
        ("Stocks fell on Monday", "Stocks did not fall on Monday"),
        ("I really enjoyed it", "I really did not enjoy it"),
        ("He has three cars", "He does not have three cars"),
        ("She has gone home", "She has not gone home"),
        ("We did the work", "We did not do the work"),
        ("I'm happy", "I'm not happy"),
        ("It's been a while", "It's not been a while"),
        ("I CAN SEE IT", "I CANNOT SEE IT"),
        ("Is it open?", "Isn't it open?"),
        ("Am I late?", "Am I not late?"),
        ("Where is my order?", "Where isn't my order?"),
        ("What's the weather like", "What isn't the weather like"),
        ("Please transfer 50 dollars", "Please do not transfer 50 dollars"),
        ("Book a table for two", "Do not book a table for two"),
        ("If it rains, we will stay", "If it rains, we will not stay"),
        ("The film that I saw was great", "The film that I saw was not great"),
        ("Hidden charges are high", "Hidden charges are not high"),
        ("He may come in May", "He may not come in May"),
    ],
)
def test_a_sentence_is_turned_by_the_first_rule_that_fits(text: str, turned: str) -> None:
    found = negated(text)
    assert found.text == turned and (found.changed, found.sentences) == (1, 1)


@pytest.mark.parametrize(
    "text", ["Great value", "the will of the people", "😀", "", "\x00", "שלום"]
)
def test_without_a_rule_it_stays_as_it_is(text: str) -> None:
    found = negated(text)
    assert found.text == text and found.changed == 0


def test_every_sentence_is_turned_and_the_others_are_counted() -> None:
    found = negated("It was great! Five stars.\nI would go again…  Would you?")
    assert found.text == "It was not great! Five stars.\nI would not go again…  Wouldn't you?"
    assert (found.changed, found.sentences) == (3, 4)


def test_turned_twice_it_is_itself_again() -> None:
    text = "The room was clean. We were not amused. They will come back."
    assert negated(negated(text).text).text == text


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, "n't " * 50_000, "is " * 100_000, "nope" * 250_000]
)
def test_a_long_line_takes_no_time(text: str) -> None:
    began = time.process_time()
    negated(text)
    assert time.process_time() - began < 5
