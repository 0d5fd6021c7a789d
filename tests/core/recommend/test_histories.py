"""From rows of a file to a history per customer."""

import numpy as np
import pytest

from demos.core.errors import InputError
from demos.core.recommend import histories as module
from demos.core.recommend.histories import Histories, histories_of
from demos.core.recommend.history_columns import COLUMNS, columns_for
from demos.core.settings import Settings
from demos.core.tables import preview, read, template
from tests.core.recommend.tiny import catalog

FILMS = catalog()


def gathered(text: str | bytes) -> Histories:
    """What a file says, read as a page does."""
    data = text.encode() if isinstance(text, str) else text
    seen = preview(data, "mine.csv", COLUMNS, Settings())
    table = read(data, "mine.csv", COLUMNS, seen.layout, seen.mapping, Settings())
    return histories_of(table.frame, FILMS)


def said(histories: Histories) -> dict[str, list[int]]:
    return {user: histories.of(place).tolist() for place, user in enumerate(histories.users)}


def test_without_a_time_the_order_is_that_of_the_file() -> None:
    found = gathered("user,item\nzoe,Salt\namy,Bees!\nzoe,Fingerprints\nzoe,Commissaire Brule\n")
    assert said(found) == {"zoe": [36, 16, 15], "amy": [38]}
    assert found.notes == ()


def test_times_decide_the_order_and_rows_without_one_are_the_oldest() -> None:
    found = gathered(
        "user,item,time\na,Salt,2024-03-01\na,Bees!,2024-01-01\na,Fingerprints,\n"
        "a,Commissaire Brule,2024-02-01\n"
    )
    assert said(found) == {"a": [16, 38, 15, 36]}


def test_places_decide_where_times_are_the_same() -> None:
    found = gathered(
        "user,item,time,position\na,Salt,2024-01-01,2\na,Bees!,2024-01-01,1\n"
        "a,Fingerprints,2023-01-01,9\n"
    )
    assert said(found) == {"a": [16, 38, 36]}


def test_an_item_taken_again_counts_once_at_its_latest_time() -> None:
    found = gathered("user,item\na,Salt\na,Bees!\na,SALT (2010)\nb,Salt\n")
    assert said(found) == {"a": [38, 36], "b": [36]}
    assert found.notes == ("1 row repeats an item of the same customer: its latest time counts.",)


def test_rows_of_unknown_items_are_set_aside_and_their_customers_stay() -> None:
    found = gathered(
        'user,item,time\na,Salt,2024-01-01\na,Nothing Known,2024-01-02\nb,"=1+1",\n'
        "a,Star Lanterns,2024-01-03\n"
    )
    assert said(found) == {"a": [36], "b": []}
    assert found.lost.tolist() == [2, 1]
    assert found.lengths.tolist() == [1, 0]
    lines = found.unknown.to_csv().decode("utf-8-sig").splitlines()
    assert lines[0] == "line,reason,user,item,time"
    assert lines[1].startswith("3,") and "is not in the catalog" in lines[1]
    assert lines[1].endswith("a,Nothing Known,2024-01-02 00:00:00")
    assert "'=1+1" in lines[2]
    assert "fits several items; such as “Star Lanterns (1977)”" in lines[3]
    assert len(found.unknown) == 3


def test_rows_given_back_can_be_mended_and_uploaded_again() -> None:
    found = gathered("customer;title\na;Salt\na;Orbital of Glasses\n")
    mended = found.unknown.to_csv().replace(b"a,Orbital of Glasses", b"a,Orbit of Glass")
    assert said(gathered(mended)) == {"a": [6]}


def test_each_name_is_counted_with_its_rows() -> None:
    found = gathered("user,item\na,Salt\nb,Salt\nb,Nothing Known\n")
    assert found.matching.names == ("Salt", "Nothing Known")
    assert found.rows.tolist() == [2, 1]


def test_numbers_stored_with_a_decimal_point_are_whole() -> None:
    assert said(gathered("user,item\n17850.0,36.0\n17850.0,38.0\n12.0,1.0\n")) == {
        "17850": [36, 38],
        "12": [1],
    }


def test_codes_like_numbers_are_left_as_they_are_among_others() -> None:
    assert list(said(gathered("user,item\n1.0,Salt\nb,Salt\n"))) == ["1.0", "b"]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_other_encodings_are_read(encoding: str) -> None:
    assert said(gathered("user;title\nJosé;Amélie's Umbrella\nJosé;Salt\n".encode(encoding))) == {
        "José": [20, 36]
    }


def test_empty_titles_are_set_aside_by_the_table_already() -> None:
    data = b"user,item\na,Salt\na,\n,Salt\nb,  \n"
    seen = preview(data, "mine.csv", COLUMNS, Settings())
    table = read(data, "mine.csv", COLUMNS, seen.layout, seen.mapping, Settings())
    assert len(table.quarantine) == 3
    assert said(histories_of(table.frame, FILMS)) == {"a": [36]}


def test_a_column_of_customers_is_needed() -> None:
    data = b"title,year\nSalt,2010\nBees!,2017\n"
    seen = preview(data, "mine.csv", COLUMNS, Settings())
    assert [each.name for each in seen.missing] == ["user"]
    with pytest.raises(InputError, match="no column for: Customer"):
        read(data, "mine.csv", COLUMNS, seen.layout, seen.mapping, Settings())


def test_one_column_alone_is_refused_with_a_way_out() -> None:
    with pytest.raises(InputError, match="without columns"):
        preview(b"title\nSalt\nBees!\n", "mine.csv", COLUMNS, Settings())


def test_of_columns_of_one_name_the_first_counts() -> None:
    assert said(gathered("user,title,title\na,Salt,Bees!\n")) == {"a": [36]}


def test_a_file_of_another_catalog_is_refused_with_a_way_out() -> None:
    rows = "".join(f"a,White Metal Lantern {number}\n" for number in range(30))
    with pytest.raises(InputError) as caught:
        gathered(f"user,item\n{rows}a,Salt\n")
    assert caught.value.problem.startswith(
        "Only 1 (3.2 %) of the 31 rows names one of the 40 films"
    )
    assert "“White Metal Lantern 0”" in caught.value.problem
    assert "Choose the catalog" in caught.value.remedy


def test_numbers_of_another_catalog_are_refused_and_called_that() -> None:
    with pytest.raises(InputError) as caught:
        gathered("user,item\na,318\na,40\nb,2571\n")
    assert caught.value.problem.startswith("None of the 3 rows name one")
    assert "Its numbers go beyond 40" in caught.value.remedy


def test_the_latest_items_of_a_long_history_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ITEMS", 3)
    rows = "".join(f"a,{item}\nb,{item}\n" if item < 3 else f"a,{item}\n" for item in range(1, 41))
    found = gathered(f"user,item\n{rows}")
    assert said(found) == {"a": [38, 39, 40], "b": [1, 2]}
    assert found.notes == ("1 customer has more than 3 items: the latest 3 are used.",)


def test_customers_beyond_the_limit_are_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_USERS", 2)
    found = gathered("user,item\nc,Salt\nb,Salt\na,Salt\nc,Bees!\n")
    assert said(found) == {"c": [36, 38], "b": [36]}
    assert "The file has 3 customers; the first 2 are used" in found.notes[0]


def test_a_great_many_rows_of_one_customer_are_one_history() -> None:
    rng = np.random.default_rng(1)
    items = rng.integers(1, 41, 20_000)
    found = gathered("user,item\n" + "".join(f"me,{item}\n" for item in items))
    latest = list(dict.fromkeys(reversed(items.tolist())))[::-1]
    assert said(found) == {"me": latest}


def test_the_template_is_read_as_it_is_and_names_items_of_the_catalog() -> None:
    found = gathered(template(columns_for(FILMS)))
    assert len(found.unknown) == 0
    assert [len(each) for each in said(found).values()] == [3, 2]
