"""The business view in Streamlit's harness, on a curve measured for this test."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.recommend.trade_off import Curve, Point
from pages.components.recommend.business_charts import MEASURES
from pages.components.recommend.business_words import (
    cost,
    hits,
    lead,
    per_thousand,
    spoken_lorenz,
    spoken_trade_off,
    worth,
)
from tests.core.recommend import tiny
from tests.pages.harness import ran

CATALOG = tiny.catalog()
START = Point(
    toward="",
    weight=0.0,
    ndcg=0.09,
    recall=0.2,
    coverage=0.25,
    long_tail=0.1,
    novelty=8.0,
    gini=0.9,
    lorenz=(0.0, 0.05, 0.6, 1.0),
    change=(0.0, 0.0),
)
NOVEL = replace(
    START, weight=1.0, ndcg=0.05, recall=0.1, coverage=0.75, novelty=12.0, change=(-0.12, -0.08)
)
POPULAR = replace(START, toward="popularity", weight=1.0, ndcg=0.02, coverage=0.05)
CURVE = Curve(
    users=1_500,
    shares=(0.0, 0.9, 0.99, 1.0),
    taken=(0.0, 0.4, 0.8, 1.0),
    taken_gini=0.6,
    novelty=(START, NOVEL),
    toward={"popularity": (START, POPULAR)},
)


def script(novelty: float, measured: bool = True) -> None:
    from pages.components.recommend.business import show_business
    from tests.core.recommend import tiny
    from tests.pages.recommend import test_business

    curve = test_business.CURVE if measured else None
    show_business("demo", tiny.catalog(), curve, novelty, {"popularity": "Most popular"})


def page(novelty: float, measured: bool = True) -> AppTest:
    options = {"novelty": novelty, "measured": measured}
    return ran(AppTest.from_function(script, default_timeout=60, kwargs=options))


def text(app: AppTest) -> str:
    told = "\n".join(each.value for group in (app.markdown, app.caption) for each in group)
    return told.replace("\u00a0", " ").replace("\\", "")


def test_the_setting_is_told_beside_none_and_in_money() -> None:
    app = page(0.5)
    told = text(app)
    assert "**At novelty 50 %, the ten films of 1,500 people show 50.0 % of the catalog" in told
    assert "about 50 fewer than without novelty" in told
    assert "| Hits per 1,000 users | 150 | 200 |" in told
    assert "50 hits x 1 = about 50 lost per 1,000 users" in told
    app.number_input[0].set_value(2.5)
    assert "50 hits x 2.5 = about 125 lost" in text(ran(app))


def test_another_way_is_added_to_the_table_and_named_plainly() -> None:
    app = page(0.0)
    assert "| Novelty 100 % |" in text(app) and "Most popular 100 %" not in text(app)
    way = next(each for each in app.selectbox if "Another way" in each.label)
    assert way.options == ["None", "Mix in: Most popular"]
    way.set_value("popularity")
    assert "| Most popular 100 % | 0.02 | 200 | 5.0 % |" in text(ran(app))


def test_every_measure_can_stand_along_the_bottom() -> None:
    app = page(0.3)
    for name, measure in MEASURES.items():
        app.selectbox[0].set_value(name)
        assert f"against {measure.title.lower()}" in text(ran(app))


def test_a_catalog_without_a_curve_says_so() -> None:
    app = page(0.3, measured=False)
    assert "was not measured" in app.info[0].value
    assert not app.selectbox


def test_a_difference_within_chance_is_called_so() -> None:
    now = replace(START, weight=0.2, recall=0.195, change=(-0.012, 0.003))
    told = cost(CATALOG, START, now)
    assert "about 5 fewer" in told and "12 fewer to 3 more, so that may be chance" in told
    assert "chance" not in cost(CATALOG, START, NOVEL)
    assert "100 fewer" in cost(CATALOG, START, NOVEL)


@pytest.mark.parametrize(("recall", "expected"), [(0.2002, 0), (0.21, 10), (0.15, -50)])
def test_hits_are_whole(recall: float, expected: int) -> None:
    assert hits(START, replace(START, recall=recall)) == expected


def test_no_novelty_and_no_difference_have_sentences_of_their_own() -> None:
    assert "200 of 1,000 people" in cost(CATALOG, START, START)
    same = replace(START, weight=0.1, recall=0.2001, coverage=0.3)
    assert "costs nothing to speak of" in cost(CATALOG, START, same)
    assert worth(0, 5.0) == worth(-3, 0.0) == "In money: no difference."
    assert worth(1, 3.0) == "In money: 1 hit x 3 = about 3 won per 1,000 users."
    assert [per_thousand(each) for each in (0.004, 0, -0.002)] == [
        "4 more",
        "none fewer",
        "2 fewer",
    ]


def test_the_charts_are_told_in_words() -> None:
    told = spoken_trade_off(CURVE.novelty, START, MEASURES["coverage"], (), "")
    assert told == (
        "NDCG@10 against share of the catalog shown. Novelty from 0 %, with NDCG@10 0.09 and "
        "25.0 %, to 100 %, with NDCG@10 0.05 and 75.0 %; now, at novelty 0 %: NDCG@10 0.09 and "
        "25.0 %."
    )
    other = CURVE.toward["popularity"]
    assert "mixing in Popular from 0 %" in spoken_trade_off(
        CURVE.novelty, START, MEASURES["gini"], other, "Popular"
    )
    assert "of recommendations, the top 10 % of films get 95.0 % and the top 1 % 40.0 %" in (
        spoken_lorenz(CATALOG, CURVE, START)
    )


def test_the_lead_counts_the_items_shown() -> None:
    assert "25.0 % of the catalog, 10 of 40" in lead(CATALOG, CURVE, START)


def test_a_mark_stands_where_the_control_does() -> None:
    def draw() -> None:
        import streamlit as st

        from pages.components.recommend.business_charts import (
            MEASURES,
            lorenz_chart,
            trade_off_chart,
        )
        from tests.pages.recommend.test_business import CATALOG, CURVE

        now, other = CURVE.at(0.5), CURVE.toward["popularity"]
        found = trade_off_chart(CURVE.novelty, now, MEASURES["coverage"], other, "Popular")
        st.session_state["charts"] = (found, lorenz_chart(CATALOG, CURVE, now))

    trade_off, lorenz = ran(AppTest.from_function(draw, default_timeout=60)).session_state["charts"]
    novelty, popular, mark = trade_off["data"]
    assert (novelty["x"], novelty["y"]) == ([25, 75], [0.09, 0.05])
    assert popular["name"] == "More of: Popular"
    assert mark["x"] == [50] and mark["y"] == pytest.approx([0.07])
    assert mark["text"] == ["<b>now, 50 %</b>"]
    # told apart without color
    assert novelty["line"]["dash"] != popular["line"]["dash"]
    assert len({each["line"]["dash"] for each in lorenz["data"]}) == 3
    assert lorenz["data"][0]["y"] == pytest.approx([0, 5, 60, 100])
