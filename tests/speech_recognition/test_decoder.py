import itertools

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from demos.speech_recognition.decoder import (
    UNKNOWN,
    Prices,
    Segment,
    free_score,
    scores_of,
    segments,
    widened,
)
from demos.speech_recognition.lexicon import PRONUNCIATIONS, TOKENS, WORDS, tokens
from tests.speech_recognition.scripted import spoken

PRICES = Prices(word=1.0, unknown=2.0, phone=2.0, switch=3.0)


def heard(found: NDArray[np.float32], prices: Prices = PRICES) -> list[str]:
    return ["?" if each.word == UNKNOWN else WORDS[each.word] for each in segments(found, prices)]


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_read_however_it_is_said(word: str) -> None:
    for way in PRONUNCIATIONS[word]:
        assert heard(spoken(way)) == [word]


def test_words_in_a_row_are_read_in_order_with_their_frames() -> None:
    found = segments(spoken("S IH K S", "S EH V AH N"), PRICES)
    assert [WORDS[each.word] for each in found] == ["six", "seven"]
    assert (found[0].start, found[1].start) == (6, 24)
    assert found[0].end <= 18 and found[1].end <= 39


def test_a_repeated_word_is_read_twice() -> None:
    assert heard(spoken("T UW", "T UW", "T UW")) == ["two", "two", "two"]


def test_two_words_may_share_a_sound() -> None:
    said = spoken("S IH K S IH K S", gap=4)
    assert heard(said)[0] == "six"


def test_silence_holds_no_words() -> None:
    assert segments(spoken(gap=40), PRICES) == []
    assert segments(np.zeros((0, TOKENS), np.float32), PRICES) == []


@pytest.mark.parametrize("phones", ["L OW D", "K AE P T IH N", "HH AH L OW", "B R AW Z ER"])
def test_speech_that_is_no_word_is_unknown(phones: str) -> None:
    assert heard(spoken(phones)) == ["?"]


def test_words_are_found_beside_unknown_speech() -> None:
    found = heard(spoken("K AE P T IH N", "Y EH S", "B R AW Z ER", "N OW"))
    assert found == ["?", "yes", "?", "no"]


def test_dear_phones_make_unknown_speech_cheap_words() -> None:
    near = spoken("G OW D")
    assert heard(near, Prices(1.0, 2.0, 0.1, 3.0)) == ["?"]
    assert heard(near, Prices(1.0, 20.0, 9.0, 3.0)) == ["go"]


def test_a_switch_between_digits_and_commands_costs() -> None:
    # Between "tree" and "three": the first sound says "tree" by a little.
    said = spoken("T UW", "T R IY", "F AO R", noise=0.3)
    place = 6 + 6 + 6  # the first frame of the second word
    tree, three = tokens("T R IY")[0], tokens("TH R IY")[0]
    said[place : place + 2, three] = said[place : place + 2, tree] - 1.0
    assert heard(said, Prices(1.0, 2.0, 2.0, 0.0)) == ["two", "tree", "four"]
    assert heard(said, Prices(1.0, 2.0, 2.0, 3.0)) == ["two", "three", "four"]


def test_the_score_of_a_word_is_ctcs() -> None:
    """Against torch, for every way to say every word."""
    rng = np.random.default_rng(0)
    found = torch.from_numpy(rng.standard_normal((30, TOKENS)).astype(np.float32)).log_softmax(1)
    expected = [
        torch.logsumexp(
            torch.stack(
                [
                    -torch.nn.functional.ctc_loss(
                        found[:, None],
                        torch.tensor([tokens(way)]),
                        torch.tensor([30]),
                        torch.tensor([len(tokens(way))]),
                        reduction="none",
                    )[0]
                    for way in ways
                ]
            ),
            dim=0,
        )
        for ways in PRONUNCIATIONS.values()
    ]
    np.testing.assert_allclose(scores_of(found.numpy()), expected, rtol=1e-4)


def test_scores_of_a_batch_are_those_of_each() -> None:
    rng = np.random.default_rng(1)
    batch = rng.standard_normal((3, 12, TOKENS)).astype(np.float32)
    np.testing.assert_allclose(scores_of(batch), [scores_of(each) for each in batch], rtol=1e-5)


def test_a_word_longer_than_the_sound_cannot_be_said() -> None:
    assert scores_of(spoken("G OW")[6:8])[WORDS.index("backward")] < -1e8


def test_no_word_fits_better_than_free_sounds_by_more_than_its_many_placements() -> None:
    found = spoken("S EH V AH N")
    assert scores_of(found).argmax() == WORDS.index("seven")
    assert free_score(found) == pytest.approx(found.max(axis=1).sum())
    assert scores_of(found).max() < free_score(found) + 1


def test_the_best_path_is_the_best_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against trying every path, in a lexicon of two short words."""
    from demos.speech_recognition import decoder

    small = {"go": ("G OW",), "no": ("N OW",)}
    monkeypatch.setattr(decoder, "PRONUNCIATIONS", small)
    monkeypatch.setattr(decoder, "WORDS", tuple(small))
    decoder.lexicon.cache_clear()
    try:
        rng = np.random.default_rng(2)
        g, n, ow = tokens("G N OW")
        for _ in range(40):
            logits = rng.standard_normal((5, TOKENS)) * 3
            found = (logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))).astype(np.float32)
            # Unknown speech is priced out: what is left are silence and at most two words.
            got = segments(found, Prices(0.5, 1e6, 1e6, 0.0))
            best, said = brute(found, {"go": (g, ow), "no": (n, ow)}, 0.5)
            assert [tuple(small)[each.word] for each in got] == said, best
    finally:
        decoder.lexicon.cache_clear()


def brute(
    found: NDArray[np.float32], words: dict[str, tuple[int, ...]], price: float
) -> tuple[float, list[str]]:
    """The likeliest of all sequences of up to two words under any placement."""
    best: tuple[float, list[str]] = (float(found[:, 0].sum()), [])
    for count in (1, 2):
        for said in itertools.product(words, repeat=count):
            target = [token for word in said for token in words[word]]
            score = placed(found, target) - price * count
            if score > best[0]:
                best = score, list(said)
    return best


def placed(found: NDArray[np.float32], target: list[int]) -> float:
    """The likeliest placement of tokens with optional blanks between them (CTC, best path)."""
    states = [0]
    for token in target:
        states += [token, 0]
    score = np.full(len(states), -np.inf)
    score[0] = 0.0
    first = True
    for row in found:
        new = np.full(len(states), -np.inf)
        for k, token in enumerate(states):
            options = [score[k]]
            if k:
                options.append(score[k - 1])
            if k > 1 and token and states[k - 2] != token:
                options.append(score[k - 2])
            if first:
                options = [0.0] if k < 2 else [-np.inf]
            new[k] = max(options) + row[token]
        score, first = new, False
    return float(max(score[-1], score[-2]))


def test_a_word_gets_the_silence_around_it_up_to_half_way() -> None:
    parts = [Segment(1, 20, 30), Segment(2, 34, 40)]
    assert widened(parts, 60, 10) == [(10, 32), (32, 50)]
    assert widened([Segment(1, 2, 8)], 9, 10) == [(1, 9)]
