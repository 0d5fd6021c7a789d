import pytest

from demos.speech_recognition.lexicon import (
    DIGITS,
    PHONES,
    PRONUNCIATIONS,
    TOKENS,
    WORDS,
    tokens,
)


def test_the_vocabulary_is_that_of_speech_commands() -> None:
    assert len(WORDS) == 35
    assert set(DIGITS) < set(WORDS)


def test_every_pronunciation_is_made_of_the_phones() -> None:
    for ways in PRONUNCIATIONS.values():
        for way in ways:
            assert all(0 < token < TOKENS for token in tokens(way))
    assert len(set(PHONES)) == len(PHONES) == 39


def test_no_two_words_are_said_alike() -> None:
    ways = [way for each in PRONUNCIATIONS.values() for way in each]
    assert len(set(ways)) == len(ways)


def test_a_phone_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        tokens("K XX T")
