"""Error rates are those of the literature, and every difference is named."""

import random
import time

import pytest

from demos.core.speech.error_rate import Kind, Step, compare, corpus


def test_each_kind_of_error_is_counted_and_shown() -> None:
    rates = compare("The quick brown fox jumps over it", "the quack brown jumps over it high")
    assert rates.wer == pytest.approx(3 / 7)
    assert (rates.hits, rates.substitutions, rates.deletions, rates.insertions) == (5, 1, 1, 1)
    assert (rates.words, rates.errors, rates.exact) == (7, 3, False)
    assert rates.alignment == (
        Step(Kind.HIT, "the", "the"),
        Step(Kind.SUBSTITUTION, "quick", "quack"),
        Step(Kind.HIT, "brown", "brown"),
        Step(Kind.DELETION, "fox", ""),
        Step(Kind.HIT, "jumps", "jumps"),
        Step(Kind.HIT, "over", "over"),
        Step(Kind.HIT, "it", "it"),
        Step(Kind.INSERTION, "", "high"),
    )
    assert rates.sentence == (
        "Word error rate 42.9 % of 7 words: 1 heard as another, 1 not heard, 1 added."
    )


def test_characters_are_counted_with_spaces() -> None:
    rates = compare("go left", "go lift")
    assert (rates.characters, rates.character_errors) == (7, 1)
    assert rates.cer == pytest.approx(1 / 7)


def test_ways_of_writing_are_no_errors() -> None:
    rates = compare("Press five - now, it's 21!", "press 5 now it’s twenty-one")
    assert rates.exact and rates.wer == rates.cer == 0
    assert {step.kind for step in rates.alignment} == {Kind.HIT}
    assert rates.sentence == "Word for word as in the reference, 6 words."


@pytest.mark.parametrize("reference", ["", "  ", "...", "[noise]"])
def test_without_a_reference_no_rate_is_defined(reference: str) -> None:
    rates = compare(reference, "hello there")
    assert rates.wer is None and rates.cer is None
    assert rates.insertions == 2 and not rates.exact
    assert rates.alignment == (
        Step(Kind.INSERTION, "", "hello"),
        Step(Kind.INSERTION, "", "there"),
    )
    assert rates.sentence == (
        "The reference holds no words, so no error rate is defined; 2 words heard."
    )
    assert compare(reference, "").exact


def test_nothing_heard_is_all_wrong() -> None:
    rates = compare("stop now", "")
    assert rates.wer == rates.cer == 1
    assert rates.deletions == 2 and rates.character_errors == 8


def test_a_rate_may_exceed_one() -> None:
    assert compare("stop", "no do not stop it").wer == 4


@pytest.mark.parametrize("seed", range(30))
def test_counts_and_alignment_agree(seed: int) -> None:
    draw = random.Random(seed)
    texts = [
        " ".join(draw.choices("go up down left yes".split(), k=draw.randint(0, 12))) for _ in "ab"
    ]
    rates = compare(*texts)
    kinds = [step.kind for step in rates.alignment]
    assert [kinds.count(each) for each in (Kind.HIT, Kind.SUBSTITUTION)] == [
        rates.hits,
        rates.substitutions,
    ]
    assert " ".join(filter(None, (each.reference_word for each in rates.alignment))) == texts[0]
    assert " ".join(filter(None, (each.hypothesis_word for each in rates.alignment))) == texts[1]
    assert rates.exact == (texts[0] == texts[1])
    if texts[0]:
        assert rates.wer == pytest.approx(rates.errors / len(texts[0].split()))


def test_half_an_hour_is_compared_at_once() -> None:
    draw = random.Random(0)
    vocabulary = ["".join(draw.choices("abcdefghij", k=5)) for _ in range(2_000)]
    said = draw.choices(vocabulary, k=5_000)
    heard = [draw.choice(vocabulary) if draw.random() < 0.2 else word for word in said]
    begin = time.perf_counter()
    rates = compare(" ".join(said), " ".join(heard))
    assert time.perf_counter() - begin < 2
    assert rates.words == 5_000 and 0.15 < (rates.wer or 0) < 0.25


def test_a_corpus_is_pooled_with_intervals() -> None:
    pairs = [("up down left right", "up down left right"), ("go", "no"), ("stop it", "stop")] * 50
    rates = corpus(pairs)
    assert rates.n == 150
    assert rates.wer.value == pytest.approx(100 / 350)
    assert rates.wer.low < 100 / 350 < rates.wer.high
    assert rates.wer.high - rates.wer.low < 0.15
    assert rates.cer.value is not None and rates.cer.low < rates.cer.value < rates.cer.high
    assert rates.exact.value == pytest.approx(1 / 3)
    assert (rates.hits, rates.substitutions, rates.insertions, rates.deletions) == (250, 50, 0, 50)


def test_the_interval_is_the_same_for_the_same_seed() -> None:
    pairs = [("up", "up"), ("go now", "no"), ("stop it", "stop")] * 20
    assert corpus(pairs, seed=1) == corpus(pairs, seed=1)
    assert corpus(pairs, seed=1).wer != corpus(pairs, seed=2).wer


def test_the_interval_covers_as_often_as_it_says() -> None:
    """Of 40 corpora of 60 recordings with a known error rate of 0.2."""
    draw = random.Random(3)
    covering = 0
    for seed in range(40):
        pairs = [
            ("go " * 5, " ".join("no" if draw.random() < 0.2 else "go" for _ in range(5)))
            for _ in range(60)
        ]
        interval = corpus(pairs, seed).wer
        covering += interval.low <= 0.2 <= interval.high
    assert covering >= 35


def test_a_corpus_of_little_claims_little() -> None:
    single = corpus([("up down", "up")]).wer
    assert (single.value, single.low, single.high) == (0.5, 0, 1)
    assert corpus([]).wer.value is None and corpus([]).exact.value is None
    assert corpus([("", "noise")]).wer.value is None
