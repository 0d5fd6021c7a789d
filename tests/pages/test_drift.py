"""What drift looks like on a page, in Streamlit's own harness."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from demos.core.drift import Column, Drift, Kind, compare, reference
from pages.components.drift import drawn, spoken

AMOUNT = Column("amount", "Amount", "amounts", "amount", Kind.QUANTITY, "Scores move with it.")
DAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
DAY = Column("day", "Day", "days", "day", Kind.CATEGORY, "Some days differ.", DAYS)
KNOWN = Column("known", "Known", "labels", "share", Kind.SHARE, "Less is known.")
SCORE = Column("score", "Score", "scores", "score", Kind.PROBABILITY, "Queues differ.")


def drift(factor: float = 1.0, rows: int = 5000, alien: tuple[str, ...] = ()) -> Drift:
    rng = np.random.default_rng(0)
    before = rng.lognormal(3, 0.8, 50_000)
    now = np.random.default_rng(1).lognormal(3, 0.8, rows) * factor
    week, ones = np.tile(np.arange(7), 1000), np.ones(1000)
    small = rng.beta(0.5, 300, 50_000)
    shifts = (
        compare(AMOUNT, reference(AMOUNT, before), now),
        compare(DAY, reference(DAY, week), np.tile(np.arange(7), rows // 7)),
        compare(KNOWN, reference(KNOWN, ones), np.ones(rows)),
        compare(SCORE, reference(SCORE, small), small[:rows]),
    )
    assert all(shifts)
    return Drift(rows, tuple(each for each in shifts if each), (), alien)


def page(given: Drift, column: str = "") -> AppTest:
    def script(given: object) -> None:
        from pages.components.drift import show_drift

        show_drift("demo", given)

    app = AppTest.from_function(script, kwargs={"given": given}, default_timeout=30)
    if column:
        app.session_state["demo.drift.column"] = column
    return app.run()


def texts(app: AppTest) -> str:
    shown = "\n".join(each.value for each in [*app.subheader, *app.markdown, *app.caption])
    return shown.replace("\\", "")


def test_a_file_like_training_is_said_to_be_and_listed() -> None:
    app = page(drift())
    assert not app.exception
    assert "Like the data the model was trained on" in app.subheader[0].value
    (table,) = (each.value for each in app.markdown if each.value.startswith("| Column"))
    assert "| Amount | like training | 19" in table.replace("20.", "19.")
    assert "| Day | like training | – | – | < 0.01 | 0.00 |" in table
    assert "Known | like training | 100\u00a0% | 100\u00a0%" in table
    assert "different" not in table


def test_what_has_shifted_comes_first_and_in_the_chart() -> None:
    app = page(drift(factor=3.0))
    assert "in 1 of 4 respects: amount" in texts(app)
    assert "The typical amount is 2.9 times that of training" in texts(app)
    assert "| Amount | **different** |" in texts(app)
    assert app.selectbox[0].value == "amount"


def test_another_column_can_be_looked_at() -> None:
    app = page(drift(factor=3.0))
    app.selectbox[0].select("day").run()
    assert not app.exception
    assert "The days are like those in training." in app.caption[-1].value
    groups = next(each.value for each in app.markdown if each.value.startswith("| Day"))
    assert "| Wednesday | 14.3\u00a0% | 14.3\u00a0% |" in groups


def test_a_column_that_another_file_lacks_is_forgotten() -> None:
    app = page(drift(factor=3.0), column="gone")
    assert not app.exception
    assert app.selectbox[0].value == "amount"


def test_out_of_scope_is_said_with_its_reasons_alone() -> None:
    app = page(drift(factor=3.0, alien=("No card is seen *twice*.",)))
    assert "Out of scope" in app.subheader[0].value
    listed = next(each.value for each in app.markdown if each.value.startswith("- "))
    assert listed == "- No card is seen \\*twice\\*\\."


def test_too_few_rows_are_said_to_be() -> None:
    app = page(drift(rows=28))
    assert "Too little data to tell" in app.subheader[0].value
    assert "too little to tell" in texts(app)


def test_columns_left_out_are_listed() -> None:
    given = drift()
    short = Drift(given.rows, given.shifts[:1], (DAY,), ())
    app = page(short)
    assert "| Day | not compared |" in texts(app)
    assert "too short to say" in texts(app)


def test_nothing_to_compare_at_all() -> None:
    app = page(Drift(3, (), (DAY,), ()))
    assert not app.exception
    assert "Too little data to tell" in app.subheader[0].value


@pytest.mark.parametrize("at", range(4))
def test_the_chart_has_every_group_beside_the_other_and_in_words(
    at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.components.drift.theme_kind", lambda: "light")
    shift = drift(factor=3.0).shifts[at]
    figure = drawn(shift)
    names = figure["layout"]["xaxis"]["ticktext"]
    assert len(names) == len(set(names)) == len(shift.groups)
    for bars, name in zip(figure["data"], ("found", "expected"), strict=True):
        assert bars["x"] == list(range(len(names)))
        shares = [getattr(each, name) for each in shift.groups]
        assert bars["y"] == pytest.approx([100 * each for each in shares])
        assert sum(bars["y"]) == pytest.approx(100, abs=1e-4)
    assert all(name in spoken(shift) for name in names)
