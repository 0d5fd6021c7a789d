"""Titles as they are compared."""

import pytest

from demos.core.recommend.normal import names_of, normalized, year_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Matrix, The (1999)", "the matrix"),
        ("Dolce Vita, La (1960)", "LA DOLCE VITA"),
        ("Château d'amour, Le (1964)", "le chateau damour"),
        ("Wallace & Gromit", "Wallace and Gromit"),
        ("E.T. the Extra-Terrestrial", "ET the extra terrestrial"),
        ("Ocean’s Eleven [2001]", "Oceans Eleven"),
        ("  Rosé:  a  history ", "rose - a history"),
        ("Straße", "STRASSE"),
        ("The Office (2005–)", "Office"),
    ],
)
def test_ways_to_write_one_title_are_one(one: str, other: str) -> None:
    assert normalized(one) == normalized(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rocky II", "Rocky III"),
        ("Toy Parade", "Toy Parade 2"),
        ("2001: A Space Odyssey", "A Space"),
    ],
)
def test_different_titles_stay_different(one: str, other: str) -> None:
    assert normalized(one) != normalized(other)


def test_a_title_that_is_an_article_keeps_it() -> None:
    assert normalized("The") == "the"
    assert normalized("A") == "a"


@pytest.mark.parametrize("nothing", ["", "   ", "???", "(1999)"])
def test_without_a_word_nothing_is_left(nothing: str) -> None:
    assert normalized(nothing) == ""
    assert names_of(nothing) == ()


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("Heat (1995)", 1995),
        ("Heat (1995) ", 1995),
        ("The Office (2005–)", 2005),
        ("Heat", None),
        ("1984", None),
        ("2001: A Space Odyssey", None),
        ("Area (51)", None),
        ("Room (1408) again", None),
    ],
)
def test_the_year_is_the_one_at_the_end_in_parentheses(title: str, year: int | None) -> None:
    assert year_of(title) == year


def test_a_film_goes_by_each_of_its_titles() -> None:
    names = names_of("City of Lost Children, The (Cité des enfants perdus, La) (1995)")
    assert names == (
        "city of lost children la cite des enfants perdus",
        "city of lost children",
        "la cite des enfants perdus",
    )
    assert "se7en" in names_of("Seven (a.k.a. Se7en) (1995)")


def test_a_book_does_not_go_by_its_series() -> None:
    assert names_of("Jo's Boys (Little Women, #3)") == ("jos boys little women 3", "jos boys")
