"""What is set, and what it could not bring about, in words."""

import pytest

from demos.core.recommend.steering import Steering, steer
from demos.core.recommend.steering_words import amount, moved, ordinal, remarks, settings
from tests.core.recommend.tiny import CRIME, DOCUMENTARY, SPACE, catalog, ranking

TINY = catalog()
ALL = frozenset(TINY.group_names)


def told(steering: Steering, history: tuple[int, ...] = (1,)) -> list[str]:
    items = steer(TINY, ranking(history).scores, history, steering)
    return remarks(TINY, steering, items)


def test_everything_that_is_set_is_said() -> None:
    assert settings(TINY, Steering(count=50)) == []
    everything = Steering(
        0.15, 1, frozenset({CRIME}), frozenset({SPACE}), True, frozenset({1, 2}), frozenset({3})
    )
    assert settings(TINY, everything) == [
        "novelty 15 %",
        "diversity 100 %",
        "Sci-Fi first",
        "never Crime",
        "the history not left out",
        "more like 2 films",
        "less like 1 film",
    ]


def test_a_full_list_needs_no_words() -> None:
    assert told(Steering()) == []
    assert told(Steering(novelty=1, diversity=1, excluded=frozenset({CRIME}))) == []


def test_an_empty_and_a_short_list_say_so_with_the_way_out() -> None:
    assert told(Steering(excluded=ALL)) == [
        "No film is left to recommend under these settings. Allow a genre again."
    ]
    assert told(Steering(excluded=ALL - {SPACE})) == [
        "Only 3 films may be shown under these settings, not 10. Allow a genre again for more."
    ]


def test_the_way_out_is_one_that_there_is() -> None:
    everything = tuple(range(1, TINY.size + 1))
    assert told(Steering(), everything) == [
        "No film is left to recommend under these settings. Show films of the history too."
    ]
    assert told(Steering(seen=True, less=frozenset(everything[:35])), everything) == [
        "Only 5 films may be shown under these settings, not 10. Take a mark back for more."
    ]


def test_where_pinned_items_run_out_it_is_said() -> None:
    assert told(Steering(pinned=frozenset({DOCUMENTARY}))) == [
        "Only 5 films of a genre to be shown first are left; others follow."
    ]
    assert told(Steering(pinned=frozenset({DOCUMENTARY}), count=5)) == []
    assert told(Steering(pinned=frozenset({"Music"})), (40,)) == [
        "No film of a genre to be shown first is left; others follow."
    ]


def test_a_group_both_pinned_and_excluded_is_not_shown_and_said_once() -> None:
    both = frozenset({CRIME})
    assert told(Steering(pinned=both, excluded=both)) == [
        "Crime is set both to be shown first and never to be shown: it is not shown."
    ]


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (111, "111th"),
        (1022, "1,022nd"),
    ],
)
def test_ordinals(number: int, word: str) -> None:
    assert ordinal(number) == word


def test_moves() -> None:
    assert moved(3, 14, 10) == "new, was 14th"
    assert moved(3, 7, 10) == "up, was 7th"
    assert moved(7, 3, 10) == "down, was 3rd"
    assert moved(3, 3, 10) == ""


def test_amounts() -> None:
    assert [amount(TINY, n) for n in (0, 1, 1200)] == ["0 films", "1 film", "1,200 films"]
