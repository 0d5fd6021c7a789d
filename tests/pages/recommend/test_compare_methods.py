"""Two ways to recommend, side by side."""

from streamlit.testing.v1 import AppTest

from demos.core.recommend.overlap import Placed
from pages.components.recommend.compare import agreement, lines, moved
from tests.core.recommend import tiny
from tests.pages.harness import ran

CATALOG = tiny.catalog()


def script() -> None:
    import streamlit as st

    from pages.components.recommend.compare import Method, show_methods
    from tests.core.recommend import tiny

    lists = {"blend": (1, 2, 3, 4), "transitions": (2, 1, 5, 4), "popularity": (1, 2, 3, 4)}
    methods = (
        Method("blend", "Blend (recommended)", "Everything together.", {"NDCG@10": ".141"}),
        Method("transitions", "Item transitions", "What comes next.", {"NDCG@10": ".118"}),
        Method("popularity", "Popularity", "What everybody takes."),
    )

    def listed(name: str) -> tuple[int, ...]:
        st.session_state.setdefault("asked", []).append(name)
        return lists[name]

    about = st.session_state.get("about", "one history")
    show_methods("demo", tiny.catalog(), methods, listed, about, "the last film of 9 viewers")


def text(app: AppTest) -> str:
    groups = (app.markdown, app.caption, app.subheader)
    raw = "\n".join(each.value for group in groups for each in group)
    return raw.replace("\u00a0", " ").replace("\\", "")


def test_two_lists_and_how_far_they_agree() -> None:
    app = ran(AppTest.from_function(script, default_timeout=60))
    told = text(app)
    assert app.selectbox[0].options == ["Item transitions", "Popularity"]
    assert "Blend (recommended)" in told and "What comes next." in told
    # Agreement at depths 1 to 4: 0, 1, 2/3, 3/4.
    expected = (0.9**2 + 2 / 3 * 0.9**3 + 0.75 * 0.9**4) / 9 + 0.75 * 0.9**4
    assert round(expected, 2) == 0.69
    assert "They share 3 of 4 films. Rank-biased overlap: 0.69 of 1." in told
    assert "| NDCG@10 | .141 | .118 |" in told
    assert "Measured on the last film of 9 viewers" in told
    assert "Star Lanterns: The Return (1980) :small[:material/arrow_upward: up 1, from 2]" in told
    assert "Matrix Gardens, The (2003) :small[only here]" in told


def test_each_method_is_asked_once_for_a_history() -> None:
    app = ran(AppTest.from_function(script, default_timeout=60))
    ran(app)
    assert app.session_state["asked"] == ["blend", "transitions"]
    app.selectbox[0].set_value("popularity")
    ran(app)
    assert app.session_state["asked"] == ["blend", "transitions", "popularity"]
    assert "Both give the same list" in text(app)
    assert "| NDCG@10 | .141 | – |" in text(app)
    app.session_state["about"] = "another history"
    ran(app)
    assert app.session_state["asked"][3:] == ["blend", "popularity"]


def test_agreement_in_words() -> None:
    assert agreement(CATALOG, [1, 2], [1, 2]) == "Both give the same list."
    assert agreement(CATALOG, [1, 2], [3, 4]) == "They have no film in common."
    assert agreement(CATALOG, [1, 2, 3], [1]).startswith("They share 1 of 3 and 1 films.")


def test_where_an_item_went_has_words_as_well_as_a_sign() -> None:
    assert moved(Placed(1, 3, 1), True).endswith("up 2, from 3")
    assert moved(Placed(1, 1, 3), True).endswith("down 2, from 1")
    assert moved(Placed(1, 2, 2), True) == "= same place"
    assert moved(Placed(1, None, 2), True).endswith("only here")
    assert moved(Placed(1, 2, None), False) == "only here"
    assert moved(Placed(1, 2, 2), False) == ""
    assert lines(CATALOG, [], {}, True) == "Nothing to recommend."
