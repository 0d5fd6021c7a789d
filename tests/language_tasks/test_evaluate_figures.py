"""The figures of every task, of models that say what they are told to: each worked out by hand."""

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.language.answers import (
    Answered,
    Entities,
    Request,
    Sorted,
    Span,
    Summarized,
    Task,
    Translation,
    Verdict,
)
from demos.core.results import LabelScore, Outcome, Provenance
from demos.language_tasks import evaluate_figures as figures
from demos.language_tasks.data import Tagged
from demos.language_tasks.evaluate_files import Caption, Labeled, Pair, Paper, Question
from demos.language_tasks.evaluate_reading import bare, by_words, entities, names, questions
from demos.language_tasks.evaluate_sorting import Sorter, sorting, zero_shot
from demos.language_tasks.evaluate_writing import similarity, summary, translation

MADE = Provenance("", "script", "0", "", "script", "cpu", "float32", 0.0, ())
UNSURE, REFUSED = Verdict(Outcome.UNSURE, "."), Verdict(Outcome.REFUSED, ".")


def sorter(
    labels: Sequence[str], rows: Sequence[Sequence[float]], verdicts: Sequence[Verdict] = ()
) -> Sorter:
    """Gives texts the scores and the verdicts in this order."""
    left = iter(verdicts or [Verdict()] * len(rows))

    def scores(texts: Sequence[str]) -> NDArray[np.float32]:
        assert len(texts) == len(rows)
        return np.array(rows, np.float32).reshape(len(rows), len(labels))

    return Sorter(tuple(labels), scores, lambda text, whole: next(left))


def texts(*labels: str) -> list[Labeled]:
    return [Labeled(f"text {n}", label) for n, label in enumerate(labels)]


def plain(report: Any) -> Any:
    """As it is printed."""
    return json.loads(json.dumps(dict(report), allow_nan=False))


def test_sorting_counts_the_likeliest_label_whatever_the_verdict() -> None:
    scripted = sorter(
        ("negative", "positive"),
        [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0, 0]],
        [Verdict(), Verdict(), UNSURE, REFUSED],
    )
    wanted = texts("negative", "positive", "positive", "negative")
    found = plain(sorting(Task.SENTIMENT, scripted, wanted))
    assert found["n"] == 4
    assert found["accuracy"] == 0.5  # the empty text is wrong
    assert found["accuracy_ci95"][0] < 0.5 < found["accuracy_ci95"][1]
    assert found["accuracy_answered"] == 1.0
    assert (found["answered"], found["unsure"], found["refused"]) == (0.5, 0.25, 0.25)
    # Errors: right at .9 and at .8, wrong at .6 and at 0.
    assert found["ece"] == pytest.approx((0.1 + 0.2 + 0.6 + 0.0) / 4, abs=1e-6)
    assert found["per_label"]["positive"] == {
        **{"n": 2, "recall": 0.5, "precision": 1.0},
        "f1": pytest.approx(2 / 3),
    }
    assert found["per_label"]["negative"]["precision"] == 0.5


def test_of_a_model_that_knows_more_labels_the_best_of_the_tasks_counts() -> None:
    scripted = sorter(("negative", "neutral", "positive"), [[0.3, 0.5, 0.2], [0.1, 0.6, 0.3]])
    found = plain(sorting(Task.SENTIMENT, scripted, texts("negative", "negative")))
    assert found["accuracy"] == 0.5
    assert "ece" not in found  # what is left of the scores promises nothing


def test_intents_are_right_only_if_they_are_not_refused() -> None:
    labels = ("play_music", "weather", "oos")
    scripted = sorter(
        labels,
        [[0.9, 0.1, 0], [0.5, 0.4, 0.1], [0.1, 0.8, 0.1], [0.2, 0.1, 0.7], [0.4, 0.3, 0.3]],
        [Verdict(), REFUSED, Verdict(), REFUSED, Verdict()],
    )
    wanted = texts("play_music", "play_music", "weather", "oos", "oos")
    found = plain(sorting(Task.INTENT, scripted, wanted))
    assert (found["n"], found["n_in_scope"], found["n_oos"]) == (5, 3, 2)
    assert found["in_scope_accuracy"] == pytest.approx(2 / 3)
    assert found["oos_recall"] == 0.5
    assert found["oos_precision"] == 0.5
    assert found["accuracy"] == pytest.approx(3 / 5)
    assert found["per_label"]["play_music"]["recall"] == 0.5


def test_toxicity_has_areas_under_the_curve() -> None:
    scripted = sorter(
        ("neither", "offensive", "hate"),
        [[0.8, 0.1, 0.1], [0.4, 0.5, 0.1], [0.5, 0.2, 0.3], [0.1, 0.3, 0.6]],
    )
    found = plain(
        sorting(Task.TOXICITY, scripted, texts("neither", "neither", "offensive", "hate"))
    )
    # 1 - neither: .2 .6 | .5 .9 -> three of four pairs are in order.
    assert found["roc_auc"] == 0.75
    # neither: .8 .4 against .5 .1 -> 3/4; offensive: .2 against .1 .5 .3 -> 1/3; hate -> 1
    assert found["macro_auc"] == pytest.approx((3 / 4 + 1 / 3 + 1) / 3)
    assert found["accuracy"] == 0.5


def test_toxicity_of_a_model_with_other_labels() -> None:
    scripted = sorter(("toxic", "insult", "not toxic"), [[0.1, 0.1, 0.9], [0.7, 0.2, 0.3]])
    found = plain(sorting(Task.TOXICITY, scripted, texts("neither", "hate")))
    assert found["roc_auc"] == 1.0
    assert found["macro_auc"] is None
    assert "accuracy" not in found


def test_nothing_to_measure_gives_no_figures() -> None:
    found = plain(sorting(Task.TOXICITY, sorter(("neither", "offensive", "hate"), []), []))
    assert found["n"] == 0
    assert found["accuracy"] is found["roc_auc"] is found["ece"] is None
    assert plain(entities(lambda request: pytest.fail(), []))["f1"] is None
    assert plain(questions(lambda request: pytest.fail(), []))["f1"] is None
    assert plain(summary(lambda request: pytest.fail(), []))["rouge1"] is None
    assert plain(translation(lambda request: pytest.fail(), [], ["de"]))["bleu"] is None
    assert plain(similarity(lambda texts: pytest.fail(), []))["spearman"] is None


def test_zero_shot_asks_with_descriptions_and_counts_labels() -> None:
    given = {"a": ("sport", 0.9), "b": ("sport", 0.6), "c": ("world news", 0.7)}

    def ask(request: Request) -> Sorted:
        assert request.task is Task.ZERO_SHOT
        assert request.labels == ("sport", "world news")
        if not request.text:
            return Sorted(request, REFUSED, (), False, (), MADE)
        label, score = given[request.text]
        return Sorted(request, Verdict(), (LabelScore(label, score),), False, (), MADE)

    rows = [Labeled("a", "Sports"), Labeled("b", "World"), Labeled("c", "World"), Labeled("", "W")]
    found = plain(zero_shot(ask, rows, {"Sports": "sport", "World": "world news"}))
    assert found["accuracy"] == 0.5
    assert found["refused"] == 0.25
    assert found["per_label"]["World"]["recall"] == 0.5
    assert found["labels"] == {"Sports": "sport", "World": "world news"}


def test_names_of_tags() -> None:
    tags = ["B-PER", "I-PER", "B-PER", "O", "I-LOC", "I-ORG", "B-ORG"]
    assert list(names(tags)) == [
        *[(0, 2, "PER"), (2, 3, "PER"), (4, 5, "LOC"), (5, 6, "ORG"), (6, 7, "ORG")]
    ]
    assert list(names([])) == []


def test_spans_become_words() -> None:
    tokens = ("Anna", "Bell-based", "visits", "Oslo", ".")
    # "Anna Bell" ends within a word; "based" has it already; "Oslo ." is two words.
    spans = [Span(0, 9, "PER", 0.9), Span(10, 15, "ORG", 0.9), Span(23, 29, "LOC", 0.9)]
    assert list(by_words(tokens, spans)) == [(0, 2, "PER"), (3, 5, "LOC")]


def marking(spans: dict[str, list[tuple[str, str]]]) -> Callable[[Request], Entities]:
    """Marks the first place of each of the strings that are listed for a text."""

    def ask(request: Request) -> Entities:
        assert request.task is Task.ENTITIES
        places = [(request.text.index(name), name, kind) for name, kind in spans[request.text]]
        found = tuple(Span(at, at + len(name), kind, 0.9) for at, name, kind in places)
        return Entities(request, Verdict(), found, MADE)

    return ask


def test_entities_are_right_if_place_and_kind_are() -> None:
    rows = [
        Tagged(
            ("Ana", "Lopez", "left", "Rome", "for", "Acme"),
            ("B-PER", "I-PER", "O", "B-LOC", "O", "B-ORG"),
            "news",
        ),
        Tagged(("Bo", "is", "in", "Lima"), ("B-PER", "O", "O", "B-LOC"), "chat"),
        Tagged(("See", "Dune"), ("O", "B-MISC"), "chat"),
    ]
    ask = marking(
        {
            "Ana Lopez left Rome for Acme": [("Ana", "PER"), ("Rome", "LOC"), ("Acme", "LOC")],
            "Bo is in Lima": [("Bo", "PER"), ("Lima", "LOC")],
            "See Dune": [],
        }
    )
    found = plain(entities(ask, rows))
    assert (found["n"], found["n_names"], found["names_of_other_kinds"]) == (3, 5, 1)
    assert (found["precision"], found["recall"], found["f1"]) == (3 / 5, 3 / 5, 3 / 5)
    assert found["per_corpus"]["news"]["f1"] == pytest.approx(1 / 3)
    assert found["per_corpus"]["chat"] == {
        **{"n": 2, "n_names": 2, "recall": 1.0, "precision": 1.0, "f1": 1.0}
    }
    assert found["per_label"]["LOC"]["precision"] == pytest.approx(2 / 3)
    assert found["per_label"]["ORG"]["f1"] == 0


def test_words_of_answers() -> None:
    assert bare("The U.S. Army's tank, an old one") == ["us", "armys", "tank", "old", "one"]


def answering(said: dict[str, tuple[str, Verdict]]) -> Callable[[Request], Answered]:
    """Answers questions with a string of the passage."""

    def ask(request: Request) -> Answered:
        text, verdict = said[request.query]
        at = request.text.find(text) if text else -1
        spans = (Span(at, at + len(text), "answer", 0.6),) if at >= 0 else ()
        return Answered(request, verdict, spans, 0.1, MADE)

    return ask


def test_answers_are_compared_with_the_nearest_and_always_given() -> None:
    passage = "The old mill burned down in May 1911, after a very dry spring."
    rows = [
        Question("when?", passage, ("1911", "in May 1911")),
        Question("what?", passage, ("old mill",)),
        Question("why?", passage, ("dry spring",)),
        Question("how?", passage, ("nobody knows",)),
        Question("who?", passage, ()),
    ]
    ask = answering(
        {
            "when?": ("May 1911", Verdict()),  # F1 2/3 with "1911", 4/5 with the other
            "what?": ("The old mill", REFUSED),  # an article more is the same
            "why?": ("a very dry spring", UNSURE),  # two of three words
            "how?": ("", REFUSED),
            "who?": ("mill", REFUSED),
        }
    )
    found = plain(questions(ask, rows))
    assert (found["n"], found["n_unanswerable"]) == (4, 1)
    assert found["f1"] == pytest.approx((0.8 + 1 + 0.8 + 0) / 4)
    assert found["exact_match"] == 0.25
    assert (found["answered"], found["unsure"], found["refused"]) == (0.25, 0.25, 0.5)
    assert found["f1_answered"] == pytest.approx(0.8)
    assert found["unanswerable_refused"] == 1.0


def test_a_summary_of_one_sentence_against_the_lead() -> None:
    rows = [
        Paper(("We met today.", "Bees find flowers by color."), ("bees finding colors", "no")),
        Paper(("Rain fell.",), ("Rain fell.",)),
    ]

    def ask(request: Request) -> Summarized:
        assert request.sentences == 1
        last = request.text.split(". ")[-1]
        return Summarized(request, Verdict(), (), last, MADE)

    found = plain(summary(ask, rows))
    # Stems: bee find color of bee find flower by color: P 3/5, R 3/3, F1 3/4.
    assert found["rouge1"] == pytest.approx((0.75 + 1) / 2)
    assert found["rouge1_lead"] == pytest.approx(0.5)
    assert found["rouge1_above_lead"] == pytest.approx(0.375)
    assert found["rouge1_oracle"] == pytest.approx(0.875)


def test_translations_into_each_language() -> None:
    rows = [Caption("one", ("Ein Hund läuft über das Gras .", "Un chien court sur l'herbe ."))]

    def ask(request: Request) -> Translation:
        said = {"de": rows[0].others[0], "fr": "Un chien court sur l'eau ."}[request.language]
        return Translation(request, Verdict(), (), said, MADE)

    found = plain(translation(ask, rows, ["de", "fr"]))
    assert found["bleu"] == found["bleu_de"] == pytest.approx(100)
    # Of 6 tokens 5 are right ("l'eau" is one), of 5 pairs 3, of 4 triples 2, of 3 in a row 1.
    assert found["bleu_fr"] == pytest.approx(100 * math.prod((5 / 6, 3 / 5, 2 / 4, 1 / 3)) ** 0.25)
    assert "tok:13a" in found["signature"]
    only = plain(translation(ask, [Caption("one", ("Un chien court sur l'herbe .",))], ["fr"]))
    assert only["bleu"] == only["bleu_fr"] < 100
    assert "bleu_de" not in only


def test_similarity_is_the_correlation_of_ranks() -> None:
    angles = {"a": 0.0, "b": 0.1, "c": 0.5, "d": 1.0, "e": 0.2}

    def vectors(given: Sequence[str]) -> NDArray[np.float32]:
        return np.array([[math.cos(angles[t]), math.sin(angles[t])] for t in given], np.float32)

    rows = [Pair("a", "b", 5.0), Pair("a", "c", 3.0), Pair("a", "d", 0.0), Pair("a", "e", 2.0)]
    # Ranks 4 2 1 3 of cosines against 4 3 1 2 of scores: 1 - 6 * (0 + 1 + 0 + 1) / (4 * 15)
    assert plain(similarity(vectors, rows))["spearman"] == pytest.approx(0.8)


def test_intervals_of_means_hold_them() -> None:
    found = figures.mean("f1", [0.0, 0.5, 1.0, 1.0])
    low, high = found["f1_ci95"]
    assert found["f1"] == 0.625
    assert 0 <= low < 0.625 < high <= 1
    assert figures.mean("f1", [0.0, 0.5, 1.0, 1.0]) == found  # the same every time
