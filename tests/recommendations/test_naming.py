"""Clusters are named by what marks them, and no two alike."""

import numpy as np

from demos.recommendations.items import Items
from demos.recommendations.naming import names, terms_of

BOTH = ("The Long Road (1999)", "A Second Road (2003)")


def items(**given: tuple[object, ...]) -> Items:
    length = len(next(iter(given.values())))
    empty = {
        "titles": ("",) * length,
        "details": ("",) * length,
        "codes": ("",) * length,
        "kinds": ((),) * length,
        "makers": ("",) * length,
    }
    return Items("any", **(empty | given))  # type: ignore[arg-type]


def test_films_go_by_genre_and_decade() -> None:
    found = terms_of(items(titles=("", *BOTH), kinds=((), ("Crime",), ("Romance", "War"))))
    assert found == [[], ["Crime", "1990s"], ["Romance", "War", "2000s"]]


def test_books_go_by_their_author_if_one_is_known() -> None:
    assert terms_of(items(makers=("", "Ada Reed", "Anonymous"))) == [[], ["Ada Reed"], []]


def test_products_go_by_words_that_say_what_they_are() -> None:
    (found,) = terms_of(items(titles=("Set of 6 pink cake cases Christmas",)))
    assert found == ["cake", "cases", "Christmas", "cake cases", "cases Christmas"]


def test_a_cluster_is_named_by_what_is_rare_elsewhere() -> None:
    terms = [["Drama", "War"]] * 3 + [["Drama", "Comedy"]] * 3
    found = names(terms, np.array([0, 0, 0, 1, 1, 1]), np.ones(6), most=2)
    assert found == ["War", "Comedy"]


def test_what_is_taken_more_often_names_first() -> None:
    terms = [["Ada Reed"], ["Ben Stone"], ["Cora Hill"], ["Cora Hill"]]
    found = names(terms, np.array([0, 0, 1, 1]), np.array([1.0, 9.0, 1.0, 1.0]), most=1)
    assert found == ["Ben Stone", "Cora Hill"]


def test_singular_and_plural_are_one_term_and_no_word_is_repeated() -> None:
    terms = [["doily", "paper doily"], ["doilies", "paper doily"], ["doilies", "tin"], ["spoon"]]
    found = names(terms, np.array([0, 0, 0, 1]), np.ones(4), most=3)
    assert found == ["Doilies, tin", "Spoon"]


def test_one_decade_is_enough() -> None:
    terms = [["1970s"], ["1970s"], ["1960s"], ["Crime"], ["Crime"], ["1960s", "War"]]
    found = names(terms, np.array([0, 0, 0, 1, 1, 2]), np.ones(6), most=2)
    assert found[0] == "1970s"


def test_clusters_alike_still_have_names_of_their_own() -> None:
    found = names([["Drama"]] * 4, np.array([0, 0, 1, 1]), np.ones(4), most=2)
    assert found == ["Mixed", "Mixed (2)"]
