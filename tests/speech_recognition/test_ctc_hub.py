"""Frames to words, with frames whose words are known."""

import numpy as np
import pytest

from demos.speech_recognition.ctc_hub import best_words, runs

LETTERS = {1: "A", 2: "B", 3: "|", 4: "C"}


def frames(text: str, probability: float = 0.9) -> np.ndarray:
    """Logarithms of probabilities; `_` is blank, the likeliest letter of each frame as given."""
    order = "_AB|C"
    found = np.full((len(text), len(order)), (1 - probability) / (len(order) - 1))
    found[np.arange(len(text)), [order.index(each) for each in text]] = probability
    return np.log(found).astype(np.float32)


def test_letters_repeat_only_after_a_blank() -> None:
    words = best_words(frames("_AA_BB__|_A_A_|"), LETTERS, 0, 0.02, 5.0)
    assert [each.text for each in words] == ["AB", "AA"]
    assert [(each.start, each.end) for each in words] == [
        (pytest.approx(5.02), pytest.approx(5.12)),
        (pytest.approx(5.20), pytest.approx(5.26)),
    ]
    assert all(each.score == pytest.approx(0.9) for each in words)


def test_a_word_is_as_sure_as_its_letters_at_their_best() -> None:
    logs = frames("A_BB")
    logs[3, 2] = np.log(0.99)
    logs[0, 1] = np.log(0.5)
    (word,) = best_words(logs, LETTERS, 0, 0.02, 0.0)
    assert word.text == "AB" and word.score == pytest.approx((0.5 * 0.99) ** 0.5, abs=1e-6)


@pytest.mark.parametrize("text", ["____", "|||", "_|_|", ""])
def test_no_letters_no_words(text: str) -> None:
    assert best_words(frames(text), LETTERS, 0, 0.02, 0.0) == []


def test_runs() -> None:
    assert runs([1, 1, 2, 1]) == [(1, 0, 2), (2, 2, 3), (1, 3, 4)]
