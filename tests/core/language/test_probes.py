"""Every change of a text, and what is said of the label afterward."""

import random
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.language.probes import Kind, Probe, judged, probes
from demos.core.language.surface import (
    BESIDE,
    key_beside,
    letter_left_out,
    letters_swapped,
    misspelt,
    titled,
    with_invisible,
    without_emoji,
    without_punctuation,
)

TEXT = "I don't love this film, it's TOO slow. Can you fix it? 😀"


def named(text: str, name: str) -> Probe:
    [found] = [each for each in probes(text) if each.name == name]
    return found


def test_every_kind_is_tried_and_each_change_is_another_text() -> None:
    made = probes(TEXT)
    assert {each.kind for each in made} == set(Kind)
    texts = [each.text for each in made if each.text is not None]
    assert len(texts) == len(set(texts)) == 16 and TEXT not in texts
    assert [each.name for each in made if each.text is None] == ["Contractions used"]


def test_only_the_negation_may_change_the_meaning() -> None:
    assert [each.kind for each in probes(TEXT) if not each.keeps] == [Kind.NEGATION]


def test_a_negation_says_where_no_rule_fits() -> None:
    name = "“not” put in or taken out"
    assert named("It is good. Five stars.", name).note == "No rule fits 1 sentence of 2."
    assert named("Five stars", name) == Probe(Kind.NEGATION, name, None, "No rule fits it.", False)
    assert named("Five. Six.", name).note == "No rule fits any of its sentences."


def test_what_cannot_be_changed_says_why() -> None:
    assert named("hello", "all small").note == "It has no capitals."
    assert named("😀", "Emoji left out").note == "Nothing else is in it."
    assert named("hello", "Left out").note == "It has none."


def test_typing_errors_are_the_same_for_a_seed_and_others_for_another() -> None:
    text = "Several longer words make room for many different typing errors here"
    assert probes(text, 1) == probes(text, 1)
    typed = [[each.text for each in probes(text, seed)[:3]] for seed in range(4)]
    assert len({tuple(each) for each in typed}) == 4


def test_one_word_in_six_is_misspelt_and_one_at_least() -> None:
    text = " ".join(["abcdefgh"] * 24)
    changed = misspelt(key_beside, 0)(text).split()
    assert sum(each != "abcdefgh" for each in changed) == 4
    assert misspelt(key_beside, 0)("some") != "some"
    assert misspelt(key_beside, 0)("a to the 1234 café") == "a to the 1234 café"


@pytest.mark.parametrize("seed", range(20))
def test_typing_errors_are_those_of_hands(seed: int) -> None:
    draw, word = random.Random(seed), "Written"
    wrong = key_beside(word, draw)
    [at] = [at for at, pair in enumerate(zip(word, wrong, strict=True)) if pair[0] != pair[1]]
    assert wrong[at].lower() in BESIDE[word[at].lower()]
    assert wrong[at].isupper() == word[at].isupper()
    swapped = letters_swapped(word, draw)
    assert sorted(swapped) == sorted(word) and swapped != word and swapped[0] == "W"
    assert letters_swapped("wwww", draw) == "wwww"
    assert len(letter_left_out(word, draw)) == len(word) - 1


def test_neighboring_keys_are_beside_each_other() -> None:
    assert (BESIDE["q"], BESIDE["s"], BESIDE["m"]) == ("w", "ad", "n")


def test_letters_and_signs() -> None:
    assert titled("don't LET it") == "Don't Let It"
    assert (
        without_punctuation("Well-kept, isn't it?! (Yes.) 3.5 €") == "Well-kept isn't it Yes 35 €"
    )
    assert with_invisible("good to go") == "go\u200bod to go"
    assert without_emoji("a 👩🏽‍🚀 b ❤️!") == "a  b !"
    assert without_emoji("a b ") == "a b "


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "\ud800", "שלום עולם", "<b>&amp;</b>", "a" * 1_000_000, "𝔘𝔫𝔦"]
)
def test_hostile_texts_are_changed_like_any_other(text: str) -> None:
    assert all(each.text is None or each.text.strip() for each in probes(text))


def scores(texts: Sequence[str]) -> NDArray[np.float32]:
    """Label 1 for small texts, 0 for those with many capitals or a "not"."""
    one = [0.1 if sum(map(str.isupper, each)) > 3 or " not " in each else 0.8 for each in texts]
    return np.stack([1 - np.array(one), np.array(one)], axis=1).astype(np.float32)


def test_flips_are_counted_apart_for_negations() -> None:
    text = "the film is good"
    found = judged(scores, text, probes(text))
    assert (found.label, found.score) == (1, pytest.approx(0.8))
    assert [each.probe.name for each in found.flipped(keeps=True)] == [
        "ALL CAPITALS",
        "Every Word Capital",
    ]
    [negation] = found.flipped(keeps=False)
    assert negation.label == 0 and negation.score == pytest.approx(0.1)
    assert len(found.results) + len(found.left_out) == len(probes(text))
    assert len(found.made(keeps=False)) == 1


def test_a_few_are_asked_at_once_and_it_can_be_stopped() -> None:
    asked: list[int] = []

    def counted(texts: Sequence[str]) -> NDArray[np.float32]:
        asked.append(len(texts))
        return scores(texts)

    told: list[float] = []
    judged(counted, TEXT, probes(TEXT), tell=told.append)
    assert asked == [4, 4, 4, 4, 1] and told == sorted(told) and told[-1] == 1.0

    def stop(share: float) -> None:
        raise InterruptedError

    asked.clear()
    with pytest.raises(InterruptedError):
        judged(counted, TEXT, probes(TEXT), tell=stop)
    assert asked == [4]


def test_a_label_may_stay_without_being_sure_any_more() -> None:
    def falling(texts: Sequence[str]) -> NDArray[np.float32]:
        one = np.array([0.6 if each.isupper() else 0.9 for each in texts], np.float32)
        return np.stack([one, 1 - one], axis=1)

    found = judged(falling, "the film is good", probes("the film is good"), 0.7)
    assert [each.probe.name for each in found.faded(keeps=True)] == ["ALL CAPITALS"]
    assert found.flipped(keeps=True) == ()
    unsure = judged(falling, "the film is good", probes("the film is good"), 0.95)
    assert unsure.faded(keeps=True) == (), "it was not sure before"
