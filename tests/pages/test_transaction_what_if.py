"""Editing a transaction on the page, with a score that rises with the amount."""

from collections.abc import Sequence
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.errors import Busy
from demos.core.knobs import Knob, Setting
from pages.components.transaction_what_if import verdict
from pages.components.transaction_what_if_chart import (
    crossing,
    crossings,
    drawn,
    spoken,
    table_rows,
)
from tests.pages.harness import ran

AMOUNT = Knob(
    *("amount", "Amount (EUR)", 0.0, 1e6, 50.0, 10.0, "%.2f", "What it cost."),
    exact=True,
    grid=tuple(float(each) for each in range(0, 201, 20)),
)
HOUR = Knob("hour", "Hour", 0, 23, 12, 1, "%d h", "Of the same day.")
NONE = Knob("frauds", "Frauds", 0, 0, 0, 1, "%d", "Nothing to edit here.")


class Score:
    """A probability of a percent for each 2 EUR, half as much at noon; counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, settings: Sequence[Setting]) -> list[float]:
        self.asked.append(len(settings))
        return [
            min(each["amount"] / 200, 1) * (0.5 if each["hour"] == 12 else 1) for each in settings
        ]


def page(ask: Any, threshold: float = 0.4, key: str = "k.1") -> AppTest:
    def script(**given: object) -> None:
        from pages.components.transaction_what_if import show_transaction_what_if

        show_transaction_what_if(**given)

    given = {"knobs": (AMOUNT, HOUR, NONE), "ask": ask, "threshold": threshold, "key": key}
    return ran(AppTest.from_function(script, default_timeout=60, kwargs=given))


def text(app: AppTest) -> str:
    groups = (app.markdown, app.caption, app.warning)
    return "\n".join(each.value for group in groups for each in group).replace("\u00a0", " ")


def metrics(app: AppTest) -> list[str]:
    return [each.value for each in app.metric]


def test_it_starts_as_the_transaction_is() -> None:
    app = page(Score())
    assert metrics(app) == ["12.5 %", "12.5 %"]
    assert "Below the threshold" in text(app)
    assert app.button("k.1.reset").disabled
    assert "Frauds: **0**" in text(app) and "Nothing to edit here." in text(app)


def test_an_edit_changes_the_score_at_once_and_can_turn_the_decision() -> None:
    app = page(Score())
    app.number_input("k.1.amount").set_value(180.0)
    assert metrics(ran(app)) == ["12.5 %", "45.0 %"]
    assert app.metric[1].delta == "odds × 5.7"  # from 1 : 7 to 9 : 11
    assert "At or above the threshold" in text(app)
    assert "The edit turns the decision" in text(app)
    app.slider("k.1.hour").set_value(3)
    assert metrics(ran(app)) == ["12.5 %", "90.0 %"]


def test_reset_goes_back() -> None:
    app = page(Score())
    app.number_input("k.1.amount").set_value(180.0)
    app.slider("k.1.hour").set_value(3)
    ran(app).button("k.1.reset").click()
    assert metrics(ran(app)) == ["12.5 %", "12.5 %"]
    assert app.slider("k.1.hour").value == 12
    assert app.button("k.1.reset").disabled


def test_the_line_is_asked_for_again_only_when_another_knob_is_turned() -> None:
    score = Score()
    app = page(score)
    assert score.asked == [11, 2]
    app.number_input("k.1.amount").set_value(180.0)
    ran(app)
    assert score.asked == [11, 2, 2]
    app.slider("k.1.hour").set_value(3)
    ran(app)
    assert score.asked == [11, 2, 2, 11, 2]
    assert "rises above it at about 70" in text(app)  # at 80 it is 40 %, at 60 it is not


def test_a_queue_that_is_full_is_said_with_a_way_out() -> None:
    def busy(settings: Sequence[Setting]) -> list[float]:
        raise Busy(3)

    app = page(busy)
    assert "number 3 in the queue" in text(app)
    assert [each.label for each in app.button] == ["Reset", "Try again"]


@pytest.mark.parametrize(
    ("was", "now", "threshold", "words"),
    [
        (0.1, 0.2, 0.5, "**Below the threshold** of 50.0 %."),
        (0.1, 0.5, 0.5, "**At or above the threshold** of 50.0 %. **The edit turns"),
        (0.9, 0.2, 0.5, "**Below the threshold** of 50.0 %. **The edit turns"),
        (0.9, 1.0, 2.0, "No threshold is set that any probability reaches."),
    ],
)
def test_the_verdict(was: float, now: float, threshold: float, words: str) -> None:
    assert words in verdict(was, now, threshold)


LINE = [(0.0, 0.1), (10.0, 0.6), (20.0, 0.7), (30.0, 0.2)]


def test_where_the_threshold_is_passed() -> None:
    assert crossings(LINE, 0.5) == [(5.0, True), (25.0, False)]
    assert crossing(AMOUNT, LINE, 0.5) == (
        "Along Amount (EUR), with a threshold of 50.0 %, it rises above it at about 5, falls below "
        "it at about 25."
    )
    assert "stays below the threshold of 90.0 %" in crossing(AMOUNT, LINE, 0.9)
    assert "stays at or above the threshold of 5.0 %" in crossing(AMOUNT, LINE, 0.05)
    assert crossing(AMOUNT, LINE, 2.0) == "The probability along Amount (EUR)."


def test_the_table_has_both_sides_of_every_crossing() -> None:
    long = [(float(k), 0.1 if k < 33 else 0.9) for k in range(41)]
    rows = table_rows(long, 0.5)
    assert ("32.00", "10.0 %", "below") in rows and ("33.00", "90.0 %", "at or above") in rows
    assert rows[0][0] == "0.00" and rows[-1][0] == "40.00" and len(rows) < 15


def test_the_chart_shows_the_threshold_where_there_is_one() -> None:
    upright, level = drawn(AMOUNT, 20.0, 0.7, LINE, 0.5, "fraud")["layout"]["shapes"]
    assert upright["x0"] == AMOUNT.start
    assert level["y0"] == pytest.approx(0)  # even odds
    assert len(drawn(AMOUNT, 20.0, 0.7, LINE, 2.0, "fraud")["layout"]["shapes"]) == 1


def test_a_value_beyond_the_line_is_still_in_the_chart() -> None:
    low, high = drawn(AMOUNT, 500.0, 0.7, LINE, 0.5, "fraud")["layout"]["xaxis"]["range"]
    assert low == 0 and high > 500


def test_certainties_are_drawn_at_the_edge() -> None:
    figure = drawn(AMOUNT, 0.0, 0.0, [(0.0, 0.0), (1.0, 1.0)], 0.0, "fraud")
    assert max(figure["data"][0]["y"]) < 10 and min(figure["data"][0]["y"]) > -10


def test_the_chart_in_words() -> None:
    assert spoken(AMOUNT, LINE, 2.0, "fraud") == (
        "Probability of fraud along Amount (EUR): 10.0 % at 0; 20.0 % at 30; highest 70.0 % at 20, "
        "lowest 10.0 % at 0. The probability along Amount (EUR)."
    )
