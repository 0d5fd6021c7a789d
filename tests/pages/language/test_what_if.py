"""Probes and the text to edit, in Streamlit's harness, of a reader that knows four words."""

from itertools import chain

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.errors import Busy
from demos.core.language.answers import Sorted
from demos.core.language.counterfactual import Sorter
from pages.components.language.probe_table import excerpt, moved
from pages.components.language.what_if import LONGEST
from tests.pages.harness import labels, press, ran
from tests.pages.language.sorting import LABELS, REFUSED, Engine, answer, text

TEXT = "The staff is kind"


def page(engine: Engine, given: Sorted | None = None) -> AppTest:
    def script(**given: object) -> None:
        from pages.components.language.what_if import show_what_if

        show_what_if(**given)

    found = answer(TEXT) if given is None else given
    kwargs = {
        "slug": "language",
        "answer": found,
        "about": ("model", found.request.text),
        "sorter": Sorter(LABELS, engine.least, engine.scores_of),
        "ask": engine.ask,
    }
    return ran(AppTest.from_function(script, default_timeout=60, kwargs=kwargs))


def edit(app: AppTest, value: str) -> AppTest:
    app.text_area[0].set_value(value)
    return ran(app)


def test_nothing_runs_before_it_is_asked_for() -> None:
    engine = Engine()
    app = page(engine)
    assert engine.scored == [] and engine.asked == []
    assert labels(app) == ["Try all changes", "Reset"]
    assert app.text_area[0].value == TEXT


def test_every_change_is_tried_at_one_click() -> None:
    engine = Engine()
    app = press(page(engine), "Try all changes")
    assert [len(each) for each in engine.scored] == [4, 4, 4, 1]
    shown = text(app)
    # "kind" is the one word it knows, so a typing error in it flips the label, and "not" does.
    assert "The negation, which may well matter, flips it to Negative." in shown
    assert "Negation: “not” put in or taken out" in shown and "The staff is not kind" in shown
    assert "62.2 %" in shown and "flips to Negative" in shown
    assert "Contractions written out" in shown and "It has none." in shown
    ran(app)
    assert len(engine.scored) == 4


def test_pressed_again_it_makes_other_errors() -> None:
    engine = Engine()
    given = answer("Some rather longer words without anything that matters much, and kind")
    app = press(press(page(engine, given), "Try all changes"), "Try other typing errors")
    half = len(engine.scored) // 2
    first, second = (
        list(chain.from_iterable(each)) for each in (engine.scored[:half], engine.scored[half:])
    )
    assert first[0] == second[0] and first[1:4] != second[1:4] and first[4:] == second[4:]
    assert labels(app)[0] == "Try other typing errors"


def test_flips_come_first_and_are_counted() -> None:
    engine = Engine()
    shown = text(press(page(engine, answer("kind")), "Try all changes"))
    assert "changes** that should not matter **flip the label** from Positive." in shown
    assert "At worst its score falls from 62.2 % to 37.8 %" in shown
    assert shown.index("flips to Negative") < shown.index("A polite opening")


def test_without_a_flip_that_is_said() -> None:
    shown = text(press(page(Engine(), answer("nothing of note")), "Try all changes"))
    assert "**None of 10 changes** that should not matter flips the label: it stays" in shown


def test_a_change_may_leave_it_unsure() -> None:
    shown = text(press(page(Engine(least=0.95), answer("great and kind")), "Try all changes"))
    assert "no longer sure" in shown
    assert "**4 more** leave it too unlikely to be sure." in shown


def test_a_full_queue_is_said() -> None:
    app = press(page(Engine(Busy(2))), "Try all changes")
    assert "number 2 in the queue" in text(app)


def test_an_edit_moves_the_score() -> None:
    engine = Engine()
    app = edit(page(engine), "The staff is slow")
    assert engine.asked == ["The staff is slow"]
    shown = text(app)
    assert "**The label flips to Negative.** Positive: 62.2 % → 11.9 %." in shown
    assert "As edited" in shown and "88.1 %" in shown
    ran(app)
    assert len(engine.asked) == 1
    assert "The label stays. Positive: 62.2 % → 97.1 %" in text(edit(app, "great and kind"))


def test_reset_brings_the_text_back() -> None:
    app = press(edit(page(Engine()), "something else"), "Reset")
    assert app.text_area[0].value == TEXT
    assert "see the score move" in text(app)


def test_an_edit_may_be_refused() -> None:
    shown = text(edit(page(Engine()), "12345"))
    assert ":material/block: Refused" in shown and "This is not English." in shown
    assert "As it is" in shown and "The label" not in shown


def test_an_emptied_box_asks_nothing() -> None:
    engine = Engine()
    assert "nothing left to read" in text(edit(page(engine), "  "))
    assert engine.asked == []


def test_an_edit_that_cannot_be_asked_is_said() -> None:
    assert "number 2 in the queue" in text(edit(page(Engine(Busy(2))), "else"))


def test_a_refused_text_has_no_what_if() -> None:
    assert not page(Engine(), answer(TEXT, REFUSED)).header


@pytest.mark.parametrize(
    "hostile", ["<script>kind</script>", "kind \x00 \ud800", "**kind** $x$", "kind " * 5_000]
)
def test_hostile_texts_stay_text(hostile: str) -> None:
    app = press(page(Engine(), answer(hostile)), "Try all changes")
    assert len(app.text_area[0].value) <= LONGEST
    shown = "\n".join(each.proto.body for each in app.get("html"))
    assert "<script" not in shown and "\x00" not in shown


def test_a_long_text_is_shown_around_its_first_change() -> None:
    text = "word " * 100
    changed = text[:250] + "X" + text[251:]
    shown = excerpt(text, changed)
    assert shown.startswith("…") and shown.endswith("…") and "X" in shown and len(shown) < 310
    assert excerpt(text, text).startswith("word word")
    assert excerpt("a", "go\u200bod") == "go·od"
    assert excerpt(text, text + "end").endswith("end")


def test_how_far_a_score_moved() -> None:
    assert [moved(each) for each in (0.123, -0.05, 0.0001)] == ["+12.3", "−5.0", "±0"]
