"""The queue of cases in Streamlit's own harness: decide, take back, come back, share."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from demos.core.cases.case import Mark
from demos.core.cases.workspace import Workspace
from demos.core.cases.workspaces import Workspaces
from pages.components.cases import workspaces as held
from pages.components.cases.queue import MOST_CASES
from tests.core.cases.case_tables import HASH, HOSTILE, key
from tests.pages.harness import ran

SLUG = "fraud"


def script(table_sha256: str, cards: tuple[str, ...], reasons: bool = True) -> None:
    from dataclasses import replace

    import streamlit as st

    from pages.components.cases.queue import show_cases
    from pages.components.cases.workspaces import keep_link, workspace_for
    from tests.core.cases.case_tables import BASIS, some_cases

    cases = some_cases(*cards) if cards else ()
    if reasons:
        cases = tuple(replace(case, reasons=(f"Reason of {case.key.card}",)) for case in cases)
    workspace = workspace_for("fraud", table_sha256)
    chosen = show_cases("fraud", cases, workspace, BASIS)
    st.session_state["returned"] = None if chosen is None else chosen.key
    if st.session_state.get("clobber"):
        st.query_params.from_dict({"sample": "march"})
    keep_link("fraud")


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch) -> Workspaces:
    """Workspaces of this test's own."""
    store = Workspaces()
    monkeypatch.setattr(held, "_workspaces", store)
    return store


def page(
    *cards: str, id: str | None = None, table: str = HASH, query: dict[str, str] | None = None
) -> AppTest:
    """A new session, with the workspace's `id` in its address or without."""
    app = AppTest.from_function(script, default_timeout=60, args=(table, cards or ("A", "B", "C")))
    for name, value in ({"case": id} if id else query or {}).items():
        app.query_params[name] = value
    return ran(app)


def press(app: AppTest, name: str) -> AppTest:
    app.button(f"{SLUG}.queue.{name}").click()
    return ran(app)


def select(app: AppTest, *rows: int) -> AppTest:
    state = {"selection": {"rows": [*rows], "columns": [], "cells": []}}
    app.session_state[app.dataframe[0].key] = state
    return ran(app)


def chosen(app: AppTest) -> str:
    return app.session_state["returned"].card


def table(app: AppTest) -> Any:
    return app.dataframe[0].value


def decisions(app: AppTest) -> list[str]:
    return list(table(app)["Decision"])


def text(app: AppTest) -> str:
    return "\n".join(each.value for each in (*app.markdown, *app.caption, *app.subheader))


def bar(app: AppTest) -> str:
    return app.get("progress")[0].proto.text


def only(app: AppTest) -> str:
    return app.query_params["case"]


def workspace(app: AppTest, store: Workspaces, sha256: str = HASH) -> Workspace:
    return store.open(app.session_state[f"{SLUG}.case"], SLUG, sha256)[1]


def test_the_queue_is_shown_most_urgent_first() -> None:
    app = page()
    assert list(table(app)["Card"]) == ["A", "B", "C"] and list(table(app)["Rank"]) == [1, 2, 3]
    assert list(table(app)["Probability"]) == [90.0] * 3
    assert list(table(app)["Expected loss (EUR)"]) == [300.0, 200.0, 100.0]
    assert decisions(app) == ["○ Open"] * 3
    assert "◉ **Review**" in text(app)
    assert table(app)["Main reason"][0] == "Reason of A"
    assert bar(app).startswith("**0 of 3** handled · **EUR 0** of EUR 600 at risk")
    assert chosen(app) == "A" and "probability of fraud **90.0 %**" in text(app)
    assert "Reason of A" in text(app) and "nobody has decided on it" in text(app)


def test_a_mark_is_kept_and_leads_on() -> None:
    app = press(page(), "confirmed")
    assert decisions(app) == ["! Confirmed fraud", "○ Open", "○ Open"]
    assert chosen(app) == "B"
    assert bar(app).startswith("**1 of 3** handled · **EUR 300** of EUR 600")
    app = press(app, "later")
    assert chosen(app) == "C" and bar(app).endswith("1 set aside for later")
    app = press(app, "cleared")
    assert decisions(app) == ["! Confirmed fraud", "… Later", "✓ Cleared"]
    assert chosen(app) == "C", "nothing is open any more"
    app = press(app, "next")
    assert chosen(app) == "B", "what was put off is still to do"
    app = press(app, "cleared")
    assert app.button(f"{SLUG}.queue.next").disabled and bar(app).startswith("**3 of 3**")


def test_leading_on_can_be_turned_off() -> None:
    app = page()
    app.toggle(f"{SLUG}.queue.advance").set_value(False)
    app = press(ran(app), "confirmed")
    assert chosen(app) == "A"
    assert "**Confirmed fraud** since" in text(app)
    assert "at a probability of 90.0 % and a threshold for review of 40.0 %" in text(app)
    app = press(app, "unmark")
    assert decisions(app) == ["○ Open"] * 3 and "mark of card A removed" in text(app)


def test_undo_and_redo_lead_back_to_the_case() -> None:
    app = page()
    assert app.button(f"{SLUG}.queue.undo").disabled and app.button(f"{SLUG}.queue.redo").disabled
    app = press(press(app, "confirmed"), "cleared")
    assert chosen(app) == "C" and "Last change: card B marked “Cleared”" in text(app)
    app = press(app, "undo")
    assert chosen(app) == "B" and decisions(app)[:2] == ["! Confirmed fraud", "○ Open"]
    app = press(app, "undo")
    assert chosen(app) == "A" and decisions(app) == ["○ Open"] * 3
    app = press(press(app, "redo"), "redo")
    assert decisions(app) == ["! Confirmed fraud", "✓ Cleared", "○ Open"]


def test_a_note_is_kept_with_and_without_a_mark() -> None:
    app = page()
    app.text_area[0].set_value("called\x00 at noon")
    app = ran(app)
    assert app.text_area[0].value == "called at noon" and decisions(app)[0] == "○ Open"
    app = press(app, "confirmed")
    assert app.text_area[0].value == "", "the note of B"
    app.selectbox(f"{SLUG}.queue.pick").set_value(key("A"))
    app = ran(app)
    assert chosen(app) == "A" and app.text_area[0].value == "called at noon"
    app.text_area[0].set_value("")
    app = ran(app)
    assert decisions(app)[0] == "! Confirmed fraud"
    app = press(app, "undo")
    assert app.text_area[0].value == "called at noon"


def test_a_note_that_is_too_long_is_refused_and_stays_in_the_field() -> None:
    app = page()
    app.text_area[0].set_value("n" * 10_000)
    app = ran(app)
    assert "10,000 characters; 1,000 are the most" in app.warning[0].value.replace("\\", "")
    assert app.text_area[0].value == "n" * 10_000 and "case" not in app.query_params


def test_a_refresh_finds_everything_again(store: Workspaces) -> None:
    app = page(query={"sample": "march"})
    assert "case" not in app.query_params, "a link that shares nothing yet"
    app = press(app, "confirmed")
    assert app.query_params["sample"] == "march", "what others have put there stays"
    again = page(id=only(app))
    assert decisions(again) == decisions(app) and chosen(again) == "B"
    assert len(store) == 1, "nothing was opened in vain"
    assert decisions(page()) == ["○ Open"] * 3, "without the id nobody sees it"


def test_an_address_that_others_rewrite_keeps_the_workspace() -> None:
    app = page()
    app.session_state["clobber"] = True
    app = press(app, "confirmed")
    assert app.query_params["sample"] == "march"
    assert decisions(page(id=only(app)))[0] == "! Confirmed fraud"


def test_two_tabs_with_one_link_share_it() -> None:
    first = press(page(), "confirmed")
    second = page(id=only(first))
    second = press(second, "cleared")
    first = press(first, "undo")  # of its own mark of A, it believes
    assert "Somebody else changed something" in first.warning[0].value
    assert decisions(first) == decisions(second) == ["! Confirmed fraud", "✓ Cleared", "○ Open"]
    assert not ran(first).warning


def test_a_link_to_another_table_shows_none_of_it(store: Workspaces) -> None:
    first = press(page(), "confirmed")
    other = page(id=only(first), table="00" * 32)
    assert decisions(other) == ["○ Open"] * 3
    other = press(other, "later")
    assert only(other) == only(first)
    assert decisions(page(id=only(first)))[0] == "! Confirmed fraud"
    assert decisions(page(id=only(first), table="00" * 32))[0] == "… Later"


def test_a_forgotten_link_says_so_and_is_not_taken_over(store: Workspaces) -> None:
    app = page(id="chosen-by-somebody")
    assert "no longer here" in app.info[0].value and "case" not in app.query_params
    app = press(app, "confirmed")
    assert only(app) != "chosen-by-somebody" and not app.info


def test_many_at_once_is_one_step() -> None:
    app = page()
    app.toggle(f"{SLUG}.queue.several").set_value(True)
    app = ran(app)
    assert app.button(f"{SLUG}.queue.many.cleared").disabled and "**0 cases selected**" in text(app)
    app = select(app, 0, 2)
    assert "**2 cases selected**" in text(app)
    app = press(app, "many.cleared")
    assert decisions(app) == ["✓ Cleared", "○ Open", "✓ Cleared"]
    assert "**0 cases selected**" in text(app) and "2 cases marked “Cleared”" in text(app)
    app = press(app, "undo")
    assert decisions(app) == ["○ Open"] * 3


def test_a_selected_row_opens_its_case() -> None:
    app = select(page(), 2)
    assert chosen(app) == "C"


def test_a_full_workspace_says_so(store: Workspaces) -> None:
    app = press(page(), "confirmed")
    workspace(app, store)._changes_left = 0
    app = press(app, "cleared")
    assert "history of these decisions is full" in app.warning[0].value
    assert decisions(app)[1] == "○ Open"


def test_no_case_is_said_and_undo_stays() -> None:
    app = AppTest.from_function(script, default_timeout=60, args=(HASH, ()))
    app = ran(app)
    assert "No card is in the range for a review" in app.info[0].value
    assert app.session_state["returned"] is None and not app.dataframe
    assert {each.key for each in app.button} == {f"{SLUG}.queue.undo", f"{SLUG}.queue.redo"}


def test_a_case_that_left_the_queue_is_not_open_any_more(store: Workspaces) -> None:
    app = press(page(), "confirmed")
    assert chosen(app) == "B"
    fewer = AppTest.from_function(script, default_timeout=60, args=(HASH, ("X", "Y")))
    fewer.session_state[f"{SLUG}.queue.case"] = key("gone")
    assert chosen(ran(fewer)) == "X"


def test_hostile_cards_stay_text() -> None:
    app = page(*HOSTILE)
    for _ in HOSTILE:
        app = press(app, "later")
    shown = text(app)
    assert "<script>" not in shown.replace("\\<", "") and "](javascript" not in shown
    assert "\u202e" not in shown and "x" * 100 not in shown
    assert all(len(each) <= 48 and "\n" not in each for each in table(app)["Card"])
    assert set(decisions(app)) == {"… " + "Later"}


def test_a_long_queue_is_cut_for_the_browser() -> None:
    app = page(*(f"card {number}" for number in range(MOST_CASES + 5)))
    assert len(table(app)) == MOST_CASES
    assert f"The first {MOST_CASES} of {MOST_CASES + 5} cases" in text(app)
    assert f"of {MOST_CASES + 5}** handled" in bar(app)


def test_the_marks_are_those_of_the_core() -> None:
    app = page()
    assert {each.key for each in app.button} >= {f"{SLUG}.queue.{mark}" for mark in Mark}
