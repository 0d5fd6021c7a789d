"""Search by meaning in a text, texts compared, and texts sorted into labels that are given."""

from importlib.metadata import PackageNotFoundError, distribution

import numpy as np
import pytest

from demos.core.devices import CPU
from demos.core.errors import EmptyInput, InputError
from demos.core.jobs import Canceled
from demos.core.language.answers import Found, Request, Sorted, Task
from demos.core.language.words import compares, headline
from demos.core.results import Outcome
from demos.core.sentence_encoder import SOURCE
from demos.language_tasks import meaning, searching, zero_shot
from demos.language_tasks.label_scores import shares
from demos.language_tasks.label_words import PHRASES, SAME, phrases
from demos.language_tasks.meaning import Meaning
from demos.language_tasks.searching import FAINT, MOST_FOUND, MOST_SENTENCES, NEAR, compare
from demos.language_tasks.zero_shot import TEMPERATURE, scores
from tests.language_tasks.bundled import SPEC, scorer_file, tiny_meaning

SHOP = (
    "You can send anything back within thirty days.\n"
    "We pay the money back to the card you used. "
    "Parcels leave our warehouse every morning at nine. "
    "Our office is closed on public holidays."
)


@pytest.fixture(scope="module")
def tiny() -> Meaning:
    return tiny_meaning()


@pytest.fixture(scope="module")
def model() -> Meaning:
    try:
        distribution(SOURCE.distribution)
    except PackageNotFoundError:
        pytest.skip(f"{SOURCE.distribution} is missing")
    return meaning.loaded(scorer_file(), SPEC, CPU)


HOTEL = (
    "Our room looked out on the harbor, and the towels were changed every day. Our daughter, who "
    "is three, was given crayons and a chair of her own size."
)


def search(model: Meaning, text: str, query: str) -> Found:
    return searching.predict(model, Request(Task.SIMILARITY, text, query=query))


def sort(model: Meaning, text: str, *labels: str) -> Sorted:
    return zero_shot.predict(model, Request(Task.ZERO_SHOT, text, labels=labels))


def test_what_is_meant_is_found_in_other_words(model: Meaning) -> None:
    told = search(model, SHOP, "How do I get a refund?")
    assert told.verdict.outcome is Outcome.ANSWER
    assert "money back" in SHOP[told.spans[0].start : told.spans[0].end]
    similar = [each.score for each in told.spans]
    assert similar == sorted(similar, reverse=True) and similar[-1] >= NEAR
    assert told.provenance.weights == SOURCE.sha256


def test_it_says_so_where_nothing_is_near(model: Meaning) -> None:
    told = search(model, SHOP, "the orbits of the moons of Jupiter")
    assert told.verdict.outcome is Outcome.REFUSED
    assert told.spans and told.spans[0].score < FAINT
    assert headline(told) == "Nothing near it in the text"


def test_what_is_only_a_little_near_is_shown_as_unsure(model: Meaning) -> None:
    told = search(model, HOTEL, "traveling with children")
    assert told.verdict.outcome is Outcome.UNSURE
    assert FAINT <= told.spans[0].score < NEAR
    assert headline(told).startswith("Perhaps “Our daughter, who is three")
    assert all(each.score >= FAINT for each in told.spans)


def test_two_texts_are_compared_as_wholes(model: Meaning) -> None:
    text = "  A man is eating food. "
    near, far = (
        search(model, text, query) for query in ("Someone has a meal.", "Stock prices fell.")
    )
    assert compares(near) and compares(far)
    assert near.spans[0].score > 0.5 > far.spans[0].score
    assert far.verdict.outcome is Outcome.ANSWER, "that they are not alike is an answer"
    whole = compare(model, Request(Task.SIMILARITY, SHOP, query=SHOP))
    assert compares(whole)
    assert whole.spans[0].score == pytest.approx(1, abs=1e-4)


def test_long_texts_are_searched_by_passages(tiny: Meaning) -> None:
    lines = [f"Parcel number {n} left the warehouse in the morning." for n in range(400)]
    assert len(lines) > MOST_SENTENCES
    told = search(tiny, "\n".join(lines), "Parcel number 7 left the warehouse")
    assert 0 < len(told.spans) <= MOST_FOUND
    assert told.spans[0].end - told.spans[0].start > len(lines[0])


@pytest.mark.parametrize("query", ["", "  "])
def test_without_a_query_nothing_is_looked_for(tiny: Meaning, query: str) -> None:
    with pytest.raises(EmptyInput):
        search(tiny, SHOP, query)
    with pytest.raises(EmptyInput):
        compare(tiny, Request(Task.SIMILARITY, SHOP, query=query))


def test_other_languages_are_refused(tiny: Meaning) -> None:
    text = "Wir zahlen das Geld auf die Karte zurück. Das Büro ist an Feiertagen geschlossen."
    assert search(tiny, text, "refund").verdict.outcome is Outcome.REFUSED
    told = search(tiny, SHOP, "Wie bekomme ich mein Geld zurück?")
    assert told.verdict.outcome is Outcome.REFUSED
    assert "German" in told.verdict.reason
    assert search(tiny, " ", "refund").verdict.outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    "odd",
    ["<b>parcels</b>", "\u05e9\u05dc\u05d5\u05dd", "\U0001f600", "\ud83d", "a\x00b", "x" * 9000],
)
def test_odd_texts_and_queries_are_read(tiny: Meaning, odd: str) -> None:
    for text, query in ((f"{SHOP} And {odd} it is. Yes.", "parcels"), (SHOP, odd)):
        told = search(tiny, text, query)
        for span in told.spans:
            assert 0 <= span.start < span.end <= len(text)
    assert np.isfinite([each.score for each in sort(tiny, f"{SHOP} {odd}", odd, "b").scores]).all()


def test_texts_are_sorted_by_what_labels_mean(model: Meaning) -> None:
    sections = ("World", "Sports", "Business", "Sci/Tech")
    for text, right in (
        ("The keeper saved two penalties and the hosts won the cup.", "Sports"),
        ("The new processor halves the power that a laptop needs.", "Sci/Tech"),
        ("The airline reports a loss and cuts its dividend for shareholders.", "Business"),
        ("Both presidents signed the peace treaty after weeks of fighting.", "World"),
    ):
        told = sort(model, text, *sections)
        assert told.scores[0].label == right
        assert sum(each.score for each in told.scores) == pytest.approx(1, abs=1e-5)
        assert not told.calibrated
    many = scores(model, sections, ["The hosts won the cup.", "A treaty was signed."])
    assert many.shape == (2, 4) and many.argmax(axis=1).tolist() == [1, 0]


def test_it_is_unsure_where_no_label_fits(model: Meaning) -> None:
    told = sort(model, "My grandmother knits a woolen scarf.", "algebra", "volcanoes", "taxes")
    assert told.verdict.outcome is Outcome.UNSURE
    assert told.verdict.reason


def test_labels_are_checked(tiny: Meaning) -> None:
    with pytest.raises(EmptyInput):
        sort(tiny, SHOP, "", " ")
    with pytest.raises(InputError, match="second"):
        sort(tiny, SHOP, "refund", " refund ")
    with pytest.raises(InputError, match="limit"):
        sort(tiny, SHOP, *(f"label {n}" for n in range(101)))
    assert len(sort(tiny, SHOP, "a", "b", "a").scores) == 2
    assert sort(tiny, "", "a", "b").verdict.outcome is Outcome.REFUSED
    foreign = sort(tiny, "Das Büro ist an allen Feiertagen geschlossen.", "a", "b")
    assert foreign.verdict.outcome is Outcome.REFUSED and not foreign.scores


def test_labels_stand_for_phrases() -> None:
    assert set(SAME.values()) <= set(PHRASES) and not set(SAME) & set(PHRASES)
    assert (
        phrases("Sci/Tech")
        == phrases("science and  technology")
        == phrases("SCIENCE_AND-technology")
    )
    assert phrases("card_lost ") == ("card lost",)
    assert phrases("{}") == ("{}",), "braces of a label are no template"


def test_a_label_of_braces_is_taken_at_its_word(tiny: Meaning) -> None:
    assert len(sort(tiny, SHOP, "{0}", "{name}").scores) == 2


def test_scores_follow_the_temperature() -> None:
    found = shares(np.array([[0.5, 0.5 - TEMPERATURE]], np.float32), TEMPERATURE)
    assert found[0, 0] / found[0, 1] == pytest.approx(np.e, rel=1e-3)


def test_a_search_can_be_stopped(tiny: Meaning) -> None:
    def stop(fraction: float, partial: str) -> None:
        raise Canceled

    with pytest.raises(Canceled):
        searching.predict(tiny, Request(Task.SIMILARITY, SHOP, query="parcels"), stop)


def test_other_texts_are_scored_as_the_text_itself_is(tiny: Meaning) -> None:
    labels = ("music", "travel", "my own words")
    long = "We sailed to the island and back. " * 60 + "The band played all night."
    texts = ["A short one.", long]
    asked = [Request(Task.ZERO_SHOT, each, labels=labels) for each in texts]
    answers = [zero_shot.predict(tiny, each).scores for each in asked]
    for row, answer in zip(scores(tiny, labels, texts), answers, strict=True):
        own = dict(zip(labels, row.tolist(), strict=True))
        assert own == pytest.approx({each.label: each.score for each in answer}, abs=1e-5)


def test_what_a_person_typed_does_not_stay_with_the_model() -> None:
    model = tiny_meaning()
    for labels in (("music", "my private words"), ("sports", "health")):
        zero_shot.predict(model, Request(Task.ZERO_SHOT, "A short one.", labels=labels))
    assert list(model.labels) == [("sports", "health")]
