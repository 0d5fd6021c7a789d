"""From words to titles, with a stand-in for the encoder that compares groups of three letters."""

from dataclasses import replace

import numpy as np
import pytest

from demos.core.errors import EmptyInput, InputError, TooLarge
from demos.core.recommend import taste
from demos.core.recommend.catalog import Catalog
from demos.core.recommend.neighbors import Neighbor
from demos.core.recommend.taste import (
    LONGEST,
    checked_description,
    described,
    nearest_titles,
)
from tests.core.recommend.tiny import catalog, trigrams, unit

CATALOG = catalog()


def encode(text: str) -> taste.Sentence:
    return unit(trigrams(text)[None])[0].astype(np.float32)


def titles(found: tuple[Neighbor, ...]) -> list[str]:
    return [CATALOG.titles[each.item] for each in found]


def test_an_unknown_title_is_near_its_likes() -> None:
    found = nearest_titles(CATALOG, encode("Toy Parades (2004)"), limit=3)
    assert all(each.startswith("Toy Parade") for each in titles(found))
    assert 1 >= found[0].similarity >= found[-1].similarity > 0.5


def test_a_title_is_nearest_to_itself() -> None:
    (found,) = nearest_titles(CATALOG, CATALOG.text[7], limit=1)
    assert found.item == 7
    assert found.similarity == pytest.approx(1, abs=1e-6)


def test_described_titles_are_near_but_not_too_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    sentence = np.eye(1, 64, dtype=np.float32)[0]
    kinds = 0.6 * np.eye(64)[0] + 0.6 * np.eye(64)[1 + np.arange(40) // 8]  # five kinds of eight
    rows = unit(kinds + rng.normal(0, 0.02, (40, 64)))
    given = replace(CATALOG, text=np.vstack([np.zeros(64), rows]).astype(np.float32))
    varied = described(given, sentence, limit=5)
    monkeypatch.setattr(taste, "DIVERSITY", 0.0)
    plain = described(given, sentence, limit=5)
    assert varied[0] == plain[0], "the nearest is always among them"
    assert len({(each.item - 1) // 8 for each in varied}) == 5
    assert likeness(given, varied) < likeness(given, plain)
    similarities = [each.similarity for each in varied]
    assert similarities == sorted(similarities, reverse=True)


def likeness(given: Catalog, found: tuple[Neighbor, ...]) -> float:
    """Mean cosine between those found."""
    rows = given.text[[each.item for each in found]]
    return float((rows @ rows.T)[np.triu_indices(len(rows), 1)].mean())


def test_what_is_much_less_near_is_left_out() -> None:
    alone = replace(CATALOG, text=np.eye(41, 64, k=-1, dtype=np.float32))
    sentence = (alone.text[3] + 0.3 * alone.text[1:9].sum(axis=0)).astype(np.float32)
    sentence /= np.linalg.norm(sentence)
    assert [each.item for each in described(alone, sentence)] == [3]


def test_what_no_title_is_near_to_is_told() -> None:
    nothing = np.zeros(64, np.float32)
    with pytest.raises(InputError) as found:
        described(CATALOG, nothing)
    assert found.value.problem.startswith("No title among these 40 films")
    assert "in English" in found.value.remedy


def test_what_the_projection_drops_makes_a_sentence_less_near() -> None:
    projection = np.eye(65, 64, dtype=np.float32)
    given = replace(CATALOG, projection=projection)
    title = np.append(CATALOG.text[7], 0).astype(np.float32)
    strange = np.eye(1, 65, k=64, dtype=np.float32)[0]
    half = ((title + strange) / np.sqrt(2)).astype(np.float32)
    (whole,), (less,) = nearest_titles(given, title, 1), nearest_titles(given, half, 1)
    assert (whole.item, less.item) == (7, 7)
    assert whole.similarity == pytest.approx(1, abs=1e-6)
    assert less.similarity == pytest.approx(np.sqrt(0.5), abs=1e-6)


@pytest.mark.parametrize(
    ("similarities", "near"),
    [
        ([0.6, 0.1, 0.1, 0.1, 0.1], True),  # somebody names a title
        ([0.42, 0.41, 0.4, 0.4, 0.39], True),
        ([0.45, 0.3, 0.3, 0.3, 0.3], False),
        ([0.6], True),
        ([], False),
    ],
)
def test_one_clear_title_or_several_near_ones_are_asked_for(
    similarities: list[float], near: bool
) -> None:
    assert taste.comes_near(similarities) is near


@pytest.mark.parametrize("text", ["", " \n\t", "12 34!", "…"])
def test_a_description_has_words(text: str) -> None:
    with pytest.raises(EmptyInput):
        checked_description(text)


def test_a_description_has_an_end() -> None:
    assert checked_description("  a  dog \n and\tits boy ") == "a dog and its boy"
    with pytest.raises(TooLarge, match="501 characters"):
        checked_description("x" * (LONGEST + 1))


def test_an_empty_catalog_is_near_nothing() -> None:
    empty = replace(CATALOG, titles=("",), text=np.zeros((1, 64), np.float32))
    assert nearest_titles(empty, encode("anything")) == ()
