"""The reasons of a score on the page."""

import math

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.reasons import Account, Reason
from pages.components.reasons import drawn, signed, spoken, steps, told_step

TERMINAL = Reason("T", "Terminal", "Terminal <b>*8*</b> had 4 frauds.", math.log(20))
HABIT = Reason("H", "Habit", "Less than usual.", -math.log(2))
HOUR = Reason("D", "Hour", "It was noon.", 0.01)
BASE = math.log(0.01 / 0.99)


def account(*reasons: Reason, notes: tuple[str, ...] = (), residual: float = 2e-7) -> Account:
    total = BASE + sum(each.value for each in reasons)
    return Account(reasons, BASE, total, residual, notes)


def page(given: Account) -> AppTest:
    def script(account: object) -> None:
        from pages.components.reasons import show_reasons

        show_reasons(account)

    app = AppTest.from_function(script, default_timeout=60, kwargs={"account": given}).run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    groups = (app.markdown, app.caption, app.info)
    return "\n".join(each.value for group in groups for each in group).replace("\u00a0", " ")


def test_what_raises_and_what_lowers_it_is_said_with_its_effect() -> None:
    told = text(page(account(TERMINAL, HABIT, HOUR)))
    assert "fraud of **1.0 %**; this one has **9.3 %**" in told
    raises, lowers = told.index("What raises it"), told.index("What lowers it")
    assert raises < told.index("had 4 frauds") < lowers < told.index("Less than usual")
    assert "*Multiplies the odds by 20.*" in told
    assert "*Divides the odds by 2.*" in told
    assert "noon" not in told[: told.index("| About")]  # changes nothing: only in the table
    assert "| It was noon\\. | × 1 | +0.01 |" in told


def test_names_from_the_file_are_not_markup() -> None:
    told = text(page(account(TERMINAL)))
    assert r"Terminal \<b\>\*8\*\</b\> had 4 frauds\." in told
    assert "<b>*8*" not in told


def test_the_fine_print_adds_up() -> None:
    told = text(page(account(TERMINAL, HABIT)))
    assert "−4.60 (usual) and +2.30 (all reasons) make −2.29" in told
    assert "differs from that by less than 0.000001" in told
    assert "differs from that by 0.000250" in text(page(account(HABIT, residual=0.00025)))


def test_log_odds_have_a_proper_sign_and_nothing_has_none() -> None:
    assert [signed(each) for each in (1.234, -0.5, -0.001)] == ["+1.23", "−0.50", "0.00"]


def test_where_nothing_is_unusual_it_says_so() -> None:
    told = text(page(account(HOUR)))
    assert "Nothing about it is far from usual." in told
    assert "What raises it" not in told and "What lowers it" not in told


def test_many_reasons_are_cut_and_the_rest_counted() -> None:
    many = [Reason(str(k), f"R{k}", f"Reason {k}", 1.0) for k in range(6)]
    told = text(page(account(*many)))
    assert "2 more in the table" in told
    assert "Reason 4 *" not in told


def test_notes_come_first() -> None:
    app = page(account(HOUR, notes=("New card: nothing is known.",)))
    assert "New card" in app.info[0].value
    assert not page(account(HOUR)).info


def test_bars_go_right_and_left_and_say_how_far() -> None:
    figure = drawn([TERMINAL, HABIT])
    [bars] = figure["data"]
    assert bars["x"] == [TERMINAL.value, HABIT.value]
    assert bars["text"] == ["× 20", "÷ 2"]
    assert len(set(bars["marker"]["color"])) == 2
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < HABIT.value and high > TERMINAL.value
    assert spoken([TERMINAL, HABIT]) == (
        "What each reason does to the odds. Terminal multiplies the odds by 20; Habit divides the "
        "odds by 2."
    )


def test_names_in_the_chart_are_not_markup() -> None:
    [note] = drawn([Reason("x", "<a href='x'>", "", 1.0)])["layout"]["annotations"]
    assert note["text"] == "&lt;a href=&#x27;x&#x27;&gt;"


@pytest.mark.parametrize("low, high", [(-0.5, 0.5), (-1, 3), (-20, 30), (-0.02, 12), (-200, 200)])
def test_the_scale_has_a_few_round_factors_and_always_one(low: float, high: float) -> None:
    found = steps(low, high)
    assert 0.0 in found and len(found) <= 60
    assert all(low <= each <= high for each in found)


def test_factors_on_the_scale() -> None:
    told = [told_step(each) for each in steps(-5, 5)]
    assert told == ["÷ 100", "÷ 10", "× 1", "× 10", "× 100"]
    assert told_step(math.log(1e12)) == "× 10^12"
