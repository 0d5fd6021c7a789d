"""What a classification becomes under another floor, and the words for it."""

from typing import Any

import numpy as np
import pytest

from demos.core.results import LabelScore, Outcome, Provenance
from demos.healthcare_imaging.classifier import Classification, prediction_set
from demos.healthcare_imaging.modalities import BLOOD_CELLS as KIND
from demos.healthcare_imaging.verdict import (
    decide,
    mistakes,
    own_floor,
    set_threshold,
    track_record,
    verdict,
)

NOTHING_MEASURED: dict[str, Any] = {}


def classification(
    outcome: Outcome, *scores: tuple[str, float], floor: float = 0.8, scope: float = 0.5
) -> Classification:
    ordered = tuple(LabelScore(label, score) for label, score in scores)
    candidates = {
        Outcome.ANSWER: ordered[:1],
        Outcome.UNSURE: ordered[:2],
        Outcome.REFUSED: (),
    }[outcome]
    provenance = Provenance(
        "ab" * 32, "m", "cd" * 32, "p", "e", "cpu", "float32", 0.01, (("prediction set", floor),)
    )
    return Classification(
        outcome,
        ordered,
        tuple(each.label for each in candidates),
        scope,
        np.zeros((8, 8, 3), np.uint8),
        np.zeros((2, 2, 2), np.float32),
        provenance,
    )


SURE = classification(Outcome.ANSWER, ("monocyte", 0.93), ("ig", 0.05), ("platelet", 0.02))
TORN = classification(Outcome.UNSURE, ("monocyte", 0.55), ("ig", 0.44), ("platelet", 0.01))
IG = classification(Outcome.ANSWER, ("ig", 0.97), ("neutrophil", 0.03))


def test_with_sets_of_both_classes_an_answer_needs_the_other_to_be_unlikely() -> None:
    low = classification(Outcome.ANSWER, ("ig", 0.9), ("neutrophil", 0.1), floor=0.25)
    assert (set_threshold(low), own_floor(low)) == (0.25, 0.75)


def test_at_its_own_floor_nothing_changes() -> None:
    assert decide(SURE, own_floor(SURE)) is SURE
    assert decide(TORN, own_floor(TORN)) is TORN


def test_its_own_floor_takes_no_answer_away_however_the_others_share_the_rest() -> None:
    """Here the likeliest is below its own floor: the rest is split between two."""
    split = classification(
        Outcome.ANSWER, ("ig", 0.5), ("neutrophil", 0.28), ("platelet", 0.22), floor=0.3
    )
    assert split.scores[0].score < own_floor(split)
    assert decide(split, own_floor(split)) is split


def test_a_higher_floor_turns_an_answer_into_unsure() -> None:
    decided = decide(SURE, 0.95)
    assert decided.outcome is Outcome.UNSURE
    assert decided.candidates == ("monocyte", "ig")
    assert decided.scores == SURE.scores


def test_the_probability_at_the_floor_is_enough() -> None:
    assert decide(SURE, 0.93) is SURE


@pytest.mark.parametrize("floor", [0.1, 0.5, 0.8, 0.999])
@pytest.mark.parametrize("outcome", [Outcome.UNSURE, Outcome.REFUSED])
def test_no_floor_makes_an_answer(outcome: Outcome, floor: float) -> None:
    result = classification(outcome, ("monocyte", 0.99), ("ig", 0.01))
    assert decide(result, floor) is result


def test_only_a_95_percent_set_promises_coverage() -> None:
    wide = classification(Outcome.UNSURE, ("monocyte", 0.5), ("ig", 0.4), floor=0.2)
    assert prediction_set(wide.scores, set_threshold(wide)) == ("monocyte", "ig")
    measured = {"coverage_95": 0.951, "n": 1712, "split": "validation"}
    assert "95 of 100" in " ".join(verdict(wide, KIND, 0.2, NOTHING_MEASURED).meaning)
    words = verdict(wide, KIND, 0.2, measured)
    assert "95.1 % of 1,712 validation" in " ".join(words.meaning)
    assert words.headline == "Monocyte or immature granulocyte"
    for torn in (verdict(TORN, KIND, 0.8, measured), verdict(decide(SURE, 0.95), KIND, 0.95, {})):
        assert "held the true type" not in " ".join(torn.meaning)
        assert "may be another one" in torn.meaning[1]


def test_unsure_says_why() -> None:
    raised = verdict(decide(SURE, 0.95), KIND, 0.95, NOTHING_MEASURED)
    assert "below the 95.0 % asked for" in raised.meaning[0]
    assert "No type is likely enough" in verdict(TORN, KIND, 0.8, NOTHING_MEASURED).meaning[0]


def test_an_answer_claims_nothing_that_was_not_measured() -> None:
    words = verdict(SURE, KIND, 0.8, NOTHING_MEASURED)
    assert (words.headline, words.figure, words.meaning) == ("Monocyte", "93.0 % probability", ())


def test_the_track_record_is_that_of_the_right_bin() -> None:
    bins = [
        {"from": 0.0, "to": 0.9, "n": 10, "right": 5},
        {"from": 0.9, "to": 0.95, "n": 50, "right": 49},
        {"from": 0.95, "to": 1.0, "n": 0, "right": 0},
    ]
    metrics = {"reliability": bins, "split": "validation"}
    assert "98.0 % of 50 validation" in track_record(0.9, metrics)[0]
    assert "50.0 % of 10 validation" in track_record(0.8999, metrics)[0]
    assert track_record(1.0, metrics) == ()


def test_mistakes_name_both_directions_and_admit_when_none_was_seen() -> None:
    confusion = np.diag([10] * 8)
    confusion[5, 3] = 2
    metrics = {"confusion": confusion.tolist(), "labels": list(KIND.classes), "split": "test"}
    said, shown = mistakes(IG, KIND, metrics)
    assert "first choice was **immature granulocyte** for 12 test images, rightly for 10" in said
    assert "monocyte (2)" in said
    assert "ranked it first for 10" in shown
    assert "No mistake was seen" in shown
    assert mistakes(IG, KIND, NOTHING_MEASURED) == ()
