"""The cases of a day, most urgent first: choose one, decide on it, and see how far one is.

workspace = workspace_for(SPEC.slug, table_sha256)
case = show_cases(SPEC.slug, cases, workspace, basis)
if case is not None:
    ...                       # why, timeline and what-if of `case.key`

Every control acts on the workspace, whose state is the server's; none runs a model.
"""

import hashlib
from collections.abc import Mapping, Sequence

import streamlit as st

from demos.core.cases.case import (
    MARK_WORDS,
    Basis,
    Case,
    CaseKey,
    Decision,
    mark_of,
    progress,
    shown_name,
)
from demos.core.cases.workspace import Snapshot, Workspace
from demos.core.triage.policy import Band, money
from pages.components.cases.actions import (
    chosen_key,
    decide_box,
    decide_many,
    next_open,
    open_case,
    show_history,
    table_version,
)

BAND_NAMES = {Band.REVIEW: "To review", Band.REJECT: "Declined without review"}
ROW_HEIGHT = 36
SHOWN_ROWS = 9
MOST_CASES = 300
"""Sent to the browser; a longer queue says so, and its exports have all of it."""


def choose_band(slug: str, cases: Sequence[Case]) -> tuple[Case, ...]:
    """The cases of one band: those to review, or, where there are any, those declined."""
    declined = [case for case in cases if case.band is Band.REJECT]
    band = Band.REVIEW
    if declined:
        counts = {Band.REVIEW: len(cases) - len(declined), Band.REJECT: len(declined)}
        band = st.segmented_control(
            "Cases shown",
            list(counts),
            default=Band.REVIEW,
            format_func=lambda each: f"{BAND_NAMES[each]} ({counts[each]:,})",
            key=f"{slug}.queue.band",
            persist_state="session",
            required=True,
            label_visibility="collapsed",
        )
    return tuple(case for case in cases if case.band is band)


def show_cases(slug: str, cases: Sequence[Case], workspace: Workspace, basis: Basis) -> Case | None:
    """The queue with its controls; the case that is chosen, `None` for an empty queue.

    `cases` are those of `demos.core.cases.case.cases_of`, and `basis` is what decisions made now
    are made on.
    """
    if not cases:
        st.info(
            "No card is in the range for a review on this day.",
            icon=":material/task_alt:",
        )
        show_history(slug, workspace, workspace.snapshot())
        return None
    listed = cases[:MOST_CASES]
    state = workspace.snapshot()
    chosen = choose(slug, listed, state.decisions)
    show_progress(cases, state, basis.policy.currency)
    several = st.toggle(
        "Select several cases",
        key=f"{slug}.queue.several",
        persist_state="session",
        help="To decide on many at once. Otherwise a selected row opens its case.",
    )
    selected = show_grid(slug, listed, state.decisions, basis.policy.currency, chosen, several)
    if len(cases) > len(listed):
        st.caption(f"The first {len(listed):,} of {len(cases):,} cases; the exports have them all.")
    if several:
        decide_many(slug, selected, workspace, basis)
    elif selected:
        (chosen,) = selected  # what was chosen elsewhere is what a new table has selected
        st.session_state[chosen_key(slug)] = chosen.key
    show_choice(slug, listed, state.decisions)
    decide_box(slug, chosen, listed, workspace, state, basis)
    return chosen


def choose(slug: str, cases: Sequence[Case], decisions: Mapping[CaseKey, Decision]) -> Case:
    """The case chosen before, if it still is in the queue; else the first open one."""
    by_key = {case.key: case for case in cases}
    key = st.session_state.get(chosen_key(slug))
    if key not in by_key:
        key = (next_open(cases, decisions, None) or cases[0]).key
        st.session_state[chosen_key(slug)] = key
    return by_key[key]


def show_progress(cases: Sequence[Case], state: Snapshot, currency: str) -> None:
    """How many cases and how much money somebody has looked at."""
    done = progress(cases, state.decisions)
    later = f" · {done.later} set aside for later" if done.later else ""
    st.progress(
        done.handled / done.cases,
        f"**{done.handled:,} of {done.cases:,}** handled · **{money(done.looked_at, currency)}** "
        f"of {money(done.at_risk, currency)} at risk looked at{later}",
    )


def show_grid(
    slug: str,
    cases: Sequence[Case],
    decisions: Mapping[CaseKey, Decision],
    currency: str,
    chosen: Case,
    several: bool,
) -> list[Case]:
    """A table that sorts by a click on a column; its selected rows.

    A selection is an index: other cases make another table, and so does a case that was chosen
    elsewhere than here.
    """
    columns: dict[str, list[object]] = {
        "Rank": [case.rank for case in cases],
        "Card": [shown_name(case.key.card) for case in cases],
        "Decision": [mark_words(case.key, decisions) for case in cases],
        "Probability": [shown_percent(case.score) for case in cases],
        f"Expected loss ({currency})": [round(case.expected_loss, 2) for case in cases],
        f"Amount ({currency})": [round(case.amount, 2) for case in cases],
        "Transactions": [case.transactions for case in cases],
    }
    if any(case.reasons for case in cases):
        columns["Main reason"] = [case.reasons[0] if case.reasons else "" for case in cases]
    number, words = st.column_config.NumberColumn, st.column_config.TextColumn
    key = f"table_{slug}_cases_{fingerprint(cases)}_{several}_{table_version(slug, several)}"
    rows = [] if several else [cases.index(chosen)]
    event = st.dataframe(
        columns,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (min(len(cases), SHOWN_ROWS) + 1) + 4,
        column_config={
            "Rank": number(format="%d", width=52),
            "Card": words(width=96),
            "Decision": words(width=130),
            "Probability": number(format="%.1f %%", width=88),
            f"Expected loss ({currency})": number(format="accounting", width=146),
            f"Amount ({currency})": number(format="accounting", width=110),
            "Transactions": number(format="%d", width=96),
            "Main reason": words(width=420),
        },
        key=key,
        on_select="rerun",
        selection_mode="multi-row" if several else "single-row-required",
        selection_default={"selection": {"rows": rows, "columns": [], "cells": []}},
        placeholder="",
        alt="One row per case, most urgent first; the list “Case” below it has the same cases",
    )
    purpose = "Select rows to mark them together" if several else "Select a row to open its case"
    st.caption(
        f":material/touch_app: {purpose} (by keyboard: arrows, then Shift and Space); click a "
        "column's name to sort."
    )
    return [cases[index] for index in event["selection"]["rows"] if index < len(cases)]


def show_choice(slug: str, cases: Sequence[Case], decisions: Mapping[CaseKey, Decision]) -> None:
    """The same choice without the table, and the way to the next open case."""
    by_key = {case.key: case for case in cases}
    pick = f"{slug}.queue.pick"
    st.session_state[pick] = st.session_state[chosen_key(slug)]
    listed, following = st.columns([3, 1], gap="small", vertical_alignment="bottom")
    with listed:
        st.selectbox(
            "Case",
            list(by_key),
            format_func=lambda key: case_words(by_key[key], decisions),
            key=pick,
            on_change=lambda: open_case(slug, st.session_state[pick]),
        )
    chosen = by_key[st.session_state[chosen_key(slug)]]
    after = next_open(cases, decisions, chosen)
    with following:
        st.button(
            "Next open case",
            icon=":material/skip_next:",
            on_click=open_case,
            args=(slug, (after or chosen).key),
            disabled=after is None,
            width="stretch",
            key=f"{slug}.queue.next",
        )


def case_words(case: Case, decisions: Mapping[CaseKey, Decision]) -> str:
    return f"{case.rank}. {shown_name(case.key.card)} · {mark_words(case.key, decisions)}"


def mark_words(case: CaseKey, decisions: Mapping[CaseKey, Decision]) -> str:
    return " ".join(MARK_WORDS[mark_of(case, decisions)])


def shown_percent(score: float) -> float:
    """As `percent` says it, never rounded up to a certainty; a number, so that it sorts."""
    return 100.0 if score == 1 else min(round(100 * score, 1), 99.9)


def fingerprint(cases: Sequence[Case]) -> str:
    """Of which cases there are, in which order."""
    keys = "\n".join(f"{case.key.day} {case.key.row}" for case in cases)
    return hashlib.sha256(keys.encode()).hexdigest()[:16]
