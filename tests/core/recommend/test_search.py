"""Search by what people type, in the tiny catalog."""

from dataclasses import replace

import numpy as np
import pytest

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.search import exact_matches, find
from demos.core.recommend.search_index import index_of
from tests.core.recommend.tiny import catalog

FILMS = catalog()


def titled(text: str, limit: int = 8) -> list[str]:
    return [FILMS.titles[match.item] for match in find(FILMS, text, limit)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("star lantrns", "Star Lanterns (1977)"),
        ("STAR LANTERNS", "Star Lanterns (1977)"),
        ("starlanterns", "Star Lanterns (1977)"),
        ("star lanterns 2015", "Star Lanterns (2015)"),
        ("the matrix garden", "Matrix Garden, The (1999)"),
        ("matrx garden", "Matrix Garden, The (1999)"),
        ("amelies umbrela", "Amélie's Umbrella (2001)"),
        ("angstrom", "Ångström's Comet (1994)"),
        ("chateau d amour", "Château d'amour, Le (1964)"),
        ("le chateau damour", "Château d'amour, Le (1964)"),
        ("robots and roses", "Robots & Roses (2008)"),
        ("toy parade two", "Toy Parade 2 (1999)"),
        ("toy parade iii", "Toy Parade 3 (2010)"),
        ("twelve silent jurors", "12 Silent Jurors (1957)"),
        ("oceans 9 lives", "Ocean's Nine Lives (2001)"),
        ("la alibi", "L.A. Alibi (1997)"),
        ("tonari no kumo", "My Neighbor the Cloud (Tonari no kumo) (1988)"),
        ("f027", "Garden of Ordinary Days (2016)"),
        ("hrbor murd", "Harbor Murders, The (1971)"),
    ],
)
def test_what_was_meant_comes_first(typed: str, first: str) -> None:
    assert titled(typed)[0] == first


@pytest.mark.parametrize("typed", ["t", "to", "toy", "toy ", "toy p", "toy parad"])
def test_it_is_found_while_it_is_typed(typed: str) -> None:
    assert titled(typed)[0] == "Toy Parade (1995)"


def test_among_equals_the_popular_comes_first() -> None:
    assert titled("star lanterns")[:2] == ["Star Lanterns (1977)", "Star Lanterns (2015)"]
    swapped = FILMS.counts.copy()
    swapped[[1, 3]] = swapped[[3, 1]]
    turned = replace(FILMS, counts=swapped)
    assert [match.item for match in find(turned, "star lanterns", 2)] == [3, 1]


def test_a_title_as_it_stands_comes_before_a_more_popular_one_that_begins_so() -> None:
    assert titled("love, twice")[:2] == ["Love, Twice (2009)", "Love Twice More (2012)"]
    exact = {FILMS.titles[each.item]: each.exact for each in find(FILMS, "love, twice")}
    assert exact == {"Love, Twice (2009)": True, "Love Twice More (2012)": False}


def test_a_misspelling_scores_less_than_the_title() -> None:
    right, wrong = find(FILMS, "fingerprints", 1)[0], find(FILMS, "fingerprnts", 1)[0]
    assert right.item == wrong.item
    assert right.score == 1 and right.exact
    assert 0.7 < wrong.score < 1 and not wrong.exact


@pytest.mark.parametrize("typed", ["", "   ", "?!", "qwfpgj zxcvb", "ζζζζ"])
def test_nothing_is_found_of_nothing(typed: str) -> None:
    assert find(FILMS, typed) == []


def test_no_more_than_the_limit_and_never_the_padding() -> None:
    assert len(find(FILMS, "the", 3)) == 3
    every = [match.item for letter in "aelmst" for match in find(FILMS, letter, 100)]
    assert 0 not in every and len(every) > 20


def test_very_long_text_is_cut() -> None:
    assert titled("toy parade " * 5000)[0].startswith("Toy Parade")


def test_exact_titles_of_another_year_are_not_exact() -> None:
    assert [FILMS.titles[item] for item in exact_matches(FILMS, "Star Lanterns (2015)")] == [
        "Star Lanterns (2015)"
    ]
    assert exact_matches(FILMS, "Star Lanterns (1999)") == []
    assert exact_matches(FILMS, "F001") == [1]


def test_the_number_of_an_item_is_not_its_code() -> None:
    numbered = replace(FILMS, codes=tuple(str(item) for item in range(FILMS.size + 1)))
    assert exact_matches(numbered, "7") == []
    assert [match.item for match in find(numbered, "12", 1)] == [
        FILMS.titles.index("12 Silent Jurors (1957)")
    ]


def test_an_author_or_the_beginning_of_a_code_finds_too() -> None:
    books = shop(["", "The Hobbit", "Emma"], ["", "J.R.R. Tolkien · 1937", "Jane Austen"])
    assert [match.item for match in find(books, "tolkein")] == [1]
    assert [match.item for match in find(books, "j r r tolkien")] == [1]
    goods = shop(["", "White T-light holder", "Red tray"], ["", "", ""], ["", "85123A", "21733"])
    assert [match.item for match in find(goods, "8512")] == [1]
    assert [match.item for match in find(goods, "tlight")] == [1]
    assert find(goods, "21734") == []


def test_the_index_is_built_once() -> None:
    assert index_of(catalog()) is index_of(catalog())


def shop(titles: list[str], details: list[str], codes: list[str] | None = None) -> Catalog:
    size = len(titles)
    return replace(
        FILMS,
        titles=tuple(titles),
        details=tuple(details),
        codes=tuple(codes or map(str, range(size))),
        counts=np.ones(size, np.int32),
    )
