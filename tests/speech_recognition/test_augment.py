from itertools import islice

import numpy as np
import pytest
import torch

from demos.core.audio.sound import SAMPLE_RATE
from demos.speech_recognition import augment
from demos.speech_recognition.augment import batches, joined, same_sound, sorted_out, trimmed
from demos.speech_recognition.corpus import Clip
from demos.speech_recognition.features import BANDS
from demos.speech_recognition.lexicon import WORDS, tokens
from tests.speech_recognition.small_corpus import small_corpus, word


@pytest.fixture(scope="module")
def clips() -> list[Clip]:
    return small_corpus()


@pytest.fixture(autouse=True)
def small_bank(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augment, "BANK_SECONDS", 60.0)


def test_batches_have_two_shapes_and_one_target_for_each_sound(clips: list[Clip]) -> None:
    shapes = []
    for batch in islice(batches(clips, 0), 6):
        shapes.append(tuple(batch.features.shape))
        assert batch.features.dtype is torch.float32
        assert len(batch.targets) == len(batch.words) == len(batch.features)
        assert float(batch.features.min()) >= -1 and float(batch.features.max()) <= 1
        for target, place in zip(batch.targets, batch.words.tolist(), strict=True):
            if place >= 0:  # a single word of ours has the sounds of that word
                assert same_sound(" ".join(phones_of(target))) == place
    assert set(shapes) == {(48, 121, BANDS), (16, 401, BANDS)}
    assert shapes[2] == shapes[5] == (16, 401, BANDS)


def phones_of(target: tuple[int, ...]) -> list[str]:
    from demos.speech_recognition.lexicon import PHONES

    return [PHONES[token - 1] for token in target]


def test_a_seed_gives_the_same_batches_and_another_gives_others(clips: list[Clip]) -> None:
    first, again, other = (next(iter(batches(clips, seed))) for seed in (3, 3, 4))
    assert torch.equal(first.features, again.features)
    assert first.targets == again.targets
    assert not torch.equal(first.features, other.features)


def test_nothing_of_validation_is_trained_on(clips: list[Clip]) -> None:
    pools = sorted_out(clips)
    assert pools["thin"] and pools["rich"] and pools["any digit"]
    assert all(each.split == "train" for pool in pools.values() for each in pool)


def test_a_word_that_sounds_as_one_of_ours_is_ours() -> None:
    assert WORDS[same_sound("T UW")] == "two"
    assert same_sound("K AE P") == -1


def test_joined_words_keep_their_order_and_fit() -> None:
    rng = np.random.default_rng(0)
    clips = [word(each, "digits") for each in ("one", "two", "three")]
    sound, phones, place = joined(clips, rng)
    assert phones == "W AH N | T UW | TH R IY" and place == -2
    assert 0 < len(sound) <= augment.STRING_SECONDS * SAMPLE_RATE
    many = joined(clips * 20, rng)
    assert len(many[0]) <= augment.STRING_SECONDS * SAMPLE_RATE
    assert len(tokens(many[1].replace("|", " "))) < 60 * 3


def test_what_is_soft_at_the_ends_is_cut_but_for_a_margin() -> None:
    rng = np.random.default_rng(0)
    sound = np.zeros(SAMPLE_RATE, np.float32)
    sound[6000:9000] = 0.5
    cut = trimmed(sound, 0.1, rng)
    assert 3000 <= len(cut) <= 3000 + 2 * 0.1 * SAMPLE_RATE
    assert (cut == 0.5).sum() == 3000
    silence = np.zeros(100, np.float32)
    assert len(trimmed(silence, 0.1, rng)) == 100
