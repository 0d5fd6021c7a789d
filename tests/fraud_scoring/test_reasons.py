"""Sentences on hand-made histories, and that they go with the right contributions."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from demos.core.reasons import Account
from demos.core.shapley import Incomplete
from demos.fraud_scoring.features import FEATURES, Group, features
from demos.fraud_scoring.reasons import account, ago, columns
from demos.fraud_scoring.transaction import find
from tests.fraud_scoring.tables import Purchase, table

NAMES = [each.name for each in FEATURES]
USUAL = np.zeros(len(FEATURES), np.float32)
for name, value in (("amount", 50), ("card_1", 2), ("card_7", 13), ("terminal_7", 7)):
    USUAL[NAMES.index(name)] = np.log1p(value)

WEEKLY: list[Purchase] = [(7.0 * k, "a", f"shop {k}", 40.0, 0) for k in range(5)]


def ratios_and_terminal(x: NDArray[Any]) -> NDArray[Any]:
    return 2 * x[:, NAMES.index("ratio")] + 3 * x[:, NAMES.index("terminal_frauds_30")] - 5


def explained(purchases: list[Purchase], score: Any = ratios_and_terminal) -> Account:
    """The account of the last of them."""
    made = table(purchases)
    case = find(made, int(made["row"][-1]))
    return account(score, features(made)[-1], USUAL, case)


def sentence(found: Account, group: Group) -> str:
    return next(each.sentence for each in found.reasons if each.group == group.name)


def test_every_feature_is_in_one_group_and_every_group_has_a_sentence() -> None:
    assert sorted(k for group in columns() for k in group) == list(range(len(FEATURES)))
    found = explained([*WEEKLY, (35, "a", "new", 40, None)])
    assert sorted(each.group for each in found.reasons) == sorted(each.name for each in Group)
    assert all(each.sentence.endswith(".") for each in found.reasons)


def test_contributions_go_to_their_groups_and_add_up() -> None:
    frauds: list[Purchase] = [(15.0 + k, f"other {k}", "bad", 40.0, 1) for k in range(4)]
    found = explained([*WEEKLY[:3], *frauds, (28, "a", "bad", 163, None)])
    first, second = found.reasons[:2]
    assert first.group == "TERMINAL_FRAUD" and first.value == pytest.approx(3 * np.log(5))
    assert second.group == "HABIT" and second.value == pytest.approx(2 * np.log(164 / 41), rel=1e-5)
    assert found.base == pytest.approx(-5)
    added = sum(each.value for each in found.reasons)
    assert found.total == pytest.approx(found.base + added, abs=1e-5)
    assert [each.group for each in found.raising] == ["TERMINAL_FRAUD", "HABIT"]
    assert found.lowering == ()


def test_what_lowers_the_score_is_said_too() -> None:
    found = explained([*WEEKLY, (35, "a", "new", 10, None)])
    assert [each.group for each in found.lowering] == ["HABIT"]
    assert sentence(found, Group.HABIT) == (
        "EUR 10.00 is 25 % of what this card usually spends (EUR 40)."
    )


def test_a_terminal_with_confirmed_frauds() -> None:
    frauds: list[Purchase] = [(15.0 + k, f"other {k}", "bad", 40.0, 1) for k in range(4)]
    late: Purchase = (25, "x", "bad", 40.0, 1)  # not known yet
    found = explained([*WEEKLY[:3], *frauds, late, (28, "a", "bad", 40, None)])
    assert sentence(found, Group.TERMINAL_FRAUD) == (
        "Terminal bad had 4 confirmed frauds among 4 known purchases in 30 days (labels take "
        "7 days to come in); usual is 0. The latest 4 known ones of usual size were all fraud."
    )
    mixed = explained([(14, "z", "bad", 9, 0), frauds[0], (28, "a", "bad", 40, None)])
    assert "1 confirmed fraud among 2 known purchases" in sentence(mixed, Group.TERMINAL_FRAUD)
    good = explained([(14, "z", "fine", 9, 0), (28, "a", "fine", 40, None)])
    assert "Terminal fine had no confirmed fraud in 30 days" in sentence(good, Group.TERMINAL_FRAUD)
    assert "1 purchase there in all is known" in sentence(good, Group.TERMINAL_FRAUD)
    young = explained([(25, "z", "young", 9, 0), (28, "a", "young", 40, None)])
    assert "No purchase at terminal young is known yet" in sentence(young, Group.TERMINAL_FRAUD)


def test_the_amount_by_itself_and_against_the_card_s_habit() -> None:
    found = explained([*WEEKLY, (35, "a", "new", 412.3, None)])
    assert sentence(found, Group.AMOUNT).startswith("EUR 412.30 is above 220; in the simulated")
    assert sentence(found, Group.HABIT) == (
        "EUR 412.30 is 10 times what this card usually spends (EUR 40)."
    )
    usual = explained([*WEEKLY, (35, "a", "new", 41, None)])
    assert sentence(usual, Group.AMOUNT) == "The amount is EUR 41.00; usual is EUR 50."
    assert "is about what this card usually spends" in sentence(usual, Group.HABIT)
    nothing = explained([(0, "a", "s", 0, 0), (35, "a", "new", 41, None)])
    assert "no usual amount of card a yet" in sentence(nothing, Group.HABIT)


def test_unusual_purchases_before() -> None:
    large: list[Purchase] = [(30.0, "a", "x", 200, None), (34.5, "a", "y", 150, None)]
    found = explained([*WEEKLY, *large, (35, "a", "new", 40, None)])
    assert sentence(found, Group.BURST) == (
        "2 unusually large purchases with this card in 14 days, 1 of them within a day (over 2.5 "
        "times its usual amount; 1 over 4 times; those known as legitimate are left out); usual is "
        "0."
    )
    calm = explained([*WEEKLY, (35, "a", "new", 40, None)])
    assert sentence(calm, Group.BURST).startswith("No unusually large purchase")
    cleared = explained([*WEEKLY, (25, "a", "x", 400, 0), (35, "a", "new", 40, None)])
    assert sentence(cleared, Group.BURST).endswith("but for those known as legitimate.")
    few = explained([(0, "a", "s", 40, 0), (35, "a", "new", 400, None)])
    assert "With so few purchases" in sentence(few, Group.BURST)


def test_how_card_and_terminal_are_used() -> None:
    recent: list[Purchase] = [(34.0, "a", "x", 80, None), (34.75, "a", "new", 90, None)]
    found = explained([*WEEKLY, *recent, (35, "a", "new", 40, None)])
    assert sentence(found, Group.CARD) == (
        "1 purchase with this card in the last 24 hours and 2 in 7 days; usual is 2 and 13. Those "
        "of the week were 1.6 times its usual amount on average. The last one was 6 h before."
    )
    assert sentence(found, Group.TERMINAL) == (
        "1 purchase at terminal new in 7 days and 1 in 30; usual is 7 and 0."
    )
    assert sentence(found, Group.TIME) == "It was on a Thursday at 00:00."
    assert sentence(found, Group.KNOWN) == (
        "7 earlier purchases with this card, the first one 35 days before; 1 earlier purchase at "
        "the terminal, of which 0 are known to be fraud or not."
    )


def test_confirmed_fraud_on_the_card() -> None:
    found = explained([*WEEKLY, (26, "a", "x", 90, 1), (35, "a", "new", 40, None)])
    assert sentence(found, Group.CARD_FRAUD) == (
        "This card had 1 confirmed fraud in 28 days (labels take 7 days to come in); usual is 0."
    )
    too_late = explained([*WEEKLY, (29, "a", "x", 90, 1), (35, "a", "new", 40, None)])
    assert sentence(too_late, Group.CARD_FRAUD).startswith("No fraud on this card was confirmed")


def test_a_new_card_at_a_new_terminal_on_the_first_day_says_so() -> None:
    found = explained([(0.2, "a", "s", 40, None)])
    card, terminal, day = found.notes
    assert card.startswith("New card: this is its first purchase")
    assert terminal.startswith("New terminal")
    assert day.startswith("Day 1 of the file: labels take 7 days")
    assert "No history of this card yet" in sentence(found, Group.KNOWN)
    assert sentence(found, Group.CARD) == "The card was not used before."
    assert sentence(found, Group.TERMINAL) == "The terminal was not used before."


def test_a_card_seen_two_hours_ago() -> None:
    found = explained([*WEEKLY, (50, "b", "s", 9, None), (50 + 2 / 24, "b", "s", 40, None)])
    assert found.notes == (
        "New card: 1 earlier purchase, first seen 2 h before. Its habits are guesses.",
    )


@pytest.mark.parametrize(
    ("first", "day", "words"),
    [
        (0, 6, "Day 7 of the file"),
        (0, 7, "The file begins 7 days before"),  # the first label comes in at this moment
        (None, 20, "Of no purchase in the file up to then"),
        (0, 20, "The file begins 20 days before"),
    ],
)
def test_what_the_file_cannot_tell(first: int | None, day: int, words: str) -> None:
    usual: list[Purchase] = [(0.1 * k, "a", "s", 40, first) for k in range(4)]
    [note] = explained([*usual, (day, "a", "s", 40, None)]).notes
    assert note.startswith(words)


def test_names_are_one_short_line_whatever_is_in_them() -> None:
    """A line break would leave a table of Markdown, and a sign turn around what follows."""
    name = "bad\n\n| a | b |\u202e" + "x" * 200
    found = explained([(0, "a\nb", name, 40, None), (9, "a\nb", name, 40, None)])
    told = sentence(found, Group.TERMINAL)
    assert "at terminal bad | a | b |xxx" in told and "xxx… in 7 days" in told
    assert all(
        "\n" not in each.sentence and "\u202e" not in each.sentence for each in found.reasons
    )


def test_with_a_long_history_there_is_nothing_to_note() -> None:
    usual: list[Purchase] = [(float(k), "a", "s", 40, 0) for k in range(40)]
    assert explained([*usual, (40, "a", "s", 40, None)]).notes == ()


def test_a_score_that_cannot_be_explained_is_an_error() -> None:
    with pytest.raises(Incomplete):
        explained(WEEKLY, lambda x: x[:, 0] * len(x))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "less than a minute"),
        (5 / 1440, "5 minutes"),
        (2 / 24, "2 h"),
        (1.0, "24 h"),
        (3.2, "3 days"),
        (60, "60 days or more"),
    ],
)
def test_spans(days: float, words: str) -> None:
    assert ago(days) == words
