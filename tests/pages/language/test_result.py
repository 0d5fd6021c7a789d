"""Every kind of answer on the page, in each of the three outcomes and on hostile text."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.language.answers import Answer
from demos.core.language.words import headline
from demos.core.results import LabelScore, Outcome
from pages.components.language.labels import MOST_BARS, drawn
from tests.core.html_page import Page
from tests.core.language import said
from tests.core.language.said import HOSTILE, PLAIN, REFUSED, UNSURE
from tests.pages.harness import ran

KINDS = said.of_each_kind()
STYLE = "/* Answers of language models"


def page(*answers: Answer) -> AppTest:
    def script(answers: tuple[object, ...]) -> None:
        from pages.components.language.result import show_answer

        for place, answer in enumerate(answers):
            show_answer(answer, f"answer.{place}")

    kwargs = {"answers": answers}
    return ran(AppTest.from_function(script, default_timeout=60, kwargs=kwargs))


def markup(app: AppTest) -> str:
    """All HTML of ours, without the style sheet."""
    bodies = [each.proto.body for each in app.get("html")]
    return "\n".join(each for each in bodies if STYLE not in each)


def words(app: AppTest) -> str:
    """Everything that is said, whether in Markdown or in HTML."""
    text = Page(markup(app)).words.replace("\u00a0", " ")
    kinds = (app.header, app.subheader, app.markdown, app.caption)
    told = "\n".join(each.value for kind in kinds for each in kind).replace("\u00a0", " ")
    return f"{told}\n{text}".replace("\\", "")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verdict", [PLAIN, UNSURE, REFUSED], ids=lambda each: each.outcome.value)
def test_the_outcome_comes_first_and_in_words(kind: str, verdict: said.Verdict) -> None:
    answer = replace(KINDS[kind], verdict=verdict)
    app = page(answer)
    missing = verdict is REFUSED and kind in ("found", "similarity")
    said_first = "Not found" if missing else verdict.outcome.value.capitalize()
    assert said_first in app.markdown[0].value
    assert app.header[0].value.replace("\\", "").replace("\u00a0", " ") == headline(answer)
    assert verdict.reason in words(app)


def test_the_language_of_the_text_is_said_where_it_can_be_told() -> None:
    answer = said.sentiment()
    assert "Language detected: English." in words(page(answer))
    short = replace(answer, request=replace(answer.request, text="ok"), pieces=())
    assert "Language detected" not in words(page(short))
    assert "Language detected" not in words(page(replace(answer, verdict=REFUSED)))


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_refused_text_nothing_is_marked(kind: str) -> None:
    app = page(replace(KINDS[kind], verdict=REFUSED))
    assert "<mark" not in markup(app)
    assert all(each.label.startswith("Withheld") for each in app.expander)
    assert not app.subheader


@pytest.mark.parametrize("answer", said.hostile(), ids=lambda each: type(each).__name__)
def test_given_text_never_becomes_markup(answer: Answer) -> None:
    app = page(answer)
    assert "<script" not in markup(app)
    for each in (*app.header, *app.markdown, *app.caption):
        assert "\\<script\\>" in each.value or "script" not in each.value


def test_two_answers_stand_on_one_page() -> None:
    app = page(said.sentiment(), said.sentiment(), said.emotion(), said.emotion())
    assert [each.value for each in app.header] == ["Positive"] * 2 + ["Joy or Surprise"] * 2


def test_a_sorted_text_has_bars_a_table_and_its_sentences() -> None:
    app = page(said.sentiment())
    told = words(app)
    assert "Breakfast came an hour late! Negative 88.0 %" in told
    assert "Each sentence was judged alone" in told
    assert [each.label for each in app.expander] == [
        "The same as a table",
        "The sentences as a list",
    ]
    chart = app.get("plotly_chart")[0].proto
    assert chart.alt == "Probability per label. Positive: 81.2 %; Negative: 18.8 %."


def test_scores_that_are_no_probabilities_are_not_called_so() -> None:
    app = page(said.sentiment(calibrated=False))
    assert "robability" not in words(app) and "Model score 0.812 of 1" in words(app)
    assert "%" not in str(drawn(said.sentiment(calibrated=False))["layout"])


def test_of_many_labels_the_likeliest_are_drawn() -> None:
    labels = tuple(LabelScore(f"intent_{number}", 1 / (number + 1)) for number in range(150))
    many = replace(said.emotion(PLAIN), scores=labels)
    assert len(drawn(many)["data"][0]["x"]) == MOST_BARS
    assert "The likeliest 8 of 150 labels." in words(page(many))


def test_labels_that_would_be_markup_to_the_chart_are_not() -> None:
    titles = drawn(said.hostile()[0])["layout"]["yaxis"]["ticktext"]  # type: ignore[arg-type]
    assert titles[0].startswith("&lt;script&gt;")


def test_names_are_marked_and_listed() -> None:
    told = words(page(said.entities()))
    assert "Maria Lindqvist person moved from Oslo place" in told
    assert "Names by kind" in told and "Lowest model score" in told
    none = page(replace(said.entities(), spans=()))
    assert none.header[0].value == "No names" and "<mark" not in markup(none)


def test_an_answer_is_marked_in_its_passage() -> None:
    told = words(page(said.answered()))
    assert "The lease began on 1 March 2021 answer." in told
    assert "thirty days candidate 3" in told and "Asked: When did the lease begin?" in told


def test_not_found_is_said_and_the_candidates_are_withheld() -> None:
    app = page(said.not_found())
    assert "Not found" in app.markdown[0].value
    assert app.header[0].value == "Not found in the text"
    assert app.expander[0].label == "Withheld: what it would have answered"
    assert "both parties" in words(app)


def test_a_long_summary_stands_beside_its_text() -> None:
    app = page(said.summarized())
    assert [each.value for each in app.subheader] == ["Summary", "In the text"]
    assert "notice. summary 3" in words(app)
    short = page(said.written())
    assert [each.value for each in short.subheader] == ["The text"]
    assert "check it against the text" in words(short)


def test_a_translation_stands_beside_its_text_and_can_be_copied() -> None:
    app = page(said.translation())
    assert 'lang="de"' in markup(app) and "check this" in words(app)
    assert app.code[0].value == said.translation().translation
    whole = page(replace(said.translation(), sentences=()))
    assert "<table" not in markup(whole) and whole.code


def test_passages_have_their_similarity() -> None:
    app = page(said.found())
    told = words(app)
    assert "Looked for: getting money back" in told and "Similarity is the cosine" in told
    assert "It is paid back within thirty days. no. 1" in told
    alike = words(page(said.similarity()))
    assert "Compared with: The bill has not been paid." in alike


def test_a_megabyte_makes_a_small_page() -> None:
    answer = said.entities()
    long = replace(answer, request=replace(answer.request, text="x" * 1_000_000))
    assert len(markup(page(long))) < 20_000


@pytest.mark.parametrize("outcome", list(Outcome))
def test_what_marks_mean_stands_below(outcome: Outcome) -> None:
    app = page(replace(said.answered(), verdict=said.Verdict(outcome, HOSTILE)))
    assert ("what else it might be" in words(app)) is (outcome is not Outcome.REFUSED)
