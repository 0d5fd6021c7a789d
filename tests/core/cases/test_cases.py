"""Cases from a queue, and the texts of strangers in them."""

import pytest

from demos.core.cases.case import (
    NAME_LENGTH,
    NOTE_LENGTH,
    Decision,
    Mark,
    Progress,
    cases_of,
    cleaned_note,
    progress,
    shown_name,
    threshold_words,
)
from demos.core.errors import TooLarge
from demos.core.triage.policy import NEVER, Band, queue
from tests.core.cases.case_tables import (
    BASIS,
    DAY,
    HOSTILE,
    POLICY,
    START,
    some_cases,
    transactions,
)


def test_cases_are_the_lines_of_the_queue() -> None:
    frame = queue(transactions(("A", "B")), DAY, POLICY)
    first, second = cases_of(frame, DAY, {2: ("Terminal had 4 frauds", "At night")})
    assert (first.rank, first.key.card, first.key.row, first.key.day) == (1, "A", 2, DAY)
    assert first.band is Band.REVIEW and first.transactions == 2 and first.terminal == "T1"
    assert first.amount == 400 and first.expected_loss == pytest.approx(200)
    assert first.reasons == ("Terminal had 4 frauds", "At night") and second.reasons == ()
    assert (second.rank, second.key.card, second.key.row) == (2, "B", 4)


def test_progress_counts_what_is_handled_and_not_what_is_put_off() -> None:
    cases = some_cases()
    marks = {"A": Mark.CONFIRMED, "B": Mark.LATER}
    decisions = {
        case.key: Decision(case.key, marks[case.key.card], "", START, case.score, BASIS)
        for case in cases
        if case.key.card in marks
    }
    done = progress(cases, decisions)
    assert (done.cases, done.handled, done.later) == (3, 1, 1)
    assert done.at_risk == pytest.approx(600) and done.looked_at == pytest.approx(300)
    assert progress((), {}) == Progress(0, 0, 0, 0, 0)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_shown_name_is_one_short_line_that_turns_nothing_around(text: str) -> None:
    shown = shown_name(text)
    assert 0 < len(shown) <= NAME_LENGTH
    assert not set(shown) & set("\n\r\t\u202e\u2066")
    assert shown_name(" \u202e\n ") == "(no name)"


def test_a_note_keeps_its_words_and_nothing_that_controls() -> None:
    assert cleaned_note("  called\r\n\x00\x1b[31mthe \u202ecustomer\u2028again\x7f ") == (
        "called\n[31mthe customer\nagain"
    )
    assert cleaned_note("👩\u200d💻 שלום\u200f") == "👩\u200d💻 שלום\u200f"
    assert cleaned_note("half \ud800 a pair") == "half  a pair"
    assert cleaned_note("n" * NOTE_LENGTH + "\x00\n") == "n" * NOTE_LENGTH
    with pytest.raises(TooLarge, match="10,000 characters"):
        cleaned_note("n" * 10_000)


def test_a_threshold_that_nothing_reaches_is_said_so() -> None:
    assert threshold_words(NEVER) == "never" and threshold_words(0.4) == "40.0 %"
