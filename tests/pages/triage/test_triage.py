"""Controls, answer and decision view of triage in Streamlit's own harness, on small tables."""

import gc
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch
from weakref import ref

import polars as pl
import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from demos.core.triage.days import alerts, card_days
from demos.core.triage.decision import Decision, decide
from demos.core.triage.figures import costs
from demos.core.triage.policy import NEVER, Policy, queue
from pages.components.triage.answer import sentence
from pages.components.triage.chart import drawn as drawn_curve
from pages.components.triage.chart import spoken as spoken_curve
from pages.components.triage.controls import BY_COSTS, OFF, OWN, gathered
from pages.components.triage.day_chart import MOST_DAYS
from pages.components.triage.day_chart import drawn as drawn_days
from pages.components.triage.day_chart import spoken as spoken_days
from pages.components.triage.decision import by_queue
from pages.components.triage.words import per_day, probability, reviewed
from tests.core.scored_tables import START, drawn, scored
from tests.pages.harness import ran

TABLE = drawn(6000, cards=300, days=6)
LAST = START.date() + timedelta(days=5)
KEY = "fraud.triage."


def page(transactions: pl.DataFrame = TABLE, scenarios: Mapping[int, str] | None = None) -> AppTest:
    def script(transactions: object, scenarios: object) -> None:
        import streamlit as st

        from pages.components.triage.answer import show_answer_first
        from pages.components.triage.controls import choose_policy, gathered
        from pages.components.triage.decision import show_decision

        transactions = st.session_state.get("other_file", transactions)
        table = gathered("fraud", transactions)  # type: ignore[arg-type]
        decision = choose_policy("fraud", table)
        day = show_answer_first("fraud", transactions, table, decision)  # type: ignore[arg-type]
        show_decision(table, decision, scenarios)  # type: ignore[arg-type]
        st.session_state["decision"], st.session_state["day"] = decision, day

    kwargs = {"transactions": transactions, "scenarios": scenarios}
    return ran(AppTest.from_function(script, default_timeout=60, kwargs=kwargs))


def policy_of(app: AppTest) -> Policy:
    decision: Decision = app.session_state["decision"]
    return decision.policy


def day_of(app: AppTest) -> date:
    day: date = app.session_state["day"]
    return day


def texts(app: AppTest) -> str:
    found = [*app.markdown, *app.caption, *app.header, *app.subheader, *app.info, *app.warning]
    return "\n".join(str(each.value) for each in found).replace("\u00a0", " ").replace("\\", "")


def table_rows(app: AppTest, first: str) -> list[list[str]]:
    """The cells of the table whose header begins so, header first."""
    for each in app.markdown:
        lines = str(each.value).replace("\u00a0", " ").splitlines()
        if lines and lines[0].startswith(f"| {first} |"):
            return [line.strip("| ").split(" | ") for line in (lines[0], *lines[2:])]
    raise AssertionError(f"no table begins with {first}")


def number(app: AppTest, name: str, value: float) -> AppTest:
    app.number_input(f"{KEY}{name}").set_value(value)
    return ran(app)


def test_the_answer_is_the_queue_of_the_last_day() -> None:
    app = page()
    policy = policy_of(app)
    expected = queue(TABLE, LAST, policy)
    assert app.header[0].value == f"{expected.height} cards to review"
    assert app.metric[0].value.replace("\u00a0", " ").startswith("EUR ")
    assert day_of(app) == LAST
    assert "Base rate:" in texts(app)
    assert "nothing is converted" in texts(app)
    header, *rows = table_rows(app, "Band")
    assert header[4:] == ["Amount, EUR", "Expected loss, EUR"]
    counts = [int(row[2].replace(",", "")) for row in rows]
    assert sum(counts[:3]) == counts[3]


def test_another_day_can_be_picked() -> None:
    app = page()
    app.date_input[0].set_value(START.date())
    ran(app)
    assert day_of(app) == START.date()
    expected = queue(TABLE, START.date(), policy_of(app))
    assert app.header[0].value == f"{expected.height} cards to review"


def test_a_last_day_that_was_cut_short_is_said_to_be() -> None:
    early = TABLE.filter(pl.col("time") < START + timedelta(days=5, hours=4))
    app = page(early)
    assert day_of(app) == LAST - timedelta(days=1)
    assert "taken to be cut short" in texts(app)


def test_a_day_without_transactions_says_so() -> None:
    rows = [(0, "a", 10.0, 0.6, None), (2, "b", 10.0, 0.6, None)]
    app = page(scored(*rows))
    app.date_input[0].set_value(START.date() + timedelta(days=1))
    ran(app)
    assert "no transactions on this day" in texts(app)
    assert app.header[0].value == "0 cards to review"


def test_another_file_starts_with_its_own_last_day_and_keeps_the_costs() -> None:
    app = number(page(), "review_cost", 3)
    app.session_state["other_file"] = TABLE.with_columns(pl.col("time").dt.offset_by("60d"))
    ran(app)
    assert day_of(app) == LAST + timedelta(days=60)
    assert policy_of(app).review_cost == 3


def test_the_threshold_follows_the_recommendation_until_it_is_moved() -> None:
    app = page()
    followed = policy_of(app).threshold
    assert app.button(f"{KEY}follow").disabled
    assert app.number_input(f"{KEY}threshold").value == pytest.approx(100 * followed, abs=1e-4)
    number(app, "review_cost", 40)
    moved_along = policy_of(app).threshold
    assert moved_along > followed
    number(app, "threshold", 12.5)
    assert policy_of(app).threshold == 0.125
    assert "Yours is to review **from 12.5 %**" in texts(app)
    number(app, "review_cost", 10)
    assert policy_of(app).threshold == 0.125
    app.button(f"{KEY}follow").click()
    ran(app)
    assert policy_of(app).threshold == followed
    assert "Yours is" not in texts(app)


def test_costs_and_currency_reach_the_policy() -> None:
    app = page()
    app.selectbox(f"{KEY}currency").set_value("JPY")
    for name, value in (("loss_share", 60.0), ("loss_fixed", 7.0), ("false_decline_cost", 90.0)):
        number(app, name, value)
    number(app, "capacity", 4)
    policy = policy_of(app)
    assert (policy.currency, policy.loss_share, policy.loss_fixed) == ("JPY", 0.6, 7)
    assert (policy.false_decline_cost, policy.capacity) == (90, 4)
    assert "EUR" not in texts(app)
    assert "Your team's capacity decides: 4 cards a day" in texts(app)
    assert int(app.header[0].value.split()[0]) <= 4


def test_entries_that_cannot_be_decided_by_are_explained_and_change_nothing() -> None:
    app = page()
    before = policy_of(app)
    number(app, "loss_share", 0)
    assert "costs nothing" in texts(app)
    assert "stays as it was" in texts(app)
    assert policy_of(app) == before
    number(app, "loss_fixed", 20)
    assert "costs nothing" not in texts(app)
    assert policy_of(app).loss_fixed == 20


@pytest.mark.parametrize(("mode", "reject"), [(OFF, NEVER), (OWN, 0.95)])
def test_where_cards_are_declined_can_be_chosen(mode: str, reject: float) -> None:
    app = page()
    assert app.selectbox(f"{KEY}reject_mode").value == BY_COSTS
    app.selectbox(f"{KEY}reject_mode").set_value(mode)
    ran(app)
    assert policy_of(app).reject == reject
    if mode == OFF:
        assert "No card is declined without a review" in texts(app)
    else:
        number(app, "reject", 80)
        assert policy_of(app).reject == 0.8


def test_more_than_the_team_can_review_is_a_warning() -> None:
    app = number(page(), "capacity", 2)
    assert not app.warning
    number(app, "threshold", 1)
    assert "more than the team can review" in app.warning[0].value


def test_without_capacity_there_is_no_queue() -> None:
    app = number(page(), "capacity", 0)
    assert app.header[0].value == "0 cards to review"
    assert "Review nothing" in texts(app)


def test_expected_and_measured_figures_stand_side_by_side() -> None:
    header, *rows = table_rows(page(), "At this threshold")
    assert header == ["At this threshold", "Expected", "Measured", "95 % interval", "Counted"]
    assert [row[0] for row in rows][:4] == [
        "Precision",
        "Precision by money",
        "Recall",
        "Recall by money",
    ]
    assert re.fullmatch(r"\d+ of \d+", rows[0][4])


def test_without_labels_only_what_is_expected_is_shown() -> None:
    app = page(TABLE.with_columns(fraud=pl.lit(None, pl.Int8)))
    header, *_ = table_rows(app, "At this threshold")
    assert header == ["At this threshold", "Expected"]
    assert "no labels to measure by" in texts(app)
    assert "cannot be measured" in texts(app)


def test_partial_labels_are_said_to_be() -> None:
    last_week = pl.col("time") > START + timedelta(days=3)
    app = page(TABLE.with_columns(fraud=pl.when(last_week).then(None).otherwise(pl.col("fraud"))))
    assert re.search(
        r"over the [\d,]+ of [\d,]+ cards and days for which they tell, on 3 days", texts(app)
    )


def test_the_session_does_not_keep_the_table_alive() -> None:
    session: dict[str, Any] = {}
    with patch.object(streamlit, "session_state", session):
        transactions = TABLE.clone()
        found = gathered("fraud", transactions)
        assert gathered("fraud", transactions) is found
        gone = ref(transactions)
        del transactions
        gc.collect()
        assert gone() is None
        assert gathered("fraud", TABLE) is not found


def test_labels_of_frauds_alone_give_no_precision() -> None:
    app = page(TABLE.with_columns(fraud=pl.when(pl.col("fraud") == 1).then("fraud")))
    _, *rows = table_rows(app, "At this threshold")
    measured = {row[0]: row[2:] for row in rows}
    for name in ("Precision", "Precision by money", "Total cost"):
        assert measured[name][:2] == ["none", "nothing to count"]
    assert re.fullmatch(r"\d+ of \d+", measured["Recall"][2])
    assert "Only frauds are labeled there" in texts(app)


def test_what_is_missed_is_named_by_scenario_and_names_are_not_markup() -> None:
    app = page(scenarios={1: "*stars*"})
    _, *rows = table_rows(app, "Labeled fraudulent")
    assert [row[0] for row in rows] == [r"\*stars\*", "scenario 2", "scenario 3"]


def test_the_table_has_the_threshold_in_force_and_ends_with_nothing() -> None:
    _, *rows = table_rows(page(), "Review")
    assert sum("in force" in row[0] for row in rows) == 1
    assert "nothing" in rows[-1][0]
    queues = [float(row[1].replace(",", "").replace("< ", "")) for row in rows]
    assert queues == sorted(queues, reverse=True)


DECISION = decide(card_days(TABLE), Policy(capacity=5))
OWN_DECISION = decide(card_days(TABLE), Policy(capacity=5), threshold=0.1)


def test_the_curve_marks_what_is_recommended_cheapest_and_ones_own() -> None:
    figure = drawn_curve(OWN_DECISION, costs(OWN_DECISION.curve))
    notes = " ".join(each["text"] for each in figure["layout"]["annotations"])
    for word in ("recommended", "cheapest", "yours 10.0 %"):
        assert word in notes
    total, let_through, reviews = (line["y"] for line in figure["data"])
    declines = total[-1] - let_through[-1] - reviews[-1]
    assert total[3] == pytest.approx(let_through[3] + reviews[3] + declines)
    low, high = figure["layout"]["xaxis"]["range"]
    for shape in figure["layout"]["shapes"]:
        if shape["type"] == "line":
            assert low <= shape["x0"] <= high


def test_the_curve_is_told_in_words() -> None:
    words = spoken_curve(DECISION, costs(DECISION.curve))
    assert "The capacity of 5 a day is enough to review from" in words
    assert words.count("EUR") == 5


def test_the_days_are_drawn_against_the_capacity() -> None:
    figure = drawn_days(OWN_DECISION)
    within, over = (bars["y"] for bars in figure["data"])
    assert max(within) <= 5
    assert max(over) > 0
    whole = [a + b for a, b in zip(within, over, strict=True)]
    n_over = sum(each > 5 for each in whole)
    assert f"{n_over} of 6 days have more than the capacity of 5" in spoken_days(OWN_DECISION)
    assert f"the most, {max(whole)} cards" in spoken_days(OWN_DECISION)


def test_of_years_only_the_last_is_drawn() -> None:
    rows = [(day, "a", 10.0, 0.6, None) for day in range(0, 800, 2)]
    decision = decide(card_days(scored(*rows)), Policy(), threshold=0.5)
    within, over = (bars["y"] for bars in drawn_days(decision)["data"])
    assert (len(within), len(over)) == (MOST_DAYS, MOST_DAYS)
    assert "No day has more" in spoken_days(decision)


def test_charts_of_a_single_card_and_of_no_capacity_can_be_drawn() -> None:
    one = card_days(scored((0, "a", 100, 0.4, None)))
    for stakes in (Policy(), Policy(capacity=0), Policy(review_cost=0.01)):
        for reject in (NEVER, None, 0.2):
            decision = decide(one, stakes, reject=reject)
            low, high = drawn_curve(decision, costs(decision.curve))["layout"]["xaxis"]["range"]
            assert low < high
            assert drawn_days(decision)["data"]
            assert by_queue(decision)


def test_words() -> None:
    policy = Policy(threshold=0.2, reject=0.9)
    assert reviewed(0.2, policy) == "from 20.0 %"
    assert reviewed(0.9, policy) == reviewed(NEVER, policy) == "nothing"
    assert reviewed(0, policy) == "every card"
    assert probability(0.00012) == "0.012 %"
    assert probability(NEVER) == "never"
    assert probability(0.99993) == "99.993 %" and probability(0.9999999) == "> 99.999 %"
    assert probability(0.999) == "99.9 %" and probability(1) == "100 %"
    assert [per_day(n) for n in (0, 0.01, 3, 12.34, 1234.5)] == ["0", "< 0.1", "3", "12.3", "1,234"]


def test_a_queue_that_the_team_cannot_do_at_all_is_said_to_be() -> None:
    table = card_days(TABLE)
    policy = replace(Policy(threshold=0.1, reject=NEVER), capacity=0)
    assert "the team can do none" in sentence(alerts(table, LAST, policy), [], 0.0, policy)


def test_the_answer_names_whom_to_call_first() -> None:
    policy = Policy(threshold=0.1, reject=NEVER)
    bands = alerts(card_days(TABLE), LAST, policy)
    told = sentence(bands, ["a_1", "b", "c", "d"], 12.0, policy)
    assert told.startswith(r"Call card **a\_1** first, then **b** and **c**.")
    assert "they are expected to lose" in told
    told = sentence(bands, ["a"], 12.0, policy)
    assert told.startswith("Call card **a**.") and "it is expected to lose" in told
    assert "this is the one that would lose most, as many as the team can do" in told


def test_the_answer_says_why_nobody_is_to_be_called_and_who_is_declined() -> None:
    table = card_days(TABLE)
    none = Policy(threshold=0.3, reject=0.3)
    told = sentence(alerts(table, LAST, none), [], 0.0, none)
    assert told.startswith("No card is in the range for a review. Besides, ")
    assert told.endswith("likely enough to decline without a review.")
    none = replace(none, capacity=0)
    assert "The team can review none" in sentence(alerts(table, LAST, none), [], 0.0, none)
