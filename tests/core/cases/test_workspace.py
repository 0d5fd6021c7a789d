"""The journal of decisions: undo and redo, sharing, limits."""

import random
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from demos.core.cases.case import Basis, Mark
from demos.core.cases.workspace import Action, Entry, Workspace, WorkspaceFull
from demos.core.errors import TooLarge
from demos.core.triage.policy import Policy
from tests.core.cases.case_tables import BASIS, HOSTILE, START, Ticking, key

A, B, C = key("A"), key("B"), key("C")


def marks(workspace: Workspace) -> dict[str, Mark | None]:
    return {case.card: each.mark for case, each in workspace.snapshot().decisions.items()}


def test_a_decision_keeps_what_it_was_made_on() -> None:
    workspace = Workspace(now=Ticking())
    assert workspace.untouched
    entry = workspace.mark({A: 0.9}, Mark.CONFIRMED, BASIS)
    assert entry is not None and entry.number == 1 and not workspace.untouched
    decision = workspace.snapshot().decisions[A]
    assert (decision.mark, decision.score, decision.when) == (Mark.CONFIRMED, 0.9, START)
    assert decision.basis.policy.threshold == 0.4 and decision.basis.weights == "ab" * 32

    stricter = Basis(Policy(threshold=0.2), "fraud-gru", "ab" * 32)
    workspace.mark({A: 0.9}, Mark.CONFIRMED, stricter)
    assert workspace.snapshot().decisions[A].basis == stricter
    assert workspace.snapshot().journal[0] == entry, "what is written stays"


def test_deciding_the_same_again_changes_nothing() -> None:
    workspace = Workspace(now=Ticking())
    workspace.mark({A: 0.9}, Mark.CLEARED, BASIS)
    before = workspace.snapshot()
    assert workspace.mark({A: 0.9}, Mark.CLEARED, BASIS) is None
    assert workspace.mark({B: 0.5}, None, BASIS) is None
    assert workspace.annotate(B, 0.5, " \n", BASIS) is None
    assert workspace.snapshot() == before


def test_notes_and_marks_do_not_overwrite_each_other() -> None:
    workspace = Workspace(now=Ticking())
    workspace.annotate(A, 0.9, "called", BASIS)
    assert marks(workspace) == {"A": None}
    workspace.mark({A: 0.9}, Mark.CONFIRMED, BASIS)
    marked = workspace.snapshot().decisions[A]
    assert marked.note == "called"
    workspace.annotate(A, 0.1, "called twice", replace(BASIS, model="other"))
    assert workspace.snapshot().decisions[A] == replace(marked, note="called twice"), (
        "a note does not date the mark anew, nor put it on another basis"
    )
    workspace.mark({A: 0.9}, None, BASIS)
    assert marks(workspace) == {"A": None}
    workspace.annotate(A, 0.9, "", BASIS)
    assert marks(workspace) == {}


def test_many_at_once_are_one_step() -> None:
    workspace = Workspace(now=Ticking())
    workspace.mark({A: 0.9}, Mark.LATER, BASIS)
    entry = workspace.mark({A: 0.9, B: 0.8, C: 0.7}, Mark.CLEARED, BASIS)
    assert entry is not None and len(entry.changes) == 3
    workspace.undo()
    assert marks(workspace) == {"A": Mark.LATER}
    workspace.redo()
    assert marks(workspace) == dict.fromkeys("ABC", Mark.CLEARED)


def test_undo_only_takes_back_what_was_seen() -> None:
    workspace = Workspace(now=Ticking())
    first = workspace.mark({A: 0.9}, Mark.CLEARED, BASIS)
    workspace.mark({B: 0.9}, Mark.CLEARED, BASIS)  # in another tab
    assert first is not None and workspace.undo(first.number) is None
    assert marks(workspace) == {"A": Mark.CLEARED, "B": Mark.CLEARED}
    assert Workspace().undo() is None and Workspace().redo() is None


def test_a_new_decision_ends_what_could_be_redone() -> None:
    workspace = Workspace(now=Ticking())
    workspace.mark({A: 0.9}, Mark.CLEARED, BASIS)
    workspace.undo()
    workspace.mark({B: 0.9}, Mark.CONFIRMED, BASIS)
    assert workspace.redo() is None and workspace.snapshot().redoable is None


@pytest.mark.parametrize("seed", range(20))
def test_undo_and_redo_lead_back_and_forth_through_every_state(seed: int) -> None:
    """Against a plain list of states, for any sequence of what can be done."""
    draw = random.Random(seed)
    workspace = Workspace(now=Ticking())
    states, at, journal = [workspace.snapshot().decisions], 0, 0
    for _ in range(80):
        act = draw.choice(["mark", "mark", "note", "undo", "redo"])
        case = draw.choice([A, B, C])
        entry: Entry | None
        if act == "mark":
            cases = dict.fromkeys(draw.sample([A, B, C], draw.randint(1, 3)), 0.5)
            entry = workspace.mark(cases, draw.choice([*Mark, None]), BASIS)
        elif act == "note":
            entry = workspace.annotate(case, 0.5, draw.choice(["", "x", "y"]), BASIS)
        elif act == "undo":
            entry = workspace.undo()
            assert (entry is None) == (at == 0)
            at -= entry is not None
        else:
            entry = workspace.redo()
            assert (entry is None) == (at == len(states) - 1)
            at += entry is not None
        now = workspace.snapshot()
        if act in ("mark", "note") and entry is not None:
            states, at = [*states[: at + 1], now.decisions], at + 1
        assert now.decisions == states[at]
        journal += entry is not None
        assert [each.number for each in now.journal] == list(range(1, journal + 1))
    while workspace.undo():
        pass
    assert workspace.snapshot().decisions == {}
    replayed = {}
    for line in workspace.snapshot().journal:
        for change in line.changes:
            assert replayed.get(change.case) == change.before
            replayed[change.case] = change.after
    assert all(after is None for after in replayed.values())


def test_threads_lose_nothing_of_each_other() -> None:
    workspace, start = Workspace(now=Ticking()), threading.Barrier(8)

    def work(number: int) -> None:
        start.wait()
        for row in range(50):
            case = key(f"card {number}", row)
            workspace.mark({case: 0.5}, Mark.CONFIRMED, BASIS)
            workspace.annotate(case, 0.5, f"{number}", BASIS)
            if row % 5 == 0:
                workspace.undo()
                workspace.redo()
            workspace.snapshot()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    state = workspace.snapshot()
    assert [each.number for each in state.journal] == list(range(1, len(state.journal) + 1))
    replayed = {}
    for line in state.journal:
        for change in line.changes:
            assert replayed.get(change.case) == change.before
            replayed[change.case] = change.after
    assert {case: each for case, each in replayed.items() if each} == state.decisions


def test_a_snapshot_does_not_change_any_more() -> None:
    workspace = Workspace(now=Ticking())
    workspace.mark({A: 0.9}, Mark.CLEARED, BASIS)
    seen = workspace.snapshot()
    workspace.mark({B: 0.9}, Mark.CLEARED, BASIS)
    assert set(seen.decisions) == {A} and len(seen.journal) == 1


def test_a_full_workspace_refuses_and_keeps_what_it_has() -> None:
    workspace = Workspace(now=Ticking(), max_changes=3)
    workspace.mark({A: 0.9, B: 0.9}, Mark.CLEARED, BASIS)
    before = workspace.snapshot()
    for act in (
        lambda: workspace.mark({A: 0.9, B: 0.9}, Mark.CONFIRMED, BASIS),
        workspace.undo,
    ):
        with pytest.raises(WorkspaceFull):
            act()
        assert workspace.snapshot() == before
    workspace.mark({C: 0.9}, Mark.LATER, BASIS)

    wordy = Workspace(now=Ticking(), max_characters=100)
    wordy.annotate(A, 0.9, "n" * 90, BASIS)
    with pytest.raises(WorkspaceFull):
        wordy.annotate(A, 0.9, "m" * 90, BASIS)
    with pytest.raises(WorkspaceFull):
        wordy.mark({key("c" * 100): 0.5}, Mark.LATER, BASIS)
    assert wordy.snapshot().decisions[A].note == "n" * 90


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_cards_and_notes_are_kept_as_text(text: str) -> None:
    workspace = Workspace(now=Ticking())
    if len(text) > 1000:
        with pytest.raises(TooLarge):
            workspace.annotate(A, 0.5, text, BASIS)
        assert workspace.untouched
    else:
        workspace.annotate(key(text), 0.5, text, BASIS)
        assert (
            set("\u202e\u2066\r\t") & set(workspace.snapshot().decisions[key(text)].note) == set()
        )
    workspace.mark({key(text): 0.5}, Mark.CLEARED, BASIS)
    assert marks(workspace)[text] is Mark.CLEARED


def test_loading_takes_what_is_newer_in_one_step() -> None:
    here, there = Workspace(now=Ticking()), Workspace(now=Ticking())
    there.mark({A: 0.9}, Mark.CONFIRMED, BASIS)
    here.mark({B: 0.9}, Mark.CLEARED, BASIS)
    here.mark({A: 0.9}, Mark.CLEARED, BASIS)  # a second later than there
    there.mark({C: 0.9}, Mark.LATER, BASIS)
    late = replace(there.snapshot().decisions[C], case=B, when=START + timedelta(days=1))
    loaded = here.load([*there.snapshot().decisions.values(), late])
    assert (loaded.taken, loaded.older) == (2, 1)
    assert marks(here) == {"A": Mark.CLEARED, "B": Mark.LATER, "C": Mark.LATER}
    assert here.snapshot().journal[-1].action is Action.LOAD
    here.undo()
    assert marks(here) == {"A": Mark.CLEARED, "B": Mark.CLEARED}
    again = here.load(here.snapshot().decisions.values())
    assert (again.taken, again.older) == (0, 0)
