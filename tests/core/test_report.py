"""A report holds everything, fetches nothing and lets nothing given to it become markup."""

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from demos.core.report import Figure, Report, Row, to_html, to_json
from demos.core.results import LabelScore, Outcome, Provenance
from tests.core.html_page import Page

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SHA256 = "ab" * 32
DISCLAIMER = "Research demonstration. Not a medical device."

REPORT = Report(
    title="Healthcare imaging: Blood-cell microscopy",
    question="Which kind of blood cell is this?",
    input_name="cell.png",
    outcome=Outcome.ANSWER,
    headline="Neutrophil",
    figure="98.2 % probability",
    meaning=("At this confidence the model was right for 99.1 % of 700 validation images.",),
    candidates=("neutrophil",),
    floor=0.95,
    rows=(
        Row("Neutrophil", LabelScore("neutrophil", 0.982), "98.2 %", True),
        Row("Monocyte", LabelScore("monocyte", 0.018), "1.8 %", False),
    ),
    measure="Probability",
    set_name="in the 95 % set",
    scope=0.42,
    figures=(
        Figure(PIXEL, "The input", "The input: cell.png"),
        Figure(PIXEL, "Overlay for Neutrophil", "Regions that influenced the score"),
    ),
    facts=(("Input SHA-256", SHA256), ("Engine", "ONNX Runtime on cpu, float32")),
    provenance=Provenance(
        input_sha256=SHA256,
        model="blood_cells",
        weights="cd" * 32,
        preprocessing="test/1",
        engine="ONNX Runtime",
        device="cpu",
        dtype="float32",
        seconds=0.0123,
        thresholds=(("prediction set", 0.87), ("scope", 1.0)),
    ),
    snippet='print(f"{1 < 2}")',
    model_card="Model card: demos/healthcare_imaging/cards/blood_cells.md",
    disclaimer=DISCLAIMER,
    made=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    permalink="http://localhost:8501/healthcare_imaging?sample=a&model=blood_cells",
)


def test_everything_is_in_the_report() -> None:
    page = Page(to_html(REPORT))
    assert page.open == []
    for text in (
        *("Neutrophil", "98.2 % probability", "99.1 % of 700", "Monocyte", "1.8 %", "cell.png"),
        *(SHA256, DISCLAIMER, "2026-01-02 03:04 UTC", "in the 95 % set", 'print(f"{1 < 2}")'),
        *("blood_cells.md", "sample=a&model=blood_cells", "Regions that influenced the score"),
    ):
        assert text in page.words


def test_it_fetches_nothing_and_runs_nothing() -> None:
    html = to_html(REPORT)
    page = Page(html)
    assert {tag for tag, _ in page.tags} & {
        "script",
        "link",
        "iframe",
        "object",
        "a",
        "base",
    } == set()
    sources = [attributes["src"] or "" for _, attributes in page.tags if "src" in attributes]
    assert len(sources) == 2
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert "url(" not in html and "@import" not in html
    policy = next(a["content"] or "" for t, a in page.tags if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"\son\w+=", html)


def test_figures_are_what_was_given() -> None:
    page = Page(to_html(REPORT))
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert [each["alt"] for each in pictures] == ["The input", "Overlay for Neutrophil"]
    assert all(base64.b64decode((each["src"] or "").split(",")[1]) == PIXEL for each in pictures)


@pytest.mark.parametrize("field", ["input_name", "headline", "snippet", "permalink", "question"])
def test_given_text_never_becomes_markup(field: str) -> None:
    attack = '</code></pre></title></style><script>alert(1)</script><img src="http://x" onerror=1>'
    html = to_html(replace(REPORT, **{field: attack}))  # type: ignore[arg-type]
    assert {tag for tag, _ in Page(html).tags} == {tag for tag, _ in Page(to_html(REPORT)).tags}
    assert "<script" not in html
    assert attack in Page(html).words


def test_an_attack_in_an_attribute_stays_in_it() -> None:
    figure = Figure(PIXEL, '"><script>alert(1)</script>', "x")
    html = to_html(replace(REPORT, figures=(figure,)))
    assert "<script" not in html
    assert next(a["alt"] for t, a in Page(html).tags if t == "img") == figure.alt


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_outcome_is_a_word_and_not_only_a_color(outcome: Outcome) -> None:
    words = Page(to_html(replace(REPORT, outcome=outcome))).words
    assert {each for each in ("Answer", "Unsure", "Refused") if each in words} == {
        outcome.value.capitalize()
    }


def test_both_light_and_dark_and_print_are_provided_for() -> None:
    html = to_html(REPORT)
    assert "color-scheme: light dark" in html
    assert "@media print" in html


def test_json_holds_the_result() -> None:
    document = json.loads(to_json(REPORT))
    assert document["outcome"] == "answer"
    assert document["candidates"] == ["neutrophil"]
    assert document["decision"] == {"certainty_asked_for": 0.95}
    assert document["scores"][0] == {"label": "neutrophil", "score": 0.982}
    assert document["scope"] == {"score": 0.42, "limit": 1.0}
    assert document["input"] == {"name": "cell.png", "sha256": SHA256}
    assert document["provenance"]["thresholds"] == {"prediction set": 0.87, "scope": 1.0}
    assert document["provenance"]["weights"] == "cd" * 32
    assert document["disclaimer"] == DISCLAIMER


def test_a_refused_input_has_no_scores_by_that_name() -> None:
    refused = replace(REPORT, outcome=Outcome.REFUSED, candidates=())
    document = json.loads(to_json(refused))
    assert "scores" not in document
    assert document["candidates"] == []
    assert len(document["withheld_scores"]) == 2
    page = Page(to_html(refused))
    assert "details" in {tag for tag, _ in page.tags}
    assert "Withheld" in page.words


def test_an_upload_has_no_permalink() -> None:
    upload = replace(REPORT, permalink=None)
    assert "Permalink" not in to_html(upload)
    assert json.loads(to_json(upload))["permalink"] is None


def test_a_model_without_gate_and_set_claims_neither() -> None:
    bare = replace(REPORT, measure="Model score", set_name="", floor=None, scope=None)
    page = to_html(bare)
    assert "Model score" in page and ">Probability<" not in page
    assert ">Set<" not in page
    document = json.loads(to_json(bare))
    assert document["scope"] is None and document["measure"] == "Model score"
