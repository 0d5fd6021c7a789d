"""The map of a catalog: the picture of all items, what is lit on it, and its words."""

import json
import re
from dataclasses import replace
from urllib.parse import unquote

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from demos.core.recommend.catalog import Region
from pages.components.recommend.map import (
    MOST_LIT,
    View,
    around_items,
    fine_print,
    nearest_name,
    popular,
    spoken,
    table_rows,
    whereabouts,
)
from pages.components.recommend.map_chart import drawn, named, payload
from pages.components.recommend.map_picture import picture, steps
from tests.core.recommend import tiny
from tests.pages.harness import ran

CATALOG = tiny.catalog()
WHOLE = (0.0, 0.0, 1.04)
SPACE, CRIME, TOYS = 1, 12, 29


def script(history: tuple[int, ...], recommended: tuple[int, ...]) -> None:
    from pages.components.recommend.map import show_map
    from tests.core.recommend import tiny

    show_map("demo", tiny.catalog(), history, recommended)


def page(history: tuple[int, ...], recommended: tuple[int, ...]) -> AppTest:
    given = {"history": history, "recommended": recommended}
    return ran(AppTest.from_function(script, default_timeout=60, kwargs=given))


def text(app: AppTest) -> str:
    return "\n".join(each.value for each in (*app.markdown, *app.caption)).replace("\\", "")


def dots(address: str) -> set[tuple[int, int]]:
    """Where the path of a picture goes, as steps on the map."""
    path = re.search(r"path d='([^']*)'", unquote(address))
    assert path
    moves = [tuple(map(int, each)) for each in re.findall(r"m(-?\d+),?(-?\d+)h0", path[1])]
    return {(int(x), -int(y)) for x, y in np.cumsum(moves, axis=0)}


def test_the_picture_has_every_item_where_it_is() -> None:
    rng = np.random.default_rng(3)
    places = rng.uniform(-1, 1, (500, 2)).astype(np.float32)
    places[:3] = [[-1, 1], [0, 0], [1, -1]]
    address = picture(places, "#0b6169", 0.5, 8)
    assert dots(address) == {(x, y) for x, y in steps(places).tolist()}
    assert address.startswith("data:image/svg+xml,")
    assert not set(address) & set("<>#\"' ")
    assert "stroke='#0b6169'" in unquote(address)


def test_nine_thousand_items_weigh_little() -> None:
    rng = np.random.default_rng(4)
    places = rng.uniform(-1, 1, (9147, 2)).astype(np.float32)
    assert len(picture(places, "#0b6169", 0.5, 8)) < 80_000


def test_history_and_recommendations_differ_in_shape_and_have_a_legend() -> None:
    figure = drawn(CATALOG, [SPACE, CRIME, TOYS], [TOYS, 30], [2, 3], WHOLE)
    traces = {each.get("name"): each for each in figure["data"]}
    history, recommended = traces["history"], traces["recommended"]
    assert history["marker"]["symbol"] == "diamond"
    assert "symbol" not in recommended["marker"] and recommended["text"] == ["1", "2"]
    assert history["customdata"] == [SPACE, CRIME]  # a film in both is drawn as recommended
    assert recommended["customdata"] == [TOYS, 30]
    assert traces["most taken"]["customdata"] == [2, 3]
    assert figure["layout"]["showlegend"]
    assert recommended["hovertext"][0] == "1. Toy Parade (1995)"
    x, y = (CATALOG.places[TOYS] * 1000).round().tolist()
    assert (recommended["x"][0], recommended["y"][0]) == (x, y)
    assert payload(figure) == len(json.dumps(figure, separators=(",", ":")))


def test_nothing_lit_is_no_empty_trace() -> None:
    figure = drawn(CATALOG, [], [], [], WHOLE)
    assert [each["mode"] for each in figure["data"]] == ["text"]


def test_titles_and_names_are_not_markup() -> None:
    hostile = replace(
        CATALOG, titles=("", *("<b>x" for _ in range(40))), regions=(Region("<i>y", 0, 0),)
    )
    figure = json.dumps(drawn(hostile, [1], [2], [3], WHOLE))
    assert "&lt;b&gt;x" in figure and "&lt;i&gt;y" in figure
    assert "<b>" not in figure and "<i>" not in figure


def test_names_that_would_run_into_each_other_wait_for_a_closer_look() -> None:
    close = (Region("a", 0, 0), Region("b", 0.1, 0.05), Region("c", 0.1, 0.5))
    assert [each.name for each in named(close, 1.0)] == ["a", "c"]
    assert [each.name for each in named(close, 0.2)] == ["a", "b", "c"]


def test_a_view_holds_what_is_looked_at() -> None:
    items = [SPACE, CRIME, TOYS]
    view = around_items(CATALOG, items)
    assert (np.abs(CATALOG.places[items] - (view.x, view.y)) < view.half).all()
    assert around_items(CATALOG, []) == View(0, 0, 1.04)
    assert around_items(CATALOG, [SPACE]).half == 0.25


def test_the_most_taken_of_the_part_shown_can_be_pointed_at() -> None:
    found = popular(CATALOG, View(-0.7, 0.5, 0.4), {1})
    assert found[:3] == [2, 4, 3]
    assert all("Sci-Fi" in CATALOG.groups[each] for each in found)
    assert len(popular(CATALOG, View(0, 0, 1.04), set())) == 40  # padding is no film


def test_the_map_in_words() -> None:
    told = spoken(CATALOG, [SPACE, 2, CRIME], [TOYS])
    assert told == (
        "Map of 40 films, near each other where histories treat them alike, however often they "
        "are taken. Its parts: Sci-Fi; Crime; Romance; Children; Documentary. Of the history, 2 "
        "near “Sci-Fi”, 1 near “Crime”. "
        "Of the recommendations, 1 near “Children”."
    )
    assert whereabouts(CATALOG, [], []) == []
    everywhere = whereabouts(CATALOG, [1, 2, 11, 12, 20, 21, 29, 30, 36], [])
    assert everywhere[0].endswith(", 1 elsewhere.")
    assert nearest_name(replace(CATALOG, regions=()), 1) == ""


def test_the_table_has_what_is_lit_the_recommendations_first() -> None:
    first, second = table_rows(CATALOG, [CRIME], [TOYS])
    assert first[:3] == ("Toy Parade \\(1995\\)", "recommended, 1", "Children")
    assert second[:3] == ("Harbor Murders, The \\(1971\\)", "history", "Crime")
    assert first[3].startswith("−")  # left of the middle, with a proper minus


def test_the_page_says_where_things_are_and_what_the_map_weighs() -> None:
    app = page((SPACE, 2, CRIME, SPACE), (TOYS, 4))
    told = text(app)
    assert "Of the history, 2 near “Sci-Fi”, 1 near “Crime”" in told
    assert re.search(r"The map weighs \d+ kB\.", told)
    assert app.selectbox[0].options == [
        *("The whole map", "The history", "The recommendations"),
        *("Sci-Fi", "Crime", "Romance", "Children", "Documentary"),
    ]
    for look in ("The recommendations", "Crime"):
        app.selectbox[0].set_value(look)
        ran(app)
    assert app.session_state["demo.tiny.map.look"] == "Crime"


def test_the_item_that_is_clicked_on_is_told_with_what_is_like_it() -> None:
    def clicked() -> None:
        from unittest.mock import patch

        import streamlit as st

        from pages.components.recommend.map import show_map
        from tests.core.recommend import tiny

        state = {"selection": {"points": [{"curve_number": 1, "customdata": 14}]}}
        with patch.object(st, "plotly_chart", return_value=state):
            show_map("demo", tiny.catalog(), (12,), (29,))

    told = text(ran(AppTest.from_function(clicked, default_timeout=60)))
    assert "**Se7en Locks (1995)** :small[Crime, 520 viewers] was taken 520 times." in told
    assert "Like **Se7en Locks (1995)**" in told
    assert "Taken by the same people" not in text(page((12,), (29,)))


def test_without_a_history_there_is_none_to_look_at() -> None:
    app = page((), (TOYS,))
    assert "The history" not in app.selectbox[0].options
    assert "Of the history" not in text(app)


@pytest.mark.parametrize("history, said", [(MOST_LIT, False), (500, True)])
def test_a_long_history_is_lit_in_part_and_said_so(history: int, said: bool) -> None:
    told = fine_print(CATALOG, history, min(history, MOST_LIT), 5, 80_000)
    assert ("the latest 200 of 500 are lit" in told) is said
    assert "weighs 80 kB" in told
