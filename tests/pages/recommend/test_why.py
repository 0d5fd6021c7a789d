"""One recommendation up close, in Streamlit's harness."""

import math
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from demos.core.recommend.influence import Influence, Mover
from demos.core.recommend.neighbors import taken_alike
from pages.components.recommend.why import (
    MOST_BARS,
    drawn,
    effect,
    fine_print,
    scale,
    spoken,
    strongest,
    weighed,
)
from tests.core.recommend import tiny
from tests.pages.harness import ran

CATALOG = tiny.catalog()
ITEM = 4


def influence(*changes: float, whole: float = 1.0, skipped: int = 0) -> Influence:
    history = tuple(range(10, 10 + len(changes)))
    row = np.array([changes], np.float32).reshape(1, -1)
    return Influence(history, (ITEM,), row, np.array([whole], np.float32), skipped)


def script(history: tuple[int, ...], titles: tuple[str, ...] = ()) -> None:
    from dataclasses import replace

    import numpy as np
    import streamlit as st

    from demos.core.recommend.influence import leave_one_out
    from pages.components.recommend.why import choose_item, influence_of, show_why
    from tests.core.recommend import tiny

    catalog = tiny.catalog()
    if titles:
        catalog = replace(catalog, titles=titles)

    def explain(items):  # type: ignore[no-untyped-def]
        st.session_state["asked"] = st.session_state.get("asked", 0) + 1
        scores = lambda batch: np.stack([tiny.ranking(each).scores for each in batch])  # noqa: E731
        return leave_one_out(scores, history, items)

    items = st.session_state.get("items", (4, 5, 31))
    found = influence_of("demo", catalog, history, explain)
    item = choose_item("demo", catalog, items)
    st.session_state["chosen"] = item
    show_why(catalog, found, item, history)


def page(history: tuple[int, ...], titles: tuple[str, ...] = ()) -> AppTest:
    return ran(
        AppTest.from_function(
            script, default_timeout=60, kwargs={"history": history, "titles": titles}
        )
    )


def raw(app: AppTest) -> str:
    return "\n".join(each.value for group in (app.markdown, app.caption) for each in group)


def text(app: AppTest) -> str:
    """As it is read."""
    return raw(app).replace("\u00a0", " ").replace("\\", "")


def test_the_first_recommendation_is_up_close_with_its_reason() -> None:
    app = page((29, 2))
    told = text(app)
    assert app.selectbox[0].options[0] == "1. Matrix Garden, The (1999)"
    assert "**: because of “Star Lanterns: The Return (1980)”" in told
    assert "the whole history, against none, multiplies its score by" in told
    assert "without each of 2 films" in told
    assert "| 2 | Star Lanterns: The Return (1980) | ×" in told


def test_another_list_or_another_choice_does_not_ask_the_model_again() -> None:
    app = page((29, 2))
    app.selectbox[0].set_value(31)
    ran(app)
    assert "**Toy Parade 3 (2010)**: because of “Toy Parade" in text(app)
    app.session_state["items"] = (7, 31)
    ran(app)
    assert app.session_state["chosen"] == 31
    app.session_state["items"] = (7, 8)
    ran(app)
    assert app.session_state["chosen"] == 7  # what was chosen is gone from the list
    assert app.session_state["asked"] == 1


def test_both_kinds_of_neighbors_are_there_and_the_history_is_marked() -> None:
    people_like = taken_alike(CATALOG, ITEM)
    told = text(page((14, people_like[1].item)))
    assert "**Taken by the same people**" in told and "**Titles that mean alike**" in told
    people = told[told.index("Taken by") : told.index("Titles that mean")]
    assert people.count("\n1. ") == 5
    first, second = (CATALOG.titles[each.item] for each in people_like[:2])
    assert f"\n1. {first} :small[" in people
    [marked] = [line for line in people.splitlines() if "in the history" in line]
    assert marked.startswith(f"1. {second}")


def test_without_a_history_there_is_no_chart_but_an_honest_sentence() -> None:
    app = page(())
    told = text(app)
    assert "**Matrix Garden, The (1999)**: popular with everybody; there is no history" in told
    assert not app.expander
    assert "Taken by the same people" in told


def test_one_item_is_said_to_be_compared_with_nothing() -> None:
    told = text(page((2,)))
    assert "With one film in the history, leaving it out leaves none" in told
    assert "the whole history" not in told


def test_a_long_history_says_what_was_not_left_out() -> None:
    told = text(page(tuple(1 + each % 40 for each in range(120))))
    assert "without each of 50 films" in told
    assert "The 70 older ones always stayed in. The 6 that change it most are drawn." in told


def test_titles_are_not_markup() -> None:
    hostile = ("", *("<b>*x*</b>|" for _ in range(40)))
    told = raw(page((2, 3), hostile))
    assert r"\<b\>\*x\*\</b\>\|" in told
    assert "<b>*" not in told
    figure = drawn(replace(CATALOG, titles=hostile), [Mover(3, 1, 1.0)])
    assert "&lt;b&gt;" in figure["layout"]["annotations"][0]["text"]


def test_bars_say_which_way_and_how_far_without_their_color() -> None:
    movers = influence(0.5, -0.5, 1.5).movers(ITEM)
    [bars] = drawn(CATALOG, movers)["data"]
    assert bars["text"] == ["× 4.5", "× 1.65", "÷ 1.65"]
    assert bars["x"] == pytest.approx([1.5, 0.5, -0.5])
    assert bars["marker"]["color"][0] == bars["marker"]["color"][1] != bars["marker"]["color"][2]
    assert spoken(CATALOG, movers, ITEM) == (
        "What films of the history do to the score of Matrix Garden, The (1999). "
        "3. Harbor Murders, The (1971) × 4.5; 1. Ten Days on Mars (1990) × 1.65; "
        "2. Quiet Accomplice, A (1958) ÷ 1.65."
    )


def test_the_largest_changes_are_drawn_whichever_their_direction() -> None:
    changes = [0.01 * each for each in range(12)] + [-5.0]
    found = strongest(influence(*changes).movers(ITEM))
    assert len(found) == MOST_BARS
    assert found[-1].change == -5
    assert min(abs(each.change) for each in found) == pytest.approx(0.07)
    assert len(strongest(influence(*[0.0] * 30).movers(ITEM))) == MOST_BARS


@pytest.mark.parametrize(
    "change, short, words",
    [
        (0.0, "× 1", "leaves its score as it is"),
        (0.004, "× 1", "leaves its score as it is"),
        (math.log(1.12), "× 1.12", "multiplies its score by 1.12"),
        (-math.log(1.5), "÷ 1.50", "divides its score by 1.50"),
        (math.log(12.34), "× 12", "multiplies its score by 12"),
        (20.0, "× over 1,000,000", "multiplies its score by over 1,000,000"),
    ],
)
def test_changes_in_words(change: float, short: str, words: str) -> None:
    assert scale(change) == short
    assert effect(change) == words


def test_how_much_the_reasons_weigh() -> None:
    assert weighed(CATALOG, influence(1.0, 0.0, whole=-0.5), ITEM) == (
        "“Ten Days on Mars (1990)” multiplies its score by 2.7; the whole history, against none, "
        "divides its score by 1.65."
    )
    assert weighed(CATALOG, influence(0.1, 0.0, whole=0.0), ITEM) == (
        "The whole history, against none, leaves its score as it is."
    )


def test_the_fine_print_says_what_was_compared() -> None:
    assert "always stayed in" not in fine_print(CATALOG, influence(1.0, 2.0), 2)
    assert "The 1 older one always stayed in." in fine_print(
        CATALOG, influence(*[1.0] * 50, skipped=1), 10
    )
