"""Why a text got its label, in Streamlit's harness, of a reader whose shares are known."""

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.errors import Busy
from demos.core.language.alike import Example
from demos.core.language.answers import Sorted
from demos.core.language.attribution import Attribution, Share
from demos.core.language.counterfactual import Sorter
from demos.core.language.units import Place, units_of
from pages.components.language.tinted import (
    in_words,
    marks,
    parts,
    rough,
    sums,
    table,
    told,
    weighed,
)
from tests.pages.harness import press, ran
from tests.pages.language.sorting import LABELS, REFUSED, Engine, answer, marked, text

TEXT = "Slow, but great and kind."
SEARCH = "Find the fewest words that flip it"


def page(engine: Engine, given: Sorted | None = None, **more: Any) -> AppTest:
    def script(**given: object) -> None:
        from pages.components.language.why import show_why

        show_why(**given)

    found = answer(TEXT) if given is None else given
    engine.text = found.request.text
    kwargs = {
        "slug": "language",
        "answer": found,
        "about": ("model", found.request.text),
        "sorter": Sorter(LABELS, engine.least, engine.scores_of),
        "explain": engine.explain,
        **more,
    }
    return ran(AppTest.from_function(script, default_timeout=60, kwargs=kwargs))


def test_a_short_text_is_explained_at_once_and_only_once() -> None:
    engine = Engine()
    app = ran(page(engine))
    assert engine.explained == ["positive"] and engine.scored == []
    shown = text(app)
    assert (
        "Pointing most to **Positive**: **“great”** (odds × 20) and **“kind”** (odds × 2.7)"
        in shown
    )
    assert "Pointing away from it: **“Slow”** (odds ÷ 4.5)." in shown
    assert "−0.50 (every word blank) and +2.50 (all shares) make +2.00" in shown
    assert "Gap: 0.0 % of the difference, after 16 steps." in shown
    assert "arxiv.org/abs/1703.01365" in shown
    assert not app.warning


def test_signs_say_what_the_tints_say() -> None:
    app = page(Engine())
    assert marked(app) == ["Slow −−", "great +++", "kind ++", "+ to +++", "− to −−−"]
    shown = text(app)
    assert "raises the score" in shown and "lowers it" in shown


def test_another_label_is_explained_when_chosen() -> None:
    engine = Engine()
    app = page(engine)
    app.selectbox[0].set_value("negative")
    ran(app)
    assert engine.explained == ["positive", "negative"]
    assert "Pointing most to **Negative**: **“Slow”**" in text(app)


def test_a_long_text_waits_until_it_is_asked_for() -> None:
    engine = Engine()
    app = page(engine, answer("great " * 200))
    assert engine.explained == [] and app.selectbox[0].value is None
    app.selectbox[0].set_value("positive")
    ran(app)
    assert engine.explained == ["positive"]


def test_shares_that_do_not_add_up_are_called_rough() -> None:
    app = page(Engine(gap=1.0))
    assert "miss the score by 28.6 % of the difference, more than 5.0 %" in text(app)
    assert len(app.warning) == 1


def test_a_refused_text_is_not_explained() -> None:
    engine = Engine()
    app = page(engine, answer(TEXT, REFUSED))
    assert not app.header and engine.explained == []


def test_the_words_that_flip_it_are_searched_when_asked_for() -> None:
    engine = Engine()
    app = press(page(engine), SEARCH)
    shown = text(app)
    assert "Without **“great”** the label would be **Negative** in place of Positive" in shown
    assert "the probability of Positive goes from 88.1 % to 26.9 %" in shown
    assert "6 texts asked. Each word was left out alone" in shown
    assert "great left out" in marked(app)
    asked = len(engine.scored)
    ran(app)
    assert len(engine.scored) == asked


def test_where_no_words_flip_it_that_is_said() -> None:
    shown = text(press(page(Engine(), answer("nothing of note here")), SEARCH))
    assert "**No such words were found.** With up to 3 words left out, the label stays" in shown


def test_a_single_word_cannot_be_left_out() -> None:
    shown = text(press(page(Engine(), answer("great")), SEARCH))
    assert "There are no words to leave out" in shown and "texts asked" not in shown


def test_a_model_without_gradients_has_words_that_decide() -> None:
    app = page(Engine(), explain=None)
    assert not app.selectbox
    assert "Without **“great”**" in text(press(app, SEARCH))


def test_a_flip_to_what_is_no_sure_answer_says_so() -> None:
    shown = text(press(page(Engine(least=0.99)), SEARCH))
    assert "Negative would have 73.1 %, too little for a sure answer: that takes 99.0 %." in shown
    assert "too little" not in text(press(page(Engine()), SEARCH))


def test_a_full_queue_is_said() -> None:
    assert "number 2 in the queue" in text(page(Engine(Busy(2))))


def test_nearest_examples_are_listed_and_counted() -> None:
    near = [Example("so <b>slow</b>", "negative", 0.41), Example("great fun", "positive", 0.83)]
    found: list[int] = []

    def nearest() -> list[Example]:
        found.append(len(near))
        return near

    app = page(Engine(), nearest=nearest, source="From our samples.")
    shown = text(ran(app))
    assert found == [2], "they are looked for once"
    assert "**1 of the 2 nearest examples** has the likeliest label, Positive." in shown
    assert shown.index("great fun") < shown.index("so &lt;b&gt;slow")
    assert "From our samples." in shown
    assert "Examples that are" not in text(page(Engine()))


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script> great",
        "great \x00 \ud800 nul",
        "**great** [x](y) `z`",
        "שלום great 👩‍👩‍👧",
        "great" + "!" * 300,
    ],
)
def test_hostile_texts_stay_text(hostile: str) -> None:
    app = press(page(Engine(), answer(hostile)), SEARCH)
    shown = "\n".join(each.proto.body for each in app.get("html"))
    assert "<script" not in shown and "\x00" not in shown
    assert all("<script" not in each.value.replace("\\<", "") for each in app.markdown)


def attribution(*values: float, total: float | None = None) -> Attribution:
    places = (Place(0, 3), Place(4, 7), Place(8, 11))
    shares = tuple(Share(*each) for each in zip(places, values, strict=False))
    end = sum(values) if total is None else total
    return Attribution("one two six seven", "x", shares, 0.0, 0.0, end, 128)


def test_words_without_effect_have_no_marks() -> None:
    found = attribution(0.01, -0.02, 0.0)
    assert told(found, "X", in_words) == "No single word moves the score of X."
    assert marks(found) == []


def test_where_nothing_speaks_for_it_that_is_said() -> None:
    assert told(attribution(-1, 0, 0), "X", in_words).startswith(
        "No word points to X. Pointing away from it: “one” (odds"
    )


def test_signs_go_by_thirds_of_the_strongest() -> None:
    assert [each.label for each in marks(attribution(1.0, -0.5, 0.2))] == ["+++", "−−", "+"]


@pytest.mark.parametrize(
    ("windows", "explained", "said"),
    [
        (3, 3, "in 3 parts and answers with their mean: every word is explained in that."),
        (1_200, 6, "in 1,200 parts and answers with their mean. The words of the 6 that speak"),
        (3, 1, "in 3 parts. The answer is that of the worst one: only its words are explained."),
    ],
)
def test_the_explained_part_of_a_long_text_is_named(
    windows: int, explained: int, said: str
) -> None:
    assert said in parts(replace(attribution(1, 0, 0), windows=windows, explained=explained))


def test_a_report_has_the_same_without_markdown() -> None:
    found = weighed(replace(attribution(1.0, -0.5, 0.2, total=9.0), windows=3, explained=3), "X")
    first, part, summed, rough_guide = found.told
    assert first.startswith("Pointing most to X: “one” (odds\u00a0×\u00a02.7)") and "*" not in first
    assert "in 3 parts" in part and summed.startswith("Checked") and "rough guide" in rough_guide
    assert [each.label for each in found.marks] == ["+++", "−−", "+"]
    assert found.table.label == "What each word adds" and len(found.legend) == 2


def test_a_gap_without_a_difference_is_told_as_it_is() -> None:
    assert "Gap: 1 log-odds" in sums(attribution(1, 0, 0, total=0.0))
    assert "miss the score by 1 log-odds" in rough(attribution(1, 0, 0, total=0.0))


def test_the_table_has_every_word_strongest_first() -> None:
    assert list(table(attribution(0.01, -1.5, 0.7)).rows) == [
        ("two", "1", "÷ 4.5", "−1.50"),
        ("six", "1", "× 2", "+0.70"),
        ("one", "1", "no change", "+0.01"),
    ]


def test_a_word_that_stands_in_several_places_adds_up() -> None:
    places = (Place(0, 5), Place(6, 11), Place(12, 15))
    shares = tuple(map(Share, places, (0.5, 0.5, -0.2)))
    found = Attribution("Great great but", "x", shares, 0.0, 0.0, 0.8, 16)
    assert told(found, "X", in_words).startswith(
        "Pointing most to X: “Great” (2 times, together odds\u00a0×\u00a02.7)."
    )
    assert table(found).rows[0] == ("Great", "2", "× 2.7", "+1.00")


def test_of_many_words_the_strongest_are_listed() -> None:
    text = " ".join(f"w{each}" for each in range(300))
    places = units_of(text)
    shares = tuple(Share(each, 0.001 * place) for place, each in enumerate(places))
    found = table(Attribution(text, "x", shares, 0.3, 0.0, 0.8, 16))
    assert len(found.rows) == 200 and found.label == "What the 200 strongest words add"
    assert found.rows[0][0] == "w299" and found.rows[-1][0] == "(what frames the text)"
