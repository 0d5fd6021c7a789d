"""A history as it is edited, and what is said of it."""

import pytest

from demos.core.recommend.history import (
    LIMIT,
    Entry,
    History,
    arranged,
    history_of,
    read_names,
    remarks,
)
from tests.core.recommend.tiny import catalog

FILMS = catalog()
TOY, STAR, SALT = (
    FILMS.titles.index(each)
    for each in ("Toy Parade (1995)", "Star Lanterns (1977)", "Salt (2010)")
)
THREE = history_of(FILMS, ["Toy Parade", "star lanterns (1977)", "F036"])


def texts(history: History, read: int = 100) -> str:
    return " ".join(each.text for each in remarks(history, FILMS, read))


def test_titles_and_codes_become_items_and_other_names_stay() -> None:
    assert THREE.items == (TOY, STAR, SALT)
    mixed = history_of(FILMS, ["Salt", "  Gone   with the Wind ", " ", "Toy Parade"])
    assert mixed.entries == (Entry(SALT), Entry(None, "Gone with the Wind"), Entry(TOY))
    assert mixed.items == (SALT, TOY)
    assert mixed.unknown == ("Gone with the Wind",)


def test_of_titles_with_one_name_the_popular_one_is_meant() -> None:
    assert history_of(FILMS, ["Star Lanterns"]).items == (STAR,)


def test_adding_puts_last_and_says_when_it_was_there() -> None:
    more = THREE.add(FILMS, 4)
    assert more.items == (TOY, STAR, SALT, 4)
    assert more.notes == ()
    again = more.add(FILMS, TOY)
    assert again.items == (STAR, SALT, 4, TOY)
    assert "“Toy Parade (1995)” was in the history already" in again.notes[0]
    named = again.add_name(FILMS, "Gone West").add_name(FILMS, "gone west")
    assert named.unknown == ("gone west",)
    assert "already" in named.notes[0]


def test_moving_stops_at_the_ends() -> None:
    assert THREE.move(2, -1).items == (TOY, SALT, STAR)
    assert THREE.move(0, 1).items == (STAR, TOY, SALT)
    assert THREE.move(0, -1).items == THREE.items
    assert THREE.move(2, 1).items == THREE.items


def test_removing_and_clearing_can_be_undone_until_the_next_change() -> None:
    assert THREE.remove(1).items == (TOY, SALT)
    assert THREE.remove(1).undo().items == THREE.items
    assert THREE.clear().items == ()
    assert THREE.clear().undo().items == THREE.items
    changed = THREE.clear().add(FILMS, STAR)
    assert changed.undo() is changed


def test_an_unknown_name_can_be_given_an_item() -> None:
    odd = history_of(FILMS, ["Toy Paraad", "Salt"])
    placed = odd.place(FILMS, 0, TOY)
    assert placed.entries == (Entry(TOY, "Toy Paraad"), Entry(SALT))
    assert placed.items == (TOY, SALT)
    twice = odd.place(FILMS, 0, SALT)
    assert twice.items == (SALT,)
    assert "more than once" in twice.notes[0]


def test_repeats_count_once_at_their_latest_place() -> None:
    repeated = history_of(FILMS, ["Salt", "Toy Parade", "Salt", "F036"])
    assert repeated.items == (TOY, SALT)
    assert repeated.notes[0].startswith("“Salt (2010)” came more than once; each film counts once")


def test_the_oldest_of_too_many_are_left_out_and_that_is_said() -> None:
    many = [Entry(None, f"title {number}") for number in range(LIMIT + 7)]
    full = arranged(FILMS, many)
    assert len(full.entries) == LIMIT
    assert full.entries[0].name == "title 7"
    assert "the oldest 7 of 507" in full.notes[0]
    assert "the oldest 1 of 501" in full.add(FILMS, STAR).notes[0]


def test_a_name_is_cut_and_kept_on_one_line() -> None:
    name = history_of(FILMS, ["x\n" * 5000]).unknown[0]
    assert len(name) == 200 and "\n" not in name


def test_names_are_read_from_a_file_in_their_order() -> None:
    assert read_names('item\n"Salt, the film"\nÅngström\'s Comet\n'.encode()) == [
        "Salt, the film",
        "Ångström's Comet",
    ]


def test_nothing_is_said_of_an_ordinary_history() -> None:
    assert remarks(THREE, FILMS) == ()


@pytest.mark.parametrize(
    ("history", "said"),
    [
        (History(), "The history is empty"),
        (history_of(FILMS, ["Salt"]), "One film says little"),
        (history_of(FILMS, ["Gone", "West"]), "None of these 2 titles is among the 40 films"),
        (history_of(FILMS, ["Gone", "West", "Salt"]), "Only 1 of 3 are known"),
    ],
)
def test_what_may_disappoint_is_said_with_caution(history: History, said: str) -> None:
    assert said in texts(history)
    assert any(each.caution for each in remarks(history, FILMS))


def test_a_single_unknown_name_is_said_without_caution() -> None:
    one = THREE.add_name(FILMS, "Gone West")
    assert [each.caution for each in remarks(one, FILMS)] == [False]
    assert "“Gone West” is not in this catalog; it is left out" in texts(one)
    two = one.add_name(FILMS, "Gone East")
    assert "“Gone West” and “Gone East” are not in this catalog; they are" in texts(two)


def test_of_a_long_history_it_is_said_how_much_is_read() -> None:
    whole = arranged(FILMS, [Entry(item) for item in range(1, 41)])
    assert "reads the latest 10 of these 40 films" in texts(whole, read=10)
    assert texts(whole, read=40) == ""


def test_few_of_many_unknown_names_are_listed() -> None:
    odd = history_of(FILMS, [f"title {number}" for number in range(9)])
    assert "“title 0”, “title 1”, “title 2” and 6 more" in texts(odd)
