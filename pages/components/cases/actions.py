"""What can be done with cases: mark, note, undo; each is one entry of the workspace's journal."""

import hashlib
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from demos.core.cases.case import (
    BAND_WORDS,
    MARK_WORDS,
    NOTE_LENGTH,
    Basis,
    Case,
    CaseKey,
    Decision,
    Mark,
    mark_of,
    shown_name,
    threshold_words,
)
from demos.core.cases.workspace import Action, Entry, Snapshot, Workspace
from demos.core.errors import UserError
from demos.core.triage.policy import money
from demos.core.wording import counted, percent
from pages.components.text import plain, told

ICONS = {
    Mark.CONFIRMED: ":material/gpp_bad:",
    Mark.CLEARED: ":material/verified_user:",
    Mark.LATER: ":material/schedule:",
}


def chosen_key(slug: str) -> str:
    """Where the session keeps which case is open."""
    return f"{slug}.queue.case"


def table_version(slug: str, several: bool) -> int:
    """Counts how often the selection in the table, of one or of several, was overruled."""
    version: int = st.session_state.get(f"{slug}.queue.version.{several}", 0)
    return version


def next_open(
    cases: Sequence[Case], decisions: Mapping[CaseKey, Decision], after: Case | None
) -> Case | None:
    """The next case below `after` without a mark, else the first above; then what is put off.

    `None` if no other case is left.
    """
    start = 0 if after is None else cases.index(after) + 1
    circle = [case for case in (*cases[start:], *cases[:start]) if case != after]
    for wanted in (None, Mark.LATER):
        for case in circle:
            if mark_of(case.key, decisions) is wanted:
                return case
    return None


def decide_box(
    slug: str,
    case: Case,
    cases: Sequence[Case],
    workspace: Workspace,
    state: Snapshot,
    basis: Basis,
) -> None:
    """The open case in words, its marks and its note; how the last change is taken back."""
    decision = state.decisions.get(case.key)
    marked = mark_of(case.key, state.decisions)
    with st.container(border=True, key="case"):
        st.subheader(f"Case {case.rank}: card {plain(shown_name(case.key.card))}", anchor=False)
        st.markdown(case_summary(case, basis.policy.currency))
        if case.reasons:
            st.markdown(f":material/lightbulb: {plain(case.reasons[0])}")
        st.markdown(decision_words(decision))
        with st.container(horizontal=True, gap="small", key="case_marks"):
            for mark, icon in ICONS.items():
                st.button(
                    MARK_WORDS[mark][1],
                    icon=icon,
                    type="primary"
                    if decision is not None and decision.mark is mark
                    else "secondary",
                    on_click=mark_one,
                    args=(slug, case, cases, workspace, basis, mark),
                    key=f"{slug}.queue.{mark}",
                )
            if marked is not None:
                st.button(
                    "Remove mark",
                    icon=":material/backspace:",
                    type="tertiary",
                    on_click=mark_one,
                    args=(slug, case, cases, workspace, basis, None),
                    key=f"{slug}.queue.unmark",
                )
        st.toggle(
            "Go on to the next open case after a mark",
            value=True,
            key=f"{slug}.queue.advance",
            persist_state="session",
        )
        note_box(slug, case, workspace, decision, basis)
        show_history(slug, workspace, state)


def case_summary(case: Case, currency: str) -> str:
    """Everything the queue says of a case, as one line of Markdown."""
    sign, word = BAND_WORDS[case.band]
    facts = (
        f"{plain(sign)} **{word}**",
        f"probability of fraud **{percent(case.score)}**",
        f"expected loss **{money(case.expected_loss, currency)}**",
        f"{money(case.amount, currency)} in {counted(case.transactions, 'transaction')} that day",
    )
    where = f"likeliest at {case.time:%H:%M}, terminal {plain(shown_name(case.terminal))}"
    return " · ".join((*facts, where))


def decision_words(decision: Decision | None) -> str:
    sign, word = MARK_WORDS[None if decision is None else decision.mark]
    if decision is None or decision.mark is None:
        return f"{plain(sign)} **{word}**: nobody has decided on it."
    when = f"{decision.when:%Y-%m-%d %H:%M} UTC"
    threshold = threshold_words(decision.basis.policy.threshold)
    return (
        f"{plain(sign)} **{word}** since {when}, at a probability of {percent(decision.score)} "
        f"and a threshold for review of {threshold}"
    )


def mark_one(
    slug: str,
    case: Case,
    cases: Sequence[Case],
    workspace: Workspace,
    basis: Basis,
    mark: Mark | None,
) -> None:
    """Mark the open case and, if so set, go on to the next one."""
    done = attempt(slug, lambda: workspace.mark({case.key: case.score}, mark, basis))
    if done and mark is not None and st.session_state.get(f"{slug}.queue.advance", True):
        after = next_open(cases, workspace.snapshot().decisions, case)
        if after is not None and mark_of(after.key, workspace.snapshot().decisions) is None:
            open_case(slug, after.key)


def note_box(
    slug: str, case: Case, workspace: Workspace, decision: Decision | None, basis: Basis
) -> None:
    """The note, kept when the field is left; a new field for each text it may have.

    Not with `max_chars`: what is pasted beyond it would vanish without a word.
    """
    note = "" if decision is None else decision.note
    seed = f"{case.key}\0{note}".encode(errors="replace")
    key = f"{slug}.queue.note.{hashlib.sha256(seed).hexdigest()[:16]}"
    st.text_area(
        "Note",
        note,
        height=84,
        placeholder="What was found, who was called",
        help="Kept when you leave the field. Do not write what identifies a person. "
        f"At most {NOTE_LENGTH:,} characters.",
        key=key,
        on_change=take_note,
        args=(slug, key, case, workspace, basis),
    )


def take_note(slug: str, key: str, case: Case, workspace: Workspace, basis: Basis) -> None:
    """The field `key` was left: keep what is in it."""
    note = st.session_state[key] or ""
    attempt(slug, lambda: workspace.annotate(case.key, case.score, note, basis))


def decide_many(slug: str, selected: Sequence[Case], workspace: Workspace, basis: Basis) -> None:
    """The same marks for all selected cases at once: one step to undo."""
    count = len(selected)
    st.markdown(f"**{count:,} {'case' if count == 1 else 'cases'} selected**")
    with st.container(horizontal=True, gap="small", key="case_marks_many"):
        for mark, icon in ICONS.items():
            st.button(
                f"All selected: {MARK_WORDS[mark][1]}",
                icon=icon,
                on_click=mark_many,
                args=(slug, selected, workspace, basis, mark),
                disabled=not selected,
                key=f"{slug}.queue.many.{mark}",
            )


def mark_many(
    slug: str, selected: Sequence[Case], workspace: Workspace, basis: Basis, mark: Mark
) -> None:
    scores = {case.key: case.score for case in selected}
    if attempt(slug, lambda: workspace.mark(scores, mark, basis)):
        overrule_table(slug, several=True)


def show_history(slug: str, workspace: Workspace, state: Snapshot) -> None:
    """What was done last, or why it was not, and the way back and forth."""
    show_trouble(slug)
    if state.undoable is not None:
        st.caption(f":material/history: Last change: {entry_words(state.undoable)}.")
    with st.container(horizontal=True, gap="small", key="case_history"):
        for name, icon, entry, step in (
            ("Undo", ":material/undo:", state.undoable, workspace.undo),
            ("Redo", ":material/redo:", state.redoable, workspace.redo),
        ):
            st.button(
                name,
                icon=icon,
                on_click=travel,
                args=(slug, step, entry),
                disabled=entry is None,
                help=None if entry is None else entry_words(entry),
                key=f"{slug}.queue.{name.lower()}",
            )


def travel(slug: str, step: Callable[[int], Entry | None], entry: Entry) -> None:
    """Take the change back, or make it again, and open the case it was about."""
    made: list[Entry | None] = []
    if not attempt(slug, lambda: made.append(step(entry.number))):
        return
    if made == [None]:
        st.session_state[trouble_key(slug)] = (
            "Somebody else changed something meanwhile. Look at the last change, and try again."
        )
    elif len(entry.changes) == 1:
        open_case(slug, entry.changes[0].case)


def entry_words(entry: Entry) -> str:
    """A change in words, as Markdown."""
    (*_, last), count = entry.changes, len(entry.changes)
    what = f"card {plain(shown_name(last.case.card))}" if count == 1 else f"{count:,} cases"
    when = f"at {entry.when:%H:%M} UTC"
    if entry.action is Action.LOAD:
        return f"decisions on {what} loaded from a file {when}"
    if entry.action is Action.NOTE:
        return f"note on {what} written {when}"
    if last.after is None or last.after.mark is None:
        return f"mark of {what} removed {when}"
    return f"{what} marked “{MARK_WORDS[last.after.mark][1]}” {when}"


def open_case(slug: str, key: CaseKey) -> None:
    """Open a case other than by its row; the table then shows it as selected."""
    st.session_state[chosen_key(slug)] = key
    overrule_table(slug, several=False)


def overrule_table(slug: str, *, several: bool) -> None:
    """Draw the table anew, with the selection that follows from what was done elsewhere."""
    version = table_version(slug, several) + 1
    st.session_state[f"{slug}.queue.version.{several}"] = version


def attempt(slug: str, act: Callable[[], object]) -> bool:
    """Do it, or keep why not for the next run; whether it was done."""
    try:
        act()
    except UserError as problem:
        st.session_state[trouble_key(slug)] = told(problem)
        return False
    return True


def trouble_key(slug: str) -> str:
    return f"{slug}.queue.trouble"


def show_trouble(slug: str) -> None:
    """Why the last thing asked for was not done, once; its text is Markdown."""
    trouble = st.session_state.pop(trouble_key(slug), None)
    if trouble is not None:
        st.warning(trouble, icon=":material/error:")
