"""The same said otherwise."""

import pytest

from demos.core.language.paraphrase import (
    NEUTRAL,
    SYNONYMS,
    contracted,
    expanded,
    polite,
    with_neutral_sentence,
    with_synonyms,
)


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("I don't know.", "I do not know."),
        ("Can't and won’t", "Cannot and will not"),
        ("I'm sure we're late", "I am sure we are late"),
        ("It's cold, it's been cold", "It is cold, it has been cold"),
        ("They'll say you've won", "They will say you have won"),
        ("I'd like it", "I would like it"),
        ("You'd better go", "You had better go"),
        ("Let's go", "Let us go"),
        ("IT'S BAD", "IT IS BAD"),
        ("John's car", "John's car"),
    ],
)
def test_contractions_are_written_out(short: str, full: str) -> None:
    assert expanded(short) == full


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("I do not know.", "I don't know."),
        ("You cannot, it will not", "You can't, it won't"),
        ("I am sure we are late", "I'm sure we're late"),
        ("How late it is.", "How late it is."),
        ("They will come and it is fine", "They'll come and it's fine"),
        ("IT IS BAD", "IT'S BAD"),
        ("nothing here", "nothing here"),
    ],
)
def test_words_are_drawn_together(full: str, short: str) -> None:
    assert contracted(full) == short


def test_other_words_are_written_as_the_first_were() -> None:
    assert with_synonyms("A big Film, GREAT!") == "A large Movie, TERRIFIC!"
    assert with_synonyms("filmography") == "filmography"


def test_other_words_leave_the_article_as_it_is() -> None:
    vowels = [word for pair in SYNONYMS.items() for word in pair if word[0] in "aeio"]
    assert vowels == []


def test_what_is_added_leaves_the_text_whole() -> None:
    assert polite("Hi.").endswith(": Hi.")
    assert with_neutral_sentence("Hi ") == f"Hi. {NEUTRAL}"
    assert with_neutral_sentence("Hi! 😀") == f"Hi! 😀 {NEUTRAL}"


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "שלום", "<script>", "😀" * 1000])
@pytest.mark.parametrize("change", [expanded, contracted, with_synonyms])
def test_what_has_no_such_words_stays(text: str, change: object) -> None:
    assert callable(change) and change(text) == text
