"""Recommendations of many as files."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.recommend import batch_export
from demos.core.recommend.batch import Recommendations, recommend
from demos.core.recommend.batch_export import to_csv, to_json
from demos.core.recommend.steering import Steering
from tests.core.recommend.history_tables import histories_from
from tests.core.recommend.tiny import catalog, ranking

FILMS = replace(catalog(), titles=("", "=Lanterns, or 1+1 (1977)", *catalog().titles[2:]))
TAKEN: tuple[tuple[int, ...], ...] = ((2, 3), (), (29,))
USERS = ('=HYPERLINK("x")', "ben, or b", "çelik")
HISTORIES = histories_from(FILMS, TAKEN, USERS)


def scores(histories: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    return np.stack([ranking(each).scores for each in histories])


@pytest.fixture
def found() -> Recommendations:
    return recommend(FILMS, HISTORIES, scores, Steering(count=3))


def csv_rows(found: Recommendations) -> list[dict[str, str]]:
    file = io.BytesIO()
    to_csv(FILMS, HISTORIES, found, file)
    return list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"))))


def as_json(found: Recommendations) -> dict[str, object]:
    file = io.BytesIO()
    to_json(FILMS, HISTORIES, found, {"model": "tiny"}, file)
    told: dict[str, object] = json.loads(file.getvalue())
    return told


@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_every_customer_and_rank_has_a_row(
    found: Recommendations, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_export, "USERS_AT_ONCE", at_once)
    rows = csv_rows(found)
    assert [row["rank"] for row in rows] == ["1", "2", "3"] * 3
    assert [int(row["item"]) for row in rows] == found.items.ravel().tolist()
    assert [float(row["score"]) for row in rows] == pytest.approx(
        np.exp(found.scores.ravel()), rel=1e-3
    )
    assert [row["basis"] for row in rows] == ["history"] * 3 + ["popularity"] * 3 + ["history"] * 3
    assert rows[0]["code"] == FILMS.codes[int(rows[0]["item"])]


def test_no_cell_is_a_formula(found: Recommendations) -> None:
    rows = csv_rows(found)
    assert rows[0]["user"] == '\'=HYPERLINK("x")'
    titles = {row["item"]: row["title"] for row in rows}
    assert titles["1"] == "'=Lanterns, or 1+1 (1977)"


def test_codes_that_are_but_numbers_are_left_out(found: Recommendations) -> None:
    numbered = replace(FILMS, codes=("", *map(str, range(1, FILMS.size + 1))))
    file = io.BytesIO()
    to_csv(numbered, HISTORIES, found, file)
    assert file.getvalue().decode("utf-8-sig").startswith("user,rank,item,title,score,basis\r\n")


def test_json_says_what_made_it_and_has_each_customer_on_a_line(found: Recommendations) -> None:
    told = as_json(found)
    assert (told["model"], told["catalog"]) == ("tiny", "tiny")
    users = told["users"]
    assert isinstance(users, list)
    assert [each["user"] for each in users] == list(USERS)
    assert [each["known_items"] for each in users] == [2, 0, 1]
    assert [each["unknown_rows"] for each in users] == [0, 1, 0]
    assert [each["basis"] for each in users] == ["history", "popularity", "history"]
    first = users[0]["recommendations"][0]
    assert first["title"] == FILMS.titles[first["item"]]
    assert first["rank"] == 1
    file = io.BytesIO()
    to_json(FILMS, HISTORIES, found, {}, file)
    assert file.getvalue().count(b"\n") == len(USERS) + 2


def test_empty_places_are_in_neither_file() -> None:
    hidden = Steering(count=3, excluded=frozenset(FILMS.group_names))
    nothing = recommend(FILMS, HISTORIES, scores, hidden)
    assert csv_rows(nothing) == []
    users = as_json(nothing)["users"]
    assert isinstance(users, list)
    assert [each["recommendations"] for each in users] == [[], [], []]
