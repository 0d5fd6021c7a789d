"""The fewest words that flip a label, of scores that are known."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.language import counterfactual
from demos.core.language.attribution import Attribution, Share
from demos.core.language.counterfactual import MOST_TEXTS, smallest_removal
from demos.core.language.units import Place, units_of


class Counts:
    """Scores a text by the words in it: positive weights for label 1; counts what it is asked."""

    def __init__(self, weights: dict[str, float], bias: float = 0.0) -> None:
        self.weights, self.bias = weights, bias
        self.texts: list[str] = []
        self.batches: list[int] = []

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += texts
        self.batches.append(len(texts))
        totals = [
            self.bias + sum(self.weights.get(word.strip(".,!").lower(), 0) for word in text.split())
            for text in texts
        ]
        one = 1 / (1 + np.exp(-np.array(totals, np.float32)))
        return np.stack([1 - one, one], axis=1)


def test_one_word_that_decides_is_found() -> None:
    scores = Counts({"great": 3, "slow": -1}, bias=-1)
    found = smallest_removal(scores, "A great film, but slow.")
    assert found.words == ("great",) and found.altered == "A film, but slow."
    assert (found.before, found.after) == (1, 0) and found.found and found.every
    assert found.score == pytest.approx(0.731, abs=1e-3)
    assert found.left == pytest.approx(0.119, abs=1e-3)
    assert found.asked == len(scores.texts) == 6 and found.tried == 1


def test_two_that_only_count_together_are_found() -> None:
    scores = Counts({"great": 2, "fun": 2, "nice": 0.5}, bias=-1)
    found = smallest_removal(scores, "great fun and nice too")
    assert set(found.words) == {"great", "fun"} and found.tried == 2


def test_words_that_need_not_go_are_put_back() -> None:
    """Going by what each does alone, "a" joins the set; without it the others flip as well."""

    def scores(texts: Sequence[str]) -> NDArray[np.float32]:
        rows = []
        for text in texts:
            words = set(text.split())
            value = 1.0 - 0.2 * ("a" not in words) - 0.1 * ("b" not in words)
            value -= 2 * ("b" not in words and "c" not in words)
            rows.append([0.0, value])
        return np.array(rows, np.float32)

    found = smallest_removal(scores, "a b c d e")
    assert set(found.words) == {"b", "c"}


def test_where_nothing_flips_that_is_said_with_how_far_it_went() -> None:
    scores = Counts({}, bias=2)
    found = smallest_removal(scores, "none of this matters to it at all, really", most_words=3)
    assert not found.found and found.tried == 3 and found.before == found.after == 1
    assert found.altered == found.text and found.left == found.score


def test_the_model_is_asked_a_bounded_number_of_times_in_small_batches() -> None:
    scores, told = Counts({}, bias=2), list[float]()
    text = " ".join(f"w{each}" for each in range(5_000))
    found = smallest_removal(scores, text, tell=told.append)
    assert found.asked == len(scores.texts) <= MOST_TEXTS
    assert max(scores.batches) <= 32 and not found.every
    assert told == sorted(told) and told[-1] <= 1.0


def test_the_attribution_says_what_is_tried_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counterfactual, "FIRST", 2)
    text = "one two three four great"
    values = [0.0, 0.1, 0.0, -1.0, 2.0]
    places = zip(units_of(text), values, strict=True)
    given = Attribution(text, "1", tuple(Share(*each) for each in places), 0, 0, 1, 16)
    scores = Counts({"great": 2}, bias=-1)
    assert not smallest_removal(scores, text).found
    scores.texts.clear()
    found = smallest_removal(scores, text, given)
    assert found.words == ("great",) and not found.every
    assert scores.texts[1] == "one two three four "


def test_a_word_that_stands_twice_has_two_places() -> None:
    scores = Counts({"good": 1}, bias=-0.5)
    found = smallest_removal(scores, "good or good")
    assert found.removed == (Place(0, 4), Place(8, 12))


@pytest.mark.parametrize("text", ["", "  ", "!?", "one", "\x00", "\ud800"])
def test_a_text_of_one_word_or_none_cannot_be_shortened(text: str) -> None:
    found = smallest_removal(Counts({}, bias=1), text)
    assert not found.found and found.tried == 0 and found.asked == 1


def test_an_emoji_can_decide() -> None:
    scores = Counts({"😀": 2}, bias=-1)
    assert smallest_removal(scores, "see you 😀").words == ("😀",)


def test_one_label_cannot_flip() -> None:
    with pytest.raises(ValueError, match="no other"):
        smallest_removal(lambda texts: np.ones((len(texts), 1), np.float32), "a b")
