"""From names in a file to items, on forty invented films."""

from dataclasses import replace

import pytest

from demos.core.recommend.catalog import Catalog
from demos.core.recommend.matching import How, Matching, match
from tests.core.recommend.tiny import catalog

FILMS = catalog()


def matched(name: str, films: Catalog = FILMS) -> tuple[How, str]:
    """How one name among titles is matched, and to which title."""
    matching = match(films, [name, "Salt (2010)"])
    return How(int(matching.how[0])), films.titles[matching.items[0]]


def nearest(matching: Matching, place: int) -> str:
    return matching.catalog.titles[matching.nearest[place]]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Matrix Garden, The (1999)", "Matrix Garden, The (1999)"),
        ("the MATRIX garden", "Matrix Garden, The (1999)"),
        ("Matrix Garden 1999", "Matrix Garden, The (1999)"),
        ("Matrix Garden (2000)", "Matrix Garden, The (1999)"),  # catalogs differ by a year
        ("amelies umbrella", "Amélie's Umbrella (2001)"),
        ("Tonari no kumo", "My Neighbor the Cloud (Tonari no kumo) (1988)"),
        ("Robots and Roses", "Robots & Roses (2008)"),
        ("Star Lanterns (2015)", "Star Lanterns (2015)"),
        ("La señora de la noche", "Señora de la noche, La (1999)"),
    ],
)
def test_a_title_is_found_however_it_is_written(name: str, title: str) -> None:
    assert matched(name) == (How.TITLE, title)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Orbit of Glas (1968)", "Orbit of Glass (1968)"),
        ("Comissaire Brule", "Commissaire Brûlé (1982)"),
        ("March of teh Herons", "March of the Herons (2005)"),
        ("Toy Praade 2", "Toy Parade 2 (1999)"),
        ("Fingerprnts", "Fingerprints (2004)"),
        ("Finger prints", "Fingerprints (2004)"),
        ("Tin Whalle (1940)", "Tin Whale, The (1940)"),
    ],
)
def test_a_misspelt_title_is_found(name: str, title: str) -> None:
    assert matched(name) == (How.SIMILAR, title)


@pytest.mark.parametrize(
    "name",
    [
        "Toy Parade 4 (2019)",  # a sequel that the catalog has not
        "Ten Days on Venus",
        "11 Silent Jurors",
        "Matrix Garden (1950)",  # a remake
        "Sale",  # too short to be sure
        "Love",
        "",
        "!!!",
        "x" * 5000,
    ],
)
def test_what_is_not_in_the_catalog_is_left_unmatched(name: str) -> None:
    assert matched(name) == (How.UNKNOWN, "")


def test_what_fits_several_items_is_left_unmatched_and_says_so() -> None:
    matching = match(FILMS, ["Star Lanterns", "Salt"])
    assert matching.items[0] == 0
    assert matching.how[0] == How.SEVERAL
    assert matching.told(0) == "fits several items; such as “Star Lanterns (1977)”"


def test_a_slip_that_is_as_near_to_one_as_to_another_is_left_unmatched() -> None:
    two = ("Green Lantern Parade (1990)", "Green Lantern Parody (1991)")
    films = replace(FILMS, titles=(*FILMS.titles[:-2], *two))
    assert matched("Green Lantern Parode", films)[0] is How.SEVERAL
    assert matched("Green Lantern Parode (1991)", films) == (How.SIMILAR, two[1])
    assert matched("Gren Lantern Parade", films) == (How.SIMILAR, two[0])


def test_codes_come_before_titles_in_any_case() -> None:
    matching = match(FILMS, ["f004", " F005 ", "Salt"])
    assert list(matching.items) == [4, 5, 36]
    assert list(matching.how) == [How.CODE, How.CODE, How.TITLE]


def test_codes_that_a_spreadsheet_made_numbers_of_are_found() -> None:
    films = replace(FILMS, codes=("", *(str(20_000 + item) for item in range(1, FILMS.size + 1))))
    matching = match(films, ["20004.0", "20005"])
    assert list(matching.items) == [4, 5]
    assert set(matching.how) == {How.CODE}


def test_numbers_are_those_of_items() -> None:
    matching = match(FILMS, ["12.0", "007", "40"])
    assert list(matching.items) == [12, 7, 40]
    assert set(matching.how) == {How.NUMBER}


def test_a_number_among_titles_is_a_title_or_nothing() -> None:
    films = replace(FILMS, titles=(*FILMS.titles[:-1], "30 (2006)"))
    matching = match(films, ["30", "Salt", "Bees!", "17"])
    assert films.titles[matching.items[0]] == "30 (2006)"
    assert matching.items[3] == 0


def test_numbers_that_are_all_titles_are_titles() -> None:
    films = replace(FILMS, titles=(*FILMS.titles[:-1], "30 (2006)"))
    assert match(films, ["30"]).items[0] == FILMS.size


def test_numbers_beyond_the_catalog_are_another_catalogs_and_none_is_used() -> None:
    matching = match(FILMS, ["3", "12", "356", "5989"])
    assert matching.foreign
    assert not matching.items.any()
    assert not match(FILMS, ["3", "12"]).foreign


def test_what_comes_nearest_is_named() -> None:
    matching = match(FILMS, ["Toy Parade 4", "Salt"])
    assert nearest(matching, 0).startswith("Toy Parade")
    assert matching.told(0).startswith("is not in the catalog; nearest is “Toy Parade")


def test_no_other_film_of_the_catalog_is_taken_for_one_that_is_taken_out() -> None:
    wrong = []
    for item in range(1, FILMS.size + 1):
        titles = (*FILMS.titles[:item], *FILMS.titles[item + 1 :])
        films = replace(
            FILMS, titles=titles, codes=("",) * len(titles), details=("",) * len(titles)
        )
        how, title = matched(FILMS.titles[item], films)
        if title:
            wrong.append((FILMS.titles[item], title, how))
    assert wrong == []


def test_a_report_that_raises_ends_the_matching() -> None:
    def report(done: int, total: int, stage: str) -> None:
        assert (done <= total, stage) == (True, "matching titles")
        raise InterruptedError

    with pytest.raises(InterruptedError):
        match(FILMS, ["Orbit of Glas"], report)
