"""Two texts word against word: signs, words read aloud, folding, and no HTML from outside."""

import re

from streamlit.testing.v1 import AppTest

from demos.core.speech.error_rate import Kind, Step, compare
from pages.components.speech.aligned import LONG, fitted, marked, pieces, sides, written
from tests.pages.harness import ran


def visible(html: str) -> str:
    """HTML without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html)).strip()


def test_each_kind_of_error_has_its_sign_and_its_words() -> None:
    assert written(Step(Kind.HIT, "yes", "yes")) == "yes"
    assert visible(written(Step(Kind.DELETION, "yes", ""))) == "not heard: −yes"
    assert visible(written(Step(Kind.INSERTION, "", "yes"))) == "added: +yes"
    assert visible(written(Step(Kind.SUBSTITUTION, "yes", "no"))) == "said: yes→heard: no"
    assert "<del>" in written(Step(Kind.DELETION, "yes", ""))
    assert "<ins>" in written(Step(Kind.INSERTION, "", "yes"))


def test_text_from_outside_stays_text() -> None:
    bad = "<img src=x onerror=alert(1)>"
    steps = [
        Step(Kind.HIT, bad, bad),
        Step(Kind.SUBSTITUTION, bad, bad + "2"),
        Step(Kind.DELETION, bad, ""),
        Step(Kind.INSERTION, "", bad),
    ]
    assert "<img" not in "".join(map(written, steps)) + marked(bad, True) + marked(bad, False)


def test_long_runs_without_an_error_are_folded() -> None:
    same = [Step(Kind.HIT, f"w{number}", f"w{number}") for number in range(100)]
    steps = [*same, Step(Kind.DELETION, "lost", ""), *same]
    told = visible(" ".join(pieces(steps)))
    assert told == (
        "… 94 words alike … w94 w95 w96 w97 w98 w99 not heard: −lost w0 w1 w2 w3 w4 w5 "
        "… 94 words alike …"
    )
    assert visible(" ".join(pieces(same))) == "… 100 words alike …"
    assert "alike" not in " ".join(pieces(steps[95:106]))


def test_the_words_of_either_side_say_whether_they_differ() -> None:
    first, second = sides(compare("one two three", "one too three four").alignment)
    assert first == [("one", False), ("two", True), ("three", False)]
    assert second == [("one", False), ("too", True), ("three", False), ("four", True)]


def test_words_are_shown_as_the_transcript_writes_them() -> None:
    heard = "Well, it's a well-known thing … isn't it?"
    _, words = sides(compare("well its a well known thing isn't it", heard).alignment)
    assert fitted(heard, words) == [
        ("Well,", False),
        ("it's", True),
        ("a", False),
        ("well-known", False),
        ("thing", False),
        ("…", False),
        ("isn't", False),
        ("it?", False),
    ]


def test_where_they_cannot_be_fitted_the_compared_words_are_shown() -> None:
    _, words = sides(compare("nineteen eighty four was it", "1984 was it").alignment)
    assert [word for word, _ in fitted("1984 was it", words)] == [
        *("nineteen", "eighty", "four", "was", "it")
    ]
    assert fitted("one", [("one", False), ("two", True)]) == [("one", False), ("two", True)]


def page(reference: str, heard: str) -> AppTest:
    def script(reference: str, heard: str) -> None:
        from demos.core.speech.error_rate import compare
        from pages.components.speech.aligned import show_alignment

        show_alignment(compare(reference, heard).alignment)

    kwargs = {"reference": reference, "heard": heard}
    return ran(AppTest.from_function(script, default_timeout=60, kwargs=kwargs))


def test_a_short_alignment_is_shown_whole_with_a_legend() -> None:
    app = page("one two", "one too")
    shown = [visible(each.proto.body) for each in app.get("html")]
    assert "one said: two→heard: too" in shown
    assert any("said, but not heard" in each for each in shown)
    assert not app.expander


def test_a_long_one_is_folded_with_every_word_below() -> None:
    text = " ".join(f"w{number}" for number in range(LONG + 1))
    app = page(f"{text} end", text)
    shown = [visible(each.proto.body) for each in app.get("html")]
    assert any(each.startswith("… 195 words alike …") for each in shown)
    assert app.expander[0].label == "Every word"
    assert any(each.startswith("w0 w1 w2") for each in shown)
